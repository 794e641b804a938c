"""Guess the dialect of files to which others belong: tags to words, line by line, or places to the texts in which they are."""

from collections.abc import Sequence
from dataclasses import replace

from tagpress.read.dialect import Dialect
from tagpress.read.guess import sniff_spans
from tagpress.read.guess.companions import WORDS, Belonging
from tagpress.read.guess.samples import Reason, Sample
from tagpress.read.pair import pair
from tagpress.read.parallel import ParallelLines
from tagpress.read.sources import source as sources
from tagpress.read.sources import text
from tagpress.read.spans.dialect import Spans
from tagpress.read.spans.formats.table import FORMATS

_FILES = 20  # that are tried
_LINES = 1_000  # in which a line with several words must come


def guess(found: Belonging, samples: Sequence[Sample], encoding: str) -> tuple[Dialect, list[Reason], list[str]]:
    """
    Return the dialect of files to which others belong, as was found.

    Raises SourceError for files that cannot be read together.
    """
    said = f"{found.others[0]} belongs to {samples[0].source.name}: beside={found.rule!r}"
    if found.kind == WORDS:
        lines = text.decode(samples[0].data, encoding).characters.split("\n")[:_LINES]
        one_each = all(len(line.split()) < 2 for line in lines)  # noqa: PLR2004 - several
        dialect = ParallelLines(beside=found.rule, ends="blank" if one_each else "line", encoding=encoding)
        held = "a token, and blank ones end sentences" if one_each else "a sentence"
        return dialect, [Reason(f"{said}; its lines are tags, those of the other words; each is {held}")], []
    row = FORMATS[found.kind]
    spans = Spans(format=found.kind, encoding=encoding, tokens=row.tokens, beside=found.rule)
    if found.roles is not None:
        spans = replace(spans, **found.roles._asdict())
    some = [_with_beside(sample, found.rule) for sample in samples[:_FILES]]
    dialect_, reasons, doubts = sniff_spans.settled(spans, some)
    return dialect_, [Reason(said), *reasons], doubts


def _with_beside(sample: Sample, rule: str) -> Sample:
    """Return a sample that is all of a text with what belongs to it."""
    beside = sources.read(sources.companion(sample.source, rule))
    return replace(
        sample, data=pair(sources.read(sample.source), beside, sample.source.member or sample.source.place), whole=True
    )
