"""A small corpus with three layers, and a reader of it in a dozen lines that shares nothing with the package."""

import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from made_corpora import declare
from tagpress.build.declaration import Declaration
from tagpress.corpus.layers.flat_spans import FlatSpans
from tagpress.corpus.layers.layer import Layer
from tagpress.corpus.layers.token_classes import TokenClasses
from tagpress.corpus.layers.token_texts import TokenTexts
from tagpress.read.columns import Columns

POS = {"NN": "a noun", "VB": "a verb", "DT": "an article"}
CHUNKS = ("NP", "VP")
# As CoNLL-2003 has it: token, part of speech, chunk, entity; and a lemma that no layer speaks of.
CONLL = Columns(delimiter=" ", tag=4, extra={"pos_tags": 1, "chunk_tags": 2, "lemma": 3})
LAYERS: dict[str, Layer] = {"pos_tags": TokenClasses(POS), "chunk_tags": FlatSpans(CHUNKS), "lemma": TokenTexts()}
_CHUNKS = ("B-NP", "I-NP", "O", "B-VP", "B-NP")


def write_sentences(folder: Path, count: int = 60, seed: int = 0) -> None:
    """Write sentences of five tokens, no two alike, in two files."""
    folder.mkdir(parents=True, exist_ok=True)
    chance = random.Random(seed)
    texts = ["", ""]
    for number in range(count):
        words = [f"word{number}", *chance.choices(["cat", "dog", "Rust", "the"], k=4)]
        for word, chunk in zip(words, _CHUNKS, strict=True):
            tag = "B-Language" if word == "Rust" else "O"
            texts[number % 2] += f"{word} {chance.choice([*POS])} {chunk} {word.lower()} {tag}\n"
        texts[number % 2] += "\n"
    for name, text in zip("ab", texts, strict=True):
        (folder / f"{name}.txt").write_text(text)


def corpus(folder: Path, **changes: Any) -> Declaration:
    """Write the sentences where there are none, and declare them with their layers."""
    if not list(folder.glob("*.txt")):
        write_sentences(folder)
    return declare(folder, **{"dialect": CONLL, "layers": LAYERS, **changes})


def naively_read(folder: Path) -> dict[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Return by its tokens what each sentence says: its columns behind the token."""
    read = {}
    for path in folder.glob("*.txt"):
        for sentence in filter(None, path.read_text().split("\n\n")):
            tokens, *columns = zip(*(line.split(" ") for line in sentence.strip().split("\n")), strict=True)
            read[tokens] = tuple(columns)
    return read


def rows_of(build: Path, split: str = "") -> list[dict[str, Any]]:
    """Return the rows of a build."""
    return [row for path in sorted(build.glob(f"data/{split}*.parquet")) for row in pq.read_table(path).to_pylist()]


def named(ids: list[int], layer: Layer) -> tuple[str, ...]:
    """Return ids by their names."""
    return tuple(layer.names[number] for number in ids)


def published(rows: list[dict[str, Any]], layers: Mapping[str, Layer] = LAYERS) -> dict[tuple[str, ...], Any]:
    """Return by its tokens what each row says in its layers of names."""
    return {
        tuple(row["tokens"]): {name: named(row[name], layer) for name, layer in layers.items() if layer.names}
        for row in rows
    }
