"""
What does a release consist of? `release.json`, read strictly and written canonically.

    Manifest                        the whole file
    ├── version: Version            X.Y.Z
    ├── files: FileRecord ...       every file of the build but `release.json` itself, sorted by path
    ├── configs: ConfigRecord ...   in declared order; of each:
    │   ├── split_rule: SplitRule       how sentences were assigned to splits
    │   ├── splits: SplitRecord         rows, tokens, labels and the row digest of each split
    │   └── sources: SourceRecord       what was read
    └── changelog: ChangelogEntry ...   newest first; empty until the build is published

A release whose one configuration has no name is format 1, which every tagpress reads: what it says of its configuration
stands beside the name and the version. Format 2 has a list of configurations. A file is read by the types of these
classes: every fault is found in one run and named by its dotted path. Keys that this version does not know are ignored;
an unknown `format_version` is refused.
"""

import dataclasses
import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tagpress.corpus.careful_json import canonical_json, load_json, refuse_large
from tagpress.corpus.config_names import DEFAULT_CONFIG, is_config_name
from tagpress.corpus.records import ConfigRecord, FileRecord, ReleasedConfig
from tagpress.corpus.requirements import require
from tagpress.corpus.shard_paths import SHARD_PATH
from tagpress.corpus.typed_json import TypeFaults, typed
from tagpress.corpus.version import BUMPS, Bump, Version
from tagpress.errors import ManifestError, UsageError

_FLAT, _SEVERAL = 1, 2  # formats
MANIFEST_NAME: Final = "release.json"
CARD_NAME: Final = "README.md"
CROISSANT_NAME: Final = "croissant.json"
_SHOWN: Final = 100  # faults of a wrong manifest
_FOREIGN: Final = "No tagpress wrote it: ask whoever published it."


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangelogEntry:
    """What one release changed, one plain line a change; `bump` is what the changes call for."""

    version: Version
    bump: Bump
    lines: tuple[str, ...]

    def __post_init__(self) -> None:
        require(self.bump in BUMPS, "bump", f"expected one of {', '.join(BUMPS)}, found {self.bump!r:.60}")


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """A release, described completely but for `release.json` itself; the numbers of files and splits agree."""

    name: str
    version: Version
    files: tuple[FileRecord, ...]
    configs: tuple[ConfigRecord, ...]
    default_config: str = DEFAULT_CONFIG
    libraries: Mapping[str, str]
    changelog: tuple[ChangelogEntry, ...] = ()

    def __post_init__(self) -> None:
        paths = [file.path for file in self.files]
        require(paths == sorted(set(paths)), "files", "must be sorted by path, each path once")
        require(MANIFEST_NAME not in paths, "files", f"{MANIFEST_NAME} cannot list itself")
        names = [name.casefold() for config in self.configs for name in (config.config, *config.folds)]
        require(len(set(names)) == len(names), "configs", "must have names that differ on every file system")
        made = [name for config in self.configs for name in config.folds if not is_config_name(name)]
        require(not made, "configs", f"{made[:1]} cannot be the name of a configuration that folds make")
        require(self.default_config in self.released, "default_config", f"{self.default_config!r:.60} is none of them")
        for place, config in enumerate(self.released.values()):
            try:
                config.refuse_disagreement()
            except ValueError as error:
                message = str(error) if self.is_flat else f"configs[{place}].{error}"
                raise ValueError(message) from None
        strays = {file.path for file in self.data_files()}.difference(
            file.path for config in self.released.values() for file in config.files
        )
        require(not strays, "files", f"{min(strays, default='')!r:.120} is a shard of no configuration")

    @property
    def is_flat(self) -> bool:
        """Return whether there is one configuration to load, without a name."""
        return self.is_unnamed and not self.configs[0].folds

    @property
    def is_unnamed(self) -> bool:
        """Return whether one configuration without a name has all that is published; its folds may make others."""
        return [config.config for config in self.configs] == [DEFAULT_CONFIG]

    @functools.cached_property
    def released(self) -> Mapping[str, ReleasedConfig]:
        """Return every configuration with its own shards, by name, in order."""
        shards: dict[str, list[FileRecord]] = {config.config: [] for config in self.configs}
        for file in self.files:
            match = SHARD_PATH.fullmatch(file.path)
            if match is not None and (match["config"] or DEFAULT_CONFIG) in shards:
                shards[match["config"] or DEFAULT_CONFIG].append(file)
        return {
            config.config: ReleasedConfig.of(
                config, name=self.name, version=self.version, files=tuple(shards[config.config])
            )
            for config in self.configs
        }

    @functools.cached_property
    def loadable(self) -> Mapping[str, ReleasedConfig]:
        """Return every configuration that can be loaded: those that are published, and behind each what its folds make."""
        return {
            name: one
            for config in self.released.values()
            for name, one in (
                (config.config, config),
                *((name, config.made_of(name, parts)) for name, parts in config.folds.items()),
            )
        }

    def config(self, name: str | None = None) -> ReleasedConfig:
        """
        Return one configuration; the default one if none is named.

        Raises:
            UsageError: the release has no such configuration.

        """
        found = self.loadable.get(self.default_config if name is None else name)
        if found is None:
            known = ", ".join(self.loadable)
            raise UsageError(f"{self.name} {self.version} has no configuration {name!r:.60}", f"it has {known}")
        return found

    def config_of(self, path: str) -> ReleasedConfig:
        """Return the configuration that has the shard at `path`; for any other file a KeyError."""
        match = SHARD_PATH.fullmatch(path)
        return self.released[(match["config"] if match else path) or DEFAULT_CONFIG]

    @property
    def sole(self) -> ReleasedConfig:
        """
        Return the one configuration, for whoever cannot tell several apart.

        Raises:
            UsageError: there are several.

        """
        if len(self.configs) != 1:
            known = ", ".join(self.released)
            raise UsageError(
                f"{self.name} {self.version} has the configurations {known}, and this is done with one configuration only"
            )
        return self.config()

    @property
    def rows(self) -> int:
        """Return the published sentences of all configurations."""
        return sum(config.rows for config in self.configs)

    @property
    def entity_types(self) -> tuple[str, ...]:
        """Return the entity types of all configurations, each once."""
        return tuple(dict.fromkeys(name[2:] for config in self.configs for name in config.label_names[1:]))

    def data_files(self) -> tuple[FileRecord, ...]:
        """Return all shards."""
        return tuple(file for file in self.files if file.rows is not None)

    def file(self, path: str) -> FileRecord | None:
        """Return the record of the file at `path`, if the release has one."""
        return next((file for file in self.files if file.path == path), None)

    def to_bytes(self) -> bytes:
        """Write it as canonical JSON."""
        document = {"format_version": _FLAT if self.is_flat else _SEVERAL, **_plain(self)}
        if self.is_flat:
            del document["default_config"]
            document |= document.pop("configs")[0]
            del document["config"]
        data = canonical_json(document)
        try:
            refuse_large(data)
        except ValueError as error:
            raise ManifestError(f"{MANIFEST_NAME} is too large: {error}", "pack the sources into fewer files") from None
        return data

    @classmethod
    def from_bytes(cls, data: bytes, *, where: str = MANIFEST_NAME) -> "Manifest":
        """Read `release.json`; the ManifestError of a wrong one holds its faults with their dotted paths."""
        faults = TypeFaults(MANIFEST_NAME, _SHOWN)
        document, prefix = _document(data, where)
        manifest = typed(document, cls, "", faults)
        if faults:
            shown = [f"  {one.removeprefix(prefix)}" for one in faults]
            raise ManifestError("\n".join([f"{where} is not a valid manifest:", *shown]), _FOREIGN)
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


def _document(data: bytes, where: str) -> tuple[object, str]:
    """Return a document as it is in the newest format, and which part of its dotted paths nobody wrote."""
    try:
        document = load_json(data)
    except ValueError as error:
        raise ManifestError(f"{where} is not JSON that can be read: {error}", _FOREIGN) from error
    found = document.get("format_version") if isinstance(document, dict) else _FLAT
    if found not in (_FLAT, _SEVERAL):
        message = f"{where} has format_version {found!r:.60}; this tagpress reads {_FLAT} and {_SEVERAL}"
        raise ManifestError(message, "A newer tagpress may read it: pip install --upgrade tagpress")
    if isinstance(document, dict) and found == _FLAT:
        config = {name: value for name, value in document.items() if name != "config"}
        return {**document, "configs": [config], "default_config": DEFAULT_CONFIG}, "configs[0]."
    return document, ""


def _plain(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, Version):
        return str(value)
    if dataclasses.is_dataclass(value):
        pairs = ((field.name, getattr(value, field.name)) for field in dataclasses.fields(value))
        return {name: _plain(inner) for name, inner in pairs if inner is not None}
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, tuple) else value
