"""
The second move of a build: every sentence is settled against all others, by key.

What occurs once is published. Copies are settled by policy: between splits first (a copy leaves train before
validation before test), then within the split that keeps them. Everything that is chosen is chosen in canonical
order, so neither the order of the sources nor the cut into pieces leaves a trace.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from tagpress.errors import DataError
from tagpress.identity import document_keys, group_hashes
from tagpress.problems import Problem, counted, problem
from tagpress.rules import Policies, Policy
from tagpress.schema import LEAK_ORDER
from tagpress.sentences import Ints, Sentences
from tagpress.split import GivenSplits, HashSplits, SplitRule, shard_count, shard_of, split_of

# How many salts are tried for one that fills every split, before saying that the corpus is too small.
_SALTS_TRIED: Final = 1000
Report = Callable[[list[int], str, str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """
    What becomes of every sentence.

    `published` holds the sentences of each (split, shard) in canonical order; `copy` numbers the published copies of
    one sentence from 1; `rejected` gives each sentence that stays behind its reason.
    """

    shards: dict[str, int]
    published: dict[tuple[str, int], Ints]
    copy: Ints
    rejected: dict[int, str]
    problems: tuple[Problem, ...]


def settle(sentences: Sentences, rule: SplitRule, policies: Policies, previous: Mapping[str, int]) -> Settled:
    """
    Settle duplicates, conflicts and leakage, then give every sentence its shard.

    `previous` holds the shard counts of the last release, which are kept while they fit.
    """
    order = sentences.canonical_order()
    copies = _settle_copies(sentences, order, rule, policies)
    kept = np.ones(len(sentences), dtype=np.bool_)
    kept[list(copies.rejected)] = False
    order = order[kept[order]]
    shards: dict[str, int] = {}
    published: dict[tuple[str, int], Ints] = {}
    for number, split in enumerate(rule.names):
        rows = order[sentences.split[order] == number]
        groups = len(np.unique(sentences.group[rows]))
        shards[split] = shard_count(len(rows), groups, split, previous.get(split))
        shard = shard_of(sentences.group[rows], split, shards[split], rule)
        published |= {(split, i): rows[shard == i] for i in range(shards[split])}
    return Settled(
        shards=shards,
        published=published,
        copy=copies.copy,
        rejected=copies.rejected,
        problems=tuple(sorted(copies.problems)),
    )


@dataclass(frozen=True, slots=True)
class _Copies:
    """What was decided of the sentences that occur more than once; filled while they are walked through."""

    copy: Ints
    rejected: dict[int, str]
    problems: list[Problem]


def _settle_copies(sentences: Sentences, order: Ints, rule: SplitRule, policies: Policies) -> _Copies:
    found = _Copies(np.ones(len(sentences), dtype=np.int64), {}, [])
    # In splits that we compute, dropping the copy that leaks is ours to do; given splits are their owner's to mend.
    computed = not isinstance(rule, GivenSplits)
    policies = policies.with_default("split-leakage", Policy.DROP) if computed else policies

    def report(rows: list[int], code: str, what: str) -> None:
        path, line = sentences.place(rows[0])
        found.problems.append(problem(code, policies[code], path=path, place=(line, 1), found=what))
        for row in rows if policies[code] in (Policy.DROP, Policy.ERROR) else ():
            found.rejected.setdefault(row, code)

    for rows in _repeated(sentences, order):
        remaining = _settle_leaks(sentences, rows, rule, report)
        _settle_one_split(sentences, remaining, report)
        published = [row for row in remaining if row not in found.rejected]
        found.copy[published] = np.arange(1, len(published) + 1)
    return found


def _repeated(sentences: Sentences, order: Ints) -> Iterator[list[int]]:
    """Yield the sentences of each key that occurs more than once, in canonical order."""
    keys = sentences.key[order]
    by_key = np.lexsort((keys[:, 1], keys[:, 0]))  # stable, so copies stay in canonical order
    different = (keys[by_key[1:]] != keys[by_key[:-1]]).any(axis=1)
    bounds = np.concatenate([[0], np.flatnonzero(different) + 1, [len(keys)]])
    for i in np.flatnonzero(np.diff(bounds) > 1):
        yield order[by_key[bounds[i] : bounds[i + 1]]].tolist()


def _settle_leaks(sentences: Sentences, rows: list[int], rule: SplitRule, report: Report) -> list[int]:
    """Report each split that has a sentence of another one; return the copies of the split that keeps it."""
    by_split: dict[str, list[int]] = {}
    for row in rows:
        by_split.setdefault(rule.names[sentences.split[row]], []).append(row)
    keeper = max(by_split, key=LEAK_ORDER.index)
    kept = by_split.pop(keeper)
    for split, leaking in by_split.items():
        tags = "the same tags" if sentences.text(leaking[0]) == sentences.text(kept[0]) else "other tags"
        more = f" (and {counted(len(leaking) - 1, 'more time')} in {split})" if len(leaking) > 1 else ""
        what = f"a sentence of {split} that {keeper} has with {tags} at {_place(sentences, kept[0])}{more}"
        report(leaking, "split-leakage", what)
    return kept


def _settle_one_split(sentences: Sentences, rows: list[int], report: Report) -> None:
    """Report equal copies after the first, and every variant of a sentence that is tagged in more than one way."""
    variants: dict[tuple[int, ...], int] = {}
    for row in rows:
        first = variants.setdefault(sentences.text(row)[1], row)
        if first != row:
            report([row], "duplicate", f"the sentence of {_place(sentences, first)} again")
    for row in variants.values() if len(variants) > 1 else ():
        others = ", ".join(_place(sentences, other) for other in variants.values() if other != row)
        report([row], "conflicting-duplicate", f"the tokens of {others} with other tags")


def _place(sentences: Sentences, row: int) -> str:
    path, line = sentences.place(row)
    return f"{path}:{line}"


def refuse_empty_splits(sentences: Sentences, settled: Settled, rule: SplitRule) -> None:
    """
    Stop where a split would have no sentence.

    Raises:
        DataError: it names the splits and a salt or grouping that fills them.

    """
    kept = np.concatenate(list(settled.published.values()))
    counts = np.bincount(sentences.split[kept], minlength=len(rule.names))
    empty = [name for name, count in zip(rule.names, counts, strict=True) if not count]
    if empty:
        message = f"no sentence is left for {' and '.join(empty)}"
        raise DataError(message, _advice(sentences, kept, rule))


def _advice(sentences: Sentences, kept: Ints, rule: SplitRule) -> str:
    """Propose a salt that fills every split, or what else could."""
    if not isinstance(rule, HashSplits):
        return "give the split a source with sentences, or leave it out of SOURCES"
    groups = document_keys(sentences.doc_ids) if rule.group == "document" else sentences.key[kept].view(np.uint8)
    for salt in range(1, _SALTS_TRIED + 1) if len(groups) >= len(rule.names) else ():
        if len(np.unique(split_of(group_hashes(groups, str(salt)), rule))) == len(rule.names):
            return f'set salt="{salt}" in SPLITS, or --salt {salt}: it fills every split'
    if rule.group == "document":
        return f'there are too few documents ({len(groups)}): set group="sentence" in SPLITS, or --group sentence'
    return f"there are too few different sentences ({len(groups)}) for {len(rule.names)} splits; set the weight of a split to 0"
