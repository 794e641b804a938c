"""The schema of BigBIO's knowledge bases: passages at their places in a document, and entities that may lie in several places."""

from collections.abc import Iterator
from typing import Any, Final

from tagpress.read.spans.record import MalformedError, Record, RecordReading, Span, identifier, listed, mapping

_ASIDE: Final = ("events", "relations", "coreferences")
_BETWEEN: Final = "\n"
_LONGEST: Final = 1 << 26  # characters of a document
FIELDS: Final = frozenset({"id", "document_id", "passages", "entities", *_ASIDE})


def is_record(row: dict[str, Any]) -> bool:
    """Return whether an object has passages with lists of texts and of places, and entities."""
    passages = row.get("passages")
    if not isinstance(passages, list) or not passages or not isinstance(row.get("entities"), list):
        return False
    return all(
        isinstance(one, dict) and isinstance(one.get("text"), list) and isinstance(one.get("offsets"), list)
        for one in passages
    )


def read(value: Any, reading: RecordReading) -> Record:  # noqa: ANN401, ARG001 - JSON; as every format
    """Return the record in a document: each passage stands at its place, and line ends between them."""
    row = mapping(value)
    characters: list[str] = []
    for passage in map(mapping, listed(row.get("passages"), "passages")):
        for text, (begin, stop) in _pieces(passage):
            if len(text) != stop - begin or begin < len(characters):
                raise MalformedError(f"a passage of {len(text):,} characters at {begin}-{stop}, which it does not fill")
            characters += [_BETWEEN] * (begin - len(characters)) + list(text)
    items = map(mapping, listed(row.get("entities"), "entities"))
    return Record(
        "".join(characters),
        tuple(_span(item)._replace(path=("entities", number)) for number, item in enumerate(items)),
        id=identifier(row.get("id")),
        document=identifier(row.get("document_id")),
        aside=tuple(kind for kind in _ASIDE for _ in listed(row.get(kind), kind)),
    )


def _pieces(part: dict[str, Any]) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield the texts of a passage or an entity, with their places."""
    texts, places = (listed(part.get(name), name) for name in ("text", "offsets"))
    if len(texts) != len(places):
        raise MalformedError(f"{len(texts):,} texts, and places of {len(places):,}")
    for text, place in zip(texts, places, strict=True):
        sound = isinstance(place, list) and [type(one) for one in place] == [int, int]
        if not isinstance(text, str) or not sound or not 0 <= place[0] <= place[1] < _LONGEST:
            raise MalformedError(f"a text at {place!r:.60}, where two places belong")
        yield text, (place[0], place[1])


def _span(item: dict[str, Any]) -> Span:
    pieces = list(_pieces(item))
    if not pieces:
        return Span(None, None, item.get("type"), fault="has no place")
    fault = "has gaps" if len(pieces) > 1 else ""
    return Span(pieces[0][1][0], pieces[-1][1][1], item.get("type"), None if fault else pieces[0][0], fault=fault)
