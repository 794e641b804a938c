"""The command that shows a corpus, a build or a release in a browser."""

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from tagpress.cli.exports import tell_default
from tagpress.cli.hubs import hub_of
from tagpress.cli.options import (
    RUNS_SCRIPT,
    config_option,
    corpus_options,
    doubts_option,
    hub_options,
    personal_option,
)
from tagpress.cli.output import answer, progress_bar, tell
from tagpress.cli.unscripted import corpus_of, is_corpus, is_script, show_doubts, show_inferred

if TYPE_CHECKING:
    from tagpress.corpus.splits import Grouping
    from tagpress.preview import Preview

_BUILD_FIRST: Final = "build it, and preview the build: tagpress preview DIR --since OLD; or name its release, REPO@REV"


@click.command(epilog=RUNS_SCRIPT)
@click.argument("what", metavar="SCRIPT|CORPUS|BUILD|REPO[@REV]")
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

    A SCRIPT or a CORPUS is read as check reads it, and the page shows every sentence with what is wrong with it, also where
    errors forbid a build; SOURCE replaces the SOURCES of a script. A build is a directory, and REPO or REPO@REV a release; --since OLD adds
    what changed. The page is one file that needs no network.
    """
    if is_script(what) or is_corpus(what):
        _refuse(
            {"--since": since, "--hub": where, "--hub-root": hub_root}, f"{what} is read, not a build", _BUILD_FIRST
        )
        from tagpress.preview import write_corpus_preview

        corpus, inferred = corpus_of(what, source, group, salt, config=config)
        if inferred and not as_json:
            show_inferred(inferred)
            show_doubts(inferred)
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
        tell_default(build, config)
        return write_preview(build, out, other=others[0] if others else None, limit=limit, config=config)


def _show_preview(written: "Preview") -> None:
    left_out = f", {written.rejected_shown:,} of {written.rejected:,} left out" if written.rejected else ""
    tell(f"wrote {written.out}: {written.shown:,} of {written.sentences:,} published sentences{left_out}")
    if written.verdict:
        tell(written.verdict)
