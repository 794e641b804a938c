"""
What do the numbers mean that stand for tags? A file beside them may say it.

    train.names.json, labels.names.json     a JSON list of names, or `{"names": [...]}`
    dataset_info.json, dataset_infos.json   what `datasets` writes beside a dataset
    README.md                               `dataset_info` in the front matter of a card
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from tagpress.corpus.careful_yaml import load_yaml
from tagpress.corpus.problems import few
from tagpress.corpus.schema import Labels
from tagpress.read.guess.type_names import published_types
from tagpress.read.hubparquet import names_in
from tagpress.read.sources.source import Source, stem

_INFO: Final = ("dataset_info.json", "dataset_infos.json")
_README: Final = "README.md"
_SHOWN: Final = 5


def names_beside(source: Source, field: str) -> tuple[tuple[str, ...], str]:
    """Return the names of a field's numbers and the file that says them, or nothing."""
    if source.remote or source.member:
        return (), ""
    for path in _likely(Path(source.path)):
        try:
            names = _names(path, field)
        except (OSError, ValueError, RecursionError):
            continue  # whatever else it is, it does not say them
        if names:
            return names, path.name
    return (), ""


def _likely(path: Path) -> Iterator[Path]:
    """Yield the files that may say them: first the one named after the source."""
    own = path.with_name(f"{stem(path.name)}.names.json")
    others = sorted(path.parent.glob("*.names.json"))
    yield from (own, *(others if len(others) == 1 else ()))
    for folder in (path.parent, path.parent.parent):  # a dataset's files are often in a folder below its card
        yield from (folder / name for name in (*_INFO, _README))


def _names(path: Path, field: str) -> tuple[str, ...]:
    text = path.read_text(encoding="utf-8")
    found = _front_matter(text) if path.name == _README else json.loads(text)
    if path.name.endswith(".names.json"):
        return _strings(found.get("names") if isinstance(found, dict) else found)
    return _strings(next(_of_field(found, field), None))


def _front_matter(text: str) -> Any:  # noqa: ANN401 - YAML
    _, fence, rest = text.partition("---\n")
    return load_yaml(rest.partition("\n---")[0]) if fence else None


def _of_field(found: Any, field: str) -> Iterator[Any]:  # noqa: ANN401 - JSON
    """Yield the names of a feature: it is a key of `features`, or an entry with its name."""
    if isinstance(found, dict):
        for feature in (found.get(field), found if found.get("name") == field else None):
            yield from names_in(feature)
    for inner in found.values() if isinstance(found, dict) else found if isinstance(found, list) else ():
        yield from _of_field(inner, field)


def _strings(names: Any) -> tuple[str, ...]:  # noqa: ANN401 - JSON
    """Return names in the order of their numbers: a list, or a card's mapping of numbers to names."""
    if isinstance(names, dict):
        names = [names[key] for key in sorted(names, key=int)]
    return tuple(names) if isinstance(names, list) and all(isinstance(name, str) for name in names) else ()


def renumbered(labels: Sequence[str], types: Sequence[str]) -> list[str]:
    """Say which labels a source has numbered otherwise than they are published: a model may have been trained on its numbers."""
    ids = {label: number for number, label in enumerate(Labels(tuple(published_types(types).values())).names)}
    moved = [(label, there, ids.get(label)) for there, label in enumerate(labels) if ids.get(label) != there]
    if not moved:
        return []
    shown = [
        f"{label} is {there} there and {'no label' if here is None else here} here" for label, there, here in moved
    ]
    return [
        f"labels: {len(moved)} have another number in the source than they are published with: {few(shown[:_SHOWN])}"
    ]
