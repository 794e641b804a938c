"""A fast tokenizer of transformers is one of tokenizers with settings of its own, which count."""

import pytest
from tokenizers import processors

from consume.align.vocabularies import byte_level, word_piece
from tagpress.consume.align import align_labels
from tagpress.errors import UsageError

TOKENS = [["similarity", "learning", "[SEP]", "\u200b", "x"], ["similarity"], ["gethostbyname( )", "👩‍💻", ""]]
LABELS = [[1, 2, 2, 0, 0], [3], [0, 5, 6]]
BATCH = {"tokens": TOKENS, "ner_tags": LABELS}


@pytest.fixture(autouse=True, scope="module")
def transformers():
    """It takes a second to import."""
    return pytest.importorskip("transformers")


def wrapped(tokenizer, **options):
    from transformers import PreTrainedTokenizerFast

    special = {"pad_token": tokenizer.padding["pad_token"], **options}
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, **special)


def tokenize_and_align_labels(examples, tokenizer, **options):
    """As the documentation of transformers has it (tasks/token_classification)."""
    tokenized_inputs = tokenizer(examples["tokens"], truncation=True, is_split_into_words=True, **options)
    labels = []
    for i, label in enumerate(examples["ner_tags"]):
        word_ids = tokenized_inputs.word_ids(batch_index=i)
        previous_word_idx = None
        label_ids = []
        for word_idx in word_ids:
            if word_idx is None:
                label_ids.append(-100)
            elif word_idx != previous_word_idx:
                label_ids.append(label[word_idx])
            else:
                label_ids.append(-100)
            previous_word_idx = word_idx
        labels.append(label_ids)
    tokenized_inputs["labels"] = labels
    return tokenized_inputs


@pytest.mark.parametrize("vocabulary", [word_piece, byte_level])
@pytest.mark.parametrize("options", [{}, {"model_max_length": 7}, {"model_max_length": 7, "padding_side": "left"}])
@pytest.mark.parametrize("padding", [False, True, "max_length"])
def test_the_answer_is_that_of_the_documentation(vocabulary, options, padding):
    tokenizer = wrapped(vocabulary(), **options)
    if padding == "max_length" and not options:
        with pytest.raises(UsageError, match="needs a length"):
            align_labels(BATCH, tokenizer, padding=padding)
        return
    theirs = tokenize_and_align_labels(BATCH, tokenizer, padding=padding)
    ours = align_labels(BATCH, tokenizer, padding=padding)
    assert set(ours.inputs) == set(theirs)
    assert {name: [row.tolist() for row in column] for name, column in ours.inputs.items()} == {
        # the collator pads their labels; the tokenizer pads only what it made
        **{name: theirs[name] for name in theirs}
    }
    assert tokenizer(TOKENS[0], is_split_into_words=True)["input_ids"]  # its state is as it was


def test_token_types_are_given_where_the_model_takes_them():
    assert "token_type_ids" not in align_labels(BATCH, wrapped(word_piece()))
    plain = word_piece()
    typed = type(plain).from_str(plain.to_str())
    frame = [("[CLS]", 2), ("[SEP]", 3)]
    typed.post_processor = processors.TemplateProcessing(single="[CLS]:2 $A:1 [SEP]:3", special_tokens=frame)
    names = ["input_ids", "token_type_ids", "attention_mask"]
    tokenizer = wrapped(typed, model_input_names=names, pad_token_type_id=4)
    theirs = tokenizer(TOKENS, is_split_into_words=True, padding=True)
    ours = align_labels(BATCH, tokenizer, padding=True)
    assert {name: column.tolist() for name, column in ours.inputs.items() if name != "labels"} == dict(theirs)


def test_a_slow_tokenizer_and_one_without_padding_are_refused(transformers):
    with pytest.raises(UsageError, match="ByT5Tokenizer is not a fast tokenizer"):
        align_labels(BATCH, transformers.ByT5Tokenizer())
    bare = type(word_piece()).from_str(word_piece().to_str())
    bare.no_padding()
    with pytest.raises(UsageError, match="no padding token"):
        align_labels(BATCH, transformers.PreTrainedTokenizerFast(tokenizer_object=bare), padding=True)


def test_the_trainers_collator_takes_the_rows_of_map(transformers):
    import datasets

    torch = pytest.importorskip("torch")
    tokenizer = wrapped(word_piece())
    corpus = datasets.Dataset.from_dict(BATCH)
    mapped = corpus.map(
        align_labels, batched=True, fn_kwargs={"tokenizer": tokenizer}, remove_columns=corpus.column_names
    )
    batch = transformers.DataCollatorForTokenClassification(tokenizer)(list(mapped))
    padded = align_labels(BATCH, tokenizer, padding=True)
    assert torch.equal(batch["labels"], torch.from_numpy(padded["labels"]))
    assert torch.equal(batch["input_ids"], torch.from_numpy(padded["input_ids"]))
