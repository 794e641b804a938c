"""Read a piece with the dialect of spans, and say what came out in plain values."""

from typing import NamedTuple

from tagpress.read.parsed import Parsed


class Found(NamedTuple):
    """A sentence: its tokens, and its spans as (begin, stop, type) in tokens."""

    tokens: list[str]
    spans: list[tuple[int, int, str]]


def found(parsed: Parsed) -> list[Found]:
    """Return the sentences of a piece, with the spans that their tags spell."""
    bounds = parsed.tokens.offsets.to_pylist()
    names = [parsed.tag_names[tag] for tag in parsed.tags.tolist()]
    return [
        Found(tokens, spans_of(names[begin:stop]))
        for tokens, begin, stop in zip(parsed.tokens.to_pylist(), bounds[:-1], bounds[1:], strict=True)
    ]


def spans_of(tags: list[str]) -> list[tuple[int, int, str]]:
    """Return the spans of IOB2 tags."""
    spans: list[tuple[int, int, str]] = []
    for at, tag in enumerate(tags):
        if tag.startswith("B-"):
            spans.append((at, at + 1, tag[2:]))
        elif tag.startswith("I-"):
            begin, _, kind = spans.pop()
            spans.append((begin, at + 1, kind))
    return spans


def marked(parsed: Parsed) -> list[list[tuple[int, int, str]]]:
    """Return the spans of each record as its source has them, in code points of its text."""
    marks = parsed.marks
    assert marks is not None
    spans: list[list[tuple[int, int, str]]] = [[] for _ in marks.texts]
    for record, (begin, stop), kind in zip(
        marks.record.tolist(), marks.place.tolist(), marks.type.tolist(), strict=True
    ):
        spans[record].append((begin, stop, marks.types[kind]))
    return spans
