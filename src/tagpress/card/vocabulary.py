"""Know the words that the Hub accepts in a card's metadata, and the one that a wrong word was meant to be."""

from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from importlib import resources
from typing import Final

# Source of these: datasets 5.2.0, src/datasets/utils/resources/{creators,multilingualities,size_categories}.json.
TEXT_CREATORS: Final = ("found", "crowdsourced", "expert-generated", "machine-generated", "other")
ANNOTATION_CREATORS: Final = (*TEXT_CREATORS[:-1], "no-annotation", "other")
MULTILINGUALITIES: Final = ("monolingual", "multilingual", "translation", "other")
# The first size category, then the rows from which each next one begins.
SIZES: Final = (
    ("n<1K", 0),
    ("1K<n<10K", 10**3),
    ("10K<n<100K", 10**4),
    ("100K<n<1M", 10**5),
    ("1M<n<10M", 10**6),
    ("10M<n<100M", 10**7),
    ("100M<n<1B", 10**8),
    ("1B<n<10B", 10**9),
    ("10B<n<100B", 10**10),
    ("100B<n<1T", 10**11),
    ("n>1T", 10**12),
)


def size_category(rows: int) -> str:
    """
    Return the size category of a dataset.

    >>> [size_category(rows) for rows in (20, 999, 1000, 15_984)]
    ['n<1K', 'n<1K', '1K<n<10K', '10K<n<100K']

    """
    return [name for name, start in SIZES if rows >= start][-1]


@cache
def licenses() -> frozenset[str]:
    """Return the licence identifiers."""
    return frozenset(word for line in _lines("licenses.txt") for word in line.split())


@cache
def languages() -> Mapping[str, str]:
    """Return the language codes with their English names; most three-letter codes have none here."""
    named = dict(line.split(" ", 1) for line in _lines("languages.txt") if not line.startswith("* "))
    return named | {code: "" for line in _lines("languages.txt") if line.startswith("* ") for code in line[2:].split()}


@cache
def tasks() -> Mapping[str, tuple[str, ...]]:
    """Return the task categories with their task ids."""
    pairs = (line.split(":", 1) for line in _lines("tasks.txt"))
    return {category: tuple(ids.split()) for category, ids in pairs}


@cache
def task_ids() -> frozenset[str]:
    """Return the task ids of all categories."""
    return frozenset(name for names in tasks().values() for name in names)


def nearest(word: str, words: Collection[str]) -> str | None:
    """
    Return the word that was probably meant: the same but for case, spaces and underscores, or nearly the same.

    >>> nearest("CC BY-SA 4.0", licenses()), nearest("tokens-classification", tasks()), nearest("xyzzy", tasks())
    ('cc-by-sa-4.0', 'token-classification', None)

    """
    spelled = {_plain(known): known for known in sorted(words)}
    close = get_close_matches(_plain(word), spelled, n=1, cutoff=0.7)
    return spelled[close[0]] if close else None


def nearest_language(word: str) -> str | None:
    """
    Return the code of a language that is written as a name, in capitals, or as a BCP 47 tag.

    >>> nearest_language("English"), nearest_language("EN"), nearest_language("en-US"), nearest_language("qqq")
    ('en', 'en', 'en', None)

    """
    names = {_plain(name): code for code, name in languages().items() if name}
    primary = word.replace("_", "-").split("-")[0].lower()
    return names.get(_plain(word)) or (primary if primary in languages() else None)


def _plain(word: str) -> str:
    return word.casefold().replace(" ", "-").replace("_", "-")


def _lines(name: str) -> Iterator[str]:
    text = resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
    return (line for line in text.splitlines() if line and not line.startswith("#"))
