"""
Measure how fast tagged lines are read, beside what else reads them, in one run on the same bytes.

    python tests/bench/read.py [--megabytes 200] [--corpus FOLDER]

The bytes are sentences of wikiser-small, drawn by a fixed seed. Times are CPU seconds on one core, the best of a few
rounds for what is quick; slow readers get a slice. Every reader must find the same number of sentences and tokens.
"""

import argparse
import importlib
import json
import os
import platform
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import csv

from tagpress.read.columns import Columns
from tagpress.read.conllu import ConllU
from tagpress.read.dialect import Dialect
from tagpress.read.pieces import parse_piece, pieces
from tagpress.read.sources.apart import expand
from tagpress.read.spans.dialect import Spans

CORPUS = Path(__file__).parents[3] / "shared" / "corpora" / "wikiser-small"
SLICE = 10  # megabytes for what is slow
Count = tuple[int, int]  # sentences, tokens


def draw(folder: Path, megabytes: int) -> Iterator[str]:
    """Yield sentences as lines, about as many bytes as asked."""
    text = "".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.txt")))
    sentences = [part.removeprefix("<s>\n") for part in text.split("</s>\n") if part.strip()]
    chosen, size = random.Random(1), 0
    while size < megabytes * 1e6:
        sentence = chosen.choice(sentences)
        size += len(sentence.encode()) + len("<s>\n</s>\n")
        yield sentence


def conllu_lines(sentence: str) -> str:
    rows = (line.split("\t") for line in sentence.splitlines())
    return "".join(f"{i}\t{form or '_'}\t_\t_\t_\t_\t_\t_\t_\tname={tag}\n" for i, (form, tag) in enumerate(rows, 1))


def spans_line(sentence: str) -> str:
    """Return a sentence as doccano exports it: tokens with spaces between, and spans of characters."""
    text, spans, at = [], list[list[Any]](), 0
    for row in sentence.splitlines():
        token, tag = row.split("\t")
        token = "".join(token.split()) or "_"
        if tag.startswith("I-") and spans:
            spans[-1][1] = at + len(token)
        elif tag != "O":
            spans.append([at, at + len(token), tag[2:]])
        text.append(token)
        at += len(token) + 1
    return json.dumps({"text": " ".join(text), "label": spans}, ensure_ascii=False) + "\n"


def write(folder: Path, sentences: list[str]) -> dict[str, Path]:
    """Write the same sentences in every form that a reader wants."""
    few = list(islice(sentences, len(sentences) * SLICE // max(SLICE, len("".join(sentences)) // 10**6)))
    texts = {
        "marked": "".join(f"<s>\n{sentence}</s>\n" for sentence in sentences),
        "blank": "".join(f"{sentence}\n" for sentence in sentences),
        "few": "".join(f"{sentence}\n" for sentence in few),
        "spans": "".join(map(spans_line, few)),
        "conllu": "".join(f"{conllu_lines(sentence)}\n" for sentence in few),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
    return {name: folder / name for name in texts}


def tagpress(path: Path, dialect: Dialect) -> Count:
    (source,) = expand((path.name,), path.parent)
    sentences = tokens = 0
    for piece in pieces(source, dialect):
        parsed = parse_piece(piece, dialect)
        sentences, tokens = sentences + len(parsed), tokens + len(parsed.tags)
    return sentences, tokens


def numpy_find(path: Path, step: int) -> Count:
    """Find line ends and tabs, in pieces of `step` bytes."""
    data = np.fromfile(path, np.uint8)
    for at in range(0, len(data), step):
        part = data[at : at + step]
        np.flatnonzero((part == ord("\n")) | (part == ord("\t")))
    return 0, 0


def arrow_csv(path: Path) -> Count:
    table = csv.read_csv(
        path,
        read_options=csv.ReadOptions(column_names=["token", "tag"], use_threads=False),
        parse_options=csv.ParseOptions(
            delimiter="\t", quote_char=False, ignore_empty_lines=False, invalid_row_handler=lambda _: "skip"
        ),
        convert_options=csv.ConvertOptions(column_types={"token": pa.string(), "tag": pa.string()}),
    )
    return 0, len(table)


def plain_loop(path: Path) -> Count:
    sentences: list[tuple[list[str], list[str]]] = []
    tokens: list[str] = []
    tags: list[str] = []
    with path.open(encoding="utf-8", newline="\n") as file:
        for line in file:
            if line == "\n":
                sentences.append((tokens, tags))
                tokens, tags = [], []
            else:
                token, tag = line[:-1].split("\t")
                tokens.append(token)
                tags.append(tag)
    return len(sentences), sum(len(found) for found, _ in sentences)


def plain_spans(path: Path) -> Count:
    """Read spans of characters with `json.loads`, `str.split` and a search for each token."""
    sentences: list[list[tuple[str, str]]] = []
    with path.open(encoding="utf-8", newline="\n") as file:
        for line in file:
            row, at, tagged = json.loads(line), 0, []
            for token in row["text"].split():
                at = row["text"].index(token, at)
                inside = next(
                    (
                        ("B-" if begin == at else "I-") + kind
                        for begin, stop, kind in row["label"]
                        if begin <= at < stop
                    ),
                    "O",
                )
                tagged.append((token, inside))
                at += len(token)
            sentences.append(tagged)
    return len(sentences), sum(map(len, sentences))


def conll_module(path: Path) -> Count:
    from datasets.packaged_modules.conll.conll import Conll

    names = ["tokens", "ner_tags"]
    builder = Conll(cache_dir=str(path.parent / "cache"), data_files=[str(path)], column_names=names, delimiter="\t")
    tables = [table for _, table in builder._generate_tables(["train"], [[str(path)]])]
    return sum(map(len, tables)), sum(len(table["tokens"].combine_chunks().flatten()) for table in tables)


def conllu_package(path: Path) -> Count:
    conllu: Any = importlib.import_module("conllu")
    with path.open(encoding="utf-8", newline="\n") as file:
        lengths = [len(sentence) for sentence in conllu.parse_incr(file)]
    return len(lengths), sum(lengths)


def pyconll_package(path: Path) -> Count:
    pyconll: Any = importlib.import_module("pyconll")
    lengths = [len(sentence) for sentence in pyconll.iter_from_file(str(path))]
    return len(lengths), sum(lengths)


MARKED, BLANK, TREEBANK = Columns(sentence_start="<s>", sentence_end="</s>"), Columns(), ConllU()
SPANS = Spans(format="doccano", tokens="whitespace")
READERS: list[tuple[str, str, int, Callable[[Path], Count]]] = [
    # name, file, rounds, reader
    ("tagpress, markers", "marked", 3, lambda path: tagpress(path, MARKED)),
    ("tagpress, blank lines", "blank", 3, lambda path: tagpress(path, BLANK)),
    ("NumPy finds LF and TAB", "blank", 3, lambda path: numpy_find(path, 1 << 40)),
    ("the same, piece by piece", "blank", 3, lambda path: numpy_find(path, 8 << 20)),
    ("pyarrow.csv, columns only", "blank", 2, arrow_csv),
    ("plain Python loop", "few", 1, plain_loop),
    ("datasets, conll module", "blank", 1, conll_module),
    ("tagpress, CoNLL-U", "conllu", 3, lambda path: tagpress(path, TREEBANK)),
    ("tagpress, spans", "spans", 3, lambda path: tagpress(path, SPANS)),
    ("plain Python loop, spans", "spans", 2, plain_spans),
    ("conllu", "conllu", 1, conllu_package),
    ("pyconll", "conllu", 1, pyconll_package),
]


def measure(path: Path, rounds: int, reader: Callable[[Path], Count]) -> tuple[float, Count]:
    """Return MB/s of CPU time, and what was counted."""
    best, count = float("inf"), (0, 0)
    for _ in range(rounds):
        start = time.process_time()
        count = reader(path)
        best = min(best, time.process_time() - start)
    return path.stat().st_size / 1e6 / best, count


def installed(name: str) -> str:
    try:
        return f"{name} {version(name)}"
    except PackageNotFoundError:
        return f"{name} is not installed"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--megabytes", type=int, default=200)
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    options = parser.parse_args()
    packages = ("numpy", "pyarrow", "numba", "datasets", "conllu", "pyconll")
    print(f"{os.cpu_count()} cores, one used; {platform.machine()}, Python {platform.python_version()}")
    print(", ".join(map(installed, packages)))
    with tempfile.TemporaryDirectory() as folder:
        paths = write(Path(folder), list(draw(options.corpus, options.megabytes)))
        MARKED.parse(b"<s>\n</s>\n")  # compiles, or loads what was compiled
        speeds = {}
        for name, file, rounds, reader in READERS:
            try:
                speeds[name], count = measure(paths[file], rounds, reader)
            except ImportError as error:
                print(f"{name:28} skipped: {error}")
                continue
            size = paths[file].stat().st_size / 1e6
            print(f"{name:28} {speeds[name]:8.1f} MB/s  {size:6.1f} MB {count[0]:9,} sentences {count[1]:11,} tokens")
            sys.stdout.flush()
    ours = speeds["tagpress, markers"]
    for name in (
        "datasets, conll module",
        "plain Python loop",
        "NumPy finds LF and TAB",
        "the same, piece by piece",
        "pyarrow.csv, columns only",
    ):
        print(f"tagpress is {ours / speeds[name]:6.2f} x {name}")
    print(f"spans are read at {speeds['tagpress, spans'] / speeds['plain Python loop, spans']:.2f} x the plain loop")
    for name in {"conllu", "pyconll"} & set(speeds):
        print(f"tagpress is {speeds['tagpress, CoNLL-U'] / speeds[name]:6.2f} x {name}, on CoNLL-U")


if __name__ == "__main__":
    main()
