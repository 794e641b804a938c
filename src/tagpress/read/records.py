"""
Turn records into `Parsed`: sources that hold a sentence's tokens and tags as two lists.

A record whose lists are missing, hold a null, or differ in length is a sentence without tokens and a `ragged-line`
whose detail is the number of tags; nothing is padded or cut.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tagpress.columnar.bounds import bounds_of
from tagpress.columnar.types import Bools, Integers
from tagpress.errors import UsageError
from tagpress.read.account import count
from tagpress.read.parsed import KINDS, Faults, Parsed, faults, list_array, merge
from tagpress.read.said_splits import SaidSplits

OUTSIDE: Final[tuple[str, ...]] = ("O",)
"""The tags of a source that has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFields:
    """
    What every dialect declares whose sentences are two lists: which fields, or columns, hold what.

    `tokens`, `tags`, `sentence_id`, `document` and `split` are their names, and `split` says which split a sentence is in, by the values that `SPLITS` declares; `extra` names more to keep, lists of strings along the
    tokens. With `tags=None` there are no tags of entities, and what layers are read from is in `extra`. Tags are strings, or numbers that index `names`.

    Raises UsageError for a value that makes no sense.
    """

    tokens: str = "tokens"
    tags: str | None = "ner_tags"
    names: tuple[str, ...] = ()
    sentence_id: str | None = None
    document: str | None = None
    split: str | None = None
    extra: tuple[str, ...] = ()
    scheme: str = "IOB2"
    joiner: str = "-"
    beside: ClassVar[str] = ""
    has_text: ClassVar[bool] = False
    called: ClassVar[str] = "field"
    """What messages call one of them."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", tuple(self.names))
        object.__setattr__(self, "extra", tuple(self.extra))
        if self.tokens == self.tags:
            message = f"tokens and tags are both the {self.called} {self.tokens!r}"
            raise UsageError(message, f"give the {self.called} of each")
        if self.split is not None and self.split in self.lists:
            message = f"split={self.split!r} is a {self.called} of lists"
            raise UsageError(message, f"give the {self.called} that says the split of each sentence")
        if self.tags is None and not self.extra:
            raise UsageError("tags=None leaves nothing but tokens", f"name a {self.called} in extra, such as pos_tags")

    @property
    def has_tags(self) -> bool:
        """Whether there are tags."""
        return self.tags is not None

    @property
    def has_ids(self) -> bool:
        """Whether sentences have ids in the source."""
        return self.sentence_id is not None

    @property
    def lists(self) -> tuple[str, ...]:
        """The names of what holds a list."""
        return (self.tokens, *([] if self.tags is None else [self.tags]), *self.extra)

    @property
    def used(self) -> tuple[str, ...]:
        """The names of all that something is read from."""
        named = (self.tokens, self.tags, self.sentence_id, self.document, self.split, *self.extra)
        return tuple(dict.fromkeys(name for name in named if name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """
    Parallel columns, one row a sentence; `begin` and `stop` are its place in `data`.

    `tags` is a list of strings, or of numbers that index `names`, or absent; `ids`, `documents` and `splits` are strings or absent;
    `extra` are lists of strings along the tokens.
    """

    data: bytes
    begin: NDArray[Any]
    stop: NDArray[Any]
    tokens: pa.ListArray
    tags: pa.ListArray | None = None
    names: tuple[str, ...] = ()
    ids: pa.StringArray | None = None
    documents: pa.StringArray | None = None
    splits: pa.StringArray | None = None
    extra: Mapping[str, pa.ListArray] = field(default_factory=dict)
    text_at: int = 0

    @property
    def beside(self) -> tuple[pa.ListArray, ...]:
        """What runs along the tokens."""
        return (*([] if self.tags is None else [self.tags]), *self.extra.values())


def parse(records: Records, *, spaced: bool, found: Faults, lengths: Integers) -> Parsed:
    """
    Return the sentences of records, with the faults that were `found` before and those of their own.

    `lengths` are the bytes that each record takes in its source.

    `spaced` says that the record's text in `data` is its tokens with a byte between them; else a token's place is its
    record's.
    """
    good = _sound(records.tokens, *records.beside)
    tokens, offsets = _lists(records.tokens, good)
    if records.tags is None:
        codes, tag_names = np.zeros(len(tokens), np.int32), OUTSIDE
    else:
        codes, tag_names = _encode(_lists(records.tags, good)[0], records.names)
    document, documents = _encode_column(records.documents, len(good))
    sentence = np.repeat(np.arange(len(good)), np.diff(offsets))
    at = records.begin[sentence].astype(np.int32)
    if spaced:
        bounds = bounds_of(pc.binary_length(tokens).to_numpy(zero_copy_only=False))[:-1]
        first = offsets[:-1][sentence]
        at = (at + bounds - bounds[first] + np.arange(len(sentence)) - first).astype(np.int32) if len(at) else at
    return Parsed(
        data=records.data,
        tokens=list_array(offsets, tokens),
        tags=codes,
        tag_names=tag_names,
        token_at=at,
        tag_at=at,
        sentence_at=records.begin.astype(np.int32),
        sentence_stop=records.stop.astype(np.int32),
        documents=documents,
        document=document,
        faults=merge(
            found, _ragged(records, good), _empty(tokens, at, sentence), _without_tokens(offsets, records.begin)
        ),
        lines=records.data.count(b"\n"),
        sentence_ids=None if records.ids is None else pc.fill_null(records.ids, ""),
        extra={name: list_array(offsets, _lists(column, good)[0]) for name, column in records.extra.items()},
        text_at=records.text_at,
        account=count(("faulty", "records"), good.astype(np.int64), lengths),
        split=None if records.splits is None else _said(records.splits, records.begin),
    )


def _sound(tokens: pa.ListArray, *others: pa.ListArray) -> Bools:
    """Return which rows have as much of everything as tokens, and no null."""
    good = np.ones(len(tokens), np.bool_)
    for column in others:
        equal = pc.equal(pc.list_value_length(tokens), pc.list_value_length(column))
        good &= pc.fill_null(equal, fill_value=False).to_numpy(zero_copy_only=False)
    for column in (tokens, *others):
        if column.flatten().null_count:
            parents = pc.list_parent_indices(column).to_numpy()
            good[parents[column.flatten().is_null().to_numpy(zero_copy_only=False)]] = False
    return good


def _lists(column: pa.ListArray, good: NDArray[np.bool_]) -> tuple[pa.Array, NDArray[np.int32]]:
    """Return the values and the offsets of a column in which rows that are not good are empty."""
    lengths = np.where(good, pc.fill_null(pc.list_value_length(column), 0).to_numpy(), 0)
    offsets = bounds_of(lengths).astype(np.int32)
    values = column.filter(pa.array(good)).flatten()
    return (values.cast(pa.string()) if pa.types.is_large_string(values.type) else values), offsets


def _encode(tags: pa.Array, names: tuple[str, ...]) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    """Return each tag's code and the distinct tags; a number without a name is spelled as a number."""
    encoded = tags.dictionary_encode()
    spelled = [
        names[tag] if isinstance(tag, int) and 0 <= tag < len(names) else str(tag)
        for tag in encoded.dictionary.to_pylist()
    ]
    return encoded.indices.to_numpy().astype(np.int32), tuple(spelled)


def _encode_column(column: pa.StringArray | None, rows: int) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    if column is None:
        return np.zeros(rows, np.int32), ("",) if rows else ()
    encoded = pc.fill_null(column, "").dictionary_encode()
    return encoded.indices.to_numpy().astype(np.int32), tuple(encoded.dictionary.to_pylist())


def _said(column: pa.StringArray, begin: NDArray[Any]) -> SaidSplits:
    code, values = _encode_column(column, len(column))
    return SaidSplits(values=values, code=code, at=begin.astype(np.int32))


def _ragged(records: Records, good: NDArray[np.bool_]) -> Faults:
    row = np.flatnonzero(~good)
    tags = pc.fill_null(pc.list_value_length(records.beside[0]), 0).to_numpy()
    return faults(np.full(len(row), KINDS["ragged-line"]), records.begin[row], row, tags[row])


def _empty(tokens: pa.StringArray, at: NDArray[np.int32], sentence: NDArray[Any]) -> Faults:
    token = np.flatnonzero(pc.binary_length(tokens).to_numpy(zero_copy_only=False) == 0)
    return faults(np.full(len(token), KINDS["empty-token"]), at[token], sentence[token], token)


def _without_tokens(offsets: NDArray[np.int32], begin: NDArray[Any]) -> Faults:
    row = np.flatnonzero(np.diff(offsets) == 0)
    return faults(np.full(len(row), KINDS["empty-sentence"]), begin[row], row, np.zeros(len(row)))
