"""What the command line says about engines that cannot be had."""

import json
import sys

import pytest
from click.testing import CliRunner

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
