"""The compiled loop says of many rows what `hashlib` says of each."""

import hashlib
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagpress.columnar import digests
from tagpress.columnar.bounds import bounds_of

# About where a block of either is full, and where the count of bits behind a row of SHA-256 needs another one.
SIZES = st.builds(lambda blocks, more: max(64 * blocks + more, 0), st.integers(0, 9), st.integers(-9, 3))
ROWS = st.lists(
    st.tuples(SIZES, st.integers(0, 255)).map(lambda row: bytes((row[1] + i) % 256 for i in range(row[0]))), max_size=30
)


def column(rows):
    return np.frombuffer(b"".join(rows), dtype=np.uint8), bounds_of([len(row) for row in rows])


def blake2b(row):
    return hashlib.blake2b(row, digest_size=16).digest()


def sha256(row):
    return hashlib.sha256(row).digest()


def both(*columns):
    """Return the digests of each row as bytes: BLAKE2b, SHA-256."""
    ours = digests.blake2b_of(*columns), digests.sha256_of(*columns).astype(">u4")
    return [[row.tobytes() for row in one] for one in ours]


@pytest.fixture(params=[0, digests.MANY], ids=["loop", "hashlib"], scope="module", autouse=True)
def many(request):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(digests, "MANY", request.param)
        yield


@given(ROWS)
def test_rows_of_any_sizes_have_the_digests_of_hashlib(rows):
    assert both(column(rows)) == [[*map(blake2b, rows)], [*map(sha256, rows)]]


@given(st.lists(st.tuples(st.binary(max_size=150), st.binary(max_size=150)), max_size=20))
def test_a_row_is_what_its_columns_have_of_it(pairs):
    one, other = zip(*pairs, strict=True) if pairs else ((), ())
    rows = [a + b for a, b in pairs]
    assert both(column(one), column(other)) == [[*map(blake2b, rows)], [*map(sha256, rows)]]


@given(ROWS, st.data())
def test_bounds_may_begin_and_end_within_the_bytes(rows, more):
    data, bounds = column(rows)
    start = more.draw(st.integers(0, len(rows)))
    stop = more.draw(st.integers(start, len(rows)))
    wanted = rows[start:stop]
    assert both((data, bounds[start : stop + 1].astype(np.int32))) == [[*map(blake2b, wanted)], [*map(sha256, wanted)]]


def test_rows_of_more_blocks_than_are_sorted_by_stand_beside_short_ones():
    data = bytes(range(251)) * 40_000  # more than 0xFFFF blocks of 128 bytes
    rows = [data, b"", data[:-4_000_000], data[:77], data[:9_000_001]]
    assert both(column(rows)) == [[*map(blake2b, rows)], [*map(sha256, rows)]]


SCRIPT = """
import hashlib
import sys

import numpy as np

from tagpress.columnar.digests import MANY, blake2b_of, sha256_of

for rows in (MANY - 1, MANY):
    column = np.frombuffer(b"text" * rows, dtype=np.uint8), 4 * np.arange(rows + 1)
    assert "tagpress.columnar.digest_loops" not in sys.modules
    assert blake2b_of(column).tobytes() == hashlib.blake2b(b"text", digest_size=16).digest() * rows
    assert sha256_of(column).astype(">u4").tobytes() == hashlib.sha256(b"text").digest() * rows
assert "tagpress.columnar.digest_loops" in sys.modules
"""


def test_only_many_rows_load_the_loop():
    subprocess.run([sys.executable, "-c", SCRIPT], check=True, timeout=120)
