"""
Lay spans beside tokens: records in, `Parsed` out.

Everything is counted in code points of all texts of the piece together. A span that points at no text, that lies across
sentences, or whose own text is another, is a fault; one that does not begin and end with tokens stays what it is (`Marks`).
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Final

import numpy as np
import pyarrow as pa

from tagpress.columnar.bounds import bounds_of
from tagpress.columnar.types import Ints
from tagpress.read.account import LineAccount, count, total
from tagpress.read.marks import SentenceTexts, labelled, tag_names
from tagpress.read.parsed import KINDS, Faults, Parsed, bad_bytes, faults, gather, list_array, merge
from tagpress.read.said_splits import SaidSplits
from tagpress.read.sources.text import Text
from tagpress.read.spans.containers import places_in_json
from tagpress.read.spans.lay import Tokens, lay
from tagpress.read.spans.notes import Note, Notes
from tagpress.read.spans.record import Batch, Record, places_of
from tagpress.read.spans.texts import Texts, texts_of
from tagpress.read.spans.tokenise import FILE, cut_texts

SENTENCES: Final = ("record", "lines")
_DIGITS: Final = 12  # of the name of a document that has none
_LINE_END: Final = ord("\n")
_RETURN: Final = ord("\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class AssemblyRules:
    """What the dialect declares of texts: how they are cut, and how their offsets are counted."""

    tokens: str
    units: str
    sentences: str


def assemble(
    text: Text, batch: Batch, rules: AssemblyRules, *, ids: bool = False, splits: bool = False, in_json: bool = False
) -> Parsed:
    """
    Return the sentences of records, with the records' ids and what is said of their splits, if these are wanted.

    `in_json` says that a record is a value.
    """
    notes, begin, stop = Notes(), batch.begin, batch.stop
    for number, one in enumerate(batch.each or ()):
        for code, words in one.faults:
            notes.add(Note(code, number, int(begin[number]), words))
    texts = texts_of(batch.texts, rules.units)
    for number in texts.halves:
        notes.add(Note("bad-encoding", number, int(begin[number]), ""))
    tokens = _tokens(texts, batch, rules, notes)
    record, place, tokens = _sentences(texts, tokens, rules.sentences)
    offsets = bounds_of(np.bincount(tokens.sentence, minlength=len(record)))
    marks = lay(
        texts, tokens, batch.spans, begin, notes, locate=partial(places_in_json, text, batch) if in_json else None
    )
    rows, at = marks.undisputed, tokens.at.astype(np.int32, copy=False)
    documents, document = _documents(batch, record, rules.sentences)
    used = gather(texts.encoded, *tokens.bytes)
    return Parsed(
        data=text.data,
        tokens=list_array(offsets.astype(np.int32), used),
        tags=labelled(marks.outer[rows], marks.type[rows], len(tokens.begin)),
        tag_names=tag_names(marks.types),
        token_at=at,
        tag_at=at,
        sentence_at=begin[record].astype(np.int32),
        sentence_stop=stop[record].astype(np.int32),
        documents=documents,
        document=document.astype(np.int32),
        faults=merge(notes.faults(record), _empty(offsets, begin[record]), _bad_bytes(text, begin, stop, record)),
        lines=text.data.count(b"\n"),
        sentence_ids=pa.array(batch.ids, pa.string()).take(pa.array(record)) if ids else None,
        annotations=notes.words,
        text_at=text.begin,
        account=_account(text, begin, stop, {note.record for note in notes.found if note.code == "broken-record"}),
        aside=batch.aside,
        marks=marks,
        texts=SentenceTexts(
            texts=texts.each,
            record=record,
            place=place - texts.bounds[record][:, None],
            tokens=marks.tokens,
        ),
        split=SaidSplits.of(batch.splits, begin).taken(record) if splits else None,
    )


def _tokens(texts: Texts, batch: Batch, rules: AssemblyRules, notes: Notes) -> Tokens:
    """Return the tokens of all texts, in order."""
    if rules.tokens == FILE:
        return _own_tokens(texts, batch.each or (), batch.begin, notes)
    found = cut_texts(rules.tokens, texts)
    ends = np.searchsorted(found.begin, texts.bounds)
    record = np.repeat(np.arange(len(batch)), np.diff(ends))
    bytes_, at = (found.first, found.last), batch.begin.astype(np.int32)
    return Tokens(begin=found.begin, stop=found.stop, record=record, at=at[record], sentence=record, bytes=bytes_)


def _own_tokens(texts: Texts, records: Sequence[Record], begin: Ints, notes: Notes) -> Tokens:
    """Return the tokens that records have; those of a record in which one is not sound are left out, with a fault."""
    sizes = [len(one.tokens or ()) for one in records]
    flat = [value for one in records for token in one.tokens or () for value in token]
    record = np.repeat(np.arange(len(records)), sizes)
    ends = places_of(flat).reshape(-1, 2)
    first, last = (texts.points_at(record, column) for column in ends.T)
    follows = np.append(False, (record[1:] == record[:-1]) & (first[1:] < last[:-1])) if len(record) else record > 0
    wrong = np.unique(record[(first < 0) | (last <= first) | follows])
    for number in wrong.tolist():
        notes.add(
            Note(
                "broken-record", number, int(begin[number]), "tokens that are empty, overlap, or are not in their text"
            )
        )
    for number, one in enumerate(records):
        if one.tokens is None and not one.faults:
            notes.add(Note("broken-record", number, int(begin[number]), "a record without tokens of its own"))
    sound = ~np.isin(record, wrong)
    lines = [one.token_at or (int(begin[number]),) * sizes[number] for number, one in enumerate(records)]
    at = np.array(list(chain.from_iterable(lines)), dtype=np.int64)
    record = record[sound]
    first, last = first[sound], last[sound]
    bytes_ = (texts.bytes[first], texts.bytes[last])
    return Tokens(begin=first, stop=last, record=record, at=at[sound], sentence=record, bytes=bytes_)


def _sentences(texts: Texts, tokens: Tokens, rule: str) -> tuple[Ints, Ints, Tokens]:
    """Return the record of each sentence, its bounds in all texts, and the tokens with their sentences."""
    records = np.arange(len(texts.each))
    if rule == "record":
        return records, np.stack([texts.bounds[:-1], texts.bounds[1:]], axis=1), tokens
    # A line of a text: each begins with its text, or behind a line end. One without a token is no sentence, unless all are.
    breaks = np.zeros(len(texts.points) + 1, np.int64)
    breaks[1:] = np.cumsum(texts.points == _LINE_END)
    lines = breaks[tokens.begin] + tokens.record
    firsts = breaks[texts.bounds[:-1]] + records
    filled = np.unique(lines)
    empty = firsts[~np.isin(records, tokens.record)]
    kept = np.union1d(filled, empty)
    record = np.searchsorted(firsts, kept, side="right") - 1
    return record, _line_places(texts)[kept], tokens.in_sentences(np.searchsorted(kept, lines))


def _line_places(texts: Texts) -> Ints:
    """Return the bounds of every line of all texts; a carriage return before its end belongs to the line end."""
    ends = np.flatnonzero(texts.points == _LINE_END)
    begins = np.sort(np.concatenate([texts.bounds[:-1], ends + 1]))
    stops = np.sort(np.concatenate([texts.bounds[1:], ends]))
    ended = np.isin(stops, ends) & (stops > begins)
    before = np.append(texts.points, 0)[stops - 1]
    return np.stack([begins, stops - (ended & (before == _RETURN))], axis=1)


def _documents(batch: Batch, record: Ints, rule: str) -> tuple[tuple[str, ...], Ints]:
    """Return the names of documents and that of each sentence; a record of many sentences is a document."""
    named = list(batch.documents)
    if rule == "lines":
        each = zip(named, batch.ids, batch.texts, strict=True)
        named = [document or own or _named(text) for document, own, text in each]
    names = {name: number for number, name in enumerate(dict.fromkeys(named))}
    return tuple(names), np.array([names[name] for name in named], dtype=np.int64)[record]


def _named(text: str) -> str:
    """Return a name for a text that has none: the same for the same text, wherever it stands."""
    return hashlib.sha256(text.encode(errors="backslashreplace")).hexdigest()[:_DIGITS]


def _empty(offsets: Ints, at: Ints) -> Faults:
    which = np.flatnonzero(np.diff(offsets) == 0)
    return faults(np.full(len(which), KINDS["empty-sentence"]), at[which], which, np.zeros(len(which)))


def _bad_bytes(text: Text, begin: Ints, stop: Ints, record: Ints) -> Faults:
    """Return the faults of the encoding, each for every sentence of its record."""
    notes = Notes()
    rows = bad_bytes(text, begin, stop).rows()
    for _, at, owner, _ in rows:
        if owner >= 0:
            notes.add(Note("bad-encoding", owner, at, ""))
    outside = [row for row in rows if row[2] < 0]
    columns = [[row[column] for row in outside] for column in (1, 2, 3)]
    return merge(notes.faults(record), faults([KINDS["bad-encoding"]] * len(outside), *columns))


def _account(text: Text, begin: Ints, stop: Ints, faulty: set[int]) -> LineAccount:
    """Return what the lines are: with a record, with a faulty one, blank, or what holds the file together."""
    lengths = text.line_lengths()
    ends = np.flatnonzero(np.frombuffer(text.data, np.uint8) == _LINE_END)
    first, last = np.searchsorted(ends, begin), np.searchsorted(ends, np.maximum(stop - 1, begin))
    kinds = np.full(len(lengths), -1)
    broken = np.zeros(len(begin), dtype=np.int64)
    broken[list(faulty)] = 1
    inside = first < len(kinds)  # a file without a byte has a record that says so, and no line
    kinds[first[inside]] = broken[inside]
    if (last > first).any():  # of records that share a line the last one counts
        # A value may have many records: its lines are counted once, as faulty if any record is.
        own = dict(sorted(zip(zip(first.tolist(), last.tolist(), strict=True), broken.tolist(), strict=True)))
        for (one, other), kind in own.items():
            kinds[one : other + 1] = kind
    bounds = np.concatenate([[text.begin], ends + 1, [len(text.data)]])
    for line in np.flatnonzero(kinds < 0).tolist():
        kinds[line] = 3 if text.data[bounds[line] : bounds[line + 1]].strip() else 2
    named = count(("records", "faulty", "blank", "structure"), kinds, lengths)
    return total([named, LineAccount({"marks": (0, text.mark)})])
