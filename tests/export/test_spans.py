"""What the files of annotation tools look like, and that the tools' own readers find the same spans."""

import json

import pytest

from export.builds import parsed, rows
from export.reading import faults, written
from tagpress.export import target_named
from tagpress.export.spans import TOOLS

SOME = rows([parsed("Ada/B-Person Lovelace/I-Person é 😀 Bo/B-Person"), (["a", "\u2028"], ["O", "O"])])
FIRST = {
    "doccano": {
        "id": "id0",
        "text": "Ada Lovelace é 😀 Bo",
        "label": [[0, 12, "Person"], [17, 19, "Person"]],
        "doc_id": "doc",
    },
    "gliner": {
        "id": "id0",
        "tokenized_text": ["Ada", "Lovelace", "é", "😀", "Bo"],
        "ner": [[0, 1, "Person"], [4, 4, "Person"]],
        "doc_id": "doc",
    },
}


def values(name: str) -> list[dict[str, object]]:
    data = written(target_named(name), [SOME])
    return json.loads(data) if data.startswith(b"[") else [json.loads(line) for line in data.split(b"\n")[:-1]]


@pytest.mark.parametrize("name", FIRST)
def test_golden(name):
    assert values(name)[0] == FIRST[name]


def test_prodigy_says_places_by_character_and_by_token():
    first = values("prodigy")[0]
    assert first["spans"] == [
        {"start": 0, "end": 12, "token_start": 0, "token_end": 1, "label": "Person"},
        {"start": 17, "end": 19, "token_start": 4, "token_end": 4, "label": "Person"},
    ]
    assert [first["text"][one["start"] : one["end"]] for one in first["tokens"]] == ["Ada", "Lovelace", "é", "😀", "Bo"]
    assert [one["ws"] for one in first["tokens"]] == [True] * 4 + [False]


def test_label_studio_has_regions_with_their_text():
    (annotation,) = values("label-studio")[0]["annotations"]
    assert [one["value"] for one in annotation["result"]] == [
        {"start": 0, "end": 12, "text": "Ada Lovelace", "labels": ["Person"]},
        {"start": 17, "end": 19, "text": "Bo", "labels": ["Person"]},
    ]


@pytest.mark.parametrize("name", TOOLS)
def test_no_line_end_is_written_that_some_readers_take_for_one(name):
    data = written(target_named(name), [SOME]).decode()
    assert "\u2028" not in data
    assert data.endswith("\n")


def test_documents_and_ids_can_be_left_out():
    target = target_named("doccano", documents=False, sentence_id=None)
    assert set(json.loads(written(target, [SOME]).split(b"\n")[0])) == {"text", "label"}


def test_a_sentence_that_would_be_cut_otherwise_is_refused_and_one_with_its_tokens_is_not():
    assert faults(target_named("doccano"), [SOME]) == [
        "train id1 would be cut into other tokens, as tokens='whitespace' says"
    ]
    assert faults(target_named("prodigy"), [SOME]) == []
