"""
What the light install of tagpress makes of a release: run by the Python of a consumer's environment, which has its wheel.

    python consuming.py REPO VERSION

prints one JSON document: the versions that are there, and what each way of reading gives.
"""

import importlib
import importlib.metadata
import importlib.util
import json
import sys
from itertools import islice
from typing import Any

import pyarrow as pa
from tokenizers import Tokenizer, models, pre_tokenizers

import tagpress

OF_NOTE = ("huggingface_hub", "numpy", "pyarrow", "pyyaml", "xxhash", "tokenizers", "datasets", "transformers")
BESIDE = ("flair", "gliner", "span_marker")  # whose environments these are
ROWS = 100  # in a batch


def there(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


def rows_of(batches: Any) -> list[Any]:
    return [list(row.values()) for batch in batches for row in batch.to_pylist()]


def resumed(repo: str, version: str) -> list[Any]:
    """Read three batches in a mixed order, and all others in a stream that knows no more than the state of the first."""

    def begun() -> Any:
        return tagpress.stream(repo, version, "train", shuffle=150, seed=7, batch_size=ROWS, rank=0, world_size=1)

    first, second = begun(), begun()
    read = rows_of(islice(iter(first), 3))
    second.load_state_dict(json.loads(json.dumps(first.state_dict())))
    return read + rows_of(second)


def character_pieces(batch: pa.RecordBatch) -> Tokenizer:
    """Make a fast tokenizer whose subwords are the characters of a token."""
    signs = sorted({sign for token in batch.column("tokens").flatten().to_pylist() for sign in token})
    words = ["[UNK]", *signs, *(f"##{sign}" for sign in signs)]
    tokenizer = Tokenizer(models.WordPiece(vocab={word: place for place, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return tokenizer


def aligned(repo: str, version: str) -> list[Any]:
    """Align the first batch; the tokenizer of transformers must give the same as that of tokenizers."""
    batch = next(iter(tagpress.stream(repo, version, "train", batch_size=ROWS, rank=0, world_size=1)))
    tokenizers = [character_pieces(batch)]
    if there("transformers"):
        tokenizers.append(
            importlib.import_module("transformers").PreTrainedTokenizerFast(tokenizer_object=tokenizers[0])
        )
    found = []
    for tokenizer in tokenizers:
        made = tagpress.Aligner(tokenizer, "all")(batch)
        found.append([[list(map(int, row)) for row in made[name]] for name in ("input_ids", "labels")])
    assert found == found[:1] * len(found)
    return found[0]


def loaded(repo: str, version: str) -> dict[str, Any]:
    found = {}
    for way in (False, True):
        for split, part in tagpress.load(repo, version, streaming=way).items():
            rows = sorted((list(row.values()) for row in part), key=str)  # spans are dicts, which have no order
            found[f"{split}, {'streaming' if way else 'map-style'}"] = rows
    return found


def main(repo: str, version: str) -> None:
    versions = {name: importlib.metadata.version(name) for name in OF_NOTE if name == "pyyaml" or there(name)}
    for name in filter(there, BESIDE):
        importlib.import_module(name)
        versions[name] = importlib.metadata.version(name)
    whole = tagpress.stream(repo, version, "train", batch_size=ROWS, rank=0, world_size=1)
    seen = {
        "tagpress": str(tagpress.__file__),
        "versions": versions,
        "labels": list(whole.label_names),
        "streamed": rows_of(whole),
        "resumed": resumed(repo, version),
        "aligned": aligned(repo, version),
        "loaded": loaded(repo, version) if there("datasets") else None,
    }
    print(json.dumps(seen))


if __name__ == "__main__":
    main(*sys.argv[1:])
