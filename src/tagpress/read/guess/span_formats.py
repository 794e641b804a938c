"""In which format of spans is a sample, and how does it hold its records? Seen in its first bytes, or in its first values."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, Final

from tagpress.read.guess.samples import Sample, encoding_of
from tagpress.read.guess.shapes import span_fields, tool_of
from tagpress.read.guess.sniff_records import has_lists
from tagpress.read.guess.span_parts import are_places, in_records, in_rows
from tagpress.read.guess.token_parts import in_tokens
from tagpress.read.json_items import member_lists, members
from tagpress.read.sources import text as texts
from tagpress.read.sources.source import read
from tagpress.read.spans.containers import values
from tagpress.read.spans.formats import cas_json, gate, inline, mae, rasa_text, xmi, xml_marks, xml_places, xml_words
from tagpress.read.spans.formats.table import FORMATS
from tagpress.read.spans.record import MalformedError
from tagpress.read.spans.tables import CSV, names

_LARGEST: Final = 64 << 20  # bytes of an object that is read as a whole, to see what it is
_VALUES: Final = 500  # values of JSON that are looked at
_PUBTATOR: Final = re.compile(rb"\s*[^|\t\r\n]+\|[ta]\|")
_WEBANNO: Final = b"#FORMAT=WebAnno TSV 3"
_BIOC: Final = re.compile(rb"<collection[\s>]")
_RASA: Final = (".yml", ".yaml", ".md")
_PYTHON: Final = ".py"
_LISTS: Final = re.compile(rb"\[\s*[\[({]")  # in cells of a table
_NO_LINES: Final = (".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".xml", ".html", ".conll", ".conllu", ".py", ".md")
_DOCBIN: Final = ".spacy"
_LOOSE: Final = frozenset({"json", "doccano"})  # what is no other tool's
_SURE: Final = frozenset({"argilla"})  # whose records could seem to have tokens and tags
_ROOT: Final = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<(?:!--.*?--|\?[^>]*|!DOCTYPE[^>\[]*(?:\[.*?\])?\s*)>\s*)*<(?:[\w.-]+:)?([A-Za-z][\w.-]*)",
    re.DOTALL,
)
_ROOTS: Final = {
    name: frozenset(root for root, own in {**xml_marks.ROOTS, **xml_words.ROOTS}.items() if own == name)
    for name in (*xml_marks.LAYOUTS, *xml_words.NAMES)
}
CALLED: Final = {
    "json": "JSON with a text and its spans",
    "doccano": "an export of doccano",
    "prodigy": "an export of Prodigy",
    "label-studio": "JSON of Label Studio",
    "label-studio-min": "JSON-MIN of Label Studio",
    "spacy-train-data": "TRAIN_DATA of spaCy",
    "gliner": "training data of GLiNER",
    "pubtator": "PubTator",
    "bioc": "BioC",
    "bioc-json": "BioC as JSON",
    "spacy": "a DocBin of spaCy",
    "xmi": "XMI of UIMA, as INCEpTION writes it",
    "webanno": "WebAnno TSV",
    "argilla": "records of Argilla",
    "spacy-json": "JSON of spaCy 2 for training",
    "token-spans": "tokens with spans that count in them",
    "bigbio": "documents of BigBIO",
    "cluener": "JSON lines of CLUENER",
    "dygie": "documents of DyGIE, as SciERC is written",
    "w2ner": "data of W2NER",
    "labelbox": "an export of Labelbox",
    "datasaur": "an export of Datasaur",
    "kili": "an export of Kili",
    "luis": "utterances of LUIS",
    "google": "an answer of Google's Natural Language",
    "dialogflow": "training phrases of Dialogflow",
    "snips": "utterances of Snips",
    "docred": "documents of DocRED",
    "i2b2": "a text with concepts of i2b2 beside it",
    "chemdner": "abstracts with mentions beside them, as CHEMDNER has them",
    "row-marks": "texts with a table of their spans beside them",
    "drugprot": "a table of texts with one of their spans beside it, as DrugProt and ChemProt have them",
    "comprehend": "texts with annotations of Comprehend beside them",
    "azure-ner": "texts with labels of Azure AI Language beside them",
    "mrc": "questions of MRC-NER",
    "cas-json": "a CAS of UIMA as JSON, as INCEpTION writes it",
    "tei": "TEI with its names marked",
    "timeml": "TimeML",
    "genia": "XML of GENIA",
    "xml-places": "XML with a text for each sentence and the places of its marks, as of SemEval (ABSA) and DDI",
    "folia": "FoLiA",
    "tcf": "TCF of WebLicht",
    "naf": "NAF",
    "ccl": "CCL, as of KPWr",
    "gate": "XML of GATE",
    "mae": "XML of MAE, as of i2b2",
    "inline-xml": "text with elements of XML in it",
    "opennlp": "training data of OpenNLP",
    "inline-colon": "text with its marks in brackets, a colon behind their types, as MASSIVE has them",
    "yedda": "an .ann file of YEDDA",
    "inline-brackets": "text with its marks in brackets, and their types behind them",
    "inline-types": "text with its marks in brackets, and their types in them",
    "by-type": "JSON with places below types, as of GATE",
    "rows": "a table with a span in each row",
    "dataturks": "an export of Dataturks",
    "lighttag": "an export of LightTag",
    "ubiai": "an export of UBIAI",
    "rasa": "training data of Rasa",
    "rasa-text": "training data of Rasa",
    "vertex": "JSON lines of Vertex AI",
    "automl": "JSON lines of AutoML",
}


def looks_like(sample: Sample) -> bool:
    """Return whether a sample seems to be an export of a tool that marks spans of characters, and not tokens with tags."""
    found = format_of(sample, encoding_of([sample])[0])
    return found is not None and (found[0] in _SURE or not has_lists(sample))


def is_docbin(sample: Sample) -> bool:
    """Return whether a sample is of spaCy, which is said by its name alone."""
    return sample.source.place.endswith(_DOCBIN)


def format_of(sample: Sample, encoding: str) -> tuple[str, str, str | None] | None:
    """Return the format of a sample, its container, and the member that this is in; or nothing."""
    head = sample.head
    root = _root(head)
    marks = {
        "spacy": is_docbin(sample),
        "webanno": head.startswith(_WEBANNO),
        "rasa-text": sample.source.place.endswith(_RASA) and rasa_text.MARK.search(head) is not None,
        "pubtator": _PUBTATOR.match(head) is not None,
        "xmi": head.lstrip()[:1] == b"<" and xmi.MARK in head,
        "bioc": head.lstrip()[:1] == b"<" and _BIOC.search(head) is not None,
        "gate": head.lstrip()[:1] == b"<" and gate.MARK in head,
        "mae": head.lstrip()[:1] == b"<" and all(mark in sample.data for mark in mae.MARKS),
        "cas-json": cas_json.MARK.match(head) is not None,
        "xml-places": head.lstrip()[:1] == b"<" and xml_places.MARK.search(sample.data) is not None,
        **{name: root in roots for name, roots in _ROOTS.items()},
    }
    if any(marks.values()):
        name = next(name for name, there in marks.items() if there)
        return name, FORMATS[name].container, FORMATS[name].inside
    if not sample.source.place.endswith(_NO_LINES) and (style := inline.style_of(_first_lines(sample, encoding))):
        return style, "", None
    if sample.source.place.endswith(_PYTHON) and b"entities" in sample.data:
        return "spacy-train-data", "python", None
    found = _of_values(sample, encoding, in_json=head.lstrip()[:1] in {b"{", b"["})
    if found is None and _is_cut(sample, encoding):
        return _of_values(Sample(sample.source, read(sample.source), whole=True), encoding, in_json=True)
    return found


def _root(head: bytes) -> str:
    """Return the name of the element that a document of XML is, without its prefix; nothing where it is none."""
    match = _ROOT.match(head)
    return match[1].decode() if match else ""


def _first_lines(sample: Sample, encoding: str) -> list[str]:
    head = sample.data[: inline.HEAD]
    lines = texts.decode(head, encoding).characters.splitlines()
    return lines if len(head) == len(sample.data) else lines[:-1]


def _of_values(sample: Sample, encoding: str, *, in_json: bool) -> tuple[str, str, str | None] | None:
    """Return the same of a sample whose records are values: those of a tool go before what their texts show to be spans."""
    held = list(_containers(sample, encoding)) if in_json else [(name, None) for name in CSV]
    for container, inside in held if in_json or _LISTS.search(_decoded(sample, encoding)) else ():
        if best := _voted(list(values_of(sample, encoding, container, inside)), in_json=in_json, marked=True):
            of_tokens = best == "json" and _in_tokens(sample, encoding, container, inside)
            return "token-spans" if of_tokens else best, container, inside
    for container, inside in held:
        if not in_json and not are_places(names(texts.decode(sample.data, encoding), container)):
            continue
        values_ = list(values_of(sample, encoding, container, inside))
        if in_json and in_records(values_):
            return "json", container, inside
        if in_json and in_tokens(values_):
            return "token-spans", container, inside
        if in_rows(values_):
            return "rows", container, inside
    for container, inside in held if in_json else ():
        if best := _voted(list(values_of(sample, encoding, container, inside)), in_json=True, marked=False):
            return best, container, inside
    return None


def _is_cut(sample: Sample, encoding: str) -> bool:
    """Return whether a sample is the beginning of an object that goes on behind it, which says what it is by all of it."""
    if sample.whole or sample.source.size > _LARGEST or sample.head.lstrip()[:1] != b"{":
        return False
    return all(isinstance(value, MalformedError) for _, _, value in _first(sample, encoding))


def _first(sample: Sample, encoding: str) -> Iterator[tuple[int, int, Any]]:
    return islice(values(texts.decode(sample.data, encoding), "lines"), 1)


def _voted(found: Sequence[Any], *, in_json: bool, marked: bool) -> str:
    """
    Return the tool that most values are of, or nothing.

    A value with nothing in its lists could be of many: where `marked`, those that have something say it, if there are any,
    and one of no tool must have a span.
    """
    full = [value for value in found if not (marked and _is_bare(value))] or found
    voted = ((value, tool_of(value)) for value in full)
    votes = Counter(
        tool
        for value, tool in voted
        if _is_marked(value) or tool in _SURE or (in_json and not (marked and tool in _LOOSE))
    )
    votes.pop("", None)
    return min(votes, key=lambda name: (-votes[name], [*FORMATS].index(name)), default="")


def _in_tokens(sample: Sample, encoding: str, container: str, inside: str | None) -> bool:
    """Return whether spans count in the tokens that records have too: where the texts show nothing for characters."""
    found = list(values_of(sample, encoding, container, inside))
    return in_records(found) is None and in_tokens(found) is not None


def _decoded(sample: Sample, encoding: str) -> bytes:
    return texts.decode(sample.data, encoding).data


def _is_marked(row: Any) -> bool:  # noqa: ANN401 - JSON
    """Return whether a row has a list with a span in it: one without any could be anything."""
    return isinstance(row, dict) and any(row[name] for name in span_fields(row))


def _is_bare(value: Any) -> bool:  # noqa: ANN401 - JSON
    """Return whether an object has nothing in any list or object."""
    return isinstance(value, dict) and not any(isinstance(one, list | dict) and one for one in value.values())


def _containers(sample: Sample, encoding: str) -> Iterator[tuple[str, str | None]]:
    """Yield each way in which JSON may hold values, the likelier one first."""
    yield from (("lines", None), ("array", None))
    decoded = texts.decode(sample.data, encoding)
    yield from (("array", name) for name in member_lists(decoded.characters))
    yield "columns", None
    if {bracket for _, bracket in members(decoded.characters)} == {"{"}:
        yield "keyed", None
    yield "whole", None


def values_of(sample: Sample, encoding: str, container: str, inside: str | None = None) -> Iterator[Any]:
    """Yield the first values of a sample; the last of a part may be cut, and is none."""
    decoded = texts.decode(sample.data, encoding)
    found = (value for _, _, value in values(decoded, container, inside))
    return (value for value in islice(found, _VALUES) if not isinstance(value, MalformedError))
