"""A sentence as the page's script reads it: short rows, because a page holds thousands of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from tagpress.export.rows import Rows
from tagpress.preview.look import Marks

LEFT_OUT = "left out"
"""What stands in place of a split where a sentence has none."""

# [group, document or place, id, tokens, spans, problem codes, lines as read or ""]; spans are begin, end, type, begin,
# end, type ... with a type's number, or a tag that the label set does not have as it was read.
Entry = list[Any]


@dataclass(frozen=True, slots=True)
class Entries:
    """How sentences become entries: `label_names` of the build, and its `splits` in order."""

    label_names: tuple[str, ...]
    splits: tuple[str, ...]

    @property
    def groups(self) -> tuple[str, ...]:
        """Return the names that an entry's first number stands for."""
        return (*self.splits, LEFT_OUT)

    def published(self, batches: Iterable[Rows], marks: Sequence[Marks]) -> Iterator[Entry]:
        """Yield the entry of each published sentence; `marks` has one item for each."""
        problems = iter(marks)
        for rows in batches:
            tokens, labels = rows.tokens.to_pylist(), [self.label_names[label] for label in rows.label_ids]
            group = self.splits.index(rows.split)
            for row, (begin, end) in enumerate(pairwise(rows.offsets.tolist())):
                place, name = rows.doc_ids[row], rows.ids[row]
                yield [group, place, name, tokens[begin:end], self._spans(labels[begin:end]), list(next(problems)), ""]

    def rejected(self, found: Iterable[Mapping[str, Any]]) -> Iterator[Entry]:
        """Yield the entry of each sentence that was left out, with its lines where they are known."""
        for entry in found:
            place, spans, lines = f"{entry['path']}:{entry['line']}", self._spans(entry["tags"]), entry.get("text", "")
            yield [len(self.splits), place, "", entry["tokens"], spans, entry["reasons"], lines]

    def _spans(self, tags: Iterable[str]) -> list[int | str]:
        """Return the entities of a sentence; a tag that cannot stand where it does is an entity of its own."""
        spans: list[int | str] = []
        for place, tag in enumerate(tags):
            kind = (self.label_names.index(tag) - 1) // 2 if tag in self.label_names else tag
            if tag.startswith("I-") and spans[-2:] == [place, kind]:
                spans[-2] = place + 1
            elif tag != "O":
                spans += [place, place + 1, kind]
        return spans
