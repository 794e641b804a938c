"""What does it add up to that annotators say of the sentences that they share?"""

from collections.abc import Sequence
from itertools import combinations
from typing import Final

import numpy as np

from tagpress.build.agreement.annotator import Annotator
from tagpress.build.agreement.marks import AnnotatorMarks, SharedMarks, shared_marks, shared_units
from tagpress.columnar.types import Bools, Ints
from tagpress.corpus.agreement import Agreement, PairAgreement, SpanCounts, krippendorff_alpha
from tagpress.corpus.layers.token_classes import TokenClasses

_UNITS: Final = {TokenClasses.kind: "tokens"}
"""What F1 counts in a layer, where it is not spans."""


def compare(annotators: Sequence[Annotator], layer: str, *, between: str, by: str, config: str = "") -> Agreement:
    """Compare annotators in a layer that all of them have, of one kind; a type is the same if its name is."""
    shared = shared_units(annotators)
    marks = shared_marks(annotators, layer, shared)
    known = frozenset(shared)
    alone = {one.name: [row for unit, row in one.units.items() if unit not in known] for one in annotators}
    return Agreement(
        between=between,
        config=config,
        layer=layer,
        unit=_UNITS.get(annotators[0].layers[layer].kind, "spans"),
        by=by,
        pairs=tuple(_pair(one, other, marks) for one, other in combinations(annotators, 2)),
        sentences=marks.sentences,
        alone={name: len(rows) for name, rows in alone.items()},
        alone_at={one.name: one.rows.place(alone[one.name][0]) for one in annotators if alone[one.name]},
        left_out={one.name: one.left_out for one in annotators if one.left_out},
        alpha=krippendorff_alpha(marks.names()),
        types={
            name: krippendorff_alpha([one.within(place) for one in marks.each.values()])
            for place, name in enumerate(marks.types)
        },
    )


def _pair(first: Annotator, second: Annotator, marks: SharedMarks) -> PairAgreement:
    one, other = marks.each[first.name], marks.each[second.name]
    both = int(np.count_nonzero(one.has & other.has))
    shown = one.seen & other.seen
    common = one.types[np.isin(one.spans, other.spans, assume_unique=True)]
    counts = [np.bincount(types, minlength=len(marks.types)) for types in (_of(one, shown), _of(other, shown), common)]
    return PairAgreement(
        first=first.name,
        second=second.name,
        sentences=both,
        only_first=len(first.units) - both,
        only_second=len(second.units) - both,
        types={name: SpanCounts(*(int(count[place]) for count in counts)) for place, name in enumerate(marks.types)},
    )


def _of(one: AnnotatorMarks, shown: Bools) -> Ints:
    """Return the types of the spans in sentences that both have."""
    return one.types[shown[one.begins]]
