"""
Which labels do the spans of a source give, and which of them cannot be published? The policies decide, and all is said.

A span that does not begin and end with tokens gives labels only where a policy says to which tokens it is moved. Of spans
that then overlap, only the longest give labels.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from tagpress.build.finding import Finding
from tagpress.columnar.arrays import list_bounds
from tagpress.columnar.types import Ints
from tagpress.corpus.layers.layer import SpanRows
from tagpress.corpus.policies import Policies
from tagpress.corpus.problem_rule import Policy
from tagpress.read.marks import labelled, longest
from tagpress.read.parsed import Parsed
from tagpress.read.sources.beside import beside


def settle_marks(
    parsed: Parsed, policies: Policies, path: str, *, flat: bool = True
) -> tuple[Parsed, SpanRows | None, list[Finding]]:
    """
    Return a piece of the file at `path` with the tags that its spans give under these policies, and what is wrong with them.

    The spans that fit, or were moved, come too, overlapping or not; where the tags are not `flat`, as they are made of these by
    a rule or not published, nothing is wrong with those that overlap.
    """
    marks = parsed.marks
    if marks is None:
        return parsed, None, []
    policy = policies["unaligned-annotation"]
    ranges = marks.inner if policy is Policy.SHRINK else marks.outer
    moved = policy in {Policy.SHRINK, Policy.EXPAND}
    empty = ranges[:, 0] >= ranges[:, 1]
    rows = np.flatnonzero((marks.fits | moved) & ~empty)
    rival = longest(ranges[rows])
    stay, over = rows[rival < 0], rows[rival >= 0]
    others = rows[rival[rival >= 0]]
    bounds = list_bounds(parsed.tokens)
    other = beside(path, parsed.beside) if parsed.beside else None

    def finding(code: str, rows: Ints, tell: Callable[[int], str]) -> Finding:
        def found(i: int) -> tuple[str, str]:
            where = f", at {other}:{marks.line[rows[i]]}" if other else ""
            return f"the annotation {tell(i)}{where}", ""

        return Finding(code, marks.sentence[rows], marks.at[rows], found)

    def unaligned(rows: Ints, code: str, end: str = "") -> Finding:
        return finding(code, rows, lambda i: f"{marks.name(rows[i])}, which {marks.context(rows[i], bounds)}{end}")

    findings = [
        unaligned(np.flatnonzero(~marks.fits & ~empty), "unaligned-annotation"),
        unaligned(np.flatnonzero(~marks.fits & empty), "broken-annotation", ": no token is wholly inside it"),
        finding(
            "overlapping-annotation",
            over,
            lambda i: f"{marks.name(over[i])}, which overlaps {marks.name(others[i])}",
        ),
    ]
    if not flat:
        findings = [one for one in findings if one.code != "overlapping-annotation"]
    tags = labelled(ranges[stay], marks.type[stay], len(parsed.tags))
    spans = SpanRows(ranges[rows, 0].astype(np.int64), ranges[rows, 1].astype(np.int64), marks.type[rows], marks.types)
    return replace(parsed, tags=tags), spans, [one for one in findings if len(one.at)]
