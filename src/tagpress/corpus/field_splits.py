"""
Which split does the source itself say that a sentence is in, in a field of its record or a column of its rows?

Nothing is guessed: a script declares what each value means, and a value that means nothing is a problem (`unknown-split`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from tagpress.columnar.types import Ints
from tagpress.corpus.splits import GivenSplits
from tagpress.errors import ScriptError


@dataclass(frozen=True, slots=True)
class FieldSplits(GivenSplits):
    """
    Splits that the source says of each sentence, in the field or the column that `split=` of the dialect names.

    `values` maps each value there to the split that is published, in the order of the splits; several may be one split:
    `{"train": "train", "dev": "validation", "test": "test"}`. `group` and `salt` choose the shard, as with other given splits.

    Raises:
        ScriptError: no value, a name that no split can have, or an unknown grouping.

    """

    values: Mapping[str, str]
    names: tuple[str, ...] = field(init=False, repr=False, default=())

    def __post_init__(self) -> None:
        if not self.values:
            message = "SPLITS names no value of the field that says the splits"
            raise ScriptError(message, 'name each with its split, such as {"train": "train", "dev": "validation"}')
        object.__setattr__(self, "values", dict(self.values))
        object.__setattr__(self, "names", tuple(dict.fromkeys(self.values.values())))
        GivenSplits.__post_init__(self)

    def numbers(self, said: Sequence[str]) -> Ints:
        """Return the number of the split that each of some values means; -1 for one that means none."""
        of = {value: self.names.index(split) for value, split in self.values.items()}
        return np.array([of.get(value, -1) for value in said], dtype=np.int64)
