"""
What one command costs: wall time, CPU time and peak memory of all its processes together.

CPU time is that of every descendant, those that outlive the command too (the fork server does): this process adopts
them. Memory is PSS, summed over the processes: a page that several of them share counts once. It is sampled, so a
measured run is slower than a timed one, and the two are not the same run. Linux only.
"""

import contextlib
import ctypes
import os
import resource
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SAMPLE_SECONDS = 0.02
PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Seconds of wall time and of CPU time; peak bytes of PSS and of its anonymous part, if sampled; what was printed."""

    wall: float
    cpu: float
    peak: int
    anonymous: int
    printed: str


def timed(command: Sequence[str], **environment: str) -> Cost:
    """Run a command to its end without looking at its memory."""
    return _run(command, environment, sample=False)


def sampled(command: Sequence[str], **environment: str) -> Cost:
    """Run a command to its end and sample its memory."""
    return _run(command, environment, sample=True)


def median(costs: Sequence[Cost]) -> Cost:
    """Return the run in the middle by wall time, with the median CPU time."""
    middle = sorted(costs, key=lambda cost: cost.wall)[len(costs) // 2]
    return Cost(
        wall=statistics.median(cost.wall for cost in costs),
        cpu=statistics.median(cost.cpu for cost in costs),
        peak=middle.peak,
        anonymous=middle.anonymous,
        printed=middle.printed,
    )


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0))


def _run(command: Sequence[str], environment: Mapping[str, str], *, sample: bool) -> Cost:
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    peaks = [(0, 0)]
    with tempfile.TemporaryFile("w+") as out:
        start = time.perf_counter()
        with subprocess.Popen(command, stdout=out, env={**os.environ, **environment}) as child:
            while sample and child.poll() is None:
                peaks.append(_memory(child.pid))
                time.sleep(SAMPLE_SECONDS)
            code = child.wait()
            wall = time.perf_counter() - start
        _adopt()
        out.seek(0)
        printed = out.read()
    if code:
        raise SystemExit(f"{' '.join(command)} failed with {code}:\n{printed}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    total, anonymous = (max(column) for column in zip(*peaks, strict=True))
    return Cost(wall=wall, cpu=cpu, peak=total, anonymous=anonymous, printed=printed)


def _adopt() -> None:
    """Wait for the processes that the command left to us."""
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)


def _memory(root: int) -> tuple[int, int]:
    """Return the bytes of PSS, and of its anonymous part, of a process and all its descendants."""
    parts = [_pss(pid) for pid in _family(root)]
    return sum(total for total, _ in parts), sum(anonymous for _, anonymous in parts)


def _family(pid: int) -> Iterator[int]:
    yield pid
    with contextlib.suppress(OSError):
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                for child in children.read_text().split():
                    yield from _family(int(child))


def _pss(pid: int) -> tuple[int, int]:
    found = {}
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
            name, value, *_ = line.split()
            found[name] = int(value) * 1024
    return found.get("Pss:", 0), found.get("Pss_Anon:", 0)


def table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a Markdown table; every column but the first stands to the right."""
    lines = [columns, ["---", *("---:" for _ in columns[1:])], *rows]
    return "\n".join(f"| {' | '.join(str(cell) for cell in line)} |" for line in lines)


def megabytes(size: int) -> str:
    """Return a size in MB."""
    return f"{size / 1e6:,.0f} MB"
