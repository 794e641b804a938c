"""Of which annotation tool is a record? Seen in a value of JSON, by what only that tool writes."""

from collections import Counter
from collections.abc import Callable
from typing import Any, Final

from tagpress.read.guess.spelled_tags import TAG
from tagpress.read.spans.formats import (
    argilla,
    bigbio,
    by_type,
    chunks,
    cluener,
    datasaur,
    docred,
    google,
    kili,
    labelbox,
    luis,
    mrc,
    w2ner,
)
from tagpress.read.spans.formats.items import in_columns
from tagpress.read.spans.formats.token_spans import is_dygie

_BOUNDS: Final = (("start", "end"), ("start_offset", "end_offset"), ("begin", "end"), ("start", "stop"))
_LABELS: Final = ("label", "labels", "type", "tag", "entity", "entity_type", "entity_group", "class")
_TEXTS: Final = ("text", "content", "sentence")
_TOOL_OF_PRODIGY: Final = frozenset({"answer", "_input_hash", "_task_hash", "_view_id", "_session_id"})
PARTS_OF_TEXTS: Final = frozenset({"tokens", "words", "sents", "sentences", "paragraphs", "lines"})
_THREE: Final = 3


def is_span(item: Any) -> bool:  # noqa: ANN401 - JSON
    """Return whether a value is a span: a list that begins with two numbers, or an object with two and a label."""
    if isinstance(item, list):
        return len(item) >= _THREE and type(item[0]) is int and type(item[1]) is int and isinstance(item[2], str | int)
    if not isinstance(item, dict) or not any(name in item for name in _LABELS):
        return False
    return any(type(item.get(begin)) is int and type(item.get(stop)) is int for begin, stop in _BOUNDS)


def span_fields(row: dict[str, Any]) -> list[str]:
    """
    Return the fields of a record that are lists of spans, or that are empty lists, or that have a list for each part of spans.

    Tokens and sentences have places too, and are none where there are others.
    """
    found = [
        name
        for name, value in row.items()
        if (isinstance(value, list) and all(map(is_span, value))) or in_columns(value)
    ]
    return [name for name in found if name.lower() not in PARTS_OF_TEXTS] or found


def text_field(row: dict[str, Any]) -> str | None:
    """Return the field of a record that has its text: a usual name, or else the longest text there is."""
    texts = {name: value for name, value in row.items() if isinstance(value, str)}
    named = next((name for name in _TEXTS if name in texts), None)
    return named or max(texts, key=lambda name: len(texts[name]), default=None)


def tool_of(value: Any) -> str:  # noqa: ANN401 - JSON
    """Return the format that a value is in, or nothing."""
    if isinstance(value, list):
        return "spacy-train-data" if _is_train_data(value) else ""
    if not isinstance(value, dict) or _has_tags(value):
        return ""
    return next((name for name, is_its in _TOOLS if is_its(value)), "")


def _has_tags(row: dict[str, Any]) -> bool:
    """Return whether a record has tags beside tokens: then its spans, if any, are said twice."""
    lists = [value for value in row.values() if isinstance(value, list) and value]
    words = [one for one in lists if all(isinstance(item, str) for item in one)]
    tags = [one for one in words if all(TAG.fullmatch(item) for item in one)]
    numbers = [one for one in lists if all(type(item) is int for item in one)]
    lengths = Counter(map(len, words))  # a list of tags is one of words too
    return any(lengths[len(one)] > 1 for one in tags) or any(lengths[len(one)] for one in numbers)


def _is_train_data(value: list[Any]) -> bool:
    pair = len(value) == 2 and isinstance(value[0], str) and isinstance(value[1], dict)  # noqa: PLR2004 - a pair
    return pair and isinstance(value[1].get("entities"), list)


def _is_task(row: dict[str, Any]) -> bool:
    return isinstance(row.get("data"), dict) and isinstance(row.get("annotations", row.get("completions")), list)


def _is_gliner(row: dict[str, Any]) -> bool:
    return isinstance(row.get("tokenized_text"), list) and isinstance(row.get("ner"), list)


def _is_prodigy(row: dict[str, Any]) -> bool:
    spans = row.get("spans")
    named = isinstance(spans, list) and any(isinstance(one, dict) and "token_start" in one for one in spans)
    return isinstance(row.get("text"), str) and (named or not _TOOL_OF_PRODIGY.isdisjoint(row))


def _is_minimal(row: dict[str, Any]) -> bool:
    regions = [value for value in row.values() if isinstance(value, list) and value and all(map(is_span, value))]
    marked = any(isinstance(one, dict) and isinstance(one.get("labels"), list) for each in regions for one in each)
    return text_field(row) is not None and (marked or {"annotation_id", "lead_time"} <= row.keys())


def _is_doccano(row: dict[str, Any]) -> bool:
    if not isinstance(row.get("text"), str):
        return False
    own = next(
        (row[name] for name in ("label", "labels", "entities", "annotations") if isinstance(row.get(name), list)), None
    )
    return own is not None and all(is_span(item) and (isinstance(item, list) or "start_offset" in item) for item in own)


def _is_by_type(row: dict[str, Any]) -> bool:
    return by_type.is_record(row) and not any(row[name] for name in span_fields(row))


def _is_plain(row: dict[str, Any]) -> bool:
    return text_field(row) is not None and bool(span_fields(row))


def _is_bioc(row: dict[str, Any]) -> bool:
    return isinstance(row.get("passages"), list) and all(isinstance(one, dict) for one in row["passages"])


def _is_spacy_json(row: dict[str, Any]) -> bool:
    held = row.get("paragraphs")
    return isinstance(held, list) and all(isinstance(one, dict) and "sentences" in one for one in held)


def _is_dataturks(row: dict[str, Any]) -> bool:
    items = row.get("annotation")
    marked = isinstance(items, list) and all(isinstance(one, dict) and "points" in one for one in items)
    return isinstance(row.get("content"), str) and "annotation" in row and (marked or items is None)


def _is_lighttag(row: dict[str, Any]) -> bool:
    items = row.get("annotations")
    marked = isinstance(items, list) and all(isinstance(one, dict) and "tag" in one for one in items)
    return isinstance(row.get("content"), str) and marked


def _is_ubiai(row: dict[str, Any]) -> bool:
    items = row.get("tokens")
    marked = isinstance(items, list) and all(isinstance(one, dict) and "entityLabel" in one for one in items)
    return isinstance(row.get("document"), str) and marked


def _is_rasa(row: dict[str, Any]) -> bool:
    items = row.get("entities", [])
    marked = isinstance(items, list) and all(
        isinstance(one, dict) and {"entity", "start"} <= one.keys() for one in items
    )
    return isinstance(row.get("text"), str) and "intent" in row and marked


def _is_vertex(row: dict[str, Any]) -> bool:
    return isinstance(row.get("textContent"), str) and isinstance(row.get("textSegmentAnnotations"), list)


def _is_automl(row: dict[str, Any]) -> bool:
    text = row.get("text_snippet")
    return isinstance(text, dict) and isinstance(text.get("content"), str) and isinstance(row.get("annotations"), list)


_TOOLS: Final[tuple[tuple[str, Callable[[dict[str, Any]], bool]], ...]] = (
    ("label-studio", _is_task),
    ("bigbio", bigbio.is_record),
    ("bioc-json", _is_bioc),
    ("gliner", _is_gliner),
    ("argilla", argilla.is_record),
    ("cluener", cluener.is_record),
    ("w2ner", w2ner.is_record),
    ("labelbox", labelbox.is_record),
    ("datasaur", datasaur.is_record),
    ("kili", kili.is_record),
    ("luis", luis.is_record),
    ("google", google.is_record),
    ("dialogflow", chunks.is_dialogflow),
    ("snips", chunks.is_snips),
    ("docred", docred.is_record),
    ("mrc", mrc.is_record),
    ("spacy-json", _is_spacy_json),
    ("dygie", is_dygie),
    ("dataturks", _is_dataturks),
    ("lighttag", _is_lighttag),
    ("ubiai", _is_ubiai),
    ("rasa", _is_rasa),
    ("vertex", _is_vertex),
    ("automl", _is_automl),
    ("prodigy", _is_prodigy),
    ("label-studio-min", _is_minimal),
    ("by-type", _is_by_type),
    ("doccano", _is_doccano),
    ("json", _is_plain),
)
