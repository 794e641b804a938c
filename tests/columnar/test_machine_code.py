"""A compiled loop comes back from disk without what only compiling needs, and one that is not there is compiled."""

import os
import subprocess
import sys

import pytest

SCRIPT = """
import sys

import numpy as np

from tagpress.columnar.loops import find_bytes, lines_before


def prepared():
    return bool({"numba.np.npyimpl", "numba.np.arrayobj"} & sys.modules.keys())


found = [lines_before(np.frombuffer(b"a\\nb\\n", dtype=np.uint8), np.array([1, 2, 4])).tolist()]
told = [prepared()]
for _ in range(int(sys.argv[1])):
    table = (np.arange(256) == ord("b")).astype(np.uint8)
    found.append(find_bytes(np.frombuffer(b"a\\nb\\n", dtype=np.uint8), table).tolist())
    told.append(prepared())
print(found, told)
"""


@pytest.mark.slow
def test_only_what_has_to_be_compiled_prepares_numba_for_it(tmp_path) -> None:
    def run(more: int) -> str:
        command = [sys.executable, "-c", SCRIPT, str(more)]
        kept = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
        return subprocess.run(command, env=kept, capture_output=True, text=True, check=True).stdout.strip()

    assert run(0) == "[[0, 1, 2]] [True]"  # compiled
    assert run(1) == "[[0, 1, 2], [2]] [False, True]"  # one comes from disk, the other is compiled behind it
    assert run(1) == "[[0, 1, 2], [2]] [False, False]"
