"""The numbers that saved states and cards depend on."""

import numpy as np

from tagpress.columnar.mixing import half_mixed, split_mix


def test_split_mix_is_the_published_generator():
    """The first outputs of SplitMix64 from the seed 1234567, as its reference implementation in C prints them."""
    with np.errstate(over="ignore"):
        found = split_mix(np.arange(1, 6, dtype=np.uint64), 1234567).tolist()
    assert found == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]


def test_half_mixed_stays_what_it_is():
    def plain(number: int) -> int:
        spread = (number + 0x9E3779B97F4A7C15) * 0xBF58476D1CE4E5B9 % 2**64
        return (spread ^ (spread >> 31)) * 0x9E3779B97F4A7C15 % 2**64

    numbers = [0, 1, 2**63, 2**64 - 1]
    assert half_mixed(np.array(numbers, dtype=np.uint64)).tolist() == [plain(number) for number in numbers]
