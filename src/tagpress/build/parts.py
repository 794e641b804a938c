"""Reading the configurations of a corpus one after the other: what each has, and what all have together."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tagpress.build.account import Account, account_for
from tagpress.build.advice import better_dialect, unused_splits
from tagpress.build.declared import Declared
from tagpress.build.empty_splits import empty_splits
from tagpress.build.moves import Moves, moves_on
from tagpress.build.read_all import Reading, read_corpus
from tagpress.build.report import Report, make_report
from tagpress.build.shard_counts import shard_counts
from tagpress.build.shared_text import settle_shared
from tagpress.corpus.config_names import DEFAULT_CONFIG
from tagpress.corpus.counts import added
from tagpress.corpus.manifest import Manifest
from tagpress.corpus.problem_lines import problem_lines
from tagpress.corpus.problem_table import ProblemTable
from tagpress.engine import Engine
from tagpress.engine.progress import Progress
from tagpress.store import Store

NOTES: Final = ("rejected", "problems")
"""What stands beside a build, in lines of JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigPart:
    """A configuration that was read: what became of it, and the moves that know where its rows wait, `below` the scratch."""

    reading: Reading
    account: Account
    report: Report
    moves: Moves
    below: str

    @property
    def config(self) -> str:
        """Return the name of the configuration."""
        return self.reading.declaration.config


def read_parts(
    declared: Declared,
    runs: Engine,
    scratch: Store,
    *,
    progress: Progress,
    previous: Manifest | None = None,
    alone: bool = False,
    doubts: bool = False,
    least_sure: float | None = None,
) -> tuple[ConfigPart, ...]:
    """
    Read and settle every configuration; what is spilled stays in `scratch`. `previous` shard counts are kept.

    With `alone`, nothing is said of splits that would be empty; with `doubts`, also what is in doubt is said, from the score `least_sure` on if there is one.

    Raises:
        UsageError: doubts are wanted, and a configuration has neither entities nor other spans.

    """
    if doubts:
        from tagpress.build.doubts.layers import require_spans  # noqa: PLC0415 - few ask for doubts, and they take long to load

        for one in declared:
            require_spans(one)
    readings, moves, below = {}, {}, {}
    for number, (name, declaration) in enumerate(declared.configs.items()):
        below[name] = "" if declared.is_flat else f"configs/{number}/"
        moves[name] = moves_on(runs, scratch.below(below[name].rstrip("/")) if below[name] else scratch)
        readings[name] = read_corpus(declaration, moves[name], progress=progress)
    settle_shared(declared.shared, readings, runs)
    parts = []
    for name, reading in readings.items():
        account = account_for(reading, runs)
        released = previous.released.get(name) if previous else None
        counts = shard_counts(reading, account.rows, released.shards if released else None)
        report = (make_report if alone else full_report)(reading, account, counts)
        if doubts:
            from tagpress.build.doubts.find import find_doubts  # noqa: PLC0415 - as above
            from tagpress.build.doubts.judge import LEAST  # noqa: PLC0415 - as above

            found = find_doubts(reading, runs, scratch, least_sure or LEAST)
            report = report.with_notes(found.notes, found.left_out, found.less_sure)
        parts.append(ConfigPart(reading=reading, account=account, report=report, moves=moves[name], below=below[name]))
    return tuple(parts)


def full_report(reading: Reading, account: Account, shards: dict[str, int]) -> Report:
    """Return the report of a configuration; where nothing else stops it, with the splits that would be empty."""
    report = make_report(reading, account, shards)
    return report.with_problems(empty_splits(reading, account.rows)) if report.ok else report


def whole_report(parts: Sequence[ConfigPart]) -> Report:
    """Return what all configurations hold together, each of them inside; one without a name is the whole itself."""
    reports = {part.config: part.report for part in parts}
    if list(reports) == [DEFAULT_CONFIG]:
        return reports[DEFAULT_CONFIG]
    every = reports.values()
    return Report(
        sentences=sum(one.sentences for one in every),
        tokens=sum(one.tokens for one in every),
        labels=added([one.labels for one in every]),
        splits=_apart({name: one.splits for name, one in reports.items()}),
        shards=_apart({name: one.shards for name, one in reports.items()}),
        problems=ProblemTable.joined(one.problems for one in every).in_order(),
        published=sum(one.published for one in every),
        rejected=sum(one.rejected for one in every),
        accounts={
            f"{name}: {path}": account for name, one in reports.items() for path, account in one.accounts.items()
        },
        unread=tuple(sorted({column for one in every for column in one.unread})),
        aside=added([one.aside for one in every]),
        corrections=added([one.corrections for one in every]),
        layers={
            name: added([one.layers.get(name, {}) for one in every])
            for name in dict.fromkeys(name for one in every for name in one.layers)
        },
        configs=reports,
        predictions=next(iter(every)).predictions if len(reports) == 1 else None,
        notes_left_out=added([one.notes_left_out or {} for one in every]) if _noted(every) else None,
        less_sure=added([one.less_sure for one in every]),
    )


def _noted(reports: Iterable[Report]) -> bool:
    return any(one.notes_left_out is not None for one in reports)


def _apart(counts: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    """Return the counts of all splits, which are called CONFIG/SPLIT, as the folders of a build are."""
    return {f"{name}/{split}": count for name, some in counts.items() for split, count in some.items()}


def write_notes(parts: Sequence[ConfigPart], of_annotators: ProblemTable, store: Store) -> None:
    """Write what stands beside a build, and with its problems those of files that were read for agreement alone."""
    lines = {"rejected": _rejected(parts), "problems": _problems(parts, of_annotators)}
    for kind in NOTES:
        with store.create(f"{kind}.jsonl") as path, path.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(lines[kind])


def _rejected(parts: Sequence[ConfigPart]) -> Iterator[str]:
    encode = json.JSONEncoder(
        ensure_ascii=False, sort_keys=True
    ).encode  # made once: `json.dumps` would make one for each line
    for part in parts:
        known = _named(part, parts)
        own = {} if known is None else {"config": known}
        yield from (f"{encode({**entry, **own})}\n" for entry in part.account.rejected)


def _problems(parts: Sequence[ConfigPart], of_annotators: ProblemTable) -> Iterator[str]:
    for part in parts:
        yield from problem_lines(part.report.problems, _named(part, parts))
    yield from problem_lines(of_annotators)


def _named(part: ConfigPart, parts: Sequence[ConfigPart]) -> str | None:
    """Return what a line of the notes beside a build says of its configuration, where that has a name."""
    return None if part.config == DEFAULT_CONFIG and len(parts) == 1 else part.config


def unused_of(parts: Sequence[ConfigPart]) -> list[str]:
    """Return what each configuration computes and its sources say, which is told of a build too: it cannot be seen in it."""
    said = {part.config: unused_splits(part.reading.declaration, part.report.accounts) for part in parts}
    return [f"{config}: {one}" if len(parts) > 1 else one for config, one in said.items() if one]


def advice_for(parts: Sequence[ConfigPart]) -> Iterator[str]:
    """Yield what would help, where the problems of a configuration show it."""
    for part in parts:
        declaration = part.reading.declaration
        found = better_dialect(declaration.dialect, [*part.reading.sources], part.report.problems.counts())
        if found:
            yield f"{part.config}: {found}" if len(parts) > 1 else found
