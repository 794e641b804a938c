"""What does JSON say that anybody may have written? It is measured before it is parsed: values cost more than text; ours is canonical."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

MAX_BYTES: Final = 64 << 20  # a manifest of 300,000 sources has as many
MAX_VALUES: Final = 2_000_000  # by their commas: each takes some 60 bytes of memory
MAX_GROUPS: Final = 500_000  # lists and objects
_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")  # two of them are a character, one cannot be written again


def load_json(data: bytes) -> Any:  # noqa: ANN401 - whatever the JSON says
    """
    Return the value that JSON means.

    Raises:
        ValueError: it is no JSON, or it is too large or too deep for what we read.

    """
    refuse_large(data)
    try:
        # Not by `json`, which lets half of a character pass that is not even escaped.
        text = data.decode(json.detect_encoding(data))
        found = json.loads(text)
        if _SURROGATE.search(text):
            json.dumps(found, ensure_ascii=False).encode()
    except RecursionError:
        message = "its values are nested too deeply"
        raise ValueError(message) from None
    except UnicodeDecodeError as error:
        message = f"its byte {error.start + 1:,} is no text in {error.encoding}"
        raise ValueError(message) from None
    except UnicodeEncodeError as error:
        message = f"a text in it has half of a character: {error.object[error.start]!a}"
        raise ValueError(message) from None
    return found


def canonical_json(document: Mapping[str, Any]) -> bytes:
    """Return canonical JSON: sorted keys, two spaces, UTF-8, one newline at the end."""
    return (json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def refuse_large(data: bytes) -> None:
    """Raise a ValueError for JSON with more in it than anything that we read or write."""
    groups = data.count(b"[") + data.count(b"{")
    for found, most, what in (
        (len(data), MAX_BYTES, "bytes"),
        (data.count(b","), MAX_VALUES, "values"),
        (groups, MAX_GROUPS, "lists and objects"),
    ):
        if found > most:
            message = f"it has {found:,} {what}, more than {most:,}"
            raise ValueError(message)
