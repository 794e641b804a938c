"""What a command does not load: a small corpus takes a second, most of which is loading."""

import subprocess
import sys
from pathlib import Path

import pytest

SAMPLE = Path(__file__).parents[2] / "dataset_script/software_entities.py"
SPARED = {
    "rich",
    "tagpress.build.agreement.find",
    "tagpress.build.predictions.find",
    "tagpress.build.doubts.find",
    "tagpress.read.guess.sniff",
    "tagpress.read.hubparquet",
    "tagpress.read.spans",
    "tagpress.read.standoff",
}
SCRIPT = """
import sys

from tagpress.cli import cli
from tagpress.cli.shell import run

code = run(cli, sys.argv[1:])
print(*sys.modules, file=sys.stderr)
sys.exit(code)
"""


def loaded(*words: str) -> set[str]:
    command = [sys.executable, "-c", SCRIPT, "check", str(SAMPLE), *words]
    return set(subprocess.run(command, capture_output=True, text=True, check=True).stderr.split())


def test_a_plain_check_loads_no_more_than_it_needs() -> None:
    assert not loaded("--json") & SPARED


def test_what_draws_tables_is_loaded_where_they_are_drawn() -> None:
    assert loaded() & SPARED == {"rich"}


def test_what_draws_writes_no_help_for_nobody_and_draws_as_ever() -> None:
    pytest.importorskip("matplotlib")
    script = """
import sys

from tagpress.cli.lean import spare_help

if sys.argv[1:]:
    spare_help()
from matplotlib.figure import Figure

axes = Figure(figsize=(2, 2)).add_subplot()
axes.set(xlabel="entities", xlim=(0, 3))
print(axes.get_xlabel(), axes.get_xlim()[1] == 3, "Supported properties" in (type(axes).set.__doc__ or ""))
"""
    told = [
        subprocess.run(
            [sys.executable, "-c", script, *words], capture_output=True, text=True, check=True
        ).stdout.split()
        for words in ((), ("lean",))
    ]
    assert told == [["entities", "True", "True"], ["entities", "True", "False"]]
