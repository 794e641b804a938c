"""The build of a cluster is the build of one machine, byte for byte."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from cluster.corpora import messy
from cluster.standalone import LEAKY
from configs.test_shared_text import leaky
from layers.three import write_three
from made_corpora import declare, shas, write_document
from tagpress.build.corpus import build_corpus
from tagpress.build.declaration import SourceGlobs
from tagpress.corpus.splits import HashSplits
from tagpress.engine.executor import Versions
from tagpress.engine.spark import SparkEngine
from tagpress.engine.spark_session import spark_engine
from tagpress.errors import DataError, EngineError, UsageError
from tagpress.script.builder import load_script

pytestmark = [pytest.mark.cluster, pytest.mark.filterwarnings(LEAKY)]


def same(one: Path, other: Path) -> bool:
    """Compare two builds and what stands beside them."""
    beside = ("problems", "rejected")
    files = ([(path.with_name(f"{path.name}.{name}.jsonl")).read_bytes() for name in beside] for path in (one, other))
    return shas(one) == shas(other) and next(files) == next(files)


@pytest.fixture(scope="module")
def wikiser(corpora, root):
    declaration = load_script(root / "dataset_script" / "software_entities.py").declaration()
    return declaration.with_sources((SourceGlobs((str(corpora / "wikiser-small" / "*.txt"),), root),))


@pytest.fixture(scope="module")
def at_home(wikiser, tmp_path_factory):
    return build_corpus(wikiser, tmp_path_factory.mktemp("home") / "out", workers=1).out


@pytest.mark.parametrize("per_core", [1, 2, 5])
def test_a_real_corpus_whatever_the_partitions(local_cluster, wikiser, at_home, tmp_path, per_core):
    heard = []
    engine = SparkEngine(local_cluster, per_core=per_core)
    build_corpus(wikiser, tmp_path / "out", engine=engine, progress=lambda *said: heard.append(said))
    assert same(at_home, tmp_path / "out")
    assert not list(tmp_path.glob(".*"))
    assert {work for work, *_ in heard} == {"survey", "settle", "press"}
    assert all(0 <= done <= total for _, done, total in heard)


@pytest.mark.parametrize("group", ["sentence", "document"])
def test_a_messy_corpus_of_many_shards(local_cluster, tmp_path, group):
    declaration = messy(tmp_path / "corpus", documents=150, sentences=260, splits=HashSplits(group=group))
    one = build_corpus(declaration, tmp_path / "one", workers=2)
    assert one.manifest.sole.shards["train"] == 12
    assert one.manifest.sole.rejected.keys() >= {"conflicting-duplicate", "duplicate", "near-duplicate", "ragged-line"}
    build_corpus(declaration, tmp_path / "other", engine=SparkEngine(local_cluster))
    assert same(tmp_path / "one", tmp_path / "other")
    assert not list(tmp_path.glob(".*"))


def test_errors_of_the_corpus_are_its_own(local_cluster, tmp_path):
    declaration = messy(tmp_path / "corpus", documents=3, sentences=20, policies=declare(tmp_path).policies)
    with pytest.raises(DataError, match="3 ragged-line"):
        build_corpus(declaration, tmp_path / "out", engine=SparkEngine(local_cluster))
    assert not (tmp_path / "out").exists()
    assert not list(tmp_path.glob(".*"))


def test_a_source_that_only_the_driver_has(local_cluster, tmp_path):
    import fsspec

    fsspec.filesystem("memory").pipe("/corpus/a.txt", b"<s>\na\tO\n</s>\n")
    declaration = replace(declare(tmp_path), sources=(SourceGlobs(("memory://corpus/*.txt",), tmp_path),))
    with pytest.raises(UsageError, match=r"cannot read memory://.*a.txt, which the driver can"):
        build_corpus(declaration, tmp_path / "out", engine=SparkEngine(local_cluster))


def test_another_pyarrow_on_an_executor_stops_the_build(local_cluster, tmp_path):
    write_document(tmp_path / "corpus" / "a.txt", [[("a", "O")]])
    engine = SparkEngine(local_cluster)
    engine._versions = Versions(
        tuple((name, "1.0" if name == "pyarrow" else found) for name, found in Versions.here().of)
    )
    with pytest.raises(UsageError, match=r"has pyarrow .*, and the driver has 1\.0"):
        build_corpus(declare(tmp_path / "corpus"), tmp_path / "out", engine=engine)


def test_what_spark_cannot_do_is_said_in_its_words(local_cluster):
    with pytest.raises(EngineError, match="ValueError: invalid literal for int"):
        list(SparkEngine(local_cluster).map(int, ["one"], lambda *_: None, size=0))


def test_a_session_stays_as_it_was(local_cluster):
    before = dict(local_cluster.conf.getAll)
    with spark_engine() as engine:
        assert list(engine.map(abs, [-1, 2], lambda *_: None, size=0)) == [1, 2]
    assert dict(local_cluster.conf.getAll) == before
    assert local_cluster.range(3).count() == 3
    with pytest.raises(UsageError, match=r"on local-cluster.* is active already"), spark_engine("spark://other:7077"):
        pass


def test_the_command_runs_on_the_session_that_is_there(local_cluster, root, tmp_path):
    from click.testing import CliRunner

    from tagpress.cli import cli

    script = root / "dataset_script" / "software_entities.py"
    checked = ["check", str(script), "--scratch", str(tmp_path), "--json"]
    checks = [CliRunner().invoke(cli, [*checked, *more]).stdout for more in ([], ["--engine", "spark"])]
    assert json.loads(checks[0]) == json.loads(checks[1])
    assert not list(tmp_path.iterdir())
    words = ["build", str(script), "--out"]
    one = CliRunner().invoke(cli, [*words, str(tmp_path / "one"), "--json"])
    other = CliRunner().invoke(cli, [*words, str(tmp_path / "other"), "--engine", "spark", "--json"])
    assert same(tmp_path / "one", tmp_path / "other")
    ours, theirs = (json.loads(run.stdout) for run in (one, other))
    assert {**ours, "out": ""} == {**theirs, "out": ""}


def test_three_configurations_of_which_each_is_sent_on_its_own(local_cluster, tmp_path):
    corpus = load_script(leaky(tmp_path / "corpus")).declared()  # which share text
    build_corpus(corpus, tmp_path / "one", workers=2)
    build_corpus(corpus, tmp_path / "other", engine=SparkEngine(local_cluster))
    assert same(tmp_path / "one", tmp_path / "other")
    assert not list(tmp_path.glob(".*"))


def test_layers_of_every_kind_in_three_configurations(local_cluster, tmp_path):
    corpus = load_script(write_three(tmp_path / "corpus")).declared()
    build_corpus(corpus, tmp_path / "one", workers=2)
    build_corpus(corpus, tmp_path / "other", engine=SparkEngine(local_cluster))
    assert same(tmp_path / "one", tmp_path / "other")
