"""Argilla, spaCy 2's JSON, dialogues of Label Studio, line ends that count as one, and exports without their texts."""

import json
from pathlib import Path
from typing import Any

import pytest

from read.spans.made import corpus
from read.spans.reading import found, marked
from tagpress.errors import SourceError
from tagpress.read.columns import Columns
from tagpress.read.spans.dialect import Spans

MADE = corpus(9, 200, gaps=(" ", "  "))
PLACES = [{(a, b, k) for a, b, k in one.spans} for one in MADE]


def dicts(spans: list[tuple[int, int, str]]) -> list[dict[str, Any]]:
    return [{"start": a, "end": b, "label": k} for a, b, k in spans]


def argilla(*given: tuple[str, str, list[tuple[int, int, str]]], text: str = "Ada met Bob") -> dict[str, Any]:
    """Return a record with the responses (who, status, spans)."""
    responses = [{"value": dicts(spans), "user_id": who, "status": status} for who, status, spans in given]
    suggestions = {"ner": {"value": [], "score": None, "agent": "model"}}
    return {"id": "r1", "fields": {"text": text}, "suggestions": suggestions, "responses": {"ner": responses}}


def flat(text: str, spans: list[tuple[int, int, str]]) -> dict[str, Any]:
    parts = {"": [dicts(spans)], ".users": ["ann"], ".status": ["submitted"]}
    return {"id": "1", "status": "completed", "sentence": text} | {
        f"ner.responses{key}": one for key, one in parts.items()
    }


def sniffed(path: Path, text: str) -> Spans:
    path.write_text(text, encoding="utf-8", newline="")
    dialect = Columns.sniff(path).dialect
    assert isinstance(dialect, Spans)
    return dialect


@pytest.mark.parametrize("form", ["nested", "flat"])
def test_records_of_argilla_have_the_spans_of_their_annotator(tmp_path: Path, form: str) -> None:
    if form == "nested":
        rows = [argilla(("ann", "submitted", one.spans), text=one.text) for one in MADE]
        path, text = tmp_path / "a.json", json.dumps(rows)
    else:
        path, text = tmp_path / "a.jsonl", "".join(f"{json.dumps(flat(one.text, one.spans))}\n" for one in MADE)
    dialect = sniffed(path, text)
    parsed = dialect.parse(path.read_bytes())
    assert dialect.format == "argilla"
    assert list(map(set, marked(parsed))) == PLACES
    assert not parsed.annotations
    assert not parsed.unread


ADA, BOB = (0, 3, "PER"), (8, 11, "PER")
RESPONSES = {
    "nobody": ([], "a record that nobody annotated"),
    "a draft": ([("ann", "draft", [ADA])], "a record that nobody annotated"),
    "discarded": ([("ann", "discarded", [ADA])], "a record that its annotator discarded"),
    "two that differ": (
        [("ann", "submitted", [ADA]), ("bo", "submitted", [BOB])],
        "2 responses that differ, of ann, bo",
    ),
    "two that agree": ([("ann", "submitted", [ADA]), ("bo", "submitted", [ADA])], None),
}


@pytest.mark.parametrize("case", RESPONSES)
def test_responses_of_argilla_that_are_no_answer_are_problems(case: str) -> None:
    given, said = RESPONSES[case]
    parsed = Spans(format="argilla", container="lines").parse(json.dumps(argilla(*given)).encode())
    assert list(parsed.annotations.values()) == ([said] if said else [])
    assert parsed.aside == {"suggestions": 1} | ({"more responses": 1} if len(given) > 1 else {})


def spacy(*tokens: tuple[str, str]) -> dict[str, Any]:
    words = [{"id": number, "orth": word, "tag": "NN", "ner": tag} for number, (word, tag) in enumerate(tokens)]
    return {"id": 3, "paragraphs": [{"raw": None, "sentences": [{"tokens": words, "brackets": []}], "cats": []}]}


def test_json_of_spacy_2_has_its_tokens_and_entities(tmp_path: Path) -> None:
    first = spacy(("Ada", "B-PER"), ("King", "I-PER"), ("Lovelace", "L-PER"), ("met", "O"), ("Bob", "U-PER"))
    rows = [first, spacy(("Oslo", "U-LOC"), ("Bob", "U-PER"), ("it", "O"))]
    dialect = sniffed(tmp_path / "train.json", json.dumps(rows, indent=1))
    parsed = dialect.parse((tmp_path / "train.json").read_bytes())
    assert dialect == Spans(format="spacy-json", tokens="file")
    assert [one.spans for one in found(parsed)] == [[(0, 3, "PER"), (4, 5, "PER")], [(0, 1, "LOC"), (1, 2, "PER")]]
    assert found(parsed)[0].tokens == ["Ada", "King", "Lovelace", "met", "Bob"]
    assert parsed.documents == ("3",)


BILUO = {
    ("B-PER", "O"): "the annotation PER 0-1, which is spelled 'B-PER', and BILUO has B- I- L- or U-",
    ("I-PER", "L-PER"): "the annotation PER 0-1, which is spelled 'I-PER', and BILUO has B- I- L- or U-",
    ("B-PER", "L-LOC"): "the annotation PER 0-1, which is spelled 'B-PER', and BILUO has B- I- L- or U-",
    ("PER", "O"): "the annotation  0-1, which is spelled 'PER', and BILUO has B- I- L- or U-",
    ("-", "U-PER"): "the token 'a', whose entity is not known",
}


@pytest.mark.parametrize("tags", BILUO)
def test_entities_that_are_spelled_wrong_or_not_known_are_named(tags: tuple[str, ...]) -> None:
    data = json.dumps([spacy(*zip("ab", tags, strict=True))]).encode()
    assert BILUO[tags] in Spans(format="spacy-json").parse(data).annotations.values()


def dialogue(*places: tuple[str, str, int, int]) -> str:
    turns = [{"author": "A", "text": "Hi 🚀."}, {"author": "B", "text": "Ada met Bob"}]
    results = [
        {
            "type": "paragraphlabels",
            "value": {"start": one, "end": other, "startOffset": a, "endOffset": b, "paragraphlabels": ["PER"]},
        }
        for one, other, a, b in places
    ]
    return json.dumps([{"id": 1, "data": {"dialogue": turns}, "annotations": [{"id": 1, "result": results}]}])


def test_a_dialogue_is_a_text_with_a_line_a_turn(tmp_path: Path) -> None:
    text = dialogue(("1", "1", 0, 3), ("1", "1", 8, 11), ("0", "0", 0, 2))
    dialect = sniffed(tmp_path / "a.json", text)
    parsed = dialect.parse(text.encode())
    assert dialect == Spans(format="label-studio", tokens="words", sentences="lines")
    assert [one.spans for one in found(parsed)] == [[(0, 1, "PER")], [(0, 1, "PER"), (2, 3, "PER")]]


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (("0", "1", 0, 3), "begins in one turn of a dialogue and ends in another"),
        (("2", "2", 0, 3), "points at no place in a turn of its dialogue"),
        (("0", "0", 0, 30), "points at no place in a turn of its dialogue"),
    ],
)
def test_a_region_outside_a_turn_is_named(place: tuple[str, str, int, int], said: str) -> None:
    parsed = Spans(format="label-studio", sentences="lines").parse(dialogue(place).encode())
    assert [words.partition(", which ")[2] for words in parsed.annotations.values()] == [said]


@pytest.mark.parametrize(("rocket", "units"), [("", "codepoints-lf"), ("🚀", "utf16-lf")])
def test_line_ends_that_a_tool_counted_as_one_are_found(tmp_path: Path, rocket: str, units: str) -> None:
    text = f"{rocket}It\r\nrains.\r\nAda ran"
    begin = 10 + 2 * len(rocket)
    row = json.dumps({"text": text, "label": [[begin, begin + 3, "PER"]]})
    dialect = sniffed(tmp_path / "a.jsonl", row)
    parsed = dialect.parse(row.encode())
    assert dialect.units == units
    assert [one.spans for one in found(parsed)][-1] == [(0, 1, "PER")]
    assert parsed.marks is not None
    assert parsed.marks.texts == (text,)  # what is published is what the source has


WITHOUT_TEXT = {
    "tagtog": ('{"annotatable":{"parts":["s1p1"]},"entities":[]}', "is an ann.json of tagtog"),
    "azure": (
        '{"assets": {"projectKind": "CustomEntityRecognition", "documents": []}}',
        "is labels of Azure AI Language",
    ),
    "comprehend": (
        "File,Line,Begin Offset,End Offset,Type\nd.txt,0,0,3,PER\n",
        "is a table with a span in each row: it says where spans are, and no column has the text that it is in",
    ),
    "the text of the span alone": (
        "doc_id,start,end,label,text\nd1,40,43,PER,Ada\n",
        "is a table with a span in each row",
    ),
    "vertex": (
        '{"textGcsUri": "gs://b/a.txt", "textSegmentAnnotations": [{"startOffset": 0, "endOffset": 3}]}',
        "is JSON lines of Vertex AI with addresses of texts",
    ),
    "ground truth": (
        '{"source-ref": "s3://b/a.txt", "job": {"annotations": {"entities": [{"startOffset": 0}]}}}',
        "is a manifest of Ground Truth with addresses of texts",
    ),
}


@pytest.mark.parametrize("case", WITHOUT_TEXT)
def test_spans_without_their_texts_are_refused_by_name(tmp_path: Path, case: str) -> None:
    text, said = WITHOUT_TEXT[case]
    with pytest.raises(SourceError, match=said):
        sniffed(tmp_path / "a.txt", text)


def test_a_path_that_names_one_place_of_several_is_a_fault() -> None:
    item = {"label": "PER", "at": [{"start": 0, "end": 3}, {"start": 8, "end": 11}]}
    options = {"begin": "at.0.start", "end": "at.0.end"}
    parsed = Spans(spans="marks", **options).parse(json.dumps({"text": "Ada met Bob", "marks": [item]}).encode())
    (said,) = parsed.annotations.values()
    assert said.endswith("has several places, and only that in 'at.0.start' is declared")
