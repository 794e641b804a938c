"""A reading is in doubt where another one is far more frequent, and the more so the more often both were seen."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tagpress.build.doubts.counted import added, counted
from tagpress.build.doubts.judge import (
    IN_PART,
    LEAST,
    NO_TAG,
    TYPES_FROM,
    Kind,
    doubtful_edges,
    doubtful_readings,
    wilson,
)
from tagpress.columnar.edge_loops import INSIDE, LEFT, OUTSIDE, RIGHT, edge_code

COUNTS = st.integers(0, 10_000)


def judged(*rows: tuple[int, int]) -> dict[int, tuple[Kind, int, int, int]]:
    """Return by reading what is said of one name, of which each row is a reading and how often it was seen."""
    readings = np.array([reading for reading, count in rows for _ in range(count)])
    found = doubtful_readings(added([counted(np.zeros(len(readings), dtype=np.uint64), readings)]), 1)
    return {
        int(found.reading[i]): (Kind(found.kind[i]), int(found.here[i]), int(found.others[i]), int(found.usual[i]))
        for i in range(len(found))
    }


@given(COUNTS, COUNTS)
def test_a_score_is_a_share_that_grows_with_what_speaks_for_the_doubt_and_falls_with_what_speaks_against(others, here):
    more, one, less = wilson(np.array([others + 1, others, others]), np.array([here, here, here + 1]))
    assert 0 <= less <= one <= more < 1


def test_as_many_on_both_sides_are_no_doubt_however_many():
    assert wilson(np.array([10_000]), np.array([10_000]))[0] < 0.5


def test_a_name_of_another_type_than_mostly_is_in_doubt():
    assert judged((TYPES_FROM, 40), (TYPES_FROM + 1, 2)) == {TYPES_FROM + 1: (Kind.TYPE, 2, 40, TYPES_FROM)}


def test_a_name_that_is_mostly_tagged_is_in_doubt_without_a_tag_and_the_other_way_round():
    assert judged((TYPES_FROM, 40), (NO_TAG, 2)) == {NO_TAG: (Kind.GAP, 2, 40, TYPES_FROM)}
    assert judged((TYPES_FROM, 2), (NO_TAG, 40)) == {TYPES_FROM: (Kind.NAME, 2, 40, NO_TAG)}


def test_a_name_that_is_mostly_one_is_in_doubt_in_part_and_the_other_way_round():
    assert judged((TYPES_FROM, 40), (IN_PART, 2)) == {IN_PART: (Kind.PART, 2, 40, TYPES_FROM)}
    assert judged((TYPES_FROM, 2), (IN_PART, 40)) == {TYPES_FROM: (Kind.WHOLE, 2, 40, IN_PART)}


def test_of_several_doubts_about_one_reading_the_surest_is_said():
    assert judged((TYPES_FROM, 3), (TYPES_FROM + 1, 1), (NO_TAG, 900)) == {
        TYPES_FROM: (Kind.NAME, 3, 900, NO_TAG),
        TYPES_FROM + 1: (Kind.NAME, 1, 900, NO_TAG),
    }


def test_what_was_seen_twice_on_each_side_is_in_no_doubt():
    assert judged((TYPES_FROM, 2), (TYPES_FROM + 1, 2), (NO_TAG, 2), (IN_PART, 2)) == {}


def test_a_word_is_in_doubt_at_the_edge_where_it_mostly_stands_outside():
    rows = [(7, LEFT, INSIDE), *[(7, LEFT, OUTSIDE)] * 30, *[(7, RIGHT, INSIDE)] * 30, (8, LEFT, INSIDE)]
    words = np.array([word for word, _, _ in rows], dtype=np.uint64)
    edges = added([counted(words, np.array([edge_code(edge, side) for _, edge, side in rows]))])
    found = doubtful_edges(edges)
    assert (edges.keys[found.name].tolist(), found.usual.tolist()) == ([7], [LEFT])
    assert (found.here.tolist(), found.others.tolist()) == ([1], [30])
    assert found.score[0] >= LEAST
