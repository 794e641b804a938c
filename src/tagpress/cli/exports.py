"""The commands that write a build or a release for others: export and croissant."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tagpress.cli.hubs import hub_of
from tagpress.cli.options import (
    RUNS_SCRIPT,
    config_option,
    hub_options,
    json_option,
)
from tagpress.cli.output import answer, print_document, progress_bar, show_table, tell

if TYPE_CHECKING:
    from tagpress.build.declared import Declared
    from tagpress.read.dialect import Dialect

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
        tell_default(folder, config)
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


def tell_default(build: Path, config: str | None) -> None:
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
