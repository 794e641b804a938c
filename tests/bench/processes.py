"""
What `build.py` measures beside the command itself, each in a process of its own: the peer, the floor, and the build again
with a look at where its time goes.
"""

import inspect
import json
import multiprocessing
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

import measure

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "dataset_script" / "software_entities.py"
SAMPLE_SECONDS = 0.005


def peer(folder: str, out: str, processes: str) -> None:
    """Read marker-free files with `datasets` and write them with `datasets`."""
    import datasets

    files = sorted(str(path) for path in Path(folder).glob("*.txt"))
    options = {"column_names": ["tokens", "ner_tags"], "delimiter": "\t", "split": "train"}
    cache = Path(out) / "cache"
    many = int(processes) if int(processes) > 1 else None
    dataset = datasets.load_dataset("conll", data_files=files, cache_dir=str(cache), num_proc=many, **options)
    dataset.to_parquet(Path(out) / "peer.parquet")


_tables: list[Any] = []


def _write(number: int, out: str) -> float:
    import pyarrow.parquet as pq

    from tagpress.build.parquet import ROW_GROUP_ROWS, writer_options

    before, found = time.process_time(), _tables[number]
    with pq.ParquetWriter(f"{out}/{number}.parquet", found.schema, **writer_options(found.schema)) as writer:
        writer.write_table(found, row_group_size=ROW_GROUP_ROWS)
    return time.process_time() - before


def floor(build: str, out: str, repeats: str) -> None:
    """Write the tables of a build from memory; print the wall and CPU seconds of each time."""
    import pyarrow.parquet as pq

    _tables.extend(pq.read_table(path, use_threads=False) for path in sorted(Path(build).glob("data/*.parquet")))
    order = sorted(range(len(_tables)), key=lambda number: -_tables[number].num_rows)
    found = []
    # Forked, so that the tables are there; a pool that has answered once has no start-up left.
    with multiprocessing.get_context("fork").Pool(measure.cores()) as pool:
        pool.map(time.sleep, [0.1] * measure.cores(), chunksize=1)
        for _ in range(int(repeats)):
            start = time.perf_counter()
            cpu = pool.starmap(_write, [(number, out) for number in order], chunksize=1)
            found.append((time.perf_counter() - start, sum(cpu)))
    print(json.dumps(found))


def _press(files: Sequence[str], out: str, workers: int, progress: Callable[[str, int, int], None]) -> None:
    from tagpress.build.corpus import build_corpus
    from tagpress.build.declaration import SourceGlobs
    from tagpress.script.builder import load_script

    declaration = load_script(SCRIPT).declaration().with_sources((SourceGlobs(tuple(files), ROOT),))
    build_corpus(declaration, Path(out), workers=workers, progress=progress)


def moves(out: str, start: str, *files: str) -> None:
    """Print the wall seconds of each move of a build on all cores; `start` is when this process was asked for."""
    stamps: list[tuple[str, float]] = [("start-up", float(start))]

    def progress(move: str, _done: int, _total: int) -> None:
        if move != stamps[-1][0]:
            stamps.append((move, time.monotonic()))

    _press(files, out, measure.cores(), progress)
    ends = [*(at for _, at in stamps[1:]), time.monotonic()]
    print(json.dumps({move: end - at for (move, at), end in zip(stamps, ends, strict=True)}))


def profile(out: str, *files: str) -> None:
    """Print the CPU seconds of a build with one worker, by move and by function of ours, with all that it calls elsewhere."""
    seconds: Counter[tuple[str, str]] = Counter()
    move, last = "start-up", 0.0

    def sample(_signal: int, frame: FrameType | None) -> None:
        # A signal waits until C returns, so a sample weighs the time that has passed since the last one.
        nonlocal last
        now = time.process_time()
        seconds[move, "importing" if move == "start-up" else _ours(frame)] += now - last
        last = now

    def progress(now: str, _done: int, _total: int) -> None:
        nonlocal move
        move = now

    signal.signal(signal.SIGPROF, sample)
    signal.setitimer(signal.ITIMER_PROF, SAMPLE_SECONDS, SAMPLE_SECONDS)
    _press(files, out, 1, progress)
    signal.setitimer(signal.ITIMER_PROF, 0)
    print(json.dumps([[*where, spent] for where, spent in seconds.most_common()]))


def _ours(frame: FrameType | None) -> str:
    while frame and not frame.f_globals.get("__name__", "").startswith("tagpress"):
        frame = frame.f_back
    return f"{frame.f_globals['__name__']}.{_called(frame)}" if frame else "elsewhere"


def _called(frame: FrameType) -> str:
    """Return the name of a function; of a compiled loop, which has no frame of its own, that of the loop."""
    machine = frame.f_locals.get("machine")  # what `tagpress.columnar.loops.compiled` calls
    if machine is None:
        return frame.f_code.co_qualname
    return f"{inspect.getclosurevars(machine.__wrapped__).nonlocals['function'].__name__} (a loop)"


CHILDREN = {"peer": peer, "floor": floor, "moves": moves, "profile": profile}

if __name__ == "__main__":
    CHILDREN[sys.argv[1]](*sys.argv[2:])
