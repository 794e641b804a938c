"""Does a source say which entities its texts have, and not where they are? Then no span can be read, and it is said why."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any, Final

from tagpress.errors import SourceError
from tagpress.read.guess.samples import Sample
from tagpress.read.guess.shapes import text_field
from tagpress.read.guess.span_formats import values_of

_LOOKS: Final = 50  # values that are looked at
_PLACES: Final = (
    'write the place of each, such as {"text": "Ada came.", "spans": [[0, 3, "PER"]]}: where a text has the words of an '
    "entity twice, nothing here says which of them is meant"
)
_EXPORT: Final = "export the utterances with the places of their entities, or write them so"
_TEMPLATE: Final = re.compile(rb'"(?:sampleUtterances|samples)"\s*:\s*\[\s*"[^"]*\{\w+\}')
_LU: Final = re.compile(rb"(?m)^\s*- [^\n]*\{@?\w+\s*=[^{}\n]+\}")

_Row = dict[str, Any]


def refuse_without_places(sample: Sample, encoding: str) -> None:
    """
    Refuse a source whose entities have no places, for one of the reasons that are known.

    Raises:
        SourceError: it has such entities.

    """
    name = sample.source.name
    if _TEMPLATE.search(sample.data):
        raise SourceError(f"{name} has templates, with names of slots where texts have words, and no texts", _EXPORT)
    if _LU.search(sample.head):
        hint = "convert it into JSON of LUIS, with places: bf luis:convert -i FILE.lu -o FILE.json"
        raise SourceError(f"{name} has utterances of LU, with their entities in braces", hint)
    if sample.head.lstrip()[:1] not in {b"{", b"["}:
        return
    for container in ("lines", "array", "whole"):
        rows = [value for value in _values(sample, encoding, container) if isinstance(value, dict)]
        for look, called in _LOOKS_LIKE:
            if rows and 2 * sum(map(look, rows)) > len(rows):
                raise SourceError(f"{name} has {called}, and not where they are", _PLACES)


def _values(sample: Sample, encoding: str, container: str) -> Iterator[Any]:
    with suppress(SourceError):
        yield from islice(values_of(sample, encoding, container), _LOOKS)


def _has_named(row: _Row) -> bool:
    """Return whether a record has a list of objects, each with words of its text and no number."""
    text = row.get(text_field(row) or "")
    lists = [value for value in row.values() if isinstance(value, list) and value]
    return isinstance(text, str) and any(all(_is_named(one, text) for one in each) for each in lists)


def _is_named(item: Any, text: str) -> bool:  # noqa: ANN401 - JSON
    parts: Sequence[Any] = [*item.values()] if isinstance(item, dict) else item if isinstance(item, list) else ()
    words = [part for part in parts if isinstance(part, str)]
    return len(words) > 1 and len(words) == len(parts) and any(part in text for part in words)


def _has_types(row: _Row) -> bool:
    """Return whether a record has an object with lists of words of its text."""
    text = row.get(text_field(row) or "")
    for value in row.values():
        lists = [*value.values()] if isinstance(value, dict) else []
        words = [word for one in lists if isinstance(one, list) for word in one]
        if words and isinstance(text, str) and all(isinstance(one, list) for one in lists):
            return all(isinstance(word, str) and word in text for word in words)
    return False


def _is_chat(row: _Row) -> bool:
    """Return whether a record is a conversation with a language model, or an instruction with its answer."""
    turns = next(
        (row[name] for name in ("conversations", "conversation", "messages") if isinstance(row.get(name), list)), ()
    )
    if turns and all(isinstance(one, dict) and {"from", "role"} & one.keys() for one in turns):
        return True
    return "instruction" in row and bool({"output", "response", "answer"} & row.keys())


_LOOKS_LIKE: Final[tuple[tuple[Callable[[_Row], bool], str], ...]] = (
    (_is_chat, "entities in prompts and answers of a language model"),
    (_has_named, "entities by their words"),
    (_has_types, "the words of entities below their types"),
)
