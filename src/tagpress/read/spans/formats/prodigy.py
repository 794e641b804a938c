"""Prodigy's JSONL: a text, its tokens, its spans by character and by token, and the annotator's answer."""

from typing import Any, Final

from tagpress.corpus.problems import quoted
from tagpress.read.spans.record import MalformedError, Record, RecordReading, Span, identifier, listed, mapping, string

_ANSWERS: Final = {"accept": "", "reject": "rejected", "ignore": "skipped"}
_ANNOTATORS: Final = ("_annotator_id", "_session_id")
FIELDS: Final = frozenset({"text", "tokens", "spans", "answer", "relations", "id", "_task_hash", *_ANNOTATORS})


def read(value: Any, reading: RecordReading) -> Record:  # noqa: ANN401 - JSON
    """
    Return the record in a task.

    Raises:
        MalformedError: it is no task with a text.

    """
    row = mapping(value)
    text = string(row, reading.text or "text")
    tokens = _tokens(row)
    answer = row.get("answer", "accept")
    if not isinstance(answer, str) or answer not in _ANSWERS:
        raise MalformedError(f"the answer {quoted(str(answer))}, which is none of accept, reject, ignore")
    faults = [("rejected-record", f"a record that its annotator {_ANSWERS[answer]}")] if _ANSWERS[answer] else []
    who = next((str(row[name]) for name in _ANNOTATORS if row.get(name) is not None), "")
    if reading.annotator and who != reading.annotator:
        faults.append(
            ("rejected-record", f"a record of the annotator {quoted(who)}, where {reading.annotator!r} is declared")
        )
    name = reading.spans or "spans"
    items = listed(row.get(name), "spans")
    return Record(
        text,
        tuple(_span(mapping(item), tokens)._replace(path=(name, number)) for number, item in enumerate(items)),
        tokens=tokens,
        id=identifier(row.get("id", row.get("_task_hash"))),
        faults=tuple(faults),
        aside=("relations",) * len(listed(row.get("relations"), "relations")),
    )


def annotators(value: Any) -> list[str]:  # noqa: ANN401 - JSON
    """Return who annotated a task, as far as that is said."""
    named = [value[name] for name in _ANNOTATORS if value.get(name) is not None] if isinstance(value, dict) else []
    return list(map(str, named[:1]))


def _tokens(row: dict[str, Any]) -> list[tuple[Any, Any]] | None:
    if row.get("tokens") is None:
        return None
    try:
        return [(token["start"], token["end"]) for token in listed(row["tokens"], "tokens")]
    except (TypeError, KeyError) as error:
        raise MalformedError("a token without start or end") from error


def _span(item: dict[str, Any], tokens: list[tuple[Any, Any]] | None) -> Span:
    """Return a span; where it says its tokens too, both must be the same."""
    begin, stop, said = item.get("start"), item.get("end"), item.get("text")
    first, last = item.get("token_start"), item.get("token_end")
    fault = ""
    if tokens is not None and type(first) is int and type(last) is int:
        known = 0 <= first <= last < len(tokens)
        if not known or (tokens[first][0], tokens[last][1]) != (begin, stop):
            where = f"are at {tokens[first][0]}-{tokens[last][1]}" if known else "are not there"
            fault = f"says that it has the tokens {first} to {last}, which {where}"
    return Span(begin, stop, item.get("label"), said if isinstance(said, str) else None, fault=fault)
