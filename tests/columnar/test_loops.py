"""Each compiled loop does what a line of Python says."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tagpress.columnar.loops import compile_as, compile_now, copy_rows, count_labels, find_bytes, lines_before

BYTES = st.binary(max_size=40)


def array(data):
    return np.frombuffer(data, dtype=np.uint8)


@given(st.lists(st.sampled_from([b"\n", b"a", b"\r"]), max_size=40).map(b"".join), st.data())
def test_lines_are_counted_before_each_place(data, more):
    at = sorted(more.draw(st.lists(st.integers(0, len(data)))))
    assert lines_before(array(data), np.array(at, dtype=np.int64)).tolist() == [data[:n].count(b"\n") for n in at]


@given(BYTES, st.sets(st.integers(0, 255)))
def test_bytes_are_found_where_they_are(data, wanted):
    table = np.array([byte in wanted for byte in range(256)], dtype=np.uint8)
    assert find_bytes(array(data), table).tolist() == [at for at, byte in enumerate(data) if byte in wanted]


@given(st.lists(BYTES, max_size=6), st.lists(BYTES, max_size=6))
def test_rows_are_copied_one_column_after_the_other(one, other):
    rows = list(zip(one, other, strict=False))
    ends = np.cumsum([0, *(len(a) + len(b) for a, b in rows)]).astype(np.int64)
    target, places = np.zeros(ends[-1], dtype=np.uint8), ends[:-1].copy()
    for column in zip(*rows, strict=True):
        bounds = np.cumsum([0, *map(len, column)]).astype(np.int64)
        copy_rows(array(b"".join(column)), bounds, target, places)
    assert [target[start:stop].tobytes() for start, stop in pairwise(ends)] == [a + b for a, b in rows]
    assert places.tolist() == ends[1:].tolist()


@given(st.lists(st.tuples(st.integers(0, 2), st.lists(st.integers(0, 4), max_size=5)), max_size=8))
def test_labels_are_counted_by_kind(sentences):
    bounds = np.cumsum([0, *(len(labels) for _, labels in sentences)])
    flat = np.array([label for _, labels in sentences for label in labels], dtype=np.int16)
    kinds = np.array([kind for kind, _ in sentences], dtype=np.int64)
    found = count_labels(flat, bounds, kinds, (3, 5))
    every = [(kind, label) for kind, labels in sentences for label in labels]
    assert found.tolist() == [[every.count((kind, label)) for label in range(5)] for kind in range(3)]


def test_a_loop_is_compiled_where_no_folder_can_keep_it(monkeypatch):
    import numba

    compiler, asked = numba.njit, []

    def no_locator(*functions, **options):
        if functions:  # numba's own, which it loads to compile
            return compiler(*functions, **options)
        asked.append(options)
        if options.get("cache"):
            message = "cannot cache function: no locator available"
            raise RuntimeError(message)
        return compiler(**options)

    monkeypatch.setattr(numba, "njit", no_locator)
    assert compile_now(lambda number: number + 1)(1) == 2
    assert [options.get("cache", False) for options in asked] == [True, False]


def test_a_loop_for_one_signature_takes_other_numbers_as_those() -> None:
    double = compile_as("int64(int64)")(lambda number: 2 * number)
    twice = compile_now(lambda number: double(3) + double(number) + double(np.int32(number)))
    assert (twice(2), twice(np.uint8(5))) == (14, 26)
    assert len(double.signatures) == 1
