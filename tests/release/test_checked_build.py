"""A build directory is checked completely before anything is sent."""

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from release.builds import write_build
from tagpress.errors import BuildError
from tagpress.release.checked_build import build_store, open_build

SHARD = "data/test-00000-of-00001.parquet"


def rewrite(build: Path, path: str, content: bytes) -> None:
    """Change a file, and the manifest with it: only what is inside is wrong then."""
    (build / path).write_bytes(content)
    manifest = json.loads((build / "release.json").read_bytes())
    for file in manifest["files"]:
        if file["path"] == path:
            file |= {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    (build / "release.json").write_text(json.dumps(manifest))


def table(build: Path, change: Callable[[pa.Table], pa.Table]) -> None:
    sink = pa.BufferOutputStream()
    pq.write_table(change(pq.read_table(build / SHARD)), sink)
    rewrite(build, SHARD, sink.getvalue().to_pybytes())


def small_tags(found: pa.Table) -> pa.Table:
    tags = found["ner_tags"].cast(pa.list_(pa.int8()))
    return found.set_column(3, "ner_tags", tags)


def other_labels(build: Path) -> None:
    text = (build / "README.md").read_text().replace("B-Language", "B-Tongue")
    rewrite(build, "README.md", text.encode())


def without_card(build: Path) -> None:
    (build / "README.md").unlink()
    manifest = json.loads((build / "release.json").read_bytes())
    manifest["files"] = [file for file in manifest["files"] if file["path"] != "README.md"]
    (build / "release.json").write_text(json.dumps(manifest))


FAULTS: dict[str, tuple[Callable[[Path], Any], str]] = {
    "fewer rows": (
        lambda build: table(build, lambda found: found.slice(1)),
        f"{SHARD} has 1 rows, release.json says 2",
    ),
    "another type": (lambda build: table(build, small_tags), f"{SHARD} has the columns id: string, doc_id"),
    "no label names": (
        lambda build: table(build, lambda found: found.replace_schema_metadata(None)),
        f"{SHARD} names other labels than release.json",
    ),
    "not Parquet": (lambda build: rewrite(build, SHARD, b"PAR1"), f"{SHARD} is not Parquet"),
    "other labels in the card": (
        other_labels,
        "README.md names O, B-Algorithm, I-Algorithm, B-Tongue, I-Language in dataset_info; the shards have",
    ),
    "no card": (without_card, "README.md is missing: without a card"),
    "a missing file": (lambda build: (build / SHARD).unlink(), f"{SHARD} is missing"),
    "a foreign file": (lambda build: (build / "notes.txt").write_text("x"), "notes.txt is not in release.json"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named(name: str, tmp_path: Path) -> None:
    spoil, message = FAULTS[name]
    build = write_build(tmp_path / "1")
    spoil(build)
    with pytest.raises(BuildError, match=re.escape(message)):
        open_build(build_store(build), repo="me/toy")


def test_a_folder_of_something_else_is_not_listed_completely(tmp_path: Path) -> None:
    build = write_build(tmp_path / "1")
    for number in range(50):
        (build / f"{number:02d}.txt").write_text("x")
    with pytest.raises(BuildError) as raised:
        open_build(build_store(build), repo="me/toy")
    assert raised.value.message.splitlines()[-2:] == ["19.txt is not in release.json", "... and 30 more"]


def test_a_whole_build(tmp_path: Path) -> None:
    build = open_build(build_store(write_build(tmp_path / "1")), repo="me/toy")
    assert build.card == (tmp_path / "1" / "README.md").read_bytes()
    assert len(build.known) == 2  # the card and the script
