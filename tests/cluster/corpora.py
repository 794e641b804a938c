"""Corpora with everything that settling knows, large enough to be spread over a cluster; and a dialect that takes its time."""

import random
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from made_corpora import declare, write_document
from tagpress.build.declaration import Declaration
from tagpress.build.exchange import press_pushed
from tagpress.corpus.policies import Policies
from tagpress.read.columns import Columns

LATE = 90  # seconds
STRAGGLER = "straggler"
WORDS = ["a", "the", "Rust", "Perl", "code", "x1", "x2", "Ünï", "naïve", "語", "run", "runs"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unhurried(Columns):
    """The layout of the sample, read so slowly that there is time to kill the reader."""

    sentence_start: str | None = "<s>"
    sentence_end: str | None = "</s>"

    def parse(self, data: bytes, start: int = 0) -> Any:
        time.sleep(0.25)
        return Columns.parse(self, data, start)


@dataclass(frozen=True, slots=True, kw_only=True)
class Straggling(Columns):
    """The layout of the sample; who tries first to read a piece with the word is not done in time."""

    sentence_start: str | None = "<s>"
    sentence_end: str | None = "</s>"

    def parse(self, data: bytes, start: int = 0) -> Any:
        if STRAGGLER.encode() in data:
            straggle()
        return Columns.parse(self, data, start)


def straggle() -> None:
    """Be slow where Spark tries something for the first time."""
    from pyspark import TaskContext

    task = TaskContext.get()
    if task is not None and task.attemptNumber() == 0:
        time.sleep(LATE)


def press_late(*arguments: Any) -> Any:
    """Press a shard, and be late with it if it is that of the test split: its file is there, its result is not."""
    shard, written = press_pushed(*arguments)
    if shard.split == "test":
        straggle()
    return shard, written


def messy(folder: Path, documents: int, sentences: int, seed: int = 0, **changes: Any) -> Declaration:
    """Write documents with copies, conflicts, leaks, near copies and faults, and declare them."""
    generator = random.Random(seed)
    made: list[list[tuple[str, str]]] = []
    for number in range(documents):
        own = [_sentence(generator, made) for _ in range(sentences)]
        write_document(folder / f"d{number:03}.txt", own)
        with (folder / f"d{number:03}.txt").open("a", encoding="utf-8") as file:
            file.write("<s>\n</s>\n<s>\nragged\tO\tx\n</s>\n")
    policies = Policies({"ragged-line": "drop", "conflicting-duplicate": "drop", "near-duplicate": "drop"})
    return declare(folder, **{"policies": policies, **changes})


def _sentence(generator: random.Random, made: list[list[tuple[str, str]]]) -> list[tuple[str, str]]:
    if made and generator.random() < 0.1:
        tokens = [token for token, _ in generator.choice(made)]
        if generator.random() < 0.3:
            tokens[-1] = tokens[-1].upper()
    else:
        tokens = [generator.choice(WORDS) for _ in range(generator.randrange(1, 12))] + [
            f"w{generator.getrandbits(30)}q"
        ]
        tokens[-1] = tokens[-1].translate(str.maketrans("0123456789", "abcdefghij"))
    if generator.random() < 0.02:
        tokens = [generator.choice(WORDS)]
    tagged = [(token, "B-Language" if token[:1].isupper() and generator.random() < 0.95 else "O") for token in tokens]
    made.append(tagged)
    return tagged
