"""What assistants and rarer tools write that is no span, or more than one: it is counted, in doubt, or a problem."""

import json
from pathlib import Path
from typing import Any

import pytest

from read.spans.reading import marked
from tagpress.errors import SourceError
from tagpress.read.columns import Columns
from tagpress.read.json_items import Children
from tagpress.read.spans import containers
from tagpress.read.spans.dialect import Spans


def parsed(format_: str, value: Any, **options: Any) -> Any:
    return Spans(format=format_, **options).parse(json.dumps(value).encode())


CHUNKS = [
    {"text": "go to ", "userDefined": False},
    {"text": "Oslo", "meta": "@sys.geo-city", "alias": "city"},
    {"text": "!", "meta": "@sys.ignore", "alias": "x"},
]


def test_a_chunk_of_dialogflow_has_an_entity_and_a_parameter(tmp_path: Path) -> None:
    rows = [{"data": CHUNKS, "isTemplate": False}, {"data": CHUNKS[:1], "isTemplate": True}]
    found = parsed("dialogflow", rows)
    assert marked(found) == [[(6, 10, "sys.geo-city")], []]
    assert found.aside == {"chunks that are to be ignored": 1}
    assert list(found.annotations.values()) == ["a template, which has the names of entities where texts have words"]
    assert marked(parsed("dialogflow", rows[:1], label="alias")) == [[(6, 10, "city")]]
    (tmp_path / "a.json").write_text(json.dumps(rows[:1]))
    doubts = Columns.sniff("a.json", base=tmp_path).doubts
    assert "labels: 2 entities have the name of a parameter too; label='alias' in DIALECT reads that" in doubts


def test_utterances_of_snips_are_below_each_intent() -> None:
    own = [{"data": [{"text": "Oslo", "entity": "snips/city", "slot_name": "from"}]}]
    whole = {"language": "en", "intents": {"a": {"utterances": own}, "b": {"utterances": own}}, "entities": {"x": {}}}
    assert marked(parsed("snips", whole)) == 2 * [[(0, 4, "snips/city")]]
    assert parsed("snips", whole).aside == {"entities with their values": 1}
    assert marked(parsed("snips", {"a": own}, label="slot_name")) == [[(0, 4, "from")]]


def test_children_of_an_entity_of_luis_are_spans_too() -> None:
    child = {"entity": "City", "startPos": 3, "endPos": 6, "children": []}
    row = {"text": "🚀 Oslo now", "entities": [{"entity": "Trip", "startPos": 3, "endPos": 10, "children": [child]}]}
    assert marked(parsed("luis", [row])) == [[(2, 10, "Trip"), (2, 6, "City")]]


def answer(*mentions: tuple[str, int], text: str | None = "Ada saw Zoë.") -> dict[str, Any]:
    each = [{"text": {"content": said, "beginOffset": at}, "type": "PROPER"} for said, at in mentions]
    found: dict[str, Any] = {"entities": [{"name": "x", "type": "PERSON", "mentions": each}]}
    return found | ({"sentences": [{"text": {"content": text}}]} if text else {})


def test_a_mention_of_google_counts_in_the_document() -> None:
    two = answer(("Ada", 0), ("Bo", 14))
    two["sentences"].append({"text": {"content": "Bo ran.", "beginOffset": 14}})
    assert marked(parsed("google", two, units="bytes")) == [[(0, 3, "PERSON")], [(0, 2, "PERSON")]]


FAULTS: dict[str, tuple[str, Any]] = {
    "the annotation PERSON 1-4, which says 'Ada', and 'da ' stands there": ("google", answer(("Ada", 1))),
    "the annotation PERSON None-None, which has no place: the request named no encodingType": ("google", answer(("Ada", -1))),
    "an answer without the text of its sentences: entities": ("google", answer(text=None)),
    "an utterance without chunks in 'data': text": ("dialogflow", [{"text": "x"}]),
    "a chunk without a text: '7'": ("dialogflow", [{"data": [{"text": 7}]}]),
    "a mention in the sentence '1' of 1": ("docred", [{"sents": [["Ada"]], "vertexSet": [[{"sent_id": 1}]]}]),
    "the sentence 'Ada', which is no list of tokens": ("docred", [{"sents": ["Ada"], "vertexSet": []}]),
    "the annotation PER 0-2, which points at the tokens 0 to 2 of 1": (
        "docred", [{"sents": [["Ada"]], "vertexSet": [[{"sent_id": 0, "pos": [0, 2], "type": "PER"}]]}],
    ),
    "the annotation PER None-None, which points at the tokens '0' to '1' of 1": (
        "mrc", [{"context": "Ada", "entity_label": "PER", "start_position": [0], "end_position": [1]}],
    ),
    "a question with 1 start_position and 2 end_position": (
        "mrc", [{"context": "Ada", "entity_label": "PER", "start_position": [0], "end_position": [0, 1]}],
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_no_span_is_named(fault: str) -> None:
    format_, value = FAULTS[fault]
    found = parsed(format_, value)
    assert list(found.annotations.values()) == [fault]
    assert sum(map(len, marked(found))) == 0


def test_questions_about_one_sentence_are_one_record_wherever_their_spans_are_said() -> None:
    base = {"context": "Ada  met Bo", "start_position": [0, 2], "end_position": [0, 2], "span_position": []}
    rows = [base | {"entity_label": "PER", "qas_id": "1.1"}, base | {"entity_label": "PER", "qas_id": "1.2"}]
    rows += [base | {"entity_label": "LOC", "qas_id": "1.3", "span_position": ["0;1"]}]
    rows += [base | {"entity_label": "PER", "qas_id": "2.1"}]
    assert marked(parsed("mrc", rows)) == [
        [(0, 3, "PER"), (9, 11, "PER"), (0, 8, "LOC")],
        [(0, 3, "PER"), (9, 11, "PER")],
    ]


def label(who: str, begin: int, said: str, **more: Any) -> dict[str, Any]:
    spans = [{"beginOffset": begin, "content": said, "categories": [{"name": "PER"}]}]
    answer = {"NER": {"annotations": spans}, "MOOD": {"categories": [{"name": "good"}]}}
    return {"labelType": "DEFAULT", "author": {"email": who}, "createdAt": "2024", "jsonResponse": answer, **more}


KILI: dict[str, tuple[list[dict[str, Any]], list[tuple[int, int, str]], list[str]]] = {
    "one": ([label("a", 0, "Ada")], [(0, 3, "PER")], []),
    "the last of one": ([label("a", 0, "Ada", createdAt="2025"), label("a", 8, "Bo")], [(0, 3, "PER")], []),
    "a review": ([label("a", 0, "Ada"), label("b", 8, "Bo", labelType="REVIEW")], [(8, 10, "PER")], []),
    "two that agree": ([label("a", 0, "Ada"), label("b", 0, "Ada")], [(0, 3, "PER")], []),
    "two that differ": ([label("a", 0, "Ada"), label("b", 8, "Bo")], [], ["2 labels that differ, of a, b"]),
    "a model's": ([label("a", 0, "Ada", labelType="PREDICTION")], [], ["an asset that nobody labelled"]),
    "another text": ([label("a", 0, "Bo")], [], ["the annotation PER 0-2, which says 'Bo', and 'Ad' stands there"]),
}


@pytest.mark.parametrize("name", KILI)
def test_whose_label_of_kili_counts(name: str) -> None:
    labels, spans, told = KILI[name]
    found = parsed("kili", [{"content": "Ada met Bo", "labels": labels}])
    assert list(found.annotations.values()) == told
    if not told:
        assert marked(found) == [spans]
        assert found.aside["classifications"] > 0


def test_what_kili_has_elsewhere_or_in_another_job() -> None:
    (words,) = parsed("kili", [{"content": "https://x/a.txt", "labels": [label("a", 0, "A")]}]).annotations.values()
    assert words == "an asset whose text is at 'https://x/a.txt', and not in the export"
    row = {"content": "Ada met Bo", "labels": [label("a", 0, "Ada")]}
    assert parsed("kili", [row], layer="X").aside == {"entities of other jobs": 1, "classifications": 1}
    row["labels"][0]["jsonResponse"]["NER"]["annotations"][0] |= {"beginId": "a", "endId": "b"}  # type: ignore[index]  # JSON
    (words,) = parsed("kili", [row]).annotations.values()
    assert words.endswith("reaches over several parts of a rich text, which are not in the export as one text")


REFUSED = {
    "is an answer of Google's Natural Language without the text": json.dumps(answer(("Ada", 0), text=None), indent=1),
    "is output of Comprehend": '{"File": "a.txt", "Line": 0, "Entities": [{"BeginOffset": 0, "EndOffset": 3, "Type": "PER"}]}\n',
}


@pytest.mark.parametrize("message", REFUSED)
def test_answers_without_a_text_are_refused_by_name(tmp_path: Path, message: str) -> None:
    (tmp_path / "a.json").write_text(REFUSED[message])
    with pytest.raises(SourceError, match=message):
        Columns.sniff("a.json", base=tmp_path)


def test_a_document_of_many_records_is_looked_through_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """For the places of all spans that a message may name, not once for each record."""
    seen = []
    monkeypatch.setattr(containers, "Children", lambda document: seen.append(document) or Children(document))
    found = parsed("snips", {"a": 30 * [{"data": [{"text": "Os", "entity": "city"}, {"text": "lo"}]}]})
    assert len(found) == 30
    assert [one for one in seen if one] == [found.data.decode()]
    assert found.account.lines == 1
