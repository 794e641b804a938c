"""
How is one thing worked out for eight rows at once? With vectors, in which each row has a lane.

These write the instructions of LLVM that numba puts where a loop calls an intrinsic; `at` says where they go. The compiler makes of
them what the machine has, which may be AVX-512, AVX2, SSE2 or NEON. A loop over the eight, in Python, would be compiled to one that
puts every number back into memory after each step.

Numba compiles a loop anew when its own file has changed, and not when this one has.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias

from llvmlite import ir
from numba.core import cgutils

LANES: Final = 8

At: TypeAlias = Any
"""Where instructions go: a builder of llvmlite's, which has no types."""

Vector: TypeAlias = Any
"""A number of each of eight rows; all have 32 bits, or 64, or are yes or no."""

Kind: TypeAlias = Any
"""Of which numbers a vector is."""

Number: TypeAlias = Any
"""A number that is known only when the loop runs."""

Pointer: TypeAlias = Any
"""Where data begins in memory."""

_BYTE: Final = 8  # bits
_PLACE: Final = ir.IntType(64)


def numbers_of(bits: int) -> Kind:
    """Return the kind of vectors of numbers of some bits."""
    return ir.VectorType(ir.IntType(bits), LANES)


def every(kind: Kind, number: int) -> Vector:
    """Return a number in every lane."""
    return ir.Constant(kind, [number] * LANES)


def in_every(at: At, number: Number) -> Vector:
    """Return a number in every lane that is known only when the loop runs."""
    alone = at.insert_element(ir.Constant(ir.VectorType(number.type, LANES), ir.Undefined), number, _PLACE(0))
    return _picked(at, alone, alone, [0] * LANES)


def load(at: At, data: Pointer, kind: Kind, place: int | Number) -> Vector:
    """Return the `place`-th eight numbers of some data."""
    return at.load(_pointer(at, data, kind, place), align=kind.element.width // _BYTE)


def store(at: At, vector: Vector, data: Pointer, place: int) -> None:
    """Write a vector where `load` finds it."""
    at.store(vector, _pointer(at, data, vector.type, place), align=vector.type.element.width // _BYTE)


def _pointer(at: At, data: Pointer, kind: Kind, place: int | Number) -> Pointer:
    return at.gep(at.bitcast(data, kind.as_pointer()), [_PLACE(place) if isinstance(place, int) else place])


def load_rows(at: At, data: Pointer, kind: Kind, places: Vector, size: int) -> list[Vector]:
    """Return `size` numbers of each of eight rows: the first of each, then the second; the rows have `places` in the data."""
    rows = []
    for lane in range(LANES):
        first = at.mul(at.extract_element(places, _PLACE(lane)), _PLACE(size // LANES))
        rows.append([load(at, data, kind, at.add(first, _PLACE(part))) for part in range(size // LANES)])
    return [vector for part in zip(*rows, strict=True) for vector in _turned(at, part)]


def _turned(at: At, rows: Sequence[Vector]) -> list[Vector]:
    """Return eight vectors of a row each as eight of a lane each: what stands beside the diagonal changes places, ever more of it."""
    found, size = list(rows), 1
    while size < LANES:
        upper = [LANES + lane - size if lane & size else lane for lane in range(LANES)]
        lower = [LANES + lane if lane & size else lane + size for lane in range(LANES)]
        for row in range(LANES):
            if not row & size:
                one, other = found[row], found[row + size]
                found[row], found[row + size] = _picked(at, one, other, upper), _picked(at, one, other, lower)
        size *= 2
    return found


def _picked(at: At, one: Vector, other: Vector, places: Sequence[int]) -> Vector:
    return at.shuffle_vector(one, other, ir.Constant(ir.VectorType(ir.IntType(32), len(places)), list(places)))


def kept(at: At, vectors: Sequence[Vector]) -> Pointer:
    """Return where vectors are put that are to be loaded by a place which is known only when the loop runs."""
    data = cgutils.alloca_once(at, vectors[0].type, len(vectors))
    for place, vector in enumerate(vectors):
        store(at, vector, data, place)
    return data


def table(at: At, numbers: Sequence[int], bits: int) -> Pointer:
    """Return where numbers are that never change."""
    kind = ir.ArrayType(ir.IntType(bits), len(numbers))
    return at.bitcast(cgutils.global_constant(at, "table", kind(list(numbers))), kind.element.as_pointer())


def entry(at: At, numbers: Pointer, row: Number, size: int, place: int) -> Number:
    """Return a number of a table that has rows of some size."""
    return at.load(at.gep(numbers, [at.add(at.mul(row, _PLACE(size)), _PLACE(place))]))


def repeated(
    at: At, times: int, values: Sequence[Vector], step: Callable[[Number, list[Vector]], Sequence[Vector]]
) -> list[Vector]:
    """
    Return what vectors are after as many steps; `step` is given its number, from 0, and them, and returns new ones.

    It is written once: to compile all steps one after the other takes four times as long, and they run no faster.
    """
    slots = [cgutils.alloca_once_value(at, value) for value in values]
    with cgutils.for_range(at, _PLACE(times)) as loop:
        for slot, new in zip(slots, step(loop.index, [at.load(slot) for slot in slots]), strict=True):
            at.store(new, slot)
    return [at.load(slot) for slot in slots]


def sum_of(at: At, first: Vector, *others: Vector) -> Vector:
    """Return the sum of vectors, modulo 2 to the power of their bits."""
    for other in others:
        first = at.add(first, other)
    return first


def xor_of(at: At, first: Vector, *others: Vector) -> Vector:
    """Return the exclusive or of vectors."""
    for other in others:
        first = at.xor(first, other)
    return first


def lesser(at: At, one: Vector, other: Vector) -> Vector:
    """Return the lesser of two numbers with a sign, in each lane."""
    return at.select(at.icmp_signed("<", one, other), one, other)


def shifted(at: At, vector: Vector, bits: int) -> Vector:
    """Return numbers shifted to the right."""
    return at.lshr(vector, every(vector.type, bits))


def rotated(at: At, vector: Vector, bits: int) -> Vector:
    """Return numbers rotated to the right."""
    left = at.shl(vector, every(vector.type, vector.type.element.width - bits))
    return at.or_(shifted(at, vector, bits), left)


def swapped(at: At, vector: Vector) -> Vector:
    """Return numbers with their bytes in the other order."""
    size = vector.type.element.width // _BYTE
    parts = at.bitcast(vector, ir.VectorType(ir.IntType(_BYTE), LANES * size))
    places = [first + byte for first in range(0, LANES * size, size) for byte in reversed(range(size))]
    return at.bitcast(_picked(at, parts, parts, places), vector.type)
