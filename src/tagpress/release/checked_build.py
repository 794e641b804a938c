"""Is a build exactly what its manifest says, and can it be published under this name?"""

import platform
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from tagpress.corpus.identity import file_sha256
from tagpress.corpus.layers.table import layers_of
from tagpress.corpus.manifest import CARD_NAME, MANIFEST_NAME, Manifest
from tagpress.corpus.records import FileRecord, ReleasedConfig
from tagpress.corpus.schema import Labels, arrow_schema, label_names, wrong_layer
from tagpress.engine import Engine, LocalEngine
from tagpress.errors import BuildError, UsageError
from tagpress.hub import git_blob_id
from tagpress.release.card_data import TAG_COLUMN, CardData
from tagpress.store import Store, is_url, store_of

_SHOWN: Final = 20  # faults; a directory that is not a build has one for every file


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedBuild:
    """A build that was checked: every file has the bytes, rows and labels that the manifest says; `small` are its other files."""

    store: Store
    manifest: Manifest
    small: Mapping[str, bytes]

    @property
    def card(self) -> bytes:
        """The card."""
        return self.small[CARD_NAME]

    @property
    def known(self) -> dict[str, bytes]:
        """Every small file by its git blob id, the only hash that a Hub lists for it."""
        return {git_blob_id(content): content for content in self.small.values()}


def names_build(where: str) -> bool:
    """Return whether this is a build, in a directory or at a URL, rather than a repository or a script."""
    return is_url(where) or Path(where).is_dir()


def is_build(where: str) -> bool:
    """Return whether a folder holds a build; what is at a URL is taken for one."""
    return is_url(where) or (Path(where) / MANIFEST_NAME).is_file()


def build_store(where: Path | str) -> Store:
    """Return the store of a build, in a directory or at a URL."""
    above, name = store_of(where)
    return above.below(name)


def load_manifest(store: Store) -> Manifest:
    """Read the manifest of a build; a missing or wrong one is a ManifestError."""
    return Manifest.found_in(store, store.read)


def open_build(store: Store, *, repo: str, engine: Engine | None = None) -> CheckedBuild:
    """
    Check a build against its manifest; an `engine` whose workers reach it looks at its files.

    Raises:
        BuildError: it differs, or it could not be loaded from the repository `repo`.
        EngineError: the engine could not look.

    """
    manifest = load_manifest(store)
    listed = {file.path for file in manifest.files} | {MANIFEST_NAME}
    faults = [f"{path} is not in {MANIFEST_NAME}" for path in store.names() if path not in listed]
    look = partial(_file_faults, store, manifest)
    size = sum(file.bytes for file in manifest.files)
    found_there = (engine or LocalEngine(1)).map(look, manifest.files, lambda *_: None, size=size)
    faults += [fault for file_faults in found_there for fault in file_faults]
    faults += _script_faults(listed, repo)
    if CARD_NAME not in listed:
        faults.append(f"{CARD_NAME} is missing: without a card nobody can load the splits by name")
    if faults:
        more = [f"... and {len(faults) - _SHOWN} more"] if len(faults) > _SHOWN else []
        message = "\n".join([f"{store} cannot be published:", *faults[:_SHOWN], *more])
        raise BuildError(message, "Build it again with `tagpress build`, and do not edit a build by hand.")
    small = {file.path: store.read(file.path) for file in manifest.files if file.rows is None}
    return CheckedBuild(store=store, manifest=manifest, small=small)


def shard_faults(path: Path, file: FileRecord, config: ReleasedConfig) -> list[str]:
    """Return what is wrong with the columns, labels and row count of the shard at `path`."""
    name = file.path
    try:
        metadata, schema = pq.read_metadata(path), pq.read_schema(path)
    except (OSError, pa.ArrowInvalid) as error:
        return [f"{name} is not Parquet: {error}"]
    faults = []
    layers = layers_of(config)
    expected = arrow_schema(
        Labels(("Any",) if config.label_names else ()), config.extra, layers
    )  # compared without what its metadata says
    if not schema.equals(expected):
        faults.append(f"{name} has the columns {_described(schema)}, expected {_described(expected)}")
    if (label_names(schema) or ()) != config.label_names:
        faults.append(f"{name} names other labels than {MANIFEST_NAME}")
    if wrong := wrong_layer(schema, layers):
        faults.append(f"{name} has other names in its layer {wrong} than {MANIFEST_NAME}")
    if metadata.num_rows != file.rows:
        faults.append(f"{name} has {metadata.num_rows} rows, {MANIFEST_NAME} says {file.rows}")
    return faults


def _file_faults(store: Store, manifest: Manifest, file: FileRecord) -> list[str]:
    if store.exists(file.path):
        with store.fetch(file.path) as path:
            return _faults_at(path, file, manifest)
    if not store.exists(MANIFEST_NAME):
        message = f"{store} is not there for the executor on {platform.node()}, as it is for the driver"
        hint = "put the build where every machine of the cluster reaches it, or publish it without --engine"
        raise UsageError(message, hint)
    return [f"{file.path} is missing"]


def _faults_at(path: Path, file: FileRecord, manifest: Manifest) -> list[str]:
    if path.stat().st_size != file.bytes or file_sha256(path) != file.sha256:
        return [f"{file.path} has other bytes than {MANIFEST_NAME} says"]
    if file.path == CARD_NAME and (found := card_faults(CardData.of(path.read_bytes()), manifest)):
        return found
    return shard_faults(path, file, manifest.config_of(file.path)) if file.rows is not None else []


def card_faults(card: CardData, manifest: Manifest) -> list[str]:
    """Return where a card promises a loader other configurations, labels or versions than the manifest has."""
    faults = (
        []
        if card.default == manifest.default_config
        else [
            f"{CARD_NAME} loads {card.default or 'nothing'} where none is named, {MANIFEST_NAME} {manifest.default_config}"
        ]
    )
    for name, config in manifest.loadable.items():
        said, where = card.config(name), "" if manifest.is_flat else f" of {name}"
        if said.label_names != config.label_names:
            names = ", ".join(said.label_names) or "no labels"
            faults.append(
                f"{CARD_NAME} names {names} in dataset_info{where}; the shards have {', '.join(config.label_names)}"
            )
        wrong = said.wrong_names(config)
        if wrong and wrong != TAG_COLUMN:
            faults.append(f"{CARD_NAME} has other names of the layer {wrong} in dataset_info{where} than the shards")
        if said.version is not None and said.version != str(config.version):
            faults.append(f"{CARD_NAME} says version {said.version}{where}, {MANIFEST_NAME} {config.version}")
        faults += [
            f"{file.path} is not loaded: the card's data_files leave it out"
            for file in config.data_files()
            if not (said.loads(file.path) if card.configs else card.loads(file.path))
        ]
    return faults


def _script_faults(listed: set[str], repo: str) -> list[str]:
    script = f"{repo.rpartition('/')[2]}.py"
    return [f"{script} at the root would make `datasets` refuse the whole repository"] if script in listed else []


def _described(schema: pa.Schema) -> str:
    return ", ".join(f"{field.name}: {field.type}" for field in schema)
