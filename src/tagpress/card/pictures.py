"""
The card's pictures: what do the splits hold, at a glance?

    entity-types        entities of each type, by split
    sentence-lengths    how many tokens sentences have

The same tallies give the same bytes: no date, no version, no font or setting of the machine. How a chart is written is in `chart`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final, TypeAlias

from tagpress.card.chart import (
    COLOURS,
    EDGE,
    FRAME,
    GROUND,
    INK,
    LINE,
    QUIET,
    WIDTH,
    bar,
    line,
    numbers,
    page,
    upright,
    wide,
    words,
)
from tagpress.corpus.config_names import DEFAULT_CONFIG
from tagpress.corpus.problems import counted
from tagpress.corpus.tally import Histogram, Tally

Tallies: TypeAlias = Mapping[str, Tally]

_BAR: Final = 21  # from one bar to the next
_BAR_WIDE: Final = 15
_MARK: Final = 10  # the square beside a split's name
_LENGTHS: Final = 160  # how high the bars of sentence lengths may be
_MOST_TYPES: Final = 40  # bars; the rarest others share the last one
_MOST_BINS: Final = 40
_NAME_CHARS: Final = 30  # of a type's name, so that there is room for its bar; the card's table has it in full
_TAIL: Final = 99  # per cent of the sentences that the histogram shows; the last bar has the rest
_NAMED: Final = 3  # types that an alternative text names; the card's table has them all


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture of a build: its `path` in it, what it says in words, and how it is drawn."""

    path: str
    describe: Callable[[Tallies], str]
    draw: Callable[[Tallies], bytes]


def placed(path: str, config: str) -> str:
    """Return where the picture of a configuration is: in a folder of its name, if it has one."""
    folder, _, name = path.rpartition("/")
    return path if config == DEFAULT_CONFIG else f"{folder}/{config}/{name}"


def alt_texts(tallies: Tallies) -> dict[str, str]:
    """Return what each picture says, as one line of plain text with its numbers: path -> text."""
    return {picture.path: picture.describe(tallies) for picture in PICTURES.values()}


def shown_in(card: bytes, config: str = DEFAULT_CONFIG) -> tuple[str, ...]:
    """Return the paths of the pictures of a configuration that a rendered card shows."""
    paths = (placed(picture.path, config) for picture in PICTURES.values())
    return tuple(path for path in paths if f"]({path})".encode() in card)


def draw(tallies: Tallies, paths: Sequence[str] | None = None, config: str = DEFAULT_CONFIG) -> dict[str, bytes]:
    """Return the pictures at `paths`, or all of them: path -> SVG. `tallies` has the splits in order."""
    pictures = {placed(picture.path, config): picture for picture in PICTURES.values()}
    return {path: picture.draw(tallies) for path, picture in pictures.items() if paths is None or path in paths}


def _bars(tallies: Tallies) -> list[tuple[str, list[int]]]:
    """Return each type with its entities by split, the most frequent first; the rarest may share a bar."""
    by_split = [one.entities for one in tallies.values()]
    found = [(name, [entities[name] for entities in by_split]) for name in (by_split[0] if by_split else ())]
    ranked = sorted(found, key=lambda bar: -sum(bar[1]))
    if len(ranked) <= _MOST_TYPES:
        return ranked
    shown, others = ranked[: _MOST_TYPES - 1], ranked[_MOST_TYPES - 1 :]
    return [
        *shown,
        (f"{len(others):,} others", [sum(column) for column in zip(*(bar[1] for bar in others), strict=True)]),
    ]


def _draw_types(tallies: Tallies) -> bytes:
    bars = _bars(tallies)
    names = [_short(name) for name, _ in bars]
    totals = [sum(by_split) for _, by_split in bars]
    most = max([*totals, 1])
    legend, above = _legend(tuple(tallies)) if len(tallies) > 1 else ([], EDGE)
    left = EDGE + max(map(wide, names), default=0) + EDGE / 2
    room = WIDTH - EDGE - wide(f"{most:,}") - EDGE / 2 - left
    scale, below = room / most, above + _BAR * max(2, len(bars))
    middles = [above + _BAR * (place + 0.5) for place in range(len(bars))]
    parts = []
    for number in numbers(most, room):
        at = left + number * scale
        parts += [line((at, above), (at, below)), words(at, below + LINE / 2 + 2, f"{number:,}", "middle", QUIET)]
    parts.append(words(left + room / 2, below + 1.5 * LINE + 2, "entities", "middle", QUIET))
    for middle, (_, by_split) in zip(middles, bars, strict=True):
        for number, (begin, count) in enumerate(zip(accumulate(by_split, initial=0), by_split, strict=False)):
            if count:
                place = (left + begin * scale, middle - _BAR_WIDE / 2)
                parts.append(bar(*place, count * scale, _BAR_WIDE, COLOURS[number % len(COLOURS)]))
    parts.append(line((left, below), (left + room, below), FRAME))
    parts += [words(left - EDGE / 2, middle, name, "end") for middle, name in zip(middles, names, strict=True)]
    parts += [
        words(left + total * scale + 4, middle, f"{total:,}") for middle, total in zip(middles, totals, strict=True)
    ]
    return page(below + 2 * LINE + EDGE, [*parts, *legend])


def _legend(splits: Sequence[str]) -> tuple[list[str], float]:
    """Return the colours of the splits with their names, in as many lines as it takes, and where these end."""
    parts, x, y = [], float(EDGE), float(EDGE)
    for number, split in enumerate(splits):
        room = _MARK + 5 + wide(split) + EDGE
        if x > EDGE and x + room > WIDTH:
            x, y = float(EDGE), y + LINE
        parts.append(bar(x, y, _MARK, _MARK, COLOURS[number % len(COLOURS)]))
        parts.append(words(x + _MARK + 5, y + _MARK / 2, split))
        x += room
    return parts, y + LINE + 4


def _short(name: str) -> str:
    return name if len(name) <= _NAME_CHARS else f"{name[: _NAME_CHARS - 1]}…"


def _binned(lengths: Histogram) -> tuple[int, list[int]]:
    """Return how many lengths a bar stands for, and the sentences of each; bars begin at 1, and the last has the rest."""
    last = max(lengths.quantile(_TAIL), 1) if lengths.total else 1
    width = -(-last // _MOST_BINS)
    bins = [0] * -(-last // width)
    for length, count in zip(lengths.values, lengths.counts, strict=True):
        bins[min((length - 1) // width, len(bins) - 1)] += count
    return width, bins


def _draw_lengths(tallies: Tallies) -> bytes:
    lengths = _total(tallies).sentence_lengths
    width, bins = _binned(lengths)
    most = max([*bins, 1])
    counts = numbers(most, 5 * LINE)
    left = EDGE + LINE + max(wide(f"{count:,}") for count in counts) + EDGE / 2
    room, below = WIDTH - EDGE - left, EDGE + 2 * LINE + _LENGTHS
    high, broad = _LENGTHS / most, room / len(bins)  # of a sentence, and of a bar

    def across(length: float) -> float:  # a length stands in the middle of its place, and the first is 1
        return left + (length - 0.5) * broad / width

    parts = []
    for count in counts:
        y = below - count * high
        parts += [line((left, y), (left + room, y)), words(left - EDGE / 2, y, f"{count:,}", "end", QUIET)]
    for place, count in enumerate(bins):
        parts.append(bar(left + place * broad, below - count * high, broad, count * high, COLOURS[0]))
    parts.append(line((left, below), (left + room, below), FRAME))
    parts += [
        words(across(length), below + LINE / 2 + 2, f"{length:,}", "middle", QUIET)
        for length in numbers(width * len(bins), room)
        if length
    ]
    parts.append(
        words(left + room / 2, below + 1.5 * LINE + 2, f"tokens in a sentence{_rest(lengths)}", "middle", QUIET)
    )
    parts.append(upright(EDGE + LINE / 2, EDGE + 2 * LINE + _LENGTHS / 2, "sentences"))
    for row, (name, percent) in enumerate((("half", 50), ("95 %", 95)) if lengths.total else ()):
        length = lengths.quantile(percent)
        parts += _quantile(across(length + 0.5), (EDGE + row * LINE, below), f"{name}: up to {length:,}")
    return page(below + 2 * LINE + EDGE, parts)


def _quantile(x: float, ends: tuple[float, float], said: str) -> Iterator[str]:
    """Yield a dashed line that is seen before dark bars too, and beside its upper end what it says."""
    upper, lower = ends
    yield line((x, upper), (x, lower), GROUND, ' stroke-width="3.5"')
    yield line((x, upper), (x, lower), INK, ' stroke-width="1.2" stroke-dasharray="5 2.5"')
    fits = x + 5 + wide(said) < WIDTH - EDGE
    yield words(x + (5 if fits else -5), upper + LINE / 2, said, "start" if fits else "end")


def _rest(lengths: Histogram) -> str:
    """Say what the last bar has, where it has more than its own lengths."""
    width, bins = _binned(lengths)
    last = 1 + width * (len(bins) - 1)
    more = lengths.total and lengths.values[-1] >= last + width
    return f"; the last bar has all of {last:,} and more" if more else ""


def _describe_types(tallies: Tallies) -> str:
    bars, entities = _bars(tallies), _total(tallies).entities
    total = sum(entities.values())
    if not total:
        return f"Bar chart of {counted(len(entities), 'entity type')}: no split has an entity."
    named = ", ".join(_in_words(name, tallies) for name, _ in bars[:_NAMED])
    lead = (
        f"Bar chart of {total:,} {'entity' if total == 1 else 'entities'} of {counted(len(entities), 'type')} by split"
    )
    return f"{lead}. The most have {named}{_fewest(entities, tallies)}."


def _fewest(entities: Mapping[str, int], tallies: Tallies) -> str:
    least = min(reversed(list(entities)), key=entities.__getitem__)
    without = sum(not count for count in entities.values())
    if without:
        return f"; {counted(without, 'type')} {'has' if without == 1 else 'have'} none"
    return f"; the fewest has {_in_words(least, tallies)}" if len(entities) > _NAMED else ""


def _in_words(name: str, tallies: Tallies) -> str:
    by_split = {split: one.entities[name] for split, one in tallies.items()}
    parts = ", ".join(f"{split} {count:,}" for split, count in by_split.items())
    return f"{name} with {sum(by_split.values()):,} ({parts})"


def _describe_lengths(tallies: Tallies) -> str:
    lengths = _total(tallies).sentence_lengths
    if not lengths.total:
        return "Histogram of sentence lengths: there is no sentence."
    low, middle, high, most = (lengths.quantile(percent) for percent in (5, 50, 95, 100))
    return (
        f"Histogram of the lengths of {counted(lengths.total, 'sentence')}: half have at most {counted(middle, 'token')},"
        f" nine in ten have {low:,} to {high:,}, and the longest has {most:,}."
    )


def _total(tallies: Tallies) -> Tally:
    first, *others = tallies.values()
    return sum(others, start=first)


PICTURES: Final[Mapping[str, Picture]] = {
    "entity-types": Picture(
        path="assets/entity-types.svg",
        describe=_describe_types,
        draw=_draw_types,
    ),
    "sentence-lengths": Picture(
        path="assets/sentence-lengths.svg",
        describe=_describe_lengths,
        draw=_draw_lengths,
    ),
}
