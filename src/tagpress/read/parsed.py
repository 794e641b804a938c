"""
What does a reader hand on? `Parsed`: a piece of a source as columns, with its faults beside it, and nothing judged.

Every sentence that was read is there, faulty and empty ones too: later rooms publish it or reject it, and the two
add up. All offsets are byte offsets in `data`, which is valid UTF-8 whatever the source held.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tagpress.columnar.bounds import rows_at
from tagpress.columnar.text_loops import copy_ranges
from tagpress.read.account import LineAccount
from tagpress.read.marks import Marks, SentenceTexts
from tagpress.read.said_splits import SaidSplits
from tagpress.read.sources.text import Text

FAULTS: Final = (
    "ragged-line",
    "stray-line",
    "unclosed-sentence",
    "nested-sentence",
    "empty-sentence",
    "empty-token",
    "bad-encoding",
    "broken-annotation",
    "ambiguous-comment",
    "broken-quote",
    "broken-record",
    "rejected-record",
    "several-annotations",
    "text-mismatch",
)
"""The problem codes of faults in the structure, indexed by `Faults.kind`."""

KINDS: Final = MappingProxyType({code: kind for kind, code in enumerate(FAULTS)})

NO_SENTENCE: Final = -1
"""The `Faults.sentence` of a fault that stands outside every sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """
    Faults in the structure of a piece: parallel arrays, sorted by `at`, then by `kind`.

    | kind | at | detail |
    | --- | --- | --- |
    | ragged-line | the line | columns found (0 for an empty line) |
    | stray-line | the first line of the run, or a lone end marker (`sentence` is -1) | lines in the run |
    | unclosed-sentence | the opening line | lines read in it |
    | nested-sentence | the start marker that came too early | `at` of the open sentence |
    | empty-sentence | the opening line | 0 |
    | empty-token | the place where the token should be | index of the token in `Parsed.tokens.values` |
    | bad-encoding | the first replaced byte of each line of each sentence | its byte offset in the source's piece |
    | ambiguous-comment | the line, which is read as a token | the kind of line that it begins like |
    | broken-quote | the line | columns found |
    | broken-record, rejected-record, several-annotations, broken-annotation, text-mismatch | the record, or the text of the annotation, or the token | what `annotations` calls it by |
    """

    kind: NDArray[np.int8]
    at: NDArray[np.int64]
    sentence: NDArray[np.int64]
    detail: NDArray[np.int64]

    def __post_init__(self) -> None:
        if not len(self.kind) == len(self.at) == len(self.sentence) == len(self.detail):
            message = "the four columns of Faults differ in length"
            raise ValueError(message)

    def __len__(self) -> int:
        return len(self.kind)

    def rows(self) -> list[tuple[str, int, int, int]]:
        """Return the faults as (code, at, sentence, detail)."""
        codes = [FAULTS[kind] for kind in self.kind]
        return list(zip(codes, self.at.tolist(), self.sentence.tolist(), self.detail.tolist(), strict=True))


def faults(kind: Any, at: Any, sentence: Any, detail: Any) -> Faults:  # noqa: ANN401 - anything NumPy takes as a column
    """Return faults in order, from columns in any order."""
    columns = [np.asarray(column, dtype=np.int64) for column in (kind, at, sentence, detail)]
    order = np.lexsort((columns[3], columns[2], columns[0], columns[1]))
    kind, at, sentence, detail = (column[order] for column in columns)
    return Faults(kind=kind.astype(np.int8), at=at, sentence=sentence, detail=detail)


def fault_rows(rows: Iterable[tuple[int, int, int, int]]) -> Faults:
    """Return faults in order, from (kind, at, sentence, detail) in any order."""
    return faults(*np.array(list(rows), dtype=np.int64).reshape(-1, 4).T)


def bad_bytes(text: Text, begin: NDArray[Any], stop: NDArray[Any]) -> Faults:
    """
    Return the faults of the encoding, the first of each line of each sentence: what is no text has one at every byte.

    It belongs to the sentence in whose lines it stands, or to none.
    """
    at = np.array(text.bad_at, dtype=np.int64)
    sentence = rows_at(begin, at)
    inside = (sentence >= 0) & (at < np.append(stop, 0)[sentence])
    sentence = np.where(inside, sentence, NO_SENTENCE)
    line = np.searchsorted(np.flatnonzero(np.frombuffer(text.data, np.uint8) == ord("\n")), at)
    again = (line[1:] == line[:-1]) & (sentence[1:] == sentence[:-1])
    first = np.flatnonzero(np.append(False, again)[: len(at)] == 0)
    source = np.array(text.bad_source, dtype=np.int64)
    return faults(np.full(len(first), KINDS["bad-encoding"]), at[first], sentence[first], source[first])


def merge(*many: Faults) -> Faults:
    """Return the faults of several readers of the same piece as one, in order."""
    return faults(*(np.concatenate([getattr(one, name) for one in many]) for name in Faults.__slots__))


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """
    The sentences of one piece.

    `tokens` is list<string>, one entry for each sentence read, with the good lines that it has; its offsets begin at
    0. The arrays named after tokens run parallel to `tokens.values`, those named after sentences to `tokens`.
    `sentence_stop` is where the sentence's last line ends. `lines` counts the line ends (LF), so that the lines of
    the pieces of a file add up.
    """

    data: bytes
    tokens: pa.ListArray
    tags: NDArray[np.int32]
    tag_names: tuple[str, ...]
    token_at: NDArray[np.int32]
    tag_at: NDArray[np.int32]
    sentence_at: NDArray[np.int32]
    sentence_stop: NDArray[np.int32]
    documents: tuple[str, ...]
    document: NDArray[np.int32]
    faults: Faults
    lines: int
    sentence_ids: pa.StringArray | None = None
    extra: Mapping[str, pa.ListArray] = field(default_factory=dict)
    extra_at: Mapping[str, NDArray[np.int32]] = field(default_factory=dict)
    """Where the text of each token begins in an extra column, where that is known; else it is where its tag is."""
    annotations: Mapping[int, str] = field(default_factory=dict)
    """What messages call an annotation or a record that is a fault, by its detail: a line of the file `beside`, if any."""
    beside: str = ""
    """The suffix of the file that annotations are in."""
    text_at: int = 0
    """Where the text begins in `data`: 3 behind a byte order mark."""
    account: LineAccount = field(default_factory=LineAccount)
    """What became of each line of the source."""
    unread: tuple[str, ...] = ()
    """The columns, or fields, that nothing is read from, as far as they were seen."""
    aside: Mapping[str, int] = field(default_factory=dict)
    """What the source has besides and no release can hold, such as relations, counted."""
    marks: Marks | None = None
    """The spans as the source has them, where it has spans; `tags` are then those of the spans that fit."""
    texts: SentenceTexts | None = None
    """Where the sentences stand in texts, if the source has texts."""
    split: SaidSplits | None = None
    """What the source says of each sentence's split, where the dialect reads that."""

    def __post_init__(self) -> None:
        tokens, sentences = len(self.tokens.values), len(self.tokens)
        if not tokens == len(self.tags) == len(self.token_at) == len(self.tag_at):
            message = "the columns of Parsed that run along the tokens differ in length"
            raise ValueError(message)
        if not sentences == len(self.sentence_at) == len(self.sentence_stop) == len(self.document):
            message = "the columns of Parsed that run along the sentences differ in length"
            raise ValueError(message)
        if self.split is not None and not sentences == len(self.split.code) == len(self.split.at):
            message = "what Parsed says of splits does not run along the sentences"
            raise ValueError(message)

    def __len__(self) -> int:
        return len(self.tokens)

    def locate(self, at: int) -> tuple[int, int]:
        """Return line and column of a byte offset, both from 1; a column is a code point."""
        begin = self._line_begin(at)
        column = len(self.data[begin:at].decode(errors="ignore")) + 1
        return self.data.count(b"\n", 0, begin) + 1, column

    def line_text(self, at: int) -> str:
        """Return the line around a byte offset, without its line end."""
        stop = self.data.find(b"\n", at)
        line = self.data[self._line_begin(at) : stop if stop >= 0 else len(self.data)]
        return line.decode(errors="replace").removesuffix("\r" if stop >= 0 else "")

    def sentence_text(self, sentence: int) -> str:
        """Return the lines of a sentence as they were read."""
        return self.data[self.sentence_at[sentence] : self.sentence_stop[sentence]].decode(errors="replace")

    def _line_begin(self, at: int) -> int:
        return max(self.data.rfind(b"\n", 0, at) + 1, self.text_at)


def untagged(parsed: Parsed) -> Parsed:
    """Return the same without tags, as the source has none: every token is outside of any entity."""
    return replace(parsed, tags=np.zeros(len(parsed.tags), dtype=np.int32), tag_names=("O",))


def list_array(offsets: NDArray[np.int32], values: pa.Array) -> pa.ListArray:
    """Return a list column over buffers as they are."""
    return pa.ListArray.from_arrays(pa.array(offsets, type=pa.int32()), values)


def string_array(offsets: NDArray[np.int32], values: NDArray[np.uint8]) -> pa.StringArray:
    """Return a string column over buffers as they are; `values` must be valid UTF-8."""
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(values)]
    return pa.StringArray.from_buffers(len(offsets) - 1, buffers[1], buffers[2])


def gather(data: bytes, begin: NDArray[Any], stop: NDArray[Any]) -> pa.StringArray:
    """Return the strings `data[begin:stop]`, without a Python object for any of them."""
    offsets = np.zeros(len(begin) + 1, np.int32)
    np.cumsum(stop - begin, out=offsets[1:], dtype=np.int32)
    values = np.empty(offsets[-1], np.uint8)
    first, last = (ends.astype(np.int64, copy=False) for ends in (begin, stop))  # one kind: the loop is compiled once
    copy_ranges(np.frombuffer(data, np.uint8), first, last, values)
    return string_array(offsets, values)
