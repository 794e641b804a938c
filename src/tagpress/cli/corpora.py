"""The commands that read a corpus: check and build."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tagpress.cli.options import corpus_options, declared
from tagpress.cli.output import answer, progress_bar, show_report, show_table

if TYPE_CHECKING:
    from tagpress.press import Build
    from tagpress.split import Grouping

script_argument = click.argument("script", type=click.Path(path_type=Path))


@click.command()
@script_argument
@corpus_options
def check(
    *,
    script: Path,
    source: tuple[str, ...],
    group: "Grouping | None",
    salt: str | None,
    workers: int | None,
    as_json: bool,
) -> int:
    """
    Read everything, report every problem and the statistics, write nothing.

    SOURCE (files, patterns or folders, SPLIT=SOURCE for given splits) replaces the script's SOURCES.
    """
    from tagpress.press import check_corpus

    declaration = declared(script, source, group, salt)
    with progress_bar(quiet=as_json) as progress:
        report = check_corpus(declaration, workers=workers, progress=progress)
    answer(report, show_report, as_json=as_json)
    return 0 if report.ok else 1


@click.command()
@script_argument
@corpus_options
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The folder of the build.")
def build(
    *,
    script: Path,
    source: tuple[str, ...],
    group: "Grouping | None",
    salt: str | None,
    workers: int | None,
    out: Path,
    as_json: bool,
) -> None:
    """
    Write a build: the card, the shards, the script and the manifest.

    SOURCE (files, patterns or folders, SPLIT=SOURCE for given splits) replaces the script's SOURCES.
    """
    from tagpress.press import build_corpus

    declaration = declared(script, source, group, salt)
    with progress_bar(quiet=as_json) as progress:
        made = build_corpus(declaration, out, workers=workers, progress=progress)
    answer(made, _show_build, as_json=as_json)


def _show_build(made: "Build") -> None:
    show_report(made.report)
    rows = [(file.path, f"{file.bytes:,}") for file in made.manifest.files]
    show_table(f"build {made.out}", ("file", "bytes"), rows)
