import hashlib
import struct

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from tagpress.identity import digest_hex, group_hashes, row_digest, sentence_key, sentence_keys

SENTENCES = st.lists(st.lists(st.text(max_size=6), max_size=6), max_size=6)


def column(sentences: list[list[str]]) -> pa.ListArray:
    return pa.array(sentences, pa.list_(pa.string()))


@given(SENTENCES)
def test_the_vectorised_keys_are_the_plain_ones(sentences):
    assert sentence_keys(column(sentences)) == [sentence_key(tokens) for tokens in sentences]


@given(SENTENCES, st.integers(0, 6), st.integers(0, 6))
def test_a_slice_has_the_keys_of_its_rows(sentences, start, length):
    part = column(sentences).slice(start, length)
    assert sentence_keys(part) == [sentence_key(tokens) for tokens in sentences[start : start + length]]


def test_where_a_token_ends_counts():
    assert len({sentence_key(tokens) for tokens in (["ab", "c"], ["a", "bc"], ["abc"], ["abc", ""], [])}) == 5


def test_the_salt_moves_groups():
    groups = [b"a", b"b", b"c"]
    assert group_hashes(groups, "1").tolist() == group_hashes(groups, "1").tolist()
    assert group_hashes(groups, "1").tolist() != group_hashes(groups, "2").tolist()
    assert (
        group_hashes(groups, "a salt of more than sixty-four bytes, which is longer than a BLAKE2b key may be").dtype
        == np.uint64
    )
    assert len(group_hashes([], "1")) == 0


def one_row(identity: str, document: str, tokens: list[str], tags: list[int]) -> int:
    """The documented layout, written down a second time."""
    encoded = [token.encode() for token in tokens]
    parts = [
        struct.pack("<I", len(tokens)),
        *(struct.pack("<I", len(token)) for token in encoded),
        *encoded,
        *(struct.pack("<q", tag) for tag in tags),
        identity.encode() + b"\n" + document.encode(),
    ]
    return int.from_bytes(hashlib.sha256(b"".join(parts)).digest(), "big")


@given(SENTENCES, st.randoms(use_true_random=False))
def test_the_row_digest_is_the_documented_sum_in_any_order(sentences, random):
    rows = [(f"{i:02x}", f"d{i % 2}", tokens, [i % 3] * len(tokens)) for i, tokens in enumerate(sentences)]
    random.shuffle(rows)
    found = row_digest(
        column([row[2] for row in rows]),
        np.array([tag for row in rows for tag in row[3]], dtype=np.int64),
        [row[0] for row in rows],
        [row[1] for row in rows],
    )
    assert digest_hex(found) == digest_hex(sum(one_row(*row) for row in rows))
