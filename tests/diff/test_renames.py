"""A type that has another name now is renamed; what else changed in its sentences is told apart."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from release.builds import Row, rows, write_build
from tagpress.diff import Diff, diff_builds, directory
from tagpress.diff.changes import LabelDiff

ALGORITHM, LANGUAGE = (0, 0, 1, 2, 0), (0, 0, 3, 4, 0)


def compare(folder: Path, old: Sequence[Row], new: Sequence[Row], types: Sequence[str]) -> Diff:
    """Compare releases of one split; the older has the types Algorithm and Language."""
    one = write_build(folder / "old", {"train": (old,)})
    other = write_build(folder / "new", {"train": (new,)}, version="2.0.0", types=types)
    return diff_builds(directory(one), directory(other))


def tagged(count: int, tags: tuple[int, ...], start: int = 0) -> list[Row]:
    return [replace(row, tags=tags) for row in rows(count, start=start)]


def test_a_renamed_type_is_neither_removed_nor_added_and_still_a_major_change(tmp_path: Path) -> None:
    new = write_build(tmp_path / "new", version="2.0.0", types=("Method", "Language"))
    diff = diff_builds(directory(write_build(tmp_path / "old")), directory(new))
    document = diff.to_json()
    assert document["labels"] == {
        "added": [],
        "removed": [],
        "reordered": False,
        "renamed": {"Algorithm": "Method"},
        "merged": {},
    }
    assert (document["relabelled"], document["renamed"], document["changed"]) == (0, 12, 12)
    assert list(document["types"]) == ["Method", "Language"]
    assert not any(any(one.values()) for one in document["types"].values())
    assert diff.lines == ("Entity type renamed: Algorithm to Method (sentences: train 8, validation 2, test 2).",)
    assert (diff.bump, diff.examples) == ("major", ())


def test_what_else_changed_in_a_renamed_type_is_told_apart(tmp_path: Path) -> None:
    """One sentence is corrected, one goes and one comes, all with the type that has another name now."""
    corrected = replace(rows(1)[0], tags=(0, 0, 0, 1, 0))
    diff = compare(tmp_path, rows(9), [corrected, *rows(7, start=1), *rows(1, start=50)], ("Method", "Language"))
    assert diff.labels.renamed == {"Algorithm": "Method"}
    found = diff.types["Method"]
    assert (found.added, found.removed, found.relabelled) == (1, 1, 1)
    assert diff.splits["train"].renamed == 8
    [relabelled] = [one for one in diff.examples if one.kind == "relabelled"]
    assert relabelled.change == "quick: B-Method -> O, sort: I-Method -> B-Method"


@pytest.mark.parametrize(
    ("kept", "types", "tags"),
    [
        (4, ("Method", "Language"), LANGUAGE),  # 4 of 10 became Method, the others a type that there was
        (5, ("Method", "Language"), (0, 0, 0, 0, 0)),  # half of it is no most
        (0, ("Language",), (0, 0, 1, 2, 0)),  # all of it went to a type that there was: nothing came
    ],
)
def test_a_type_that_only_some_became_is_another_one(
    tmp_path: Path, kept: int, types: Sequence[str], tags: tuple[int, ...]
) -> None:
    diff = compare(tmp_path, rows(10), [*rows(kept), *tagged(10 - kept, tags, kept)], types)
    assert diff.labels.renamed == {}
    assert "B-Algorithm" in diff.labels.removed
    assert (diff.total("renamed"), diff.total("relabelled")) == (0, 10)


def test_two_types_that_were_joined_are_not_both_renamed(tmp_path: Path) -> None:
    old = [*tagged(6, ALGORITHM), *tagged(4, LANGUAGE, 6)]
    diff = compare(tmp_path, old, rows(10), ("Term",))
    assert diff.labels.renamed == {"Algorithm": "Term"}
    assert diff.labels.removed == ("B-Language", "I-Language")
    assert diff.total("relabelled") == 4


def test_two_renamed_types_in_another_order_have_other_ids(tmp_path: Path) -> None:
    old = [*tagged(3, ALGORITHM), *tagged(3, LANGUAGE, 3)]
    new = [*tagged(3, LANGUAGE), *tagged(3, ALGORITHM, 3)]
    diff = compare(tmp_path, old, new, ("Tongue", "Method"))
    assert diff.labels == LabelDiff(reordered=True, renamed={"Algorithm": "Method", "Language": "Tongue"})
    assert diff.lines[0] == "Entity types renamed: Algorithm to Method, Language to Tongue (sentences: train 6)."


def test_types_without_a_common_sentence_are_not_guessed(tmp_path: Path) -> None:
    diff = compare(tmp_path, rows(5), rows(5, start=20), ("Method", "Language"))
    assert diff.labels.renamed == {}
    assert diff.labels.added == ("B-Method", "I-Method")
