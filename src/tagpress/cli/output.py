"""What a person sees: tables and progress on standard error, plain enough for a log when it is no terminal."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from tagpress.build.read_all import Progress as Report_
    from tagpress.build.report import Report
    from tagpress.corpus.problems import Problem

# Problems of one code that are listed when they do not stop the build; `--json` has them all.
LISTED: Final = 20
_STYLES: Final = {"error": "bold red", "warning": "yellow", "dropped": "cyan", "repaired": "cyan"}

# What the numbers of each kind of work count: how many of them make one unit, and its name.
_UNITS: Final = {
    "survey": (1_000_000, "MB"),
    "press": (1, "sentences"),
    "check": (1, "sentences"),
    "export": (1, "sentences"),
}

console = Console(stderr=True, highlight=False)


def print_document(document: Any) -> None:  # noqa: ANN401 - anything JSON can hold
    """Print the one JSON document of a command on standard output."""
    # In one line: with an indent Python falls back on an encoder that takes ten times as long for many problems.
    click.echo(json.dumps(document, ensure_ascii=False))


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
    console.print(text, markup=False, soft_wrap=True)


class _Rate(ProgressColumn):
    """How fast the work goes, in its own unit."""

    def render(self, task: Task) -> Text:
        scale, unit = _UNITS.get(task.description, (1, ""))
        speed = task.finished_speed or task.speed
        return Text(f"{speed / scale:,.0f} {unit}/s" if speed and unit else "", style="progress.data.speed")


@contextmanager
def progress_bar(*, quiet: bool) -> Iterator["Report_"]:
    """Show how far long work is, where there is a terminal to show it on."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        _Rate(),
        TimeRemainingColumn(elapsed_when_finished=True),
        console=console,
        transient=True,
        disable=quiet or not console.is_terminal,
    )
    tasks: dict[str, Any] = {}

    def report(work: str, done: int, total: int) -> None:
        if work not in tasks:
            tasks[work] = bar.add_task(work, total=total)
        bar.update(tasks[work], completed=done, total=total)

    with bar:
        yield report


def show_report(report: "Report") -> None:
    """Show the problems and the numbers of a corpus."""
    from tagpress.corpus.splits import streaming_plan

    show_problems(report.problems)
    for warning in report.card_warnings:
        console.print("[yellow]warning[/]", end=" ")
        console.print(warning, markup=False, soft_wrap=True)
    numbers = {
        "sentences": report.sentences,
        "tokens": report.tokens,
        "published": report.published,
        "rejected": report.rejected,
    }
    show_table("corpus", ("read", ""), [(name, f"{count:,}") for name, count in numbers.items()])
    show_table("splits", ("split", "sentences"), [(name, f"{count:,}") for name, count in report.splits.items()])
    tell(f"streaming: {streaming_plan(report.shards)}")
    counted = [(label, f"{count:,}") for label, count in report.labels.items() if count]
    show_table("labels", ("label", "tokens"), counted)


def show_problems(problems: Sequence["Problem"]) -> None:
    """List every problem that stops the build, and the first of the others."""
    listed: Counter[str] = Counter()
    for found in problems:
        listed[found.code] += found.severity != "error"
        if listed[found.code] <= LISTED:
            console.print(f"[{_STYLES[found.severity]}]{found.severity}[/]", end=" ")
            console.print(f"{found.place}: {found.code}: {found.message}", markup=False, soft_wrap=True)
    for code, count in listed.items():
        if count > LISTED:
            console.print(f"... and {count - LISTED:,} more of {code}; --json lists all", markup=False)


def show_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Show a table; numbers stand to the right."""
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number and number == len(columns) - 1 else "left")
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    console.print(table)
    console.print()


def show_error(document: Mapping[str, Any], trace: str) -> None:
    """Show an error: what happened, and what to do."""
    error = document["error"]
    if trace:
        console.print(trace, markup=False, soft_wrap=True)
    console.print("[bold red]error[/]", end=" ")
    console.print(f"{error['code']}: {error['message']}", markup=False, soft_wrap=True)
    if error["hint"]:
        console.print(f"      {error['hint']}", markup=False, soft_wrap=True)
