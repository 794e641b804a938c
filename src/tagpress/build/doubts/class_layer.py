"""The doubts of one layer of classes: four looks at every piece, and what they add up to."""

from dataclasses import replace
from functools import partial, reduce
from typing import Final

import numpy as np

from tagpress.build.doubts.arrays import save_arrays
from tagpress.build.doubts.class_counts import (
    ClassTask,
    added_contexts,
    contexts_of,
    doubtful_classes,
    of_several,
    pairs_of,
    table_of,
    words_of,
)
from tagpress.build.doubts.class_places import SoughtClasses, class_places_of
from tagpress.build.doubts.classes import PLACES
from tagpress.build.doubts.counted import added
from tagpress.build.doubts.found import FoundDoubts, added_up, notes_of, quiet
from tagpress.build.doubts.judge import Doubts, Kind, surest
from tagpress.build.doubts.layers import LayerTask, Looked
from tagpress.build.doubts.placed import counted_kinds
from tagpress.build.read_all import Reading
from tagpress.engine import Engine
from tagpress.store import Store

_WANTED: Final = "doubts/wanted.arrow"


def class_doubts(layer: Looked, reading: Reading, engine: Engine, store: Store, lowest: float) -> FoundDoubts:
    """Return which classes are in doubt in a layer, with no score below `lowest`; what one look tells the next is in `store`, which every worker reaches."""
    layers = [LayerTask(layer, rows, store) for rows in reading.rows()]
    tasks = [ClassTask(one, _WANTED) for one in layers]
    look = partial(engine.map, size=reading.size)
    words = added(list(look(words_of, layers, quiet)))
    save_arrays(store, _WANTED, of_several(words))
    contexts = added_contexts(list(look(contexts_of, tasks, quiet)))
    save_arrays(store, _WANTED, {"pairs": table_of(contexts.pairs)})
    pairs = [*look(pairs_of, tasks, quiet)]
    counted = {kind: added([one[kind] for one in pairs]) for kind in PLACES} | {Kind.ALONE: words}
    found = [doubtful_classes(rows, kind) for kind, rows in counted.items()]
    keys = np.concatenate([keys for _, keys in found])  # [number of a doubt]: the key of its context
    doubts = reduce(Doubts.joined, [own for own, _ in found])
    doubts = replace(doubts, name=np.arange(len(doubts)))
    chosen = surest(doubts.only(doubts.score >= lowest), lowest)
    less = doubts.only(doubts.score < lowest)
    sought = SoughtClasses.of(chosen.doubts, keys[chosen.doubts.name], contexts.beside, chosen.least, lowest)
    sought.save(store, _WANTED)
    placed = [*look(class_places_of, tasks, quiet)]
    notes = notes_of(layer, reading, placed, chosen.doubts, sought.speaks)
    less_sure = added_up([counted_kinds(less.kind, less.here), *(one.less_sure for one in placed)])
    return FoundDoubts.of(notes, added_up([chosen.passed, *(one.counts for one in placed)]), less_sure)
