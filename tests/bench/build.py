"""
What `tagpress build` costs, beside its peer and its floor, all measured in one run on all cores.

    python tests/bench/build.py                      # 200 MB, about 560,000 sentences
    python tests/bench/build.py --megabytes 1000

- build: the real command, as a child process, start-up included.
- peer: `load_dataset("conll", ...)` on the same sentences without markers, then `to_parquet`; with one process, which
  is its default, and with one for each core.
- floor: the build's own tables, from memory, written again with the same Parquet options in one process for each core;
  only the writing is timed.

Then where the build's time goes: by move, on all cores; and by function, in CPU seconds of a run with one worker.
"""

import argparse
import json
import multiprocessing
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import measure
import synthetic
from measure import Cost, megabytes, table

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "dataset_script" / "software_entities.py"
SMALL = 200  # MB: memory at any size is compared with that
SAMPLE_SECONDS = 0.005
HOT = 25  # functions that are shown
OFFLINE = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_DISABLE_PROGRESS_BARS": "1"}


# ----- what is measured, each in a process of its own -----


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

    from tagpress.parquet import ROW_GROUP_ROWS, WRITER_OPTIONS

    before, found = time.process_time(), _tables[number]
    with pq.ParquetWriter(f"{out}/{number}.parquet", found.schema, **WRITER_OPTIONS) as writer:
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
    from tagpress.builder import load_script
    from tagpress.declaration import SourceGlobs
    from tagpress.press import build_corpus

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
    """Print the CPU seconds of a build with one worker, by move and by function (what it calls in C included)."""
    seconds: Counter[tuple[str, str]] = Counter()
    move, last = "start-up", 0.0

    def sample(_signal: int, frame: FrameType | None) -> None:
        # A signal waits until C returns, so a sample weighs the time that has passed since the last one.
        nonlocal last
        now = time.process_time()
        name = f"{frame.f_globals.get('__name__', '')}.{frame.f_code.co_qualname}" if frame else ""
        seconds[move, "importing" if move == "start-up" else name] += now - last
        last = now

    def progress(now: str, _done: int, _total: int) -> None:
        nonlocal move
        move = now

    signal.signal(signal.SIGPROF, sample)
    signal.setitimer(signal.ITIMER_PROF, SAMPLE_SECONDS, SAMPLE_SECONDS)
    _press(files, out, 1, progress)
    signal.setitimer(signal.ITIMER_PROF, 0)
    print(json.dumps([[*where, spent] for where, spent in seconds.most_common()]))


CHILDREN = {"peer": peer, "floor": floor, "moves": moves, "profile": profile}


# ----- one run -----


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Where a run reads and writes, and how often it repeats."""

    marked: Path
    plain: Path
    scratch: Path
    megabytes: int
    repeats: int

    def files(self, size: int) -> list[str]:
        """Return the first `size` MB of the corpus."""
        return [str(path) for path in sorted(self.marked.glob("*.txt"))[: size * 1_000_000 // synthetic.FILE_BYTES]]

    def out(self) -> str:
        """Return an empty folder."""
        return tempfile.mkdtemp(dir=self.scratch)

    def command(self, files: Sequence[str], out: str) -> list[str]:
        """Return the command that is measured."""
        tagpress = Path(sys.executable).with_name("tagpress")
        return [str(tagpress), "build", str(SCRIPT), *files, "--out", out, "--json"]

    def child(self, name: str, *arguments: str) -> list[str]:
        """Return the command that does one of `CHILDREN`."""
        return [sys.executable, __file__, name, *arguments]


def corpora(corpus: Path, folder: Path, size: int) -> tuple[Path, Path]:
    """Return the corpus with markers and without, made unless they are there."""
    found = (folder / f"marked-{size}", folder / f"plain-{size}")
    for path, markers in zip(found, (True, False), strict=True):
        if not path.is_dir():
            unfinished = path.with_suffix(".unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            synthetic.make(corpus, unfinished, size, markers=markers)
            unfinished.rename(path)
    return found


def costs(bench: Bench) -> dict[str, Cost]:
    """Measure everything once it has been compiled and cached; what is compared is measured close together."""
    files, sample = bench.files(bench.megabytes), [str(ROOT / "dataset_script" / "data" / "*.txt")]
    measure.timed(bench.command(files, bench.out()))
    built = bench.out()
    found: dict[str, list[Cost]] = {"start-up (20 sentences)": [], "build": [], "floor": []}
    for _ in range(bench.repeats):
        found["start-up (20 sentences)"].append(measure.timed(bench.command(sample, bench.out())))
        shutil.rmtree(built)
        found["build"].append(measure.timed(bench.command(files, built)))
        found["floor"].append(_floor(bench, built))
    result = {name: measure.median(runs) for name, runs in found.items()}
    for processes in sorted({1, measure.cores()}):
        out = bench.out()
        result[f"peer, {processes} process{'es' * (processes > 1)}"] = measure.sampled(
            bench.child("peer", str(bench.plain), out, str(processes)), **OFFLINE
        )
        shutil.rmtree(out)
    return result


def _floor(bench: Bench, built: str) -> Cost:
    out = bench.out()
    run = measure.sampled(bench.child("floor", built, out, "3"))
    shutil.rmtree(out)
    wall, cpu = min(json.loads(run.printed))
    return Cost(wall=wall, cpu=cpu, peak=run.peak, anonymous=run.anonymous, printed="")


def memory(bench: Bench) -> dict[int, Cost]:
    """Sample the build's memory at this size and at the small one."""
    sizes = sorted({SMALL, bench.megabytes})
    return {size: measure.sampled(bench.command(bench.files(size), bench.out())) for size in sizes}


# ----- what is printed -----


def show_costs(found: dict[str, Cost], peaks: dict[int, Cost], size: int) -> None:
    """Print what each of them takes."""
    rows = [
        (name, f"{cost.wall:.2f}", f"{cost.cpu:.2f}", megabytes(peaks[size].peak if name == "build" else cost.peak))
        for name, cost in found.items()
    ]
    rows = [(*row[:3], row[3] if row[3] != "0 MB" else "") for row in rows]
    print(table(("", "wall, s", "CPU, s", "peak PSS"), rows), end="\n\n")
    rows = [(f"build, {size} MB", megabytes(cost.peak), megabytes(cost.anonymous)) for size, cost in peaks.items()]
    print(table(("memory", "peak PSS", "anonymous"), rows), end="\n\n")


def show_aims(found: dict[str, Cost], peaks: dict[int, Cost], size: int) -> bool:
    """Print every ratio that has an aim; return whether all are met."""
    build, peers = found["build"].wall, {name: cost.wall for name, cost in found.items() if name.startswith("peer")}
    name = min(peers, key=lambda one: peers[one])
    least = 12 if size >= 1000 else 8
    rows = [
        (f"{name} : build", peers[name] / build, f"at least {least}", peers[name] / build >= least),
        ("build : floor", build / found["floor"].wall, "at most 2 at 1 GB", build <= 2 * found["floor"].wall),
        ("peak, GB", peaks[size].peak / 1e9, "at most 1", peaks[size].peak <= 1e9),
        (
            f"peak : peak at {SMALL} MB",
            peaks[size].peak / peaks[SMALL].peak,
            "at most 1.2",
            peaks[size].peak <= 1.2 * peaks[SMALL].peak,
        ),
    ]
    shown = [(name, f"{ratio:.2f}", aim, "yes" if met else "NO") for name, ratio, aim, met in rows]
    print(table(("aim", "measured", "wanted", "met"), shown), end="\n\n")
    return all(met for *_, met in rows)


def show_moves(bench: Bench, build: Cost) -> None:
    """Print where the time goes, by move."""
    files = bench.files(bench.megabytes)
    run = measure.timed(bench.child("moves", f"{bench.out()}", str(time.monotonic()), *files))
    seconds = json.loads(run.printed)
    rows = [(move, f"{spent:.2f}", f"{spent / sum(seconds.values()):.0%}") for move, spent in seconds.items()]
    print(f"Wall time by move, {measure.cores()} workers (the command took {build.wall:.2f} s):\n")
    print(table(("move", "wall, s", "share"), rows), end="\n\n")


def show_profile(bench: Bench) -> None:
    """Print where the time goes, by function."""
    run = measure.timed(bench.child("profile", bench.out(), *bench.files(bench.megabytes)))
    found = json.loads(run.printed)
    by_move: Counter[str] = Counter()
    for move, _, spent in found:
        by_move[move] += spent
    total = sum(by_move.values())
    moves = ", ".join(f"{move} {spent:.1f} s ({spent / total:.0%})" for move, spent in by_move.items())
    print(f"CPU time with one worker, {total:.1f} s: {moves}.\n")
    rows = [(f"`{name}`", move, f"{spent:.2f}", f"{spent / total:.1%}") for move, name, spent in found[:HOT]]
    print(table(("function, with what it calls in C", "move", "CPU, s", "share"), rows))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=SMALL)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--corpus", type=Path, default=ROOT.parent / "shared" / "corpora" / "wikiser-small")
    parser.add_argument("--folder", type=Path, help="keep the corpora here, or take them from here")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tagpress-bench-") as scratch:
        folder = options.folder or Path(scratch)
        marked, plain = corpora(options.corpus, folder, options.megabytes)
        bench = Bench(
            marked=marked, plain=plain, scratch=Path(scratch), megabytes=options.megabytes, repeats=options.repeats
        )
        print(f"{options.megabytes} MB, {measure.cores()} cores, median of {options.repeats} runs\n", flush=True)
        found, peaks = costs(bench), memory(bench)
        show_costs(found, peaks, options.megabytes)
        met = show_aims(found, peaks, options.megabytes)
        show_moves(bench, found["build"])
        if not met:
            print("What holds the aims that are missed:\n")
        show_profile(bench)


if __name__ == "__main__":
    CHILDREN[sys.argv[1]](*sys.argv[2:]) if sys.argv[1:2] and sys.argv[1] in CHILDREN else main()
