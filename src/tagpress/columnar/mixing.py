"""
How does a number become one that looks like chance? By multiplying and shifting modulo 2^64, the same on every machine.

What these give is in saved states of streams and in cards: a change here changes both.
"""

from typing import Final

import numpy as np

from tagpress.columnar.types import Hashes

GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)
"""2^64 over the golden ratio, odd: multiples of it spread neighbours over all bits."""

FIRST: Final = np.uint64(0xBF58476D1CE4E5B9)
"""The first multiplier of SplitMix64."""

_SECOND: Final = np.uint64(0x94D049BB133111EB)


def split_mix(numbers: Hashes, key: int) -> Hashes:
    """Return the numbers of SplitMix64 (Steele, Lea and Flood 2014) at these places of the sequence that `key` begins."""
    mixed = numbers * GOLDEN
    mixed += np.uint64(key)
    mixed ^= mixed >> np.uint64(30)
    mixed *= FIRST
    mixed ^= mixed >> np.uint64(27)
    mixed *= _SECOND
    mixed ^= mixed >> np.uint64(31)
    return mixed


def half_mixed(numbers: Hashes) -> Hashes:
    """Spread each number over all bits with half the work of `split_mix`: for ranks, of which several are mixed into one."""
    spread = (numbers + GOLDEN) * FIRST
    spread ^= spread >> np.uint64(31)
    return spread * GOLDEN
