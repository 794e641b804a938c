"""What the server of a build's workers loads: what they need, and what they never meet not."""

import subprocess
import sys

import pytest

SCRIPT = """
import sys
import tempfile
from pathlib import Path

import tagpress.build.warm

heavy = {"pandas", "scipy", "datasets", "huggingface_hub", "matplotlib", "torch"} & sys.modules.keys()
assert not heavy, heavy
assert {"pyarrow", "numba", "tagpress.columnar.digest_loops"} <= sys.modules.keys()

before = set(sys.modules)
with tempfile.TemporaryDirectory() as folder:
    assert tagpress.build.rehearsal.rehearse(Path(folder)).rows == 2
assert sys.modules.keys() == before, sys.modules.keys() - before

import pandas, pyarrow

table = pyarrow.table({"a": [1, 2]})
assert table.to_pandas().equals(pandas.DataFrame({"a": [1, 2]}))
"""


def test_a_server_that_can_write_nothing_still_loads_what_workers_need() -> None:
    script = "import sys, tempfile; tempfile.tempdir = '/nowhere/at/all'; import tagpress.build.warm; assert 'numba' in sys.modules"
    done = subprocess.run([sys.executable, "-c", script], stderr=subprocess.PIPE, text=True, check=False)
    assert not done.returncode, done.stderr


def test_workers_load_nothing_that_they_do_not_need_and_can_still_load_it() -> None:
    pytest.importorskip("pandas")
    done = subprocess.run([sys.executable, "-c", SCRIPT], stderr=subprocess.PIPE, text=True, check=False)
    assert not done.returncode, done.stderr
