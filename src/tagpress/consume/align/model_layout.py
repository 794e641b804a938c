"""Where the rows of the answer stand in one flat array, and what fills them."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from tagpress.columnar.bounds import bounds_of
from tagpress.columnar.types import Ints
from tagpress.consume.align.result import IGNORED, Column
from tagpress.consume.align.subwords import Frame, Padding
from tagpress.consume.align.windows import Windows, ranges


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelLayout:
    """
    Rows in one flat array of `size`: special tokens, subwords, special tokens, and padding up to `width` if there is one.

    `starts` and `stops` are where each row begins and ends, without its padding; `inner` are the places of subwords.
    """

    starts: Ints
    stops: Ints
    inner: Ints
    size: int
    width: int | None

    @classmethod
    def of(cls, windows: Windows, frame: Frame, padding: Padding | None, width: int | None) -> Self:
        """Lay rows out: without padding end to end, with it each as wide as the widest, or as `width`."""
        lengths = windows.sizes + frame.size
        if padding is None:
            starts, size = bounds_of(lengths)[:-1], int(lengths.sum())
        else:
            width = int(lengths.max(initial=0)) if width is None else width
            size = width * lengths.size
            starts = np.arange(lengths.size) * width + (width - lengths if padding.left else 0)
        inner = ranges(starts + len(frame.prefix), windows.sizes)
        return cls(starts=starts, stops=starts + lengths, inner=inner, size=size, width=width)

    def rows(self, prefix: tuple[int, ...], inner: Ints | int, suffix: tuple[int, ...], pad: int) -> Column:
        """Return one column: a list of arrays, or one array [row, subword] if rows are padded."""
        flat = np.full(self.size, pad, np.int64)
        flat[self.inner] = inner
        for place, value in enumerate(prefix):
            flat[self.starts + place] = value
        for place, value in enumerate(reversed(suffix), 1):
            flat[self.stops - place] = value
        if self.width is not None:
            return flat.reshape(self.starts.size, self.width)
        return np.split(flat, self.stops[:-1]) if self.starts.size else []

    def labels(self, inner: Ints, frame: Frame) -> Column:
        """Return the column of labels."""
        return self.rows((IGNORED,) * len(frame.prefix), inner, (IGNORED,) * len(frame.suffix), IGNORED)
