"""What people hold besides: CLUENER, BigBIO, Doc.to_json of spaCy, Labelbox, and brat whose offsets count in other units."""

import json
from pathlib import Path
from typing import Any

import pytest

from read.spans.reading import found, marked
from tagpress.errors import UsageError
from tagpress.read.columns import Columns
from tagpress.read.pieces import parse_piece, pieces
from tagpress.read.sources.finding import find
from tagpress.read.spans.dialect import Spans
from tagpress.read.standoff import Standoff

TEXT = "🚀 Ada Lovelace met Bob, and Bob met Ada."
SPANS = [(2, 14, "PER"), (19, 22, "PER"), (28, 31, "PER"), (36, 39, "MINER")]


def sniffed(path: Path, row: object) -> Spans:
    path.write_text(json.dumps(row, ensure_ascii=False), encoding="utf-8")
    dialect = Columns.sniff(path).dialect
    assert isinstance(dialect, Spans)
    return dialect


def spans_of(dialect: Spans, path: Path) -> list[list[tuple[int, int, str]]]:
    parsed = dialect.parse(path.read_bytes())
    assert not parsed.annotations
    return [sorted(each) for each in marked(parsed)]


def test_names_below_types_have_the_places_of_their_characters(tmp_path: Path) -> None:
    types: dict[str, dict[str, list[list[int]]]] = {}
    for begin, stop, kind in SPANS:
        types.setdefault(kind, {}).setdefault(TEXT[begin:stop], []).append([begin, stop - 1])
    dialect = sniffed(tmp_path / "a.json", {"text": TEXT, "label": types})
    assert dialect.format == "cluener"
    assert spans_of(dialect, tmp_path / "a.json") == [SPANS]
    (said,) = dialect.parse(b'{"text": "Ada ran", "label": {"PER": {"Bob": [[0, 2]]}}}').annotations.values()
    assert said == "the annotation PER 0-3, which says 'Bob', and 'Ada' stands there"


def bigbio(**more: Any) -> dict[str, Any]:
    entities = [
        {"id": f"e{a}", "type": kind, "text": [TEXT[a:b]], "offsets": [[a + 7, b + 7]], "normalized": []}
        for a, b, kind in SPANS
    ]
    passages = [
        {"id": "p0", "type": "title", "text": ["A title"[:6]], "offsets": [[0, 6]]},
        {"id": "p1", "type": "abstract", "text": [TEXT], "offsets": [[7, 7 + len(TEXT)]]},
    ]
    row = {"id": "1", "document_id": "d1", "passages": passages, "entities": entities, "events": [], "relations": [{}]}
    return row | more


def test_passages_of_bigbio_stand_at_their_places(tmp_path: Path) -> None:
    dialect = sniffed(tmp_path / "a.json", bigbio())
    parsed = dialect.parse((tmp_path / "a.json").read_bytes())
    assert dialect == Spans(format="bigbio", tokens="words")
    assert spans_of(dialect, tmp_path / "a.json") == [[(a + 7, b + 7, kind) for a, b, kind in SPANS]]
    assert (len(parsed), parsed.documents, parsed.aside) == (2, ("d1",), {"relations": 1})


BIGBIO = {
    "gaps": (
        {"entities": [{"type": "PER", "text": ["Ada", "Bob"], "offsets": [[9, 12], [26, 29]]}]},
        "the annotation PER 9-29, which has gaps",
    ),
    "another text": (
        {"entities": [{"type": "PER", "text": ["Bob"], "offsets": [[9, 12]]}]},
        "the annotation PER 9-12, which says 'Bob', and 'Ada' stands there",
    ),
    "a passage in another": (
        {"passages": [{"text": ["Ada", "Bob"], "offsets": [[0, 3], [2, 5]]}]},
        "a passage of 3 characters at 2-5, which it does not fill",
    ),
    "too few places": ({"passages": [{"text": ["Ada"], "offsets": []}]}, "1 texts, and places of 0"),
    "no place": ({"passages": [{"text": ["Ada"], "offsets": [[0]]}]}, "a text at [0], where two places belong"),
}


@pytest.mark.parametrize("case", BIGBIO)
def test_what_is_wrong_in_bigbio_is_named(case: str) -> None:
    more, said = BIGBIO[case]
    parsed = Spans(format="bigbio").parse(json.dumps(bigbio(**more)).encode())
    assert said in parsed.annotations.values()


def test_tokens_and_sentences_of_a_doc_of_spacy_are_no_entities(tmp_path: Path) -> None:
    tokens = [{"id": n, "start": n, "end": n + 1, "tag": "NN"} for n in range(9)]
    ents = [{"start": a, "end": b, "label": kind} for a, b, kind in SPANS]
    row = {"text": TEXT, "ents": ents, "sents": [{"start": 0, "end": len(TEXT)}], "tokens": tokens}
    dialect = sniffed(tmp_path / "a.json", row)
    assert dialect.spans == "ents"
    assert spans_of(dialect, tmp_path / "a.json") == [SPANS]


def test_objects_of_labelbox_have_their_places_in_an_object(tmp_path: Path) -> None:
    objects = [
        {"featureId": f"f{a}", "title": kind, "value": kind.lower(), "data": {"location": {"start": a, "end": b - 1}}}
        for a, b, kind in SPANS
    ]
    row = {"ID": "x", "Labeled Data": TEXT, "Label": {"objects": objects, "classifications": []}}
    dialect = sniffed(tmp_path / "a.json", [row] * 3)
    assert (dialect.text, dialect.spans, dialect.label, dialect.ends) == (
        "Labeled Data",
        "Label.objects",
        "title",
        "last",
    )
    assert spans_of(dialect, tmp_path / "a.json") == [SPANS] * 3


def test_a_path_to_one_label_of_several_is_a_fault() -> None:
    item = {"start": 0, "end": 3, "labels": [{"value": "PER"}, {"value": "LOC"}]}
    parsed = Spans(spans="marks", label="labels.0.value").parse(json.dumps({"text": "Ada", "marks": [item]}).encode())
    (said,) = parsed.annotations.values()
    assert said.endswith("has several labels, and only that in 'labels.0.value' is declared")


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


COUNTS = {
    "codepoints": ("\n", len),
    "utf16": ("\n", utf16),
    "bytes": ("\n", lambda text: len(text.encode())),
    "codepoints-lf": ("\r\n", lambda text: len(text.replace("\r\n", "\n"))),
    "utf16-lf": ("\r\n", lambda text: utf16(text.replace("\r\n", "\n"))),
}


@pytest.mark.parametrize("units", COUNTS)
def test_annotations_of_brat_count_as_their_tool_did(tmp_path: Path, units: str) -> None:
    end, count = COUNTS[units]
    above = f"One 🚀🚀🚀.{end}Two.{end}"
    (tmp_path / "a.txt").write_text(above + TEXT, encoding="utf-8", newline="")
    lines = [
        f"T{n}\t{kind} {count(above + TEXT[:a])} {count(above + TEXT[:b])}\t{TEXT[a:b]}\n"
        for n, (a, b, kind) in enumerate(SPANS, 1)
    ]
    (tmp_path / "a.ann").write_text("".join(lines), encoding="utf-8")
    dialect = Columns.sniff(tmp_path / "a.txt").dialect
    assert dialect == Standoff(units=units)
    (source,) = find(["a.txt"], tmp_path)
    (piece,) = pieces(source, dialect)
    parsed = parse_piece(piece, dialect)
    assert not parsed.annotations
    assert found(parsed)[-1].spans == [(1, 3, "PER"), (4, 5, "PER"), (7, 8, "PER"), (9, 10, "MINER")]


def test_units_of_brat_that_nobody_knows_are_refused() -> None:
    with pytest.raises(UsageError, match="units='words' is unknown"):
        Standoff(units="words")
