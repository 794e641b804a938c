"""What a caller sees: the account of lost labels, the options, each refusal; in `datasets.map` and with transformers."""

import pickle

import datasets
import numpy as np
import pyarrow as pa
import pytest
import tokenizers
from datasets.fingerprint import Hasher
from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers

from consume.align.vocabularies import byte_level, word_piece
from tagpress.consume.align import Aligner, Count, align_labels
from tagpress.corpus.schema import Labels, arrow_schema
from tagpress.errors import UsageError

NAMES = ("O", "B-Algorithm", "I-Algorithm")
BATCH = {"tokens": [["similarity", "learning", "\u200b", "x"], ["similarity"]], "ner_tags": [[1, 2, 2, 0], [0]]}


def fresh(tokenizer: Tokenizer) -> Tokenizer:
    return Tokenizer.from_str(tokenizer.to_str())


def lists(aligned, name):
    return [row.tolist() for row in aligned[name]]


def test_cut_and_empty_tokens_are_counted_apart_by_sentence_and_label():
    whole = align_labels(BATCH, word_piece())
    assert whole.lost.cut == Count(sentences=0, tokens=0, labelled=0)
    assert whole.lost.empty == Count(sentences=1, tokens=1, labelled=1)
    assert whole["lost_tokens"].tolist() == [1, 0]
    cut = align_labels(BATCH, word_piece(), max_length=3)
    assert cut.lost.cut == Count(sentences=1, tokens=2, labelled=1)
    assert cut.lost.empty == whole.lost.empty
    assert (cut["lost_tokens"].tolist(), cut["lost_labelled"].tolist()) == ([3, 0], [2, 0])
    assert align_labels(BATCH, byte_level()).lost.empty.tokens == 0


def test_further_subwords_are_ignored_or_continue_the_entity():
    batch = {"tokens": [["regression", "qqq", "qqq"]], "ner_tags": [[0, 1, 2]]}
    pieces = [len(byte_level().encode([token], is_pretokenized=True)) for token in ("regression", "qqq")]
    assert pieces[1] > 1
    more = pieces[1] - 1
    (first,) = lists(align_labels(batch, byte_level()), "labels")
    (every,) = lists(align_labels(batch, byte_level(), "all"), "labels")
    assert first == [0, *[-100] * (pieces[0] - 1), 1, *[-100] * more, 2, *[-100] * more]
    assert every == [0, *[0] * (pieces[0] - 1), 1, *[2] * more, 2, *[2] * more]


def test_label_names_in_another_order_are_given_or_carried():
    other = ("I-Algorithm", "B-Algorithm", "O", "B-Lone")
    batch = {"tokens": [["qqq", "qqq", "qqq"]], "ner_tags": [[1, 2, 3]]}
    more = len(byte_level().encode(["qqq"], is_pretokenized=True)) - 1
    aligned = align_labels(batch, byte_level(), "all", names=other, max_length=1)
    assert (aligned.lost.cut.tokens, aligned.lost.cut.labelled) == (2, 1)
    (labels,) = lists(align_labels(batch, byte_level(), "all", names=other), "labels")
    assert labels == [1, *[0] * more, 2, *[2] * more, 3, *[3] * more]
    published = pa.table([[""], [""], [["a"]], [[3]]], schema=arrow_schema(Labels(("Algorithm",))))
    with pytest.raises(UsageError, match="the ids of its 3 names are 0 to 2"):
        align_labels(published, byte_level())


def test_the_tokenizers_own_settings_are_its_limit_and_stay_as_they_were():
    tokenizer = fresh(word_piece())
    tokenizer.enable_truncation(4, stride=1)
    before = tokenizer.truncation, tokenizer.padding
    assert {len(row) for row in align_labels(BATCH, tokenizer)["input_ids"]} <= {3, 4}
    assert align_labels(BATCH, tokenizer, max_length=3, padding=True)["input_ids"].shape == (2, 3)
    assert align_labels(BATCH, tokenizer, padding="max_length")["labels"].shape == (2, 4)
    assert (tokenizer.truncation, tokenizer.padding) == before


def test_a_tokenizer_that_draws_lots_draws_for_every_token():
    tokenizer = Tokenizer(models.BPE(dropout=0.5))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel()
    tokenizer.train_from_iterator(["similarity"] * 9, trainers.BpeTrainer(show_progress=False))
    aligned = align_labels({"tokens": [["similarity"] * 99], "ner_tags": [[0] * 99]}, tokenizer)
    (labels,) = aligned["labels"]
    starts = np.flatnonzero(labels == 0)
    assert starts.size == 99
    assert len(set(np.diff(starts).tolist())) > 1


def test_batches_without_rows_or_tokens():
    nothing = {"tokens": [], "ner_tags": []}
    assert align_labels(nothing, word_piece())["labels"] == []
    assert align_labels(nothing, word_piece(), padding=True)["labels"].shape == (0, 0)
    assert align_labels(nothing, word_piece(), padding="max_length", max_length=7)["labels"].shape == (0, 7)
    empty = align_labels({"tokens": [[]], "ner_tags": [[]]}, word_piece(), max_length=3, stride=0)
    assert (lists(empty, "input_ids"), lists(empty, "labels")) == ([[2, 3]], [[-100, -100]])


def no_padding() -> Tokenizer:
    tokenizer = fresh(byte_level())
    tokenizer.no_padding()
    return tokenizer


def doubled() -> Tokenizer:
    tokenizer = fresh(word_piece())
    frame = [("[SEP]", 3)]
    tokenizer.post_processor = processors.TemplateProcessing(single="$A [SEP] $A", special_tokens=frame)
    return tokenizer


REFUSALS = {
    "not a tokenizer": ({"tokenizer": "bert"}, "str is not a fast tokenizer"),
    "a post-processor that repeats": ({"tokenizer": doubled()}, "more than put special tokens before and after"),
    "no labels": ({"batch": {"tokens": [], "tags": []}}, r"no column 'ner_tags'; it has 'tokens', 'tags'"),
    "no tokens": ({"batch": pa.table({"ner_tags": [[0]]})}, r"no column 'tokens'; it has 'ner_tags'"),
    "not a batch": ({"batch": [["a"]]}, "not list"),
    "one row, not a batch": ({"batch": {"tokens": ["a"], "ner_tags": [0]}}, "'tokens' does not hold lists of text"),
    "one label a row": ({"batch": {"tokens": [["a"]], "ner_tags": [0]}}, "'ner_tags' does not hold lists of label ids"),
    "labels by name": (
        {"batch": {"tokens": [["a"]], "ner_tags": [["O"]]}},
        "'ner_tags' does not hold lists of label ids",
    ),
    "a null token": ({"batch": {"tokens": [[None]], "ner_tags": [[0]]}}, "'tokens' has nulls"),
    "a null row": ({"batch": {"tokens": [["a"]], "ner_tags": [None]}}, "'ner_tags' has nulls"),
    "more rows of labels": (
        {"batch": {"tokens": [["a"]], "ner_tags": [[0], [0]]}},
        "'tokens' has 1 rows, 'ner_tags' has 2",
    ),
    "fewer labels": (
        {"batch": {"tokens": [[], ["a", "b"]], "ner_tags": [[], [0]]}},
        "Row 1 of the batch has 2 in 'tokens' and 1",
    ),
    "a negative label": ({"batch": {"tokens": [["a"]], "ner_tags": [[-1]]}}, "label id -1 at token 0 of row 0"),
    "another order": (
        {"batch": {"tokens": [[], ["a", "b"]], "ner_tags": [[], [4, 0]]}},
        "label id 4 at token 0 of row 1",
    ),
    "an unknown label": ({"names": NAMES[:2]}, r"label id 2 at token 1 of row 0: the ids of its 2 names are 0 to 1"),
    "a length without room": ({"max_length": 2}, "A length of 2 leaves no place for a subword beside 2 special"),
    "a stride too wide": ({"max_length": 5, "stride": 3}, "A stride of 3 does not fit windows of 3 subwords"),
    "a stride without a length": ({"stride": 3}, "A stride needs a length"),
    "padding without a length": ({"padding": "max_length"}, "needs a length"),
    "padding without a token": ({"tokenizer": no_padding(), "padding": True}, "has no padding token"),
    "an unknown strategy": ({"strategy": "last"}, r"strategy='last' is not known"),
    "an unknown padding": ({"padding": "widest"}, r"padding='widest' is not known"),
}


@pytest.mark.parametrize(("changes", "message"), REFUSALS.values(), ids=REFUSALS)
def test_what_cannot_be_aligned_is_refused_with_its_reason(changes, message):
    with pytest.raises(UsageError, match=message) as refused:
        align_labels(**{"batch": BATCH, "tokenizer": word_piece(), **changes})
    assert refused.value.hint or "rows" in message


def test_an_aligner_asks_for_each_token_once_and_is_sent_without_its_memory():
    asked = []

    class Asking:
        def __getattr__(self, name):
            return getattr(word_piece(), name)

        def encode_batch_fast(self, tokens, **options):
            asked.extend(tokens)
            return word_piece().encode_batch_fast(tokens, **options)

    aligner = Aligner(Asking())
    first = lists(aligner(BATCH), "labels")
    assert sorted(set(asked)) == sorted({token for tokens in BATCH["tokens"] for token in tokens})
    asked.clear()
    assert lists(aligner(BATCH), "labels") == first
    assert asked == ["similarity"]  # to see what stands around a sentence

    aligner = Aligner(word_piece())
    before = Hasher.hash(aligner)
    aligner(BATCH)
    assert Hasher.hash(aligner) == before  # datasets finds what it has mapped before
    assert lists(pickle.loads(pickle.dumps(aligner))(BATCH), "labels") == first


@pytest.mark.parametrize("processes", [None, 2])
def test_in_datasets_map_lost_labels_are_columns_and_windows_are_rows(processes, tmp_path):
    corpus = datasets.Dataset.from_dict({name: column * 2 for name, column in BATCH.items()})
    options = {"batched": True, "batch_size": 2, "remove_columns": corpus.column_names, "num_proc": processes}
    cut = corpus.map(align_labels, fn_kwargs={"tokenizer": word_piece(), "max_length": 3}, **options)
    assert sum(cut["lost_tokens"]) == 6
    assert sum(cut["lost_labelled"]) == 4
    assert cut[:2]["labels"] == lists(align_labels(BATCH, word_piece(), max_length=3), "labels")
    windows = corpus.map(align_labels, fn_kwargs={"tokenizer": word_piece(), "max_length": 3, "stride": 0}, **options)
    whole = align_labels(BATCH, word_piece())
    assert sum(windows["lost_tokens"]) == 2
    flat = [label for row in windows["labels"] for label in row if label != -100]
    assert flat == [label for row in lists(whole, "labels") for label in row if label != -100] * 2
    assert corpus.map(Aligner(word_piece()), **options)[:2]["labels"] == lists(whole, "labels")


@pytest.mark.parametrize("form", ["arrow", "numpy", "torch"])
@pytest.mark.parametrize("rows", [BATCH, {"tokens": [["a", "b"], ["c", "d"]], "ner_tags": [[1, 2], [0, 3]]}])
def test_in_datasets_map_a_batch_may_have_any_format(form, rows):
    corpus = datasets.Dataset.from_dict(rows).with_format(form)
    options = {"batched": True, "fn_kwargs": {"tokenizer": word_piece()}, "remove_columns": corpus.column_names}
    expected = lists(align_labels(rows, word_piece()), "labels")
    assert corpus.map(align_labels, **options).with_format(None)[:]["labels"] == expected
    streamed = corpus.with_format(None).to_iterable_dataset().map(align_labels, **options)
    assert [row["labels"].tolist() for row in streamed] == expected


def test_the_ready_made_tokenizers_of_the_library_do_too():
    made = tokenizers.ByteLevelBPETokenizer(add_prefix_space=True)
    made.train_from_iterator(["similarity learning"], show_progress=False)
    aligned = align_labels(BATCH, made, max_length=9)
    assert lists(aligned, "input_ids") == [
        made.encode(tokens, is_pretokenized=True).ids[:9] for tokens in BATCH["tokens"]
    ]
