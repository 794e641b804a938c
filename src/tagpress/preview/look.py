"""What is in a build: a tally of every split, and the rows that a page shows, in two passes of bounded memory."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tagpress.columnar.bounds import bounds_of, rows_at
from tagpress.columnar.types import Bools, Hashes
from tagpress.corpus.characters import INVISIBLE, SPACE
from tagpress.corpus.manifest import Manifest
from tagpress.corpus.schema import Labels
from tagpress.corpus.tally import Tally, tally
from tagpress.export.rows import Rows, read_rows
from tagpress.preview.sample import cover, lowest, ranks_of, shares

Marks: TypeAlias = tuple[str, ...]  # the codes of the problems of one sentence

# What a row itself shows of the problems that may be published; the others are known only from the file beside it.
_SEEN_IN_TOKENS: Final = {"control-character": INVISIBLE, "whitespace-in-token": SPACE}
_NONE: Final = np.zeros(0, dtype=np.uint64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """
    A build, looked at.

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
    by_id: Mapping[str, Marks]

    def of(self, rows: Rows) -> Bools:
        """Return which rows have which feature, of shape [row, feature]."""
        types = np.zeros((len(rows), len(self.labels.entity_types)), dtype=np.bool_)
        begins = np.flatnonzero(rows.label_ids % 2)
        types[rows_at(rows.offsets, begins), (rows.label_ids[begins] - 1) // 2] = True
        return np.hstack((types, self._problems(rows)))

    def _problems(self, rows: Rows) -> Bools:
        found = np.zeros((len(rows), len(self.codes)), dtype=np.bool_)
        for code, pattern in _SEEN_IN_TOKENS.items():
            tokens = np.flatnonzero(pc.match_substring_regex(rows.tokens, pattern).to_numpy(zero_copy_only=False))
            found[rows_at(rows.offsets, tokens), self.codes.index(code)] = True
        for row, name in enumerate(rows.ids) if self.by_id else ():
            for code in self.by_id.get(name, ()):
                found[row, self.codes.index(code)] = True
        return found

    def marks(self, rows: Rows) -> list[Marks]:
        """Return the problems of each row."""
        found = self._problems(rows)
        return [tuple(self.codes[place] for place in np.flatnonzero(row)) for row in found]


def look_at(build: Path, manifest: Manifest, by_id: Mapping[str, Marks], limit: int) -> Look:
    """
    Count a build and choose about `limit` of its rows; `by_id` has the known problems of published sentences.

    Raises:
        BuildError: a shard is not there, or does not hold what every shard holds.

    """
    labels = Labels.from_names(manifest.label_names)
    codes = {*_SEEN_IN_TOKENS, *(code for found in by_id.values() for code in found)}
    features = _Features(labels=labels, codes=tuple(sorted(codes)), by_id=by_id)
    quotas = shares({split: manifest.splits[split].rows for split in manifest.split_names}, limit)
    sure = cover(limit, len(labels.entity_types) + len(codes), len(quotas))
    tallies: dict[str, Tally] = {}
    rows: list[Rows] = []
    for split, quota in quotas.items():
        tallies[split], chosen = _first_pass(build, manifest, split, features, (quota, sure))
        batches = (_only(batch, np.isin(ranks_of(batch.ids), chosen)) for batch in read_rows(build, manifest, split))
        rows += [batch for batch in batches if len(batch)]
    marks = tuple(found for batch in rows for found in features.marks(batch))
    return Look(tallies=tallies, rows=tuple(rows), marks=marks)


def _first_pass(
    build: Path, manifest: Manifest, split: str, features: _Features, sizes: tuple[int, int]
) -> tuple[Tally, Hashes]:
    """Count a split, and return the ranks of its chosen rows: `sizes` are the quota, and what each feature is sure of."""
    quota, sure = sizes
    total, most = Tally.empty(features.labels), _NONE
    rare = [_NONE] * (len(features.labels.entity_types) + len(features.codes))
    for batch in read_rows(build, manifest, split):
        ranks, found = ranks_of(batch.ids), features.of(batch)
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
    )
