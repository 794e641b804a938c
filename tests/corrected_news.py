"""A small corpus with three layers of spans that tests correct."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from tagpress.corpus.identity import sentence_key

SCRIPT = """
import datasets
import tagpress


class News(tagpress.CorpusBuilder):
    NAME = "news"
    VERSION = datasets.Version("1.0.0")
    ENTITY_TYPES = {"PER": "A person.", "ORG": "An organisation.", "MISC": "Anything else."}
    DIALECT = tagpress.Columns(delimiter=" ", tag=2, extra={"chunks": 1})
    LAYERS = {
        "chunks": tagpress.FlatSpans(["NP", "VP"]),
        "nested": tagpress.NestedSpans(["PER", "ORG", "MISC"], columns=("ner_tags",)),
    }
    SOURCES = {"train": "train.txt", "test": "test.txt"}
    POLICY = {"type-missing-in-split": "warn"}
"""
TRAIN = (
    "EU B-NP B-MISC\nrejects B-VP O\nGerman B-NP B-MISC\ncall I-NP O\n\n"
    "Ada B-NP B-PER\nLovelace I-NP I-PER\nwrote B-VP O\n\n"
    "Bonn B-NP O\nsleeps B-VP O\n"
)
TEST = "Unix B-NP B-ORG\nruns B-VP O\n"
EU, ADA, BONN, UNIX = (
    sentence_key(words.split()).hex()
    for words in ("EU rejects German call", "Ada Lovelace wrote", "Bonn sleeps", "Unix runs")
)


def correction(key: str, before: Sequence[Any], after: Sequence[Any], **changes: Any) -> dict[str, Any]:
    return {"id": key, "before": before, "after": after, "who": "Ada", "why": "so", **changes}


def write_news(folder: Path) -> Path:
    """Write the script and its sources."""
    for name, text in {"news.py": SCRIPT, "train.txt": TRAIN, "test.txt": TEST}.items():
        (folder / name).write_text(text)
    return folder


def write(folder: Path, *lines: Mapping[str, Any], name: str = "corrections.jsonl") -> None:
    (folder / name).write_text("".join(json.dumps(one) + "\n" for one in lines))


def labels(folder: Path, split: str = "train") -> dict[str, list[int]]:
    rows = pq.read_table(next(folder.glob(f"data/{split}-*.parquet"))).to_pylist()
    return {row["id"]: row["ner_tags"] for row in rows}
