"""What is looked for in every piece, once it is known what is in doubt."""

from dataclasses import dataclass
from typing import Final

from tagpress.build.doubts.arrays import load_arrays, save_arrays
from tagpress.build.doubts.judge import Doubts
from tagpress.columnar.types import Array, Hashes, Ints
from tagpress.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """
    What to look for: `doubts`, and the hashes of the `words` that those about edges number.

    `least` is by kind the score that a place must have; `divided` are the keys of pairs of tokens between which an entity begins or ends somewhere; `named` are the names whose
    text is wanted besides.
    """

    doubts: Doubts
    least: Array
    words: Hashes
    divided: Hashes
    named: Ints

    def save(self, store: Store, name: str) -> None:
        """Write it."""
        columns = {part: getattr(self.doubts, part) for part in Doubts.__slots__}
        save_arrays(store, name, {**columns, **{part: getattr(self, part) for part in _ARRAYS}})

    @classmethod
    def load(cls, store: Store, name: str) -> "Sought":
        """Read it."""
        found = load_arrays(store, name)
        doubts = Doubts(**{part: found[part] for part in Doubts.__slots__})
        return cls(doubts=doubts, **{part: found[part] for part in _ARRAYS})


_ARRAYS: Final = ("least", "words", "divided", "named")  # of what is sought, besides the doubts
