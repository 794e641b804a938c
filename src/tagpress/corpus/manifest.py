"""
What does a release consist of? `release.json`, read strictly and written canonically.

    Manifest                    the whole file
    ├── version: Version        X.Y.Z
    ├── split_rule: SplitRule   how sentences were assigned to splits
    ├── files: FileRecord ...   every file of the build but `release.json` itself, sorted by path
    ├── splits: SplitRecord     rows, tokens, labels and the row digest of each split
    ├── sources: SourceRecord   what was read
    └── changelog: ChangelogEntry ...   newest first; empty until the build is published

A file is read by the types of these classes: every fault is found in one run and named by its dotted path. Keys that
this version does not know are ignored; an unknown `format_version` is refused.
"""

import dataclasses
import json
import re
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, Self

from tagpress.corpus.careful_json import load_json, refuse_large
from tagpress.corpus.digests import sum_digests
from tagpress.corpus.split_names import is_split_name, usual_order
from tagpress.corpus.typed_json import TypeFaults, typed
from tagpress.errors import ManifestError

FORMAT_VERSION: Final = 1
MANIFEST_NAME: Final = "release.json"
CARD_NAME: Final = "README.md"
_NEVER: Final = re.compile(r"[\\\x00-\x1f\x7f\ud800-\udfff]")  # in a path: control characters hide what it is
_SHOWN: Final = 100  # faults of a wrong manifest
_FOREIGN: Final = "No tagpress wrote it: ask whoever published it."
SHARD_PATH: Final = re.compile(r"data/(?P<split>[^/]+)-\d{5}-of-\d{5}\.parquet")

Bump = Literal["none", "patch", "minor", "major"]
BUMPS: Final[tuple[Bump, ...]] = typing.get_args(Bump)


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """A release's version, ordered as numbers."""

    major: int
    minor: int
    patch: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "X.Y.Z", three numbers without leading zeros; anything else is a ValueError."""
        match = re.fullmatch(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)", text)
        if match is None:
            message = f'expected a version "X.Y.Z", found {text!r}'
            raise ValueError(message)
        return cls(*map(int, match.groups()))

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"

    @property
    def tag(self) -> str:
        """The name of this version's tag on the Hub."""
        return f"v{self}"

    def next(self, bump: Bump) -> "Version":
        """Return the smallest later version that `bump` asks for."""
        following: dict[Bump, Version] = {
            "none": self,
            "patch": Version(self.major, self.minor, self.patch + 1),
            "minor": Version(self.major, self.minor + 1, 0),
            "major": Version(self.major + 1, 0, 0),
        }
        return following[bump]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRecord:
    """One file of a release; `rows` and `row_digest` are known for shards, and only for them."""

    path: str
    bytes: int
    sha256: str
    rows: int | None = None
    row_digest: str | None = None

    def __post_init__(self) -> None:
        _require(is_inner_path(self.path), "path", f"{self.path!r} is not a plain relative path")
        _require_digest(self.sha256, "sha256")
        is_shard = SHARD_PATH.fullmatch(self.path) is not None
        _require(is_shard == (self.rows is not None), "rows", "shards have rows, and no other file has")
        _require(is_shard == (self.row_digest is not None), "row_digest", "shards have one, and no other file has")
        _require_digest(self.row_digest or self.sha256, "row_digest")


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitRecord:
    """The rows of one split, counted; `labels` counts tokens by label, `entities` counts spans by type."""

    rows: int
    tokens: int
    labels: Mapping[str, int]
    entities: Mapping[str, int]
    row_digest: str

    def __post_init__(self) -> None:
        _require_digest(self.row_digest, "row_digest")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRecord:
    """One source file as it was read."""

    path: str
    bytes: int
    sha256: str
    sentences: int

    def __post_init__(self) -> None:
        _require_digest(self.sha256, "sha256")


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitRule:
    """How groups were assigned to splits; only a hashed rule has weights."""

    kind: str
    group: str
    salt: str
    weights: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangelogEntry:
    """What one release changed, one plain line a change; `bump` is what the changes call for."""

    version: Version
    bump: Bump
    lines: tuple[str, ...]

    def __post_init__(self) -> None:
        _require(self.bump in BUMPS, "bump", f"expected one of {', '.join(BUMPS)}, found {self.bump!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A release, described completely but for `release.json` itself; the numbers of files and splits agree."""

    name: str
    version: Version
    label_names: tuple[str, ...]
    split_rule: SplitRule
    shards: Mapping[str, int]
    files: tuple[FileRecord, ...]
    splits: Mapping[str, SplitRecord]
    sources: tuple[SourceRecord, ...]
    counts: Mapping[str, int]
    rejected: Mapping[str, int]
    libraries: Mapping[str, str]
    changelog: tuple[ChangelogEntry, ...] = ()
    extra: tuple[str, ...] = ()
    split_order: tuple[str, ...] | None = None
    """The splits as declared, where that is not their usual order."""
    tokenisation: Mapping[str, str] | None = None
    """How texts were cut into tokens and sentences, where the sources have spans of characters."""

    def __post_init__(self) -> None:
        paths = [file.path for file in self.files]
        _require(paths == sorted(set(paths)), "files", "must be sorted by path, each path once")
        _require(MANIFEST_NAME not in paths, "files", f"{MANIFEST_NAME} cannot list itself")
        _require(self.label_names[:1] == ("O",), "label_names", "must begin with O")
        _require(len(set(self.label_names)) == len(self.label_names), "label_names", "must differ")
        _require(self.counts.keys() >= {"read", "published", "rejected"}, "counts", "needs read, published, rejected")
        is_accounted = self.counts["read"] == self.counts["published"] + self.counts["rejected"]
        _require(is_accounted, "counts", "read must equal published + rejected")
        _require(self.shards.keys() == self.splits.keys(), "shards", "must name the same splits as splits")
        _require(sorted(self.split_names) == sorted(self.splits), "split_order", "must name the splits, each once")
        for split, totals in self.splits.items():
            _require(is_split_name(split), "splits", f"{split!r:.60} cannot be the name of a split")
            _agree(split, totals, self.shards[split], self.data_files(split))

    @property
    def split_names(self) -> tuple[str, ...]:
        """Return the splits in their order."""
        return usual_order(self.splits) if self.split_order is None else self.split_order

    def data_files(self, split: str | None = None) -> tuple[FileRecord, ...]:
        """Return the shards of one split, or of all."""
        matched = ((file, SHARD_PATH.fullmatch(file.path)) for file in self.files)
        return tuple(file for file, match in matched if match and split in {None, match["split"]})

    def file(self, path: str) -> FileRecord | None:
        """Return the record of the file at `path`, if the release has one."""
        return next((file for file in self.files if file.path == path), None)

    def to_bytes(self) -> bytes:
        """Write canonical JSON: sorted keys, two spaces, UTF-8, one newline at the end."""
        document = {"format_version": FORMAT_VERSION, **_plain(self)}
        data = (json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()
        try:
            refuse_large(data)
        except ValueError as error:
            raise ManifestError(f"{MANIFEST_NAME} is too large: {error}", "pack the sources into fewer files") from None
        return data

    @classmethod
    def from_bytes(cls, data: bytes, *, where: str = MANIFEST_NAME) -> "Manifest":
        """Read `release.json`; the ManifestError of a wrong one holds its faults with their dotted paths."""
        faults = TypeFaults(MANIFEST_NAME, _SHOWN)
        manifest = typed(_document(data, where), cls, "", faults)
        if faults:
            raise ManifestError(
                "\n".join([f"{where} is not a valid manifest:", *(f"  {one}" for one in faults)]), _FOREIGN
            )
        assert isinstance(manifest, cls)
        return manifest

    @classmethod
    def load(cls, build_dir: Path) -> "Manifest":
        """Read the manifest of a build directory; a missing or wrong one is a ManifestError."""
        return cls.found_in(build_dir, lambda name: (build_dir / name).read_bytes())

    @classmethod
    def found_in(cls, build: object, read: Callable[[str], bytes]) -> "Manifest":
        """Read the manifest of a build, wherever it is, with what reads its files; the same errors."""
        where = f"{build}/{MANIFEST_NAME}"
        try:
            return cls.from_bytes(read(MANIFEST_NAME), where=where)
        except OSError as error:
            message = f"{build} is not a build: {where} cannot be read ({error.strerror or error})"
            raise ManifestError(message, "Make one with `tagpress build SCRIPT --out DIR`.") from error


def is_inner_path(path: str) -> bool:
    """Return whether `path` is a relative POSIX path that stays where it is put."""
    return not _NEVER.search(path) and all(part not in {"", ".", ".."} for part in path.split("/"))


def _agree(split: str, totals: SplitRecord, count: int, shards: tuple[FileRecord, ...]) -> None:
    there = (shard.path == f"data/{split}-{i:05d}-of-{count:05d}.parquet" for i, shard in enumerate(shards))
    _require(len(shards) == count and all(there), f"shards.{split}", f"found {len(shards)} of {count} files")
    rows = sum(shard.rows or 0 for shard in shards)
    _require(rows == totals.rows, f"splits.{split}.rows", f"the shards have {rows}, found {totals.rows}")
    digest = sum_digests(shard.row_digest or "" for shard in shards)
    _require(digest == totals.row_digest, f"splits.{split}.row_digest", "must be the sum over the shards")


def _require(holds: bool, field: str, message: str) -> None:  # noqa: FBT001 - reads as a sentence at every call
    if not holds:
        raise ValueError(f"{field}: {message}")


def _require_digest(value: str, field: str) -> None:
    _require(re.fullmatch("[0-9a-f]{64}", value) is not None, field, f"expected 64 lower-case hex digits: {value!r}")


def _document(data: bytes, where: str) -> object:
    try:
        document = load_json(data)
    except ValueError as error:
        raise ManifestError(f"{where} is not JSON that can be read: {error}", _FOREIGN) from error
    found = document.get("format_version") if isinstance(document, dict) else FORMAT_VERSION
    if found != FORMAT_VERSION:
        message = f"{where} has format_version {found!r:.60}; this tagpress reads {FORMAT_VERSION}"
        raise ManifestError(message, "A newer tagpress may read it: pip install --upgrade tagpress")
    return document


def _plain(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, Version):
        return str(value)
    if dataclasses.is_dataclass(value):
        pairs = ((field.name, getattr(value, field.name)) for field in dataclasses.fields(value))
        return {name: _plain(inner) for name, inner in pairs if inner is not None}
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, tuple) else value
