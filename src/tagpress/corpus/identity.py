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
- **Near key**: 64 bits of a hash that is no secret (`columnar.hash_loops`), over the text without case, digits, white space and
  token ends; never published. Who forges one is told that two sentences are nearly the same, or told to drop his own.
- **Row digest**: SHA-256 over the sentence key, the label ids (uint16; none where there is no column of them), the id, a line feed, the document id, and
  the key of each extra column (made of its texts as the sentence key is of the tokens; a text by itself is a list of one, and
  so are numbers: the text of their int32s); a table's digest is the sum of its rows' digests modulo 2^256, so it does not depend on row order, sharding or Parquet
  encoding, and the digests of parts add up.
- **Layer digest**: the same sum, over the id of each row, a line feed, and the key of the layer's values: ids are int32s, a
  span is three of them. It says which layer of a split was edited.

Changing the first two moves sentences between splits, so it would be a major version of every corpus; changing the
third makes older manifests unverifiable, so it would be a new `format_version`.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa

from tagpress.columnar.arrays import list_bounds, string_bounds, string_bytes
from tagpress.columnar.block_rows import Column
from tagpress.columnar.bounds import rows_at
from tagpress.columnar.digests import BLAKE2B_BYTES, blake2b_of, sha256_of
from tagpress.columnar.gather import gather_rows
from tagpress.columnar.hash_loops import number_keys, text_keys, words_of
from tagpress.columnar.loops import find_bytes
from tagpress.columnar.types import Bools, Hashes, Integers, Ints, Keys
from tagpress.corpus.digests import DIGEST_MODULUS

KEY_BYTES: Final = BLAKE2B_BYTES
_DIGIT: Final = re.compile(r"\d")  # of any script
# Bytes for which a near key needs a look at the text itself: what may be white space, and what is no ASCII.
_NEEDS_TEXT: Final = np.array([byte <= ord(" ") or byte > 0x7F for byte in range(256)], dtype=np.uint8)  # noqa: PLR2004


def sentence_keys(tokens: pa.ListArray) -> Keys:
    """Return the key of every sentence of a `list<string>` array, as an array of shape [sentences, 16]."""
    bounds, tokens_at = string_bounds(tokens.values), list_bounds(tokens)
    lengths = np.diff(bounds).astype("<i4", copy=False).view(np.uint8)
    return blake2b_of((lengths, 4 * tokens_at), (string_bytes(tokens.values), bounds[tokens_at]))


def row_id(key: str, copy: int) -> str:
    """
    Return the id of a published row: its sentence key in hex, and a number behind it for the second copy and later ones.

    >>> row_id("b8b0318a", 1), row_id("b8b0318a", 2)
    ('b8b0318a', 'b8b0318a-2')

    """
    return key if copy == 1 else f"{key}-{copy}"


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sentence_key(tokens: Sequence[str]) -> bytes:
    """
    Return the key of one sentence; the plain-Python meaning of `sentence_keys`.

    >>> sentence_key(["Similarity", "learning"]).hex()
    'b8b0318aceeb4e83d8ba10412cd3096a'

    """
    encoded = [token.encode() for token in tokens]
    lengths = b"".join(len(token).to_bytes(4, "little") for token in encoded)
    return hashlib.blake2b(lengths + b"".join(encoded), digest_size=KEY_BYTES).digest()


def near_keys(tokens: pa.ListArray) -> Hashes:
    """
    Return a key of every sentence that forgives case, digits, white space and where tokens end.

    Copies have one near key, and so has what a reader would call the same sentence.
    """
    keys, odd = _text_keys(tokens)
    if odd.any():
        rows = np.flatnonzero(odd)
        keys[rows] = _text_keys(_looked_at(gather_rows(tokens, rows)))[0]
    return keys


def _looked_at(tokens: pa.ListArray) -> pa.ListArray:
    """Return sentences in which what needs a look at the text has had it, once for each distinct token; all else is in long pieces."""
    values, rows = tokens.values, list_bounds(tokens)
    bounds, text = string_bounds(values), string_bytes(values)
    at = rows_at(bounds, bounds[0] + find_bytes(text[bounds[0] : bounds[-1]], _NEEDS_TEXT))
    which = at[np.flatnonzero(np.diff(at, prepend=-1))]  # each once: they ascend
    words = values.take(pa.array(which)).dictionary_encode()
    forgiven = pa.array(map(_forgiven, words.dictionary.to_pylist()), pa.string())
    is_cut = np.zeros(len(bounds), dtype=np.bool_)
    is_cut[rows] = is_cut[which] = is_cut[which + 1] = True
    cuts = np.flatnonzero(is_cut)  # [piece, and one more]: its first token
    pieces = pa.StringArray.from_buffers(len(cuts) - 1, pa.py_buffer(bounds[cuts]), pa.py_buffer(text))
    places = np.arange(len(pieces), dtype=np.int32)
    places[np.searchsorted(cuts, which)] = len(pieces) + words.indices.to_numpy()
    ends = pa.array(np.searchsorted(cuts, rows).astype(np.int32))
    return pa.ListArray.from_arrays(ends, pa.concat_arrays([pieces, forgiven]).take(pa.array(places)))


def _text_keys(tokens: pa.ListArray) -> tuple[Hashes, Bools]:
    """Return a key of the text of each sentence without where its tokens end, and whether it needs another look."""
    at = string_bounds(tokens.values)[list_bounds(tokens)].astype(np.int64)
    return text_keys(words_of(string_bytes(tokens.values)[at[0] : at[-1]]), at - at[0])


def _forgiven(word: str) -> str:
    """Return a word without what near keys forgive, but for the case and the digits of ASCII, which need no such look."""
    return _DIGIT.sub("0", "".join(word.split()).casefold())


def label_keys(label_ids: Integers, bounds: Ints) -> Hashes:
    """Return a hash of every sentence's label ids; equal ids give equal hashes."""
    return number_keys(label_ids, bounds)


def document_keys(doc_ids: Iterable[str]) -> Keys:
    """Return the key of every document id, of which only the first 8 bytes are ever used."""
    digests = b"".join(hashlib.blake2b(name.encode(), digest_size=KEY_BYTES).digest() for name in doc_ids)
    return np.frombuffer(digests, dtype=np.uint8).reshape(-1, KEY_BYTES)


def group_hashes(keys: Keys, salt: str) -> Hashes:
    """Return the place of every sentence or document on the line from 0 to 2^64."""
    drawn = np.frombuffer(hashlib.blake2b(salt.encode(), digest_size=16).digest(), dtype="<u8").astype(np.uint64)
    places = np.ascontiguousarray(keys[:, :8]).view("<u8").reshape(-1).astype(np.uint64)
    places *= drawn[0] | np.uint64(1)  # modulo 2^64 by overflow, which is what is meant
    places += drawn[1]
    return places


def row_digest(
    keys: Keys,
    label_ids: Integers,
    bounds: Ints,
    *,
    ids: pa.StringArray,
    doc_ids: pa.StringArray,
    extra: Iterable[Keys] = (),
) -> int:
    """
    Return the digest of the rows of a table: the sum of their SHA-256 values modulo 2^256.

    `label_ids` is flat, one per token; `bounds` holds its n + 1 row offsets, from 0; `extra` are the keys of the extra
    columns.
    """
    every = np.arange(len(keys) + 1)
    return _sum_of(
        (keys.reshape(-1), KEY_BYTES * every),
        (label_ids.astype("<u2").view(np.uint8), 2 * bounds),
        (string_bytes(ids), string_bounds(ids)),
        (np.full(len(keys), ord("\n"), dtype=np.uint8), every),
        (string_bytes(doc_ids), string_bounds(doc_ids)),
        *((own.reshape(-1), KEY_BYTES * every) for own in extra),
    )


def layer_digest(keys: Keys, ids: pa.StringArray) -> int:
    """Return the digest of a layer, made as that of rows: of each row the id, a line feed, and the key of its values."""
    every = np.arange(len(keys) + 1)
    return _sum_of(
        (string_bytes(ids), string_bounds(ids)),
        (np.full(len(keys), ord("\n"), dtype=np.uint8), every),
        (keys.reshape(-1), KEY_BYTES * every),
    )


def _sum_of(*columns: Column) -> int:
    """Add up the SHA-256 values of rows modulo 2^256, column by column of 32 bits."""
    sums = sha256_of(*columns).sum(axis=0, dtype=np.uint64).tolist()
    return sum(int(one) << (32 * place) for place, one in enumerate(reversed(sums))) % DIGEST_MODULUS
