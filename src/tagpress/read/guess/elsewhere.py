"""Which exports say where spans are, and not in which text? They are known, and refused with what to do."""

import re
from collections.abc import Sequence
from typing import Final, NoReturn

from tagpress.corpus.problems import few
from tagpress.errors import SourceError
from tagpress.read.guess.samples import Sample, encoding_of
from tagpress.read.guess.span_parts import are_places, in_rows
from tagpress.read.sources import text as texts
from tagpress.read.spans.containers import values
from tagpress.read.spans.formats.beside_texts import is_comprehend
from tagpress.read.spans.record import MalformedError
from tagpress.read.spans.tables import CSV, names

_ONE_FILE: Final = (
    'write texts and spans into one file, such as {"text": "...", "spans": [[0, 3, "PER"]]} a line; '
    "the documentation has programs for it: tools/elsewhere"
)
_FOLDER: Final = (
    "put the texts beside it, or into a folder below that of both, and name that folder: tagpress new NAME FOLDER"
)
_MARKS: Final[tuple[tuple[str, re.Pattern[bytes], str, str], ...]] = (
    (
        "an ann.json of tagtog",
        re.compile(rb'\A\s*\{\s*"annotatable"\s*:'),
        "texts are in the HTML files of its export",
        _ONE_FILE,
    ),
    (
        "labels of Azure AI Language",
        re.compile(rb'"projectKind"\s*:\s*"Custom(?:Entity|Multi|Single)'),
        "texts are in the files that each 'location' names",
        _FOLDER,
    ),
    (
        "JSON lines of Vertex AI with addresses of texts",
        re.compile(rb'\A\s*\{(?=[^\n]*"textGcsUri")(?=[^\n]*"textSegmentAnnotations")'),
        "texts are at each 'textGcsUri'",
        _ONE_FILE,
    ),
    (
        "a manifest of Ground Truth with addresses of texts",
        re.compile(rb'\A\s*\{(?=[^\n]*"source-ref")(?=[^\n]*"startOffset")'),
        "texts are at each 'source-ref'",
        _ONE_FILE,
    ),
    (
        "an answer of Google's Natural Language without the text",
        re.compile(
            rb'\A\s*\{\s*"entities"\s*:\s*\[\s*\{(?=[^\0]{0,2000}"mentions")(?=[^\0]{0,2000}"begin_?[oO]ffset")'
        ),
        "only annotateText answers with the text",
        'put the text of the request beside it, {"text": "...", "entities": [...]} a line, or ask annotateText with extractSyntax',
    ),
    (
        "output of Comprehend",
        re.compile(rb'\A\s*\{(?=[^\n]{0,4000}"(?:File|Entities)")(?=[^\n]{0,4000}"BeginOffset")'),
        "texts are in the files that each 'File' names",
        'write {"text": "...", "spans": [[0, 3, "PER"]]} a line: BeginOffset and EndOffset are the place of a span',
    ),
)
_NUMBERED: Final = {"start": "begin", "begin": "begin", "end": "end", "stop": "end"}
_SECOND: Final = re.compile(r"(?i)(start|begin|end|stop)(?:_?offset)?[_ .-]?2")
_ROWS: Final = 200
_FILES: Final = 50  # files that are looked at
_BESIDE: Final[tuple[tuple[str, re.Pattern[bytes], str, str], ...]] = (
    (
        "entities of BioNLP, or of brat",
        re.compile(rb"(?m)\A(?:#.*\n)*T\d+\t\S+ \d+ \d+"),
        "the texts are in other files",
        'give each the name of its text, TEXT.txt and TEXT.ann, in one folder: for f in *.a1; do cp "$f" "${f%.a1}.ann"; done',
    ),
    (
        "concepts of i2b2 2010",
        re.compile(rb'\Ac="[^\n]*" \d+:\d+ \d+:\d+\|\|t="'),
        "they count lines and tokens of texts, of which none is called so",
        "name the folder that has both, a text called TEXT.txt for each TEXT.con: tagpress new NAME FOLDER",
    ),
    (
        "annotations of Knowtator",
        re.compile(rb"<annotations\s[^>]*textSource=|<knowtator-project"),
        "the texts are in the files that each names",
        _ONE_FILE,
    ),
    (
        "annotations of ACE",
        re.compile(rb"<source_file\s[^>]*URI="),
        "the texts are in the files that each names",
        _ONE_FILE,
    ),
)
"""What each is, a pattern of its beginning, where its texts are, and what to do."""


def refuse_beside(samples: Sequence[Sample]) -> None:
    """
    Refuse files of which any says where spans are in the text of another.

    Raises:
        SourceError: one is such a file.

    """
    for sample in samples[:_FILES]:
        for what, mark, where, hint in _BESIDE:
            if mark.search(sample.head):
                raise SourceError(f"{sample.source.name} has {what}: {where}", hint)


def looks_like(sample: Sample) -> bool:
    """Return whether the texts of a sample are in other files."""
    return _what(sample) is not None


def refuse(samples: Sequence[Sample], encoding: str) -> NoReturn:  # noqa: ARG001 - as every guess
    """Raise SourceError, for there is no text."""
    what, where, hint = _what(samples[0]) or ("", "", "")
    raise SourceError(f"{samples[0].source.name} is {what}: it says where spans are, and {where}", hint)


def _what(sample: Sample) -> tuple[str, str, str] | None:
    """Return what a sample is, where its texts are, and what to do; None, if it has texts."""
    for what, mark, where, hint in _MARKS:
        if mark.search(sample.head):
            return what, where, hint
    encoding = encoding_of([sample])[0]
    if sample.head.lstrip()[:1] in {b"{", b"["}:
        return None
    decoded = texts.decode(sample.data, encoding)
    for container in CSV:
        found = names(decoded, container)
        if {"begin", "end"} <= {_NUMBERED[match[1].lower()] for name in found if (match := _SECOND.fullmatch(name))}:
            return (
                "a table with several spans in each row",
                f"each needs a row of its own, not the columns {few(found)}",
                _ONE_FILE,
            )
        if are_places(found) and not _has_words(found):
            rows = [value for (_, _, value), _ in zip(values(decoded, container), range(_ROWS), strict=False)]
            if not in_rows([row for row in rows if not isinstance(row, MalformedError)]):
                hint = f"{_FOLDER}; or {_ONE_FILE}" if is_comprehend(found) else _ONE_FILE
                return "a table with a span in each row", f"no column has the text that it is in, of {few(found)}", hint
    return None


def _has_words(found: Sequence[str]) -> bool:
    """Return whether columns are those of a token a row, which has places too."""
    return any(re.fullmatch(r"(?i)(token|word|form)s?", name) for name in found)
