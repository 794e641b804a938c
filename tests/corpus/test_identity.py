import hashlib
import struct

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagpress.columnar import digests
from tagpress.corpus.digests import digest_hex
from tagpress.corpus.identity import document_keys, group_hashes, near_keys, row_digest, sentence_key, sentence_keys

SENTENCES = st.lists(st.lists(st.text(max_size=6), max_size=6), max_size=6)


@pytest.fixture(params=[0, digests.MANY], ids=["loop", "hashlib"], scope="module", autouse=True)
def many(request):
    """Hash all rows in the compiled loop, then with hashlib."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(digests, "MANY", request.param)
        yield


def column(sentences: list[list[str]]) -> pa.ListArray:
    return pa.array(sentences, pa.list_(pa.string()))


@given(SENTENCES)
def test_the_vectorised_keys_are_the_plain_ones(sentences):
    assert [key.tobytes() for key in sentence_keys(column(sentences))] == [sentence_key(tokens) for tokens in sentences]


@given(SENTENCES, st.integers(0, 6), st.integers(0, 6))
def test_a_slice_has_the_keys_of_its_rows(sentences, start, length):
    part = column(sentences).slice(start, length)
    wanted = [sentence_key(tokens) for tokens in sentences[start : start + length]]
    assert [key.tobytes() for key in sentence_keys(part)] == wanted


def test_where_a_token_ends_counts():
    assert len({sentence_key(tokens) for tokens in (["ab", "c"], ["a", "bc"], ["abc"], ["abc", ""], [])}) == 5


NEARLY = st.lists(st.lists(st.text("aAzZ09/:@[`{ \t\x1f\x7féٰ٣ßÉİ—漢😀\u3000", max_size=4), max_size=5), max_size=6)


@given(NEARLY, st.integers(0, 3))
def test_near_keys_are_equal_where_the_plain_texts_are(sentences, start):
    """Without case, digits and white space, and wherever tokens end; a slice has those of its rows."""
    texts = ["".join("".join(tokens).split()).casefold() for tokens in sentences]
    plain = ["".join("0" if one.isdecimal() else one for one in text) for text in texts]
    keys = near_keys(column(sentences)).tolist()
    assert len({*zip(keys, plain, strict=True)}) == len(set(keys)) == len(set(plain))
    assert near_keys(column(sentences).slice(start)).tolist() == keys[start:]


def test_the_salt_moves_groups():
    keys = document_keys(["a", "b", "c"])
    assert group_hashes(keys, "1").tolist() == group_hashes(keys, "1").tolist()
    assert not set(group_hashes(keys, "1").tolist()) & set(group_hashes(keys, "2").tolist())
    assert len(group_hashes(document_keys([]), "1")) == 0


@pytest.mark.parametrize("salt", ["1", "2", "another"])
def test_groups_spread_evenly_over_the_line(salt):
    places = group_hashes(document_keys(f"document {i}" for i in range(50_000)), salt)
    counts = np.histogram(places.astype(np.float64), bins=50, range=(0, 2.0**64))[0]
    # Chi-squared with 49 degrees of freedom exceeds 100 once in 40,000 salts.
    assert ((counts - 1000) ** 2 / 1000).sum() < 100


def test_two_salts_split_independently():
    keys = document_keys(f"document {i}" for i in range(50_000))
    first, second = (group_hashes(keys, salt) < 2**61 for salt in ("1", "2"))
    assert abs((first & second).sum() - 50_000 / 64) < 120  # four standard deviations


def one_row(identity: str, document: str, tokens: list[str], tags: list[int]) -> int:
    """The documented layout, written down a second time."""
    encoded = [token.encode() for token in tokens]
    lengths = b"".join(struct.pack("<I", len(token)) for token in encoded)
    key = hashlib.blake2b(lengths + b"".join(encoded), digest_size=16).digest()
    labels = b"".join(struct.pack("<H", tag) for tag in tags)
    return int.from_bytes(hashlib.sha256(key + labels + f"{identity}\n{document}".encode()).digest(), "big")


@given(SENTENCES, st.randoms(use_true_random=False))
def test_the_row_digest_is_the_documented_sum_in_any_order(sentences, random):
    rows = [(f"{i:02x}", f"d{i % 2}", tokens, [i % 3] * len(tokens)) for i, tokens in enumerate(sentences)]
    random.shuffle(rows)
    tokens = column([row[2] for row in rows])
    found = row_digest(
        sentence_keys(tokens),
        np.array([tag for row in rows for tag in row[3]], dtype=np.int64),
        tokens.offsets.to_numpy().astype(np.int64),
        ids=pa.array([row[0] for row in rows], pa.string()),
        doc_ids=pa.array([row[1] for row in rows], pa.string()),
    )
    assert digest_hex(found) == digest_hex(sum(one_row(*row) for row in rows))
