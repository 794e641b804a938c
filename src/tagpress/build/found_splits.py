"""Which sentences say no split that a script knows, where their source says the splits?"""

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np

from tagpress.build.finding import Finding
from tagpress.corpus.problems import few, quoted
from tagpress.read.parsed import FAULTS, Parsed

UNKNOWN: Final = "unknown-split"
# What leaves nothing of a sentence to read, and is named already: that it has no split either says nothing more. None of
# these can be published, whatever the policy.
_NOTHING_LEFT: Final = frozenset({"ragged-line", "empty-sentence", "broken-quote", "broken-record"})


def split_findings(parsed: Parsed, splits: Mapping[str, str]) -> Iterator[Finding]:
    """Yield the sentences whose split is none of those that `splits` declares by what the source says, and those that say two."""
    assert parsed.split is not None  # the dialect reads it: a declaration without that is refused
    said = parsed.split
    expected = f"one of {few(map(repr, splits))}"
    known = np.array([value in splits for value in said.values], dtype=np.bool_)
    which = np.flatnonzero(~known[said.code]) if len(said.code) else said.code
    silent = np.array([not value for value in said.values], dtype=np.bool_)[said.code[which]]
    kinds = np.isin(parsed.faults.kind, [kind for kind, code in enumerate(FAULTS) if code in _NOTHING_LEFT])
    which = which[~(silent & np.isin(which, parsed.faults.sentence[kinds]))]
    if len(which):
        yield Finding(UNKNOWN, which, said.at[which], lambda i: (_shown(said.values[said.code[which[i]]]), expected))
    if said.others:
        sentence, at = (np.array([other[part] for other in said.others], dtype=np.int64) for part in (0, 1))
        yield Finding(
            UNKNOWN,
            sentence,
            at,
            lambda i: (
                f"{_shown(said.others[i][2])}, where its first row says {_shown(said.values[said.code[sentence[i]]])}",
                "the same split in each row of a sentence",
            ),
        )


def _shown(value: str) -> str:
    return f"the split {quoted(value)}" if value else "no split"
