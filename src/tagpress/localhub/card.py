"""What a README says about its repository: its YAML front matter."""

import math
from functools import lru_cache
from typing import Any, Final

from tagpress.corpus.careful_yaml import load_yaml
from tagpress.corpus.front_matter import cut_card

_TAGGED: Final = {  # key of the card -> prefix of the tag that the Hub makes of it
    "task_categories": "task_categories",
    "task_ids": "task_ids",
    "language": "language",
    "license": "license",
    "size_categories": "size_categories",
    "tags": "",
}


def front_matter(readme: str) -> dict[str, Any] | None:
    """
    Return a card's metadata, None if it has none.

    Raises:
        ValueError: the front matter is not YAML, or not a mapping; the message says where.

    """
    found = cut_card(readme)
    data, fault = (None, "") if found is None else _metadata(found.yaml)
    if fault:
        raise ValueError(fault)
    return data


@lru_cache(maxsize=16)  # a list of repositories reads all their cards; the longest make 16 MB together
def _metadata(text: str) -> tuple[dict[str, Any] | None, str]:
    """Return what YAML says, or what is wrong with it."""
    try:
        data = _plain(load_yaml(text))
    except ValueError as error:
        return None, f"YAML metadata can't be read: {error}"
    if data is not None and not isinstance(data, dict):
        return None, f"YAML metadata must be a mapping, found {type(data).__name__}"
    return data, ""


def without_front_matter(readme: str) -> str:
    """Return what a README says to people."""
    found = cut_card(readme)
    return readme if found is None else found.body


def _plain(value: object) -> object:
    """Return what JSON can hold: keys, dates and the like as text."""
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set):
        return [_plain(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):  # JSON has no such number
        return str(value)
    return value if value is None or isinstance(value, str | bool | int | float) else str(value)


def tags_of(data: dict[str, Any]) -> list[str]:
    """Return the tags by which the Hub would list a repository with this card."""
    pairs = [(prefix, value) for key, prefix in _TAGGED.items() for value in _as_list(data.get(key))]
    return [f"{prefix}:{value}" if prefix else str(value) for prefix, value in pairs]


def _as_list(value: object) -> list[object]:
    return [] if value is None else value if isinstance(value, list) else [value]
