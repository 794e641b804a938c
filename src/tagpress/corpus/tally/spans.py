"""Find the entities in a row of label ids."""

from dataclasses import dataclass

from tagpress.columnar.arrays import read_only
from tagpress.columnar.loops import find_entities
from tagpress.columnar.types import Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class EntitySpans:
    """
    Entities in order: half-open token ranges `begins[i]:ends[i]`, their types and sentence numbers.

    `places[i]` is the entity's first token counted from its sentence's start, `rooms[i]` that sentence's length.
    """

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
    begins, ends, sentences, labels, wrong = find_entities(read_only(tags), read_only(starts))
    if wrong >= 0:
        message = f"token {wrong} goes on in an entity that does not stand before it: the tags are not IOB2"
        raise ValueError(message)
    return EntitySpans(
        begins=begins,
        ends=ends,
        types=(labels - 1) >> 1,
        sentences=sentences,
        places=begins - starts[sentences],
        rooms=starts[sentences + 1] - starts[sentences],
    )
