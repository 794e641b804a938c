"""Thrift's compact protocol, in which Parquet writes its footers and the headers of its pages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

I32, I64, TEXT, STRUCT = 5, 6, 8, 12
"""Kinds of values, by Thrift's numbers."""
_LIST: Final = 9
_FIELDS: Final = 1 << 15  # numbers of fields are below
_DEEPEST: Final = 8  # structs in structs, or lists in lists
_VARINT_BYTES: Final = 10


@dataclass(frozen=True, slots=True)
class KnownField:
    """What is known of a field: the kind of the values of its list, if it is one, and the fields of the structs in it."""

    values: int | None = None
    fields: Mapping[int, "KnownField"] = field(default_factory=dict)


_NOTHING: Final = KnownField()


class Compact:
    """
    Reads Thrift's compact protocol: numbers, structs and, where they are asked for, lists are kept, all else is passed over.

    Programs that Thrift writes read a list of texts as one of numbers where they know it as such, and put two fields of one number
    together; what is not as it is `known` to be, or stands there twice, is refused, so that nobody reads it otherwise than here.

    Raises:
        IndexError: the bytes end too early.
        ValueError: they are something else.

    """

    def __init__(self, data: bytes, *, lists: bool = False) -> None:
        self.data, self.at, self.lists = data, 0, lists

    def struct(self, depth: int, known: KnownField = _NOTHING) -> dict[int, Any]:
        """Read a struct: what its fields hold, by their numbers."""
        fields: dict[int, Any] = {}
        number = 0
        while head := self.byte():
            number = number + (head >> 4) if head >> 4 else self.signed()
            if number in fields or not -_FIELDS <= number < _FIELDS:
                message = f"it has the field {number} twice, or no field has that number"
                raise ValueError(message)
            fields[number] = self.value(head & 15, depth, known.fields.get(number, _NOTHING))
        return fields

    def value(self, kind: int, depth: int, known: KnownField = _NOTHING) -> Any:  # noqa: ANN401 - a number, a struct, or nothing
        """Read a value of a kind; None for what is passed over."""
        if depth > _DEEPEST:  # structs in structs, or lists in lists
            message = "it is nested too deeply"
            raise ValueError(message)
        if kind in {1, 2}:  # a truth value is its own kind
            return kind == 1
        if kind in {4, 5, 6}:
            return self.signed()
        if kind == STRUCT:
            return self.struct(depth + 1, known)
        if kind in {_LIST, 10}:  # a list, a set
            return self.sequence(depth, known if kind == _LIST else _NOTHING)
        self.skip(kind)
        return None

    def sequence(self, depth: int, known: KnownField = _NOTHING) -> list[Any] | None:
        """Read a list; its values are returned where lists are asked for."""
        head = self.byte()
        count, kind = head >> 4, head & 15
        if count == 15:  # noqa: PLR2004 - then the length follows
            count = self.unsigned()
        if count > len(self.data) - self.at:  # each takes a byte or more
            raise IndexError
        if count and known.values not in {None, kind}:
            message = f"it has a list of the kind {kind} where one of the kind {known.values} stands"
            raise ValueError(message)
        one = self.byte if kind in {1, 2} else partial(self.value, kind, depth + 1, known)
        found = [one() for _ in range(count)]
        return found if self.lists else None

    def skip(self, kind: int) -> None:
        """Pass over a text, a byte or a float."""
        if kind == TEXT:
            self.move(self.unsigned())
        elif kind in {3, 7}:  # a byte, a float
            self.move(1 if kind == 3 else 8)  # noqa: PLR2004 - see above
        else:
            message = f"it has a value of kind {kind}"
            raise ValueError(message)

    def move(self, count: int) -> None:
        """Pass over so many bytes."""
        self.at += count
        if self.at > len(self.data):
            raise IndexError

    def byte(self) -> int:
        """Read a byte."""
        self.at += 1
        return self.data[self.at - 1]

    def unsigned(self) -> int:
        """Read a number."""
        found = 0
        for place in range(_VARINT_BYTES):
            part = self.byte()
            found |= (part & 127) << (7 * place)
            if part < 128:  # noqa: PLR2004 - the last byte of a number
                return found
        message = "it has a number that does not end"
        raise ValueError(message)

    def signed(self) -> int:
        """Read a number that may be negative."""
        found = self.unsigned()
        return (found >> 1) ^ -(found & 1)
