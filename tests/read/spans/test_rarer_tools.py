"""What rarer tools write: each is read as a reader of a few lines reads it, or what is in doubt is said."""

import json
import subprocess
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest

from read.spans.made import Made, corpus
from read.spans.rarer import cas, datasaur, gate, label_of, row_of, tokens_of, w2ner
from read.spans.reading import found, marked
from tagpress.errors import SourceError, UsageError
from tagpress.read.columns import Columns
from tagpress.read.guess.sniff import Sniffed
from tagpress.read.spans.dialect import Spans

MADE = corpus(17, 200, gaps=(" ", "  "))
PLACES = [{(a, b, k) for a, b, k in one.spans} for one in MADE]


def sniffed(path: Path, text: str) -> Sniffed:
    path.write_text(text, encoding="utf-8", newline="")
    return Columns.sniff(path)


def lines(*rows: object) -> str:
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)


def held(spans: list[tuple[int, int, str]], spelled: Any) -> dict[str, list[Any]]:
    """Return places below their types."""
    return {
        kind: [spelled(a, b) for a, b, own in spans if own == kind] for kind in sorted({kind for *_, kind in spans})
    }


SPELLINGS: dict[str, tuple[Any, dict[str, str]]] = {
    "GATE": (lambda a, b: {"indices": [a, b], "rule": "x"}, {}),
    "objects": (lambda a, b: {"start": a, "end": b}, {}),
    "pairs": (lambda a, b: [a, b], {}),
    "pairs whose end is in the span": (lambda a, b: [a, b - 1], {"ends": "last"}),
}


@pytest.mark.parametrize("name", SPELLINGS)
def test_places_below_their_types_are_spans_of_all_of_them(tmp_path: Path, name: str) -> None:
    spelled, said = SPELLINGS[name]
    rows = [{"text": one.text, "entities": held(one.spans, spelled), "relations": []} for one in MADE]
    dialect = sniffed(tmp_path / "a.jsonl", lines(*rows)).dialect
    assert isinstance(dialect, Spans)
    assert (dialect.format, {"ends": dialect.ends} if dialect.ends else {}) == ("by-type", said)
    parsed = dialect.parse((tmp_path / "a.jsonl").read_bytes())
    assert list(map(set, marked(parsed))) == PLACES
    assert not parsed.annotations
    assert parsed.unread == ("relations",)


def test_what_is_no_place_below_a_type_is_named() -> None:
    row = {"text": "Ada met Bo", "entities": {"PER": [{"indices": [0, 3]}, "Bo", {"indices": [8]}]}}
    parsed = Spans(format="by-type").parse(lines(row).encode())
    assert marked(parsed) == [[(0, 3, "PER")]]
    assert list(parsed.annotations.values()) == [
        "the annotation PER None-None, which is written as 'Bo', where a begin and an end belong",
        "the annotation PER None-None, which is written as {'indices': [8]}, where a begin and an end belong",
    ]
    with pytest.raises(UsageError, match="label='type', and by-type has its own way to spell a span"):
        Spans(format="by-type", label="type")


def test_lists_beside_the_spans_in_an_inner_object_are_not_left_out_in_silence() -> None:
    inner = {"entities": [{"from": 0, "to": 3, "type": "PER"}], "events": [{"from": 4, "to": 7, "type": "MEET"}]}
    row = {"text": "Ada met Bo", "doc": {"annotations": inner, "lang": "en"}}
    dialect = Spans(spans="doc.annotations.entities", begin="from", end="to", label="type")
    parsed = dialect.parse(lines(row).encode())
    assert marked(parsed) == [[(0, 3, "PER")]]
    assert parsed.unread == ("doc.annotations.events", "doc.lang")
    both = {"doc": {"text": "Ada met Bo", "spans": [[0, 3, "PER"]]}}
    parts = Spans(text="doc.text", spans="doc.spans", begin="0", end="1", label="2")
    assert parts.parse(lines(both).encode()).unread == ()


def region(control: str, begin: int, end: int, label: str) -> dict[str, Any]:
    return {"type": "labels", "from_name": control, "value": {"start": begin, "end": end, "labels": [label]}}


TASK = {
    "id": 1,
    "data": {"text": "Ada met Bo"},
    "annotations": [{"id": 1, "result": [region("ner", 0, 3, "PER"), region("mood", 4, 7, "Good"), region("ner", 8, 10, "PER")]}],
}  # fmt: skip


def test_regions_of_several_controls_of_label_studio_are_a_doubt_and_one_can_be_declared(tmp_path: Path) -> None:
    found = sniffed(tmp_path / "a.json", json.dumps([TASK]))
    assert "layers: spans are of 2 controls, 'ner' (2x), 'mood' (1x); layer='ner' reads but one of them" in found.doubts
    parsed = Spans(format="label-studio", layer="ner").parse((tmp_path / "a.json").read_bytes())
    assert marked(parsed) == [[(0, 3, "PER"), (8, 10, "PER")]]
    assert parsed.aside == {"regions of other controls": 1}


def test_types_that_are_numbers_are_a_doubt(tmp_path: Path) -> None:
    rows = [{"text": "Ada", "annotations": [{"label": 3, "start_offset": 0, "end_offset": 3, "user": 1}]}] * 3
    said = (
        "tags: types are numbers, 3, and nothing says what they mean; give them names: SOURCE_TYPES = {'3': 'Person'}"
    )
    assert said in sniffed(tmp_path / "a.jsonl", lines(*rows)).doubts


def test_w2ner_names_each_token_of_a_span(tmp_path: Path) -> None:
    dialect = sniffed(tmp_path / "train.json", w2ner(MADE)).dialect
    assert dialect == Spans(format="w2ner", tokens="file")
    parsed = dialect.parse((tmp_path / "train.json").read_bytes())
    assert [one.tokens for one in found(parsed)] == [[one.text[a:b] for a, b in one.words] for one in MADE]
    own = [[(tokens_of(one, a, b)[0], tokens_of(one, a, b)[-1] + 1, k) for a, b, k in one.spans] for one in MADE]
    assert [one.spans for one in found(parsed)] == own


FAULTY = {
    "has gaps: its tokens are [0, 2]": [0, 2],
    "points at the tokens [2, 3] of 3": [2, 3],
    "has [] where the numbers of its tokens belong": [],
}


@pytest.mark.parametrize("fault", FAULTY)
def test_a_span_of_w2ner_that_is_none_is_named(fault: str) -> None:
    row = {"sentence": ["Ada", "and", "Bo"], "ner": [{"index": FAULTY[fault], "type": "PER"}]}
    parsed = Spans(format="w2ner").parse(json.dumps([row]).encode())
    assert marked(parsed) == [[]]
    assert next(iter(parsed.annotations.values())).endswith(fault)


def test_an_export_of_labelbox_ends_with_the_last_character(tmp_path: Path) -> None:
    dialect = sniffed(tmp_path / "e.ndjson", lines(*(row_of(one.text, label_of(one)) for one in MADE))).dialect
    assert isinstance(dialect, Spans)
    assert (dialect.format, dialect.units) == ("labelbox", "utf16")
    parsed = dialect.parse((tmp_path / "e.ndjson").read_bytes())
    assert list(map(set, marked(parsed))) == PLACES
    assert not parsed.annotations
    assert parsed.aside == {"classifications": len(MADE)}


def test_labels_of_labelbox_that_are_no_answer_are_problems(tmp_path: Path) -> None:
    one, other = (Made("Ada met Bo", [], [span]) for span in ((0, 3, "PER"), (8, 10, "PER")))
    rows = (
        row_of(one.text, label_of(one), label_of(one, "bo")),
        row_of(one.text, label_of(one), label_of(other, "bo")),
        row_of(one.text),
        row_of("https://storage/a.txt", label_of(one)),
    )
    parsed = Spans(format="labelbox").parse(lines(*rows).encode())
    assert list(parsed.annotations.values()) == [
        "2 labels that differ, of ann, bo",
        "a data row that nobody labelled",
        "a data row whose text is at 'https://storage/a.txt', and not in the export",
    ]
    assert marked(Spans(format="labelbox", annotator="bo").parse(lines(rows[1]).encode())) == [[(8, 10, "PER")]]
    doubts = sniffed(tmp_path / "e.ndjson", lines(*rows)).doubts
    assert any(doubt.startswith("annotators: 2 are seen, 'ann' (3x), 'bo' (2x)") for doubt in doubts)


def test_datasaur_counts_in_tokens_and_in_their_characters(tmp_path: Path) -> None:
    dialect = sniffed(tmp_path / "d.json", datasaur(MADE)).dialect
    assert isinstance(dialect, Spans)
    assert (dialect.format, dialect.tokens) == ("datasaur", "file")
    parsed = dialect.parse((tmp_path / "d.json").read_bytes())
    assert list(map(set, marked(parsed))) == PLACES
    assert [one.tokens for one in found(parsed)] == [[one.text[a:b] for a, b in one.words] for one in MADE]
    assert not parsed.annotations


def test_labels_of_datasaur_that_are_no_spans_are_counted_or_named(tmp_path: Path) -> None:
    cells = [{"line": n, "index": 0, "content": "Ada ran", "tokens": ["Ada", "ran"]} for n in range(2)]
    span = {"type": "SPAN", "layer": 0, "labelSetItemId": "1", "startCellLine": 0, "endCellLine": 0}
    span |= {"startTokenIndex": 0, "endTokenIndex": 0, "startCharIndex": 0, "endCharIndex": 2}
    labels = [span, span | {"endCellLine": 1}, span | {"labelSetItemId": "9"}, span | {"labeledBy": "CONFLICT"}]
    labels += [span | {"status": "REJECTED"}, span | {"type": "ARROW"}, span | {"endTokenIndex": 2}]
    sets = [{"index": 0, "labelItems": [{"id": "1", "labelName": "PER"}]}]
    two = [span, span | {"layer": 1}]
    own = {"cells": cells, "labels": two, "labelSets": [*sets, {"labelItems": [{"id": "1", "labelName": "LOC"}]}]}
    doubts = sniffed(tmp_path / "d.json", json.dumps(own)).doubts
    assert "layers: spans are of 2 layers, '0' (1x), '1' (1x); layer='0' reads but one of them" in doubts
    parsed = Spans(format="datasaur", layer="1").parse(json.dumps(own).encode())
    assert marked(parsed) == [[(0, 3, "LOC")], []]
    assert parsed.aside == {"labels of other layers": 1}
    parsed = Spans(format="datasaur").parse(json.dumps({"cells": cells, "labels": labels, "labelSets": sets}).encode())
    assert marked(parsed) == [[(0, 3, "PER")], []]
    assert parsed.aside == {"rejected labels": 1, "relations": 1}
    assert [words.partition(", which ")[2] for words in parsed.annotations.values()] == [
        "reaches over the end of its cell",
        "is of no set of labels in the file",
        "is one that its labelers do not agree on",
        "points at no tokens of 2",
    ]


def test_a_cas_as_json_is_what_it_is_as_xmi(tmp_path: Path) -> None:
    full = [one for one in MADE if one.spans]
    for number, one in enumerate(full):
        (tmp_path / f"d{number:03}.json").write_text(json.dumps(cas(one), indent=1), encoding="utf-8")
    dialect = Columns.sniff("*.json", base=tmp_path).dialect
    assert dialect == Spans(format="cas-json", tokens="file")
    for number, one in enumerate(full):
        parsed = dialect.parse((tmp_path / f"d{number:03}.json").read_bytes())
        assert list(map(set, marked(parsed))) == [set(one.spans)]
        assert found(parsed)[0].tokens == [one.text[a:b] for a, b in one.words]
        assert not parsed.annotations
        assert dict(parsed.aside) == {"values of identifier": len(one.spans), "NamedEntity annotations": 1}


def test_a_broken_span_of_a_cas_is_named_where_it_stands() -> None:
    held = cas(Made("Ada ran", [(0, 3), (4, 7)], [(0, 3, "PER")]))
    structure = next(one for one in held["%FEATURE_STRUCTURES"] if one.get("value") == "PER")
    structure["end"] = 99
    document = json.dumps(held, indent=1)
    parsed = Spans(format="cas-json").parse(document.encode())
    (code, at, _, detail), *_ = parsed.faults.rows()
    assert (code, parsed.annotations[detail]) == (
        "broken-annotation",
        "the annotation PER 0-99, which is not in one sentence",
    )
    before = document[: document.index('"%ID": 500')].rstrip()
    assert parsed.locate(at)[0] == before.count("\n") + 1
    gone = {"%TYPES": {}, "%FEATURE_STRUCTURES": [], "%VIEWS": {}}
    assert "a CAS without a text" in next(
        iter(Spans(format="cas-json").parse(json.dumps(gone).encode()).annotations.values())
    )


def test_documents_of_gate_have_their_places_where_their_nodes_stand(tmp_path: Path) -> None:
    full = [one for one in corpus(18, 60, gaps=(" ", "  ")) if one.spans]
    for number, one in enumerate(full):
        (tmp_path / f"d{number:02}.xml").write_text(gate(one), encoding="utf-8")
    dialect = Columns.sniff("*.xml", base=tmp_path).dialect
    assert isinstance(dialect, Spans)
    assert dialect.format == "gate"
    for number, one in enumerate(full):
        parsed = dialect.parse((tmp_path / f"d{number:02}.xml").read_bytes())
        assert list(map(set, marked(parsed))) == [set(one.spans)]
        assert not parsed.annotations
        assert dict(parsed.aside) == {"Token annotations": 1, "features": len(one.spans)}


def test_sets_of_annotations_of_gate_are_chosen_counted_or_refused() -> None:
    one, person = Made("Ada ran", [], [(0, 3, "PER")]), '<Annotation Id="7" Type="X" StartNode="0" EndNode="3"/>'
    key = f'<AnnotationSet Name="Key">{person}</AnnotationSet>'
    parsed = Spans(format="gate").parse(gate(one, key).encode())
    assert marked(parsed) == [[(0, 3, "PER")]]
    assert parsed.aside["annotations of the set 'Key'"] == 1
    assert marked(Spans(format="gate", layer="Key").parse(gate(one, key).encode())) == [[(0, 3, "X")]]
    nobody = gate(Made("Ada ran", [], []), key.replace('EndNode="3"', 'EndNode="2"'))
    assert "a node that is not in the text" in next(
        iter(Spans(format="gate").parse(nobody.encode()).annotations.values())
    )
    both = gate(Made("Ada ran", [], []), key, key.replace("Key", "Other"))
    with pytest.raises(SourceError, match="which set of annotations has the entities, among Key, Other"):
        Spans(format="gate").parse(both.encode())


LISTS: dict[str, tuple[Any, str]] = {
    "LUIS": (lambda a, b: {"entity": "PER", "startPos": a, "endPos": b - 1}, "utterances"),
    "Azure, of conversations": (lambda a, b: {"category": "PER", "offset": a, "length": b - a}, "assets.utterances"),
}


@pytest.mark.parametrize("name", LISTS)
def test_of_several_lists_in_a_document_the_one_with_marked_texts_is_read(tmp_path: Path, name: str) -> None:
    spelled, inside = LISTS[name]
    texts = [("Ada ran", [(0, 3)]), ("Go Ada", [(3, 6)]), ("no", [])] * 6
    rows = [{"text": text, "intent": "x", "entities": [spelled(*place) for place in own]} for text, own in texts]
    lists = {"entities": [{"name": "PER", "roles": []}], "patternAnyEntities": [], "utterances": rows}
    document = {"assets": lists} if "." in inside else lists
    dialect = sniffed(tmp_path / "a.json", json.dumps(document)).dialect
    assert isinstance(dialect, Spans)
    assert dialect.inside == inside
    places = [[(a, b, "PER") for a, b in own] for _, own in texts]
    assert marked(dialect.parse((tmp_path / "a.json").read_bytes())) == places


def mae(one: Made, *more: str) -> str:
    """Return a document of MAE, with one place in each of its spellings."""
    spelled = ('start="{}" end="{}"', 'spans="{}~{}"')
    quoted = {'"': "&quot;", "\t": "&#9;"}
    marks = [
        f'<{kind.replace(" ", "_")} id="P{n}" {spelled[n % 2].format(a, b)} text="{escape(one.text[a:b], quoted)}" TYPE="x" />'
        for n, (a, b, kind) in enumerate(one.spans)
    ]
    tags = "".join((*marks, *more))
    return f'<?xml version="1.0" encoding="UTF-8" ?>\n<Task>\n<TEXT><![CDATA[{one.text}]]></TEXT>\n<TAGS>{tags}</TAGS></Task>\n'


def test_documents_of_mae_have_a_text_and_tags_that_are_called_as_their_types(tmp_path: Path) -> None:
    full = [one for one in corpus(19, 60, gaps=(" ", "  ")) if one.spans]
    for number, one in enumerate(full):
        (tmp_path / f"d{number:02}.xml").write_text(mae(one), encoding="utf-8")
    dialect = Columns.sniff("*.xml", base=tmp_path).dialect
    assert isinstance(dialect, Spans)
    assert (dialect.format, dialect.units) == ("mae", None)
    for number, one in enumerate(full):
        parsed = dialect.parse((tmp_path / f"d{number:02}.xml").read_bytes())
        assert list(map(set, marked(parsed))) == [{(a, b, kind.replace(" ", "_")) for a, b, kind in one.spans}]
        assert not parsed.annotations
        assert dict(parsed.aside) == {"values of TYPE": len(one.spans)}


def test_what_else_mae_has_is_counted_or_named() -> None:
    more = (
        '<REL id="R0" fromID="P0" toID="P1" type="x" />',
        '<NOTHING id="N0" spans="-1~-1" text="" />',
        '<GAP id="G0" spans="0~1,2~3" text="A a" />',
        '<ODD id="O0" start="x" end="3" text="" />',
        '<SAID id="S0" start="4" end="7" text="run" />',
    )
    one = Made("Ada ran", [], [(0, 3, "PER")])
    parsed = Spans(format="mae").parse(mae(one, *more).encode())
    assert marked(parsed) == [[(0, 3, "PER")]]
    assert dict(parsed.aside) == {"values of TYPE": 1, "relations": 1, "tags without a place": 1}
    assert list(parsed.annotations.values()) == [
        "the annotation 'G0' (GAP 0~1,2~3), which has gaps",
        "the annotation 'O0' (ODD x~3), which has a place that is none",
        "the annotation 'S0' (SAID 4~7), which says 'run', and 'ran' stands there",
    ]
    assert marked(Spans(format="mae", layer="TYPE").parse(mae(one).encode())) == [[(0, 3, "x")]]


ELSEWHERE = {
    "x.a1": "T1\tGene 0 3\tp53\n",
    "x.con": 'c="bad cold" 1:0 1:1||t="problem"\n',
    "x.xml": '<?xml version="1.0"?>\n<annotations textSource="x.txt"><annotation/></annotations>\n',
    "y.xml": '<?xml version="1.0"?>\n<source_file URI="x.sgm"><document/></source_file>\n',
}
CALLED = {
    "x.a1": "entities of BioNLP, or of brat: the texts are in other files",
    "x.con": "concepts of i2b2 2010: they count lines and tokens of texts, of which none is called so",
    "x.xml": "annotations of Knowtator: the texts are in the files that each names",
    "y.xml": "annotations of ACE: the texts are in the files that each names",
}


@pytest.mark.parametrize("name", ELSEWHERE)
def test_places_in_a_text_that_is_elsewhere_are_called_by_their_name(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.txt").write_text("bad cold\np53 is\n")
    (tmp_path / name).write_text(ELSEWHERE[name])
    with pytest.raises(SourceError) as caught:
        Columns.sniff("*", base=tmp_path)
    assert caught.value.message == f"{name} has {CALLED[name]}"


def test_what_is_said_of_bionlp_makes_a_corpus_of_brat(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("p53 ran\n")
    (tmp_path / "x.a1").write_text(ELSEWHERE["x.a1"])
    with pytest.raises(SourceError) as caught:
        Columns.sniff("*", base=tmp_path)
    command = str(caught.value.hint).partition("folder: ")[2]
    subprocess.run(["bash", "-euo", "pipefail", "-c", command], cwd=tmp_path, check=True)
    assert Columns.sniff("x.txt", base=tmp_path).entity_types == ("Gene",)


def test_spans_below_who_annotated_keep_their_own_labels(tmp_path: Path) -> None:
    own = [{"start": 0, "end": 3, "label": "PER"}, {"start": 8, "end": 10, "label": "PER"}]
    rows = [{"text": "Ada met Bo", "annotations": {"ann1": own, "ann2": own[:1]}}] * 9
    found = sniffed(tmp_path / "a.jsonl", lines(*rows))
    parsed = found.dialect.parse((tmp_path / "a.jsonl").read_bytes())
    assert found.entity_types == ("PER",)
    assert len(marked(parsed)[0]) == 2
    assert parsed.unread == ("annotations.ann2",)


def test_places_may_be_written_as_texts(tmp_path: Path) -> None:
    rows = [{"text": "Ada met Bo", "entities": [{"start": "0", "end": "3", "label": "PER"}]}] * 9
    parsed = sniffed(tmp_path / "a.jsonl", lines(*rows)).dialect.parse((tmp_path / "a.jsonl").read_bytes())
    assert marked(parsed) == [[(0, 3, "PER")]] * 9


def test_begins_that_count_from_one_are_a_doubt(tmp_path: Path) -> None:
    rows = [
        {
            "text": "Ada met Bo ",
            "spans": [{"start": 1, "end": 3, "label": "PER"}, {"start": 9, "end": 10, "label": "PER"}],
        }
    ] * 9
    said = (
        "begins: 18 of 18 spans begin one character behind where a token does, and end with one; "
        "if their tool counts the first character of a text as 1, take 1 off each begin first"
    )
    assert said in sniffed(tmp_path / "a.jsonl", lines(*rows)).doubts
    blank = [{"text": " ", "spans": [{"start": 0, "end": 1, "label": "PER"}]}] * 3
    with pytest.raises(SourceError, match="which has no token in it"):
        sniffed(tmp_path / "b.jsonl", lines(*blank))
