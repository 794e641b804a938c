"""Workers start wherever temporary files are: a path of theirs may be longer than a socket's, and of any characters."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

MAPPED = """
import os
import tempfile

from tagpress.engine import LocalEngine, address

if __name__ == "__main__":
    address._SHORT = address._SHORT if {short} else ()
    before = tempfile.gettempdir()
    with LocalEngine(2) as engine:
        pids = {{*engine.map(eval, ["__import__('os').getpid()"] * 8, lambda *_: None, size=0)}}
    assert pids and os.getpid() not in pids
    assert tempfile.gettempdir() == before == os.environ["TMPDIR"]
    print(len(os.fsencode(address.util.get_temp_dir())))
"""


@pytest.mark.parametrize(("name", "short"), [("x" * 90, True), ("a b/" + "é" * 40, True), ("x" * 90, False)])
def test_workers_start_whatever_the_folder_for_temporary_files_is_called(tmp_path: Path, name: str, *, short: bool):
    folder = tmp_path / name
    folder.mkdir(parents=True)
    script = tmp_path / "script.py"
    script.write_text(MAPPED.format(short=short))
    done = subprocess.run(
        [sys.executable, str(script)],
        env={**os.environ, "TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.returncode, done.stderr
    longest = len(os.fsencode(folder)) + len("/pymp-12345678")
    assert int(done.stdout) <= 85 or (not short and int(done.stdout) == longest)
    assert not [*folder.iterdir()]  # nothing is left behind
