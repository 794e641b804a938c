"""What the command line says about engines that cannot be had."""

import json
import sys

import pytest
from click.testing import CliRunner

import tagpress.engine
from tagpress.build import WARM
from tagpress.cli import cli

SCRIPT = "dataset_script/software_entities.py"


@pytest.fixture
def refused(root, tmp_path, monkeypatch):
    """Run a build that is refused; return what was said."""

    def run(*words: str, out: str = "") -> str:
        monkeypatch.chdir(tmp_path)
        done = CliRunner().invoke(
            cli, ["build", str(root / SCRIPT), "--out", out or str(tmp_path / "out"), *words, "--json"]
        )
        assert done.exit_code == 2 or isinstance(done.exception, Exception)
        assert list(tmp_path.iterdir()) == []
        return done.output + str(done.exception)

    return run


def test_a_master_goes_with_spark(refused):
    assert "--master names a cluster, and --engine is local" in refused("--master", "spark://host:7077")


def test_workers_go_with_this_machine(refused):
    assert "--workers are processes of this machine" in refused("--engine", "spark", "--workers", "2")


def test_without_spark_it_says_how_to_have_it(refused, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    assert "Spark is not installed" in refused("--engine", "spark", "--master", "spark://host:7077")


def test_a_url_goes_with_spark(refused):
    said = refused(out="memory://shelf/build")
    assert "memory://shelf/build is a URL, and the processes of this machine write to a folder" in said


def test_a_finished_build_takes_no_options_of_a_script(root, tmp_path):
    out = tmp_path / "out"
    assert json.loads(CliRunner().invoke(cli, ["build", str(root / SCRIPT), "--out", str(out), "--json"]).stdout)["out"]
    for words in (["--workers", "2"], ["--out", str(tmp_path / "other")], ["--version", "1.1.0"]):
        done = CliRunner().invoke(cli, ["publish", str(out), *words])
        assert "is a finished build" in done.output + str(done.exception)


@pytest.mark.parametrize(
    ("words", "warmed"),
    [
        ((), True),
        (("--workers", "2"), True),
        (("--workers", "1"), False),
        (("--engine", "spark", "--workers", "2"), False),
    ],
)
def test_workers_get_ready_where_there_is_work_for_them(refused, monkeypatch, words, warmed):
    """Before anything is loaded: the command is refused, and they were asked for."""
    asked = []
    monkeypatch.setattr(tagpress.engine, "warm_up", asked.append)
    monkeypatch.setattr(tagpress.engine, "WORTH", 1)
    refused(*words, out="memory://shelf/build")
    assert asked == [WARM] * warmed


def test_a_small_corpus_wants_no_workers(refused, monkeypatch):
    asked = []
    monkeypatch.setattr(tagpress.engine, "warm_up", asked.append)
    refused(out="memory://shelf/build")
    assert asked == []
