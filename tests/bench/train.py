"""
Train the example of the README on wikiser-small, killed in mid-epoch and resumed, and compare it with baselines.

    python tests/bench/train.py [--corpus FOLDER] [--kills 3] [--epochs 6] [--threads 1]

The corpus is published on the embedded Hub by the command line; the script streams it from there by name and version.
A baseline gives each token the label that it has most often in train, and `O` where train does not have it.
"""

import argparse
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

os.environ |= {"HF_HUB_DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_PROGRESS_BARS": "1"}

import measure
from seqeval.metrics import f1_score

import tagpress
from tagpress.localhub import LocalHub

ROOT = Path(__file__).parents[2]
CORPUS = ROOT.parent / "shared" / "corpora" / "wikiser-small"
REPO, VERSION = "me/software-entities", "1.0.0"


def publish(hub: LocalHub, corpus: Path, folder: str) -> None:
    script, sources = ROOT / "dataset_script" / "software_entities.py", sorted(map(str, corpus.glob("*.txt")))
    command = [sys.executable, "-c", "from tagpress.cli import main; main()", "publish", str(script), *sources]
    command += ["--hub", hub.endpoint, "--repo", REPO]
    subprocess.run(command, env={**os.environ, "HF_TOKEN": hub.token}, check=True, cwd=folder)


def sentences(hub: LocalHub, split: str) -> Iterator[tuple[str, list[str], list[str]]]:
    """Yield the id, the tokens and the labels of each sentence."""
    stream = tagpress.stream(REPO, VERSION, split, rank=0, world_size=1, endpoint=hub.endpoint, token=hub.token)
    for batch in stream:
        columns = (batch[name].to_pylist() for name in ("id", "tokens", "ner_tags"))
        for row_id, tokens, tags in zip(*columns, strict=True):
            yield row_id, tokens, [stream.label_names[tag] for tag in tags]


def baselines(hub: LocalHub) -> Iterator[tuple[str, float]]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for _, tokens, labels in sentences(hub, "train"):
        for token, label in zip(tokens, labels, strict=True):
            counts[token][label] += 1
    usual = {token: found.most_common(1)[0][0] for token, found in counts.items()}
    test = list(sentences(hub, "test"))
    true = [labels for _, _, labels in test]
    for name, table in (("`O` for every token", {}), ("each token's most frequent label", usual)):
        predicted = [[table.get(token, "O") for token in tokens] for _, tokens, _ in test]
        yield name, f1_score(true, predicted, zero_division=0)


def train(hub: LocalHub, out: Path, rows: int, options: argparse.Namespace) -> str:
    """Run the script to its end, killed again and again at some sentence; return what the last run printed."""
    command = [sys.executable, str(ROOT / "dataset_script" / "train_software_entities.py"), REPO, VERSION]
    command += ["--out", str(out), "--epochs", str(options.epochs), "--threads", str(options.threads)]
    environment = {**os.environ, "HF_ENDPOINT": hub.endpoint, "HF_TOKEN": hub.token, "HF_HOME": str(out / "home")}
    draw, seen = random.Random(0), out / "seen.txt"
    epochs = sorted(draw.sample(range(options.epochs), options.kills))
    for epoch in epochs:
        enough = (
            epoch * rows + draw.randrange(rows // 10, rows * 9 // 10)
        ) * 35  # bytes: "0 ", 32 hex digits, a line end
        with subprocess.Popen(command, env=environment) as child:
            while child.poll() is None and not (seen.exists() and seen.stat().st_size >= enough):
                time.sleep(0.01)
            child.send_signal(signal.SIGKILL)
        print(
            f"killed in epoch {epoch}: {seen.stat().st_size // 35 - epoch * rows:,} of {rows:,} sentences seen",
            flush=True,
        )
        if child.returncode != -signal.SIGKILL:
            raise SystemExit(f"the script ended with {child.returncode} before it was killed")
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout


def require_once(out: Path, ids: list[str], epochs: int) -> None:
    """Stop unless each sentence was seen exactly once in each epoch."""
    found = Counter((out / "seen.txt").read_text().splitlines())
    if found != Counter(f"{epoch} {row_id}" for epoch in range(epochs) for row_id in ids):
        raise SystemExit("some sentences were seen more or less than once in an epoch")
    print(f"each of {len(ids):,} sentences was seen exactly once in each of {epochs} epochs")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, LocalHub(Path(folder) / "hub") as hub:
        publish(hub, options.corpus.resolve(), folder)
        ids = [row_id for row_id, _, _ in sentences(hub, "train")]
        found = list(baselines(hub))
        start = time.perf_counter()
        printed = train(hub, Path(folder) / "run", len(ids), options)
        seconds = time.perf_counter() - start
        print(printed)
        require_once(Path(folder) / "run", ids, options.epochs)
    model = float(re.findall(r"micro avg +\S+ +\S+ +(\S+)", printed)[-1])
    rows = [(name, f"{f1:.3f}") for name, f1 in [*found, (f"the example, {options.epochs} epochs", model)]]
    print(f"{measure.cores()} cores, {options.threads} threads, {seconds:,.0f} s with {options.kills} kills")
    print(measure.table(("entity F1 on test", "seqeval, micro"), rows))


if __name__ == "__main__":
    main()
