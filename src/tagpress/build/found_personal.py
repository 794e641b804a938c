"""Which sentences of a piece hold what may belong to a person, and from which token on?"""

from bisect import bisect_right
from itertools import accumulate

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tagpress.build.finding import Finding
from tagpress.columnar.types import Integers
from tagpress.corpus.personal_data import PREFILTER, masked, personal_data
from tagpress.read.parsed import Parsed

PERSONAL = "personal-data"


def personal_findings(parsed: Parsed, offsets: Integers) -> Finding:
    """Find personal data in sentences as their tokens make them with spaces between, for a number may be in several tokens."""
    texts = pc.binary_join(parsed.tokens.cast(pa.list_(pa.string())), " ")
    rows = np.flatnonzero(
        pc.match_substring_regex(texts, PREFILTER).fill_null(fill_value=False).to_numpy(zero_copy_only=False)
    )
    sentences, tokens, told = list[int](), list[int](), list[str]()
    for row in rows.tolist():
        text = texts[row].as_py()
        found = personal_data(text)
        if not found:
            continue
        words = parsed.tokens[row].as_py()
        begins = [0, *accumulate(len(word) + 1 for word in words)]
        for one in found:
            sentences.append(row)
            tokens.append(int(offsets[row]) + bisect_right(begins, one.start) - 1)
            told.append(f"{one.kind}: {masked(text[one.start : one.end])}")
    places = parsed.token_at[np.array(tokens, dtype=np.int64)]
    return Finding(PERSONAL, np.array(sentences, dtype=np.int64), places, lambda i: (told[i], ""))
