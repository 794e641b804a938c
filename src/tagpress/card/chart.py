"""
How is a small chart written? As SVG, of bars, lines and words at places in pixels: real text on a framed light ground.

It can be read on a light page and on a dark one; a picture's own colour scheme would follow the reader's system, and not the
page. No library has a part in it, so the same chart is the same bytes everywhere, and no build waits for one to load (the
usual one takes longer to load and lay out two charts than a small corpus takes to be built). What lays out words must know
how wide they are, and the reader's browser has the font: `wide` reckons with a broad one.
"""

import unicodedata
from collections.abc import Iterable
from html import escape
from typing import Final, Literal

WIDTH: Final = 468  # less than a card's column, because a phone shrinks the words too
EDGE: Final = 12  # that stays free around everything
LINE: Final = 18  # from one line of words to the next
GROUND, INK, QUIET, FRAME, _GRID = "#f5f3ef", "#1f1e1c", "#5a5752", "#bdb8ae", "#dcd8d0"
# Dark, warm, cool: told apart with any colour vision, and in the order in which a legend lists them.
COLOURS: Final = ("#1f4e79", "#c77f12", "#5f8f8b")

_SIZE: Final = 11  # of words
_MIDDLE: Final = 4  # from the middle of words of this size to the line that they stand on
_NARROW, _BROAD = frozenset("ijlrtfI.,:;'|!()[]/ "), frozenset("mwMW@%…")
_STEPS: Final = (1, 2, 5)  # of numbers on an axis, times a power of ten
_MOST_NUMBERS: Final = 7  # on an axis

Anchor = Literal["start", "middle", "end"]


def wide(text: str) -> float:
    """Return how much room a text takes in a broad font."""
    return _SIZE * sum(map(_wide, text))


def _wide(character: str) -> float:
    if unicodedata.combining(character):
        return 0
    if character in _BROAD or unicodedata.east_asian_width(character) in {"W", "F"}:
        return 1
    return 0.4 if character in _NARROW else 0.68


def numbers(most: int, room: float) -> range:
    """
    Return whole numbers from 0 to `most` for an axis that has some room, in even steps: as many as can be read.

    >>> numbers(30, 200), numbers(1_234_567, 200)
    (range(0, 31, 5), range(0, 1234568, 500000))

    """
    at_most = min(_MOST_NUMBERS, max(2, int(room / (wide(f"{most:,}") + EDGE))))
    power = 1
    while True:
        for step in _STEPS:
            if most // (step * power) + 1 <= at_most:
                return range(0, most + 1, step * power)
        power *= 10


def bar(x: float, y: float, width: float, height: float, colour: str) -> str:
    """Return a bar, set off from its neighbours; `x` and `y` are its upper left corner."""
    return (
        f'<rect x="{x:.2f}" y="{y:.2f}" width="{width:.2f}" height="{height:.2f}" fill="{colour}" stroke="{GROUND}" '
        'stroke-width="0.8"/>'
    )


def line(start: tuple[float, float], stop: tuple[float, float], colour: str = _GRID, more: str = "") -> str:
    """Return a straight line; `more` are further attributes."""
    (x, y), (to_x, to_y) = start, stop
    return f'<line x1="{x:.2f}" y1="{y:.2f}" x2="{to_x:.2f}" y2="{to_y:.2f}" stroke="{colour}"{more}/>'


def words(  # noqa: PLR0917 - a place, what stands there, and how
    x: float, y: float, text: str, anchor: Anchor = "start", colour: str = INK, more: str = ""
) -> str:
    """Return a text that begins, or ends, at `x`, or has its middle there, as the anchor says; `y` is its middle."""
    place = f'x="{x:.2f}" y="{y + _MIDDLE:.2f}" text-anchor="{anchor}" fill="{colour}"{more}'
    return f"<text {place}>{escape(text, quote=False)}</text>"


def upright(x: float, y: float, text: str) -> str:
    """Return a quiet text that is read from below, with its middle at a place."""
    return words(x, y, text, "middle", QUIET, f' transform="rotate(-90 {x:.2f} {y:.2f})"')


def page(height: float, parts: Iterable[str]) -> bytes:
    """Return a chart of this height, of parts of which later ones cover earlier ones."""
    frame = f'<rect width="{WIDTH}" height="{height:.2f}" fill="{GROUND}" stroke="{FRAME}" stroke-width="2"/>'
    begin = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height:.2f}" viewBox="0 0 {WIDTH} {height:.2f}" '
        f'font-family="\'DejaVu Sans\', Verdana, Arial, sans-serif" font-size="{_SIZE}">'
    )
    return "\n".join((begin, frame, *parts, "</svg>\n")).encode()
