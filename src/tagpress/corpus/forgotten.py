"""
Which sentences are to be forgotten? A line of JSON for each, which names it by a digest of its text, and does not have the text.

    {"id": "b8b0318aceeb4e83d8ba10412cd3096a", "why": "a person asked for it"}

The id is that of the published sentence, and all of its copies have it: whoever has the text can compute it, and nobody can
read the text in it. The file stands beside the script; a release has it too, so that anybody can see that it is kept to.
"""

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from tagpress.corpus.careful_json import load_json
from tagpress.corpus.problems import few, quoted

FORGOTTEN: Final = "forgotten-sentence"
FORGOTTEN_NAME: Final = "forgotten.jsonl"
FORGOTTEN_PATH: Final = f"forgotten/{FORGOTTEN_NAME}"
"""Where a release has the file."""
_FIELDS: Final = ("id", "why")
_MOST: Final = 100  # faults: a file that has more was not written by tagpress
_ID: Final = re.compile(r"([0-9a-f]{32})(?:-[1-9]\d*)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """The sentences that are to be forgotten: why, by their keys in hex, in order of these."""

    whys: dict[str, str] = field(default_factory=dict)

    def to_bytes(self) -> bytes:
        """Return the file, the same whatever the order in which sentences were forgotten."""
        lines = ({"id": key, "why": why} for key, why in sorted(self.whys.items()))
        return b"".join(json.dumps(one, ensure_ascii=False).encode() + b"\n" for one in lines)


def forgotten_key(text: str) -> str | None:
    """
    Return the key in hex of the sentence that an id names, which its copies have too; None if it is no id.

    >>> forgotten_key("b8b0318aceeb4e83d8ba10412cd3096a-2"), forgotten_key("the EU")
    ('b8b0318aceeb4e83d8ba10412cd3096a', None)

    """
    found = _ID.fullmatch(text)
    return found[1] if found else None


def read_forgotten(data: bytes) -> tuple[Forgotten, list[tuple[int, str]]]:
    """
    Read the file; also return what is wrong with which of its lines, as far as anybody would read it.

    A sentence that stands there twice keeps its last reason.
    """
    whys: dict[str, str] = {}
    faults: list[tuple[int, str]] = []
    for number, line in enumerate(io.BytesIO(data), 1):
        if line.strip():
            document, wrong = _read(line)
            faults += [(number, one) for one in wrong]
            if not wrong:
                whys[str(forgotten_key(document["id"]))] = document["why"]
        if len(faults) >= _MOST:
            break
    return Forgotten(whys=dict(sorted(whys.items()))), faults


def _read(line: bytes) -> tuple[dict[str, Any], list[str]]:
    try:
        document = load_json(line)
    except ValueError as error:
        return {}, [f"no JSON: {error}"]
    if not isinstance(document, dict):
        return {}, [f"{quoted(json.dumps(document, ensure_ascii=False))}, and no object"]
    return document, list(_wrong(document))


def _wrong(document: dict[str, Any]) -> Iterator[str]:
    unknown = [name for name in document if name not in _FIELDS]
    if unknown:
        yield f"{few(unknown)}, which nothing reads; the fields are {', '.join(_FIELDS)}"
    for name in _FIELDS:
        if not isinstance(document.get(name), str) or not document[name].strip():
            yield f"no {name} that is a text"
            return
    if forgotten_key(document["id"]) is None:
        yield f"the id {quoted(document['id'])}, which is none of a sentence"
