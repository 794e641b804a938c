"""Rasa's training data as people write it, in YAML or Markdown: examples with their entities in brackets, as `[Oslo](city)`."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from tagpress.corpus.problems import quoted
from tagpress.read.spans.record import Placed, Record, RecordReading, Span

MARK: Final = re.compile(rb"(?m)^nlu:|^- intent:|^## intent:")
_HEADING: Final = re.compile(r"\s*(?:-\s+|##\s*)(?P<kind>intent|synonym|regex|lookup)\s*:\s*(?P<name>.*?)\s*")
_EXAMPLES: Final = re.compile(r"\s*examples:\s*[|>]?[-+]?\s*")
_EXAMPLE: Final = re.compile(r"\s*[-*+]\s+(?P<text>.*?)\s*")
_OTHER: Final = re.compile(r"\s*(?:#.*|version:.*|[A-Za-z_]+:.*)?|\s*<!--.*-->\s*")
# The text of an entity, and behind it its type, perhaps with a value, or an object of JSON.
_ENTITY: Final = re.compile(r"\[(?P<said>[^\]]+)\](?:\((?P<type>[^:)]+)(?::[^)]*)?\)|(?P<more>\{[^}]+\}))")


def find(data: bytes, begin: int, reading: RecordReading) -> Iterator[Placed]:  # noqa: ARG001 - as every format
    """Yield the examples of intents; what is no example of one is counted with the next."""
    kind, aside = "", list[str]()
    for raw in data[begin:].split(b"\n"):
        line = raw.decode().removesuffix("\r")
        stop = begin + len(raw)
        heading = _HEADING.fullmatch(line)
        example = None if heading else _EXAMPLE.fullmatch(line)
        if heading:
            kind = heading["kind"]
        elif example and kind == "intent":
            yield Placed(begin, stop, _record(example["text"], begin, tuple(aside)))
            aside = []
        elif example:
            aside.append(f"lines of {kind or 'what is no intent'}")
        elif kind == "intent" and not _OTHER.fullmatch(line):
            words = f"the line {quoted(line)}, which is no example"
            yield Placed(begin, stop, Record("", faults=(("broken-record", words),)))
        begin = stop + 1


def _record(marked: str, at: int, aside: tuple[str, ...]) -> Record:
    """Return the record of an example, without its brackets."""
    parts: list[str] = []
    spans: list[Span] = []
    read = length = 0
    for match in _ENTITY.finditer(marked):
        plain = marked[read : match.start()]
        first = length + len(plain)
        parts += [plain, match["said"]]
        length = first + len(match["said"])
        kind, fault = _type(match)
        spans.append(Span(first, length, kind, at=at, fault=fault))
        read = match.end()
    return Record("".join((*parts, marked[read:])), tuple(spans), aside=aside)


def _type(match: re.Match[str]) -> tuple[Any, str]:
    if match["type"]:
        return match["type"].strip(), ""
    try:
        found = json.loads(match["more"])
    except ValueError:
        return None, f"is written as {match['more']!r:.60}, which is no JSON"
    return (found.get("entity"), "") if isinstance(found, dict) else (None, "has no label")
