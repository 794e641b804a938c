"""What do the tags of a column mean in a scheme, and which of them cannot be? For the main tags and for every layer of spans."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from tagpress.columnar.bounds import rows_at
from tagpress.columnar.types import Integers, Ints, LabelIds
from tagpress.corpus import tags
from tagpress.corpus.layers.layer import MAIN, Tags, Trouble
from tagpress.corpus.layers.meant import Meant
from tagpress.corpus.problems import quoted
from tagpress.corpus.schema import Labels


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelling:
    """How a column spells labels; `types` has the published name of each type that it spells otherwise."""

    labels: Labels
    scheme: tags.Scheme
    joiner: str = "-"
    types: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Spelled:
    """The tags of a column as IOB2 label ids, `O` for the `unknown` tags that no label is meant by, and what is wrong with them."""

    label_ids: LabelIds
    unknown: Integers
    troubles: tuple[Trouble, ...]


def read_tags(column: str, given: Tags, bounds: Ints, spelling: Spelling) -> Spelled:
    """Return what the tags of a column mean; `bounds` are those of the sentences."""
    read = [
        tags.read_tag(text, spelling.scheme, spelling.labels, spelling.joiner, spelling.types) for text in given.texts
    ]
    roles, types = (np.array([one[i] for one in read], dtype=kind) for i, kind in enumerate((np.int8, np.int16)))
    is_unknown = roles == tags.UNKNOWN
    unknown = np.flatnonzero(is_unknown[given.codes]) if is_unknown.any() else np.zeros(0, dtype=np.int64)
    safe = np.where(is_unknown, tags.O, roles).astype(np.int8)
    converted = tags.to_iob2(given.codes, safe, types, bounds, spelling.scheme)
    troubles = (
        unknown_tags(column, given, unknown, spelling),
        *transitions(column, given, converted, unknown, bounds),
    )
    return Spelled(converted.label_ids, unknown, troubles)


def unknown_tags(column: str, given: Tags, unknown: Integers, spelling: Spelling) -> Trouble:
    """Return the tokens whose tags nobody knows."""
    joiner, letters = spelling.joiner, spelling.scheme.letters

    @cache  # most pieces have no unknown tag, and small ones are many
    def meant() -> Meant:
        return Meant(["O", *(f"{letter}{joiner}{name}" for name in spelling.labels.entity_types for letter in letters)])

    def describe(i: int) -> tuple[str, str]:
        tag = given.texts[given.codes[unknown[i]]]
        declared = "a declared entity type" if column == MAIN else "a declared type"
        return (
            f"the tag {quoted(tag)}{_in(column)}{meant()(tag)}",
            f"O or {'/'.join(letters)}{joiner}TYPE ({spelling.scheme.name}) of {declared}",
        )

    return Trouble("unknown-tag", column, unknown, describe)


def transitions(
    column: str, given: Tags, converted: tags.Converted, unknown: Integers, bounds: Ints
) -> tuple[Trouble, Trouble]:
    """Return the tags that cannot stand where they do: in a sentence, and at its end."""
    where = (unknown, bounds)
    return (
        _transitions(column, given, converted.invalid, where, _after),
        _transitions(column, given, converted.unfinished, where, _at_end),
    )


def _transitions(
    column: str, given: Tags, invalid: Integers, where: tuple[Integers, Ints], tell: Callable[[Tags, Ints, int], str]
) -> Trouble:
    # Next to an unknown tag every transition looks wrong; that sentence is named for its unknown tag alone.
    unknown, bounds = where
    invalid = invalid[~np.isin(rows_at(bounds, invalid), rows_at(bounds, unknown))]

    def describe(i: int) -> tuple[str, str]:
        return tell(given, bounds, int(invalid[i])) + _in(column), ""

    return Trouble("invalid-transition", column, invalid, describe)


def _after(given: Tags, bounds: Ints, token: int) -> str:
    tag = quoted(given.texts[given.codes[token]])
    if bounds[np.searchsorted(bounds, token)] == token:
        return f"the tag {tag} at the start of a sentence"
    return f"the tag {tag} after {quoted(given.texts[given.codes[token - 1]])}"


def _at_end(given: Tags, _: Ints, token: int) -> str:
    return f"the tag {quoted(given.texts[given.codes[token]])} at the end of a sentence"


def _in(column: str) -> str:
    return "" if column == MAIN else f" in {column}"
