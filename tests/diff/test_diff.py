"""The difference of two builds, against a naive one, and in words."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from release.builds import SPLITS, Row, label_names, rows, write_build
from tagpress.corpus.manifest import Manifest
from tagpress.corpus.version import Version
from tagpress.diff import Diff, diff_builds, directory, entry, first_entry
from tagpress.errors import BuildError

Corpus = Mapping[str, Sequence[Sequence[Row]]]


def compare(
    folder: Path, old: Corpus, new: Corpus, *, types: Sequence[str] = ("Algorithm", "Language"), **options: Any
) -> Diff:
    version = options.pop("version", "1.1.0")
    one = write_build(folder / "old", old)
    other = write_build(folder / "new", new, version=version, types=types, **options)
    return diff_builds(directory(one), directory(other))


def corpus(tags_by_row: Mapping[int, tuple[str, int, int]]) -> Corpus:
    """Rows by number: (split, shard, what the second token is tagged)."""
    found: dict[str, list[list[Row]]] = {split: [[], []] for split in ("train", "test")}
    for number, (split, shard, tag) in sorted(tags_by_row.items()):
        row = rows(1, start=number)[0]
        found[split][shard].append(replace(row, tags=(0, tag, 1, 2, 0)))
    return found


PLACES = st.tuples(st.sampled_from(["train", "test"]), st.integers(0, 1), st.integers(0, 4))
CORPORA = st.dictionaries(st.integers(0, 12), PLACES, max_size=12)


@given(old=CORPORA, new=CORPORA)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_counts_are_those_of_a_naive_comparison(
    old: dict[int, Any], new: dict[int, Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    diff = compare(tmp_path_factory.mktemp("diff"), corpus(old), corpus(new))
    for split in ("train", "test"):
        found = diff.splits[split]
        kept = [number for number in new if number in old and new[number][0] == split]
        assert found.added == sum(new[number][0] == split for number in new.keys() - old.keys())
        assert found.removed == sum(old[number][0] == split for number in old.keys() - new.keys())
        assert found.relabelled == sum(old[number][2] != new[number][2] for number in kept)
        assert found.moved_in == sum(old[number][0] != split for number in kept)
    assert diff.total("moved_in") == diff.total("moved_out")
    assert diff.types["Algorithm"].added == len(new.keys() - old.keys())
    both = [number for number in new if number in old and old[number][2] != new[number][2]]
    for place, name in enumerate(("Algorithm", "Language")):
        ids = {1 + 2 * place, 2 + 2 * place}
        assert diff.types[name].relabelled == sum(bool(ids & {old[n][2], new[n][2]}) for n in both)


def test_nothing_changed(tmp_path: Path) -> None:
    diff = compare(tmp_path, SPLITS, SPLITS, version="1.0.0")
    assert diff == Diff(old=Version(1, 0, 0), new=Version(1, 0, 0), splits=diff.splits, types=diff.types)
    assert diff.bump == "none"
    assert diff.lines == ("Nothing changed in the data.",)
    assert not any(diff.to_json()[key] for key in ("added", "removed", "relabelled", "moved", "examples"))


def test_rows_that_only_changed_their_shard_are_the_same(tmp_path: Path) -> None:
    (first, second), *_ = SPLITS.values()
    diff = compare(tmp_path, SPLITS, {**SPLITS, "train": ([*first, *second],)})
    assert diff.bump == "none"


def test_only_shards_that_differ_are_opened(tmp_path: Path) -> None:
    one, other = write_build(tmp_path / "old"), write_build(tmp_path / "new", {**SPLITS, "test": (rows(2, start=60),)})
    opened: list[str] = []

    def watched(build: Path) -> Any:
        side = directory(build)
        return replace(side, shard=lambda path: opened.append(path) or build / path)

    diff_builds(watched(one), watched(other))
    assert set(opened) == {"data/test-00000-of-00001.parquet"}


def test_every_kind_of_change_is_counted_told_and_shown(tmp_path: Path) -> None:
    train, (validation,), (test,) = ([list(shard) for shard in shards] for shards in SPLITS.values())
    moved = test.pop()
    train[0][0] = replace(train[0][0], tags=(0, 3, 1, 2, 0))
    train[0][1] = replace(train[0][1], doc="other.txt")
    train[1].append(moved)
    gone = validation.pop()
    new = {"train": train, "validation": [validation], "test": [[*test, *rows(2, start=70)]]}
    diff = compare(tmp_path, SPLITS, new, script="another script")
    document = diff.to_json()
    assert (document["added"], document["removed"], document["relabelled"], document["reassigned"]) == (2, 1, 1, 1)
    assert document["moved"] == {"train": 1}
    assert document["bump"] == "major"
    assert document["changelog"] == [
        "1 sentence moved to another split (now in train 1).",
        "2 sentences added (test 2).",
        "1 sentence removed (validation 1).",
        "1 sentence relabelled (train 1; by entity type: Language 1).",
        "1 sentence assigned to another document (train 1).",
        "Corrected: builder/build_toy_entities.py.",
    ]
    shown = [str(example) for example in diff.examples]
    assert "relabelled in train: sentence0 uses quick sort . [uses: O -> B-Language]" in shown
    assert f"removed in validation: {' '.join(gone.tokens)}" in shown
    assert f"moved in train: {' '.join(moved.tokens)} [test -> train]" in shown
    assert diff.reasons == ["1 sentence moved to another split (now in train 1)."]
    assert entry(diff).lines == diff.lines


@pytest.mark.parametrize(
    ("types", "bump", "relabelled", "line"),
    [
        (("Algorithm", "Language", "Device"), "minor", 0, "Labels added: B-Device, I-Device."),
        (("Language", "Algorithm"), "major", 12, "Label ids changed: the order of the entity types is another."),
        (
            ("Method", "Language"),
            "major",
            0,
            "Entity type renamed: Algorithm to Method (sentences: train 8, validation 2, test 2).",
        ),
        (("Algorithm",), "major", 0, "Labels removed: B-Language, I-Language."),
    ],
)
def test_labels(tmp_path: Path, types: Sequence[str], bump: str, relabelled: int, line: str) -> None:
    """Tags are compared by name: with another order the same ids mean something else."""
    diff = compare(tmp_path, SPLITS, SPLITS, types=types)
    assert diff.bump == bump
    assert diff.total("relabelled") == relabelled
    assert line in diff.lines


def test_a_first_release_is_described_by_its_size(tmp_path: Path) -> None:
    build = write_build(tmp_path / "build")
    assert first_entry(Manifest.load(build)).lines == (
        "First release: 12 sentences (train 8, validation 2, test 2), 2 entity types.",
    )
    assert len(label_names()) == 5


def test_a_shard_that_is_no_shard(tmp_path: Path) -> None:
    one, other = write_build(tmp_path / "old"), write_build(tmp_path / "new", {**SPLITS, "test": (rows(2, start=60),)})
    (other / "data/test-00000-of-00001.parquet").write_bytes(b"PAR1")
    with pytest.raises(BuildError, match="is not a shard of a tagged corpus"):
        diff_builds(directory(one), directory(other))
