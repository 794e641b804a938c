"""`datasets` by name, as a user runs it: one process, one cache, one server."""

from collections.abc import Callable
from typing import Any

SCRIPT = """
import json
import datasets
from datasets import ClassLabel, Dataset, DatasetDict, Features, List, Value, load_dataset
from huggingface_hub import HfApi, HfFileSystem, hf_hub_download, snapshot_download

REPO = "tests/by-name"
FEATURES = Features({"id": Value("string"), "ner_tags": List(ClassLabel(names=["O", "B-Algorithm", "I-Algorithm"]))})
api, found = HfApi(), {}

def corpus(first, size):
    rows = [{"id": str(first + at), "ner_tags": [0, 1, 2][: at % 4]} for at in range(size)]
    return Dataset.from_list(rows, features=FEATURES)

def ids(split):
    return [row["id"] for row in split]

for version, size in (("v1.0.0", 10), ("v2.0.0", 25)):
    DatasetDict({"train": corpus(0, size), "test": corpus(100, 5)}).push_to_hub(REPO, num_shards={"train": 3, "test": 1})
    api.create_tag(REPO, tag=version, repo_type="dataset")
old = api.dataset_info(REPO, revision="v1.0.0").sha
api.create_branch(REPO, branch="work", revision=old, repo_type="dataset")
pull = corpus(0, 3).push_to_hub(REPO, split="train", create_pr=True)
found["pull"] = [pull.pr_num, len(load_dataset(REPO, revision="refs/pr/1", split="train"))]
for name, revision in {"tag": "v1.0.0", "sha": old, "branch": "work", "none": None}.items():
    mapped = load_dataset(REPO, revision=revision)
    streamed = load_dataset(REPO, revision=revision, streaming=True)
    assert mapped["train"].features == streamed["train"].features == FEATURES
    assert ids(mapped["train"]) == ids(streamed["train"]) and ids(mapped["test"]) == ids(streamed["test"])
    found[name] = [len(mapped["train"]), len(mapped["test"]), streamed["train"].num_shards]
found["files"] = sorted(api.list_repo_files(REPO, repo_type="dataset"))
found["names"] = load_dataset(REPO, revision="v1.0.0", split="test").features["ner_tags"].feature.names
files = HfFileSystem()
found["globbed"] = len(files.glob(f"datasets/{REPO}@v2.0.0/data/train-*.parquet"))
try:
    load_dataset(REPO + "-missing")
except datasets.exceptions.DatasetNotFoundError:
    found["missing"] = "not found"
private = api.create_repo("tests/by-name-private", private=True, repo_type="dataset").repo_id
try:
    load_dataset(private, token=False)
except datasets.exceptions.DatasetNotFoundError:
    found["stranger"] = "not found"
corpus(0, 2).push_to_hub(private)
found["private"] = len(load_dataset(private, split="train"))
print(json.dumps(found))
"""


def test_a_dataset_is_pushed_and_loaded_by_every_name(child: Callable[..., Any]) -> None:
    found = child(SCRIPT, HF_HUB_DISABLE_XET="1")
    shards = [f"data/train-{at:05}-of-00003.parquet" for at in range(3)]
    assert found == {
        "pull": [1, 3],
        "tag": [10, 5, 3],
        "sha": [10, 5, 3],
        "branch": [10, 5, 3],
        "none": [25, 5, 3],
        "files": [".gitattributes", "README.md", "data/test-00000-of-00001.parquet", *shards],
        "names": ["O", "B-Algorithm", "I-Algorithm"],
        "globbed": 3,
        "missing": "not found",
        "private": 2,
        "stranger": "not found",
    }
