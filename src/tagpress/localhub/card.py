"""What a README says about its repository: its YAML front matter."""

from typing import Any, Final

import yaml

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
    if found is None:
        return None
    try:
        data = _plain(yaml.safe_load(found.yaml))
    except (yaml.YAMLError, RecursionError) as error:
        msg = f"YAML metadata can't be read: {error}"
        raise ValueError(msg) from None
    if data is not None and not isinstance(data, dict):
        msg = f"YAML metadata must be a mapping, found {type(data).__name__}"
        raise ValueError(msg)
    return data


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
    return value if value is None or isinstance(value, str | bool | int | float) else str(value)


def tags_of(data: dict[str, Any]) -> list[str]:
    """Return the tags by which the Hub would list a repository with this card."""
    pairs = [(prefix, value) for key, prefix in _TAGGED.items() for value in _as_list(data.get(key))]
    return [f"{prefix}:{value}" if prefix else str(value) for prefix, value in pairs]


def _as_list(value: object) -> list[object]:
    return [] if value is None else value if isinstance(value, list) else [value]
