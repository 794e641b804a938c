"""
What makes a sentence, a group or a row the same: which hash, why, and what a change would cost.

Wanted: equal content gives equal keys on every machine, Python, worker count and file order; keys that no accident
and no author can make collide; splits that look like chance; and a digest of the published rows that anyone can
recompute with a standard library.

- **Sentence key**: BLAKE2b, 16 bytes, over the tokens' byte lengths (little-endian uint32) and then their UTF-8 bytes,
  which is how Arrow holds them. Lengths make it injective: `["ab", "c"]` and `["a", "bc"]` differ.
  XXH3 takes a third of the time, but a key that can be forged could be used to make us drop a sentence as a
  "duplicate". The hex of this key is the row's `id`.
- **Group hash**: a point on the line from 0 to 2^64, on which splits and shards are intervals: `a * k + b` modulo 2^64
  (multiply-shift, Dietzfelbinger 1996), with `k` the first 8 bytes of the sentence key, or of BLAKE2b of
  the document's id, and `a` (odd) and `b` of BLAKE2b of the salt. `k` is as good as random already; the salt only
  has to move it.
- **Near key**: XXH3, 8 bytes, over the text without case, digits, white space and token ends; never published.
- **Row digest**: SHA-256 over the sentence key, the label ids (uint16), the id, a line feed, the document id, and
  the key of each extra column (made of its texts as the sentence key is of the tokens); a table's digest is the sum of its rows' digests modulo 2^256, so it does not depend on row order, sharding or Parquet
  encoding, and the digests of parts add up.

Changing the first two moves sentences between splits, so it would be a major version of every corpus; changing the
third makes older manifests unverifiable, so it would be a new `format_version`.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import xxhash

from tagpress.arrays import list_bounds, string_bounds, string_bytes

KEY_BYTES: Final = 16
DIGEST_MODULUS: Final = 1 << 256
_SHA256_BYTES: Final = 32

# What near keys forgive, for ASCII: A-Z become a-z, digits 0. A byte that is no ASCII, or white space, needs a look at
# the text itself.
_FOLD: Final = np.frombuffer(
    bytes(range(256)).lower().translate(bytes.maketrans(b"0123456789", b"0000000000")), np.uint8
)
_NEEDS_TEXT: Final = np.array([not chr(byte).isascii() or chr(byte).isspace() for byte in range(256)], dtype=np.uint8)
_DIGIT: Final = re.compile(r"\d")

# One row of 16 bytes for each sentence.
Keys: TypeAlias = npt.NDArray[np.uint8]


def sentence_keys(tokens: pa.ListArray) -> Keys:
    """Return the key of every sentence of a `list<string>` array, as an array of shape [sentences, 16]."""
    digests = b"".join([hashlib.blake2b(parts, digest_size=KEY_BYTES).digest() for parts in _sentence_bytes(tokens)])
    return np.frombuffer(digests, dtype=np.uint8).reshape(-1, KEY_BYTES)


def sentence_key(tokens: Sequence[str]) -> bytes:
    """
    Return the key of one sentence; the plain-Python meaning of `sentence_keys`.

    >>> sentence_key(["Similarity", "learning"]).hex()
    'b8b0318aceeb4e83d8ba10412cd3096a'

    """
    encoded = [token.encode() for token in tokens]
    lengths = b"".join(len(token).to_bytes(4, "little") for token in encoded)
    return hashlib.blake2b(lengths + b"".join(encoded), digest_size=KEY_BYTES).digest()


def near_keys(tokens: pa.ListArray) -> npt.NDArray[np.uint64]:
    """
    Return a key of every sentence that forgives case, digits, white space and where tokens end.

    Copies have one near key, and so has what a reader would call the same sentence. XXH3 is enough here: a
    collision is looked at again, and costs nothing but that look.
    """
    from tagpress import loops  # noqa: PLC0415 - numba costs 0.2 s: only who looks for near copies pays

    bounds, text = string_bounds(tokens.values), string_bytes(tokens.values)
    at = bounds[list_bounds(tokens)]
    text, ends = text[at[0] : at[-1]], at - at[0]
    folded = loops.translate(text, _FOLD).data
    plain = [xxhash.xxh3_64_intdigest(folded[start:stop]) for start, stop in pairwise(ends.tolist())]
    for row in np.unique(np.searchsorted(ends, loops.find_bytes(text, _NEEDS_TEXT), side="right") - 1).tolist():
        joined = "".join(text[ends[row] : ends[row + 1]].tobytes().decode().casefold().split())
        plain[row] = xxhash.xxh3_64_intdigest(_DIGIT.sub("0", joined).encode())
    return np.array(plain, dtype=np.uint64)


def label_keys(label_ids: npt.NDArray[np.integer[Any]], bounds: npt.NDArray[np.int64]) -> npt.NDArray[np.uint64]:
    """Return a hash of every sentence's label ids; equal ids give equal hashes."""
    data = label_ids.astype("<u2").data
    hashes = [xxhash.xxh3_64_intdigest(data[start:stop]) for start, stop in pairwise(bounds.tolist())]
    return np.array(hashes, dtype=np.uint64)


def document_keys(doc_ids: Iterable[str]) -> Keys:
    """Return the key of every document id, of which only the first 8 bytes are ever used."""
    digests = b"".join(hashlib.blake2b(name.encode(), digest_size=KEY_BYTES).digest() for name in doc_ids)
    return np.frombuffer(digests, dtype=np.uint8).reshape(-1, KEY_BYTES)


def group_hashes(keys: Keys, salt: str) -> npt.NDArray[np.uint64]:
    """Return the place of every sentence or document on the line from 0 to 2^64."""
    drawn = np.frombuffer(hashlib.blake2b(salt.encode(), digest_size=16).digest(), dtype="<u8").astype(np.uint64)
    places = np.ascontiguousarray(keys[:, :8]).view("<u8").reshape(-1).astype(np.uint64)
    places *= drawn[0] | np.uint64(1)  # modulo 2^64 by overflow, which is what is meant
    places += drawn[1]
    return places


def row_digest(
    keys: Keys,
    label_ids: npt.NDArray[np.integer[Any]],
    bounds: npt.NDArray[np.int64],
    names: Iterable[bytes],
) -> int:
    r"""
    Return the digest of the rows of a table: the sum of their SHA-256 values modulo 2^256.

    `label_ids` is flat, one per token; `bounds` holds its n + 1 row offsets, from 0; `names` yields each row's id, a
    line feed and its document id, as in `b"9f...\nQuicksort"`, with the keys of its extra columns behind it.
    """
    tags, key = label_ids.astype("<u2").tobytes(), keys.tobytes()
    ends = (2 * bounds).tolist()
    rows = zip(names, range(0, len(key), KEY_BYTES), ends[:-1], ends[1:], strict=True)
    parts = [
        hashlib.sha256(b"".join((key[at : at + KEY_BYTES], tags[start:stop], name))).digest()
        for name, at, start, stop in rows
    ]
    return _sum(b"".join(parts))


def digest_hex(total: int) -> str:
    """Return a row digest as 64 hex digits."""
    return f"{total % DIGEST_MODULUS:064x}"


def _sum(digests: bytes) -> int:
    """Add up big-endian 32-byte numbers modulo 2^256, column by column of 32 bits."""
    columns = np.frombuffer(digests, dtype=">u4").reshape(-1, _SHA256_BYTES // 4).sum(axis=0, dtype=np.uint64).tolist()
    return sum(int(column) << (32 * place) for place, column in enumerate(reversed(columns))) % DIGEST_MODULUS


def _sentence_bytes(tokens: pa.ListArray) -> Iterator[bytes]:
    """Yield, for each sentence, its tokens' byte lengths (uint32 LE) and then their bytes."""
    bounds = string_bounds(tokens.values)
    tokens_at = list_bounds(tokens)
    lengths = np.diff(bounds).astype("<u4").tobytes()
    text = string_bytes(tokens.values).data
    lengths_at, text_at = (4 * tokens_at).tolist(), bounds[tokens_at].tolist()
    for a, b, c, d in zip(lengths_at[:-1], lengths_at[1:], text_at[:-1], text_at[1:], strict=True):
        yield b"".join((lengths[a:b], text[c:d]))
