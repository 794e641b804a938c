"""Is a build directory exactly what its manifest says, and can it be published under this name?"""

import hashlib
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from tagpress.engine import Engine, LocalEngine
from tagpress.errors import BuildError
from tagpress.hub import git_blob_id
from tagpress.manifest import CARD_NAME, MANIFEST_NAME, FileRecord, Manifest
from tagpress.release.card_data import CardData
from tagpress.schema import Labels, arrow_schema, label_names

_SHOWN: Final = 20  # faults; a directory that is not a build has one for every file


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """A build that was checked: every file has the bytes, rows and labels that the manifest says."""

    directory: Path
    manifest: Manifest
    card: bytes

    @property
    def known(self) -> dict[str, str]:
        """The SHA-256 of every small file by its git blob id, the only hash that a Hub lists for it."""
        small = [file for file in self.manifest.files if file.rows is None]
        return {git_blob_id((self.directory / file.path).read_bytes()): file.sha256 for file in small}


def open_build(directory: Path, *, repo: str, engine: Engine | None = None) -> Build:
    """
    Check a build directory against its manifest; an `engine` whose workers reach it looks at its files.

    Raises:
        BuildError: it differs, or it could not be loaded from the repository `repo`.

    """
    manifest = Manifest.load(directory)
    listed = {file.path for file in manifest.files} | {MANIFEST_NAME}
    found = {path.relative_to(directory).as_posix() for path in directory.rglob("*") if not path.is_dir()}
    faults = [f"{path} is not in {MANIFEST_NAME}" for path in sorted(found - listed)]
    look = partial(_file_faults, directory.absolute(), manifest)
    size = sum(file.bytes for file in manifest.files)
    found_there = (engine or LocalEngine(1)).map(look, manifest.files, lambda *_: None, size=size)
    faults += [fault for file_faults in found_there for fault in file_faults]
    faults += _script_faults(listed, repo)
    if CARD_NAME not in listed:
        faults.append(f"{CARD_NAME} is missing: without a card nobody can load the splits by name")
    if faults:
        more = [f"... and {len(faults) - _SHOWN} more"] if len(faults) > _SHOWN else []
        message = "\n".join([f"{directory} cannot be published:", *faults[:_SHOWN], *more])
        raise BuildError(message, "Build it again with `tagpress build`, and do not edit a build by hand.")
    return Build(directory=directory, manifest=manifest, card=(directory / CARD_NAME).read_bytes())


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def shard_faults(path: Path, file: FileRecord, manifest: Manifest) -> list[str]:
    """Return what is wrong with the columns, labels and row count of the shard at `path`."""
    name = file.path
    try:
        metadata, schema = pq.read_metadata(path), pq.read_schema(path)
    except (OSError, pa.ArrowInvalid) as error:
        return [f"{name} is not Parquet: {error}"]
    faults = []
    expected = arrow_schema(Labels(("Any",)), manifest.extra)  # compared without the label names in its metadata
    if not schema.equals(expected):
        faults.append(f"{name} has the columns {_described(schema)}, expected {_described(expected)}")
    if label_names(schema) != manifest.label_names:
        faults.append(f"{name} names other labels than {MANIFEST_NAME}")
    if metadata.num_rows != file.rows:
        faults.append(f"{name} has {metadata.num_rows} rows, {MANIFEST_NAME} says {file.rows}")
    return faults


def _file_faults(directory: Path, manifest: Manifest, file: FileRecord) -> list[str]:
    path = directory / file.path
    if not path.is_file():
        return [f"{file.path} is missing"]
    if path.stat().st_size != file.bytes or digest_of(path) != file.sha256:
        return [f"{file.path} has other bytes than {MANIFEST_NAME} says"]
    if file.path == CARD_NAME and CardData.of(path.read_bytes()).label_names != manifest.label_names:
        return [f"{CARD_NAME} names other labels in dataset_info than {MANIFEST_NAME}"]
    return shard_faults(path, file, manifest) if file.rows is not None else []


def _script_faults(listed: set[str], repo: str) -> list[str]:
    script = f"{repo.rpartition('/')[2]}.py"
    return [f"{script} at the root would make `datasets` refuse the whole repository"] if script in listed else []


def _described(schema: pa.Schema) -> str:
    return ", ".join(f"{field.name}: {field.type}" for field in schema)
