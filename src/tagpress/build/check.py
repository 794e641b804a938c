"""
What is wrong with the sentences of a piece, and which of them stay.

Every finder below takes a whole piece and returns arrays; no Python object is made for a sound token. Messages are
made only for the faults.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
import pyarrow as pa

from tagpress.build.corrected import Met
from tagpress.build.expectations import Expectations
from tagpress.build.finding import Finding
from tagpress.build.found_personal import personal_findings
from tagpress.build.found_splits import split_findings
from tagpress.build.keyed_rows import keyed_rows
from tagpress.build.layers import read_layers
from tagpress.build.marks import settle_marks
from tagpress.build.places import Lines, places_of
from tagpress.build.token_faults import token_faults
from tagpress.columnar.arrays import list_bounds
from tagpress.columnar.types import Bools, Integers, Ints, LabelIds
from tagpress.corpus.forgotten import FORGOTTEN
from tagpress.corpus.policies import Policies
from tagpress.corpus.problem_rule import Policy
from tagpress.corpus.problem_table import ProblemTable, shared, texts
from tagpress.corpus.problems import Problem, counted, problem
from tagpress.read.parsed import FAULTS, NO_SENTENCE, Parsed
from tagpress.read.scanner.grammar import OPTIONS
from tagpress.read.sources.beside import beside

# What each fault in the structure looked like; `detail` is the reader's own number (see `Faults`).
_STRUCTURE: Final[dict[str, Callable[[str, int], str]]] = {
    "ragged-line": lambda line, detail: f"{counted(detail, 'column')} in {line}",
    "stray-line": lambda line, detail: f"{counted(detail, 'line')} outside any sentence, from {line} on",
    "unclosed-sentence": lambda line, detail: f"the end of the file {counted(detail, 'line')} after {line}",
    "nested-sentence": lambda line, _: f"{line} in an open sentence",
    "empty-sentence": lambda line, _: f"{line} and no token",
    "empty-token": lambda line, _: f"an empty token in {line}",
    "broken-annotation": lambda line, _: f"the annotation {line}",
    "broken-quote": lambda line, _: f"a quote that is not closed in its line, or does not end its column, in {line}",
    "ambiguous-comment": lambda line, kind: f"{line}, a line of {OPTIONS[kind]} that reads like a token",
}
# What the reader has described itself.
_TOLD: Final = frozenset(
    {"broken-record", "rejected-record", "several-annotations", "broken-annotation", "text-mismatch"}
)
_AT_ONCE: Final = 4_096  # problems whose texts are in memory one by one


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """
    One piece after checking.

    `label_ids` has a valid IOB2 label id for every token of `parsed`, O for the `unknown` tags that no label is meant by;
    `layers` are the columns of the layers, as they are read, and `unknown_in` counts the texts of each that are none of its names;
    `keep` says which sentences may be published; `reasons` holds the codes that keep each of the others back. Lines in
    `problems` count from the piece's start; each has the sentence that it is of for a row (-1 for none).
    """

    parsed: Parsed
    label_ids: LabelIds
    unknown: int
    layers: Mapping[str, pa.ListArray]
    unknown_in: Mapping[str, int]
    keep: Bools
    reasons: dict[int, tuple[str, ...]]
    problems: ProblemTable
    met: tuple[Met, ...] = ()
    """The corrections whose sentences are here."""


def inspect(parsed: Parsed, expected: Expectations, *, path: str, start: int = 0) -> Checked:
    """Check every sentence of a piece that begins at byte `start` of the source that messages call `path`."""
    parsed, spans, of_marks = settle_marks(parsed, expected.policies, path, flat=expected.flat)
    offsets = list_bounds(parsed.tokens)
    layers = read_layers(parsed, expected, spans)
    findings = [
        *_structure(parsed, start, path, expected),
        *of_marks,
        *token_faults(parsed, offsets, expected),
        *layers.findings,
        _overlong(parsed, offsets, expected.max_tokens),
        *([personal_findings(parsed, offsets)] if expected.personal else []),
        *(split_findings(parsed, expected.splits) if expected.splits else ()),
    ]
    keep, reasons = _fates(findings, len(parsed.tokens), expected.policies)
    forgotten = dict(keyed_rows(parsed.tokens, expected.forgotten.whys))
    keep[list(forgotten)] = False
    reasons |= dict.fromkeys(forgotten, (FORGOTTEN,))
    findings.append(_forgotten(parsed, forgotten))
    return Checked(
        parsed=parsed,
        label_ids=layers.main.label_ids,
        unknown=len(layers.main.unknown),
        layers=layers.columns,
        unknown_in=layers.unknown,
        keep=keep,
        reasons=reasons,
        problems=_problems(parsed, findings, expected.policies, path, forgotten),
        met=tuple(layers.met),
    )


def _structure(parsed: Parsed, start: int, path: str, expected: Expectations) -> Iterator[Finding]:
    """Yield what the reader found, one finding a code."""
    faults, lines = parsed.faults, Lines(parsed)
    for kind in np.unique(faults.kind).tolist():
        code, which = FAULTS[kind], np.flatnonzero(faults.kind == kind)
        if code == "empty-sentence":  # one whose lines are all ragged has been named for those
            which = which[~np.isin(faults.sentence[which], faults.sentence[faults.kind != kind])]
        if len(which):
            describe = partial(_describe_structure, lines, (start, path), code, which)
            wanted = expected.line if code == "ragged-line" else ""
            yield Finding(code, faults.sentence[which], faults.at[which], partial(_expecting, wanted, describe))


def _expecting(wanted: str, describe: Callable[[int], str], i: int) -> tuple[str, str]:
    return describe(i), wanted


def _describe_structure(lines: Lines, where: tuple[int, str], code: str, which: Integers, i: int) -> str:
    """Say what was found; `where` is the byte at which the piece begins, and the path of its file."""
    parsed = lines.parsed
    at, sentence, detail = (
        int(column[which[i]]) for column in (parsed.faults.at, parsed.faults.sentence, parsed.faults.detail)
    )
    if code in _TOLD and detail in parsed.annotations:
        other = beside(where[1], parsed.beside) if parsed.beside else None
        return f"{parsed.annotations[detail]}{f', at {other}:{detail}' if other else ''}"
    line = lines(at)
    if code == "stray-line" and sentence == NO_SENTENCE:
        return f"{line} and no open sentence"
    if code == "bad-encoding":
        return f"a byte that is not text, at byte offset {where[0] + detail:,}, in {line}"
    return _STRUCTURE[code](line, detail)


def _overlong(parsed: Parsed, offsets: Integers, most: int) -> Finding:
    lengths = np.diff(offsets)
    which = np.flatnonzero(lengths > most)
    return Finding(
        "overlong-sentence",
        which,
        parsed.sentence_at[which],
        lambda i: (f"a sentence of {counted(lengths[which[i]], 'token')}", f"at most {counted(most, 'token')}"),
    )


def _forgotten(parsed: Parsed, forgotten: Mapping[int, str]) -> Finding:
    which, keys = np.array(list(forgotten), dtype=np.int64), list(forgotten.values())
    return Finding(FORGOTTEN, which, parsed.sentence_at[which], lambda i: (f"the sentence {keys[i]}", ""))


def _fates(findings: list[Finding], sentences: int, policies: Policies) -> tuple[Bools, dict[int, tuple[str, ...]]]:
    """Decide which sentences stay; one that stops the build does not stay either."""
    keep = np.ones(sentences, dtype=np.bool_)
    reasons: dict[int, tuple[str, ...]] = {}
    for finding in findings:
        if policies[finding.code] not in (Policy.ERROR, Policy.DROP):
            continue
        for sentence in np.unique(finding.sentence[finding.sentence >= 0]).tolist():
            keep[sentence] = False
            reasons[sentence] = (*reasons.get(sentence, ()), finding.code)
    return keep, reasons


def _problems(
    parsed: Parsed, findings: list[Finding], policies: Policies, path: str, forgotten: Collection[int]
) -> ProblemTable:
    """Return every problem, in order, with the number of the sentence that has it for a row, or -1."""
    findings = [finding for finding in findings if len(finding.at)]
    if not findings:
        return ProblemTable.joined([])
    at = np.concatenate([finding.at for finding in findings])
    places = np.array([*places_of(parsed, at)], dtype=np.int64).reshape(-1, 2)  # of all at once: it reads the piece
    made, first = [], 0
    for finding in findings:
        which = np.arange(len(finding.at))
        if forgotten and finding.code != FORGOTTEN:  # it would quote the text
            which = which[~np.isin(finding.sentence, list(forgotten))]
        like = problem(finding.code, policies[finding.code], path=path, found="", hint=finding.hint)
        for start in range(0, len(which), _AT_ONCE):
            some = which[start : start + _AT_ONCE]
            made.append(_alike(like, finding, some, places[first + some]))
        first += len(finding.at)
    return ProblemTable.joined(made).in_order()


def _alike(like: Problem, finding: Finding, which: Ints, places: Ints) -> ProblemTable:
    """Return some problems of a finding: `like` one but for their places, and for what was found and expected."""
    found, expected = zip(*map(finding.describe, which.tolist()), strict=True)
    words = dict.fromkeys(wanted or like.expected for wanted in expected)
    numbers = {wanted: number for number, wanted in enumerate(words)}
    every = np.zeros(len(which), dtype=np.int64)
    return ProblemTable.of_columns(
        {
            "doubt": pa.array(np.full(len(which), like.doubt)),
            "path": shared([like.path], every),
            "line": pa.array(places[:, 0]),
            "col": pa.array(places[:, 1]),
            "code": shared([like.code], every),
            "severity": shared([like.severity], every),
            "found": texts(found),
            "expected": shared(numbers, np.array([numbers[wanted or like.expected] for wanted in expected])),
            "hint": shared([like.hint], every),
            "sentence": pa.array(every),
            "id": texts([""] * len(which)),
            "piece": pa.array(every),
            "row": pa.array(finding.sentence[which].astype(np.int64)),
        }
    )
