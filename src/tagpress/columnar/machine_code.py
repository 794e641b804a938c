"""
How does a compiled loop come back from disk without what only compiling needs?

Numba prepares itself to compile before it looks whether it has to: it fills its registries of types and functions, which takes a
third of a second and loads scipy where that is there, in each process anew. It also loads each of its modules that a loop has
compiled a function of. What was compiled needs nothing of it but the runtime that allocates arrays. Numba has no public way to
say so; where its parts are not called as they are here, it does as always.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from threading import RLock
from typing import Any, Final

_ALONE: Final = RLock()


def load_lightly(loop: Callable[..., Any]) -> None:
    """Let a loop of numba that is kept on disk be loaded from there without preparing to compile; one that is not is compiled."""
    with suppress(ImportError, AttributeError):
        from numba.core import environment, runtime  # noqa: PLC0415 - only who has such a loop has numba

        kept, initialize = loop._cache, runtime.rtsys.initialize  # type: ignore[attr-defined]  # noqa: SLF001 - see above
        parts = (kept.load_overload, kept._load_overload, kept._guard_against_spurious_io_errors)  # noqa: SLF001
        known = (environment._rebuild_env, environment.lookup_environment, environment.Environment._memo.get)  # noqa: SLF001
        if all(map(callable, (*parts, *known))):
            kept.load_overload = partial(_load, kept, initialize, environment)


def _load(kept: Any, initialize: Callable[[Any], None], environment: Any, signature: Any, target: Any) -> Any:  # noqa: ANN401 - what numba gives
    """Do what numba's own `load_overload` does, but for the registries: the compiler fills them itself."""
    initialize(target)
    with kept._guard_against_spurious_io_errors(), _ALONE, _without_modules(environment):  # noqa: SLF001 - see above
        return kept._load_overload(signature, target)  # noqa: SLF001
    return None


@contextmanager
def _without_modules(environment: Any) -> Iterator[None]:  # noqa: ANN401 - numba's module
    """
    Let the functions that a loop calls come without their modules, where these are numba's own and nothing has loaded them.

    What runs as machine code asks its environment for constants alone; globals are for functions that are run by Python. One
    thread at a time may be in here: numba's own function is put back.
    """
    always = environment._rebuild_env  # noqa: SLF001 - see above

    def rebuilt(module: str, constants: list[Any], name: str) -> Any:  # noqa: ANN401 - what numba gives
        known = environment.lookup_environment(name)
        if known is not None or module in sys.modules or not module.startswith("numba."):
            return always(module, constants, name)
        made = environment.Environment({"__name__": module})
        made.consts[:] = constants
        made.env_name = name
        environment.Environment._memo[name] = made  # noqa: SLF001 - see above
        return made

    environment._rebuild_env = rebuilt  # noqa: SLF001 - see above
    try:
        yield
    finally:
        environment._rebuild_env = always  # noqa: SLF001 - see above
