"""
Measure how fast a release is streamed, beside plain `load_dataset(..., streaming=True)` and a bare scan of the same files.

    python tests/bench/stream.py [--megabytes 200] [--folder DIR] [--rounds 3]

The corpus is that of `synthetic.py`; it is built once (in --folder, if given) and published to the embedded Hub, which
runs in a process of its own and counts what it sends. Each reader is a fresh process with an empty HF_HOME; its clock
starts when everything is imported, and it reads the whole of train. All readers must find the same rows.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))  # as pytest has it

import synthetic
from measure import cores, megabytes, table

from consume.streaming.counting import CountingHub, counting_hub

CORPUS = Path(__file__).parents[3] / "shared" / "corpora" / "wikiser-small"
SCRIPT = Path(__file__).parents[2] / "dataset_script" / "software_entities.py"
REPO, PUSHED, VERSION = "me/synthetic", "me/pushed", "1.0.0"
BATCH = 1000  # rows


# What reads: each yields the ids of its batches, as Arrow or as Python has them. `where` is the folder of the build.


def ours(_where: Path, **options: Any) -> Iterator[Any]:
    import tagpress

    return (batch.column("id") for batch in tagpress.stream(REPO, VERSION, "train", batch_size=BATCH, **options))


def ours_local(where: Path, **options: Any) -> Iterator[Any]:
    import tagpress

    return (batch.column("id") for batch in tagpress.stream(where, VERSION, "train", batch_size=BATCH, **options))


def ours_in_workers(_where: Path, workers: int, **options: Any) -> Iterator[Any]:
    from torch.utils.data import DataLoader

    import tagpress

    stream = tagpress.stream(REPO, VERSION, "train", batch_size=BATCH, **options)
    return (batch.column("id") for batch in DataLoader(stream, batch_size=None, num_workers=workers))


def plain(repo: str = REPO) -> Any:
    import datasets

    datasets.config.SLEEP_TIME_ON_THREADS_SHUTDOWN = 0
    revision = f"v{VERSION}" if repo == REPO else "main"
    return datasets.load_dataset(repo, revision=revision, split="train", streaming=True)


def plain_rows(_where: Path) -> Iterator[Any]:
    return ([row["id"]] for row in plain())


def plain_shuffled(_where: Path) -> Iterator[Any]:
    return ([row["id"]] for row in plain().shuffle(seed=1, buffer_size=1000))


def plain_batches(_where: Path, form: str | None) -> Iterator[Any]:
    data = plain() if form is None else plain().with_format(form)
    return (batch["id"] for batch in data.iter(batch_size=BATCH))


def scan(where: Path) -> Iterator[Any]:
    import pyarrow.dataset

    dataset = pyarrow.dataset.dataset(sorted(map(str, (where / "data").glob("train-*"))))
    return (batch.column("id") for batch in dataset.to_batches(batch_size=BATCH))


def scan_hub(_where: Path) -> Iterator[Any]:
    import pyarrow.dataset
    from huggingface_hub import HfFileSystem

    files = HfFileSystem()
    paths = sorted(files.glob(f"datasets/{REPO}@v{VERSION}/data/train-*.parquet"))
    dataset = pyarrow.dataset.dataset(paths, filesystem=files)
    return (batch.column("id") for batch in dataset.to_batches(batch_size=BATCH))


READERS: dict[str, Callable[[Path], Iterator[Any]]] = {
    "plain, rows (python)": plain_rows,
    "plain, batches (python)": partial(plain_batches, form=None),
    "plain, batches (numpy)": partial(plain_batches, form="numpy"),
    "plain, batches (arrow)": partial(plain_batches, form="arrow"),
    "plain, rows, shuffled (python)": plain_shuffled,
    "pyarrow scan": scan_hub,
    "tagpress.stream": ours,
    "tagpress.stream, shuffled": partial(ours, shuffle=True, seed=1),
    "tagpress.stream, 2 workers": partial(ours_in_workers, workers=2),
    "tagpress.stream, shuffled, 2 workers": partial(ours_in_workers, workers=2, shuffle=True, seed=1),
    "from disk: pyarrow scan": scan,
    "from disk: tagpress.stream": ours_local,
    "from disk: tagpress.stream, shuffled": partial(ours_local, shuffle=True, seed=1),
}


def read(name: str, where: Path) -> dict[str, float]:
    """Read everything; the clock starts when all is imported."""
    import datasets  # noqa: F401
    import pyarrow.dataset  # noqa: F401
    import torch.utils.data  # noqa: F401

    import tagpress.consume.streaming.torch_stream  # noqa: F401

    before = resident("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # the peak is that of what follows
    rows, first, start = 0, 0.0, time.perf_counter()
    for batch in READERS[name](where):
        rows += len(batch)
        if not first and rows >= BATCH:
            first = time.perf_counter() - start
    seconds = time.perf_counter() - start
    return {"rows": rows, "first": first, "seconds": seconds, "peak": resident("VmHWM") - before}


def resident(kind: str) -> int:
    """Return the bytes of memory of this process, now or at most. Linux only."""
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(kind))
    return 1024 * int(line.split()[1])


# Resuming: a first process stops in the middle and saves its state; a second goes on from it to its first batch, and
# to the end. What the Hub sends is counted after each.


def half_ours(state: Any) -> Iterator[Any]:
    import tagpress

    stream = tagpress.stream(REPO, VERSION, "train", batch_size=BATCH, shuffle=True, seed=1)
    if state is not None:
        stream.load_state_dict(state)
    for batch in stream:
        yield batch.column("id").to_pylist(), stream.state_dict


def half_plain(state: Any, repo: str = REPO) -> Iterator[Any]:
    data = plain(repo).shuffle(seed=1, buffer_size=1000)
    if state is not None:
        data.load_state_dict(state)
    for row in data:
        yield [row["id"]], data.state_dict


HALVES: dict[str, Callable[[Any], Iterator[Any]]] = {
    "tagpress.stream": half_ours,
    "plain, the same files": half_plain,
    "plain, pushed with defaults": partial(half_plain, repo=PUSHED),
}


def halve(name: str, saved: Path, rows: int, until: str) -> dict[str, Any]:
    """Read the whole, or the first half and save the state, or read on from it: to the first batch, or to the end."""
    state = json.loads(saved.read_text()) if until in ("first", "end") else None
    ids: list[str] = []
    stop = {"middle": rows // 2, "first": BATCH}.get(until, rows * 2)
    for found, state_dict in HALVES[name](state):
        ids += found
        if len(ids) >= stop:
            if until == "middle":
                saved.write_text(json.dumps(state_dict()))
            break
    return {"ids": ids}


def child(hub: CountingHub, *words: str) -> Any:
    """Run this script as a reader with an empty HF_HOME and return what it printed."""
    with tempfile.TemporaryDirectory() as home:
        env = {"HF_HOME": home, "HF_ENDPOINT": hub.endpoint, "HF_TOKEN": hub.token, "HF_HUB_DISABLE_TELEMETRY": "1"}
        done = subprocess.run(
            [sys.executable, "-W", "ignore", __file__, *words],
            env={**os.environ, **env, "HF_DATASETS_DISABLE_PROGRESS_BARS": "1", "HF_HUB_DISABLE_PROGRESS_BARS": "1"},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    return json.loads(done.stdout.splitlines()[-1])


def build(folder: Path, size: int) -> Path:
    """Build the corpus unless it is there, and return where."""
    out = folder / "build"
    if not out.exists():
        synthetic.make(CORPUS, folder / "sources", size)
        command = [
            Path(sys.executable).with_name("tagpress"),
            "build",
            SCRIPT,
            folder / "sources" / "*.txt",
            "--out",
            out,
        ]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    return out


def publish(hub: CountingHub, where: Path) -> None:
    """Publish the build, and push the same rows as most people do."""
    from release.publisher import publish_here

    assert publish_here(hub.endpoint, hub.token, where, REPO)["tag"] == f"v{VERSION}"
    child(hub, "--push", str(where))


def push(where: Path) -> dict[str, str]:
    import datasets

    files = sorted(map(str, (where / "data").glob("train-*")))
    datasets.load_dataset("parquet", data_files={"train": files}, split="train").push_to_hub(PUSHED)
    return {}


def speeds(hub: CountingHub, where: Path, rows: int, rounds: int) -> str:
    """Return the table of speeds."""
    found: dict[str, list[dict[str, float]]] = {name: [] for name in READERS}
    sent: dict[str, int] = {}
    for _ in range(rounds):
        for name, runs in found.items():
            hub.sent()
            runs.append(child(hub, "--read", name, "--where", str(where)))
            sent[name] = sum(one.body for one in hub.sent() if one.path.endswith(".parquet"))
    assert {run["rows"] for runs in found.values() for run in runs} == {rows}
    best = {name: min(runs, key=lambda run: run["seconds"]) for name, runs in found.items()}
    first = {name: min(run["first"] for run in runs) for name, runs in found.items()}
    steady = {
        name: max((rows - BATCH) / (run["seconds"] - run["first"]) for run in runs) for name, runs in found.items()
    }

    def times(name: str, other: str) -> str:
        return f"{best[other]['seconds'] / best[name]['seconds']:.2f}"

    lines = [
        [
            name,
            f"{1000 * first[name]:,.0f}",
            f"{steady[name]:,.0f}",
            f"{rows / run['seconds']:,.0f}",
            megabytes(sent[name]) if sent[name] else "",
            megabytes(int(run["peak"])),
            times(name, "plain, rows (python)"),
            times(name, "from disk: pyarrow scan" if name.startswith("from disk") else "pyarrow scan"),
        ]
        for name, run in best.items()
    ]
    columns = ["reader", "first batch, ms", "rows/s then", "rows/s in all", "read", "memory", "x plain rows", "x scan"]
    return table(columns, lines)


def resumes(hub: CountingHub, folder: Path, rows: int) -> str:
    """Return the table of what it costs to stop in the middle and go on."""
    saved, lines = folder / "state.json", []
    for name in HALVES:
        sent, ids = {}, {}
        for until in ("whole", "middle", "first", "end"):
            hub.sent()
            ids[until] = child(hub, "--halve", name, "--saved", str(saved), "--rows", str(rows), "--until", until)[
                "ids"
            ]
            sent[until] = sum(one.body for one in hub.sent() if one.path.endswith(".parquet"))
        seen = [*ids["middle"], *ids["end"]]
        lines.append(
            [
                name,
                megabytes(sent["whole"]),
                f"{sent['first'] / 1e6:,.1f} MB",
                f"{(sent['middle'] + sent['end'] - sent['whole']) / 1e6:,.1f} MB",
                f"{len(set(ids['whole']) - set(seen)):,}",
                f"{len(seen) - len(set(seen)):,}",
            ]
        )
    columns = ["shuffled, stopped in the middle", "epoch", "to the next 1,000 rows", "read twice", "lost", "repeated"]
    return table(columns, lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=200)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--rounds", type=int, default=3, help="0 measures only what it costs to resume")
    for internal in ("--read", "--where", "--halve", "--saved", "--rows", "--until", "--push"):
        parser.add_argument(internal, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.read:
        print(json.dumps(read(options.read, Path(options.where))), flush=True)
        os._exit(0)  # a scan that reads through Python may abort while its threads end
    elif options.halve:
        print(json.dumps(halve(options.halve, Path(options.saved), int(options.rows), options.until)))
    elif options.push:
        print(json.dumps(push(Path(options.push))))
    else:
        with tempfile.TemporaryDirectory() as scratch, counting_hub(Path(scratch) / "hub") as hub:
            folder = options.folder or Path(scratch)
            where = build(folder, options.megabytes)
            publish(hub, where)
            libraries = ", ".join(f"{name} {version(name)}" for name in ("pyarrow", "datasets", "torch"))
            print(f"{cores()} cores, Python {platform.python_version()}, {libraries}; {options.megabytes} MB of source")
            rows = json.loads((where / "release.json").read_bytes())["splits"]["train"]["rows"]
            if options.rounds:
                print(f"{rows:,} rows of train\n\n{speeds(hub, where, rows, options.rounds)}\n")
            print(resumes(hub, Path(scratch), rows))


if __name__ == "__main__":
    main()
