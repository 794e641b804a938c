"""
What `tagpress build` costs, beside its peer and its floor, all measured in one run on all cores.

    python tests/bench/build.py                      # 200 MB, about 560,000 sentences
    python tests/bench/build.py --megabytes 1000

- build: the real command, as a child process, start-up included.
- peer: `load_dataset("conll", ...)` on the same sentences without markers, then `to_parquet`: on the corpus as one file,
  and on the same files as the build has, with one process (its default) and with one for each core. It holds a file in
  memory as Python lists, so one file of 1 GB takes about 12 GB; where they are not there it is left out.
- floor: the build's own tables, from memory, written again with the same Parquet options in one process for each core;
  only the writing is timed.

Then where the build's time goes: by move, on all cores; and by function, in CPU seconds of a run with one worker.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import measure
import processes
import synthetic
from measure import Cost, megabytes, table
from processes import ROOT, SCRIPT

SMALL = 200  # MB: memory at any size is compared with that
HOT = 25  # functions that are shown
PEER_MEMORY = 14  # bytes for each byte of one file
MORE, LESS = "at least", "at most"
LARGE = 1000  # MB: from here on the aims are those of large corpora
_MEMORY = {"peak memory : 1 GB": (LESS, 1), f"peak memory : that at {SMALL} MB": (LESS, 1.2)}
AIMS = (
    {"peer, one file : build": (MORE, 10), "build : floor": (LESS, 3), **_MEMORY},
    {"peer, 1 process : build": (MORE, 7), "build : floor": (LESS, 3), **_MEMORY},
)  # of a small corpus, and of a large one
OFFLINE = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_DISABLE_PROGRESS_BARS": "1"}


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
        """Return the command that does one of the things in `processes.py`."""
        return [sys.executable, processes.__file__, name, *arguments]


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


# ----- what is measured -----


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
    return {name: measure.median(runs) for name, runs in found.items()} | peers(bench)


def _floor(bench: Bench, built: str) -> Cost:
    out = bench.out()
    run = measure.sampled(bench.child("floor", built, out, "3"))
    shutil.rmtree(out)
    wall, cpu = min(json.loads(run.printed))
    return Cost(wall=wall, cpu=cpu, peak=run.peak, anonymous=run.anonymous, printed="")


def peers(bench: Bench) -> dict[str, Cost]:
    """Measure the peer, each way once; it has one process, so that sampling its memory takes nothing from it."""
    found = {}
    if PEER_MEMORY * bench.megabytes * 1_000_000 < os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"):
        whole = Path(bench.out())
        with (whole / "all.txt").open("wb") as file:
            for path in sorted(bench.plain.glob("*.txt")):
                file.write(path.read_bytes())
        found["peer, one file"] = _peer(bench, whole, 1)
        shutil.rmtree(whole)
    for many in sorted({1, measure.cores()}):
        found[f"peer, {many} process{'es' * (many > 1)}"] = _peer(bench, bench.plain, many)
    return found


def _peer(bench: Bench, folder: Path, many: int) -> Cost:
    out = bench.out()
    cost = measure.sampled(bench.child("peer", str(folder), out, str(many)), **OFFLINE)
    shutil.rmtree(out)
    return cost


def memory(bench: Bench) -> dict[int, Cost]:
    """Sample the build's memory at this size and at the small one."""
    sizes = sorted({SMALL, bench.megabytes})
    return {size: measure.sampled(bench.command(bench.files(size), bench.out())) for size in sizes}


# ----- what is printed -----


def show_costs(found: dict[str, Cost], peaks: dict[int, Cost], size: int) -> None:
    """Print what each of them takes."""
    sampled = {name: peaks[size].peak if name == "build" else cost.peak for name, cost in found.items()}
    rows = [
        (name, f"{cost.wall:.2f}", f"{cost.cpu:.2f}", megabytes(sampled[name]) if sampled[name] else "")
        for name, cost in found.items()
    ]
    print(table(("", "wall, s", "CPU, s", "peak PSS"), rows), end="\n\n")
    rows = [(f"build, {size} MB", megabytes(cost.peak), megabytes(cost.anonymous)) for size, cost in peaks.items()]
    print(table(("memory", "peak PSS", "anonymous"), rows), end="\n\n")


def show_aims(found: dict[str, Cost], peaks: dict[int, Cost], size: int) -> bool:
    """Print every ratio, and whether it meets its aim where it has one at this size; return whether all do."""
    build, floor, peak = found["build"], found["floor"], peaks[size].peak
    ratios = {
        f"{name} : build": (cost.wall / build.wall, cost.cpu / build.cpu)
        for name, cost in found.items()
        if name.startswith("peer")
    }
    ratios["build : floor"] = (build.wall / floor.wall, build.cpu / floor.cpu)
    ratios["peak memory : 1 GB"] = (peak / 1e9, None)
    ratios[f"peak memory : that at {SMALL} MB"] = (peak / peaks[SMALL].peak, None)
    shown, missed = [], 0
    for name, (measured, cpu) in ratios.items():
        word, limit = AIMS[size >= LARGE].get(name, ("", 0))
        met = {"": True, MORE: measured >= limit, LESS: measured <= limit}[word]
        missed += not met
        aim = (f"{word} {limit:g}", "yes" if met else "no") if word else ("", "")
        shown.append((name, f"{measured:.2f}", f"{cpu:.2f}" if cpu else "", *aim))
    print(table(("ratio", "measured", "of CPU time", "aim", "met"), shown), end="\n\n")
    return not missed


def show_moves(bench: Bench, build: Cost) -> None:
    """Print where the time goes, by move."""
    files = bench.files(bench.megabytes)
    run = measure.timed(bench.child("moves", bench.out(), str(time.monotonic()), *files))
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
    print(table(("function, with what it calls elsewhere", "move", "CPU, s", "share"), rows))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=SMALL)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--corpus", type=Path, default=ROOT.parent / "shared" / "corpora" / "wikiser-small")
    parser.add_argument("--folder", type=Path, help="keep the corpora here, or take them from here")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tagpress-bench-") as scratch:
        # As installed: compiled once. A shell may forbid that.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = f"{scratch}/pycache"
        marked, plain = corpora(options.corpus, options.folder or Path(scratch), options.megabytes)
        bench = Bench(
            marked=marked, plain=plain, scratch=Path(scratch), megabytes=options.megabytes, repeats=options.repeats
        )
        print(f"{options.megabytes} MB, {measure.cores()} cores, median of {options.repeats} runs\n", flush=True)
        found, peaks = costs(bench), memory(bench)
        show_costs(found, peaks, options.megabytes)
        if not show_aims(found, peaks, options.megabytes):
            print("What holds the aims that are missed:\n")
        show_moves(bench, found["build"])
        show_profile(bench)


if __name__ == "__main__":
    main()
