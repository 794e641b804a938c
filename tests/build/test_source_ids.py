"""The ids that sources give their sentences are published, exported, and told apart from ours."""

from pathlib import Path

import datasets
import pyarrow.parquet as pq
import pytest

from made_corpora import declare, shas
from shuffler import Shuffler
from tagpress.build.corpus import build_corpus
from tagpress.corpus.schema import COLUMNS
from tagpress.corpus.splits import HashSplits
from tagpress.diff import diff_builds, directory
from tagpress.errors import ConflictError, ScriptError
from tagpress.export import ColumnsTarget, ConlluTarget, JsonLinesTarget, export_build
from tagpress.hub import Hub
from tagpress.localhub import LocalHub
from tagpress.read.columns import Columns
from tagpress.read.conllu import ConllU
from tagpress.read.dialect import Dialect
from tagpress.read.hubparquet import HubParquet
from tagpress.read.jsonl import JsonLines
from tagpress.read.standoff import Standoff
from tagpress.release.load_check import row_digest
from tagpress.release.publish import publish_build

NAMED = Columns(sentence_id="# id = ", comment="#", extra={"pos": 2})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A corpus in which two of three sentences have an id."""
    (tmp_path / "corpus").mkdir()
    ids = ["" if i % 3 == 0 else f"# id = s{i}\n" for i in range(90)]
    text = "".join(f"{line}w{i}\tO\tNN\nRust\tB-Language\tX\n\n" for i, line in enumerate(ids))
    (tmp_path / "corpus" / "a.txt").write_text(text)
    return tmp_path / "corpus"


def rows_of(build: Path, split: str = "") -> list[dict[str, object]]:
    return [row for path in sorted(build.glob(f"data/{split}*.parquet")) for row in pq.read_table(path).to_pylist()]


def test_ids_are_published(folder, tmp_path, monkeypatch):
    made = build_corpus(declare(folder, dialect=NAMED), tmp_path / "out", workers=1)
    assert made.manifest.sole.extra == ("source_id", "pos")
    rows = rows_of(tmp_path / "out")
    expected = {f"w{i}": f"s{i}" if i % 3 else "" for i in range(90)}
    assert {row["tokens"][0]: row["source_id"] for row in rows} == expected
    for split, totals in made.manifest.sole.splits.items():
        assert row_digest(rows_of(tmp_path / "out", split)) == (totals.rows, totals.row_digest)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    loaded = datasets.load_dataset(str(tmp_path / "out"), cache_dir=str(tmp_path / "cache"), split="train")
    assert loaded.features["source_id"] == datasets.Value("string")
    assert [row["source_id"] for row in loaded] == [row["source_id"] for row in rows_of(tmp_path / "out", "train")]


def test_an_engine_that_shuffles_publishes_the_same(folder, tmp_path):
    declaration = declare(folder, dialect=NAMED)
    build_corpus(declaration, tmp_path / "one", workers=1)
    build_corpus(declaration, tmp_path / "other", engine=Shuffler())
    assert shas(tmp_path / "one") == shas(tmp_path / "other")


def test_no_ids_no_column(folder, tmp_path):
    build_corpus(declare(folder, dialect=Columns(comment="#", width=3)), tmp_path / "out", workers=1)
    assert set(rows_of(tmp_path / "out")[0]) == set(COLUMNS)


def test_ids_that_come_are_another_column(folder, tmp_path):
    rule = HashSplits(salt="1")
    build_corpus(declare(folder, dialect=Columns(comment="#", width=3), splits=rule), tmp_path / "old", workers=1)
    build_corpus(declare(folder, dialect=Columns(sentence_id="#", width=3), splits=rule), tmp_path / "new", workers=1)
    found = diff_builds(directory(tmp_path / "old"), directory(tmp_path / "new"))
    assert (found.columns_changed, found.changed, found.bump) == (True, 0, "major")
    with LocalHub(tmp_path / "hub") as local:
        hub = Hub(endpoint=local.endpoint, token=local.token)
        publish_build(tmp_path / "old", hub=hub, repo="me/ids")
        with pytest.raises(ConflictError, match=r"at least 2.0.0"):
            publish_build(tmp_path / "new", hub=hub, repo="me/ids")
        later = declare(folder, dialect=Columns(sentence_id="#", width=3), splits=rule, version="2.0.0")
        build_corpus(later, tmp_path / "later", workers=1)
        assert publish_build(tmp_path / "later", hub=hub, repo="me/ids").tag == "v2.0.0"


@pytest.mark.parametrize(
    ("target", "read"),
    [
        (ColumnsTarget(dialect=Columns(sentence_id="# id = ")), Columns(sentence_id="# id = ")),
        (ConlluTarget(), ConllU()),
        (JsonLinesTarget(), JsonLines(tags="tags", sentence_id="id")),
    ],
)
def test_exports_write_the_ids_of_the_source(folder, tmp_path, target, read: Dialect):
    build_corpus(declare(folder, dialect=NAMED), tmp_path / "out", workers=1)
    export_build(tmp_path / "out", target, tmp_path / "export" / "{split}")
    found = {}
    for path in (tmp_path / "export").iterdir():
        parsed = read.parse(path.read_bytes())
        found |= {
            tokens[0]: name
            for tokens, name in zip(parsed.tokens.to_pylist(), parsed.sentence_ids.to_pylist(), strict=True)
        }
    own = {row["tokens"][0]: row["source_id"] or row["id"] for row in rows_of(tmp_path / "out")}
    assert found == own


def test_the_name_of_the_column_is_taken(tmp_path):
    with pytest.raises(ScriptError, match="keeps a column as 'source_id', and that name is taken"):
        declare(tmp_path, dialect=Columns(tag=2, extra={"source_id": 1}))


def test_dialects_say_whether_there_are_ids():
    assert (ConllU().has_ids, JsonLines().has_ids, JsonLines(sentence_id="id").has_ids) == (True, False, True)
    assert (Columns().has_ids, NAMED.has_ids, HubParquet().has_ids, Standoff().has_ids) == (False, True, False, False)
