"""The list of all changed sentences, against a naive comparison of the rows themselves."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from release.builds import SPLITS, Row, label_names, rows, write_build
from tagpress.diff import (
    Compared,
    ComparedReleases,
    changed_sentences,
    compare_builds,
    compare_releases,
    directory,
    write_changes,
)
from tagpress.diff import sentences as module
from tagpress.errors import BuildError, WriteError

# By number of a sentence: split, shard, document, what the second token is tagged.
PLACES = st.tuples(st.sampled_from(["train", "test"]), st.integers(0, 1), st.sampled_from("ab"), st.integers(0, 4))
CORPORA = st.dictionaries(st.integers(0, 12), PLACES, max_size=12)
Placed = Mapping[int, tuple[str, int, str, int]]


def row_of(number: int, doc: str, tag: int) -> Row:
    return replace(rows(1, start=number, doc=doc)[0], tags=(0, tag, 1, 2, 0))


def build(folder: Path, placed: Placed, version: str) -> Path:
    found: dict[str, list[list[Row]]] = {split: [[], []] for split in ("train", "test")}
    for number, (split, shard, doc, tag) in sorted(placed.items()):
        found[split][shard].append(row_of(number, doc, tag))
    return write_build(folder, found, version=version)


def compared(folder: Path, old: Placed, new: Placed) -> Compared:
    return compare_builds(*(directory(build(folder / name, one, "1.0.0")) for name, one in (("1", old), ("2", new))))


def naive(old: Placed, new: Placed) -> dict[str, Any]:
    names = label_names()

    def side(placed: Placed, number: int) -> Any:
        if number not in placed:
            return None
        split, _, doc, tag = placed[number]
        return {"split": split, "doc_id": doc, "tags": [names[one] for one in row_of(number, doc, tag).tags]}

    found = {}
    for number in old.keys() | new.keys():
        before, after = side(old, number), side(new, number)
        kinds = {"split": "moved", "doc_id": "reassigned", "tags": "relabelled"}
        if before and after:
            changes = sorted(kind for key, kind in kinds.items() if before[key] != after[key])
        else:
            changes = ["added"] if after else ["removed"]
        row = row_of(number, "", 0)
        if changes:
            found[row.id] = {"changes": changes, "tokens": list(row.tokens), "before": before, "after": after}
    return found


@given(old=CORPORA, new=CORPORA)
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_list_is_that_of_a_naive_comparison(
    old: Placed, new: Placed, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("list")
    found = compared(folder, old, new)
    whole = ComparedReleases(configs={"default": found}, diff=found.diff)
    assert write_changes(whole, folder / "changes.jsonl") == found.diff.changed
    lines = [json.loads(line) for line in (folder / "changes.jsonl").read_text("utf-8").splitlines()]
    listed = {line.pop("id"): {**line, "changes": sorted(line["changes"])} for line in lines}
    assert listed == naive(old, new)
    assert len(lines) == len(listed) == found.diff.changed


def test_the_order_is_that_of_splits_and_ids_and_the_cut_leaves_no_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = dict.fromkeys(range(9), ("test", 0, "a", 0))
    new = {number: ("train" if number % 2 else "test", 0, "a", 3) for number in range(12)}
    found = compared(tmp_path, old, new)
    listed = list(changed_sentences(found))
    order = [(one.after.split != "train", one.id) for one in listed if one.after]
    assert order == sorted(order)
    assert len(order) == 12
    monkeypatch.setattr(module, "_BATCH", 2)
    assert list(changed_sentences(found)) == listed


def test_a_few_of_each_kind_are_the_first_by_id(tmp_path: Path) -> None:
    old = dict.fromkeys(range(10), ("test", 0, "a", 0))
    new = dict.fromkeys(range(5, 20), ("test", 0, "a", 3))
    found = compared(tmp_path, old, new)
    everything, few = list(changed_sentences(found)), list(changed_sentences(found, most=2))
    for kind in ("added", "removed", "relabelled"):
        ids = sorted(one.id for one in everything if kind in one.changes)
        assert sorted(one.id for one in few if kind in one.changes) == ids[:2]
    assert len(few) == 6


def test_a_renamed_type_has_its_two_names(tmp_path: Path) -> None:
    new = write_build(tmp_path / "2", types=("Method", "Language"))
    listed = list(changed_sentences(compare_builds(directory(write_build(tmp_path / "1")), directory(new))))
    assert len(listed) == 12
    assert {one.changes for one in listed} == {("renamed",)}
    before, after = listed[0].before, listed[0].after
    assert before is not None
    assert after is not None
    assert (before.tags[2], after.tags[2]) == ("B-Algorithm", "B-Method")


def test_nothing_is_left_where_the_list_cannot_be_written(tmp_path: Path) -> None:
    one = write_build(tmp_path / "1")
    other = write_build(tmp_path / "2", {**SPLITS, "test": (rows(3, start=60),)})
    found = compare_releases(directory(one), directory(other))
    (tmp_path / "taken").mkdir()
    with pytest.raises(WriteError, match="taken cannot be written"):
        write_changes(found, tmp_path / "taken")
    (other / "data/test-00000-of-00001.parquet").write_bytes(b"PAR1")
    with pytest.raises(BuildError, match="is not a shard"):
        write_changes(found, tmp_path / "changes.jsonl")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1", "2", "taken"]
