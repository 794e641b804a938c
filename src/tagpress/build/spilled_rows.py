"""The rows of several spills one after the other, numbered from 0: what of them is published, and what is read of all."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from tagpress.build import spill
from tagpress.build.repeated import SpilledPiece
from tagpress.build.shard_plan import PieceRows
from tagpress.build.spill import extra_name, keys_of
from tagpress.columnar.bounds import bounds_of, rows_at
from tagpress.columnar.types import Ints
from tagpress.corpus.layers.layer import MAIN, Layer
from tagpress.corpus.layers.numbers import unspilled
from tagpress.corpus.place import placed


@dataclass(frozen=True)
class SpilledRows:
    """The rows of pieces one after the other; what they wait in is mapped once, and stays so as long as this."""

    pieces: Sequence[SpilledPiece]

    @cached_property
    def _batches(self) -> list[pa.RecordBatch]:
        return [piece.spill.map_sentences() for piece in self.pieces]

    @cached_property
    def _first(self) -> Ints:
        return bounds_of([int(piece.cell_ends[-1]) for piece in self.pieces])

    def layer(self, name: str, layer: Layer) -> pa.ListArray:
        """Return a layer of all rows, as it was read."""
        texts = pa.types.is_string(layer.arrow.value_type)
        column = "ner_tags" if name == MAIN else extra_name(name)
        found = [batch[column] for batch in self._batches]
        if name != MAIN:
            found = [unspilled(one, texts=texts) for one in found]
        return pa.concat_arrays(found)

    def tokens(self, row: int) -> list[str]:
        """Return the tokens of a row."""
        number, own = self._at(row)
        tokens: list[str] = self._batches[number]["tokens"][own].as_py()
        return tokens

    def sizes(self) -> Ints:
        """Return how many tokens each row has."""
        found = [batch["tokens"].value_lengths().to_numpy() for batch in self._batches]
        return np.concatenate([np.zeros(0, dtype=np.int64), *found])

    def path_and_line(self, row: int) -> tuple[str, int]:
        """Return the source of a row, and its line there."""
        number, own = self._at(row)
        return self.pieces[number].place(int(spill.numbers(self._batches[number], "line")[own]))

    def place(self, row: int) -> str:
        """Return where a row stands in its source."""
        path, line = self.path_and_line(row)
        return placed(path, int(line))

    def _at(self, row: int) -> tuple[int, int]:
        """Return the piece of a row, and its number there."""
        first = self._first
        number = int(rows_at(first[:-1], np.array([row]))[0])
        return number, row - int(first[number])


def published(rows: Sequence[PieceRows]) -> Iterator[tuple[int, bytes, int]]:
    """Yield the number of each row that is published, its key, and which copy it is: 1 is the first."""
    first = 0
    for one in rows:
        keys = keys_of(one.piece.spill.map_sentences())
        gone = {*one.rejected.tolist()}
        yield from (
            (first + row, keys[row].tobytes(), one.copies.get(row, 1)) for row in range(len(keys)) if row not in gone
        )
        first += len(keys)
