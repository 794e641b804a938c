"""
Which files are one language, or one domain, of several? As folders and names of files say it.

    de/train.conll en/train.conll           a folder each, with the same kinds of splits
    en-train.conll en-test.conll de-...     a name each, before the split
    train_en.jsonl train/ner_de.jsonl ...   a language each, anywhere in the name of a file of a split
    de/a.txt de/b.txt en/c.txt              folders that are all languages, whatever is in them
    ner_de.conll ner_en.conll               names in which all but a language is the same

What names say counts only where every file is told by it, and where each configuration has two splits at least, or none
has any. Else all files are one corpus, as ever.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import PurePosixPath
from typing import Final, TypeAlias

from tagpress.corpus.config_names import is_config_name
from tagpress.corpus.split_names import kind_of_word, words
from tagpress.read.guess.named_splits import splits_by_name
from tagpress.read.guess.packed import places_of, slashed
from tagpress.read.sources.source import stem

_JOINTS: Final = "-_. "
Configs: TypeAlias = dict[str, list[str]]


def configs_by_name(paths: Sequence[str], is_language: Callable[[str], bool]) -> Configs:
    """
    Return the files of each configuration, sorted by name; nothing where names say none.

    >>> configs_by_name(["ner/en/train.txt", "ner/en/test.txt", "ner/de/train.txt", "ner/de/test.txt"], lambda _: True)
    {'de': ['ner/de/train.txt', 'ner/de/test.txt'], 'en': ['ner/en/train.txt', 'ner/en/test.txt']}
    >>> configs_by_name(["train.txt", "test_2020.txt", "test_2021.txt"], lambda _: True)
    {}

    """
    if len(paths) < 2 or any("::" in slashed(path) for path in paths):  # noqa: PLR2004 - two configurations have two files
        return {}
    inside = places_of(paths)
    folders = _grouped({path: place.parts[0] if len(place.parts) > 1 else "" for path, place in inside.items()})
    if _are_several(folders) and (_split_alike(folders) or _are_whole_languages(folders, is_language)):
        return folders
    names = _grouped({path: _before_split(place) for path, place in inside.items()})
    if _are_several(names) and _split_alike(names):
        return names
    beside = _grouped(_languages_beside(inside, is_language))
    if _are_several(beside) and _split_alike(beside):
        return beside
    spoken = _grouped(_languages_in(inside, is_language))
    return spoken if _are_several(spoken) else {}


def are_languages(names: Iterable[str], is_language: Callable[[str], bool]) -> bool:
    """Tell whether there are names, and each is a language, perhaps with a script or a country: `de`, `zh-Hans`, `pt_BR`."""
    said = [re.split(r"[-_]", name)[0].lower() for name in names]
    return bool(said) and all(map(is_language, said))


def _grouped(names: dict[str, str]) -> Configs:
    groups: Configs = {}
    for path, name in sorted(names.items(), key=lambda pair: pair[1]):
        groups.setdefault(name, []).append(path)
    return groups


def _are_several(groups: Configs) -> bool:
    """Tell whether the names can be those of configurations, and none of them says a split."""
    folded = {name.casefold() for name in groups}
    return (
        len(groups) > 1
        and len(folded) == len(groups)
        and all(is_config_name(name) and not _says_split(name) for name in groups)
    )


def _says_split(name: str) -> bool:
    return any(kind_of_word(word) is not None for word in words(name))


def _split_alike(groups: Configs) -> bool:
    """Tell whether every configuration has the same splits, two at least, and each file is of one."""
    splits = [splits_by_name(own) for own in groups.values()]
    kinds = {frozenset(found.values()) for found in splits}
    whole = all(len(found) == len(own) for found, own in zip(splits, groups.values(), strict=True))
    return whole and (len(kinds) == 1 or all("test" in kind for kind in kinds))


def _are_whole_languages(groups: Configs, is_language: Callable[[str], bool]) -> bool:
    """Tell whether all folders are languages, and what is in them says no splits."""
    return are_languages(groups, is_language) and not any(splits_by_name(own) for own in groups.values())


def _languages_in(places: dict[str, PurePosixPath], is_language: Callable[[str], bool]) -> dict[str, str]:
    """
    Return the language that each name says where all else in the names of one folder is the same; nothing otherwise.

    A word of three letters is a language as well as a word (`art`, `law`), so two of them are not enough.
    """
    said = [stem(place.name) for place in places.values()]
    parts = [re.split(r"[-_.]", name) for name in said]
    if len({place.parent for place in places.values()}) > 1 or len({len(words) for words in parts}) > 1:
        return {}
    differ = [column for column in zip(*parts, strict=True) if len(set(column)) > 1]
    if (
        len(differ) != 1
        or len(set(differ[0])) < len(places)
        or not all(is_language(word.lower()) for word in differ[0])
    ):
        return {}
    short = all(len(word) == 2 for word in differ[0])  # noqa: PLR2004 - the codes of ISO 639-1
    return dict(zip(places, differ[0], strict=True)) if short or len(places) > 2 else {}  # noqa: PLR2004 - see above


def _languages_beside(places: dict[str, PurePosixPath], is_language: Callable[[str], bool]) -> dict[str, str]:
    """Return the one word of each file's name that is the short code of a language; nothing if a name has none, or two."""
    said = {path: re.split(r"[-_.]", stem(place.name)) for path, place in places.items()}
    spoken = {path: [word for word in parts if _is_short(word, is_language)] for path, parts in said.items()}
    return {path: own[0] for path, own in spoken.items()} if all(len(own) == 1 for own in spoken.values()) else {}


def _is_short(word: str, is_language: Callable[[str], bool]) -> bool:
    """Tell whether a word is a code of ISO 639-1."""
    return len(word) == 2 and is_language(word.lower())  # noqa: PLR2004 - the length of these


def _before_split(place: PurePosixPath) -> str:
    """Return what a name has before the word that says its split, without what joins them; nothing if it says none."""
    name = stem(place.name)
    if len(place.parts) > 1:
        return ""
    said = [match for match in re.finditer(r"[^\W_]+", name) if kind_of_word(match[0].lower()) is not None]
    return name[: said[0].start()].rstrip(_JOINTS) if len(said) == 1 else ""
