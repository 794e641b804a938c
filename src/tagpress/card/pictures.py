"""
The card's pictures: what do the splits hold, at a glance?

    entity-types        entities of each type, by split
    sentence-lengths    how many tokens sentences have

The same tallies give the same bytes with the same matplotlib: no date, no version, no random id, no font or setting of
the machine. Pictures are SVG with real text on a framed light ground, so that they can be read on a light page and on a dark
one; a picture's own colour scheme would follow the reader's system, and not the page. Matplotlib is loaded by the first
picture, because a build whose card shows none should not wait for it, or by `load_beside`, so that one that shows some
does not wait either.
"""

import contextlib
import io
import threading
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from tagpress.corpus.config_names import DEFAULT_CONFIG
from tagpress.corpus.problems import counted
from tagpress.corpus.tally import Histogram, Tally
from tagpress.errors import UsageError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

EXTRA_HINT: Final = "pip install 'tagpress[plots]'"
"""What to do where pictures cannot be drawn."""

Tallies: TypeAlias = Mapping[str, Tally]

_WIDTH: Final = 6.5  # inches, at 72 points an inch: less than a card's column, because a phone shrinks the words too
_BAR: Final = 0.29  # inches for each bar
_MOST_TYPES: Final = 40  # bars; the rarest others share the last one
_MOST_BINS: Final = 40
_NAME_CHARS: Final = 30  # of a type's name, so that there is room for its bar; the card's table has it in full
_TAIL: Final = 99  # per cent of the sentences that the histogram shows; the last bar has the rest
_NAMED: Final = 3  # types that an alternative text names; the card's table has them all

_GROUND, _INK, _QUIET, _FRAME = "#f5f3ef", "#1f1e1c", "#5a5752", "#bdb8ae"
# Dark, warm, cool: told apart with any colour vision, and in the order in which the legend lists them.
_SPLIT_COLOURS: Final = ("#1f4e79", "#c77f12", "#5f8f8b")
_SETTINGS: Final[Mapping[str, Any]] = {
    "axes.edgecolor": _FRAME,
    "axes.facecolor": "none",
    "axes.labelcolor": _QUIET,
    "axes.spines.left": False,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.axisbelow": True,
    "figure.constrained_layout.h_pad": 0.1,
    "figure.constrained_layout.w_pad": 0.1,
    "figure.edgecolor": _FRAME,
    "figure.facecolor": _GROUND,
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],  # comes with matplotlib; the browser's own where it is not there
    "font.size": 11.0,
    "grid.color": "#dcd8d0",
    "svg.fonttype": "none",  # text stays text: small, searchable, in any script
    "svg.hashsalt": "tagpress",
    "text.color": _INK,
    "text.parse_math": False,  # a $ in a name is a $
    "xtick.color": _QUIET,
    "xtick.labelcolor": _QUIET,
    "ytick.color": _QUIET,
    "ytick.labelcolor": _INK,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture of a build: its `path` in it, what it says in words, and how it is drawn."""

    path: str
    describe: Callable[[Tallies], str]
    height: Callable[[Tallies], float]
    draw: Callable[["Axes", Tallies], None]


def placed(path: str, config: str) -> str:
    """Return where the picture of a configuration is: in a folder of its name, if it has one."""
    folder, _, name = path.rpartition("/")
    return path if config == DEFAULT_CONFIG else f"{folder}/{config}/{name}"


def alt_texts(tallies: Tallies) -> dict[str, str]:
    """Return what each picture says, as one line of plain text with its numbers: path -> text."""
    return {picture.path: picture.describe(tallies) for picture in PICTURES.values()}


def can_draw() -> bool:
    """Return whether the library that draws is installed; it is not loaded for that."""
    return find_spec("matplotlib") is not None


def shown_in(card: bytes, config: str = DEFAULT_CONFIG) -> tuple[str, ...]:
    """Return the paths of the pictures of a configuration that a rendered card shows."""
    paths = (placed(picture.path, config) for picture in PICTURES.values())
    return tuple(path for path in paths if f"]({path})".encode() in card)


def draw(tallies: Tallies, paths: Sequence[str] | None = None, config: str = DEFAULT_CONFIG) -> dict[str, bytes]:
    """Return the pictures at `paths`, or all of them: path -> SVG. `tallies` has the splits in order."""
    pictures = {placed(picture.path, config): picture for picture in PICTURES.values()}
    return {path: _svg(picture, tallies) for path, picture in pictures.items() if paths is None or path in paths}


def load_beside() -> None:
    """Load the library that draws in a thread of its own, while others work; what is wrong with it is said by `draw`."""

    def loading() -> None:
        with contextlib.suppress(ImportError):
            import matplotlib.backends.backend_svg  # noqa: PLC0415 - as in `_svg`
            import matplotlib.figure  # noqa: PLC0415 - the same
            import matplotlib.style  # noqa: F401, PLC0415 - the same

    threading.Thread(target=loading, name="tagpress-pictures", daemon=True).start()


def _svg(picture: Picture, tallies: Tallies) -> bytes:
    try:
        from matplotlib import style  # noqa: PLC0415  # a third of a second, and only for a card with pictures
        from matplotlib.backends.backend_svg import FigureCanvasSVG  # noqa: PLC0415  # the same
        from matplotlib.figure import Figure  # noqa: PLC0415  # the same
    except ImportError as error:
        raise UsageError(f"the card shows pictures, and matplotlib cannot be loaded: {error}", EXTRA_HINT) from error

    out = io.BytesIO()
    # First the defaults: whatever a user's own settings are, the same bytes.
    with style.context(["default", dict(_SETTINGS)]), warnings.catch_warnings():
        # A name in a script that the measuring font lacks is drawn by the browser, which has others.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure = Figure(figsize=(_WIDTH, picture.height(tallies)), layout="constrained", linewidth=2)
        axes = figure.add_subplot()
        picture.draw(axes, tallies)
        if len(axes.get_legend_handles_labels()[1]) > 1:
            figure.legend(loc="outside upper left", ncols=len(tallies), frameon=False, borderpad=0, borderaxespad=0.7)
        # Not savefig, which lays everything out once more to choose a format.
        FigureCanvasSVG(figure).print_svg(out, metadata={"Date": None, "Creator": None})  # type: ignore[no-untyped-call]  # matplotlib leaves it untyped
    return out.getvalue()


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


def _draw_types(axes: "Axes", tallies: Tallies) -> None:
    bars = _bars(tallies)
    places = range(len(bars))
    done = [0] * len(bars)
    for number, split in enumerate(tallies):
        counts = [by_split[number] for _, by_split in bars]
        colour = _SPLIT_COLOURS[number % len(_SPLIT_COLOURS)]
        axes.barh(places, counts, left=done, height=0.72, color=colour, edgecolor=_GROUND, linewidth=0.8, label=split)
        done = [before + count for before, count in zip(done, counts, strict=True)]
    for place, total in zip(places, done, strict=True):
        axes.annotate(f"{total:,}", (total, place), xytext=(4, 0), textcoords="offset points", va="center_baseline")
    axes.set_yticks(places, labels=[_short(name) for name, _ in bars])
    axes.set_ylim(len(bars) - 0.4, -0.6)
    axes.set_xlim(0, max([*done, 1]) * 1.1)  # room for the numbers
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("entities")
    _finish(axes, "x")


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


def _draw_lengths(axes: "Axes", tallies: Tallies) -> None:
    lengths = _total(tallies).sentence_lengths
    width, bins = _binned(lengths)
    begins = [1 + place * width for place in range(len(bins))]
    edges = [begin - 0.5 for begin in begins]  # a length stands in the middle of its place
    axes.bar(edges, bins, width=width, align="edge", color=_SPLIT_COLOURS[0], edgecolor=_GROUND, linewidth=0.8)
    top = max([*bins, 1]) * 1.3
    for line, (name, percent) in enumerate((("half", 50), ("95 %", 95)) if lengths.total else ()):
        length = lengths.quantile(percent)
        box = {"fc": _GROUND, "ec": "none", "pad": 1}
        axes.axvline(length + 0.5, color=_GROUND, linewidth=3.5)  # so that the next one is seen before dark bars too
        axes.axvline(length + 0.5, color=_INK, linewidth=1.2, linestyle=(0, (4, 2)))
        axes.annotate(
            f"{name}: up to {length:,}",
            (length + 0.5, top),
            xytext=(5, -4 - 18 * line),
            textcoords="offset points",
            va="top",
            bbox=box,
        )
    axes.set_ylim(0, top)
    axes.set_xlim(0.5, edges[-1] + width)
    axes.locator_params(axis="x", integer=True)
    rest = (
        f"; the last bar has all of {begins[-1]:,} and more"
        if lengths.total and lengths.values[-1] >= begins[-1] + width
        else ""
    )
    axes.set_xlabel(f"tokens in a sentence{rest}")
    axes.set_ylabel("sentences")
    axes.tick_params(axis="y", length=0)
    _finish(axes, "y")


def _finish(axes: "Axes", along: str) -> None:
    """Set the grid and the numbers of the axis that counts."""
    axis = axes.xaxis if along == "x" else axes.yaxis
    axes.grid(axis=along)  # type: ignore[arg-type]  # "x" or "y"
    axes.locator_params(axis=along, integer=True)  # type: ignore[arg-type]  # "x" or "y"
    axis.set_major_formatter(lambda value, _: f"{value:,.0f}")


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
        height=lambda tallies: 1.05 + _BAR * max(2, len(_bars(tallies))),
        draw=_draw_types,
    ),
    "sentence-lengths": Picture(
        path="assets/sentence-lengths.svg",
        describe=_describe_lengths,
        height=lambda _: 3.2,
        draw=_draw_lengths,
    ),
}
