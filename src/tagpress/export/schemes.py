"""
How are spans written in each tag scheme? The inverse of `tags.to_iob2`, as tables.

What a scheme writes depends on four facts about a token of a span: is it the span's first, its last, does a span of
the same type end right before it (`after`), and does one begin right behind it (`before`)? A scheme is a list of
conditions, tried in order, each with the role that it gives.
"""

from dataclasses import dataclass
from itertools import product
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tagpress.columnar.types import Bools, Integers
from tagpress.corpus import tags
from tagpress.corpus.schema import OUTSIDE, Labels
from tagpress.corpus.tags import ROLES, O

_FACTS: Final = ("first", "last", "after", "before")
_CLOSED: Final = "first+last:S first:B last:E :I"
_WRITTEN: Final = {
    "IO": ":I",
    "IOB1": "first+after:B :I",
    "IOB2": "first:B :I",
    "IOE1": "last+before:E :I",
    "IOE2": "last:E :I",
    "BIOES": _CLOSED,
    "BILOU": _CLOSED,
    "BMES": _CLOSED,
}


def _table(text: str) -> npt.NDArray[np.int8]:
    """Turn `first:B :I` into the role for each combination of the facts, indexed by their bits."""
    rules = [(set(facts.split("+")) - {""}, ROLES.index(role)) for facts, role in (r.split(":") for r in text.split())]
    table = np.zeros(1 << len(_FACTS), dtype=np.int8)
    for bits in product((0, 1), repeat=len(_FACTS)):
        true = {fact for fact, bit in zip(_FACTS, bits, strict=True) if bit}
        cell = sum(bit << i for i, bit in enumerate(bits))
        table[cell] = next(role for facts, role in rules if facts <= true)
    return table


_TABLES: Final = {name: _table(text) for name, text in _WRITTEN.items()}


@dataclass(frozen=True, slots=True)
class Roles:
    """
    The role of each token in a scheme.

    `joined` marks the tokens that begin a span which the scheme cannot tell from the one before it.
    """

    roles: npt.NDArray[np.int8]
    joined: Bools


def from_iob2(label_ids: Integers, offsets: Integers, scheme: tags.Scheme) -> Roles:
    """
    Write valid IOB2 label ids in a scheme; `offsets` holds the n + 1 bounds of the sentences, from 0 on.

    >>> roles = from_iob2(np.array([1, 2, 1, 0]), np.array([0, 4]), tags.scheme_named("BIOES")).roles
    >>> "".join(ROLES[role] for role in roles)
    'BESO'

    """
    types = np.where(label_ids == OUTSIDE, tags.UNKNOWN, (label_ids - 1) // 2)
    first = label_ids % 2 == 1
    # Whether the token behind this one is in the same sentence and of the same type; never so for the last token.
    goes_on = np.zeros(len(label_ids), dtype=np.bool_)
    goes_on[:-1] = (types[:-1] == types[1:]) & (types[1:] != tags.UNKNOWN)
    goes_on[offsets[1:][offsets[1:] > 0] - 1] = False
    before = goes_on & np.roll(first, -1)
    after = np.roll(before, 1)
    last = ~goes_on | before
    cell = first + 2 * last + 4 * after + 8 * before
    roles = np.where(label_ids == OUTSIDE, O, _TABLES[scheme.name][cell]).astype(np.int8)
    joined = after & ~scheme.starts[np.roll(roles, 1), roles, 1]
    return Roles(roles, joined)


@dataclass(frozen=True, slots=True)
class SpelledLabels:
    """
    The tags of some tokens as a target spells them.

    `names` has the tag of each role and type, `misread` those codes in it that would not be read back, `codes` the
    code of each token's tag; `joined` is that of `Roles`.
    """

    scheme: tags.Scheme
    names: tuple[str, ...]
    misread: tuple[int, ...]
    codes: Integers
    joined: Bools

    @property
    def column(self) -> pa.StringArray:
        """The tag of each token."""
        return pa.array(self.names, pa.string()).take(pa.array(self.codes))

    def where(self, code: int) -> Bools:
        """Return which tokens have the tag with this code."""
        mask: Bools = self.codes == code
        return mask


def spell(label_ids: Integers, offsets: Integers, labels: Labels, scheme: tags.Scheme, joiner: str) -> SpelledLabels:
    """Spell valid IOB2 label ids; arguments are those of `from_iob2`. Without entity types, all are `O`."""
    if not labels.published:
        return SpelledLabels(scheme, ("O",), (), np.zeros_like(label_ids), np.zeros(len(label_ids), dtype=np.bool_))
    letters = {role: letter for letter, role in scheme.letters.items()}
    meanings = list(product(range(len(ROLES)), range(len(labels.entity_types))))
    names = tuple(
        f"{letters[role]}{joiner}{labels.entity_types[kind]}" if role in letters else "O" for role, kind in meanings
    )
    misread = tuple(
        code
        for code, (role, kind) in enumerate(meanings)
        if role in letters and tags.read_tag(names[code], scheme, labels, joiner) != (role, kind)
    )
    roles = from_iob2(label_ids, offsets, scheme)
    codes = roles.roles.astype(np.int64) * len(labels.entity_types) + np.maximum(label_ids - 1, 0) // 2
    return SpelledLabels(scheme, names, misread, codes, roles.joined)
