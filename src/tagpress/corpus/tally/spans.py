"""Find the entities in a row of label ids."""

from dataclasses import dataclass

import numpy as np

from tagpress.columnar.bounds import rows_at
from tagpress.columnar.types import Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class EntitySpans:
    """
    Entities in order: half-open token ranges `begins[i]:ends[i]`, their types and sentence numbers.

    `tokens` are all tokens inside entities; `places[i]` is the entity's first token counted from its sentence's start,
    `rooms[i]` that sentence's length.
    """

    tokens: Ints
    begins: Ints
    ends: Ints
    types: Ints
    sentences: Ints
    places: Ints
    rooms: Ints


def find_spans(tags: Ints, starts: Ints) -> EntitySpans:
    """
    Find the entities; `starts` are the sentences' first tokens, then the number of tokens.

    Raises:
        ValueError: the tags are not IOB2.

    """
    inside = np.flatnonzero(tags != 0)  # of truth values it takes half the time
    firsts = np.flatnonzero(tags[inside] & 1)
    if len(inside) and not (len(firsts) and firsts[0] == 0):
        message = "the first entity does not begin with a B- label: the tags are not IOB2"
        raise ValueError(message)
    begins = inside[firsts]
    lengths = np.diff(np.append(firsts, len(inside)))
    sentences = rows_at(starts, begins)
    return EntitySpans(
        tokens=inside,
        begins=begins,
        ends=begins + lengths,
        types=(tags[begins] - 1) >> 1,
        sentences=sentences,
        places=begins - starts[sentences],
        rooms=starts[sentences + 1] - starts[sentences],
    )
