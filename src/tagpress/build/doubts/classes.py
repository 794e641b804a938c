"""Which class has each token of a piece, and beside what does it stand?"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from tagpress.build.doubts.judge import Kind
from tagpress.build.doubts.layers import LayerTask
from tagpress.build.doubts.sentences import PieceSentences, sentences_of
from tagpress.columnar.mixing import GOLDEN
from tagpress.columnar.name_loops import MIX, SHIFT
from tagpress.columnar.types import Array, Bools, Hashes, Integers, Ints

PLACES: Final = (Kind.BEFORE, Kind.BEHIND)
"""What a token may stand beside: what is before it, and what is behind it."""

_NOBODY: Final = np.uint64(0x5851F42D4C957F2D)  # what stands beside the first token of a sentence, and the last one
_WORD, _CLASS = 1, 2  # of what a context is made


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceClasses:
    """
    The published tokens of a piece, as parallel columns: `tokens` are their numbers in it.

    `words` are hashes, `classes` ids, `rows` the numbers of their sentences; `begins` and `ends` say which are the first of their sentence, and the last.
    """

    sentences: PieceSentences
    tokens: Ints
    rows: Ints
    words: Hashes
    classes: Ints
    begins: Bools
    ends: Bools

    def beside(self, kind: Kind) -> Hashes:
        """Return a key of each word with the word beside it."""
        return _mixed(self.words, _neighbours(self, self.words, kind, _NOBODY), 2 * kind + _WORD)

    def beside_class(self, kind: Kind) -> Hashes:
        """Return a key of each word with the class beside it."""
        others = _neighbours(self, self.classes.astype(np.uint64), kind, _NOBODY)
        return _mixed(self.words, others, 2 * kind + _CLASS + len(Kind) * 2)

    def only(self, which: Array) -> "PieceClasses":
        """Return some of the tokens; what stands beside them is no longer known."""
        columns = {name: getattr(self, name)[which] for name in self.__slots__ if name != "sentences"}
        return PieceClasses(sentences=self.sentences, **columns)


def classes_of(task: LayerTask) -> PieceClasses:
    """Return the classes of a piece."""
    batch = task.rows.piece.spill.map_sentences()
    sentences = sentences_of(task.rows, batch)
    bounds = sentences.bounds
    rows = np.repeat(np.arange(len(sentences.kept)), np.diff(bounds))
    tokens = np.flatnonzero(sentences.kept[rows])
    every = PieceClasses(
        sentences=sentences,
        tokens=np.arange(len(rows)),
        rows=rows,
        words=sentences.hashes(),
        classes=task.layer.numbers(batch).values.to_numpy().astype(np.int64),
        begins=bounds[rows] == np.arange(len(rows)),
        ends=bounds[1:][rows] == np.arange(1, len(rows) + 1),
    )
    return every.only(tokens)


def reading_keys(keys: Hashes, classes: Integers) -> Hashes:
    """Return a key of each context with the class that a word has in it."""
    return _mixed(keys, classes.astype(np.uint64), 0)


def _neighbours(classes: PieceClasses, values: Hashes, kind: Kind, nobody: np.uint64) -> Hashes:
    """Return what stands beside each token: sentences stand together, so that is the one before, or the one behind."""
    before = kind == Kind.BEFORE
    moved = np.roll(values, 1 if before else -1)
    moved[classes.begins if before else classes.ends] = nobody
    return moved


def _mixed(words: Hashes, others: Hashes, salt: int) -> Hashes:
    keys = (words ^ np.uint64(salt * int(GOLDEN) % (1 << 64))) * MIX
    keys = (keys ^ keys >> SHIFT ^ others) * MIX
    return keys ^ keys >> SHIFT
