"""The text of a sentence, and where its tokens begin in it: published where a script says so, digested, loaded, compared."""

import json
from pathlib import Path
from typing import Any

import datasets
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from made_corpora import declare, shas
from shuffler import Shuffler
from tagpress.build.corpus import build_corpus
from tagpress.build.declaration import Declaration
from tagpress.consume.streaming.stream import stream
from tagpress.corpus.splits import HashSplits
from tagpress.diff import diff_builds, directory
from tagpress.errors import DataError, ScriptError
from tagpress.hub import Hub
from tagpress.localhub import LocalHub
from tagpress.read.columns import Columns
from tagpress.read.conllu import ConllU
from tagpress.read.dialect import Dialect
from tagpress.read.spans.dialect import Spans
from tagpress.read.standoff import Standoff
from tagpress.release.load_check import row_digest
from tagpress.release.publish import publish_build
from tagpress.release.verify import verify_release

TYPES = {"PER": "x"}
TEXTS = ["  Ada  wrote,\tonce.", "🚀 Ad\u0301a!", "\u05e9\u05dc\u05d5\u05dd Ada\r\nand more ", "no-one\u200d here"]


def corpus(folder: Path, texts: list[str] = TEXTS, **changes: Any) -> Declaration:
    folder.mkdir(exist_ok=True)
    rows = [
        {"id": number, "text": text, "label": [[text.find("Ad"), text.find("Ad") + 3, "PER"]] * ("Ada" in text)}
        for number, text in enumerate(texts)
    ]
    (folder / "a.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return declare(
        folder,
        **{
            "sources": "*.jsonl",
            "dialect": Spans(format="doccano"),
            "entity_types": TYPES,
            "splits": HashSplits(train=1, validation=0, test=0),
            "text": True,
            **changes,
        },
    )


def rows_of(build: Path) -> list[dict[str, Any]]:
    return [row for path in sorted(build.glob("data/*.parquet")) for row in pq.read_table(path).to_pylist()]


def placed(row: dict[str, Any]) -> list[str]:
    """Return what stands in the text where tokens begin."""
    pairs = zip(row["tokens"], row["offsets"], strict=True)
    return [row["text"][begin : begin + len(token)] for token, begin in pairs]


def test_a_text_is_published_as_it_is_and_each_token_stands_at_its_offset(tmp_path):
    built = build_corpus(corpus(tmp_path / "in"), tmp_path / "out", workers=1)
    assert built.manifest.sole.extra == ("text", "offsets")
    rows = rows_of(tmp_path / "out")
    assert sorted(row["text"] for row in rows) == sorted(TEXTS)
    assert all(placed(row) == row["tokens"] for row in rows)
    schema = pq.read_schema(next((tmp_path / "out" / "data").iterdir()))
    assert (schema.field("text").type, schema.field("offsets").type) == (pa.string(), pa.list_(pa.int32()))
    (split,) = built.manifest.sole.splits.values()
    assert row_digest(rows) == (split.rows, split.row_digest)


def test_without_the_word_nothing_is_published_of_it(tmp_path):
    build_corpus(corpus(tmp_path / "in", text=False), tmp_path / "out", workers=1)
    assert set(rows_of(tmp_path / "out")[0]) == {"id", "doc_id", "tokens", "ner_tags"}


@pytest.mark.parametrize("dialect", [Spans(format="doccano", sentences="lines"), Standoff()])
def test_the_text_of_a_line_is_without_its_line_end(tmp_path, dialect: Dialect):
    text = "\nAda one \r\n\r\n  two\nthree\r"
    declaration = corpus(tmp_path / "in", [text], dialect=dialect)
    if isinstance(dialect, Standoff):
        (tmp_path / "in" / "a.txt").write_bytes(text.encode())
        (tmp_path / "in" / "a.ann").write_text("T1\tPER 1 4\tAda\n")
        declaration = corpus(tmp_path / "in", [text], dialect=dialect, sources="*.txt")
    build_corpus(declaration, tmp_path / "out", workers=1)
    rows = {row["text"]: row for row in rows_of(tmp_path / "out")}
    assert set(rows) == {"Ada one ", "  two", "three\r"}
    assert [rows[text]["offsets"] for text in ("Ada one ", "  two", "three\r")] == [[0, 4], [2], [0]]


def test_an_engine_that_shuffles_publishes_the_same(tmp_path):
    texts = [f"  w{number} Ada  {number}" for number in range(60)]
    declaration = corpus(tmp_path / "in", texts, splits=HashSplits(salt="1"))
    build_corpus(declaration, tmp_path / "one", workers=1)
    build_corpus(declaration, tmp_path / "other", engine=Shuffler())
    assert shas(tmp_path / "one") == shas(tmp_path / "other")


def test_a_release_with_texts_is_verified_loaded_and_streamed(tmp_path, monkeypatch):
    texts = [f"w{number}  Ada" for number in range(300)]
    declaration = corpus(tmp_path / "in", texts, splits=HashSplits(salt="1"))
    build_corpus(declaration, tmp_path / "out", workers=1)
    with LocalHub(tmp_path / "hub") as local:
        hub = Hub(endpoint=local.endpoint, token=local.token)
        publish_build(tmp_path / "out", hub=hub, repo="me/texts")
        assert verify_release("me/texts", "v1.0.0", hub=hub, deep=True).problems == ()
    for columns in (None, ["text", "offsets"]):
        batches = stream(tmp_path / "out", None, "train", batch_size=64, shuffle=3, columns=columns)
        rows = [row for batch in batches for row in batch.to_pylist()]
        assert {row["text"] for row in rows} <= set(texts)
        assert all(row["offsets"] == [0, row["text"].index("Ada")] for row in rows)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    loaded = datasets.load_dataset(str(tmp_path / "out"), cache_dir=str(tmp_path / "cache"), split="train")
    assert loaded.features["text"] == datasets.Value("string")
    assert loaded.features["offsets"].feature == datasets.Value("int32")
    assert sorted(loaded["text"]) == sorted(row["text"] for row in rows)


def test_texts_that_come_are_a_major_change_and_one_that_is_mended_a_patch(tmp_path):
    build_corpus(corpus(tmp_path / "in", text=False), tmp_path / "plain", workers=1)
    build_corpus(corpus(tmp_path / "in"), tmp_path / "old", workers=1)
    build_corpus(corpus(tmp_path / "in", [*TEXTS[:3], "no-one\u200d  here"]), tmp_path / "new", workers=1)
    came = diff_builds(directory(tmp_path / "plain"), directory(tmp_path / "old"))
    assert (came.columns_changed, came.changed, came.bump) == (True, 0, "major")
    mended = diff_builds(directory(tmp_path / "old"), directory(tmp_path / "new"))
    assert (mended.extra_edited, mended.changed, mended.bump) == (True, 0, "patch")


def test_a_text_that_nobody_knows_cannot_be_published(tmp_path):
    with pytest.raises(ScriptError, match="TEXT is True, and Columns has tokens and no text"):
        declare(tmp_path, text=True)
    with pytest.raises(ScriptError, match="Spans has tokens and no text"):
        declare(tmp_path, text=True, dialect=Spans(format="gliner"))


@pytest.mark.parametrize("name", ["text", "offsets"])
def test_the_names_of_the_columns_are_taken(tmp_path, name):
    with pytest.raises(ScriptError, match=f"keeps a column as '{name}', and that name is taken"):
        declare(tmp_path, dialect=Columns(tag=2, extra={name: 1}))


def treebank(*, ids: bool = True, text: str = "Ada\u00a0slept.") -> str:
    rows = [("1", "Ada", "name=B-PER"), ("2", "slept", "SpaceAfter=No"), ("3", ".", "_")]
    lines = "".join("\t".join([number, form, *"_______", misc]) + "\n" for number, form, misc in rows)
    return f"{'# sent_id = s1' if ids else '# note'}\n# text = {text}\n{lines}\n"


@pytest.mark.parametrize("how", ["TEXT", "text="])
def test_a_treebank_is_published_with_its_texts(tmp_path, how):
    """Its text is read where it is asked for, with the place of each word."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "a.conllu").write_text(treebank())
    asked = {"text": True} if how == "TEXT" else {"dialect": ConllU(text=True)}
    declared = {
        "sources": "*.conllu",
        "dialect": ConllU(),
        "entity_types": TYPES,
        "splits": HashSplits(train=1, validation=0, test=0),
    }
    build_corpus(declare(folder, **declared | asked), tmp_path / "out", workers=1)
    (row,) = rows_of(tmp_path / "out")
    assert (row["source_id"], row["text"], row["offsets"]) == ("s1", "Ada\u00a0slept.", [0, 4, 9])
    (folder / "a.conllu").write_text(treebank(text="Ada slept!"))
    with pytest.raises(DataError) as caught:
        build_corpus(declare(folder, **declared | asked), tmp_path / "out", workers=1)
    (found,) = [one for one in caught.value.problems if one.severity == "error"]
    assert (found.code, Path(found.path).name, found.line) == ("text-mismatch", "a.conllu", 5)
    build_corpus(declare(folder, **declared), tmp_path / "plain", workers=1)
    assert "text" not in rows_of(tmp_path / "plain")[0]


@pytest.mark.parametrize("workers", [1, 2])
def test_where_no_sentence_has_an_id_there_is_no_column_of_them(tmp_path, workers):
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "a.conllu").write_text(treebank(ids=False))
    declared = {
        "sources": "*.conllu",
        "dialect": ConllU(),
        "entity_types": TYPES,
        "splits": HashSplits(train=1, validation=0, test=0),
    }
    declaration = declare(folder, **declared)
    made = build_corpus(declaration, tmp_path / "out", workers=workers)
    assert made.manifest.sole.extra == ()
    assert list(rows_of(tmp_path / "out")[0]) == ["id", "doc_id", "tokens", "ner_tags"]
    build_corpus(declaration, tmp_path / "shuffled", engine=Shuffler())
    assert shas(tmp_path / "shuffled") == shas(tmp_path / "out")
    (folder / "b.conllu").write_text(treebank().replace("Ada", "Bo"))
    made = build_corpus(declaration, tmp_path / "some", workers=workers)
    assert sorted(row["source_id"] for row in rows_of(tmp_path / "some")) == ["", "s1"]
