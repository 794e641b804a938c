"""The subwords of the tokens met so far, so that a tokenizer is asked for each of them once."""

from itertools import repeat
from typing import Final

import numpy as np
import pyarrow as pa

from tagpress.columnar.bounds import bounds_of
from tagpress.columnar.types import Ints
from tagpress.consume.align.subwords import FastTokenizer, Subwords
from tagpress.consume.align.windows import ranges

MOST: Final = 200_000  # distinct tokens, some 30 MB; then all is forgotten, and the frequent ones are soon back
UNKNOWN: Final = -1


class Memory:
    """Tokens of one tokenizer, which must not change meanwhile; of one that draws lots nothing is remembered."""

    def __init__(self, tokenizer: FastTokenizer, most: int = MOST) -> None:
        self._tokenizer = tokenizer
        self._most = most
        self._known: dict[str, int] = {}  # the place of each token
        self._starts, self._sizes, self._ids = (np.zeros(0, np.int64) for _ in range(3))

    def encode(self, tokens: pa.StringArray) -> Subwords:
        """Return the subwords of tokens."""
        if self._tokenizer.draws_lots:
            return self._tokenizer.encode(tokens.to_pylist())
        coded = tokens.dictionary_encode()
        places = self._places(coded.dictionary.to_pylist())[coded.indices.to_numpy()]
        starts, sizes = self._starts[places], self._sizes[places]
        return Subwords(ids=self._ids[ranges(starts, sizes)], bounds=bounds_of(sizes))

    def _places(self, distinct: list[str]) -> Ints:
        """Return where the subwords of distinct tokens are remembered, and learn those that are not yet."""
        if len(self._known) + len(distinct) > self._most:
            self._known.clear()
            self._starts, self._sizes, self._ids = (array[:0] for array in (self._starts, self._sizes, self._ids))
        places = np.fromiter(map(self._known.get, distinct, repeat(UNKNOWN)), np.int64, len(distinct))
        new = np.flatnonzero(places == UNKNOWN)
        if new.size:
            self._learn([distinct[place] for place in new.tolist()])
            places[new] = np.arange(len(self._known) - new.size, len(self._known))
        return places

    def _learn(self, tokens: list[str]) -> None:
        found = self._tokenizer.encode(tokens)
        self._known.update(zip(tokens, range(len(self._known), len(self._known) + len(tokens)), strict=True))
        self._starts = np.concatenate((self._starts, found.bounds[:-1] + self._ids.size))
        self._sizes = np.concatenate((self._sizes, np.diff(found.bounds)))
        self._ids = np.concatenate((self._ids, found.ids))
