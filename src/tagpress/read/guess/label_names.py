"""
What do the numbers mean that stand for tags? A file beside them may say it.

    train.names.json, labels.names.json     a JSON list of names, or `{"names": [...]}`
    dataset_info.json, dataset_infos.json   what `datasets` writes beside a dataset
    README.md                               `dataset_info` in the front matter of a card
    label2id.json, label.json              `{"O": 0, "B-PER": 1}`, `{"0": "O"}`, or these under `label2id`, `id2label`
    labels.txt                              a name a line

The last two kinds are called in many ways (`BESIDE`), and count only where all that are there say the same.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, Final, NamedTuple

from tagpress.corpus.careful_yaml import load_yaml
from tagpress.corpus.problems import few
from tagpress.corpus.schema import Labels
from tagpress.errors import SourceError
from tagpress.read.guess.packed import slashed
from tagpress.read.guess.samples import Reason
from tagpress.read.guess.spelled_tags import TAG
from tagpress.read.guess.type_names import published_types
from tagpress.read.hubparquet import names_in
from tagpress.read.json_items import items
from tagpress.read.sources import archives
from tagpress.read.sources.finding import find
from tagpress.read.sources.source import Source, read, stem, stored, system_of

_INFO: Final = ("dataset_info.json", "dataset_infos.json")
_README: Final = "README.md"
_NAMES: Final = ".names.json"
_UNREADABLE: Final = (OSError, ValueError, RecursionError, SourceError)
# A member of a document of JSON that says what numbers mean, and where its value begins.
_IN_DOCUMENT: Final = re.compile(r'"(?:id2label|label2id|label_names|labels?_list|tag2id|id2tag|tag_names)"\s*:\s*')
_SHOWN: Final = 5
_NUMBERS: Final = 10  # that a message shows
_HEAD: Final = 100_000  # characters in which a document says what its columns are
_MOST: Final = 1_000  # names: more are no labels
_STEMS: Final = (
    *("label", "labels", "label2id", "id2label", "label_map", "label_list", "label_names", "labels_map", "label_to_id"),
    *("tag", "tags", "tag2id", "id2tag", "tag_to_id", "tag2idx", "idx2tag", "ner_tags", "classes", "class_names"),
)
BESIDE: Final = frozenset(f"{one}.{kind}" for one in _STEMS for kind in ("json", "txt"))
"""What files are called, in small letters, that often say what numbers mean, and may be something else. The configuration of a model is none: it is
that of another corpus as well as of this one."""


class _Around(NamedTuple):
    """A file around a source: its name, whether it is in the folder above that of the source, and what it says."""

    name: str
    above: bool
    read: Callable[[], str]


def names_beside(source: Source, field: str) -> tuple[tuple[str, ...], str]:
    """Return the names of a field's numbers and the file that says them, or nothing; in an archive, or at a URL, as in a folder."""
    around = sorted(_around(source), key=lambda one: (one.above, one.name))
    for one in _likely(around, stem(PurePosixPath(source.member or source.place).name)):
        try:
            names = _names(one, field)
        except _UNREADABLE:
            continue  # whatever else it is, it does not say them
        if names:
            return names, one.name
    often = (one for one in around if one.name.lower() in BESIDE)
    said = {one.name: names for one in often if (names := _labels_of(one))}
    return (next(iter(said.values())), " and ".join(said)) if len(set(said.values())) == 1 else ((), "")


def labels_in(path: str) -> tuple[str, ...]:
    """Return the labels that a file lists in the order of their numbers, as those of `BESIDE` do; of any other file nothing."""
    name = PurePosixPath(slashed(path)).name
    if name.lower() not in BESIDE:
        return ()
    return _labels_of(_Around(name, above=False, read=lambda: read(find([path], Path())[0]).decode()))


def _labels_of(file: _Around) -> tuple[str, ...]:
    try:
        text = file.read()
        named = text.split("\n") if file.name.lower().endswith(".txt") else _numbered(json.loads(text))
    except _UNREADABLE:
        return ()
    return _sound(named)


def _sound(named: Sequence[str]) -> tuple[str, ...]:
    """Return names without what is around them, if they are labels, each once."""
    names = tuple(name.strip() for name in named if name.strip())
    plain = len(set(names)) == len(names) and not any(re.search(r"\s", name) for name in names)
    return names if plain and 1 < len(names) <= _MOST and any(map(TAG.fullmatch, names)) else ()


def _around(source: Source) -> Iterator[_Around]:
    """Yield the files in the folder of a source and in that above it."""
    if source.member:
        yield from _in_archive(source)
    elif source.remote:
        with suppress(Exception):  # each file system has errors of its own, and some list nothing
            system, path = system_of(source)
            for above, folder in enumerate(map(str, list(PurePosixPath(path).parents)[:2])):
                for one in map(str, system.ls(folder, detail=False)):
                    load = partial(_fetched, system, one)
                    yield _Around(one.rpartition("/")[2], above=bool(above), read=load)
    else:
        own = Path(source.path).parent
        for above, local in ((False, own), (True, own.parent)):
            for file in local.iterdir():
                yield _Around(file.name, above=above, read=partial(file.read_text, encoding="utf-8"))


def _in_archive(source: Source) -> Iterator[_Around]:
    data, own = stored(source), PurePosixPath(source.member).parent
    for member in archives.members(data, source.place):
        path = PurePosixPath(member)
        if path.parent in {own, own.parent}:
            load = partial(_unpacked, data, source.place, member)
            yield _Around(path.name, above=path.parent != own, read=load)


def _unpacked(data: bytes, name: str, member: str) -> str:
    return archives.unpack(data, name, member).decode()


def _fetched(system: Any, path: str) -> str:  # noqa: ANN401 - fsspec's file systems have no common type
    return bytes(system.cat_file(path)).decode()


def _numbered(found: Any) -> tuple[str, ...]:  # noqa: ANN401 - JSON
    """Return names by their numbers, which are 0, 1, 2 and so on, whichever of the two is the key."""
    for key in ("id2label", "label2id"):
        if isinstance(found, dict) and isinstance(found.get(key), dict):
            return _numbered(found[key])
    if isinstance(found, dict):
        pairs = {name: number for name, number in found.items() if type(number) is int} or {
            name: int(number) for number, name in found.items() if isinstance(name, str) and number.isdecimal()
        }
        whole = len(pairs) == len(found) and sorted(pairs.values()) == list(range(len(pairs)))
        return tuple(sorted(pairs, key=lambda name: pairs[name])) if whole else ()
    return _strings(found)


def _likely(around: Sequence[_Around], own: str) -> Iterator[_Around]:
    """Yield the files that may say them: first the one named after the source."""
    named = [one for one in around if one.name.endswith(_NAMES) and not one.above]
    yield from (one for one in named if one.name == f"{own}{_NAMES}")
    yield from (one for one in named if len(named) == 1)
    for above in (False, True):  # a dataset's files are often in a folder below its card
        for name in (*_INFO, _README):
            yield from (one for one in around if one.above is above and one.name == name)


def _names(file: _Around, field: str) -> tuple[str, ...]:
    text = file.read()
    found = _front_matter(text) if file.name == _README else json.loads(text)
    if file.name.endswith(_NAMES):
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


def names_of_numbers(
    rows: Sequence[dict[str, Any]], tags: str, source: Source, said: tuple[str, ...] = ()
) -> tuple[tuple[str, ...], list[Reason]]:
    """
    Return the names of tags that are numbers, and who says them: the source itself, if they are `said` in it, or a file beside it.

    Raises:
        SourceError: nothing says what the numbers mean.

    """
    listed = (row[tags] for row in rows if isinstance(row.get(tags), list))
    numbers = sorted({tag for items in listed for tag in items if isinstance(tag, int)})
    if not numbers:
        return (), []
    names, where = (said, source.name) if said else names_beside(source, tags)
    if not names:
        shown = ", ".join(map(str, numbers[:_NUMBERS])) + (", ..." if len(numbers) > _NUMBERS else "")
        message = f"{tags} of {source.name} holds the numbers {shown}, and nothing says what they mean"
        file = f"{stem(PurePosixPath(source.path).name)}.names.json"
        hint = (
            f'write them into {file} beside it, in their order, such as ["O", "B-PER", "I-PER"], or into label2id.json, such as '
            f'{{"O": 0, "B-PER": 1}}; a script says names=(...) in DIALECT'
        )
        raise SourceError(message, hint)
    return names, [Reason(f"{where} says what the numbers of {tags} mean: {few(names)}")]


def described(document: str, tags: str) -> tuple[str, ...]:
    """Return the names of labels that a document of JSON says: in a member that is called so, or as `datasets` describes its columns."""
    if document.lstrip()[:1] == "{" and (said := _IN_DOCUMENT.search(document)):
        with suppress(ValueError, SourceError):
            if names := _sound(_numbered(json.JSONDecoder().raw_decode(document, said.end())[0])):
                return names
    if '"features"' not in document[:_HEAD]:
        return ()
    for item in items(document, "features"):
        if isinstance(item.value, dict) and item.value.get("name") == tags.rpartition(".")[2]:
            return tuple(next(names_in(item.value), ()))
    return ()
