"""
Reading a whole corpus: survey every piece, settle every sentence, and say what was found.

This is the part that `check`, `build` and the `datasets` builder share.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from tagpress.arrays import list_bounds
from tagpress.declaration import Declaration
from tagpress.engine import LocalEngine
from tagpress.errors import SourceError
from tagpress.problems import Problem, problem
from tagpress.read.pieces import pieces
from tagpress.read.sources import Source, expand
from tagpress.sentences import Ints, Sentences, bases, collect, doc_names
from tagpress.settle import Settled, settle
from tagpress.survey import Surveyed, SurveyTask, survey

# Called with the name of the work, how much of it is done, and how much there is.
Progress: TypeAlias = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """
    What a corpus holds and what is wrong with it.

    `sentences`, `tokens` and `labels` count all that was read; `splits` counts what is published;
    `sentences == published + rejected`.
    """

    sentences: int
    tokens: int
    labels: dict[str, int]
    splits: dict[str, int]
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

    def to_json(self) -> dict[str, Any]:
        """Return the document that `check --json` prints."""
        return {
            "sentences": self.sentences,
            "tokens": self.tokens,
            "labels": self.labels,
            "splits": self.splits,
            "problems": [found.to_json() for found in self.problems],
            "problem_counts": self.problem_counts,
            "published": self.published,
            "rejected": self.rejected,
            "card_warnings": list(self.card_warnings),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A corpus that was read and settled; its texts stay in the spills."""

    surveyed: tuple[Surveyed, ...]
    sentences: Sentences
    settled: Settled
    report: Report
    rejected: tuple[dict[str, Any], ...]


def read_corpus(
    declaration: Declaration, spills: Path, *, engine: LocalEngine, previous: Mapping[str, int], progress: Progress
) -> Reading:
    """
    Read a corpus; `spills` is an empty folder that must stay until the last row has been gathered.

    `previous` holds the shard counts of the last release.

    Raises:
        SourceError: a source cannot be found or read.

    """
    surveyed = _survey_all(declaration, spills, engine, progress)
    sentences = collect(surveyed, declaration.splits)
    settled = settle(sentences, declaration.splits, declaration.policies, previous)
    missing = _missing_types(sentences, settled, declaration)
    problems = sorted([*_problems(surveyed), *settled.problems, *missing])
    return Reading(
        surveyed=surveyed,
        sentences=sentences,
        settled=settled,
        report=_report(surveyed, settled, declaration, tuple(problems)),
        rejected=_rejected(surveyed, sentences, settled, declaration),
    )


def sources_of(declaration: Declaration) -> list[tuple[Source, str | None]]:
    """
    Return every source with the split it was given, in canonical order.

    Raises:
        SourceError: a pattern finds nothing, or two splits claim the same document.

    """
    found = [(source, globs.split) for globs in declaration.sources for source in expand(globs.patterns, globs.base)]
    found.sort(key=lambda pair: pair[0].doc_id)
    for (source, _), (other, _) in pairwise(found):
        if source.doc_id == other.doc_id:
            raise SourceError(
                f"{source.name} and {other.name} would both be the document {source.doc_id!r}",
                "give each file another name, or one pattern that holds the folders apart, such as corpus/*/*.txt",
            )
    return found


def _survey_all(
    declaration: Declaration, spills: Path, engine: LocalEngine, progress: Progress
) -> tuple[Surveyed, ...]:
    tasks = [
        SurveyTask(piece=piece, split=split, declaration=declaration, spill=spills / f"{source_number}-{number}.arrow")
        for source_number, (source, split) in enumerate(sources_of(declaration))
        for number, piece in enumerate(pieces(source, declaration.dialect))
    ]
    surveyed = []
    progress("survey", 0, len(tasks))
    for one in engine.map(survey, tasks):
        surveyed.append(one)
        progress("survey", len(surveyed), len(tasks))
    return tuple(surveyed)


def _problems(surveyed: Sequence[Surveyed]) -> list[Problem]:
    lines = bases(surveyed, [one.lines for one in surveyed]).tolist()
    return [found.below(base) for one, base in zip(surveyed, lines, strict=True) for found in one.problems]


def _published_labels(sentences: Sentences, settled: Settled, splits: tuple[str, ...], labels: int) -> Ints:
    """Count the labels of what is published, as an array [split, label]."""
    kept = np.zeros(len(sentences), dtype=np.bool_)
    kept[np.concatenate(list(settled.published.values()))] = True
    counts = np.zeros(len(splits) * labels, dtype=np.int64)
    start = 0
    for spill in sentences.spills:
        rows = slice(start, start + len(spill))
        start += len(spill)
        for chunk in spill["ner_tags"].chunks:
            lengths = np.diff(list_bounds(chunk))
            split = np.repeat(sentences.split[rows].astype(np.int64), lengths)
            here = np.repeat(kept[rows], lengths)
            counts += np.bincount((split * labels + chunk.flatten().to_numpy())[here], minlength=len(counts))
    return counts.reshape(len(splits), labels)


def _missing_types(sentences: Sentences, settled: Settled, declaration: Declaration) -> list[Problem]:
    """Report every entity type that a split has no example of."""
    splits, labels = declaration.splits.names, declaration.labels
    counts = _published_labels(sentences, settled, splits, len(labels.names))
    return [
        problem(
            "type-missing-in-split",
            declaration.policies["type-missing-in-split"],
            path=declaration.script.name,
            found=f"no {entity_type} in {split}",
            expected=f"at least one {entity_type}",
        )
        for number, split in enumerate(splits)
        for position, entity_type in enumerate(labels.entity_types)
        if not counts[number, labels.begin(position)]
    ]


def _report(
    surveyed: Sequence[Surveyed], settled: Settled, declaration: Declaration, problems: tuple[Problem, ...]
) -> Report:
    read = sum(one.sentences for one in surveyed)
    splits = dict.fromkeys(declaration.splits.names, 0)
    for (split, _), rows in settled.published.items():
        splits[split] += len(rows)
    counts = np.array([one.label_counts for one in surveyed]).sum(axis=0).tolist()
    return Report(
        sentences=read,
        tokens=sum(one.tokens for one in surveyed),
        labels=dict(zip(declaration.labels.names, counts, strict=True)),
        splits=splits,
        problems=problems,
        published=sum(splits.values()),
        rejected=read - sum(splits.values()),
    )


def _rejected(
    surveyed: Sequence[Surveyed], sentences: Sentences, settled: Settled, declaration: Declaration
) -> tuple[dict[str, Any], ...]:
    """Describe every sentence that is not published, in the order of the sources."""
    lines = bases(surveyed, [one.lines for one in surveyed]).tolist()
    entries = [
        {**entry, "line": entry["line"] + base, "doc_id": doc_names(one)[0]}
        for one, base in zip(surveyed, lines, strict=True)
        for entry in one.rejected
    ]
    for row, reason in settled.rejected.items():
        path, line = sentences.place(row)
        tokens, label_ids = sentences.text(row)
        entries.append(
            {
                "path": path,
                "line": line,
                "reasons": [reason],
                "tokens": tokens,
                "tags": [declaration.labels.names[i] for i in label_ids],
                "doc_id": sentences.doc_ids[sentences.document[row]],
            }
        )
    return tuple(sorted(entries, key=lambda entry: (entry["path"], entry["line"])))
