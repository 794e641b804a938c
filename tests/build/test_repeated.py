"""Which sentences occur more than once, and in which order they stand."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from made_keys import Sentence, columns_of, repeated_of
from made_spills import SAME, small_corpus, surveyed
from tagpress.build.read_all import _spilled
from tagpress.build.repeated import SettleTask, exact_copies, find_repeated, in_order, more_than_once
from tagpress.corpus.splits import LINE
from tagpress.store import Folder

SENTENCES = st.lists(
    st.builds(Sentence, st.sampled_from(["one", "One", "two"]), st.integers(0, 1), st.sampled_from(["train", "test"])),
    max_size=10,
)


@given(st.lists(st.integers(0, 5), max_size=12))
def test_what_occurs_once_is_left_out_and_the_rest_is_in_order(near):
    found = more_than_once(np.array(near, dtype=np.uint64)).tolist()
    assert found == sorted((n for n, key in enumerate(near) if near.count(key) > 1), key=lambda n: (near[n], n))


@given(SENTENCES)
def test_copies_are_those_of_the_same_text_and_stand_in_order(sentences):
    found = [
        [(copy.row, copy.split) for copy in copies]
        for copies in exact_copies(repeated_of(sentences, ("train", "test")))
    ]
    texts = {text: [n for n, one in enumerate(sentences) if one.text == text] for text in ("one", "One", "two")}
    assert sorted(found) == sorted([(n, sentences[n].split) for n in own] for own in texts.values() if len(own) > 1)


@given(SENTENCES, st.data())
def test_the_order_is_by_near_key_group_document_and_position(sentences, data):
    columns = columns_of(sentences, ("train", "test"))
    ranks = data.draw(st.lists(st.integers(0, 2), min_size=len(sentences), max_size=len(sentences)))
    columns["rank"] = np.array(ranks, dtype=np.int64)
    found = in_order(columns, ("train", "test"), ["a.txt"])
    places = [
        (*(int(columns[name][n]) for name in ("near", "group", "rank", "position")), n) for n in found.row.tolist()
    ]
    assert places == sorted(places)
    assert sorted(found.row.tolist()) == list(range(len(sentences)))


def test_copies_are_found_across_pieces_with_their_lines(tmp_path):
    declaration = small_corpus(tmp_path / "corpus")
    pieces = _spilled(surveyed(declaration, Folder(tmp_path), target=60))
    assert len(pieces) > 4
    task = SettleTask(pieces=pieces, rule=declaration.splits, policies=declaration.policies, low=0, high=LINE)
    [copies] = exact_copies(find_repeated(task))
    lines = {copy.path: copy.line for copy in copies}
    for name, line in lines.items():
        text = (tmp_path / "corpus" / name).read_text().splitlines()[line - 1 :]
        assert text[1:3] == [f"{token}\tO" for token, _ in SAME]
    assert [copy.path for copy in copies] == ["a.txt", "b.txt"]
