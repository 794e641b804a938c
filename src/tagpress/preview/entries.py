"""A sentence as the page's script reads it: short rows, because a page holds thousands of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final

from tagpress.corpus.layers.flat_spans import FlatSpans
from tagpress.corpus.layers.layer import Layer
from tagpress.corpus.place import placed
from tagpress.corpus.schema import is_nested
from tagpress.diff import ChangedSentence
from tagpress.export.rows import Rows
from tagpress.preview.look import Marks
from tagpress.preview.problems import Place, Problems
from tagpress.preview.subject import Note

LEFT_OUT = "left out"
"""What stands in place of a split where a sentence has none."""

_SAME: Final = ("path", "line", "col", "code", "found")  # problems are the same if they have the same of these

# [group, document or place, id, tokens, spans, problem codes, lines as read or "", problems]; spans are begin, end, type,
# begin, end, type ... with a type's number, or a tag that the label set does not have as it was read. The problems are how
# many there are, and then the numbers of the first of them. Where there are layers, what each of them says comes last.
Entry = list[Any]
PROBLEMS: Final = 7  # the place of the problems in an entry
# [kinds, split before, split after, document before, document after, id, tokens, spans before, spans after]
Change = list[Any]


@dataclass(frozen=True, slots=True)
class Entries:
    """
    How sentences become entries: `types` of entities, `splits` in order, and the folder that no path repeats.

    Where sentences are `placed`, what rows have for a document is the place of each. With `layers`, an entry ends with what
    each of them says: spans like those of the entities, or a text a token.
    """

    types: tuple[str, ...]
    splits: tuple[str, ...]
    folder: str = ""
    placed: bool = False
    layers: Mapping[str, Layer] = field(default_factory=dict)

    @property
    def groups(self) -> tuple[str, ...]:
        """Return the names that an entry's first number stands for."""
        return (*self.splits, LEFT_OUT)

    def published(self, batches: Iterable[Rows], marks: Sequence[Marks]) -> Iterator[Entry]:
        """Yield the entry of each published sentence; `marks` has one item for each."""
        problems = iter(marks)
        for rows in batches:
            tokens, names = rows.tokens.to_pylist(), rows.labels.names
            labels = [names[label] for label in rows.label_ids]
            group = self.splits.index(rows.split)
            layers = [*zip(*(self._layer(layer, rows.shown(name)) for name, layer in self.layers.items()), strict=True)]
            for row, (begin, end) in enumerate(pairwise(rows.offsets.tolist())):
                place, words = rows.doc_ids[row], tokens[begin:end]
                place = self.below(place) if self.placed else place
                entry = [
                    group,
                    place,
                    rows.ids[row],
                    words,
                    self.spans(labels[begin:end]),
                    list(next(problems)),
                    "",
                    [],
                ]
                yield [*entry, list(layers[row])] if layers else entry

    def left_out(self, found: Iterable[Note]) -> Iterator[Entry]:
        """Yield the entry of each sentence that was left out, with its lines where they are known."""
        for entry in found:
            place, spans = placed(self.below(entry["path"]), entry["line"]), self.spans(entry["tags"])
            lines = entry.get("text", "")
            left = [len(self.splits), place, "", entry["tokens"], spans, entry["reasons"], lines, []]
            said = entry.get("layers", {})
            of_layers = [*(self._layer(layer, [said[name]])[0] for name, layer in self.layers.items() if name in said)]
            yield [*left, of_layers] if said else left

    def changed(self, found: Iterable[ChangedSentence]) -> Iterator[Change]:
        """Yield each sentence that changed."""
        for one in found:
            sides = (one.before, one.after)
            splits, documents = [side and side.split for side in sides], [side and side.doc_id for side in sides]
            spans = [side and self.spans(side.tags) for side in sides]
            yield [one.changes, *splits, *documents, one.id, one.tokens, *spans]

    def _layer(self, layer: Layer, shown: list[list[str]]) -> list[list[int | str]]:
        """Return what a layer says of sentences: spans, or texts."""
        if not has_spans(layer):
            return [list(texts) for texts in shown]
        if not is_nested(layer.arrow):
            return [self.spans(labels) for labels in shown]
        return [[part for span in spans for part in self._span(span)] for spans in shown]

    def _span(self, shown: str) -> tuple[int, int, int]:
        kind, _, places = shown.rpartition(" ")
        start, _, end = places.partition("-")
        return int(start), int(end), self.types.index(kind)

    def below(self, path: str) -> str:
        """Return a path without the folder that all share."""
        return path.removeprefix(self.folder)

    def spans(self, tags: Iterable[str]) -> list[int | str]:
        """Return the entities of a sentence; a tag that cannot stand where it does is an entity of its own."""
        spans: list[int | str] = []
        for place, tag in enumerate(tags):
            known = tag[:2] in {"B-", "I-"} and tag[2:] in self.types
            kind = self.types.index(tag[2:]) if known else tag
            if tag.startswith("I-") and spans[-2:] == [place, kind]:
                spans[-2] = place + 1
            elif tag != "O":
                spans += [place, place + 1, kind]
        return spans


def has_spans(layer: Layer) -> bool:
    """Return whether a layer is of spans, flat or nested."""
    return is_nested(layer.arrow) or isinstance(layer, FlatSpans)


@dataclass(slots=True)
class Listing:
    """The problems on a page: those that are listed, and behind them those that only stand with their sentence."""

    problems: Problems | None
    entries: Entries
    notes: list[Mapping[str, Any]] = field(default_factory=list)
    _numbers: dict[tuple[Any, ...], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for found in self.problems.listed if self.problems else ():
            self._number(found)

    def of(self, place: Place) -> list[int]:
        """Return how many problems the sentence at a place has, and the numbers of the first."""
        count, found = self.problems.of_shown.get(place, (0, ())) if self.problems else (0, ())
        return [count, *(self._number(one) for one in found)] if count else []

    def _number(self, found: Note) -> int:
        key = tuple(found[name] for name in _SAME)
        if key not in self._numbers:
            self._numbers[key] = len(self.notes)
            self.notes.append({**found, "path": self.entries.below(found["path"])})
        return self._numbers[key]
