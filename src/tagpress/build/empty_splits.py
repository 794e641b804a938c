"""What if a split would be empty: the problem, and a salt or grouping that mends it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np

from tagpress.build import spill
from tagpress.build.read_all import Reading
from tagpress.columnar.types import Keys
from tagpress.corpus.field_splits import FieldSplits
from tagpress.corpus.identity import document_keys, group_hashes
from tagpress.corpus.problem_rule import Policy
from tagpress.corpus.problems import Problem, counted, problem
from tagpress.corpus.splits import CELLS, Hashed, cell_of

# How many salts are tried for one that fills every split, before saying that the corpus is too small.
_SALTS_TRIED: Final = 1000


def empty_splits(reading: Reading, rows: Mapping[str, int]) -> list[Problem]:
    """Report every split without a sentence, with a salt or grouping that fills it; `rows` counts those of each split."""
    empty = [split for split, count in rows.items() if not count]
    if not empty:
        return []
    declaration, advice = reading.declaration, _advice(reading)
    found = [
        problem(
            "empty-split",
            Policy.ERROR,
            path=declaration.script.name,
            found=f"no sentence is left for {declaration.called(split)}",
        )
        for split in empty
    ]
    return [replace(one, hint=advice) for one in found]


def _advice(reading: Reading) -> str:
    """Propose a salt that fills every split, or what else could."""
    rule = reading.declaration.splits
    if isinstance(rule, FieldSplits):
        return "no sentence that is kept says it: mend what the sources say, or leave the split out of SPLITS"
    if not isinstance(rule, Hashed):
        return "give the split a source with sentences, or leave it out of SOURCES"
    salt = filling_salt(reading)
    if salt is not None:
        return f'set salt="{salt}" in SPLITS, or --salt {salt}: it fills every split'
    groups = _group_keys(reading, rule)
    if rule.group == "document":
        return f'there are too few documents ({len(groups)}): set group="sentence" in SPLITS, or --group sentence'
    few = counted(len(groups), "different sentence")
    return f"{few} cannot fill {len(rule.names)} splits; set the weight of a split to 0"


def filling_salt(reading: Reading) -> str | None:
    """Return the first of "1", "2", ... that leaves no split empty, or None where no salt can."""
    rule = reading.declaration.splits
    if not isinstance(rule, Hashed):
        return None
    groups = _group_keys(reading, rule)
    for salt in range(1, _SALTS_TRIED + 1) if len(groups) >= len(rule.names) else ():
        if len(np.unique(cell_of(group_hashes(groups, str(salt)), rule) // CELLS)) == len(rule.names):
            return str(salt)
    return None


def _group_keys(reading: Reading, rule: Hashed) -> Keys:
    """Return the different groups of what is published."""
    if rule.group == "document":
        return document_keys({doc_id for piece in reading.pieces for doc_id in piece.doc_ids})
    keys = [spill.keys_of(piece.spill.map_sentences()) for piece in reading.pieces]
    return np.unique(np.concatenate(keys), axis=0)
