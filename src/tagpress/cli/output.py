"""
What a person sees: tables and progress on standard error, plain enough for a log when it is no terminal.

The library that draws them is loaded when something is said, which is not where a document was asked for.
"""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

import click

if TYPE_CHECKING:
    from rich.console import Console

    from tagpress.build.corpus import Build
    from tagpress.build.report import Report
    from tagpress.corpus.agreement import Agreement, Agreements
    from tagpress.corpus.problems import Problem
    from tagpress.engine.progress import Progress as Report_

# Problems of one code whose places are shown; a file and `--json` have them all.
_PLACES: Final = 5
# Characters, more than any row has: tables keep their rows whole. The terminal wraps a long path, and whoever copies it gets all of it.
_WIDE: Final = 10_000
_STYLES: Final = {"error": "bold red", "warning": "yellow", "dropped": "cyan", "repaired": "cyan", "note": "blue"}

if find_spec("rich") is None:  # said before anything is done: without it there is nothing to say it with
    raise ModuleNotFoundError("No module named 'rich'", name="rich")


@cache
def _console(width: int | None = None) -> "Console":
    """Return where things are said. Nothing is markup, and `:100:` in a place is no emoji: paths, tags and tokens are the user's."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, markup=False, emoji=False, width=width)


def print_document(document: Any) -> None:  # noqa: ANN401 - anything JSON can hold
    """Print the one JSON document of a command on standard output."""
    # In one line: with an indent Python falls back on an encoder that takes ten times as long for many problems.
    text = json.dumps(document, ensure_ascii=False)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:  # an output that is not UTF-8, or the name of a file that is not
        text = json.dumps(document)
    click.echo(text)


def answer(
    result: Any,  # noqa: ANN401 - any result with `to_json`
    show: Callable[[Any], None],
    *,
    as_json: bool,
    **more: object,
) -> None:
    """Print a result as the document, with `more` keys, or as tables."""
    if as_json:
        print_document({**result.to_json(), **more})
    else:
        show(result)


def tell(text: str) -> None:
    """Say something in a line of its own."""
    _console().print(text, soft_wrap=True)


def _tell_styled(word: str, style: str, text: str) -> None:
    from rich.text import Text

    _console().print(Text.assemble((word, style), " ", text), soft_wrap=True)


@contextmanager
def progress_bar(*, quiet: bool) -> Iterator["Report_"]:
    """Show how far long work is, where there is a terminal to show it on."""
    if quiet or not _console().is_terminal:
        from tagpress.engine.progress import silent

        yield silent
        return
    from tagpress.cli.progress import shown_progress

    with shown_progress(_console()) as report:
        yield report


def tell_left(report: "Report") -> None:
    """Print what sources have that is not published: columns that nothing is read from, and what no release can hold."""
    from tagpress.corpus.problems import few
    from tagpress.corpus.split_names import is_called_split

    if report.unread:
        tell(f"not read: {few(report.unread)}; extra= of DIALECT takes columns that are to be published too")
        if splits := list(filter(is_called_split, report.unread)):
            tell(
                f"{few(splits)} may say the splits: split= of DIALECT and SPLITS = tagpress.FieldSplits({{...}}) take them"
            )
    if report.aside:
        listed = ", ".join(f"{count:,} {what}" for what, count in report.aside.items())
        tell(f"besides: {listed}, which are not published")


def show_report(report: "Report", *, everything: str) -> None:
    """Show the problems and the numbers of a corpus; `everything` says where all problems are."""
    from tagpress.corpus.splits import streaming_plan

    show_findings(report, everything=everything)
    numbers = {
        "sentences": report.sentences,
        "tokens": report.tokens,
        "published": report.published,
        "rejected": report.rejected,
    }
    show_table("corpus", ("read", ""), [(name, f"{count:,}") for name, count in numbers.items()])
    kinds = report.read.kinds.items()
    show_table("lines", ("kind", "lines", "bytes"), [(kind, f"{n:,}", f"{size:,}") for kind, (n, size) in kinds])
    tell_left(report)
    show_table("splits", ("split", "sentences"), [(name, f"{count:,}") for name, count in report.splits.items()])
    tell(f"streaming: {streaming_plan(report.shards)}")
    parts = report.configs or {"": report}
    if report.labels:
        _show_counts("labels", ("label", "tokens"), {name: one.labels for name, one in parts.items()})
    for layer in report.layers:
        _show_counts(
            f"layer {layer}", ("name", "times"), {name: one.layers.get(layer, {}) for name, one in parts.items()}
        )


def _show_counts(title: str, columns: tuple[str, str], counts: Mapping[str, Mapping[str, int]]) -> None:
    """Show counts by name; those of several configurations beside each other, and their sum."""
    names = dict.fromkeys(name for one in counts.values() for name in one)
    each = [(name, [one.get(name, 0) for one in counts.values()]) for name in names]
    rows = [(name, [*some, sum(some)] if len(counts) > 1 else some) for name, some in each if any(some)]
    header = (columns[0], *counts, "all") if len(counts) > 1 else columns
    show_table(
        title, header, [(name, *(f"{count:,}" for count in some)) for name, some in rows], numbers=len(header) - 1
    )


def show_agreement(found: "Agreements") -> None:
    """Show how far annotators agree in each layer, each pair and each type; and what was not compared."""
    for one in found:
        _show_agreement(one)
    for left in found.not_compared:
        tell(f"not compared: {left}")


def _show_agreement(agreement: "Agreement") -> None:
    rows = [
        (
            f"{one.first}, {one.second}",
            f"{one.sentences:,}",
            f"{one.only_first:,}",
            f"{one.only_second:,}",
            _measure(one.spans.f1),
        )
        for one in agreement.pairs
    ]
    columns = (agreement.between, "sentences of both", "only first", "only second", f"{agreement.unit[:-1]} F1")
    show_table(f"agreement: {agreement.title}", columns, rows, numbers=4)
    alone = ", ".join(f"{name} {count:,}" for name, count in agreement.alone.items())
    two = f"in two {agreement.between} or more, the same by {agreement.by}"
    tell(f"{agreement.sentences:,} sentences are {two}; in one alone: {alone}")
    for line in agreement.unaligned:
        tell(f"  {line}")
    least = agreement.least
    alphas = [("all", _measure(least.spans.f1 if least else None), _measure(agreement.alpha))]
    for name, alpha in agreement.types.items():
        pair = agreement.lowest(name)
        alphas.append((name, _measure(pair.types[name].f1 if pair else None), _measure(alpha)))
    f1 = "F1" if len(agreement.pairs) == 1 else "lowest F1"
    show_table("by type, with Krippendorff's alpha on tokens", ("type", f1, "alpha"), alphas, numbers=2)


def _measure(value: float | None) -> str:
    return "n/a" if value is None else f"{value:.3f}"


def show_findings(report: "Report", *, everything: str) -> None:
    """Show the problems of a corpus and the gaps in its card."""
    if report.advice:
        _tell_styled("advice  ", "bold green", report.advice)
    show_problems(report.problems, everything=everything)
    for line in report.unnoted:
        tell(f"  {line}")
    if report.notes_left_out is not None and not report.note_counts:
        tell("no label is in doubt")
    for warning in report.card_warnings:
        _tell_styled("card    ", _STYLES["warning"], warning)


def tell_outcome(made: "Build") -> None:
    """Say in a line what became of all that was read, and where the rest can be read."""
    tell(made.report.summary)
    tell(f"every problem is in {made.out}.problems.jsonl, what was left out in {made.out}.rejected.jsonl")


def show_problems(problems: Sequence["Problem"], *, everything: str = "") -> None:
    """Show problems by code: how many, the first places, what to do; `everything` says where all of them are."""
    from tagpress.corpus.problem_table import grouped
    from tagpress.corpus.problems import counted

    for group in grouped(problems, _PLACES):
        _tell_styled(f"{group.severity:8}", _STYLES[group.severity], f"{group.code}: {counted(group.count, 'time')}")
        for found in group.first:
            tell(f"  {found.place}: found {found.found}; expected {found.expected}")
        if group.count > len(group.first):
            tell(f"  ... and {group.count - len(group.first):,} more{everything and f'; {everything}'}")
        tell(f"  {group.hint}")


def show_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: int = 1) -> None:
    """Show a table; the last columns are `numbers`, which stand to the right."""
    from rich.table import Table

    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number and number >= len(columns) - numbers else "left")
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    _console(_WIDE).print(table, soft_wrap=True)
    tell("")


def show_error(document: Mapping[str, Any], trace: str) -> None:
    """Show an error: what happened, and what to do."""
    error = document["error"]
    if trace:
        tell(trace)
    _tell_styled("error", _STYLES["error"], f"{error['code']}: {error['message']}")
    if error["hint"]:
        tell(f"      {error['hint']}")
