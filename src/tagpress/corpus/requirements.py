"""What must hold of a value of `release.json`, whoever wrote it?"""

import re
from typing import Final

_NEVER: Final = re.compile(r"[\\\x00-\x1f\x7f\ud800-\udfff]")  # in a path: control characters hide what it is


def is_inner_path(path: str) -> bool:
    """Return whether `path` is a relative POSIX path that stays where it is put."""
    return not _NEVER.search(path) and all(part not in {"", ".", ".."} for part in path.split("/"))


def require(holds: bool, field: str, message: str) -> None:  # noqa: FBT001 - reads as a sentence at every call
    """Raise a ValueError that begins with the field, unless it `holds`."""
    if not holds:
        raise ValueError(f"{field}: {message}")


def require_digest(value: str, field: str) -> None:
    """Raise a ValueError unless the value is the hex of a SHA-256."""
    require(re.fullmatch("[0-9a-f]{64}", value) is not None, field, f"expected 64 lower-case hex digits: {value!r:.80}")
