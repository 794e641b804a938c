"""What the files of annotation tools look like, and that the tools' own readers find the same spans."""

import json
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from export.builds import parsed, rows
from export.reading import faults, written
from made_corpora import declare
from read.spans.made import KINDS, WRITERS, corpus
from tagpress.build.corpus import build_corpus
from tagpress.corpus.policies import Policies
from tagpress.export import export_build, target_named
from tagpress.export.spans import TOOLS
from tagpress.read.spans.dialect import Spans

IDS = {name for name, dialect in TOOLS.items() if dialect.sentence_id}
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


@pytest.mark.parametrize("name", sorted(TOOLS.keys() - {"webanno"}))
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


@pytest.mark.parametrize("name", sorted(IDS))
def test_a_corpus_of_spans_is_built_exported_and_built_again(name, tmp_path):
    made = [one for one in corpus(3, size=240) if one.words]
    kinds = {kind.replace(" ", "_"): "x" for kind in KINDS}
    renamed = [one._replace(spans=[(a, b, kind.replace(" ", "_")) for a, b, kind in one.spans]) for one in made]
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
    (first / "train.jsonl").write_text(WRITERS["doccano"](renamed), encoding="utf-8", newline="")
    options = {"entity_types": kinds, "policies": Policies({"type-missing-in-split": "warn"})}
    dialect = Spans(format="doccano", tokens="whitespace", sentence_id="id")
    build = build_corpus(
        declare(first, dialect=dialect, sources={"train": "*.jsonl"}, **options), tmp_path / "a", workers=1
    )
    assert build.report.published > 200
    target = target_named(name)
    (file,) = export_build(build.out, target, f"{second}/").files
    again = declare(second, dialect=target.dialect, sources={"train": file.path.name}, **options)
    out = build_corpus(again, tmp_path / "b", workers=1).out
    assert rows_of(out) == rows_of(build.out)


def rows_of(build: Path) -> list[tuple[object, ...]]:
    table = pq.read_table(sorted((build / "data").glob("*.parquet")))
    return sorted((row["source_id"], *row["tokens"], *row["ner_tags"]) for row in table.to_pylist())


TEXTS = [
    ("  Ada  Lovelace,\tand", [[2, 15, "PER"]]),
    ("🚀 Adá! no one", [[2, 6, "PER"]]),
    ("שלום (Ada)\r\nx ", [[6, 9, "PER"]]),
    ("a‍b, Ada-Bo", [[5, 8, "PER"], [9, 11, "PER"]]),
]


@pytest.mark.parametrize("name", ["doccano", "label-studio", "prodigy"])
def test_a_published_text_is_given_back_as_it_was(name, tmp_path):
    rows = [{"id": str(number), "text": text, "label": label} for number, (text, label) in enumerate(TEXTS)]
    (tmp_path / "train.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    options = {"entity_types": {"PER": "x"}, "text": True}
    declaration = declare(tmp_path, dialect=DOCCANO, sources={"train": "*.jsonl"}, **options)
    build = build_corpus(declaration, tmp_path / "out", workers=1).out
    target = target_named(name)
    (file,) = export_build(build, target, f"{tmp_path}/back/").files
    dialect = target.dialect if name == "prodigy" else replace(target.dialect, tokens="words")
    parsed_again = dialect.parse(file.path.read_bytes())
    marks = parsed_again.marks
    found = {
        marks.texts[record]: [
            [*place, marks.types[kind]]
            for owner, place, kind in zip(marks.record, marks.place.tolist(), marks.type, strict=True)
            if owner == record
        ]
        for record in range(len(marks.texts))
    }
    assert found == dict(TEXTS)
    again = declare(tmp_path / "back", dialect=dialect, sources={"train": file.path.name}, **options)
    assert texts_of(build_corpus(again, tmp_path / "again", workers=1).out) == texts_of(build)


DOCCANO = Spans(format="doccano", sentence_id="id")


def texts_of(build: Path) -> list[tuple[object, ...]]:
    table = pq.read_table(sorted((build / "data").glob("*.parquet")))
    return sorted((row["source_id"], row["text"], *row["offsets"], *row["ner_tags"]) for row in table.to_pylist())
