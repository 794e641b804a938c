"""Guess the fields of records: JSON lines, and the Parquet files of a dataset."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from tagpress.corpus.problems import few
from tagpress.errors import SourceError
from tagpress.read.dialect import Dialect
from tagpress.read.guess.json_forms import refuse_form
from tagpress.read.guess.label_names import described, names_of_numbers
from tagpress.read.guess.samples import Reason, Sample, because, encoding_of
from tagpress.read.guess.spelled_tags import TAG
from tagpress.read.hubarrow import HubArrow, read_arrow
from tagpress.read.hubparquet import HubParquet, label_names, refuse_dense
from tagpress.read.json_items import Item, items, keyed, member_lists
from tagpress.read.json_items import rows as table
from tagpress.read.jsonarray import JsonArray
from tagpress.read.jsonl import JsonLines
from tagpress.read.records import ListFields
from tagpress.read.sources import source as sources
from tagpress.read.sources import text
from tagpress.read.sources.source import Source

_FIELDS: Final = 30  # lists that may be the tokens, and as many that may be the tags
ROWS: Final = 1000  # records looked at
_TAGS: Final = ("ner_tags", "ner", "tags", "labels", "iob", "bio")  # the likelier one first
IDS: Final = ("id", "sent_id", "sentence_id", "uid", "idx")
_KEY: Final = "key"  # the field that the key of an object becomes
_HELD: Final = {"columns": "its members are columns", "keyed": "its members are sentences by their ids"}
_TURNED: Final = _HELD.keys()
DOCUMENTS: Final = ("doc_id", "document_id", "document", "doc")


def json_records(samples: Sequence[Sample], encoding: str) -> tuple[Dialect, list[Reason], list[str]]:
    """
    Return the dialect of JSON that samples seem to be in: objects on lines, in a list, in a list in an object, or as columns.

    Raises SourceError if no two lists run in parallel, or if the tags are numbers and nothing says what they mean.
    """
    source, found = samples[0].source, _parallel_in(samples[0], encoding)
    if isinstance(found, SourceError):
        for kind, options, rows in _holding(samples[0], encoding):
            if not options.keys() & _TURNED:
                inside = "".join(f"[{json.dumps(step)}]" for step in options.get("inside", "").split(".") if step)
                refuse_form(rows, source.name, "" if kind is JsonLines else f".{inside}[]")
        raise found
    (kind, options, rows), (tokens, tags) = found
    names, named = names_of_numbers(
        rows, tags, source, described(text.decode(samples[0].data, encoding).characters, tags)
    )
    dialect = kind(
        tokens=tokens,
        tags=tags,
        names=names,
        encoding=encoding,
        sentence_id=key_of(IDS, rows[0]),
        document=key_of(DOCUMENTS, rows[0]),
        **options,
    )
    both = f"{tokens} and {tags} run in parallel"
    if kind is JsonLines:
        first = next(line for line in samples[0].lines(encoding) if line.text.strip())
        return dialect, [because(f"each line is an object; {both}", first), *named], []
    if "keyed" in options:
        dialect = replace(dialect, sentence_id=dialect.sentence_id or _KEY)
    how = f"the member {options['inside']!r} is the list" if "inside" in options else _HELD.get(next(iter(options), ""))
    what = f"is one JSON object, and {how}" if options else "is one JSON list"
    return dialect, [Reason(f"{source.name} {what}; {both}"), *named], []


def has_lists(sample: Sample) -> bool:
    """Return whether a sample is JSON whose objects have a list of tokens and one of tags, whatever else they have."""
    if sample.head.lstrip()[:1] not in {b"{", b"["}:
        return False
    return not isinstance(_parallel_in(sample, encoding_of([sample])[0]), SourceError)


_Held = tuple[type[JsonLines | JsonArray], dict[str, Any], list[dict[str, Any]]]


def _parallel_in(sample: Sample, encoding: str) -> tuple[_Held, tuple[str, str]] | SourceError:
    """Return the first way to hold rows in which two lists run in parallel, with the fields of these; or what is wrong."""
    wrong: SourceError | None = None
    found: list[tuple[float, _Held, tuple[str, str]]] = []
    for held in _holding(sample, encoding):
        try:
            columns = parallel(held[2], sample.source.name)
        except SourceError as error:
            wrong = wrong or error
            continue
        if not held[1].keys() & _TURNED:
            return held, columns
        sound = [row for row in held[2] if isinstance(row.get(columns[1]), list)]
        # Columns and rows are each other, turned: one of them has tags alone.
        found.append((_tagginess(sound, columns[1]), held, columns))
    if found:
        return max(found, key=lambda one: one[0])[1:]
    for kind, options, rows in _holding(sample, encoding):
        if not options.keys() & _TURNED and any(isinstance(value, dict) for row in rows[:1] for value in row.values()):
            flat = _flat(rows)
            with suppress(SourceError):
                return (kind, options, flat), parallel(flat, sample.source.name)
    assert wrong is not None
    return wrong


def _holding(sample: Sample, encoding: str) -> Iterator[_Held]:
    """Yield each way in which JSON may hold rows, with the first rows that it then has."""
    decoded = text.decode(sample.data, encoding)
    document = decoded.characters
    if document.lstrip()[:1] == "[":
        yield JsonArray, {}, _objects(items(document))
        return
    lined = _lined(sample, encoding)
    yield JsonLines, {}, lined
    if len(lined) > 1:
        return
    for name in member_lists(document):
        yield JsonArray, {"inside": name}, _objects(items(document, name))
    yield JsonArray, {"columns": True}, _objects(table(document))
    yield JsonArray, {"keyed": True}, _objects(keyed(document))


def _flat(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return objects with what is in the objects in them, under the path that leads there."""
    inner = ((row, [name for name, value in row.items() if isinstance(value, dict)]) for row in rows)
    return [
        {f"{name}.{below}": value for name in names for below, value in row[name].items()} | row for row, names in inner
    ]


def _objects(found: Iterator[Item]) -> list[dict[str, Any]]:
    """Return the first values that are objects."""
    return [item.value for item in islice(found, ROWS) if isinstance(item.value, dict) and item.value]


def parquet(samples: Sequence[Sample], encoding: str) -> tuple[Dialect, list[Reason], list[str]]:  # noqa: ARG001 - Parquet says
    """
    Return the Parquet dialect that samples seem to be in.

    Raises SourceError if no two lists run in parallel, or if the tags are numbers and nothing says what they mean.
    """
    source = samples[0].source
    try:
        data = sources.read(source)
        file = pq.ParquetFile(pa.BufferReader(data))
        refuse_dense(file.metadata, data)
        rows = next(file.iter_batches(ROWS), pa.RecordBatch.from_pylist([])).to_pylist()
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise SourceError(f"{source.name} is no Parquet file that can be read: {error}", "fetch it again") from error
    return _table(HubParquet, file.schema_arrow, rows, source)


def arrow(samples: Sequence[Sample], encoding: str) -> tuple[Dialect, list[Reason], list[str]]:  # noqa: ARG001 - Arrow says
    """
    Return the Arrow dialect that samples seem to be in.

    Raises SourceError if no two lists run in parallel, or if the tags are numbers and nothing says what they mean.
    """
    source = samples[0].source
    try:
        table = read_arrow(sources.read(source))
        table.slice(0, ROWS).validate(full=True)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise SourceError(f"{source.name} is no Arrow file that can be read: {error}", "save it again") from error
    return _table(HubArrow, table.schema, table.slice(0, ROWS).to_pylist(), source)


def _table(
    kind: type[HubParquet], schema: pa.Schema, rows: Sequence[dict[str, Any]], source: Source
) -> tuple[Dialect, list[Reason], list[str]]:
    """Return the dialect of a file with columns, its reasons and doubts."""
    tokens, tags = parallel(rows, source.name)
    names, named = ((), []) if label_names(schema, tags) else names_of_numbers(rows, tags, source)
    keys = key_of(IDS, schema.names), key_of(DOCUMENTS, schema.names)
    dialect = kind(tokens=tokens, tags=tags, names=names, sentence_id=keys[0], document=keys[1])
    what = kind.__name__.removeprefix("Hub")
    return dialect, [Reason(f"{source.name} is {what}; {tokens} and {tags} run in parallel"), *named], []


def schema_of(dialect: Dialect, source: Source) -> pa.Schema | None:
    """Return the schema of a file of columns, which may name labels; None in other dialects."""
    if isinstance(dialect, HubArrow):
        return read_arrow(sources.read(source)).schema
    return pq.read_schema(pa.BufferReader(sources.read(source))) if isinstance(dialect, HubParquet) else None


def labels_said(dialect: Dialect, source: Source) -> tuple[str, ...]:
    """Return the labels whose numbers are the tags of a source that was sniffed, in their order; nothing where tags are texts."""
    if not isinstance(dialect, ListFields) or dialect.names:
        return dialect.names if isinstance(dialect, ListFields) else ()
    schema = schema_of(dialect, source)
    return () if schema is None or dialect.tags is None else label_names(schema, dialect.tags)


def _lined(sample: Sample, encoding: str) -> list[dict[str, Any]]:
    """Return the first objects that are on lines."""
    lines = (line for line in sample.lines(encoding) if line.text.strip())
    return [row for line in islice(lines, ROWS) if (row := _object(line.text))]


def _object(line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def parallel(rows: Sequence[dict[str, Any]], name: str) -> tuple[str, str]:
    """
    Return the fields of the tokens and of the tags: lists that are as long as each other in most rows.

    Raises:
        SourceError: no two lists run in parallel.

    """
    lists = [field for field in (rows[0] if rows else {}) if _mostly(isinstance(row.get(field), list) for row in rows)]
    sound = [row for row in rows if all(isinstance(row.get(field), list) for field in lists)]
    wordy = {field: _wordiness(sound, field) for field in lists if _all(sound, field, str)}
    taggy = {field: _tagginess(sound, field) for field in lists if field in wordy or _all(sound, field, int)}
    scored = [
        (equal, taggy[tags], wordy[tokens], tokens, tags)
        for tokens in _most(wordy)
        for tags in _most({field: much for field, much in taggy.items() if much > 0})
        if tokens != tags and (equal := _equal(sound, tokens, tags)) >= 0.5  # noqa: PLR2004 - half
    ]
    best = max(scored, key=lambda one: one[:3], default=None)
    if best is None:
        fields = few(rows[0]) if rows else "none"
        message = f"{name} has no list of tokens with a list of tags beside it; its fields are {fields}"
        hint = 'declare the dialect by hand, tokens= and tags=, of records such as {"tokens": ["Ada"], "ner_tags": ["B-PER"]}'
        raise SourceError(message, hint)
    return best[3:]


def _most(scored: Mapping[str, float]) -> list[str]:
    """Return the fields that have most of something, in the order in which they stand."""
    kept = set(sorted(scored, key=lambda field: -scored[field])[:_FIELDS])
    return [field for field in scored if field in kept]


def _wordiness(rows: Sequence[dict[str, Any]], field: str) -> int:
    """Return how many different texts a field has: words have more than their parts of speech."""
    return len({item for row in rows for item in row[field] if isinstance(item, str)})


def _equal(rows: Sequence[dict[str, Any]], one: str, other: str) -> float:
    """Return in which part of the rows that have an item of either both have as many."""
    filled = [row for row in rows if row[one] or row[other]]
    return sum(len(row[one]) == len(row[other]) for row in filled) / max(len(filled), 1)


def _all(rows: Sequence[dict[str, Any]], field: str, kind: type) -> bool:
    """Return whether a field holds items of one kind; a row that does not will be reported as what it is."""
    return _mostly(all(isinstance(item, kind) for item in row[field]) for row in rows)


def _mostly(answers: Iterable[bool]) -> bool:
    listed = list(answers)
    return 2 * sum(listed) > len(listed)


def _tagginess(rows: Sequence[dict[str, Any]], field: str) -> float:
    """Return how much a field looks like tags: by its items if they are strings, and by its name."""
    items = [item for row in rows for item in row[field] if isinstance(item, str | int)]
    named = next((len(_TAGS) - i for i, name in enumerate(_TAGS) if name in field.lower()), 0) / len(_TAGS)
    if not items or isinstance(items[0], int):
        return named
    return sum(TAG.fullmatch(str(item)) is not None for item in items) / len(items) + named / 2 if items else 0.0


def key_of(likely: Sequence[str], names: Iterable[str]) -> str | None:
    """Return the first of the likely names that is there."""
    there = dict(sorted(((name.rpartition(".")[2], name) for name in names), key=lambda pair: "." not in pair[1]))
    return next((there[name] for name in likely if name in there), None)
