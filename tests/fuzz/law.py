"""What holds of every parser, whatever it is given: an answer or one typed error, soon, and in little memory."""

import resource
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from types import FrameType

SECONDS = 1.0  # of the processor, for an input of a few kilobytes
MEGABYTES = 300
LONGEST = 4_000  # characters of a message

Entry = Callable[[bytes], object]


class UnlawfulError(AssertionError):
    """A parser took too long or too much, or said something that nobody reads to its end."""


@dataclass(frozen=True)
class Parser:
    """A parser of foreign bytes: how it is called, what it may say no with, and inputs to begin from."""

    entry: Entry
    refusals: tuple[type[Exception], ...]
    seeds: Callable[[], list[bytes]]

    def takes(self, data: bytes) -> bool:
        """Return whether bytes were taken and not refused; raises whatever else a parser may not raise."""
        try:
            self.entry(data)
        except self.refusals as refusal:
            if max(map(len, f"{refusal} ".split("\n"))) > LONGEST:
                raise UnlawfulError(f"a refusal of {len(str(refusal)):,} characters: {refusal!s:.200}") from refusal
            return False
        return True

    def judge(self, data: bytes) -> None:
        """Have bytes taken or refused within the limits; what is compiled or imported late counts for nobody's time."""
        _warm(self)
        with _watched():
            self.takes(data)


@cache
def _warm(parser: Parser) -> None:
    for seed in parser.seeds():
        parser.takes(seed)


@contextmanager
def _watched() -> Iterator[None]:
    """Stop what runs too long, if Python can, and judge afterwards what it took."""
    before, begun = _peak(), time.process_time()
    was = signal.signal(signal.SIGVTALRM, _stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, 3 * SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, was)
    seconds, grown = time.process_time() - begun, _peak() - before
    if seconds > SECONDS:
        raise UnlawfulError(f"{seconds:.1f} seconds")
    if grown > MEGABYTES:
        raise UnlawfulError(f"{grown:,.0f} MB more than ever before")


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise UnlawfulError(f"more than {3 * SECONDS} seconds")


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
