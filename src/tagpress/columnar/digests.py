"""
Which digest has each of many rows? `hashlib` says it of few, a compiled loop of many: the same, in a fifth of the time.

To load the loop takes as long as it saves with ten thousand rows, and to compile it half a second, once in an environment.
"""

import hashlib
from typing import Final

import numpy as np

from tagpress.columnar.block_rows import Column, join_rows
from tagpress.columnar.types import Array, Keys

MANY: Final = 4096
"""How many rows at once are hashed by the loop."""

BLAKE2B_BYTES: Final = 16


def blake2b_of(*columns: Column) -> Keys:
    """Return the BLAKE2b of each row, which is what stands between its two bounds in one column after the other."""
    rows = join_rows(columns, block=128)
    if len(rows) >= MANY:
        from tagpress.columnar import digest_loops  # noqa: PLC0415 - it loads numba

        return digest_loops.blake2b(rows)
    digests = b"".join([hashlib.blake2b(row, digest_size=BLAKE2B_BYTES).digest() for row in rows])
    return np.frombuffer(digests, dtype=np.uint8).reshape(-1, BLAKE2B_BYTES)


def sha256_of(*columns: Column) -> Array:
    """Return the SHA-256 of each row, as `blake2b_of`: numbers of 32 bits, of shape [row, 8], the first of which counts most."""
    rows = join_rows(columns, block=64, room=9)
    if len(rows) >= MANY:
        from tagpress.columnar import digest_loops  # noqa: PLC0415 - it loads numba

        return digest_loops.sha256(rows)
    return np.frombuffer(b"".join([hashlib.sha256(row).digest() for row in rows]), dtype=">u4").reshape(-1, 8)
