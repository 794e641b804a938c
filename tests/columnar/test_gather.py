"""Gathering is what a list comprehension over Python rows would be."""

import itertools

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagpress.columnar.gather import Tagged, by_source, gather

TOKENS = st.tuples(st.text(max_size=3), st.integers(0, 9))
SOURCES = st.lists(st.lists(st.lists(TOKENS, max_size=4), min_size=1, max_size=5), min_size=1, max_size=4)


def tagged(sentences, first):
    """Return the sentences from `first` on, as a slice of all of them."""
    tokens = pa.array([[text for text, _ in one] for one in sentences], pa.list_(pa.string()))
    return Tagged(tokens[first:], np.array([label for one in sentences for _, label in one], dtype=np.int16))


def sentences_of(found):
    bounds = found.bounds.tolist()
    labels = [found.label_ids[start:stop].tolist() for start, stop in itertools.pairwise(bounds)]
    return [list(zip(*one, strict=True)) for one in zip(found.tokens.to_pylist(), labels, strict=True)]


@given(SOURCES, st.data())
def test_rows_come_from_where_they_are_asked_of_in_that_order(sources, data):
    firsts = [data.draw(st.integers(0, len(one) - 1)) for one in sources]
    places = [(n, row) for n, one in enumerate(sources) for row in range(len(one) - firsts[n])]
    wanted = data.draw(st.lists(st.sampled_from(places), max_size=12))
    source, row = (np.array([pair[side] for pair in wanted], dtype=np.int64) for side in (0, 1))
    found = gather([tagged(one, first) for one, first in zip(sources, firsts, strict=True)], source, row)
    found.tokens.validate(full=True)
    assert sentences_of(found) == [sources[n][firsts[n] + own] for n, own in wanted]


@given(st.lists(st.integers(0, 5), max_size=20))
def test_sources_come_once_each_in_order_with_the_places_where_they_occur(source):
    found = [(number, places.tolist()) for number, places in by_source(np.array(source, dtype=np.int64))]
    assert found == [(n, [at for at, own in enumerate(source) if own == n]) for n in sorted(set(source))]


def test_text_that_no_column_holds_is_refused_before_room_is_made_for_it():
    kilobyte = tagged([[("x" * 1024, 0)]], 0)
    many = np.zeros(1 << 21, dtype=np.int64)  # 2 GiB together
    with pytest.raises(OverflowError, match="2,147,483,648 bytes of text are too many for one column"):
        gather([kilobyte], many, many)
