"""The commands that show a build or a release to others: export, preview and croissant."""

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from tagpress.cli.hubs import hub_of
from tagpress.cli.options import (
    RUNS_SCRIPT,
    config_option,
    corpus_options,
    declared,
    doubts_option,
    hub_options,
    json_option,
    personal_option,
)
from tagpress.cli.output import answer, print_document, progress_bar, show_table, tell

if TYPE_CHECKING:
    from tagpress.build.declared import Declared
    from tagpress.corpus.splits import Grouping
    from tagpress.preview import Preview
    from tagpress.read.dialect import Dialect

_BUILD_FIRST: Final = "build it, and preview the build: tagpress preview DIR --since OLD; or name its release, REPO@REV"

# Options of one or a few dialects: asked for where a dialect does not know them, they are an error, never ignored.
_DIALECT_OPTIONS = (
    click.option("--scheme", help="The tag scheme: IO, IOB1, IOB2, IOE1, IOE2, BIOES, BILOU, BMES."),
    click.option("--joiner", help="What stands between prefix and type, - in B-Person."),
    click.option("--delimiter", help="What stands between columns; by default a tab."),
    click.option("--token", type=int, help="The token's column, from 0, or from -1 for the last one backwards."),
    click.option("--tag", type=int, help="The tag's column, counted the same way."),
    click.option("--width", type=int, help="The number of columns."),
    click.option("--filler", help="What stands in the other columns; by default _."),
    click.option("--sentence-start", help="A line before each sentence."),
    click.option("--sentence-end", help="A line after each sentence; without markers a blank line ends it."),
    click.option("--document", help="A line that begins a document, without its name, like -DOCSTART-."),
    click.option("--document-name", help="What a line begins with that names the document, like '# newdoc id = '."),
    click.option("--sentence-id", help="What a line begins with that gives the sentence's id, like '# id = '."),
    click.option("--comment", help="What readers take for a comment; tokens that would be taken for one are refused."),
    click.option("--header", is_flag=True, default=None, help="Begin each file with the names of the columns."),
    click.option("--encoding", help="The encoding; by default utf-8."),
    click.option("--key", help="CoNLL-U: the key in MISC; by default name."),
)


def _dialect_options(command: Any) -> Any:  # noqa: ANN401 - whatever click decorates
    for option in reversed(_DIALECT_OPTIONS):
        command = option(command)
    return command


@click.command(epilog=RUNS_SCRIPT)
@click.argument("build", metavar="BUILD|REPO[@REV]")
@click.option(
    "--to",
    required=True,
    metavar="DIALECT",
    help="columns, a corpus such as conll2003, conllu, jsonl, brat, doccano, label-studio, prodigy, webanno, bioc-json, gliner, spacy-train-data, docbin, or a SCRIPT's own.",
)
@click.option(
    "-o",
    "--out",
    required=True,
    help="A file; a folder, or {split} in the name, for several splits. .gz etc. compress.",
)
@click.option("--split", "splits", multiple=True, help="Write this split only; may be repeated. By default all.")
@click.option(
    "--without",
    metavar="LAYER",
    multiple=True,
    help="Leave this layer out, which DIALECT cannot hold; may be repeated. ner_tags: other spans take their place.",
)
@click.option(
    "--without-corrections",
    "corrected",
    flag_value=False,
    default=True,
    help="Give sentences the spans that the sources had before corrections were applied.",
)
@click.option("--no-documents", "documents", flag_value=False, default=True, help="Do not mark where documents begin.")
@_dialect_options
@config_option
@hub_options
@json_option
def export(
    *,
    build: str,
    to: str,
    out: str,
    splits: tuple[str, ...],
    without: tuple[str, ...],
    corrected: bool,
    documents: bool,
    config: str | None,
    where: str | None,
    hub_root: Path | None,
    as_json: bool,
    **options: Any,  # noqa: ANN401 - what the dialect knows
) -> None:
    """
    Write a build or a release in another dialect.

    What is exported reads back equal, or is refused with the row, the token and the reason before anything is written.
    """
    from tagpress.export import export_build
    from tagpress.release.commands import local_build

    given = {name: value for name, value in options.items() if value is not None}
    target = _target(to, documents=documents, options=given)
    with (
        hub_of([build], where, hub_root) as (hub, (name,)),
        local_build(name, hub=hub) as folder,
        progress_bar(quiet=as_json) as progress,
    ):
        _tell_default(folder, config)
        exported = export_build(
            folder,
            target,
            out,
            splits=splits or None,
            config=config,
            without=without,
            corrected=corrected,
            progress=progress,
        )
    answer(exported, _show_exported, as_json=as_json)


def _tell_default(build: Path, config: str | None) -> None:
    """Say which of several configurations is taken where none is named."""
    from tagpress.corpus.manifest import Manifest

    manifest = Manifest.load(build)
    if config is None and len(manifest.loadable) > 1:
        others = ", ".join(name for name in manifest.loadable if name != manifest.default_config)
        tell(f"the configuration is {manifest.default_config}, the default one; --config chooses another: {others}")


def _target(to: str, *, documents: bool, options: dict[str, Any]) -> Any:  # noqa: ANN401 - one of the export's targets
    from tagpress.errors import UsageError
    from tagpress.export import target_named, target_of

    if not to.endswith(".py"):
        return target_named(to, documents=documents, **options)
    from tagpress.script.builder import load_script  # which loads `datasets`

    unknown = sorted(options.keys() - {"filler"})
    if unknown:
        raise UsageError(f"--{unknown[0].replace('_', '-')} was given, and {to} declares its dialect", "leave it out")
    return target_of(
        _dialect_of(load_script(Path(to)).declared(sources=False)), documents=documents, filler=options.get("filler")
    )


def _dialect_of(declared: "Declared") -> "Dialect":
    """Return the dialect of a script, which its configurations must share."""
    from tagpress.errors import UsageError

    if any(one.dialect != declared.any.dialect for one in declared):
        raise UsageError("the configurations of the script have different dialects", "write the dialect with --to")
    return declared.any.dialect


def _show_exported(exported: Any) -> None:  # noqa: ANN401 - the result of export_build
    rows = [(str(file.path), file.split, f"{file.rows:,}") for file in exported.files]
    show_table("exported", ("file", "split", "sentences"), rows)


@click.command(epilog=RUNS_SCRIPT)
@click.argument("what", metavar="SCRIPT|BUILD|REPO[@REV]")
@corpus_options
@click.option("-o", "--out", required=True, type=click.Path(path_type=Path), help="The page, one HTML file.")
@click.option("--since", metavar="OLD", help="An older build or release: the page also shows what changed since then.")
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=10_000,
    show_default=True,
    help="About how many sentences it holds; more become a sample.",
)
@config_option
@doubts_option
@personal_option
@hub_options
def preview(
    *,
    what: str,
    source: tuple[str, ...],
    group: "Grouping | None",
    salt: str | None,
    workers: int | None,
    out: Path,
    since: str | None,
    limit: int,
    config: str | None,
    doubts: bool,
    personal_data: bool,
    where: str | None,
    hub_root: Path | None,
    as_json: bool,
) -> None:
    """
    Write a page to look at a corpus or release in a browser.

    A SCRIPT is read as check reads it, and the page shows every sentence with what is wrong with it, also where errors
    forbid a build; SOURCE replaces its SOURCES. A directory is a build, and REPO or REPO@REV a release; --since OLD adds
    what changed. The page is one file that needs no network.
    """
    if what.endswith(".py"):
        _refuse(
            {"--since": since, "--hub": where, "--hub-root": hub_root}, f"{what} is read, not a build", _BUILD_FIRST
        )
        from tagpress.preview import write_corpus_preview

        corpus = declared(Path(what), source, group, salt, config=config)
        declaration = corpus.any
        if len(corpus.configs) > 1:
            tell(
                f"the page shows the configuration {declaration.config}; --config chooses another of {', '.join(corpus.configs)}"
            )
        with progress_bar(quiet=as_json) as progress:
            written = write_corpus_preview(
                declaration,
                out,
                limit=limit,
                workers=workers,
                doubts=doubts,
                personal_data=personal_data,
                progress=progress,
            )
    else:
        hint = f"to see what changed since an older one: tagpress preview NEW --since OLD -o {out}"
        _refuse({f"the second argument {source[0]}": True} if source else {}, f"{what} is one build or release", hint)
        asked = {"--group": group, "--salt": salt, "--workers": workers}
        asked |= {"--doubts": doubts or None, "--personal-data": personal_data or None}
        _refuse(asked, f"{what} is finished", "leave it out, or name the SCRIPT of the corpus")
        written = _preview_build(what, since, out, config, limit=limit, where=where, hub_root=hub_root)
    answer(written, _show_preview, as_json=as_json)


def _refuse(asked: Mapping[str, object], because: str, hint: str) -> None:
    from tagpress.errors import UsageError

    for name, value in asked.items():
        if value is not None:
            raise UsageError(f"{because}, and {name} was given", hint)


def _preview_build(
    what: str, since: str | None, out: Path, config: str | None, *, limit: int, where: str | None, hub_root: Path | None
) -> "Preview":
    from tagpress.preview import write_preview
    from tagpress.release.commands import local_build

    with ExitStack() as stack:
        asked = [one for one in (what, since) if one is not None]
        hub, names = stack.enter_context(hub_of(asked, where, hub_root))
        build, *others = [stack.enter_context(local_build(name, hub=hub)) for name in names]
        _tell_default(build, config)
        return write_preview(build, out, other=others[0] if others else None, limit=limit, config=config)


def _show_preview(written: "Preview") -> None:
    left_out = f", {written.rejected_shown:,} of {written.rejected:,} left out" if written.rejected else ""
    tell(f"wrote {written.out}: {written.shown:,} of {written.sentences:,} published sentences{left_out}")
    if written.verdict:
        tell(written.verdict)


@click.command(epilog=RUNS_SCRIPT)
@click.argument("what", metavar="REPO[@REV]")
@click.option("-o", "--out", type=click.Path(path_type=Path), help="The file; by default standard output.")
@hub_options
@json_option
def croissant(*, what: str, out: Path | None, where: str | None, hub_root: Path | None, as_json: bool) -> None:
    """
    Describe a release as Croissant (JSON-LD).

    With the label names, which the Hub's own description leaves out, what the builder script says of each entity type,
    and the BibTeX of the card.
    """
    from tagpress.release.commands import write_croissant
    from tagpress.store.whole_file import write_file

    with hub_of([what], where, hub_root) as (hub, (name,)):
        described = write_croissant(name, hub=hub)
    if out is None:
        click.echo(described, nl=False)  # one JSON document in any case
        return
    write_file(out, described)
    if as_json:
        print_document({"out": str(out), "bytes": len(described)})
    else:
        tell(f"wrote {out}")
