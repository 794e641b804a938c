"""What the server of a build's workers loads: what they need, and what they never meet not."""

import subprocess
import sys

import pytest

SCRIPT = """
import sys

import tagpress.build.warm

heavy = {"pandas", "scipy", "datasets", "huggingface_hub", "matplotlib", "torch"} & sys.modules.keys()
assert not heavy, heavy
assert {"pyarrow", "numba"} <= sys.modules.keys()

import pandas, pyarrow

table = pyarrow.table({"a": [1, 2]})
assert table.to_pandas().equals(pandas.DataFrame({"a": [1, 2]}))
"""


def test_workers_load_nothing_that_they_do_not_need_and_can_still_load_it() -> None:
    pytest.importorskip("pandas")
    done = subprocess.run([sys.executable, "-c", SCRIPT], stderr=subprocess.PIPE, text=True, check=False)
    assert not done.returncode, done.stderr
