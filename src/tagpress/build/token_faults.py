"""Which tokens hold white space, or what no one can see, or are quoted and should not be?"""

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tagpress.build.expectations import Expectations
from tagpress.build.finding import Finding
from tagpress.columnar.arrays import string_bounds, string_bytes
from tagpress.columnar.bounds import rows_at
from tagpress.columnar.loops import find_bytes
from tagpress.columnar.types import Integers
from tagpress.corpus.characters import INVISIBLE, SPACE
from tagpress.corpus.problems import few, quoted
from tagpress.read.parsed import Parsed

QUOTE: Final = '"'

# Bytes that can be, or can begin, a quote, white space or an invisible character: ASCII controls and space, and the UTF-8
# lead bytes of every block with such characters. A token without them needs no closer look.
_LEADS: Final = (
    *range(0x21),
    ord(QUOTE),
    0x7F,
    0xC2,
    0xD8,
    0xDB,
    0xDC,
    0xE0,
    0xE1,
    0xE2,
    0xE3,
    0xEE,
    0xEF,
    0xF0,
    0xF3,
    0xF4,
)

_SUSPECT: Final = np.isin(np.arange(256), _LEADS).astype(np.uint8)

_QUOTED: Final = f"(?s)^{QUOTE}.+{QUOTE}$"


def token_faults(parsed: Parsed, offsets: Integers, expected: Expectations) -> Iterator[Finding]:
    """Find tokens that hold white space or what no one can see, or are quoted and should not be."""
    values: pa.StringArray = parsed.tokens.values
    bounds = string_bounds(values)

    def finding(code: str, which: Integers, describe: Callable[[str], str]) -> Finding:
        return Finding(
            code,
            rows_at(offsets, which),
            parsed.token_at[which],
            lambda i: (describe(values[int(which[i])].as_py()), ""),
        )

    hits = find_bytes(string_bytes(values)[bounds[0] : bounds[-1]], _SUSPECT) + bounds[0]
    if not len(hits):
        return  # which spares many small files three patterns each
    suspects = np.unique(rows_at(bounds, hits))
    texts = values.take(pa.array(suspects))
    spaced = suspects[pc.match_substring_regex(texts, SPACE).to_numpy(zero_copy_only=False)]
    unseen = suspects[pc.match_substring_regex(texts, INVISIBLE).to_numpy(zero_copy_only=False)]
    if expected.no_quotes:
        quoted_ones = suspects[pc.match_substring_regex(texts, _QUOTED).to_numpy(zero_copy_only=False)]
        yield finding("quoted-token", quoted_ones, lambda token: f"the token {quoted(token)}")
    yield finding("whitespace-in-token", spaced, lambda token: f"the token {quoted(token)}")
    yield finding("control-character", unseen, _name_invisible)


def _name_invisible(token: str) -> str:
    """Return a token with the code points in it that no one can see."""
    points = [f"U+{ord(character):04X}" for character in dict.fromkeys(token) if _is_invisible(character)]
    return f"{few(points)} in the token {quoted(token)}"


@lru_cache(maxsize=1 << 14)  # the pattern is Arrow's, and asked for one character at a time it is slow
def _is_invisible(character: str) -> bool:
    return bool(pc.match_substring_regex(pa.scalar(character), INVISIBLE).as_py())
