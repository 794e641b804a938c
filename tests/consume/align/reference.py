"""Alignment in plain Python, a loop over the word ids of each row, as `tokenize_and_align_labels` of Hugging Face does it."""

from collections.abc import Iterator, Sequence

from tokenizers import Encoding, Tokenizer

IGNORED = -100


def encode(tokenizer: Tokenizer, sentences, *, max_length=None, stride=0, side="right") -> list[list[Encoding]]:
    """The tokenizer's own rows of each sentence, the windows that overflow included."""
    plain = Tokenizer.from_str(tokenizer.to_str())
    plain.no_padding()
    if max_length is not None:
        plain.enable_truncation(max_length, stride=stride, direction=side)
    return [[first, *first.overflowing] for first in plain.encode_batch(sentences, is_pretokenized=True)]


def align(row: Encoding, label_ids: Sequence[int], strategy: str) -> list[int]:
    """The labels of one row."""
    return list(_labels(row.word_ids, label_ids, strategy))


def _labels(tokens: Sequence[int | None], label_ids: Sequence[int], strategy: str) -> Iterator[int]:
    before = None
    for token in tokens:
        if token is None or (token == before and strategy == "first"):
            yield IGNORED
        elif token != before:
            yield label_ids[token]
        else:
            yield label_ids[token] + label_ids[token] % 2  # I-X after B-X, else the same again
        before = token
