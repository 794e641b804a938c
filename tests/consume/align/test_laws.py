"""What alignment must keep to, whatever the tokens are."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consume.align import reference
from consume.align.reference import IGNORED
from consume.align.strategies import batches
from consume.align.vocabularies import VOCABULARIES, byte_level
from tagpress.consume.align import Aligned, Aligner, align_labels
from tagpress.consume.align.memory import Memory

each_vocabulary = pytest.mark.parametrize("vocabulary", VOCABULARIES.values(), ids=VOCABULARIES)
law = settings(max_examples=60)
strategies = st.sampled_from(["first", "all"])


def as_batch(drawn):
    return {"tokens": [tokens for tokens, _ in drawn], "ner_tags": [ids for _, ids in drawn]}


def rows(aligned: Aligned, name: str) -> list[list[int]]:
    return [row.tolist() for row in aligned[name]]


def by_sentence(aligned: Aligned, sentences: int) -> list[list[int]]:
    """The labels of each sentence's rows, one row after another, without what is ignored."""
    found: list[list[int]] = [[] for _ in range(sentences)]
    places = aligned.get("overflow_to_sample_mapping", range(sentences))
    for place, row in zip(places, aligned["labels"], strict=True):
        found[place].extend(row[row != IGNORED].tolist())
    return found


@each_vocabulary
@given(drawn=batches, room=st.integers(1, 9), side=st.sampled_from([None, "left", "right"]), strategy=strategies)
@law
def test_rows_are_those_of_plain_Python_and_every_lost_label_is_counted(vocabulary, drawn, room, side, strategy):
    tokenizer = vocabulary()
    options = {} if side is None else {"max_length": room + tokenizer.num_special_tokens_to_add(is_pair=False)}
    expected = [row[0] for row in reference.encode(tokenizer, as_batch(drawn)["tokens"], side=side, **options)]
    with_side = tokenizer.__class__.from_str(tokenizer.to_str())
    if side is not None:
        with_side.enable_truncation(**options, direction=side)
    ours = align_labels(as_batch(drawn), with_side, strategy)

    assert rows(ours, "input_ids") == [row.ids for row in expected]
    assert rows(ours, "attention_mask") == [[1] * len(row.ids) for row in expected]
    if side != "left":  # there the loop labels what is left of a token whose first subword is gone
        labels = [reference.align(row, ids, strategy) for row, (_, ids) in zip(expected, drawn, strict=True)]
        assert rows(ours, "labels") == labels
    if strategy == "first":
        found = by_sentence(ours, len(drawn))
        lost = [len(ids) - len(labels) for (_, ids), labels in zip(drawn, found, strict=True)]
        assert ours["lost_tokens"].tolist() == lost
        labelled = [np.count_nonzero(ids) - np.count_nonzero(f) for (_, ids), f in zip(drawn, found, strict=True)]
        assert ours["lost_labelled"].tolist() == labelled
        counts = (ours.lost.cut, ours.lost.empty)
        assert sum(count.tokens for count in counts) == sum(lost)
        assert sum(count.labelled for count in counts) == sum(labelled)
        assert max(count.sentences for count in counts) <= np.count_nonzero(lost) <= sum(c.sentences for c in counts)


@each_vocabulary
@given(drawn=batches)
@law
def test_each_label_stands_exactly_once_at_the_first_subword_of_its_token(vocabulary, drawn):
    tokenizer = vocabulary()
    aligned = align_labels(as_batch(drawn), tokenizer)
    encoded = [row[0] for row in reference.encode(tokenizer, as_batch(drawn)["tokens"])]
    known = [sorted({token for token in row.word_ids if token is not None}) for row in encoded]
    expected = [[ids[token] for token in tokens] for tokens, (_, ids) in zip(known, drawn, strict=True)]
    assert by_sentence(aligned, len(drawn)) == expected
    subwords = sum(len(row) for row in encoded)
    ignored = sum(int((row == IGNORED).sum()) for row in aligned["labels"])
    assert ignored == subwords - sum(map(len, known))
    assert aligned.lost.cut.tokens == 0
    assert aligned.lost.empty.tokens == sum(len(ids) for _, ids in drawn) - sum(map(len, known))


@each_vocabulary
@given(drawn=batches, room=st.integers(1, 9), data=st.data(), strategy=strategies)
@law
def test_windows_are_the_tokenizers_own_and_lose_no_label_and_repeat_none(vocabulary, drawn, room, data, strategy):
    tokenizer = vocabulary()
    length, stride = room + tokenizer.num_special_tokens_to_add(is_pair=False), data.draw(st.integers(0, room - 1))
    whole = align_labels(as_batch(drawn), tokenizer, strategy)
    ours = align_labels(as_batch(drawn), tokenizer, strategy, max_length=length, stride=stride)
    theirs = reference.encode(tokenizer, as_batch(drawn)["tokens"], max_length=length, stride=stride)

    assert rows(ours, "input_ids") == [row.ids for windows in theirs for row in windows]
    places = [place for place, windows in enumerate(theirs) for _ in windows]
    assert ours["overflow_to_sample_mapping"].tolist() == places
    assert by_sentence(ours, len(drawn)) == by_sentence(whole, len(drawn))
    assert ours.lost == whole.lost
    assert ours["lost_tokens"].sum() == whole["lost_tokens"].sum() == whole.lost.empty.tokens


@each_vocabulary
@given(drawn=batches, strategy=strategies, left=st.booleans())
@law
def test_padding_adds_nothing_but_padding(vocabulary, drawn, strategy, left):
    tokenizer = vocabulary().__class__.from_str(vocabulary().to_str())
    tokenizer.enable_padding(pad_id=0, direction="left" if left else "right")
    ragged = align_labels(as_batch(drawn), tokenizer, strategy)
    for padding, options in ((True, {}), ("max_length", {"max_length": 200})):
        padded = align_labels(as_batch(drawn), tokenizer, strategy, padding=padding, **options)
        width = 200 if options else max(map(len, ragged["input_ids"]), default=0)
        for name, fill in (("input_ids", 0), ("labels", IGNORED), ("attention_mask", 0)):
            assert padded[name].shape == (len(drawn), width)
            for row, short in zip(padded[name].tolist(), rows(ragged, name), strict=True):
                filling = [fill] * (width - len(short))
                assert row == (filling + short if left else short + filling)


@given(drawn=batches)
@law
def test_a_table_its_slices_and_the_lists_of_datasets_are_the_same_batch(drawn):
    types = {"tokens": pa.list_(pa.string()), "ner_tags": pa.list_(pa.int64())}
    twice = pa.table({name: pa.array(as_batch(drawn)[name] * 2, kind) for name, kind in types.items()})
    middle = twice.slice(len(drawn) // 2, len(drawn))
    expected = align_labels(middle.to_pydict(), byte_level())
    parts = pa.concat_tables([middle.slice(0, 1), middle.slice(1)])
    large = pa.schema({"tokens": pa.large_list(pa.large_string()), "ner_tags": pa.large_list(pa.int32())})
    for other in (middle, parts, parts.cast(large), *middle.combine_chunks().to_batches()):
        found = align_labels(other, byte_level())
        assert [rows(found, name) for name in found.inputs] == [rows(expected, name) for name in expected.inputs]
        assert found.lost == expected.lost


@each_vocabulary
@given(drawn=st.lists(batches, max_size=4), most=st.sampled_from([1, 5, 1000]))
@law
def test_what_is_remembered_changes_no_answer(vocabulary, drawn, most):
    aligner = Aligner(vocabulary())
    aligner._memory = Memory(aligner._tokenizer, most)
    for batch in drawn:
        found, expected = aligner(as_batch(batch)), align_labels(as_batch(batch), vocabulary())
        assert [rows(found, name) for name in found.inputs] == [rows(expected, name) for name in expected.inputs]
        assert found.lost == expected.lost
