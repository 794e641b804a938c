"""Which spans does a column of a source have? A tag a token, several tags a token, or brackets."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from tagpress.columnar.bounds import rows_at
from tagpress.columnar.types import Integers, Ints, LabelIds
from tagpress.corpus import tags
from tagpress.corpus.layers.layer import Given, SpanRows, Tags, Trouble
from tagpress.corpus.layers.spelled import Spelling, read_tags, transitions, unknown_tags
from tagpress.corpus.problems import quoted
from tagpress.corpus.tally.spans import find_spans

_BRACKETS: Final = re.compile(r"(?P<open>(?:\([^()*\s]+)*)\*?(?P<close>\)*)")
_OPEN_BRACKET: Final = re.compile(r"\(([^()*\s]+)")


@dataclass(frozen=True, slots=True)
class SpanColumn:
    """The spans of a column, in the tokens of the piece, and what is wrong with it."""

    column: str
    rows: SpanRows
    troubles: tuple[Trouble, ...] = ()


def read_span_column(column: str, given: Given, spelling: Spelling, written: str) -> SpanColumn:
    """Return the spans of a column; `written` is "brackets", what stands between several tags, or nothing."""
    found = given.tags(column)
    if written == "brackets":
        return _bracketed(column, found, given.bounds, spelling)
    if written:
        return _several(column, found, given.bounds, spelling, written)
    spelled = read_tags(column, found, given.bounds, spelling)
    return SpanColumn(column, _rows(spelled.label_ids, given.bounds), spelled.troubles)


def _rows(label_ids: LabelIds, bounds: Ints) -> SpanRows:
    spans = find_spans(label_ids.astype(np.int64), bounds)
    return SpanRows(spans.begins, spans.ends, spans.types.astype(np.int64), ())


def _several(column: str, given: Tags, bounds: Ints, spelling: Spelling, separator: str) -> SpanColumn:
    """Return the spans of a column in which a token has several tags, each type by itself: no type can be twice on a token."""
    parts = [[_read(part, spelling) for part in text.split(separator)] for text in given.texts]
    sound = np.array([_is_sound(each) for each in parts], dtype=np.bool_)
    unknown = np.flatnonzero(~sound[given.codes]) if len(sound) else np.zeros(0, dtype=np.int64)
    rows, troubles = [_no_rows()], [unknown_tags(column, given, unknown, spelling)]
    for kind in sorted({kind for each in parts for _, kind in each if kind >= 0}):
        roles = np.array([_role(each, kind) if ok else tags.O for each, ok in zip(parts, sound, strict=True)], np.int8)
        types = np.where(roles == tags.O, tags.UNKNOWN, 0).astype(np.int16)
        converted = tags.to_iob2(given.codes, roles, types, bounds, spelling.scheme)
        own = _rows(converted.label_ids, bounds)
        rows.append(SpanRows(own.begin, own.end, np.full(len(own), kind), ()))
        troubles += transitions(column, given, converted, unknown, bounds)
    begin, end, kinds = (np.concatenate([getattr(one, part) for one in rows]) for part in ("begin", "end", "type"))
    return SpanColumn(column, SpanRows(begin, end, kinds, ()), tuple(one for one in troubles if len(one.tokens)))


def _read(text: str, spelling: Spelling) -> tuple[int, int]:
    return tags.read_tag(text, spelling.scheme, spelling.labels, spelling.joiner, spelling.types)


def _is_sound(read: list[tuple[int, int]]) -> bool:
    """Return whether the tags of a token are known, no type twice, and `O` by itself."""
    kinds = [kind for _, kind in read]
    return (
        all(role != tags.UNKNOWN for role, _ in read)
        and len(set(kinds)) == len(kinds)
        and (len(kinds) == 1 or tags.UNKNOWN not in kinds)
    )


def _role(read: list[tuple[int, int]], kind: int) -> int:
    return next((role for role, own in read if own == kind), tags.O)


def _no_rows() -> SpanRows:
    none = np.zeros(0, dtype=np.int64)
    return SpanRows(none, none, none, ())


def _bracketed(column: str, given: Tags, bounds: Ints, spelling: Spelling) -> SpanColumn:
    """Return the spans of a column of brackets; one that is not closed ends with its sentence."""
    read = [_brackets(text, spelling) for text in given.texts]
    busy = np.array([each != ((), 0) for each in read], dtype=np.bool_)
    tokens = np.flatnonzero(busy[given.codes]) if len(busy) else np.zeros(0, dtype=np.int64)
    unknown = [token for token in tokens.tolist() if read[given.codes[token]] is None]
    rows: list[tuple[int, int, int]] = []
    wrong: list[tuple[int, str]] = []
    open_at: list[tuple[int, int]] = []
    last = -1
    for token, sentence in zip(tokens.tolist(), rows_at(bounds, tokens).tolist(), strict=True):
        if sentence != last:
            rows += _unclosed(open_at, bounds, last, wrong)
            open_at, last = [], sentence
        opened, closed = read[given.codes[token]] or ((), 0)
        open_at += [(token, kind) for kind in opened]
        for _ in range(closed):
            if open_at:
                begin, kind = open_at.pop()
                rows.append((begin, token + 1, kind))
            else:
                wrong.append((token, "no span is open"))
    rows += _unclosed(open_at, bounds, last, wrong)
    return SpanColumn(column, _rows_of(rows), (*_troubles(column, given, (unknown, wrong), spelling, bounds),))


def _brackets(text: str, spelling: Spelling) -> tuple[tuple[int, ...], int] | None:
    """Return the types of the spans that a text opens, and how many it closes; None for what is not so."""
    match = _BRACKETS.fullmatch(text)
    if match is None or not text:
        return None
    names = [spelling.types.get(name, name) for name in _OPEN_BRACKET.findall(match["open"])]
    known = spelling.labels.entity_types
    if any(name not in known for name in names):
        return None
    return tuple(known.index(name) for name in names), len(match["close"])


def _unclosed(
    open_at: list[tuple[int, int]], bounds: Ints, sentence: int, wrong: list[tuple[int, str]]
) -> Iterator[tuple[int, int, int]]:
    for begin, kind in open_at:
        wrong.append((begin, "the span is not closed in its sentence"))
        yield begin, int(bounds[sentence + 1]), kind


def _rows_of(rows: list[tuple[int, int, int]]) -> SpanRows:
    begin, end, kind = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    return SpanRows(begin, end, kind, ())


def _troubles(
    column: str,
    given: Tags,
    found: tuple[list[int], list[tuple[int, str]]],
    spelling: Spelling,
    bounds: Ints,
) -> Iterator[Trouble]:
    unknown, wrong = found
    # As with tags: a sentence is named for its unknown brackets alone.
    gone = {*rows_at(bounds, np.array(unknown, dtype=np.int64)).tolist()}
    left = sorted(one for one in wrong if int(rows_at(bounds, np.array([one[0]]))[0]) not in gone)

    def strange(i: int) -> tuple[str, str]:
        types = ", ".join(spelling.labels.entity_types)
        return f"{quoted(given.texts[given.codes[unknown[i]]])} in {column}", f"(TYPE*, *) or *, with the types {types}"

    def unbalanced(i: int) -> tuple[str, str]:
        return f"{quoted(given.texts[given.codes[left[i][0]]])} in {column}: {left[i][1]}", "brackets that match"

    if unknown:
        yield Trouble("unknown-tag", column, np.array(unknown, dtype=np.int64), strange)
    if left:
        yield Trouble("invalid-transition", column, _tokens(left), unbalanced)


def _tokens(found: list[tuple[int, str]]) -> Integers:
    return np.array([token for token, _ in found], dtype=np.int64)
