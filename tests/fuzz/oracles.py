"""How much must be read? Plain loops that count it, each for what it understands, and silent about the rest."""

import csv
import io
import json
from typing import Any

import pyarrow.parquet as pq

from read import reference
from read.values import fault_lines, sentences
from tagpress.read.pair import unpair
from tagpress.read.parsed import KINDS, Parsed

_WHITE = b" \t\r"


def text_of(data: bytes) -> str | None:
    """Return bytes as text without a byte order mark, None where they are no UTF-8."""
    try:
        return data.decode().removeprefix("\ufeff")
    except UnicodeDecodeError:
        return None


def by_blank_lines(data: bytes, parsed: Parsed) -> None:
    if text_of(data) is not None:
        assert (sentences(parsed), fault_lines(parsed)) == _sorted(reference.by_blank_lines(data))


def by_markers(data: bytes, parsed: Parsed) -> None:
    if text_of(data) is not None:
        assert (sentences(parsed), fault_lines(parsed)) == _sorted(reference.by_markers(data))


def _sorted(found: tuple[list[Any], list[Any]]) -> tuple[list[Any], list[Any]]:
    return found[0], sorted(found[1])


def treebank(data: bytes, parsed: Parsed) -> None:
    """Count the runs of lines between blank ones and new documents, comments between them left out."""
    text, runs, inside = text_of(data), 0, False
    if text is None:
        return
    for line in text.split("\n"):
        row = line.removesuffix("\r")
        if not row or row.startswith("# newdoc"):
            inside = False
        elif inside or not row.startswith("#"):
            runs, inside = runs + (not inside), True
    assert len(parsed) == runs


def a_record_a_line(data: bytes, parsed: Parsed) -> None:
    if text_of(data) is not None:
        assert len(parsed) == len(_lines(data))


def lists(data: bytes, parsed: Parsed) -> None:
    """Compare the tokens with those of objects that are sound; of others none is read."""
    if text_of(data) is not None:
        assert [tokens for tokens, _ in sentences(parsed)] == [_tokens(_value(line)) for line in _lines(data)]


def array(data: bytes, parsed: Parsed) -> None:
    """Count the items of what is a JSON list."""
    value = _value(data.removeprefix(b"\xef\xbb\xbf"))
    if isinstance(value, list):
        assert len(parsed) == len(value)


def spans(data: bytes, parsed: Parsed) -> None:
    """Count the spans of records of doccano of which nothing else is wrong: each is read, or is a fault."""
    values = [_value(line) for line in _lines(data)] if text_of(data) is not None else []
    if values and all(map(_is_plain, values)):
        assert _spans(parsed) == sum(len(value["label"]) for value in values)


def annotations(data: bytes, parsed: Parsed) -> None:
    """Count the lines of annotations of brat that are no relation, event, note or the like."""
    text = text_of(unpair(data)[1])
    if text is not None:
        lines = [line for line in text.split("\n") if line.strip() and not line.startswith(tuple("REAMN#*"))]
        assert _spans(parsed) == len(lines)


def rows_of_csv(data: bytes, parsed: Parsed) -> None:
    """Count the rows that Python's own reader finds where it has nothing to object to."""
    text = text_of(data)
    if text is None or "\r" in text.replace("\r\n", "") or "\0" in text:
        return
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]
    except csv.Error:
        return
    if "broken-quote" not in {code for code, *_ in parsed.faults.rows()}:
        assert len(parsed) == max(len(rows) - 1, 0)


def rows_of_parquet(data: bytes, parsed: Parsed) -> None:
    assert len(parsed) == pq.read_metadata(io.BytesIO(data)).num_rows


def _spans(parsed: Parsed) -> int:
    assert parsed.marks is not None
    kinds = parsed.faults.kind == KINDS["broken-annotation"]
    at = set(zip(parsed.faults.at[kinds].tolist(), parsed.faults.detail[kinds].tolist(), strict=True))
    return len(parsed.marks) + len(at)


def _lines(data: bytes) -> list[bytes]:
    return [line for line in data.removeprefix(b"\xef\xbb\xbf").split(b"\n") if line.strip(_WHITE)]


def _value(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _tokens(value: Any) -> list[str]:
    if not isinstance(value, dict):
        return []
    tokens, found = value.get("tokens"), value.get("ner_tags")
    sound = _are(tokens, (str,)) and _are(found, (str, int)) and len(tokens) == len(found)
    return [token.encode(errors="backslashreplace").decode() for token in tokens] if sound else []


def _are(value: Any, kinds: tuple[type, ...]) -> bool:
    return isinstance(value, list) and all(type(item) in kinds for item in value)


def _is_plain(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(value.get("text"), str)
        and isinstance(value.get("label"), list)
        and all(isinstance(item, list) for item in value["label"])
    )
