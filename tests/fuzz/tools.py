"""The readers of annotation tools that have no export in the tests, and the files that stand beside a script: a row each."""

import json
from collections.abc import Mapping
from typing import Any

from fuzz.law import Parser
from fuzz.reading import read_by
from tagpress.corpus.corrections import read_corrections
from tagpress.corpus.forgotten import read_forgotten
from tagpress.corpus.version import Version
from tagpress.corpus.withdrawals import Withdrawal, Withdrawals
from tagpress.errors import SourceError, VerifyError
from tagpress.read.spans.dialect import Spans
from tagpress.read.spans.formats.parts import TOOLS, Parts

_SPAN = {"start": 0, "end": 3, "label": "PER"}
_TEXT = "Ada saw é"
_WORDS = [
    {"orth": word, "ner": tag} for word, tag in (("Ada", "B-PER"), ("King", "L-PER"), ("saw", "O"), ("Bo", "U-PER"))
]
_KEY = "b8b0318aceeb4e83d8ba10412cd3096a"
_TAKEN_BACK = Withdrawal(version=Version(1, 0, 0), why="a slip")
_CORRECTION = {
    "id": _KEY, "layer": "ner_tags", "before": [[0, 1, "PER"]], "after": [], "by": "a", "why": "b", "tokens": ["Ada"]
}  # fmt: skip


def _json(*values: object) -> bytes:
    return json.dumps([*values]).encode()


def _argilla() -> bytes:
    answers = [{"value": [_SPAN], "user_id": who, "status": "submitted"} for who in ("a", "b")]
    nested = {
        "id": "7",
        "fields": {"text": _TEXT},
        "suggestions": {"ner": {"value": []}},
        "responses": {"ner": answers},
    }
    flat = {
        "text": _TEXT,
        "ner.responses": [[_SPAN]],
        "ner.responses.users": ["a"],
        "ner.responses.status": ["submitted"],
    }
    return _json(nested, flat)


def _within(path: str, value: object, into: dict[str, Any]) -> dict[str, Any]:
    """Put a value into objects where a path of names leads."""
    *above, last = path.split(".")
    place = into
    for name in above:
        place = place.setdefault(name, {})
    place[last] = value
    return into


def _record(parts: Parts) -> bytes:
    span: dict[str, Any] = {}
    for path, value in ((parts.label, "PER"), (parts.said, "Ada")):
        span = _within(path, value, span) if path else span
    place: dict[str, Any] = {}
    for path, value in ((parts.begin, 0), (parts.end, 3)):
        place = _within(path, value, place)
    span = _within(parts.places, [place], span) if parts.places else span | place
    return json.dumps(_within(parts.spans, [span], _within(parts.text, _TEXT, {}))).encode() + b"\n"


def _reader(seed: bytes, **options: Any) -> Parser:
    return Parser(read_by(Spans(**options)), (SourceError,), lambda: [seed])


def _corrections(data: bytes) -> None:
    items, faults = read_corrections(data)
    assert len(items) + len(faults) <= 2 * (data.count(b"\n") + 1)


def _forgotten(data: bytes) -> None:
    found, _ = read_forgotten(data)
    assert read_forgotten(found.to_bytes()) == (found, [])


def _withdrawn(data: bytes) -> None:
    found = Withdrawals.from_bytes(data)
    assert Withdrawals.from_bytes(found.to_bytes()) == found


def _lines(*values: Mapping[str, Any]) -> bytes:
    return b"".join(json.dumps(one).encode() + b"\n" for one in values)


MORE_PARSERS: dict[str, Parser] = {
    "spans-json": _reader(_lines({"text": _TEXT, "spans": [_SPAN]}), format="json", spans="spans"),
    "spans-argilla": _reader(_argilla(), format="argilla"),
    "spans-spacy-json": _reader(
        _json({"id": 3, "paragraphs": [{"sentences": [{"tokens": _WORDS}]}]}), format="spacy-json"
    ),
    "spans-rows": _reader(b'text,start,end,label\nAda saw,0,3,PER\nAda saw,4,7,X\n"a\nb",,,\n', format="rows"),
    **{f"spans-{name}": _reader(_record(parts), format=name, container="lines") for name, parts in TOOLS.items()},
    "corrections": Parser(_corrections, (), lambda: [_lines(_CORRECTION, _CORRECTION | {"id": "0" * 32})]),
    "forgotten": Parser(_forgotten, (), lambda: [_lines({"id": _KEY, "why": "asked"})]),
    "withdrawals": Parser(_withdrawn, (VerifyError,), lambda: [Withdrawals(withdrawn=(_TAKEN_BACK,)).to_bytes()]),
}
