"""Both ways of moving rows give the same build: read from the spills, or pushed by an engine that shuffles."""

import tempfile
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import fsspec
import pytest

from cluster.corpora import messy
from made_corpora import declare, shas, words, write_document
from shuffler import Elsewhere, Shuffler
from tagpress.build.corpus import build_corpus, check_corpus
from tagpress.build.exchange import _lows
from tagpress.build.moves import ShufflingMoves, moves_on
from tagpress.build.read_all import read_corpus
from tagpress.build.workplace import spill_store
from tagpress.corpus.policies import Policies
from tagpress.corpus.splits import HashSplits
from tagpress.engine import LocalEngine
from tagpress.engine.progress import silent
from tagpress.errors import UsageError
from tagpress.read.columns import Columns
from tagpress.store import Folder


def test_what_stands_in_for_a_cluster_is_taken_for_one():
    assert isinstance(moves_on(Shuffler(), Folder(Path())), ShufflingMoves)


@pytest.mark.parametrize("group", ["sentence", "document"])
@pytest.mark.parametrize("rows", [16, 25_000])
def test_a_shuffle_leaves_no_trace(tmp_path, group, rows, monkeypatch):
    monkeypatch.setattr("tagpress.build.shard.ROW_GROUP_ROWS", rows)
    _lows.cache_clear()
    monkeypatch.setattr("tagpress.build.moves.SENT_ROWS", 300)
    monkeypatch.setattr("tagpress.build.exchange._TOGETHER", 7)
    monkeypatch.setattr("tagpress.corpus.splits.ONE_SHARD_BELOW", 1000)
    monkeypatch.setattr("tagpress.corpus.splits.GROUPS_PER_SHARD", 1)
    monkeypatch.setattr("tagpress.read.pieces.pieces.__defaults__", (1000,))
    declaration = messy(tmp_path / "corpus", 30, 60, splits=HashSplits(group=group))
    one = build_corpus(declaration, tmp_path / "one", workers=1)
    build_corpus(declaration, tmp_path / "other", engine=Shuffler())
    assert one.manifest.sole.rejected.keys() >= {"conflicting-duplicate", "duplicate", "near-duplicate", "ragged-line"}
    assert one.manifest.sole.shards["train"] == 12
    assert shas(tmp_path / "one") == shas(tmp_path / "other")
    for beside in ("problems", "rejected"):
        assert (tmp_path / f"one.{beside}.jsonl").read_bytes() == (tmp_path / f"other.{beside}.jsonl").read_bytes()
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize("engine", [Shuffler(), LocalEngine(2)])
def test_what_is_surveyed_holds_one_declaration_however_many_pieces_there_are(tmp_path, engine, monkeypatch):
    monkeypatch.setattr("tagpress.read.pieces.pieces.__defaults__", (1000,))
    declaration = messy(tmp_path / "corpus", 3, 60)
    with spill_store(tmp_path) as store, engine if isinstance(engine, LocalEngine) else nullcontext():
        surveyed = read_corpus(declaration, moves_on(engine, store), progress=silent).surveyed
    assert len(surveyed) > 3
    assert len({id(one.task.declaration) for one in surveyed}) == 1
    assert replace(surveyed[0].task.declaration, sources=declaration.sources) == declaration
    assert not surveyed[0].task.declaration.sources  # which grow with the corpus, and would travel with each piece


def test_a_check_says_the_same_and_leaves_nothing(tmp_path):
    declaration = messy(tmp_path / "corpus", 30, 60)
    (tmp_path / "scratch").mkdir()
    assert check_corpus(declaration, engine=Shuffler(), scratch=tmp_path / "scratch") == check_corpus(declaration)
    assert list((tmp_path / "scratch").iterdir()) == []
    url = f"memory://{tmp_path.name}/scratch"
    assert check_corpus(declaration, engine=Shuffler(), scratch=url) == check_corpus(declaration)
    with pytest.raises(UsageError, match="is a URL, and the processes of this machine write to a folder"):
        check_corpus(declaration, scratch=url)
    assert fsspec.filesystem("memory").find(url) == []


def test_a_check_on_a_cluster_has_a_folder_that_is_there(tmp_path):
    write_document(tmp_path / "a.txt", [words("a")])
    with pytest.raises(UsageError, match="a check on a cluster needs a folder that all of its machines share"):
        check_corpus(declare(tmp_path), engine=Shuffler())
    with pytest.raises(UsageError, match=r"none is no folder"):
        check_corpus(declare(tmp_path), engine=Shuffler(), scratch=tmp_path / "none")


def test_copies_that_are_kept_are_numbered_alike(tmp_path):
    write_document(
        tmp_path / "corpus" / "a.txt", [words("again", "Rust")] * 3 + [words(f"x{'y' * n}") for n in range(40)]
    )
    declaration = declare(tmp_path / "corpus", policies=Policies({"duplicate": "warn"}))
    build_corpus(declaration, tmp_path / "one", workers=1)
    build_corpus(declaration, tmp_path / "other", engine=Shuffler())
    assert shas(tmp_path / "one") == shas(tmp_path / "other")


def test_extra_columns_and_empty_shards(tmp_path, monkeypatch):
    monkeypatch.setattr("tagpress.corpus.splits._FAR_TOO_SMALL", 1 << 40)  # so small a split would have one shard
    (tmp_path / "corpus").mkdir()
    lines = [f"{'ab'[n % 2] * (n + 1)}\tO\tp{n}\n\n" for n in range(60)]
    (tmp_path / "corpus" / "a.txt").write_text("".join(lines))
    declaration = declare(tmp_path / "corpus", dialect=Columns(extra={"pos": 2}))
    larger = SimpleNamespace(shards={"train": 48, "validation": 24, "test": 24})
    previous: Any = SimpleNamespace(released={"default": larger})  # the last release
    build_corpus(declaration, tmp_path / "one", workers=1, previous=previous)
    build_corpus(declaration, tmp_path / "other", engine=Shuffler(), previous=previous)
    assert shas(tmp_path / "one") == shas(tmp_path / "other")
    assert len(list((tmp_path / "other" / "data").iterdir())) == 96


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("tagpress.store.Folder.read", "does not share .* with the driver"),
        ("tagpress.build.reach.open_source", r"cannot read a\.txt, which the driver can"),
    ],
)
def test_what_only_the_driver_sees_is_a_clear_error(tmp_path, monkeypatch, name, message):
    write_document(tmp_path / "corpus" / "a.txt", [[("a", "O")]])
    with pytest.raises(UsageError, match=message):
        build_corpus(declare(tmp_path / "corpus"), tmp_path / "out", engine=Elsewhere(monkeypatch, name))
    assert [path.name for path in tmp_path.iterdir()] == ["corpus"]


def test_an_executor_has_its_temporary_files_where_spark_has(tmp_path, monkeypatch):
    for name in "ab":
        (tmp_path / name).mkdir()
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setenv("SPARK_LOCAL_DIRS", f"{tmp_path}/a,{tmp_path}/b")
    made = list(Shuffler().map(Path, [tempfile.gettempdir()], None, size=0))  # whatever runs is prepared for
    assert made[0].parent != tmp_path
    assert Path(tempfile.gettempdir()).parent == tmp_path
