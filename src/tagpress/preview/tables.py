"""The numbers of a page as tables: what the splits hold, what is wrong, what changed."""

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from typing import Final, TypeAlias

from tagpress.corpus.manifest import Manifest
from tagpress.corpus.policies import RULES
from tagpress.corpus.tally import Histogram, Tally
from tagpress.diff import Diff
from tagpress.preview.problems import Problems

_QUANTILES: Final = {"shortest": 0, "5 %": 5, "25 %": 25, "median": 50, "75 %": 75, "95 %": 95, "longest": 100}
_CHANGES: Final = ("Added", "Removed", "Relabelled", "Of another document", "Moved in", "Moved out", "Renamed")


Row: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a caption; the first cell of each row heads it, and numbers stand to the right."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]

    def __post_init__(self) -> None:
        if any(len(row) != len(self.header) for row in self.rows):
            message = f"the table {self.caption!r} has rows of other lengths than its header"
            raise ValueError(message)


def statistics(manifest: Manifest, tallies: Mapping[str, Tally]) -> tuple[Table, ...]:
    """Return what the splits hold; `tallies` ends with that of the whole."""
    types, whole = manifest.label_names[1::2], list(tallies.values())[-1]
    splits: list[Row] = [
        (name, one.sentences, one.annotated, one.tokens, sum(one.entities.values())) for name, one in tallies.items()
    ]
    entities: list[Row] = [(name[2:], *(one.entities[name[2:]] for one in tallies.values())) for name in types]
    left_out: list[Row] = [(code, _meaning(code), count) for code, count in manifest.rejected.items()]
    tables = (
        _table("Splits", ("Split", "Sentences", "With an entity", "Tokens", "Entities"), splits),
        _table("Entities by type and split", ("Entity type", *tallies), entities),
        _lengths("Tokens in a sentence", {name: one.sentence_lengths for name, one in tallies.items()}),
        _lengths("Tokens in an entity", {name: one.entity_lengths for name, one in tallies.items()}),
        _table("Labels", ("Label", "Tokens"), whole.label_counts.items()),
        _table("Left out", ("Reason", "What it is", "Sentences"), left_out),
    )
    return tuple(table for table in tables if table.rows)


def problem_counts(problems: Problems) -> Table:
    """Return how many problems there are of each kind."""
    rows: list[Row] = [(code, severity, _meaning(code), count) for (code, severity), count in problems.counts.items()]
    return _table("Problems by code", ("Code", "Severity", "What it is", "Problems"), rows)


def changes(diff: Diff) -> tuple[Table, ...]:
    """Return how many sentences changed."""
    return (
        _table("Changed sentences", ("Split", *_CHANGES), ((name, *astuple(one)) for name, one in diff.splits.items())),
        _table(
            "Changed sentences by entity type",
            ("Entity type", *_CHANGES[:3]),
            ((name, *astuple(one)) for name, one in diff.types.items()),
        ),
    )


def _table(caption: str, header: tuple[str, ...], rows: Iterable[Row]) -> Table:
    return Table(caption, header, tuple(rows))


def _lengths(caption: str, lengths: Mapping[str, Histogram]) -> Table:
    rows: list[Row] = [
        (name, *(one.quantile(percent) for percent in _QUANTILES.values()))
        for name, one in lengths.items()
        if one.total
    ]
    return _table(caption, ("Split", *_QUANTILES), rows)


def _meaning(code: str) -> str:
    return RULES[code].meaning if code in RULES else ""
