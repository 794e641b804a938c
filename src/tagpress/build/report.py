"""What a corpus holds and what is wrong with it: the answer to `check`."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tagpress.build.declaration import Declaration
from tagpress.build.rejected import LeftBehind
from tagpress.build.repeated import SpilledPiece
from tagpress.build.settle import Settled
from tagpress.build.survey import Surveyed
from tagpress.columnar.types import Ints
from tagpress.corpus.problems import Problem, counted, problem
from tagpress.corpus.splits import readers_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """
    What a corpus holds and what is wrong with it.

    `sentences`, `tokens` and `labels` count all that was read; `splits` counts what is published, `shards` its files;
    `sentences == published + rejected`.
    """

    sentences: int
    tokens: int
    labels: dict[str, int]
    splits: dict[str, int]
    shards: dict[str, int]
    problems: tuple[Problem, ...]
    published: int
    rejected: int
    card_warnings: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Say whether the corpus can be built."""
        return not any(found.severity == "error" for found in self.problems)

    @property
    def problem_counts(self) -> dict[str, int]:
        """Return the number of problems of each code, sorted by code."""
        return dict(sorted(Counter(found.code for found in self.problems).items()))

    @property
    def summary(self) -> str:
        """Return one line: what was read, what is published, what was done about problems, what the card leaves open."""
        done = [f"read {counted(self.sentences, 'sentence')}, {self.published:,} published, {self.rejected:,} left out"]
        for word, severity in (
            ("errors", "error"),
            ("left out", "dropped"),
            ("repaired", "repaired"),
            ("warned", "warning"),
        ):
            codes = Counter(found.code for found in self.problems if found.severity == severity)
            if codes:
                listed = ", ".join(f"{code} {count:,}" for code, count in sorted(codes.items()))
                done.append(f"{word}: {listed}")
        if self.card_warnings:
            done.append(f"the card has {counted(len(self.card_warnings), 'gap')}")
        return "; ".join(done)

    @property
    def verdict(self) -> str:
        """Return one line: whether the corpus can be built, and if not, what stops it."""
        errors = sum(found.severity == "error" for found in self.problems)
        if errors:
            return f"it cannot be built yet: {counted(errors, 'error')} to mend, or to allow in POLICY"
        return "it can be built"

    def to_json(self) -> dict[str, Any]:
        """Return the document that `check --json` prints."""
        return {
            "sentences": self.sentences,
            "tokens": self.tokens,
            "labels": self.labels,
            "splits": self.splits,
            "shards": self.shards,
            "readers": {split: list(readers_of(count)) for split, count in self.shards.items()},
            "problems": [found.to_json() for found in self.problems],
            "problem_counts": self.problem_counts,
            "published": self.published,
            "rejected": self.rejected,
            "card_warnings": list(self.card_warnings),
            "summary": self.summary,
            "verdict": self.verdict,
        }


def make_report(
    surveyed: Sequence[Surveyed],
    rows: dict[str, int],
    shards: dict[str, int],
    declaration: Declaration,
    problems: tuple[Problem, ...],
) -> Report:
    """Count what was read and what of it is published; `rows` and `shards` count those of each split."""
    read = sum(one.sentences for one in surveyed)
    counts = np.sum([one.label_counts for one in surveyed], axis=0).tolist()
    return Report(
        sentences=read,
        tokens=sum(one.tokens for one in surveyed),
        labels=dict(zip(declaration.labels.names, counts, strict=True)),
        splits=rows,
        shards=shards,
        problems=problems,
        published=sum(rows.values()),
        rejected=read - sum(rows.values()),
    )


def missing_types(labels: Ints, declaration: Declaration) -> list[Problem]:
    """Report every entity type that a split has no example of; `labels` counts them, of shape [split, label]."""
    return [
        problem(
            "type-missing-in-split",
            declaration.policies["type-missing-in-split"],
            path=declaration.script.name,
            found=f"no {entity_type} in {split}",
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


def rejected_sentences(
    surveyed: Sequence[Surveyed], pieces: Sequence[SpilledPiece], left: Sequence[LeftBehind]
) -> tuple[dict[str, Any], ...]:
    """Describe every sentence that is not published, in the order of the sources."""
    entries = [
        {**entry, "line": entry["line"] + piece.lines}
        for one, piece in zip(surveyed, pieces, strict=True)
        for entry in one.rejected
    ]
    entries += [entry for one in left for entry in one.entries]
    return tuple(sorted(entries, key=lambda entry: (entry["path"], entry["line"])))
