"""Where is nothing marked in a piece, and for how many sentences? Asked while it is surveyed."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from tagpress.build.check import Checked
from tagpress.build.declaration import Declaration
from tagpress.columnar.arrays import list_bounds
from tagpress.columnar.types import Bools, Ints
from tagpress.corpus.schema import OUTSIDE, is_nested

LEAST: Final = 50  # sentences of a stretch that is told of, and of one that begins or ends a piece as few as there are


@dataclass(frozen=True, slots=True)
class Unmarked:
    """
    The stretches of a piece without an entity, in its order: those that begin or end it, and the long ones between.

    `sentences` are all of the piece, of which `marked` have one; a stretch is a row of `start` and `stop`, in sentences, and
    of the lines, from 1, of the `first` and the `last` of these.
    """

    sentences: int
    marked: int
    start: Ints
    stop: Ints
    first: Ints
    last: Ints


def unmarked_in(checked: Checked, lines: Ints, declaration: Declaration) -> Unmarked:
    """Return the stretches of a piece, given the line of each sentence; of a corpus without entities none."""
    marked = _marked(checked, declaration)
    bounds = np.concatenate(([-1], np.flatnonzero(marked), [len(marked)]))
    start, stop = bounds[:-1] + 1, bounds[1:]
    told = (stop - start >= LEAST) | ((stop > start) & ((start == 0) | (stop == len(marked))))
    start, stop = start[told], stop[told]
    return Unmarked(len(marked), len(bounds) - 2, start, stop, lines[start], lines[stop - 1])


def _marked(checked: Checked, declaration: Declaration) -> Bools:
    """Return which sentences have an entity, in labels or in a layer of nested spans; all where there are no entities to have."""
    sentences = len(checked.parsed)
    nested = [name for name, layer in declaration.layers.items() if is_nested(layer.arrow)]
    entities = bool(declaration.entity_types)
    found = np.full(sentences, not (entities or nested))
    if entities:
        inside = np.flatnonzero(checked.label_ids != OUTSIDE)
        found |= np.diff(np.searchsorted(inside, list_bounds(checked.parsed.tokens))) > 0
    for name in nested:
        found |= np.diff(list_bounds(checked.layers[name])) > 0
    return found
