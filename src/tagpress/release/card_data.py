"""What a card's front matter promises a loader: label names, and which files are data."""

import fnmatch
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Final

from tagpress.corpus.careful_yaml import load_yaml
from tagpress.corpus.config_names import DEFAULT_CONFIG
from tagpress.corpus.front_matter import cut_card
from tagpress.corpus.records import ConfigRecord

TAG_COLUMN: Final = "ner_tags"
# What `datasets` may take for data where the card does not say which files are: see its packaged modules.
_DATA_SUFFIXES: Final = frozenset(
    {".parquet", ".arrow", ".csv", ".tsv", ".json", ".jsonl", ".txt", ".conll", ".xml", ".zip"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigData:
    """What a card says of one configuration."""

    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # of the classes, by column
    version: str | None = None
    patterns: tuple[str, ...] = ()  # of data files; without any in a card, `datasets` guesses

    @property
    def label_names(self) -> tuple[str, ...]:
        """Return the names of the main tags."""
        return self.names.get(TAG_COLUMN, ())

    def wrong_names(self, config: ConfigRecord) -> str | None:
        """Return the first column that has other names than in a release; None if all are the same."""
        released = {name: layer.names for name, layer in (config.layers or {}).items()}
        released[TAG_COLUMN] = config.label_names  # none are said where there is no such column
        return next((name for name, names in released.items() if self.names.get(name, ()) != names), None)

    def loads(self, path: str) -> bool:
        """Return whether one of its patterns finds the file at `path`."""
        return any(_finds(pattern, path) for pattern in self.patterns)


@dataclass(frozen=True, slots=True, kw_only=True)
class CardData:
    """The part of a card that decides how its repository is loaded: each configuration, and the one that needs no name."""

    configs: Mapping[str, ConfigData] = field(default_factory=dict)
    default: str | None = None

    @classmethod
    def of(cls, card: bytes) -> "CardData":
        """Read a card; a card whose front matter is missing or not YAML promises nothing."""
        metadata = front_matter(card)
        configs = {_name(config): config for config in _mappings(metadata.get("configs"))}
        infos = {_name(info): info for info in _mappings(metadata.get("dataset_info"))}
        marked = [name for name, one in configs.items() if one.get("default") or name == DEFAULT_CONFIG]
        return cls(
            configs={
                name: ConfigData(
                    names=dict(_names(infos.get(name, {}))),
                    version=str(configs[name].get("version")) if name in configs else None,
                    patterns=tuple(_patterns(configs.get(name, {}).get("data_files"))),
                )
                for name in {**configs, **infos}
            },
            default=next(iter([*marked, *(configs if len(configs) == 1 else ())]), None),
        )

    def config(self, name: str) -> ConfigData:
        """Return what the card says of a configuration, which may be nothing."""
        return self.configs.get(name, ConfigData())

    def loads(self, path: str) -> bool:
        """Return whether `datasets` would take the file at `path` for data of any configuration."""
        if any(config.patterns for config in self.configs.values()):
            return any(config.loads(path) for config in self.configs.values())
        return PurePosixPath(path).suffix.lower() in _DATA_SUFFIXES


def _finds(pattern: str, path: str) -> bool:
    # A * does not find what is in a folder below, but ** does.
    return fnmatch.fnmatchcase(path, pattern) and ("**" in pattern or path.count("/") == pattern.count("/"))


def front_matter(card: bytes) -> Mapping[str, Any]:
    """Return the fields of a card; without a front matter that is YAML there are none."""
    cut = cut_card(card.decode(errors="replace"))
    try:
        metadata = load_yaml(cut.yaml) if cut else {}
    except ValueError:
        return {}
    return metadata if isinstance(metadata, Mapping) else {}


def _patterns(data_files: object) -> Iterator[str]:
    """Yield the patterns in any of the shapes that `datasets` accepts: text, list, by split, list of splits."""
    if isinstance(data_files, str):
        yield data_files.removeprefix("./")
    elif isinstance(data_files, Mapping):
        for value in [data_files["path"]] if "path" in data_files else data_files.values():
            yield from _patterns(value)
    elif isinstance(data_files, Iterable):
        for value in data_files:
            yield from _patterns(value)


def _names(info: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each column with the names of its classes; of two of one name the first is last, and counts."""
    for feature in reversed(_as_list(info.get("features"))):
        if isinstance(feature, Mapping) and isinstance(feature.get("name"), str):
            yield from ((feature["name"], names) for names in _class_names(feature))


def _class_names(feature: object) -> Iterator[tuple[str, ...]]:
    if not isinstance(feature, Mapping):
        return
    names = feature.get("names")
    if isinstance(names, Mapping):
        keys = {int(str(key)): key for key in names if str(key).isdecimal()}
        yield tuple(str(names[keys[number]]) for number in sorted(keys))
    elif isinstance(names, list):
        yield tuple(map(str, names))
    for value in feature.values():
        for inner in value if isinstance(value, list) else [value]:
            yield from _class_names(inner)


def _name(config: Mapping[str, Any]) -> str:
    return str(config.get("config_name", DEFAULT_CONFIG))


def _mappings(value: object) -> list[Mapping[str, Any]]:
    return [one for one in _as_list(value) if isinstance(one, Mapping)]


def _as_list(value: object) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
