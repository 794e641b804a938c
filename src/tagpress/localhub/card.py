"""What a README says about its repository: its YAML front matter."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import yaml

from tagpress.corpus.front_matter import cut_card

MAX_YAML: Final = 1 << 20  # characters of front matter; a card with hundreds of configurations has a tenth of it
MAX_NODES: Final = 100_000  # values in it, aliases followed
MAX_DEPTH: Final = 50
MAX_DIGITS: Final = 300  # of a number; JSON, Python and YAML agree on those that are shorter
_NUMBER: Final = re.compile(r"[-+]?[0-9][0-9a-fA-FxXoO_:]*")
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
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
    """Read YAML from anybody: first what it would cost, then what it says. Return it, or what is wrong with it."""
    try:
        _check_cost(text)
        data = _plain(yaml.load(text, _LOADER))  # noqa: S506 - a safe loader, in C where there is one
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        return None, f"YAML metadata can't be read: {error}"
    if data is not None and not isinstance(data, dict):
        return None, f"YAML metadata must be a mapping, found {type(data).__name__}"
    return data, ""


def _check_cost(text: str) -> None:
    """Refuse what is large, deep, or becomes large when its aliases are followed; nothing is built for it."""
    _refuse_above(len(text), MAX_YAML, "characters")
    depth, sizes, open_nodes = 0, {}, [_Open(None)]
    for count, event in enumerate(yaml.parse(text, _LOADER)):
        _refuse_above(count, MAX_NODES, "values")
        if isinstance(event, yaml.CollectionEndEvent):
            done = open_nodes.pop()
            open_nodes[-1].size += done.size
            sizes[done.anchor] = done.size
            depth -= 1
        elif isinstance(event, yaml.CollectionStartEvent):
            open_nodes.append(_Open(event.anchor))
            depth += 1
            _refuse_above(depth, MAX_DEPTH, "levels")
        elif isinstance(event, yaml.AliasEvent):
            if any(one.anchor == event.anchor for one in open_nodes):
                msg = f"the alias *{event.anchor} stands in what it stands for"
                raise ValueError(msg)
            open_nodes[-1].size += sizes.get(event.anchor, 1)
        elif isinstance(event, yaml.ScalarEvent):
            open_nodes[-1].size += 1
            sizes[event.anchor] = 1
            _refuse_above(len(event.value) if _NUMBER.fullmatch(event.value) else 0, MAX_DIGITS, "digits")
        _refuse_above(open_nodes[-1].size, MAX_NODES, "values, aliases followed")


@dataclass(slots=True)
class _Open:
    """A collection that has begun: its anchor, and how many values it has so far."""

    anchor: str | None
    size: int = 1


def _refuse_above(found: int, most: int, what: str) -> None:
    if found > most:
        msg = f"more than {most} {what}"
        raise ValueError(msg)


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
