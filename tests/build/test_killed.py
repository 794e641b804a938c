"""A build that is killed, or that cannot write, leaves nothing that anybody could take for a build."""

import os
import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from made_corpora import declare, shas, words, write_document
from tagpress.build.corpus import build_corpus
from tagpress.build.parquet import write_shard
from tagpress.corpus.schema import Labels, arrow_schema
from tagpress.errors import SourceError

BUILD = """
import sys
from pathlib import Path
from made_corpora import declare
from tagpress.build import read_all
from tagpress.build.corpus import build_corpus
read_all._TOGETHER = 0  # a piece for each of these small files, so that there is much to be killed in
def progress(work, done, total):
    print(work, done, total, flush=True)
build_corpus(declare(Path(sys.argv[1])), Path(sys.argv[2]), workers=int(sys.argv[3]), progress=progress)
"""


@pytest.fixture
def folder(tmp_path):
    for d in range(12):
        write_document(tmp_path / "corpus" / f"d{d:02}.txt", [words("Rust", f"d{d}x", str(s)) for s in range(300)])
    return tmp_path / "corpus"


def start(folder: Path, out: Path, workers: int) -> subprocess.Popen:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1]), "TMPDIR": str(folder.parent)}
    words = [sys.executable, "-c", BUILD, str(folder), str(out), str(workers)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


def children(pid: int) -> set[int]:
    """Return the processes below one, as Linux lists them."""
    found, new = set(), {pid}
    while new:
        tasks = [Path(f"/proc/{one}/task/{one}/children") for one in new]
        new = {int(child) for task in tasks if task.exists() for child in task.read_text().split()} - found
        found |= new
    return found


def workers_of(pid: int) -> list[int]:
    """Return the workers of a build: what the fork server has started."""
    servers = [one for one in children(pid) if "forkserver" in Path(f"/proc/{one}/cmdline").read_text()]
    return sorted(one for server in servers for one in children(server))


def wait_until_gone(pids: set[int]) -> None:
    deadline = time.monotonic() + 20
    while any(Path(f"/proc/{pid}").exists() and not is_dead(pid) for pid in pids):
        assert time.monotonic() < deadline, "the workers outlived the build"
        time.sleep(0.05)


def is_dead(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except OSError:
        return True


needs_proc = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finding the workers needs Linux's /proc")


@needs_proc
@pytest.mark.parametrize("seed", range(6))
def test_a_killed_build_leaves_no_build_and_the_next_one_succeeds(folder, tmp_path, seed):
    generator = random.Random(seed)
    process = start(folder, tmp_path / "out", workers=2)
    with process:
        assert process.stdout is not None
        for _ in range(generator.randrange(1, 17)):
            process.stdout.readline()
        workers = children(process.pid)
        process.kill()
    wait_until_gone(workers)
    if (tmp_path / "out").exists():  # killed after its last act
        assert (tmp_path / "out" / "release.json").exists()
    build_corpus(declare(folder), tmp_path / "out", workers=1)
    build_corpus(declare(folder), tmp_path / "again", workers=1)
    assert shas(tmp_path / "out") == shas(tmp_path / "again")
    assert not list(tmp_path.glob(".*"))


@needs_proc
@pytest.mark.parametrize("lines", [1, 2, 4, 16])
def test_a_killed_worker_is_said_and_leaves_nothing(folder, tmp_path, lines):
    process = start(folder, tmp_path / "out", workers=2)
    with process:
        assert process.stdout is not None
        for _ in range(lines):
            assert process.stdout.readline(), "the build ended early"
        while not (workers := workers_of(process.pid)):
            time.sleep(0.01)
        os.kill(workers[0], signal.SIGKILL)
        _, errors = process.communicate(timeout=60)
    if process.returncode:  # the worker may have had nothing left to do
        assert "a worker process died before its work was done" in errors
        assert not (tmp_path / "out").exists()
    assert not list(tmp_path.glob(".*"))
    build_corpus(declare(folder), tmp_path / "out", workers=1)


@pytest.mark.parametrize("limit", [1_000, 40_000])
def test_a_full_disk_is_a_clear_error_and_leaves_nothing(folder, tmp_path, limit):
    def no_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))  # a file that grows beyond it cannot be written

    words = [sys.executable, "-c", BUILD, str(folder), str(tmp_path / "out"), "1"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1]), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(words, capture_output=True, text=True, check=False, env=environment, preexec_fn=no_room)
    assert done.returncode == 1
    assert "WriteError: the build cannot be written" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["corpus"]


def test_a_build_that_runs_is_left_alone(folder, tmp_path):
    from tagpress.build.workplace import scratch_beside
    from tagpress.store import Folder

    with scratch_beside(Folder(tmp_path), "out") as running:
        build_corpus(declare(folder), tmp_path / "out", workers=1)
        assert (tmp_path / running.folder).is_dir()
    assert not list(tmp_path.glob(".*"))


def test_a_source_that_goes_away(folder, tmp_path):
    def progress(work: str, done: int, _: int) -> None:
        if (work, done) == ("survey", 0):
            (folder / "d03.txt").unlink()

    with pytest.raises(SourceError, match=r"d03.txt cannot be read: No such file"):
        build_corpus(declare(folder), tmp_path / "out", workers=1, progress=progress)
    assert [path.name for path in tmp_path.iterdir()] == ["corpus"]


def test_an_empty_shard_has_no_row_group(tmp_path):
    """`datasets` 5.2 loads a Parquet file without row groups, and fails on one with a row group of no rows."""
    write_shard(tmp_path / "empty.parquet", [], arrow_schema(Labels(("Language",))))
    assert pq.read_metadata(tmp_path / "empty.parquet").num_row_groups == 0
