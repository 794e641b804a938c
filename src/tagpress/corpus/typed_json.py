"""Read JSON by the types of frozen dataclasses: every fault is found in one run, and named by its dotted path."""

import dataclasses
import functools
import json
import types
import typing
from collections.abc import Mapping
from typing import Any, Final, Literal

# The JSON type of each Python type; what parses itself is text, and every other type is a record, which is an object.
_SHAPES: Final[dict[object, type]] = {tuple: list, Mapping: dict, int: int, bool: bool, str: str, Literal: str}
_LONGEST: Final = 300  # characters of a fault: its path has keys that anybody may have written
_SHAPE_NAMES: Final = {
    list: "a list",
    dict: "an object",
    int: "a whole number from 0",
    bool: "true or false",
    str: "a string",
}


class TypeFaults(list[str]):
    """What is wrong, as far as anybody would read it: behind `most` only a line says that there are more."""

    def __init__(self, root: str, most: int) -> None:
        super().__init__()
        self.root, self.most = root, most

    @property
    def full(self) -> bool:
        """Tell whether nothing more is wanted."""
        return len(self) > self.most

    def add(self, fault: str) -> None:
        """Note a fault."""
        if not self.full:
            self.append(f"{fault:.{_LONGEST}}" if len(self) < self.most else "... and more")


def typed(value: object, expected: Any, at: str, faults: TypeFaults) -> Any:  # noqa: ANN401 - a value of the type `expected`
    """Return `value` as the type `expected`, or add to `faults`; `at` is the dotted path."""
    origin, inner = typing.get_origin(expected), typing.get_args(expected)
    if faults.full or origin is types.UnionType:
        return None if faults.full else typed(value, inner[0], at, faults)
    shape = str if hasattr(expected, "parse") else _SHAPES.get(origin or expected, dict)
    if type(value) is not shape or (isinstance(value, int) and value < 0):
        faults.add(f"{at or faults.root}: expected {_SHAPE_NAMES[shape]}, found {_spelled(value):.60}")
    elif isinstance(value, list):
        return tuple(typed(item, inner[0], f"{at}[{i}]", faults) for i, item in enumerate(value))
    elif isinstance(value, dict) and origin is Mapping:
        return {key: typed(item, inner[1], f"{at}.{key}", faults) for key, item in value.items()}
    elif isinstance(value, dict):
        return _record(value, expected, f"{at}." if at else "", faults)
    elif hasattr(expected, "parse"):
        return _built(expected.parse, {"text": value}, f"{at}: ", faults)
    return value


def _spelled(value: object) -> str:
    try:
        return json.dumps(value, ensure_ascii=False)
    except RecursionError:
        return "values that are nested too deeply"


def _record(value: Mapping[str, object], record: Any, prefix: str, faults: TypeFaults) -> Any:  # noqa: ANN401 - an instance of `record`
    before, hints, found = len(faults), _types_of(record), {}
    for field in dataclasses.fields(record):
        if field.name in value:
            found[field.name] = typed(value[field.name], hints[field.name], prefix + field.name, faults)
        elif field.default is dataclasses.MISSING:
            faults.add(f"{prefix}{field.name}: missing")
    return _built(record, found, prefix, faults) if len(faults) == before else None


@functools.cache
def _types_of(record: type) -> Mapping[str, Any]:
    return typing.get_type_hints(record)


def _built(make: Any, values: Mapping[str, Any], prefix: str, faults: TypeFaults) -> Any:  # noqa: ANN401 - whatever `make` makes
    try:
        return make(**values)
    except ValueError as error:
        faults.add(f"{prefix}{error}")
        return None
