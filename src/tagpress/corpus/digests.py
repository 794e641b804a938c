"""How are row digests added up? Modulo 2^256, so the digest of a whole is the sum of those of its parts."""

from collections.abc import Iterable
from typing import Final

DIGEST_MODULUS: Final = 1 << 256


def digest_hex(total: int) -> str:
    """Return a row digest as 64 hex digits."""
    return f"{total % DIGEST_MODULUS:064x}"


def sum_digests(digests: Iterable[str]) -> str:
    """Return the row digest of the union of sets of rows, from theirs."""
    return digest_hex(sum(int(digest, 16) for digest in digests))
