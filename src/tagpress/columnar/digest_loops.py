"""
Which digests do many rows have? BLAKE2b and SHA-256 of eight rows at once, in one compiled loop.

They are those of RFC 7693 (no key, 16 bytes) and of RFC 6234, as `hashlib` has them, which few rows are hashed with and which is
what tests hold these against: see `digests`. It takes a row at a time, and for a sentence the call takes as long as the hash.

The two are alike: a block is 16 words and a state 8, of 64 bits for BLAKE2b and of 32 for SHA-256. What a block does to a state is
another thing. Words lie in memory as on every machine that numba is made for: the lowest byte first.

This module loads numba when it is loaded, and the machine code of the loop: only `digests` imports it, where there is much to
hash, and the server that workers are forked from.
"""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numba.core import types
from numba.extending import intrinsic

from tagpress.columnar.block_rows import BlockRows
from tagpress.columnar.lanes import (
    LANES,
    At,
    Number,
    Vector,
    entry,
    every,
    in_every,
    kept,
    lesser,
    load,
    load_rows,
    numbers_of,
    repeated,
    rotated,
    shifted,
    store,
    sum_of,
    swapped,
    table,
    xor_of,
)
from tagpress.columnar.loops import compile_as
from tagpress.columnar.types import Array, Ints, Keys

_BLOCK: Final = 16  # words
_STATE: Final = 8
_BYTE: Final = 8  # bits


def _numbers(text: str) -> list[int]:
    return [int(number, 16) for number in text.split()]


# The fractions of the square roots of the first eight primes; SHA-256 has the upper half of each.
_ROOTS: Final = _numbers("""
    6a09e667f3bcc908 bb67ae8584caa73b 3c6ef372fe94f82b a54ff53a5f1d36f1
    510e527fade682d1 9b05688c2b3e6c1f 1f83d9abfb41bd6b 5be0cd19137e2179
""")

# And those of the cube roots of the first 64, one for each round of SHA-256.
_CUBE_ROOTS: Final = _numbers("""
    428a2f98 71374491 b5c0fbcf e9b5dba5 3956c25b 59f111f1 923f82a4 ab1c5ed5
    d807aa98 12835b01 243185be 550c7dc3 72be5d74 80deb1fe 9bdc06a7 c19bf174
    e49b69c1 efbe4786 0fc19dc6 240ca1cc 2de92c6f 4a7484aa 5cb0a9dc 76f988da
    983e5152 a831c66d b00327c8 bf597fc7 c6e00bf3 d5a79147 06ca6351 14292967
    27b70a85 2e1b2138 4d2c6dfc 53380d13 650a7354 766a0abb 81c2c92e 92722c85
    a2bfe8a1 a81a664b c24b8b70 c76c51a3 d192e819 d6990624 f40e3585 106aa070
    19a4c116 1e376c08 2748774c 34b0bcb5 391c0cb3 4ed8aa4a 5b9cca4f 682e6ff3
    748f82ee 78a5636f 84c87814 8cc70208 90befffa a4506ceb bef9a3f7 c67178f2
""")

# In which order the twelve rounds of BLAKE2b take the words of a block.
_ORDER: Final = _numbers("""
    0 1 2 3 4 5 6 7 8 9 a b c d e f  e a 4 8 9 f d 6 1 c 0 2 b 7 5 3  b 8 c 0 5 2 f d a e 3 6 7 1 9 4
    7 9 3 1 d c b e 2 6 5 a 4 0 f 8  9 0 5 7 2 4 a f e 1 b c 6 8 3 d  2 c 6 a 0 b 8 3 4 d 7 5 f e 1 9
    c 5 1 f e d 4 a 0 7 6 3 9 2 8 b  d b 7 e c 1 3 9 5 0 f 4 8 6 2 a  6 f e 9 b 3 0 8 c 2 d 7 1 4 a 5
    a 2 8 4 7 6 1 5 f b 9 e 3 c d 0  0 1 2 3 4 5 6 7 8 9 a b c d e f  e a 4 8 9 f d 6 1 c 0 2 b 7 5 3
""")

# Which four words of its square a step of a round mixes: the columns, then the diagonals.
_MIXED: Final = (
    (0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
    (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14),
)  # fmt: skip

_BLAKE2B: Final = np.array(_ROOTS, dtype=np.uint64) ^ np.array([0x01010010, *[0] * 7], dtype=np.uint64)
_SHA256: Final = np.array([root >> 32 for root in _ROOTS], dtype=np.uint32)


def _blake2b(at: At, state: list[Vector], block: list[Vector], until: Vector, last: Vector) -> list[Vector]:
    """Return the states behind a block, F of RFC 7693; `until` are the bytes up to its end, and `last` says whether it is the last."""
    kind = until.type
    words, order = kept(at, block), table(at, _ORDER, 64)
    square = [*state, *(every(kind, root) for root in _ROOTS)]
    square[12], square[14] = xor_of(at, square[12], until), xor_of(at, square[14], at.sext(last, kind))

    def mix(number: Number, square: list[Vector]) -> list[Vector]:
        for step, (a, b, c, d) in enumerate(_MIXED):
            for half, right, further in ((0, 32, 24), (1, 16, 63)):
                word = load(at, words, kind, entry(at, order, number, _BLOCK, 2 * step + half))
                square[a] = sum_of(at, square[a], square[b], word)
                square[d] = rotated(at, xor_of(at, square[d], square[a]), right)
                square[c] = sum_of(at, square[c], square[d])
                square[b] = rotated(at, xor_of(at, square[b], square[c]), further)
        return square

    square = repeated(at, len(_ORDER) // _BLOCK, square, mix)
    return [xor_of(at, own, square[i], square[i + _STATE]) for i, own in enumerate(state)]


def _sha256(at: At, state: list[Vector], block: list[Vector], *_: Vector) -> list[Vector]:
    """Return the states behind a block (RFC 6234, 6.2), which says itself where the row ends."""
    roots = table(at, _CUBE_ROOTS, 32)

    def mix(number: Number, values: list[Vector]) -> list[Vector]:
        (a, b, c, d, e, f, g, h), words = values[:_STATE], values[_STATE:]
        for place, word in enumerate(words):
            turned = xor_of(at, *(rotated(at, e, bits) for bits in (6, 11, 25)))
            chosen = xor_of(at, g, at.and_(e, xor_of(at, f, g)))  # of f where e has a bit, of g elsewhere
            root = in_every(at, entry(at, roots, number, _BLOCK, place))
            moved = sum_of(at, sum_of(at, h, word, root), sum_of(at, turned, chosen))
            turned = xor_of(at, *(rotated(at, a, bits) for bits in (2, 13, 22)))
            most = at.or_(at.and_(a, b), at.and_(c, at.or_(a, b)))  # what two of the three have
            a, b, c, d, e, f, g, h = sum_of(at, moved, turned, most), a, b, c, sum_of(at, d, moved), e, f, g
        for place in range(_BLOCK):
            near, far = words[place - 2], words[place - 15]
            near = xor_of(at, rotated(at, near, 17), rotated(at, near, 19), shifted(at, near, 10))
            far = xor_of(at, rotated(at, far, 7), rotated(at, far, 18), shifted(at, far, 3))
            words[place] = sum_of(at, words[place], far, words[place - 7], near)
        return [a, b, c, d, e, f, g, h, *words]

    behind = repeated(at, len(_CUBE_ROOTS) // _BLOCK, [*state, *(swapped(at, word) for word in block)], mix)
    return [sum_of(at, own, new) for own, new in zip(state, behind[:_STATE], strict=True)]


def _written(bits: int, behind: Callable[..., list[Vector]]) -> Any:  # noqa: ANN401 - an intrinsic of numba
    """
    Return what lets the states of eight rows be those behind their blocks with a number, from 0; `bits` are those of a word.

    A row that has no such block keeps its state.
    """

    def compress(_: Any, states: Any, data: Any, rows: Any, number: Any) -> tuple[Any, Any]:  # noqa: ANN401 - numba's types
        def write(context: Any, at: At, signature: Any, given: Any) -> Any:  # noqa: ANN401 - what numba gives
            *arrays, number = zip(signature.args, given, strict=True)
            state, words, row = (context.make_array(kind)(context, at, value).data for kind, value in arrays)
            kind, counted, done = numbers_of(bits), numbers_of(64), in_every(at, number[1])
            begins, blocks, sizes = (load(at, row, counted, place) for place in range(3))
            final, following = at.sub(blocks, every(counted, 1)), at.add(done, every(counted, 1))
            block = load_rows(at, words, kind, at.add(begins, lesser(at, done, final)), _BLOCK)
            until = lesser(at, at.mul(following, every(counted, _BLOCK * bits // _BYTE)), sizes)
            old = [load(at, state, kind, place) for place in range(_STATE)]
            new = behind(at, old, block, until, at.icmp_signed("==", done, final))
            has = at.icmp_signed("<=", done, final)
            for place in range(_STATE):
                store(at, at.select(has, new[place], old[place]), state, place)
            return context.get_dummy_value()

        return types.void(states, data, rows, number), write

    return intrinsic(compress)


_blake2b_block: Final = _written(64, _blake2b)
_sha256_block: Final = _written(32, _sha256)


@compile_as("void(boolean, uint64[:, ::1], uint64[::1], int64[:, :, ::1], int64[::1])")
def _hash_groups(
    wide: bool,  # noqa: FBT001 - see above
    states: Array,
    data: Array,
    groups: Array,
    most: Ints,
) -> None:
    """Let states be those behind the blocks of their eight rows, of which each group has the begins, how many, and the bytes."""
    for group in range(most.size):
        for block in range(most[group]):
            if wide:
                _blake2b_block(states[group], data, groups[group], block)
            else:
                _sha256_block(states[group], data, groups[group], block)


def blake2b(rows: BlockRows) -> Keys:
    """Return the BLAKE2b of 16 bytes of each row."""
    return _hashed(rows, _BLAKE2B, 2).view(np.uint8)


def sha256(rows: BlockRows) -> Array:
    """Return the SHA-256 of each row, as numbers of shape [row, 8]; behind the rows is written how many bits they have."""
    rows.data[rows.bounds[:-1] * rows.block + rows.sizes] = 0x80
    rows.data.view(">u8")[rows.bounds[1:] * (rows.block // _BYTE) - 1] = rows.sizes * _BYTE
    return _hashed(rows, _SHA256, _STATE)


def _hashed(rows: BlockRows, first: Array, size: int) -> Array:
    """Return some words of the state behind each row, of shape [row, word]; rows with as many blocks are hashed together."""
    blocks = np.diff(rows.bounds)
    # NumPy sorts numbers of 16 bits by counting them. Rows that have more blocks than that may come in any order.
    order = np.argsort(np.minimum(blocks, 0xFFFF).astype(np.uint16), kind="stable")
    taken = np.append(order, np.repeat(order[-1:], -len(order) % LANES))
    begins, blocks, sizes = (one[taken].reshape(-1, LANES) for one in (rows.bounds, blocks, rows.sizes))
    states = np.tile(np.repeat(first, LANES).view(np.uint64), (len(blocks), 1))
    groups = np.stack([begins, blocks, sizes], axis=1)
    _hash_groups(first is _BLAKE2B, states, rows.data.view(np.uint64), groups, blocks.max(axis=1))
    behind = states.view(first.dtype).reshape(-1, _STATE, LANES)[:, :size].transpose(0, 2, 1)
    found = np.empty((len(order), size), dtype=first.dtype)
    found[taken] = behind.reshape(-1, size)
    return found
