"""What a corpus holds and what is wrong with it: the answer to `check`."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from tagpress.build.account import Account
from tagpress.build.correction_problems import correction_counts, correction_problems
from tagpress.build.declaration import Declaration
from tagpress.build.licenses import license_problems
from tagpress.build.read_all import Reading, piece_problems
from tagpress.build.settle import Settled
from tagpress.build.torn_documents import torn_documents
from tagpress.build.unmarked_stretches import unmarked_stretches
from tagpress.columnar.types import Ints
from tagpress.corpus.agreement import Agreements
from tagpress.corpus.counts import added
from tagpress.corpus.predictions import PredictionsUsed
from tagpress.corpus.problem_table import ProblemTable, first_of_each
from tagpress.corpus.problems import DOUBTFUL, Problem, counted, problem
from tagpress.corpus.splits import readers_of
from tagpress.read.account import LineAccount, total


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """
    What a corpus holds and what is wrong with it.

    `sentences`, `tokens` and `labels` count all that was read; `splits` counts what is published, `shards` its files;
    `sentences == published + rejected`. `accounts` say for each source what became of its lines and bytes; `unread` names the
    columns, or fields, of sources that nothing is read from; `aside` counts what else they have that is not published. `configs` are the
    reports of named configurations, of which this one is the sum. `notes_left_out` counts, where doubts were looked for, the notes of
    each code that are not among the problems; else it is None. `agreement` is that of annotators, where it was looked for.
    """

    sentences: int
    tokens: int
    labels: dict[str, int]
    splits: dict[str, int]
    shards: dict[str, int]
    problems: ProblemTable
    published: int
    rejected: int
    accounts: dict[str, LineAccount]
    unread: tuple[str, ...]
    aside: dict[str, int]
    card_warnings: tuple[str, ...] = ()
    advice: str = ""
    configs: Mapping[str, "Report"] = field(default_factory=dict)
    notes_left_out: Mapping[str, int] | None = None
    less_sure: Mapping[str, int] = field(default_factory=dict)
    """At most how many places of each code are in doubt and have a lower score than the notes that were asked for."""
    agreement: Agreements | None = None
    predictions: PredictionsUsed | None = None
    """What became of predictions, where any were given."""
    layers: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """How often each name of each layer was read: tokens of classes and labels, spans of nested types; what is unknown is not counted."""
    corrections: Mapping[str, int] = field(default_factory=dict)
    """How many corrections were applied, and how many the sources have made themselves; empty where there are none."""

    @property
    def read(self) -> LineAccount:
        """Return what became of all lines and bytes."""
        return total(self.accounts.values())

    @property
    def ok(self) -> bool:
        """Return whether the corpus can be built."""
        return not self.counts_of("error")

    def with_notes(
        self, notes: Sequence[Problem], left_out: Mapping[str, int], less_sure: Mapping[str, int] | None = None
    ) -> "Report":
        """Return the report with what is in doubt, beside what was in doubt before."""
        return replace(
            self.with_problems(notes),
            notes_left_out=added([self.notes_left_out or {}, left_out]),
            less_sure=added([self.less_sure, less_sure or {}]),
        )

    def with_problems(self, more: Sequence[Problem]) -> "Report":
        """Return the report with more problems, in order."""
        if not len(more):
            return self
        table = more if isinstance(more, ProblemTable) else ProblemTable.of(more)
        return replace(self, problems=ProblemTable.joined([self.problems, table]).in_order())

    @property
    def problem_counts(self) -> dict[str, int]:
        """Return the number of problems of each code, sorted by code."""
        counts = Counter[str]()
        for (_, code), count in self.problems.counts().items():
            counts[code] += count
        return dict(sorted(counts.items()))

    def counts_of(self, severity: str) -> dict[str, int]:
        """Return the number of problems of each code that have a severity, sorted by code."""
        return {code: count for (known, code), count in self.problems.counts().items() if known == severity}

    @property
    def note_counts(self) -> dict[str, int] | None:
        """Return the number of notes of each code, those that were left out too; None where nobody looked for doubts."""
        if self.notes_left_out is None:
            return None
        doubts = Counter(self._notes(doubtful=True))
        return dict(sorted((doubts + Counter(self.notes_left_out)).items()))

    def _notes(self, *, doubtful: bool) -> dict[str, int]:
        """Return the number of notes of each code: of labels in doubt, or of anything else."""
        notes = self.counts_of("note")
        return {code: count for code, count in notes.items() if code.startswith(DOUBTFUL) is doubtful}

    @property
    def unnoted(self) -> tuple[str, ...]:
        """Return lines: what is in doubt and not among the problems."""
        lines = [
            f"... and {left:,} more {code}, less sure than those that are written"
            for code, left in (self.notes_left_out or {}).items()
        ]
        if self.less_sure:
            listed = ", ".join(f"{code} {count:,}" for code, count in self.less_sure.items())
            lines.append(
                f"up to {counted(sum(self.less_sure.values()), 'place')} less sure than was asked for, not noted: {listed};"
                " tagpress check --doubts --least-sure 0.1 notes them too"
            )
        return tuple(lines)

    @property
    def predicted(self) -> tuple[str, ...]:
        """Return lines: what became of predictions, by configuration where there are several."""
        if self.predictions:
            return self.predictions.lines
        used = {name: one.predictions for name, one in self.configs.items()}
        lines = [f"{name}: {line}" for name, one in used.items() if one for line in one.lines]
        missing = ", ".join(name for name, one in used.items() if one is None)
        return (*lines, *([f"no predictions are given for {missing}"] if lines and missing else []))

    @property
    def summary(self) -> str:
        """Return one line: what was read, what is published, what was done about problems, what the card leaves open."""
        done = [f"read {counted(self.sentences, 'sentence')}, {self.published:,} published, {self.rejected:,} left out"]
        for word, codes in (
            ("errors", self.counts_of("error")),
            ("left out", self.counts_of("dropped")),
            ("repaired", self.counts_of("repaired")),
            ("warned", self.counts_of("warning")),
            ("noted", self._notes(doubtful=False)),
            ("in doubt", self._notes(doubtful=True)),
        ):
            if codes:
                listed = ", ".join(f"{code} {count:,}" for code, count in codes.items())
                done.append(f"{word}: {listed}")
        if self.corrections:
            done.append(f"{counted(self.corrections['applied'], 'correction')} applied")
        if self.card_warnings:
            done.append(f"the card has {counted(len(self.card_warnings), 'gap')}")
        return "; ".join(done)

    @property
    def verdict(self) -> str:
        """Return one line: whether the corpus can be built, and if not, what stops it."""
        errors = sum(self.counts_of("error").values())
        if errors:
            return f"it cannot be built yet: {counted(errors, 'error')} to mend, or to allow in POLICY"
        return "it can be built"

    def to_json(self) -> dict[str, Any]:
        """Return the document that `check --json` prints."""
        problems, left = first_of_each(self.problems)
        return {
            "sentences": self.sentences,
            "tokens": self.tokens,
            "labels": self.labels,
            **({"layers": {name: dict(counts) for name, counts in self.layers.items()}} if self.layers else {}),
            "splits": self.splits,
            "shards": self.shards,
            "readers": {split: list(readers_of(count)) for split, count in self.shards.items()},
            "problems": [found.to_json() for found in problems],
            "problems_left_out": left,
            "problem_counts": self.problem_counts,
            "published": self.published,
            "rejected": self.rejected,
            "lines": {
                "total": self.read.to_json(),
                "sources": {path: account.to_json() for path, account in self.accounts.items()},
            },
            "unread": list(self.unread),
            "aside": self.aside,
            "card_warnings": list(self.card_warnings),
            "advice": self.advice,
            "summary": self.summary,
            "verdict": self.verdict,
            **({} if self.note_counts is None else {"note_counts": self.note_counts}),
            **({} if self.note_counts is None else {"notes_less_sure": dict(self.less_sure)}),
            **({} if self.agreement is None else {"agreement": self.agreement.to_json()}),
            **({} if self.predictions is None else {"predictions": self.predictions.to_json()}),
            **({"corrections": dict(self.corrections)} if self.corrections else {}),
            **({"configs": {name: one.to_json() for name, one in self.configs.items()}} if self.configs else {}),
        }


def make_report(reading: Reading, account: Account, shards: dict[str, int]) -> Report:
    """Say what was read, what of it is published in how many `shards` of each split, and what is wrong with it."""
    read = sum(one.sentences for one in reading.surveyed)
    counts = np.sum([one.label_counts for one in reading.surveyed], axis=0).tolist()
    published = sum(account.rows.values())
    accounts: dict[str, list[LineAccount]] = {}
    for one in reading.surveyed:
        for file in one.files:
            accounts.setdefault(file.piece.source.name, []).append(file.account)
    return Report(
        sentences=read,
        tokens=sum(one.tokens for one in reading.surveyed),
        labels=dict(zip(reading.declaration.labels.published, counts, strict=False)),
        splits=account.rows,
        shards=shards,
        problems=_problems(reading, account),
        published=published,
        rejected=read - published,
        accounts={path: total(some) for path, some in accounts.items()},
        unread=tuple(sorted({name for one in reading.surveyed for name in one.unread})),
        corrections=correction_counts(reading),
        layers={
            name: added([one.layer_counts[name] for one in reading.surveyed])
            for name, layer in reading.declaration.layer_columns.items()
            if layer.names
        },
        aside=dict(sorted(sum((Counter(one.aside) for one in reading.surveyed), Counter[str]()).items())),
    )


def _problems(reading: Reading, account: Account) -> ProblemTable:
    settled = reading.settled
    corpus = [*near_duplicates(settled, reading.declaration), *missing_types(account.labels, reading.declaration)]
    corpus += [*torn_documents(reading), *unmarked_stretches(reading), *correction_problems(reading)]
    corpus += license_problems(reading.declaration, reading.sources)
    placed = ProblemTable.joined([*piece_problems(reading), settled.problems.table()])
    return ProblemTable.joined([ProblemTable.of(corpus), settled.all_published(placed)]).in_order()


def missing_types(labels: Ints, declaration: Declaration) -> list[Problem]:
    """Report every entity type that a split has no example of; `labels` counts them, of shape [split, label]."""
    return [
        problem(
            "type-missing-in-split",
            declaration.policies["type-missing-in-split"],
            path=declaration.script.name,
            found=f"no {entity_type} in {declaration.called(split)}",
            expected=f"at least one {entity_type}",
        )
        for number, split in enumerate(declaration.splits.names)
        for position, entity_type in enumerate(declaration.labels.entity_types)
        if not labels[number, declaration.labels.begin(position)]
    ]


def near_duplicates(settled: Settled, declaration: Declaration) -> list[Problem]:
    """Report for each pair of splits what one nearly has of the other, with examples, at the first of them."""
    found = []
    for (split, other), near in sorted(settled.near.items()):
        examples = ", ".join(f"{here.place} and {there}" for _, here, there in near.examples)
        what = f"{counted(near.count, 'sentence')} of {split} nearly in {other}, such as {examples}"
        policy = declaration.policies["near-duplicate"]
        first = near.examples[0][1]
        found.append(settled.published(first.problem("near-duplicate", policy, what), (first.piece, first.row)))
    return found
