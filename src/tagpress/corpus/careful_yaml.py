"""What does YAML say that anybody may have written? First what it would cost, then what it says."""

import re
from dataclasses import dataclass
from typing import Any, Final

import yaml

_SHOWN: Final = 500  # characters of what is wrong: it may name a tag of a megabyte
MAX_TEXT: Final = 1 << 20  # characters; the front matter of a card with hundreds of configurations has a tenth of it
MAX_NODES: Final = 200_000  # values in it, aliases followed
MAX_DEPTH: Final = 50  # levels, aliases followed
MAX_DIGITS: Final = 300  # of a number; JSON, Python and YAML agree on those that are shorter
_NUMBER: Final = re.compile(r"[-+]?[0-9.][0-9a-fA-FxXoO_:.]*")
_TEXT: Final = "tag:yaml.org,2002:str"
# What PyYAML lets out where a value is not what its tag says, as in `!!bool x`, `!!int ''` or `!!timestamp x`.
_MISMATCHED: Final = (ArithmeticError, AttributeError, LookupError, TypeError)
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class _Node:
    """A value: its anchor, how many values it has, itself among them, and how many levels."""

    anchor: str | None = None
    size: int = 1
    depth: int = 0


def load_yaml(text: str) -> Any:  # noqa: ANN401 - whatever the YAML says
    """
    Return the value that YAML text means; nothing is run, and nothing is built for what would be too large.

    Raises:
        ValueError: it is no YAML, or it is large, deep, or becomes so when its aliases are followed.

    """
    try:
        _refuse_above(len(text), MAX_TEXT, "characters")
        _check_cost(text)
        return yaml.load(text, _LOADER)  # noqa: S506 - a safe loader, in C where there is one
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError(str(error)[:_SHOWN]) from error
    except _MISMATCHED as error:
        message = "a value is not what its tag says"
        raise ValueError(message) from error


def _check_cost(text: str) -> None:
    known: dict[str | None, _Node] = {}
    begun = [_Node()]
    for event in yaml.parse(text, _LOADER):
        if isinstance(event, yaml.CollectionStartEvent):
            begun.append(_Node(event.anchor))
            _refuse_above(len(begun), MAX_DEPTH, "levels")
        elif found := _ended(event, begun, known):
            begun[-1].size += found.size
            begun[-1].depth = max(begun[-1].depth, found.depth + 1)
            known[found.anchor] = found
            _refuse_above(begun[-1].size, MAX_NODES, "values, aliases followed")
            _refuse_above(begun[-1].depth, MAX_DEPTH, "levels, aliases followed")


def _ended(event: yaml.Event, begun: list[_Node], known: dict[str | None, _Node]) -> _Node | None:
    """Return the value that an event ends, or stands for."""
    if isinstance(event, yaml.CollectionEndEvent):
        return begun.pop()
    if isinstance(event, yaml.AliasEvent):
        if any(one.anchor == event.anchor for one in begun):
            message = f"the alias *{event.anchor} stands in what it stands for"
            raise ValueError(message)
        return known.get(event.anchor, _Node(event.anchor))
    if isinstance(event, yaml.ScalarEvent):
        costly = event.tag not in {None, _TEXT} or _NUMBER.fullmatch(event.value)
        _refuse_above(
            len(event.value) if costly else 0, MAX_DIGITS, "digits of a number, or characters of a value with a tag"
        )
        return _Node(event.anchor)
    return None


def _refuse_above(found: int, most: int, what: str) -> None:
    if found > most:
        message = f"more than {most:,} {what}"
        raise ValueError(message)
