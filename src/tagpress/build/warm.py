"""
What every worker needs, loaded once by the server that they are forked from.

Loading the package is half of it. The other half is numba, which fills its type registries at the first call of any
compiled function, in each process anew and for 0.4 seconds, whatever is called.
"""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_UNUSED: Final = ("pandas", "scipy")
"""What pyarrow and numba load if it is there, to know its objects when they meet them: a worker has none of them."""


class _Absent:
    """Says of some packages that they are not installed."""

    @staticmethod
    def find_spec(name: str, _path: object = None, _target: object = None) -> None:
        if name in _UNUSED:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


@contextmanager
def without_unused() -> Iterator[None]:
    """Let pyarrow and numba look around once without seeing what they would load for nothing: a quarter of the time."""
    sys.meta_path.insert(0, _Absent)
    try:
        yield
    finally:
        sys.meta_path.remove(_Absent)


def warm() -> None:
    """Load the work of a build, and call one compiled loop."""
    gc.disable()  # what loads makes many objects and no garbage, and the search for it is an eighth of the time
    with without_unused():
        from tagpress.build import settle, shard, survey  # noqa: F401, PLC0415 - see above
        from tagpress.read.columns import Columns  # noqa: PLC0415

        Columns().parse(b"token\tO\n")
    gc.freeze()  # nor will it ever be garbage, and a page that is not looked at stays shared with every worker
    gc.enable()


warm()
