"""Guess which annotation tool wrote a corpus, how it counts, and how its texts are cut so that spans begin and end with tokens."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from tagpress.corpus.place import placed
from tagpress.errors import SourceError
from tagpress.read.dialect import Dialect
from tagpress.read.guess import annotators, span_ends
from tagpress.read.guess.samples import Reason, Sample
from tagpress.read.guess.span_fields import with_fields, with_row_id
from tagpress.read.guess.span_formats import CALLED, format_of, values_of
from tagpress.read.parsed import KINDS
from tagpress.read.sources.source import read
from tagpress.read.spans.dialect import Spans
from tagpress.read.spans.formats import docbin
from tagpress.read.spans.formats.table import FORMATS
from tagpress.read.spans.record import identifier
from tagpress.read.spans.tables import json_lines
from tagpress.read.spans.texts import LF, UNITS
from tagpress.read.spans.tokenise import FILE, MEANINGS

_FILES: Final = 20  # files that are tried
_RETURNS: Final = re.compile(rb"\r\n|\\r\\n")  # also as JSON spells them
_CHARACTERS: Final = r"\S"
# Letters of scripts that put no space between words: Thai, Lao, Burmese, Khmer, Chinese, Japanese.
_UNSPACED: Final = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_SIGN_APART: Final = re.compile(r"(?<!\S)[.,;:!?](?!\S)")
_SIGN_BEHIND: Final = re.compile(r"\w[.,;:!?](?!\S)")
_TOKENISED: Final = 4  # signs stand apart for each that stands behind a word
_AS_A_WHOLE: Final = frozenset(
    {"spacy", "xmi", "python", "cas-json", "gate", "mae", "datasaur", "whole"}
)  # their text cannot be had from a part of a file


@dataclass(frozen=True, slots=True, order=True)
class _Outcome:
    """How many spans of samples are broken or do not fit, of how many; the fewer the better."""

    broken: int
    loose: int
    spans: int


def guess(samples: Sequence[Sample], encoding: str) -> tuple[Dialect, list[Reason], list[str]]:
    """
    Return the dialect of the tool that samples seem to come from.

    Raises SourceError if no record has a span.
    """
    found = format_of(samples[0], encoding)
    assert found is not None
    format_, container, inside = found
    dialect = Spans(format=format_, encoding=encoding, tokens=FORMATS[format_].tokens)
    if (container, inside) != (FORMATS[format_].container, FORMATS[format_].inside):
        dialect = replace(dialect, container=container, inside=inside)
    some = [
        Sample(one.source, read(one.source), whole=True) if {format_, container} & _AS_A_WHOLE else one
        for one in samples[:_FILES]
    ]
    dialect = _with_group(with_fields(dialect, list(_held(dialect, samples[0]))), some)
    if dialect.tokens == FILE and _faults(dialect, some, "broken-record"):
        dialect = replace(dialect, tokens="words")
    return settled(dialect, some)


def settled(dialect: Spans, some: Sequence[Sample]) -> tuple[Dialect, list[Reason], list[str]]:
    """
    Return a dialect with how it counts and how its texts are cut, by samples, why, and what is in doubt.

    Raises SourceError if no record has a span.
    """
    reasons = [Reason(f"{some[0].source.name} reads like {CALLED[dialect.format]}")]
    dialect = _in_units(dialect, some)
    if dialect.units:
        reasons.append(Reason(f"offsets count in {dialect.units}: in code points more spans would be wrong"))
    dialect, cut = _cut(_in_sentences(dialect, some), some)
    if dialect.format == "rows" and dialect.rules.sentences == "record":
        dialect = with_row_id(dialect, (value for one in some for value in _held(dialect, one)))
    elif _has_ids(dialect, some[0]):
        dialect = replace(dialect, sentence_id="id")
    unit = "token" if FORMATS[dialect.format].counted else "character"
    if dialect.ends is not None:
        reasons.append(span_ends.reason(dialect.ends, dialect.said, unit))
    outcome = _tried(dialect, some)
    if not outcome.spans:
        raise _without_spans(dialect, some)
    meaning = MEANINGS.get(dialect.tokens or "", "each match of a pattern")
    reasons.append(
        Reason(
            f"tokens are {dialect.tokens!r}, {meaning}: {outcome.loose:,} of {outcome.spans:,} spans do not fit{cut}"
        )
    )
    more = span_ends.unsaid(dialect.ends, dialect.said) if unit == "character" else []
    who = annotators.all_doubts(dialect, [value for one in some for value in _held(dialect, one)])
    marks = (parsed.marks for one in some if (parsed := dialect.parse(one.data)).marks is not None)
    return dialect, reasons, [*who, *more, *span_ends.doubts(filter(None, marks)), *_doubts(dialect)]


def _in_units(dialect: Spans, samples: Sequence[Sample]) -> Spans:
    """Return the dialect with the units in which fewest spans are wrong, of those that differ in the texts."""
    wide = any(not sample.data.isascii() or rb"\u" in sample.data for sample in samples)
    broken = any(_RETURNS.search(sample.data) for sample in samples)
    units = [name for name in UNITS if (broken if name.endswith(LF) else wide) or name == "codepoints"]
    if FORMATS[dialect.format].counted or len(units) == 1:
        return dialect
    each = (replace(dialect, units=None if one == "codepoints" else one) for one in units)
    return min(each, key=lambda one: _tried(one, samples))


def in_table(samples: Sequence[Sample], container: str) -> tuple[Dialect, list[Reason], list[str]] | None:
    """Return the dialect of files of columns that have texts with spans, or None where their rows have none."""
    some = [Sample(one.source, json_lines(read(one.source), container), whole=True) for one in samples[:_FILES]]
    found = format_of(some[0], "utf-8")
    if found is None or found[1] != "lines":
        return None
    dialect, reasons, doubts = guess(some, "utf-8")
    assert isinstance(dialect, Spans)
    return replace(dialect, container=container), reasons, doubts


def _without_spans(dialect: Spans, samples: Sequence[Sample]) -> SourceError:
    """Return what to say of samples in which no span was found: that nothing is marked, or why their records are none."""
    for sample in samples:
        parsed = dialect.parse(sample.data)
        for code, at, _, detail in parsed.faults.rows():
            if code == "broken-record" and sample.whole:
                line, column = parsed.locate(at)
                message = f"{placed(sample.source.name, line, column)} has {parsed.annotations[detail]}"
                return SourceError(
                    message,
                    f"declare the dialect by hand: DIALECT = tagpress.Spans(format={dialect.format!r}, text=...)",
                )
    return SourceError(f"{samples[0].source.name} has no span in it", "name sources in which something is marked")


def _with_group(dialect: Spans, samples: Sequence[Sample]) -> Spans:
    """Return the dialect of a DocBin without entities with the group that has most spans, if there is one."""
    if dialect.format != "spacy" or _tried(dialect, samples).spans:
        return dialect
    counts = sum((Counter(dialect.parse(sample.data).aside) for sample in samples), Counter[str]())
    groups = {kind.removeprefix(docbin.GROUP): count for kind, count in counts.items() if kind.startswith(docbin.GROUP)}
    return replace(dialect, spans=max(groups, key=lambda name: groups[name])) if groups else dialect


def _doubts(dialect: Spans) -> list[str]:
    doubts = []
    if dialect.format == "xml-places" and dialect.label is None:
        doubts.append("types: what `polarity`, `category` or `type` says; label= names another attribute")
    if dialect.sentences == "lines":
        doubts.append('sentences: each line of a text is taken for one; sentences="record" keeps a text whole')
    elif dialect.rules.tokens != FILE and dialect.rules.sentences == "record":
        doubts.append("sentences: each text is taken for one")
    return doubts


def _held(dialect: Spans, sample: Sample) -> Iterator[Any]:
    """Yield the first values of a sample, as a dialect holds them."""
    row = FORMATS[dialect.format]
    inside = dialect.inside if dialect.container else row.inside
    return values_of(sample, dialect.encoding, dialect.container or row.container, inside)


def _has_ids(dialect: Spans, sample: Sample) -> bool:
    """Return whether records have ids, and are sentences."""
    row = FORMATS[dialect.format]
    if row.read is None or row.several or dialect.rules.sentences != "record":
        return False
    if dialect.container == "keyed":
        return True
    rows = list(_held(dialect, sample))
    return bool(rows) and all(isinstance(row, dict) and identifier(row.get("id")) for row in rows)


def _in_sentences(dialect: Spans, samples: Sequence[Sample]) -> Spans:
    """Return a dialect in which lines of texts are sentences, if texts have lines and no span reaches over their ends."""
    lines = replace(dialect, sentences="lines")
    own = FORMATS[dialect.format].counted and dialect.tokens == FILE
    if own or dialect.rules.sentences == "lines" or not _has_lines(dialect, samples):
        return dialect
    return lines if _tried(lines, samples).broken <= _tried(dialect, samples).broken else dialect


def _has_lines(dialect: Spans, samples: Sequence[Sample]) -> bool:
    return any("\n" in text.strip() for text in _texts(dialect, samples))


def _texts(dialect: Spans, samples: Sequence[Sample]) -> Iterator[str]:
    parsed = (dialect.parse(sample.data) for sample in samples)
    return (text for one in parsed if one.marks is not None for text in one.marks.texts)


def _cut(dialect: Spans, samples: Sequence[Sample]) -> tuple[Spans, str]:
    """Return the dialect with the tokens that most spans fit, and what would be otherwise."""
    if dialect.tokens == FILE and not _faults(dialect, samples, "broken-record"):
        return dialect, ""
    rules = ["words", "whitespace"]
    text = "\n".join(_texts(dialect, samples))
    if len(_SIGN_APART.findall(text)) > _TOKENISED * len(_SIGN_BEHIND.findall(text)):
        rules.reverse()  # the text is its tokens with spaces between
    if 3 * len(_UNSPACED.findall(text)) > len(text):
        rules.append(_CHARACTERS)
    tried = {rule: _tried(replace(dialect, tokens=rule), samples) for rule in rules}
    best = min(tried, key=lambda rule: tried[rule])
    others = ", ".join(f"{one.loose:,} with {rule!r}" for rule, one in tried.items() if rule != best)
    return replace(dialect, tokens=best), f", and {others} would not"


def _tried(dialect: Spans, samples: Sequence[Sample]) -> _Outcome:
    """Return how many spans are broken, do not fit, and are there."""
    broken = loose = spans = 0
    for sample in samples:
        parsed = dialect.parse(sample.data)
        assert parsed.marks is not None
        broken += len(set(parsed.faults.detail[parsed.faults.kind == KINDS["broken-annotation"]].tolist()))
        loose += int(np.count_nonzero(~parsed.marks.fits))
        spans += len(parsed.marks)
    return _Outcome(broken, loose, spans + broken)


def _faults(dialect: Spans, samples: Sequence[Sample], code: str) -> int:
    """Count the records with a fault, but for what a sample cuts off."""
    found = 0
    for sample in samples:
        parsed = dialect.parse(sample.data)
        found += max(int(np.count_nonzero(parsed.faults.kind == KINDS[code])) - (not sample.whole), 0)
    return found
