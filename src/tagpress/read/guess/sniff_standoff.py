"""Which texts have a file of brat's annotations beside them, and in what do its offsets count?"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from tagpress.read.dialect import Dialect
from tagpress.read.guess.packed import in_archive
from tagpress.read.guess.samples import Reason, Sample
from tagpress.read.guess.trial import read_with
from tagpress.read.sources.archives import INSIDE
from tagpress.read.spans.texts import UNITS
from tagpress.read.standoff import Standoff

_BROKEN: Final = "broken-annotation"
_FILES: Final = 20  # files that are tried


def has_annotations(sample: Sample) -> bool:
    """Return whether a sample is a text with a file of annotations beside it."""
    own = sample.source
    if own.member:
        other = f"{own.path}{INSIDE}{own.member.removesuffix('.txt')}{Standoff.beside}"
        return own.member.endswith(".txt") and not own.remote and other in in_archive(own.path)
    path = Path(own.path)
    return path.suffix == ".txt" and path.with_suffix(Standoff.beside).is_file()


def guess(samples: Sequence[Sample], encoding: str) -> tuple[Dialect, list[Reason], list[str]]:
    """Return the dialect of brat, with the units in which fewest annotations are wrong."""
    name = samples[0].source.name
    doubts = ["sentences: each line of a text is taken for one, and words and signs for tokens"]
    reasons = [Reason(f"{name} has a file of annotations beside it")]
    sources = [sample.source for sample in samples[:_FILES]]
    dialect = Standoff(encoding=encoding)
    if read_with(dialect, sources).faults[_BROKEN]:
        each = (replace(dialect, units=units) for units in UNITS)
        dialect = min(each, key=lambda one: read_with(one, sources).faults[_BROKEN])
    if dialect.units != "codepoints":
        reasons.append(Reason(f"offsets count in {dialect.units}: in code points more annotations would be wrong"))
    return dialect, reasons, doubts
