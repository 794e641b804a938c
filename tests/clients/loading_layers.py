"""
What an old or new `datasets` makes of layers: run by the Python of that client, so nothing of this project is imported.

    python loading_layers.py REPO REVISION FOLDER

prints one JSON document: for each way of loading, the rows, and the names of each layer.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

import datasets


def names_in(feature: Any) -> list[str] | None:
    # A list of spans is a list of one dict, or a List of a dict; a list of classes a Sequence or a List.
    inner = feature[0] if isinstance(feature, list) else getattr(feature, "feature", None)
    inner = inner["type"] if isinstance(inner, dict) else inner
    return getattr(inner, "names", None)


def found(split: Any) -> dict[str, Any]:
    layers = [name for name in split.features if name not in {"id", "doc_id", "tokens"}]
    rows = [[row["tokens"], *(row[name] for name in layers)] for row in split]
    return {"rows": sorted(rows), "names": {name: names_in(split.features[name]) for name in layers}}


def main(repo: str, revision: str, folder: str) -> None:
    shards = sorted(str(path) for path in Path(folder).glob("data/train-*.parquet"))
    seen: dict[str, Any] = {"datasets": datasets.__version__}
    for way, streaming in (("map-style", False), ("streaming", True)):
        by_name = datasets.load_dataset(repo, revision=revision, streaming=streaming, split="train")
        seen[f"by name, {way}"] = found(by_name)
        bare = datasets.load_dataset("parquet", data_files=shards, streaming=streaming, split="train")
        seen[f"bare Parquet, {way}"] = found(bare)
    print(json.dumps(seen))


if __name__ == "__main__":
    main(*sys.argv[1:])
    sys.stdout.flush()
    os._exit(0)  # threads of an old `datasets` that still stream would end the process with an abort
