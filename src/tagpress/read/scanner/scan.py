"""
Call the compiled loop: the rules of a dialect become arrays; the arrays it fills become `Parsed`.

Why numba, which weighs 210 MB with LLVM? Measured on one core, on 200 MB of wikiser-small, by `tests/bench/read.py`:

- this loop: 270 to 370 MB/s, with tokens, tags, sentences, faults and every byte offset;
- `pyarrow.csv`, which is there anyway: 130 to 180 MB/s for two columns alone. It takes a lone CR for a line end, keeps
  no offsets, calls Python for each line of another width, and knows no runs of white space: it cannot be exact;
- NumPy: it finds line ends and tabs at 220 MB/s (all at once) to 1000 MB/s (piece by piece), but each mask, gather and
  comparison behind that is one more pass over as much memory: about 50 MB/s in all;
- a plain Python loop: 17 MB/s; the conll module of `datasets`: 8 MB/s.

A C extension would be as quick, and light, but needs a compiler or a wheel for every platform.
"""

import functools
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tagpress.errors import UsageError
from tagpress.read.account import LineAccount, count, total
from tagpress.read.parsed import Parsed, bad_bytes, faults, gather, list_array, merge, string_array
from tagpress.read.scanner import grammar
from tagpress.read.scanner.ambiguous import spelling
from tagpress.read.scanner.rules import Rules
from tagpress.read.sources.text import Text

_BLOCK: Final = 4096  # bytes searched for structure at a time: the list of places stays in the first-level cache
_WORD: Final = 8  # bytes
_SLACK: Final = 16  # bytes that the loop may write behind the last token
_LIMIT: Final = 2**31 - _SLACK - 1  # Arrow's string offsets are 32 bits
_NAMING: Final = 3  # sentences that name a document: enough to tell apart two reports under one headline


Spell = Callable[[pa.StringArray], pa.StringArray]
"""What turns the distinct texts of the tag's column into tags."""


@dataclass(frozen=True, slots=True)
class _Filled:
    """The arrays that the loop filled, each cut to its length."""

    values: NDArray[np.uint8]
    offsets: NDArray[np.int32]
    tokens: NDArray[np.int32]
    sentences: NDArray[np.int32]
    documents: NDArray[np.int32]
    faults: NDArray[np.int32]
    names: NDArray[np.int32]
    kinds: NDArray[np.uint8]
    sizes: NDArray[np.int64]


def scan(text: Text, rules: Rules, *, first: bool, spell: Spell | None = None) -> Parsed:
    """
    Return the sentences of a piece; `first` says that it begins its file, where a header row may stand.

    `spell` finds the tags in the texts of the tag's column; without it they are the tags.

    Raises:
        UsageError: the piece is too large to be read at once.

    """
    if len(text.data) > _LIMIT:
        message = f"a piece of {len(text.data):,} bytes is too large to read at once, the limit is {_LIMIT:,}"
        raise UsageError(message, "split the file, or unpack it if it is compressed: unpacked files are cut in pieces")
    data = np.frombuffer(text.data, np.uint8)
    lines = count_lines(data)
    filled = _run(data, lines, text.begin, rules, header=first and rules.header)
    lists = filled.sentences[0]
    quote = rules.quote.decode()
    tokens = list_array(lists, unquoted(string_array(filled.offsets, filled.values), quote))
    begin, stop = filled.sentences[1:3, :-1]
    found = faults(*filled.faults)
    tag_names, tags = _vocabulary(text.data, filled, spell, quote)
    names, documents = _documents(text.data, filled, tokens)
    ids = gather(text.data, *filled.sentences[4:6, :-1]) if rules.sentence_ids else None
    return Parsed(
        data=text.data,
        tokens=tokens,
        tags=tags,
        tag_names=tag_names,
        token_at=filled.tokens[1],
        tag_at=filled.tokens[2],
        sentence_at=begin,
        sentence_stop=stop,
        documents=names,
        document=documents,
        faults=merge(found, bad_bytes(text, begin, stop)) if text.bad_at else found,
        lines=lines,
        sentence_ids=None if ids is None else _ids(ids),
        extra={
            name: list_array(lists, unquoted(gather(text.data, *filled.tokens[3 + 2 * i : 5 + 2 * i]), quote))
            for i, name in enumerate(rules.extra)
        },
        extra_at={name: filled.tokens[3 + 2 * i] for i, name in enumerate(rules.extra)},
        text_at=text.begin,
        account=_account(text, filled),
        unread=rules.unread,
        aside=_aside(gather(text.data, *filled.documents), ids, filled),
    )


def _aside(names: pa.StringArray, ids: pa.StringArray | None, filled: _Filled) -> dict[str, int]:
    """Count what lines between sentences say that is not read: behind a tab, and ids that another one follows at once."""
    counts = {"texts behind a document's name": _with_a_tab(names)}
    if ids is not None:
        used = int(np.count_nonzero(filled.sentences[5, :-1]))
        counts["ids that no sentence follows"] = int(filled.sizes[0, grammar.SENTENCE_ID]) - used
        counts["texts behind a sentence's id"] = _with_a_tab(ids)
    return {what: count for what, count in counts.items() if count}


def _with_a_tab(rests: pa.StringArray) -> int:
    return pc.sum(pc.match_substring(rests, "\t")).as_py() or 0


def _account(text: Text, filled: _Filled) -> LineAccount:
    """Return what became of each line; where the text is not as it stands in the source, its lines have other lengths."""
    mark = LineAccount({"marks": (0, text.mark)})
    if not text.as_it_was:
        return total([count(grammar.ACCOUNTS, filled.kinds, text.line_lengths()), mark])
    kinds = zip(grammar.ACCOUNTS, *filled.sizes.tolist(), strict=True)
    return total([*(LineAccount({kind: (n, size)}) for kind, n, size in kinds), mark])


def _vocabulary(
    data: bytes, filled: _Filled, spell: Spell | None, quote: str
) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    names, tags = unquoted(gather(data, *filled.names), quote), filled.tokens[0]
    if spell or quote:
        encoded = (spell(names) if spell else names).dictionary_encode()
        names, tags = encoded.dictionary, encoded.indices.to_numpy()[tags]
    return tuple(names.to_pylist()), tags


def unquoted(texts: pa.StringArray, quote: str) -> pa.StringArray:
    """Return columns as texts: one that begins with a quote is quoted, with doubled quotes in it."""
    quoted = pc.starts_with(texts, quote) if quote else None
    if quoted is None or not pc.any(quoted).as_py():
        return texts
    inner = pc.utf8_slice_codeunits(texts, 1, -1)
    return pc.if_else(quoted, pc.replace_substring(inner, 2 * quote, quote), texts)


def count_lines(data: NDArray[np.uint8]) -> int:
    """Return the number of line ends, looking at a megabyte at a time to stay in the cache."""
    return sum(int(np.count_nonzero(data[at : at + 2**20] == ord("\n"))) for at in range(0, len(data), 2**20))


def words(data: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """Return the array's memory as overlapping words: item i is the 8 bytes from byte i on."""
    return np.ndarray((max(len(data) - 7, 0),), np.uint64, data, 0, (1,))


def _run(data: NDArray[np.uint8], lines: int, begin: int, rules: Rules, *, header: bool) -> _Filled:
    from tagpress.read.scanner import kernel  # noqa: PLC0415 - numba costs 0.2 s: only who reads columns pays

    rows = lines + 1
    values = np.empty(len(data) + _SLACK, np.uint8)
    offsets = np.empty(rows + 1, np.int32)
    # The tag's number, where the token and where the tag begins, then begin and stop of each extra column.
    tokens = np.empty((3 + 2 * len(rules.extra), rows), np.int32)
    # First token, begin, stop, document, begin and stop of the id.
    sentences = np.empty((6, rows + 1), np.int32)
    documents = np.zeros((2, rows + 1), np.int32)  # begin and stop of the name, both 0 for none; document 0 is the file
    found = np.empty((4, 3 * rows + 2), np.int32)  # kind, at, sentence, detail
    # Begin and stop of each distinct tag, its first and its last word, and the hash table of their numbers.
    names, heads, tails = np.empty((2, rows), np.int32), np.empty(rows, np.uint64), np.empty(rows, np.uint64)
    slots = np.zeros(1 << max(2 * rows, 64).bit_length(), np.uint32)
    places = np.empty(_BLOCK + 1, np.uint32)
    kinds, sizes = np.zeros(rows + 1, np.uint8), np.zeros((2, len(grammar.ACCOUNTS)), np.int64)  # of the lines
    output = (values, words(values), offsets, tokens, sentences, documents, found, names, heads, tails, slots, places)
    # For numba, an array of less than two items is of another type, for which it would compile the loop once more.
    readable = data if len(data) > _WORD else np.frombuffer(bytes(data) + bytes(_WORD + 1), np.uint8)
    counts = kernel.scan(data, words(readable), begin, int(header), _arrays(rules), (*output, kinds, sizes))
    n_lines, n_tokens, n_sentences, n_documents, n_faults, n_names = counts
    return _Filled(
        values[: offsets[n_tokens]],
        offsets[: n_tokens + 1],
        tokens[:, :n_tokens],
        sentences[:, : n_sentences + 1],
        documents[:, : n_documents + 1],
        found[:, :n_faults],
        names[:, :n_names],
        kinds[:n_lines],
        sizes,
    )


@functools.lru_cache(maxsize=8)
def _arrays(rules: Rules) -> tuple[Any, ...]:
    """Return the rules as the compiled loop takes them; a corpus of many small files asks for the same again."""
    texts = b"".join(text for _, text, _ in rules.lines)
    # A row for each special line: kind, begin and stop of its text, whole line or prefix.
    rows, at = [], 0
    for kind, text, whole in rules.lines:
        rows.append((kind, at, at + len(text), whole))
        at += len(text)
    # For each byte, 1 if it may end a column or a line, plus 2 if a line that begins with it may be special.
    first = np.zeros(256, np.uint8)
    first[list((rules.delimiter[:1] or b" \t") + b"\n")] = 1
    blank = {"empty": b"", "delimiters": rules.delimiter[:1], "whitespace": b" \t"}[rules.blank]
    first[list(blank + bytes(text[0] for _, text, _ in rules.lines))] |= 2
    return (
        *grammar.tables(rules.bounds),
        first,
        np.array(rows, np.int64).reshape(-1, 4),
        np.frombuffer(texts, np.uint8),
        np.frombuffer(rules.delimiter, np.uint8),
        grammar.BLANKS.index(rules.blank),
        *rules.width,
        np.array(rules.columns, np.int64),
        ord(rules.quote or b"\0"),
        grammar.AMBIGUOUS.index(rules.ambiguous),
        spelling(rules),
    )


def _documents(data: bytes, filled: _Filled, tokens: pa.ListArray) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    """Return the distinct names of the documents that hold sentences, and each sentence's document."""
    if filled.documents.shape[1] == 1:
        return ("",) * (len(tokens) > 0), np.zeros(len(tokens), np.int32)
    seen: dict[str, int] = {}
    ordinals, first, inverse = np.unique(filled.sentences[3, :-1], return_index=True, return_inverse=True)
    codes = []
    for ordinal, begin, sentences in zip(ordinals, first, np.bincount(inverse), strict=True):
        at, stop = filled.documents[:, ordinal].tolist()
        name = data[at:stop].decode().split("\t")[0].strip()
        if ordinal and not name:
            name = content_name(tokens.slice(begin, min(sentences, _NAMING)))
        codes.append(seen.setdefault(name, len(seen)))
    return tuple(seen), np.array(codes, np.int32)[inverse]


def _ids(rest: pa.StringArray) -> pa.StringArray:
    """Return each sentence's id: the rest of its line, up to a tab."""
    return pc.utf8_trim(pc.replace_substring_regex(rest, "\\t.*", ""), " ")


def content_name(sentences: pa.ListArray) -> str:
    """
    Return a name for a document that has none: a hash of the tokens of its first sentences.

    A number would change with every document that is added before it, and the split of a document comes from its name.
    """
    values = sentences.flatten()
    lengths = pc.binary_length(values).to_numpy().astype("<u4")
    return hashlib.blake2b(lengths.tobytes() + "".join(values.to_pylist()).encode(), digest_size=8).hexdigest()
