"""Every export of a tool gives the spans that its tool shows."""

import json
from pathlib import Path

import pytest

from read.spans.reading import found, marked
from tagpress.read.pair import pair
from tagpress.read.spans.dialect import Spans
from tagpress.read.standoff import Standoff

EXPORTS = Path(__file__).parent / "exports"
EXPECTED = json.loads((EXPORTS / "expected.json").read_bytes())
FILES = {
    "doccano-label.jsonl": Spans(format="doccano"),
    "doccano-entities.jsonl": Spans(format="doccano"),
    "label-studio.json": Spans(format="label-studio"),
    "label-studio-min.json": Spans(format="label-studio-min"),
    "prodigy.jsonl": Spans(format="prodigy"),
    "spacy-train-data.json": Spans(format="spacy-train-data"),
    "pubtator.txt": Spans(format="pubtator"),
    "webanno-tsv3.tsv": Spans(format="webanno"),
}
FLAT = {"spacy-train-data.json", "pubtator.txt"}


def expected(name: str) -> list[dict[str, object]]:
    return [one for one in EXPECTED if not (name in FLAT and one["nested"])]


@pytest.mark.parametrize("name", FILES)
def test_an_export_has_the_spans_that_its_tool_shows(name: str) -> None:
    parsed = FILES[name].parse((EXPORTS / name).read_bytes())
    assert parsed.marks is not None
    assert [text.removesuffix("\n") for text in parsed.marks.texts] == [one["text"] for one in expected(name)]
    spans = [[(begin, stop, kind) for begin, stop, kind, _ in one["spans"]] for one in expected(name)]
    assert marked(parsed) == spans
    assert parsed.marks.fits.all()


@pytest.mark.parametrize("name", ["prodigy.jsonl", "webanno-tsv3.tsv"])
def test_the_tokens_of_a_source_are_kept(name: str) -> None:
    tokens = [one["tokenized_text"] for one in json.loads((EXPORTS / "gliner.json").read_bytes())]
    assert [one.tokens for one in found(FILES[name].parse((EXPORTS / name).read_bytes()))] == tokens


def test_gliner_counts_in_tokens() -> None:
    rows = json.loads((EXPORTS / "gliner.json").read_bytes())
    parsed = Spans(format="gliner").parse((EXPORTS / "gliner.json").read_bytes())
    assert [one.tokens for one in found(parsed)] == [row["tokenized_text"] for row in rows]
    outermost = [[span for span in row["ner"] if span != [3, 3, "LOC"] or i != 3] for i, row in enumerate(rows)]
    assert [one.spans for one in found(parsed)] == [[(a, b + 1, kind) for a, b, kind in one] for one in outermost]


def test_a_record_that_its_annotator_rejected_is_a_problem_of_its_own() -> None:
    parsed = FILES["prodigy.jsonl"].parse((EXPORTS / "prodigy.jsonl").read_bytes())
    assert [(code, sentence) for code, _, sentence, _ in parsed.faults.rows()] == [("rejected-record", 7)]


def doccano(**row: object) -> bytes:
    return json.dumps({"text": "Ada saw Bo.", **row}).encode()


FORMS = {
    "labels": doccano(labels=[[0, 3, "PER"]]),
    "annotations": doccano(annotations=[{"id": 1, "label": "PER", "start_offset": 0, "end_offset": 3, "user": 1}]),
    "objects": doccano(spans=[{"start": 0, "end": 3, "label": "PER", "text": "Ada"}]),
    "begin": doccano(entities=[{"begin": 0, "end": 3, "type": "PER"}]),
}


@pytest.mark.parametrize("form", FORMS)
def test_spans_are_spelled_in_many_ways(form: str) -> None:
    assert found(Spans(tokens="words").parse(FORMS[form]))[0].spans == [(0, 1, "PER")]


def test_a_label_that_is_a_number_is_a_type() -> None:
    assert found(Spans().parse(doccano(label=[[0, 3, 7]])))[0].spans == [(0, 1, "7")]


def task(*annotations: dict[str, object], **more: object) -> bytes:
    return json.dumps([{"id": 5, "data": {"text": "Ada saw Bo."}, "annotations": annotations, **more}]).encode()


def by(who: object, *regions: tuple[int, int, str], **more: object) -> dict[str, object]:
    results = [
        {"type": "labels", "value": {"start": begin, "end": stop, "labels": [kind]}} for begin, stop, kind in regions
    ]
    return {"completed_by": who, "result": results, **more}


ADA, BO = (0, 3, "PER"), (8, 10, "PER")
LABEL_STUDIO = Spans(format="label-studio")


def codes(data: bytes, dialect: Spans = LABEL_STUDIO) -> list[str]:
    return [code for code, *_ in dialect.parse(data).faults.rows()]


def test_annotators_who_agree_are_one() -> None:
    parsed = LABEL_STUDIO.parse(task(by(1, ADA, BO), by(2, BO, ADA)))
    assert found(parsed)[0].spans == [(0, 1, "PER"), (2, 3, "PER")]
    assert dict(parsed.aside) == {"more annotations": 1}
    assert not len(parsed.faults)


def test_annotators_who_differ_are_a_problem_until_one_is_chosen() -> None:
    data = task(by({"email": "a@b.c"}, ADA), by(2, BO))
    parsed = LABEL_STUDIO.parse(data)
    assert codes(data) == ["several-annotations"]
    assert parsed.annotations[0] == "2 annotations that differ, of a@b.c, 2"
    for who, spans in (("a@b.c", [(0, 1, "PER")]), ("2", [(2, 3, "PER")])):
        chosen = Spans(format="label-studio", annotator=who).parse(data)
        assert not len(chosen.faults)
        assert found(chosen)[0].spans == spans


def test_a_task_that_was_cancelled_or_that_nobody_annotated_is_rejected() -> None:
    assert codes(task(by(1, ADA, was_cancelled=True))) == ["rejected-record"]
    assert codes(task()) == ["rejected-record"]
    assert codes(task(by(1))) == []
    assert codes(task(by(1, ADA)), Spans(format="label-studio", annotator="2")) == ["rejected-record"]


def test_what_a_task_has_besides_is_counted() -> None:
    annotation = by(1, ADA)
    annotation["result"] += [{"type": "relation", "from_id": "a"}, {"type": "choices", "value": {"choices": ["x"]}}]
    parsed = LABEL_STUDIO.parse(task(annotation, by(2, BO, was_cancelled=True), predictions=[{"result": []}]))
    assert dict(parsed.aside) == {"relations": 1, "predictions": 1, "cancelled annotations": 1, "other results": 1}


def test_a_region_with_two_labels_is_two_spans_and_they_overlap() -> None:
    annotation = by(1)
    annotation["result"] = [{"type": "labels", "value": {"start": 0, "end": 3, "labels": ["PER", "ORG"]}}]
    assert marked(LABEL_STUDIO.parse(task(annotation))) == [[(0, 3, "PER"), (0, 3, "ORG")]]


def test_older_tasks_have_completions_and_older_texts_escape_line_ends() -> None:
    value = {"start": 0, "end": 5, "text": "a\\nb c", "labels": ["X"]}
    row = {"data": {"text": "a\nb c"}, "completions": [{"result": [{"type": "labels", "value": value}]}]}
    parsed = Spans(format="label-studio", tokens="whitespace").parse(json.dumps([row]).encode())
    assert found(parsed)[0].spans == [(0, 3, "X")]


def test_prodigy_says_places_twice_and_both_must_agree() -> None:
    tokens = [{"text": "Ada", "start": 0, "end": 3, "id": 0}, {"text": "saw", "start": 4, "end": 7, "id": 1}]
    spans = [{"start": 0, "end": 3, "label": "PER", "token_start": 1, "token_end": 1}]
    row = {"text": "Ada saw", "tokens": tokens, "spans": spans, "answer": "accept"}
    parsed = Spans(format="prodigy").parse(json.dumps(row).encode())
    assert list(parsed.annotations.values()) == [
        "the annotation PER 0-3, which says that it has the tokens 1 to 1, which are at 4-7"
    ]


WEBANNO = """\
#FORMAT=WebAnno TSV 3.3
#T_SP=de.tudarmstadt.ukp.dkpro.core.api.lexmorph.type.pos.POS|PosValue|coarseValue
#T_SP=de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity|identifier|value
#T_RL=de.tudarmstadt.ukp.dkpro.core.api.syntax.type.dependency.Dependency|DependencyType|BT_x


#Sentence.id=s1
#Text= 🚀 a\\\\b Bonn-based
1-1\t1-3\t🚀\tNN\t*\t*\tX\\_Y\tnsubj\t1-2
1-2\t4-7\ta\\\\b\t_\t_\t*[1]|*[2]\tPER[1]|ORG[2]\t_\t_
1-3\t8-18\tBonn-based\t_\t_\t*[2]\tORG[2]\t_\t_
1-3.1\t8-12\tBonn\t_\t_\t*\tLOC\t_\t_

"""


def test_webanno_counts_in_utf16_and_has_layers_stacks_escapes_and_parts_of_tokens() -> None:
    parsed = Spans(format="webanno").parse(WEBANNO.encode())
    assert not len(parsed.faults), parsed.annotations
    assert parsed.tokens.to_pylist() == [["🚀", "a\\b", "Bonn-based"]]
    assert marked(parsed) == [[(1, 2, "X_Y"), (3, 6, "PER"), (3, 17, "ORG"), (7, 11, "LOC")]]
    assert parsed.marks is not None
    assert parsed.marks.fits.tolist() == [True, True, True, False]
    assert parsed.aside == {"POS annotations": 1, "Dependency annotations": 1}


def test_bars_and_backslashes_in_labels_of_webanno_are_escaped() -> None:
    text = "#FORMAT=WebAnno TSV 3.3\n#T_SP=custom.NamedEntity|value\n\n#Text=a\n1-1\t0-1\ta\tx\\|y\\\\|z[1]\t\n"
    assert marked(Spans(format="webanno").parse(text.encode())) == [[(0, 1, "x|y\\"), (0, 1, "z")]]


def test_hypertext_of_label_studio_counts_in_its_global_offsets() -> None:
    value = {
        "start": "/p[1]/text()[1]",
        "end": "/p[1]/text()[1]",
        "globalOffsets": {"start": 0, "end": 3},
        "htmllabels": ["PER"],
    }
    row = {"data": {"html": "Ada saw"}, "annotations": [{"result": [{"type": "hypertextlabels", "value": value}]}]}
    assert marked(LABEL_STUDIO.parse(json.dumps([row]).encode())) == [[(0, 3, "PER")]]


@pytest.mark.parametrize(
    ("row", "faults"),
    [
        ({"annotator": 1}, 0),
        ({"annotation_id": 4, "lead_time": 2.5}, 0),
        ({"label": []}, 0),
        ({}, 1),
        ({"agreement": 100.0}, 1),
    ],
)
def test_a_task_of_json_min_that_nobody_annotated_is_no_text_without_entities(row, faults):
    parsed = Spans(format="label-studio-min").parse(json.dumps([{"id": 1, "text": "Ada saw", **row}]).encode())
    assert [code for code, *_ in parsed.faults.rows()] == ["rejected-record"] * faults


def test_another_layer_of_webanno_can_be_declared() -> None:
    layer = "de.tudarmstadt.ukp.dkpro.core.api.lexmorph.type.pos.POS|PosValue"
    parsed = Spans(format="webanno", layer=layer).parse(WEBANNO.encode())
    assert marked(parsed) == [[(1, 2, "NN")]]


PUBTATOR = """\
7|t|Aspirin helps.
7|a|It did, in 🚀 mice.
7\t0\t7\tAspirin\tChemical\tD001241
7\t28\t32\tmice\tSpecies\t10090
7\tCID\tD001241\tD000001

"""


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_pubtator_counts_over_title_and_abstract(ends: str) -> None:
    parsed = Spans(format="pubtator").parse(PUBTATOR.replace("\n", ends).encode())
    assert [one.spans for one in found(parsed)] == [[(0, 1, "Chemical")], [(5, 6, "Species")]]
    assert parsed.documents == ("7",)
    assert parsed.aside == {"concept ids": 2, "relations": 1}
    assert not len(parsed.faults)


UNITS = {"codepoints": (2, 3), "utf16": (3, 4), "bytes": (5, 6)}


@pytest.mark.parametrize("units", UNITS)
def test_offsets_count_as_they_are_declared(units: str) -> None:
    data = json.dumps({"text": "🚀 a", "label": [[*UNITS[units], "X"]]}).encode()
    assert found(Spans(units=units).parse(data))[0].spans == [(1, 2, "X")]


def test_a_place_within_a_character_is_none() -> None:
    data = json.dumps({"text": "🚀 a", "label": [[1, 4, "X"]]}).encode()
    parsed = Spans(units="utf16").parse(data)
    assert list(parsed.annotations.values()) == ["the annotation X 1-4, which points at no place in its text"]


def test_lines_of_a_text_are_sentences_where_it_is_declared() -> None:
    data = json.dumps({"text": "Ada saw.\r\n\n Bo ran.\n", "label": [[0, 3, "P"], [12, 14, "P"]]}).encode()
    parsed = Spans(sentences="lines").parse(data)
    assert [one.tokens for one in found(parsed)] == [["Ada", "saw", "."], ["Bo", "ran", "."]]
    assert [one.spans for one in found(parsed)] == [[(0, 1, "P")], [(0, 1, "P")]]
    assert len(parsed.documents) == 1
    assert len(found(Spans().parse(data))) == 1


def test_a_span_over_the_end_of_a_sentence_is_broken_in_both() -> None:
    data = json.dumps({"text": "a b\nc d\ne", "label": [[2, 5, "X"]]}).encode()
    parsed = Spans(sentences="lines").parse(data)
    assert [(code, sentence) for code, _, sentence, _ in parsed.faults.rows()] == [
        ("broken-annotation", 0),
        ("broken-annotation", 1),
    ]


def test_the_id_of_a_record_is_kept_where_it_is_declared() -> None:
    data = doccano(id=7, label=[]) + b"\n" + doccano(label=[])
    parsed = Spans(sentence_id="id").parse(data)
    assert parsed.sentence_ids is not None
    assert parsed.sentence_ids.to_pylist() == ["7", ""]
    assert Spans().parse(data).sentence_ids is None


def test_the_folder_of_brat_has_the_same_spans() -> None:
    for number, one in enumerate(EXPECTED):
        text, notes = ((EXPORTS / "brat" / f"doc{number}.{suffix}").read_bytes() for suffix in ("txt", "ann"))
        parsed = Standoff().parse(pair(text, notes))
        assert marked(parsed) == [[(begin, stop, kind) for begin, stop, kind, _ in one["spans"]]]
        assert not len(parsed.faults)
