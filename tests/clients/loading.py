"""
What an old or new `datasets` makes of a release: run by the Python of that client, so nothing of this project is imported.

    python loading.py REPO REVISION FOLDER

prints one JSON document: for each way of loading, the rows, the label names and, where it is loaded by name, the version.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

import datasets


def found(split: Any) -> dict[str, Any]:
    rows = [[row["id"], row["tokens"], row["ner_tags"]] for row in split]
    # What every card prints.
    return {"rows": sorted(rows), "names": split.features["ner_tags"].feature.names}


def main(repo: str, revision: str, folder: str) -> None:
    shards = sorted(Path(folder).glob("data/*.parquet"))
    files = {split: [str(path) for path in shards if path.name.startswith(f"{split}-")] for split in ("train", "test")}
    seen: dict[str, Any] = {"datasets": datasets.__version__}
    for way, streaming in (("map-style", False), ("streaming", True)):
        by_name = datasets.load_dataset(repo, revision=revision, streaming=streaming)
        seen[f"by name, {way}"] = {name: found(split) for name, split in sorted(by_name.items())}
        bare = datasets.load_dataset("parquet", data_files=files, streaming=streaming)
        seen[f"bare Parquet, {way}"] = {name: found(split) for name, split in sorted(bare.items())}
        seen[f"version, {way}"] = str(by_name["train"].info.version)
    print(json.dumps(seen))


if __name__ == "__main__":
    main(*sys.argv[1:])
    sys.stdout.flush()
    os._exit(0)  # threads of an old `datasets` that still stream would end the process with an abort
