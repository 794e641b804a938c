"""Small pictures that stand in a table: bars and histograms, drawn as SVG by nothing but their numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tagpress.corpus.tally import Histogram

WIDTH: Final = 120
HEIGHT: Final = 20
_BINS: Final = 24


@dataclass(frozen=True, slots=True)
class Drawing:
    """Rectangles as (x, y, width, height, class), and what they say in words."""

    words: str
    shapes: tuple[tuple[str, str, str, str, str], ...]


def bar(count: int, most: int, parts: Sequence[tuple[int, str]] = ()) -> Drawing:
    """
    Return a bar as long as `count` is of `most`; `parts` cut it, each with its class.

    >>> bar(1, 4).words, [shape[2] for shape in bar(1, 4).shapes]
    ('25 %', ['30'])

    """
    shapes, at = [], 0.0
    for size, kind in parts or ((count, "bar"),):
        width = WIDTH * size / max(1, most)
        shapes.append((_number(at), "3", _number(width), _number(HEIGHT - 6), kind))
        at += width
    return Drawing(f"{100 * count / max(1, most):.0f} %", tuple(shape for shape in shapes if shape[2] != "0"))


def histogram(lengths: Histogram, longest: int) -> Drawing:
    """Return how often each length occurs, from 1 to `longest`, in a fixed number of bins; the last has all above too."""
    size = max(1, -(-longest // _BINS))
    bins = [0] * min(_BINS, -(-longest // size))
    for value, count in zip(lengths.values, lengths.counts, strict=True):
        bins[min(max(0, value - 1) // size, len(bins) - 1)] += count
    width, most = WIDTH / len(bins), max(bins)
    shapes = [
        (
            _number(place * width),
            _number(HEIGHT * (1 - count / most)),
            _number(width * 0.9),
            _number(HEIGHT * count / most),
            "bar",
        )
        for place, count in enumerate(bins)
        if count
    ]
    first = bins.index(most) * size + 1
    words = f"most often {first}" + (f" to {first + size - 1}" if size > 1 else "")
    return Drawing(words, tuple(shapes))


def _number(value: float) -> str:
    """Return a number of a drawing, the same on every machine."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
