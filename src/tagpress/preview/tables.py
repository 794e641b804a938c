"""The numbers of a page as tables: what the splits hold, what is wrong, what changed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import Final, TypeAlias

from tagpress.corpus.policies import RULES
from tagpress.corpus.tally import Histogram, Tally
from tagpress.diff import Diff, SplitDiff, TypeDiff
from tagpress.preview.pictures import Drawing, bar, histogram
from tagpress.preview.problems import Problems
from tagpress.preview.subject import Subject

_QUANTILES: Final = {"shortest": 0, "5 %": 5, "25 %": 25, "median": 50, "75 %": 75, "95 %": 95, "longest": 100}
_CHANGES: Final = ("Added", "Removed", "Relabelled", "Of another document", "Moved in", "Moved out", "Renamed")
_ALWAYS: Final = 3  # the first of these are shown in any case
_DRAWN: Final = 95  # per cent of the lengths that a histogram spreads over its width

Row: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """
    A table with a caption; the first cell of each row heads it, and numbers stand to the right.

    Where there are `pictures`, each row has one, under the header `drawn`, and `key` says what they show.
    """

    caption: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    pictures: tuple[Drawing, ...] = ()
    drawn: str = "Drawn"
    key: str = ""

    def __post_init__(self) -> None:
        if any(len(row) != len(self.header) for row in self.rows):
            message = f"the table {self.caption!r} has rows of other lengths than its header"
            raise ValueError(message)
        if self.pictures and len(self.pictures) != len(self.rows):
            message = f"the table {self.caption!r} has not as many pictures as rows"
            raise ValueError(message)


def statistics(subject: Subject, tallies: Mapping[str, Tally]) -> tuple[Table, ...]:
    """Return what the splits hold; `tallies` ends with that of the whole."""
    whole = list(tallies.values())[-1]
    tables = (
        _splits(tallies, whole),
        _entities(subject, tallies, whole),
        _lengths("Tokens in a sentence", {name: one.sentence_lengths for name, one in tallies.items()}),
        _lengths("Tokens in an entity", {name: one.entity_lengths for name, one in tallies.items()}),
        _table("Labels", ("Label", "Tokens"), whole.label_counts.items()),
        _reasons(subject),
    )
    return tuple(table for table in tables if table.rows)


def problem_counts(problems: Problems) -> Table:
    """Return how many problems there are of each kind."""
    counts = problems.counts
    rows: list[Row] = [(code, severity, _meaning(code), count) for (code, severity), count in counts.items()]
    return _table(
        "Problems by code", ("Code", "Severity", "What it is", "Problems"), rows, _bars(list(counts.values()))
    )


def changes(diff: Diff) -> tuple[Table, ...]:
    """Return how many sentences changed."""
    return (
        _changes("Changed sentences", ("Split", *_CHANGES), diff.splits),
        _changes("Changed sentences by entity type", ("Entity type", *_CHANGES[:3]), diff.types),
    )


def _changes(caption: str, header: tuple[str, ...], counts: Mapping[str, SplitDiff] | Mapping[str, TypeDiff]) -> Table:
    """Return counts of changes without the columns that are empty, but for those that people look for first."""
    rows = [(name, *astuple(one)) for name, one in counts.items()]
    kept = [place for place, _ in enumerate(header) if place <= _ALWAYS or any(row[place] for row in rows)]
    return _table(
        caption, tuple(header[place] for place in kept), (tuple(row[place] for place in kept) for row in rows)
    )


def _splits(tallies: Mapping[str, Tally], whole: Tally) -> Table:
    if not whole.entity_types:
        plain: list[Row] = [(name, one.sentences, one.tokens) for name, one in tallies.items()]
        pictures = [bar(one.sentences, whole.sentences) for one in tallies.values()]
        return _table("Splits", ("Split", "Sentences", "Tokens"), plain, pictures, key="Sentences.")
    rows: list[Row] = [
        (name, one.sentences, one.annotated, one.tokens, sum(one.entities.values())) for name, one in tallies.items()
    ]
    header = ("Split", "Sentences", "With an entity", "Tokens", "Entities")
    pictures = [
        bar(one.sentences, whole.sentences, ((one.annotated, "bar"), (one.sentences - one.annotated, "rest")))
        for one in tallies.values()
    ]
    return _table("Splits", header, rows, pictures, key="Sentences; the paler part has no entity.")


def _entities(subject: Subject, tallies: Mapping[str, Tally], whole: Tally) -> Table:
    types = [name[2:] for name in subject.label_names[1::2]]
    most = max(whole.entities.values(), default=0)
    rows: list[Row] = [(name, *(one.entities[name] for one in tallies.values())) for name in types]
    pictures = [bar(whole.entities[name], most, ((whole.entities[name], f"t{i}"),)) for i, name in enumerate(types)]
    key = "Entities of all splits, against the most frequent type."
    return _table("Entities by type and split", ("Entity type", *tallies), rows, pictures, key=key)


def _reasons(subject: Subject) -> Table:
    rows: list[Row] = [(code, _meaning(code), count) for code, count in subject.reasons.items()]
    return _table("Left out", ("Reason", "What it is", "Sentences"), rows, _bars(list(subject.reasons.values())))


def _bars(counts: Sequence[int]) -> list[Drawing]:
    return [bar(count, max(counts)) for count in counts]


def _table(
    caption: str, header: tuple[str, ...], rows: Iterable[Row], pictures: Iterable[Drawing] = (), key: str = ""
) -> Table:
    return Table(caption, header, tuple(rows), tuple(pictures), key=key)


def _lengths(caption: str, lengths: Mapping[str, Histogram]) -> Table:
    some = {name: one for name, one in lengths.items() if one.total}
    rows: list[Row] = [
        (name, *(one.quantile(percent) for percent in _QUANTILES.values())) for name, one in some.items()
    ]
    longest = max((one.quantile(_DRAWN) for one in some.values()), default=1)
    key = f"How many have each length from 1 to {longest:,}; the last bar has all that are longer."
    return _table(caption, ("Split", *_QUANTILES), rows, [histogram(one, longest) for one in some.values()], key)


def _meaning(code: str) -> str:
    return RULES[code].meaning if code in RULES else ""
