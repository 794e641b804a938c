"""What is looked at once in a block in which nobody changes it: a list of what is in an archive or at a URL, or an archive's bytes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, TypeVar

Found = TypeVar("Found")

_SEEN: Final[ContextVar[dict[str, Any] | None]] = ContextVar("seen", default=None)


@contextmanager
def looked_at_once() -> Iterator[None]:
    """Look at each archive and each URL once in this block, in which nobody changes them."""
    token = _SEEN.set({})
    try:
        yield
    finally:
        _SEEN.reset(token)


def once(what: str, place: str, look: Callable[[], Found]) -> Found:
    """Return what is found at a place, as it was found before in the same block."""
    seen = _SEEN.get()
    if seen is None:
        return look()
    key = f"{what} {place}"
    if key not in seen:
        seen[key] = look()
    found: Found = seen[key]
    return found
