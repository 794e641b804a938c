"""Entries of `rejected.jsonl` wait packed, and are read as they came, as often as wanted."""

import pickle

from hypothesis import given
from hypothesis import strategies as st

from tagpress.build.rejections import Rejections

entries = st.lists(st.dictionaries(st.text(max_size=3), st.integers() | st.lists(st.text(max_size=3))), max_size=4)


@given(entries, st.integers(1, 200))
def test_entries_come_back_as_they_were(some, times):
    packed = pickle.loads(pickle.dumps(Rejections.of(some * times)))
    assert [*packed] == [*packed] == some * times
    assert len(packed) == len(some) * times


def test_many_entries_take_little():
    entry = {"path": "a.txt", "doc_id": "a.txt", "reasons": ["ragged-line"], "tokens": ["a", "b"], "tags": ["O", "O"]}
    packed = Rejections.of({**entry, "line": line} for line in range(10_000))
    assert sum(len(block) for block, *_ in packed.blocks) < 10_000 * 40
