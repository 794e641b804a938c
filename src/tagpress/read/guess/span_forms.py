"""Of which form are objects of JSON that have spans, where these could not be read? It is said, with what to type."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any, Final, NamedTuple

from tagpress.errors import SourceError
from tagpress.read.guess.json_forms import refuse_form
from tagpress.read.guess.samples import Sample
from tagpress.read.guess.shapes import text_field
from tagpress.read.guess.span_formats import values_of
from tagpress.read.guess.span_parts import in_records
from tagpress.read.json_items import member_lists
from tagpress.read.sources import text

_LOOKS: Final = 50  # values that are looked at
_PAIR: Final = 2

_Row = dict[str, Any]


class _SpanForm(NamedTuple):
    """What a form is called, and a program of jq that makes an object with a text and spans of each."""

    called: str
    program: str
    slurp: bool = False


def refuse_span_form(sample: Sample, encoding: str) -> None:
    """
    Refuse a source whose objects are of a form that is known.

    Raises:
        SourceError: most are.

    """
    if sample.head.lstrip()[:1] not in {b"{", b"["}:
        return
    members = [("array", name) for name in member_lists(text.decode(sample.data, encoding).characters)]
    for container, inside in (("lines", None), ("array", None), *members, ("whole", None)):
        rows = [value for value in _values(sample, encoding, container, inside) if isinstance(value, dict)]
        each = "".join(f"[{json.dumps(step)}]" for step in (inside or "").split(".") if step)
        each = f".{each}[]" if container == "array" else ""
        if not rows:
            continue
        for look in _LOOKS_LIKE:
            found = [form for row in rows if (form := look(row))]
            if 2 * len(found) > len(rows):
                form = max(found, key=lambda one: (found.count(one), one.program))
                program = f"{each} | {form.program}" if each and not form.slurp else form.program
                flags = "sc" if form.slurp and not each else "c"
                hint = f"make an object with a text and its spans of each: jq -{flags} '{program}' OLD > NEW.jsonl"
                raise SourceError(f"{sample.source.name} has {form.called}", hint)
        if inside is None:
            refuse_form(rows, sample.source.name, each)


def _values(sample: Sample, encoding: str, container: str, inside: str | None) -> Iterator[Any]:
    with suppress(SourceError):
        yield from islice(values_of(sample, encoding, container, inside), _LOOKS)


def _quoted(name: str) -> str:
    return f".[{json.dumps(name, ensure_ascii=False)}]"


def _bare_places(row: _Row) -> _SpanForm | None:
    """Return the form of places in a list for each type, which have no label: `{"text": "..", "acronyms": [[0, 3]]}`."""
    own = text_field(row)
    lists = [name for name, value in row.items() if isinstance(value, list) and value and all(map(_is_place, value))]
    if own is None or not lists:
        return None
    named = [name for name, value in row.items() if isinstance(value, list) and all(map(_is_place, value))]
    each = " + ".join(f"[{_quoted(name)}[] + [{json.dumps(name, ensure_ascii=False)}]]" for name in named)
    shown = ", ".join(map(repr, named))
    return _SpanForm(
        f"places without a label, in a list for each type: {shown}", f"{{text: {_quoted(own)}, spans: ({each})}}"
    )


def _is_place(item: Any) -> bool:  # noqa: ANN401 - JSON
    return isinstance(item, list) and len(item) == _PAIR and all(type(one) is int for one in item)


def _of_documents(row: _Row) -> _SpanForm | None:
    """Return the form of documents with a list of texts that have their spans, such as paragraphs."""
    for name, items in row.items():
        if isinstance(items, list) and items and all(isinstance(one, dict) for one in items) and in_records(items):
            return _SpanForm(f"texts with their spans in a list for each document, in {name!r}", f"{_quoted(name)}[]")
    return None


def _of_brat(row: _Row) -> _SpanForm | None:
    """Return the form of documents that brat is embedded with: `{"text": "..", "entities": [["T1", "PER", [[0, 3]]]]}`."""
    spans = row.get("entities")
    if (
        not isinstance(row.get("text"), str)
        or not isinstance(spans, list)
        or not spans
        or not all(map(_is_brat, spans))
    ):
        return None
    gaps = 'if (.[2] | length) == 1 then [.[2][0][0], .[2][0][1], .[1]] else error("\\(.[0]) has gaps") end'
    return _SpanForm("documents of brat as JSON", f"{{text, spans: [.entities[] | {gaps}]}}")


def _is_brat(item: Any) -> bool:  # noqa: ANN401 - JSON
    return (
        isinstance(item, list)
        and len(item) > _PAIR
        and isinstance(item[0], str)
        and isinstance(item[1], str)
        and isinstance(item[2], list)
        and all(map(_is_place, item[2]))
    )


def _of_prompts(row: _Row) -> _SpanForm | None:
    """Return the form of PaddleNLP's UIE, whose records ask for one type each."""
    if not {"content", "result_list", "prompt"} <= row.keys():
        return None
    spans = "[.[] | .prompt as $type | .result_list[] | [.start, .end, $type]]"
    return _SpanForm(
        "prompts of UIE, a record for each type of a text",
        f"group_by(.content)[] | {{text: .[0].content, spans: {spans}}}",
        slurp=True,
    )


_LOOKS_LIKE: Final[Sequence[Callable[[_Row], _SpanForm | None]]] = (_of_prompts, _of_brat, _of_documents, _bare_places)
