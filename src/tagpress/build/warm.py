"""
What every worker needs, loaded once by the server that they are forked from.

Loading the package is half of it. The other half is what is done once in a process: see `rehearsal`, in which there is too little
to hash for the loop that hashes.
"""

import gc
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
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
    """Load the work of a build, and do all of it once."""
    gc.disable()  # what loads makes many objects and no garbage, and the search for it is an eighth of the time
    with without_unused():
        import tagpress.columnar.digest_loops  # noqa: F401, PLC0415 - see above
        from tagpress.build.rehearsal import rehearse  # noqa: PLC0415 - see above
        from tagpress.read.columns import Columns  # noqa: PLC0415

        Columns().parse(b"token\tO\n")
        # Where nothing can be written, each worker does for the first time what it has to do, and says what is wrong.
        with suppress(OSError), tempfile.TemporaryDirectory(prefix="tagpress-rehearsal-") as folder:
            rehearse(Path(folder))
    gc.freeze()  # nor will it ever be garbage, and a page that is not looked at stays shared with every worker
    gc.enable()


warm()
