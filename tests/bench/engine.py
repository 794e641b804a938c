"""
What a build costs on Apache Spark, beside the processes of the same machine, on the same corpus and cores in one run.

    python tests/bench/engine.py                                 # 50 and 200 MB
    python tests/bench/engine.py --megabytes 50 200 1000
    python tests/bench/engine.py --megabytes 200 --per-core 1 2 5 --speculation
    python tests/bench/engine.py --megabytes 1960 --executors 1 --heap 466    # a corpus four times the executors' memory

- local: `build_corpus` with one process for each core, in a Python that has loaded everything.
- spark: the same on executors of one core each, started by Spark itself on this machine (`local-cluster`). The session
  and what its first build loads are left out: a sample is built first. With --speculation it is a standalone cluster
  whose workers have hosts of their own: Spark runs nothing twice on one host.

Both builds are compared, byte for byte. Shuffle bytes and the stages come from Spark's event log; the memory of the
executors (the anonymous part of PSS, Java's and Python's) is sampled in the run that is timed.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import measure
import synthetic
from measure import megabytes, table
from processes import ROOT, SCRIPT

sys.path.append(str(ROOT / "tests"))
from cluster.standalone import SPECULATION, standalone

JAVA = "-XX:+UseSerialGC"


@dataclass(slots=True)
class Run:
    """Seconds of a build, and of each of its moves; peak bytes of the executors' memory."""

    wall: float = 0.0
    moves: dict[str, float] = field(default_factory=dict)
    peak: int = 0


@contextmanager
def spark(scratch: Path, options: argparse.Namespace) -> Iterator[Any]:
    """Have a session on executors of one core each."""
    os.environ |= {"SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable}
    from pyspark.sql import SparkSession

    for name in ("events", "cluster"):
        (scratch / name).mkdir()
    settings = {
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.executor.memory": f"{options.heap}m",
        **(SPECULATION if options.speculation else {}),
        "spark.executor.extraJavaOptions": JAVA,
        "spark.executorEnv.OMP_NUM_THREADS": "1",
        "spark.eventLog.enabled": "true",
        "spark.eventLog.dir": (scratch / "events").as_uri(),
        "spark.eventLog.rolling.enabled": "false",
        "spark.eventLog.compress": "false",
        "spark.sql.warehouse.dir": str(scratch / "warehouse"),
    }
    own = standalone(scratch / "cluster", options.executors) if options.speculation else nullcontext()
    with own as cluster:
        master = cluster.url if cluster else f"local-cluster[{options.executors},1,{options.heap}]"
        builder = SparkSession.builder.master(master).appName("bench")
        for name, value in settings.items():
            builder = builder.config(name, value)
        session = builder.getOrCreate()
        session.sparkContext.setLogLevel("OFF")
        try:
            yield session
        finally:
            session.stop()


def build(files: list[Path], out: Path, engine: Any, workers: int) -> Run:
    """Build some files and note the seconds of every move."""
    from tagpress.build.corpus import build_corpus
    from tagpress.build.declaration import SourceGlobs
    from tagpress.script.builder import load_script

    declaration = load_script(SCRIPT).declaration()
    declaration = declaration.with_sources((SourceGlobs(tuple(map(str, files)), ROOT),))
    run, last = Run(), ["", time.perf_counter()]

    def progress(work: str, _done: int, _total: int) -> None:
        now = time.perf_counter()
        if work != last[0]:
            run.moves[last[0]] = run.moves.get(last[0], 0.0) + now - float(last[1])
            last[:] = [work, now]

    start = time.perf_counter()
    build_corpus(declaration, out, engine=engine, workers=workers, progress=progress)
    end = time.perf_counter()
    run.moves[last[0]] = end - float(last[1])
    run.moves.pop("", None)
    run.wall = end - start
    return run


def sampled(work: Callable[[], Run]) -> Run:
    """Do some work while the memory of this process's executors is sampled."""
    over, peaks = threading.Event(), [0]

    def watch() -> None:
        while not over.wait(0.1):
            peaks.append(sum(measure._pss(pid)[1] for pid in executors_of(os.getpid())))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        run = work()
    finally:
        over.set()
        watcher.join()
    run.peak = max(peaks)
    return run


def executors_of(pid: int) -> list[int]:
    """Return the executors below a process, and the processes of each."""
    family = list(measure._family(pid))
    roots = [one for one in family if b"CoarseGrainedExecutorBackend" in _words(one)]
    return sorted({own for root in roots for own in measure._family(root)})


def _words(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A stage of Spark's: its own name for it, when it ended, wall seconds, tasks, and bytes of shuffle written."""

    number: int
    begun: float
    seconds: float
    tasks: int
    shuffled: int


def stages(scratch: Path) -> list[Stage]:
    """Return the stages that are in the event log so far."""
    found = []
    for log in (scratch / "events").iterdir():
        for line in log.read_text().splitlines():
            if '"SparkListenerStageCompleted"' not in line:
                continue
            info = json.loads(line)["Stage Info"]
            written = sum(
                int(value["Value"])
                for value in info["Accumulables"]
                if value["Name"] == "internal.metrics.shuffle.write.bytesWritten"
            )
            begun, ended = info["Submission Time"] / 1000, info["Completion Time"] / 1000
            found.append(
                Stage(
                    number=info["Stage ID"],
                    begun=begun,
                    seconds=ended - begun,
                    tasks=info["Number of Tasks"],
                    shuffled=written,
                )
            )
    return found


def attempts(scratch: Path, since: float) -> str:
    """Say how many attempts of tasks began, how many of them beside another, and how many of those were first."""
    lines = [line for log in (scratch / "events").iterdir() for line in log.read_text().splitlines()]
    ended = [json.loads(line) for line in lines if '"SparkListenerTaskEnd"' in line]
    own = [event for event in ended if event["Task Info"]["Launch Time"] / 1000 >= since]
    beside = [event["Task End Reason"]["Reason"] for event in own if event["Task Info"]["Speculative"]]
    return f"{len(own)} attempts, {len(beside)} of them beside another, of which {beside.count('Success')} were first"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, nargs="+", default=[50, 200])
    parser.add_argument("--executors", type=int, default=measure.cores())
    parser.add_argument("--heap", type=int, default=1024, help="MB of Java heap for each executor")
    parser.add_argument("--per-core", type=int, nargs="+", default=[4], help="partitions for each core")
    parser.add_argument("--speculation", action="store_true", help="run twice what seems slow")
    parser.add_argument("--corpus", type=Path, default=ROOT.parent / "shared" / "corpora" / "wikiser-small")
    parser.add_argument("--folder", type=Path, help="keep the corpus here, or take it from here")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tagpress-bench-") as temporary:
        scratch = Path(temporary)
        largest = max(options.megabytes)
        folder = (options.folder or scratch) / f"marked-{largest}"
        if not folder.is_dir():
            synthetic.make(options.corpus, folder, largest)
        files = sorted(folder.glob("*.txt"))
        print(f"{options.executors} executors of one core and {options.heap} MB, {measure.cores()} cores\n", flush=True)
        with spark(scratch, options) as session:
            from tagpress.engine.spark import SparkEngine

            build(files[:1], scratch / "warm", SparkEngine(session), 0)
            for size in sorted(options.megabytes):
                some = files[: size * 1_000_000 // synthetic.FILE_BYTES]
                here = build(some, scratch / "local", None, options.executors)
                for per_core in options.per_core:
                    engine = SparkEngine(session, per_core=per_core)
                    begun = time.time()
                    there = sampled(lambda some=some, engine=engine: build(some, scratch / "spark", engine, 0))
                    time.sleep(1)  # the event log is written by another thread
                    own = [stage for stage in stages(scratch) if stage.begun >= begun - 0.5]
                    same = _equal(scratch / "local", scratch / "spark")
                    show(f"{size} MB, {per_core} a core", some, (here, there), own, same=same, cores=options.executors)
                    print(attempts(scratch, begun), end="\n\n", flush=True)
                    shutil.rmtree(scratch / "spark")
                shutil.rmtree(scratch / "local")


def show(name: str, files: list[Path], runs: tuple[Run, Run], own: list[Stage], *, same: bool, cores: int) -> None:
    """Print what one size takes, and each of its moves."""
    here, there = runs
    source = sum(path.stat().st_size for path in files)
    slowest = max(own, key=lambda stage: stage.seconds)
    row = (
        name,
        f"{here.wall:.1f} s",
        f"{there.wall:.1f} s",
        f"{there.wall / here.wall:.2f}",
        f"{sum(stage.shuffled for stage in own) / source:.2f}",
        f"{slowest.seconds:.1f} s, {slowest.tasks} tasks",
        megabytes(there.peak),
        "yes" if same else "NO",
    )
    columns = ("corpus, partitions", "local", "spark", "ratio", "shuffled a source byte", "slowest stage")
    print(table((*columns, "executors' memory", "same bytes"), [row]))
    moves = [
        (move, f"{here.moves[move]:.1f} s", f"{seconds:.1f} s", f"{source / 1e6 / cores / seconds:.1f}")
        for move, seconds in there.moves.items()
    ]
    print(f"\n{table(('move', 'local', 'spark', 'spark, MB/s a core'), moves)}\n", flush=True)


def _equal(one: Path, other: Path) -> bool:
    files = [sorted(path.relative_to(root) for path in root.rglob("*") if path.is_file()) for root in (one, other)]
    return files[0] == files[1] and all((one / name).read_bytes() == (other / name).read_bytes() for name in files[0])


if __name__ == "__main__":
    main()
