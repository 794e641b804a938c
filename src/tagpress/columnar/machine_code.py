"""
How does a compiled loop come back from disk without what only compiling needs?

Numba prepares itself to compile before it looks whether it has to: it fills its registries of types and functions, which takes a
third of a second and loads scipy where that is there, in each process anew. What was compiled needs nothing of it but the runtime
that allocates arrays. Numba has no public way to say so; where its parts are not called as they are here, it does as always.
"""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any


def load_lightly(loop: Callable[..., Any]) -> None:
    """Let a loop of numba that is kept on disk be loaded from there without preparing to compile; one that is not is compiled."""
    with suppress(ImportError, AttributeError):
        from numba.core import runtime  # noqa: PLC0415 - only who has such a loop has numba

        kept, initialize = loop._cache, runtime.rtsys.initialize  # type: ignore[attr-defined]  # noqa: SLF001 - see above
        if all(map(callable, (kept.load_overload, kept._load_overload, kept._guard_against_spurious_io_errors))):  # noqa: SLF001
            kept.load_overload = partial(_load, kept, initialize)


def _load(kept: Any, initialize: Callable[[Any], None], signature: Any, target: Any) -> Any:  # noqa: ANN401 - what numba gives
    """Do what numba's own `load_overload` does, but for the registries: the compiler fills them itself."""
    initialize(target)
    with kept._guard_against_spurious_io_errors():  # noqa: SLF001 - see above
        return kept._load_overload(signature, target)  # noqa: SLF001
    return None
