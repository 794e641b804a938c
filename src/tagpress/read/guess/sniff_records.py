"""Guess the fields of records: JSON lines, and the Parquet files of a dataset."""

import json
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from tagpress.errors import SourceError
from tagpress.read.dialect import Dialect
from tagpress.read.guess.layout import TAG
from tagpress.read.guess.samples import Reason, Sample, because
from tagpress.read.hubparquet import HubParquet, label_names
from tagpress.read.jsonl import JsonLines
from tagpress.read.sources import source as sources

_ROWS: Final = 1000  # records looked at
_TAGS: Final = ("ner_tags", "ner", "tags", "labels", "iob", "bio")  # the likelier one first
_IDS: Final = ("id", "sent_id", "sentence_id", "uid", "idx")
_DOCUMENTS: Final = ("doc_id", "document_id", "document", "doc")


def jsonl(samples: Sequence[Sample], encoding: str) -> tuple[Dialect, list[Reason], list[str]]:
    """
    Return the JSON lines dialect that samples seem to be in.

    Raises SourceError if no two lists run in parallel.
    """
    lines = [line for line in samples[0].lines(encoding) if line.text.strip()]
    rows = [row for line in islice(lines, _ROWS) if (row := _object(line.text))]
    tokens, tags = _parallel(rows, samples[0].source.name)
    numbers = any(isinstance(tag, int) for row in rows for tag in row[tags])
    doubts = [f"tags: {tags} holds numbers, and JSON does not say what they mean: give names=(...)"] if numbers else []
    dialect = JsonLines(
        tokens=tokens, tags=tags, encoding=encoding, sentence_id=_key(_IDS, rows[0]), document=_key(_DOCUMENTS, rows[0])
    )
    return dialect, [because(f"each line is an object; {tokens} and {tags} run in parallel", lines[0])], doubts


def parquet(samples: Sequence[Sample], encoding: str) -> tuple[Dialect, list[Reason], list[str]]:  # noqa: ARG001 - Parquet says
    """
    Return the Parquet dialect that samples seem to be in.

    Raises SourceError if no two lists run in parallel.
    """
    source = samples[0].source
    try:
        file = pq.ParquetFile(pa.BufferReader(sources.read(source)))
        rows = next(file.iter_batches(_ROWS), pa.RecordBatch.from_pylist([])).to_pylist()
    except pa.ArrowException as error:
        raise SourceError(f"{source.name} is no Parquet file that can be read: {error}", "fetch it again") from error
    tokens, tags = _parallel(rows, source.name)
    numbers = any(isinstance(tag, int) for row in rows for tag in row[tags])
    names = label_names(file.schema_arrow, tags)
    doubts = [f"tags: {tags} holds numbers without names: give names=(...)"] if numbers and not names else []
    columns = file.schema_arrow.names
    keys = _key(_IDS, columns), _key(_DOCUMENTS, columns)
    dialect = HubParquet(tokens=tokens, tags=tags, sentence_id=keys[0], document=keys[1])
    return dialect, [Reason(f"{source.name} is Parquet; {tokens} and {tags} run in parallel")], doubts


def _object(line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _parallel(rows: Sequence[dict[str, Any]], name: str) -> tuple[str, str]:
    """Return the fields of the tokens and of the tags: lists that are as long as each other in most rows."""
    lists = [field for field in (rows[0] if rows else {}) if all(isinstance(row.get(field), list) for row in rows)]
    scored = [
        (_equal(rows, tokens, tags), _tagginess(rows, tags), tokens, tags)
        for tokens in lists
        for tags in lists
        if tokens != tags and _all(rows, tokens, str) and (_all(rows, tags, str) or _all(rows, tags, int))
    ]
    best = max(scored, key=lambda one: one[:2], default=None)
    if best is None or best[0] < 0.5 or best[1] <= 0:  # noqa: PLR2004 - half
        fields = ", ".join(rows[0]) if rows else "none"
        message = f"{name} has no list of tokens with a list of tags beside it; its fields are {fields}"
        raise SourceError(message, "declare the dialect by hand: tokens=, tags=")
    return best[2], best[3]


def _equal(rows: Sequence[dict[str, Any]], one: str, other: str) -> float:
    return sum(len(row[one]) == len(row[other]) for row in rows) / len(rows)


def _all(rows: Sequence[dict[str, Any]], field: str, kind: type) -> bool:
    return all(isinstance(item, kind) for row in rows for item in row[field])


def _tagginess(rows: Sequence[dict[str, Any]], field: str) -> float:
    """Return how much a field looks like tags: by its items if they are strings, and by its name."""
    items = [item for row in rows for item in row[field]]
    named = next((len(_TAGS) - i for i, name in enumerate(_TAGS) if name in field.lower()), 0) / len(_TAGS)
    if not items or isinstance(items[0], int):
        return named
    return sum(TAG.fullmatch(item) is not None for item in items) / len(items) + named / 2 if items else 0.0


def _key(likely: Sequence[str], names: Iterable[str]) -> str | None:
    """Return the first of the likely names that is there."""
    there = set(names)
    return next((name for name in likely if name in there), None)
