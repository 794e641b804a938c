"""`release.json` is read strictly, written canonically, and every fault in it is named."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from release.builds import write_build
from tagpress.corpus.digests import sum_digests
from tagpress.corpus.manifest import ChangelogEntry, Manifest
from tagpress.corpus.records import FileRecord
from tagpress.corpus.requirements import is_inner_path
from tagpress.corpus.version import Version
from tagpress.errors import ManifestError

VERSIONS = st.builds(Version, *[st.integers(0, 99)] * 3)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_build(tmp_path_factory.mktemp("manifest") / "build")


@pytest.fixture
def document(written: Path) -> dict[str, Any]:
    return json.loads((written / "release.json").read_bytes())


def read(document: object) -> Manifest:
    return Manifest.from_bytes(json.dumps(document).encode())


def test_what_is_written_is_read_back(written: Path) -> None:
    manifest = Manifest.load(written)
    assert Manifest.from_bytes(manifest.to_bytes()) == manifest
    assert [file.path for file in manifest.sole.data_files("train")] == [
        "data/train-00000-of-00002.parquet",
        "data/train-00001-of-00002.parquet",
    ]
    assert manifest.file("README.md") is not None
    assert manifest.file("nothing") is None


def test_the_bytes_are_canonical(document: dict[str, Any]) -> None:
    manifest = read(document)
    expected = json.dumps({**document, "changelog": []}, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    assert manifest.to_bytes().decode() == expected
    backwards = dict(reversed(document.items()))
    assert read(backwards).to_bytes() == manifest.to_bytes()


def test_keys_of_a_later_version_are_ignored(document: dict[str, Any]) -> None:
    document["files"][0]["mood"] = document["mood"] = "good"
    assert b"mood" not in read(document).to_bytes()


def test_a_changelog_is_kept(document: dict[str, Any]) -> None:
    document["changelog"] = [{"version": "1.0.0", "bump": "minor", "lines": ["Nothing."]}]
    assert read(document).changelog == (ChangelogEntry(version=Version(1, 0, 0), bump="minor", lines=("Nothing.",)),)


def _set(path: str, value: object) -> Callable[[Any], None]:
    def change(document: Any) -> None:
        *parents, last = [int(part) if part.isdigit() else part for part in path.split(".")]
        for part in parents:
            document = document[part]
        document[last] = value

    return change


FAULTS = {
    "version": (_set("version", "1.0"), "version: expected a version \"X.Y.Z\", found '1.0'"),
    "leading zero": (_set("version", "01.0.0"), "version: expected a version \"X.Y.Z\", found '01.0.0'"),
    "wrong type": (_set("name", 7), "name: expected a string, found 7"),
    "boolean": (_set("files.0.bytes", value=True), "files[0].bytes: expected a whole number from 0, found true"),
    "negative": (_set("files.0.bytes", -1), "files[0].bytes: expected a whole number from 0, found -1"),
    "digest": (_set("files.0.sha256", "ab"), "files[0].sha256: expected 64 lower-case hex digits: 'ab'"),
    "outside": (_set("files.0.path", "../x"), "files[0].path: '../x' is not a plain relative path"),
    "rows of a card": (_set("files.0.rows", 1), "files[0].rows: shards have rows, and no other file has"),
    "no such list": (_set("files", {}), "files: expected a list, found {}"),
    "label": (_set("splits.train.labels.O", "x"), 'splits.train.labels.O: expected a whole number from 0, found "x"'),
    "rows": (_set("splits.train.rows", 9), "splits.train.rows: the shards have 8, found 9"),
    "sum": (_set("splits.train.row_digest", "0" * 64), "splits.train.row_digest: must be the sum over the shards"),
    "shards": (_set("shards.train", 3), "shards.train: found 2 of 3 files"),
    "splits": (_set("shards.other", 0), "shards: must name the same splits as splits"),
    "labels": (_set("label_names", ["B-A"]), "label_names: must begin with O"),
    "twice": (_set("label_names", ["O", "B-A", "B-A"]), "label_names: must differ"),
    "counts": (_set("counts.read", 99), "counts: read must equal published + rejected"),
    "no counts": (_set("counts", {}), "counts: needs read, published, rejected"),
    "bump": (
        _set("changelog", [{"version": "1.0.0", "bump": "huge", "lines": []}]),
        "changelog[0].bump: expected one of none, patch, minor, major, found 'huge'",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named(name: str, document: dict[str, Any]) -> None:
    change, message = FAULTS[name]
    change(document)
    with pytest.raises(ManifestError) as raised:
        read(document)
    assert raised.value.message == f"release.json is not a valid manifest:\n  {message}"


def test_all_faults_are_named_at_once(document: dict[str, Any]) -> None:
    del document["counts"]
    document["version"] = "one"
    document["files"][2]["row_digest"] = 3
    with pytest.raises(ManifestError) as raised:
        read(document)
    assert [line.split(":")[0] for line in raised.value.message.splitlines()[1:]] == [
        "  version",
        "  files[2].row_digest",
        "  counts",
    ]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            b"{",
            "release.json is not JSON that can be read: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)",
        ),
        (b"\xff", "release.json is not JSON that can be read: "),
        (b"[]", "release.json is not a valid manifest:\n  release.json: expected an object, found []"),
        (b'{"format_version": 3}', "release.json has format_version 3; this tagpress reads 1 and 2"),
        (b"{}", "release.json has format_version None; this tagpress reads 1 and 2"),
    ],
)
def test_what_is_not_a_manifest(data: bytes, message: str) -> None:
    with pytest.raises(ManifestError) as raised:
        Manifest.from_bytes(data)
    assert raised.value.message.startswith(message)


def test_a_directory_that_is_not_a_build(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="is not a build"):
        Manifest.load(tmp_path)


@given(VERSIONS)
def test_a_version_is_its_text(version: Version) -> None:
    assert Version.parse(str(version)) == version
    assert version.tag == f"v{version}"


@given(VERSIONS, st.sampled_from(["patch", "minor", "major"]))
def test_a_bump_goes_forward(version: Version, bump: Any) -> None:
    assert version.next(bump) > version
    assert version.next("none") == version
    assert version.next("patch") <= version.next("minor") <= version.next("major")


@given(st.lists(st.integers(0, 2**256 - 1), max_size=5), st.integers(0, 5))
def test_digests_add_up_in_any_parts(numbers: list[int], cut: int) -> None:
    digests = [f"{number:064x}" for number in numbers]
    assert sum_digests([sum_digests(digests[:cut]), sum_digests(digests[cut:])]) == sum_digests(reversed(digests))


@pytest.mark.parametrize("path", ["", "/a", "a//b", "./a", "a/..", "a\\b", "a\0", "a/"])
def test_paths_stay_inside(path: str) -> None:
    assert not is_inner_path(path)
    with pytest.raises(ValueError, match="path: "):
        FileRecord(path=path, bytes=1, sha256="0" * 64)
