"""
Tag schemes, as tables, and the one engine that reads them.

A scheme says which role may follow which, and which pairs begin a new span. Roles are O (outside), B (begins),
I (inside), E (ends) and S (single token). A pair such as `BI=` reads: B, then I of the same type; `!` means of
another type, `*` of any. A sentence is taken to stand between two O's, so neither end needs a special case.

The idea of schemes as data is seqeval's (`seqeval/scheme.py`); the tables are ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np

from tagpress.columnar.loops import convert_tags
from tagpress.columnar.types import Bools, Integers, LabelIds
from tagpress.corpus.schema import Labels
from tagpress.errors import ScriptError

ROLES: Final = "OBIES"
O, B, I = (ROLES.index(role) for role in "OBI")  # noqa: E741 - the field's own names
UNKNOWN: Final = -1
_NO_TYPES: Final[Mapping[str, str]] = MappingProxyType({})
_SAME: Final = {"=": (1,), "!": (0,), "*": (0, 1)}


@dataclass(frozen=True, slots=True)
class Scheme:
    """
    One way to write spans as tags.

    `letters` maps the scheme's own prefixes to roles; `allowed` and `starts` are boolean, indexed
    [previous role, role, same type].
    """

    name: str
    letters: dict[str, int]
    allowed: Bools
    starts: Bools

    def steps(self) -> Integers:
        """Return for each pair, indexed as they are: 1 if it is allowed, plus 2 if a span begins there, as one does where it is not."""
        return self.allowed + 2 * (self.starts | ~self.allowed).astype(np.int64)


def _pairs(text: str) -> Bools:
    """Turn `OB* BI=` into a table indexed [previous role, role, same type]."""
    table = np.zeros((len(ROLES), len(ROLES), 2), dtype=np.bool_)
    for pair in text.split():
        for same in _SAME[pair[2]]:
            table[ROLES.index(pair[0]), ROLES.index(pair[1]), same] = True
    return table


def _scheme(name: str, letters: str, allowed: str, starts: str) -> Scheme:
    """Make a scheme; `letters` pairs each prefix with its role, as in `LE` for BILOU's L."""
    return Scheme(name, {pair[0]: ROLES.index(pair[1]) for pair in letters.split()}, _pairs(allowed), _pairs(starts))


_CLOSED = "OO* OB* OS* EO* EB* ES* SO* SB* SS* BI= BE= II= IE="
_CLOSED_STARTS = "OB* OS* EB* ES* SB* SS*"

_TABLE = (
    _scheme("IO", "II", "OO* OI* IO* II*", "OI* II!"),
    _scheme("IOB1", "II BB", "OO* OI* IO* BO* II* BI* IB= BB=", "OI* II! BI! IB= BB="),
    _scheme("IOB2", "II BB", "OO* OB* BO* IO* BB* IB* BI= II=", "OB* BB* IB*"),
    _scheme("IOE1", "II EE", "OO* OI* OE* IO* II* IE* EI= EE=", "OI* OE* II! IE! EI= EE="),
    _scheme("IOE2", "II EE", "OO* OI* OE* EO* EI* EE* II= IE=", "OI* OE* EI* EE*"),
    _scheme("BIOES", "BB II EE SS", _CLOSED, _CLOSED_STARTS),
    _scheme("BILOU", "BB II LE US", _CLOSED, _CLOSED_STARTS),
    _scheme("BMES", "BB MI EE SS", _CLOSED, _CLOSED_STARTS),
)
_ALIASES = {"BIO": "IOB2", "IOB": "IOB1", "IOBES": "BIOES", "IOE": "IOE1", "BMEOS": "BMES", "BMEWO": "BMES"}
SCHEMES: Final = {scheme.name: scheme for scheme in _TABLE}


def scheme_named(name: str) -> Scheme:
    """
    Return the scheme with this name or alias, in any case.

    Raises:
        ScriptError: there is none.

    """
    key = name.upper()
    found = SCHEMES.get(_ALIASES.get(key, key))
    if found is None:
        raise ScriptError(f"no tag scheme is named {name!r}", f"use one of {', '.join([*SCHEMES, *_ALIASES])}")
    return found


def read_tag(
    tag: str, scheme: Scheme, labels: Labels, joiner: str = "-", types: Mapping[str, str] = _NO_TYPES
) -> tuple[int, int]:
    """
    Return the role and the type's position for a tag as spelled, or `(UNKNOWN, UNKNOWN)`.

    `types` has the published name of each type that the source spells in another way.

    >>> read_tag("I-Place", scheme_named("BIO"), Labels(("Person", "Place")))
    (2, 1)
    >>> read_tag("B-Geo Place", scheme_named("BIO"), Labels(("Person", "Place")), types={"Geo Place": "Place"})
    (1, 1)

    """
    if tag == "O":
        return O, UNKNOWN
    whole = types.get(tag, tag)
    if scheme.name == "IO" and whole in labels.entity_types:
        return I, labels.entity_types.index(whole)  # IO is often written without its only prefix
    prefix, found, name = tag.partition(joiner)
    name = types.get(name, name)
    if not found or prefix not in scheme.letters or name not in labels.entity_types:
        return UNKNOWN, UNKNOWN
    return scheme.letters[prefix], labels.entity_types.index(name)


@dataclass(frozen=True, slots=True)
class Converted:
    """
    The tags of many sentences as IOB2 label ids.

    `label_ids` has one id per token. `invalid` holds the positions of the tokens that cannot follow the token before
    them, and `unfinished` those of last tokens that cannot end a sentence; both ascend. At an invalid transition
    a new span begins, as the CoNLL scorer reads it, so the ids are valid IOB2 whatever came in; whether to accept
    that repair is the caller's to decide.
    """

    label_ids: LabelIds
    invalid: Integers
    unfinished: Integers


def to_iob2(tags: Integers, roles: Integers, types: Integers, offsets: Integers, scheme: Scheme) -> Converted:
    """
    Convert tags to IOB2 label ids, preserving every span exactly.

    `tags` has a number per token; `roles` and `types` say what each number means (an unknown tag must have been made O);
    `offsets` holds the n + 1 bounds of the sentences.
    """
    return Converted(*convert_tags(tags, roles, types, offsets, scheme.steps()))
