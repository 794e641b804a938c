"""
Where does the fork server of this process listen: at a socket, whose path a system bounds at about a hundred bytes.

`multiprocessing` puts it below the folder for temporary files, which is often longer than that on shared machines. Only
the socket moves then, into a folder that is this user's alone; what is written stays where it is wanted. (A socket
without a path would be open to everybody on the machine.)
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import util
from typing import Final

_LONGEST: Final = 103  # bytes of a socket's path: macOS has room for 104 with the zero behind it, Linux for 108
_FOLDER: Final = len("/pymp-12345678")  # as multiprocessing names what it makes
_SOCKET: Final = len("/listener-12345678")
_SHORT: Final = ("/tmp", "/var/tmp")  # noqa: S108 - a folder of our own is made in it, which nobody else may enter


def has_short_address() -> bool:
    """Return whether a socket of multiprocessing fits where it would be; where it does not, that is moved if it can be."""
    with _short_place():
        folder = util.get_temp_dir()  # made once in a process, and kept
    return len(os.fsencode(folder)) + _SOCKET <= _LONGEST


@contextmanager
def _short_place() -> Iterator[None]:
    """Have folders made in a short one where the usual one is too long."""
    usual = tempfile.gettempdir()
    fits = len(os.fsencode(usual)) + _FOLDER + _SOCKET <= _LONGEST
    there = None if fits else next((place for place in _SHORT if os.access(place, os.W_OK | os.X_OK)), None)
    before, tempfile.tempdir = tempfile.tempdir, there or usual
    try:
        yield
    finally:
        tempfile.tempdir = before
