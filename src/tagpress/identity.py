"""
What makes a sentence, a group or a row the same: which hash, why, and what a change would cost.

Wanted: equal content gives equal keys on every machine, Python, worker count and file order; keys that no accident
can make collide; a split that nobody can guess from the text without the salt; and a digest of the published rows
that anyone can recompute with a standard library.

- **Sentence key**: BLAKE2b, 16 bytes, over the sentence's own Arrow layout (the tokens' byte lengths as little-endian
  uint32, then their UTF-8 bytes). Lengths make it injective: `["ab", "c"]` and `["a", "bc"]` differ.
  XXH3 is three times as fast, but both stay below the cost of writing the row, and a key that can be forged could be
  used to make the tool drop a sentence as a "duplicate". The hex of this key is the row's `id`.
- **Group hash**: BLAKE2b, 8 bytes, keyed with the salt: the position of a group on the line from 0 to 2^64
  on which splits and shards are intervals.
- **Row digest**: SHA-256 over the row in a documented layout; a table's digest is the sum of its rows' digests
  modulo 2^256, so it does not depend on row order, sharding or Parquet encoding, and parts can be added up.

Changing the first two moves sentences between splits, so it would be a major version of every corpus; changing the
third makes older manifests unverifiable, so it would be a new `format_version`.
"""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tagpress.arrays import list_bounds, string_bounds, string_bytes

KEY_BYTES: Final = 16
DIGEST_MODULUS: Final = 1 << 256


def sentence_keys(tokens: pa.ListArray) -> list[bytes]:
    """Return the key of every sentence of a `list<string>` array, in order."""
    return [hashlib.blake2b(b"".join(parts), digest_size=KEY_BYTES).digest() for parts in _sentence_bytes(tokens)]


def sentence_key(tokens: Sequence[str]) -> bytes:
    """
    Return the key of one sentence; the plain-Python meaning of `sentence_keys`.

    >>> sentence_key(["Similarity", "learning"]).hex()
    'b8b0318aceeb4e83d8ba10412cd3096a'

    """
    encoded = [token.encode() for token in tokens]
    lengths = b"".join(len(token).to_bytes(4, "little") for token in encoded)
    return hashlib.blake2b(lengths + b"".join(encoded), digest_size=KEY_BYTES).digest()


def group_hashes(groups: Iterable[bytes], salt: str) -> npt.NDArray[np.uint64]:
    """Return the place of every group on the line from 0 to 2^64."""
    # The salt is hashed to the key's length so that a salt of any length can be used.
    key = hashlib.blake2b(salt.encode(), digest_size=32).digest()
    digests = b"".join(hashlib.blake2b(group, digest_size=8, key=key).digest() for group in groups)
    return np.frombuffer(digests, dtype="<u8")


def row_digest(tokens: pa.ListArray, label_ids: npt.NDArray[np.int64], ids: list[str], doc_ids: list[str]) -> int:
    """
    Return the digest of the rows of a table: the sum of their SHA-256 values modulo 2^256.

    One row is hashed as: uint32 n; n uint32 byte lengths; the tokens' UTF-8 bytes; n int64 label ids; the id;
    a line feed; the document id. Numbers are little-endian. `label_ids` is flat, one per token.
    """
    offsets = list_bounds(tokens)
    tags = label_ids.astype("<i8").tobytes()
    start = int(offsets[0])
    counts = np.diff(offsets).astype("<u4")
    total = 0
    for row, (lengths, text) in enumerate(_sentence_bytes(tokens)):
        begin, end = (int(offsets[row]) - start) * 8, (int(offsets[row + 1]) - start) * 8
        name = f"{ids[row]}\n{doc_ids[row]}".encode()
        digest = hashlib.sha256(b"".join((counts[row].tobytes(), lengths, text, tags[begin:end], name)))
        total += int.from_bytes(digest.digest(), "big")
    return total % DIGEST_MODULUS


def digest_hex(total: int) -> str:
    """Return a row digest as 64 hex digits."""
    return f"{total % DIGEST_MODULUS:064x}"


def _sentence_bytes(tokens: pa.ListArray) -> Iterable[tuple[bytes, memoryview]]:
    """Yield, for each sentence, its tokens' byte lengths (uint32 LE) and their bytes, without copying."""
    bounds = string_bounds(tokens.values)
    lengths = np.diff(bounds).astype("<u4").tobytes()
    text = string_bytes(tokens.values).data
    tokens_at = list_bounds(tokens)
    bytes_at = bounds[tokens_at].tolist()
    lengths_at = (tokens_at * 4).tolist()
    for row in range(len(tokens)):
        yield lengths[lengths_at[row] : lengths_at[row + 1]], text[bytes_at[row] : bytes_at[row + 1]]
