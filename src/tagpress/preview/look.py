"""What is in a subject: a tally of every split, and the rows that a page shows, in two passes of bounded memory."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tagpress.columnar.bounds import bounds_of, rows_at
from tagpress.columnar.types import Bools, Hashes
from tagpress.corpus.characters import INVISIBLE, SPACE
from tagpress.corpus.schema import Labels
from tagpress.corpus.tally import Tally, tally
from tagpress.export.rows import Rows
from tagpress.preview.sample import cover, lowest, ranks_of, shares
from tagpress.preview.subject import Subject

Marks: TypeAlias = tuple[str, ...]  # the codes of the problems of one sentence

# What a row itself shows of the problems that may be published; the others are known only from the file beside it.
_SEEN_IN_TOKENS: Final = {"control-character": INVISIBLE, "whitespace-in-token": SPACE}
_NONE: Final = np.zeros(0, dtype=np.uint64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """
    A subject, looked at.

    `tallies` count all rows of each split, in the order in which people list splits. `rows` are those that the page
    shows, and `marks` the problems of each of them, in the same order.
    """

    tallies: Mapping[str, Tally]
    rows: tuple[Rows, ...]
    marks: tuple[Marks, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Features:
    """The features of which a page shows examples in every split: the entity types of `labels`, then the problem `codes`."""

    labels: Labels
    codes: tuple[str, ...]
    known: Mapping[str, Hashes]

    def __len__(self) -> int:
        return len(self.labels.entity_types) + len(self.codes)

    def of(self, rows: Rows, ranks: Hashes) -> Bools:
        """Return which rows have which feature, of shape [row, feature]."""
        types = np.zeros((len(rows), len(self.labels.entity_types)), dtype=np.bool_)
        begins = np.flatnonzero(rows.label_ids % 2)
        types[rows_at(rows.offsets, begins), (rows.label_ids[begins] - 1) // 2] = True
        return np.hstack((types, self._problems(rows, ranks)))

    def _problems(self, rows: Rows, ranks: Hashes) -> Bools:
        found = np.zeros((len(rows), len(self.codes)), dtype=np.bool_)
        for code, pattern in _SEEN_IN_TOKENS.items():
            tokens = np.flatnonzero(pc.match_substring_regex(rows.tokens, pattern).to_numpy(zero_copy_only=False))
            found[rows_at(rows.offsets, tokens), self.codes.index(code)] = True
        for code, some in self.known.items():
            found[:, self.codes.index(code)] |= np.isin(ranks, some)
        return found

    def marks(self, rows: Rows) -> list[Marks]:
        """Return the problems of each row."""
        found = self._problems(rows, ranks_of(rows.ids))
        return [tuple(self.codes[place] for place in np.flatnonzero(row)) for row in found]


def look_at(subject: Subject, known: Mapping[str, Hashes], limit: int) -> Look:
    """
    Count a subject and choose about `limit` of its rows; `known` has by code the ranks of the rows with a problem.

    Raises:
        BuildError: a shard is not there, or does not hold what every shard holds.

    """
    labels = Labels.from_names(subject.label_names)
    features = _Features(labels=labels, codes=tuple(sorted({*_SEEN_IN_TOKENS, *known})), known=known)
    quotas = shares(subject.sentences, limit)
    sure = cover(limit, len(features), len(quotas))
    tallies: dict[str, Tally] = {}
    rows: list[Rows] = []
    for split, quota in quotas.items():
        tallies[split], chosen = _first_pass(subject.rows(split), features, (quota, sure))
        batches = (_only(batch, np.isin(ranks_of(batch.ids), chosen)) for batch in subject.rows(split))
        rows += [batch for batch in batches if len(batch)]
    marks = tuple(found for batch in rows for found in features.marks(batch))
    return Look(tallies=tallies, rows=tuple(rows), marks=marks)


def _first_pass(batches: Iterable[Rows], features: _Features, sizes: tuple[int, int]) -> tuple[Tally, Hashes]:
    """Count a split, and return the ranks of its chosen rows: `sizes` are the quota, and what each feature is sure of."""
    quota, sure = sizes
    total, most = Tally.empty(features.labels), _NONE
    rare = [_NONE] * len(features)
    for batch in batches:
        ranks = ranks_of(batch.ids)
        found = features.of(batch, ranks)
        most = lowest(most, ranks, quota)
        rare = [lowest(kept, ranks[found[:, place]], sure) for place, kept in enumerate(rare)]
        lists = pa.ListArray.from_arrays(pa.array(batch.offsets, pa.int32()), batch.tokens)
        total += tally(lists, batch.label_ids.astype(np.int64, copy=False), features.labels)
    return total, np.unique(np.concatenate((most, *rare)))


def _only(rows: Rows, wanted: Bools) -> Rows:
    """Return some of the rows, in order."""
    tokens = np.flatnonzero(np.repeat(wanted, np.diff(rows.offsets)))
    taken = np.flatnonzero(wanted).tolist()
    return Rows(
        split=rows.split,
        labels=rows.labels,
        ids=[rows.ids[row] for row in taken],
        doc_ids=[rows.doc_ids[row] for row in taken],
        tokens=rows.tokens.take(pa.array(tokens)),
        offsets=bounds_of(np.diff(rows.offsets)[wanted]),
        label_ids=rows.label_ids[tokens],
        layers={name: column.filter(pa.array(wanted)) for name, column in rows.layers.items()},
        kinds=rows.kinds,
    )
