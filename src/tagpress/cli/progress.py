"""The bar that shows how far long work is: each kind of work in its own unit."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

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
from rich.text import Text

from tagpress.engine.progress import Progress as Report_

# What the numbers of each kind of work count: how many of them make one unit, and its name.
_UNITS: Final = {
    "survey": (1_000_000, "MB"),
    "press": (1, "sentences"),
    "check": (1, "sentences"),
    "export": (1, "sentences"),
}


class _Rate(ProgressColumn):
    """How fast the work goes, in its own unit."""

    def render(self, task: Task) -> Text:
        scale, unit = _UNITS.get(task.description, (1, ""))
        speed = task.finished_speed or task.speed
        return Text(f"{speed / scale:,.0f} {unit}/s" if speed and unit else "", style="progress.data.speed")


@contextmanager
def shown_progress(console: Console) -> Iterator[Report_]:
    """Show how far long work is, on a terminal."""
    bar = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        _Rate(),
        TimeRemainingColumn(elapsed_when_finished=True),
        console=console,
        transient=True,
    )
    tasks: dict[str, Any] = {}

    def report(work: str, done: int, total: int) -> None:
        if work not in tasks:
            tasks[work] = bar.add_task(work, total=total)
        bar.update(tasks[work], completed=done, total=total)
        if done >= total:  # what is done makes room for what is said next
            bar.remove_task(tasks.pop(work))

    with bar:
        yield report
