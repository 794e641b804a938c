"""Which sentences of a piece have one of some keys? Those of their text, in hex, as ids begin."""

from collections.abc import Collection, Iterator

import numpy as np
import pyarrow as pa

from tagpress.corpus.identity import sentence_keys


def keyed_rows(tokens: pa.ListArray, keys: Collection[str]) -> Iterator[tuple[int, str]]:
    """Yield each sentence that has one of these keys, and its key."""
    if not keys:
        return
    found = sentence_keys(tokens)
    wanted = np.frombuffer(b"".join(bytes.fromhex(key)[:8] for key in keys), dtype=np.uint64)
    heads = np.ascontiguousarray(found[:, :8]).view(np.uint64).reshape(-1)
    for row in np.flatnonzero(np.isin(heads, wanted)).tolist():
        key = found[row].tobytes().hex()
        if key in keys:
            yield row, key
