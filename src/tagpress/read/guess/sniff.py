"""
Guess the dialect of a corpus that nobody has described, and say why, and what is in doubt.

Nothing is decided in silence: every option that is not a default comes with the line that shows it, and what could be
otherwise comes as a doubt. A guess is then tried on the corpus, and what the reader finds wrong is a doubt too.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, fields, replace
from functools import partial
from itertools import islice
from pathlib import PurePosixPath
from typing import Any, Final

from tagpress.errors import SourceError
from tagpress.read.dialect import Dialect
from tagpress.read.guess import (
    bounds,
    elsewhere,
    layout,
    listed_cells,
    odd_tokens,
    sheets,
    sniff_companions,
    sniff_conllu,
    sniff_records,
    sniff_spans,
    sniff_standoff,
    span_formats,
)
from tagpress.read.guess.companions import of_source
from tagpress.read.guess.known_lines import refuse_known_lines
from tagpress.read.guess.label_names import renumbered
from tagpress.read.guess.no_corpus import ARROW
from tagpress.read.guess.no_places import refuse_without_places
from tagpress.read.guess.no_text import refuse_binary, refuse_known, refuse_pointer
from tagpress.read.guess.samples import Line, Reason, Sample, because, encoding_of, take
from tagpress.read.guess.several_lists import refuse_several
from tagpress.read.guess.span_forms import refuse_span_form
from tagpress.read.guess.treebanks import is_treebank
from tagpress.read.guess.trial import try_out
from tagpress.read.guess.type_names import types_in_order
from tagpress.read.sources.source import Source
from tagpress.read.tagged_lines import TaggedLines

Guess = tuple[Dialect, list[Reason], list[str]]

_JSON: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\{|\[\s*\{)")
_LINES: Final = 1000  # of a file whose tokens are looked at
_SHOWN: Final = 5  # columns that a doubt names


@dataclass(frozen=True, slots=True, kw_only=True)
class Sniffed:
    """
    A dialect that was guessed.

    `entity_types` are those found, in the order of the numbers of their labels, or sorted; `splits` are the splits by what a field
    of the source says, where one says them. `reasons` say what was concluded from which line, `doubts` what could be
    otherwise, or will be reported when the corpus is checked. `documents` are those that files name or mark in them.
    """

    dialect: Dialect
    entity_types: tuple[str, ...]
    reasons: tuple[Reason, ...]
    doubts: tuple[str, ...]
    documents: int = 0
    splits: Mapping[str, str] = field(default_factory=dict)

    def spelled(self) -> str:
        """Return the dialect as a builder script spells it."""
        return spell(self.dialect)


def sniff(sources: Sequence[Source], *, columns: type[TaggedLines], beside: Sequence[str] = ()) -> Sniffed:
    """
    Return the dialect that sources seem to be in; lines of columns are one of the class `columns`, which owners write.

    `beside` are local files that may belong to them.

    Raises SourceError if there is nothing in them, or nothing that looks like tags.
    """
    samples = take(sources)
    for sample in samples:
        refuse_pointer(sample)
        refuse_known(sample)
    if any(is_of(samples[0]) for is_of in _NO_TEXT):
        encoding, doubts = "utf-8", list[str]()
    else:
        refuse_binary(samples[0])
        encoding, doubts = encoding_of(samples)
        refuse_known_lines(samples, encoding)
    with _said_better(samples, encoding):
        guess = _guess_for(samples, beside)(samples, encoding)
    refuse_several(samples[0], guess[0], encoding)
    with _said_better(samples, encoding):
        return _tried(guess, samples, sources, columns, doubts)


@contextmanager
def _said_better(samples: Sequence[Sample], encoding: str) -> Iterator[None]:
    """Say of samples that cannot be read what they are, where that is known."""
    try:
        yield
    except SourceError:
        refuse_known_lines(samples, encoding, unread=True)
        refuse_span_form(samples[0], encoding)
        refuse_without_places(samples[0], encoding)
        raise


def _tried(
    guess: Guess, samples: Sequence[Sample], sources: Sequence[Source], columns: type[TaggedLines], doubts: list[str]
) -> Sniffed:
    """Return a guess with what is found when sources are read so."""
    dialect, reasons, more = guess
    if isinstance(dialect, TaggedLines):
        dialect = columns(**{one.name: getattr(dialect, one.name) for one in fields(dialect)})
    trial = try_out(dialect, sources)
    scheme = {"scheme": trial.scheme, "joiner": trial.joiner}
    if any(one.init and one.name == "scheme" for one in fields(dialect)):  # type: ignore[arg-type]  # dialects are dataclasses
        dialect = replace(dialect, **scheme)  # type: ignore[type-var]  # dialects are dataclasses
    labels = sniff_records.labels_said(dialect, samples[0].source)
    types = types_in_order(labels, trial.entity_types)
    return Sniffed(
        dialect=dialect,
        entity_types=types,
        reasons=(*reasons, *trial.reasons),
        doubts=(*doubts, *more, *renumbered(labels, types), *trial.doubts),
        # A text with a file of annotations is a document, by its format; any other file may be one or a part of one.
        documents=len(sources) if dialect.beside else len(trial.documents),
    )


def _guess_for(samples: Sequence[Sample], beside: Sequence[str]) -> Callable[[Sequence[Sample], str], Guess]:
    """Return what guesses the dialect of samples, or of files to which others belong, if one is beside the first."""
    if sniff_standoff.has_annotations(samples[0]):
        return sniff_standoff.guess
    if found := of_source(samples[0].source, beside):
        return partial(sniff_companions.guess, found)
    elsewhere.refuse_beside(samples)
    return next(guess for looks_like, guess in _FORMATS if looks_like(samples[0]))


def spell(dialect: Dialect) -> str:
    """Return the call that makes a dialect, with the options that are not their defaults."""
    given = [(one.name, getattr(dialect, one.name), one.default) for one in fields(dialect) if one.init]  # type: ignore[arg-type]  # dialects are dataclasses
    options = ", ".join(f"{name}={value!r}" for name, value, default in given if value != default)
    return f"{type(dialect).__name__}({options})"


def _columns(samples: Sequence[Sample], encoding: str) -> Guess:
    return _of_lines([lines for sample in samples if (lines := sample.lines(encoding))], encoding)


def _sheet(samples: Sequence[Sample], encoding: str) -> Guess:
    """Guess the columns of CSV from the same rows with tabs in it, and then what CSV has besides."""
    sheet = sheets.sheet_of(samples[0], encoding)
    found = [lines for sample in samples if (lines := sample.lines(encoding))]
    if sheet is None or any(sheets.breaks(sheet, lines) for lines in found):
        return _of_lines(found, encoding)
    files = [sheet.plain(lines) for lines in found]
    dialect, (where, *reasons), doubts = _of_lines(files, encoding)
    assert isinstance(dialect, TaggedLines)
    options, more, others = sheet.options(dialect, files)
    where = replace(where, text=where.text.replace("tabs part", f"{sheet.delimiter!r} parts"))
    reasons = [
        reason for reason in reasons if not reason.text.startswith("the first line")
    ]  # said again with the sheet's
    kept = [doubt for doubt in doubts if not (doubt.startswith("sentences:") and "sentence" in options)]
    return replace(dialect, **options), [where, *reasons, *more], [*kept, *others]


def _of_lines(files: Sequence[Sequence[Line]], encoding: str) -> Guess:
    found = layout.guess(files)
    between = bounds.guess([lines for lines in files if lines[0].path not in found.strange], found)
    narrow, wide = found.widths[0], found.widths[-1]
    options: dict[str, Any] = {
        "token": found.token,
        "tag": found.tag,
        "extra": {} if found.classes is None else {"pos_tags": found.classes},
        "delimiter": found.delimiter,
        "width": narrow if narrow == wide else (narrow, wide),
        "encoding": encoding,
    }
    if narrow == wide == max(found.token, found.said) + 1:
        del options["width"]
    parted = {None: "runs of white space", "\t": "tabs", " ": "single spaces"}.get(
        found.delimiter, repr(found.delimiter)
    )
    said = f"its tag in {found.tag}" if found.tag is not None else f"its part of speech in {found.said}, and no tag"
    reasons = [because(f"{parted} part the columns; the token is in column {found.token}, {said}", found.example)]
    doubts = [*odd_tokens.doubts(_tokens(files, found)), *_other_columns(found)]
    doubts += [f"files: {name} does not look tagged; leave it out?" for name in found.strange]
    if narrow != wide:
        doubts.append(f"columns: files have from {narrow} to {wide}, so the tag is counted from the end")
    return TaggedLines(**options, **between.options), [*reasons, *between.reasons], [*doubts, *between.doubts]


def _tokens(files: Sequence[Sequence[Line]], found: layout.ColumnLayout) -> Iterator[str]:
    """Yield the first tokens."""
    rows = (line.text for lines in files for line in lines if found.is_row(line.text))
    return (found.cells(row)[found.token] for row in islice(rows, _LINES))


def _other_columns(found: layout.ColumnLayout) -> list[str]:
    """Return doubts about columns that could be the token's or the tag's as well."""
    doubts = [
        f"tags: column {column} holds tags too; extra={{'column{column}': {column}}} keeps it as texts beside the labels"
        for column in found.other_tags[:_SHOWN]
    ]
    if len(found.other_tags) > _SHOWN:
        doubts.append(f"tags: so do {len(found.other_tags) - _SHOWN:,} more columns")
    if found.other_words:
        listed = ", ".join(map(str, found.other_words[:_SHOWN]))
        doubts.append(f"tokens: the word is taken from column {found.token}; look whether it is not in {listed}")
    return doubts


def _in_columns(
    samples: Sequence[Sample], encoding: str, guess: Callable[[Sequence[Sample], str], Guess], container: str
) -> Guess:
    """Guess the columns of tokens and tags, or else those of texts and spans."""
    try:
        return guess(samples, encoding)
    except SourceError:
        with suppress(SourceError):  # what is wrong with a file that cannot be read is said already
            if found := sniff_spans.in_table(samples, container):
                return found
        raise


def _is_parquet(sample: Sample) -> bool:
    return sample.data.startswith(b"PAR1")


def _is_arrow(sample: Sample) -> bool:
    marked = sample.data.startswith((b"ARROW1", b"\xff\xff\xff\xff"))
    return marked and PurePosixPath(sample.source.place).suffix in ARROW


_NO_TEXT: Final = (_is_parquet, _is_arrow, span_formats.is_docbin)
_FORMATS: Final[tuple[tuple[Callable[[Sample], bool], Callable[[Sequence[Sample], str], Guess]], ...]] = (
    (_is_parquet, lambda samples, encoding: _in_columns(samples, encoding, sniff_records.parquet, "parquet")),
    (_is_arrow, lambda samples, encoding: _in_columns(samples, encoding, sniff_records.arrow, "arrow")),
    (elsewhere.looks_like, elsewhere.refuse),
    (span_formats.looks_like, sniff_spans.guess),
    (lambda sample: _JSON.match(sample.head) is not None, sniff_records.json_records),
    (lambda sample: sample.data.startswith(sniff_conllu.PLUS.encode()), sniff_conllu.conllu_plus),
    (sniff_conllu.is_conllu, sniff_conllu.conllu),
    (is_treebank, sniff_conllu.treebank),
    (listed_cells.has_lists, listed_cells.lists),
    (lambda sample: sheets.sheet_of(sample, encoding_of([sample])[0]) is not None, _sheet),
    (lambda _: True, _columns),
)
