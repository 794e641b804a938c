"""
Into which licence may a text go, and which texts may go together? A table of what is settled, with reasons; no advice of a lawyer.

Licences are the identifiers of the Hub. A release is made of its sources: it may have a licence if each of them may go
into it. What the table does not know is unclear, and is said to be: nobody is told that something is allowed because it is
not listed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

PUBLIC: Final = frozenset({"cc0-1.0", "pddl", "unlicense", "wtfpl"})
"""Nothing is asked for: such texts go into anything."""
_CC_BY: Final = ("cc-by-2.0", "cc-by-2.5", "cc-by-3.0", "cc-by-4.0")
_CREDITED: Final = frozenset(
    {
        *_CC_BY,
        *("odc-by", "cdla-permissive-1.0", "cdla-permissive-2.0", "etalab-2.0"),
        *("mit", "apache-2.0", "bsd", "bsd-2-clause", "bsd-3-clause", "isc", "zlib", "postgresql", "ncsa", "bsl-1.0"),
    }
)
"""Credit is asked for, or that a notice is kept: such texts go into whatever keeps it."""
_GPL: Final = frozenset({"gpl-2.0", "gpl-3.0", "agpl-3.0", "lgpl-2.1", "lgpl-3.0"})
# Where the same licence is asked for again: into which it may go, by its own words or by those of the other.
_ALIKE: Final = {
    "cc-by-sa-3.0": {"cc-by-sa-3.0", "cc-by-sa-4.0"},
    "cc-by-sa-4.0": {"cc-by-sa-4.0", "gpl-3.0"},
    "odbl": {"odbl"},
    "cdla-sharing-1.0": {"cdla-sharing-1.0"},
    "gfdl": {"gfdl"},
    "gpl-2.0": {"gpl-2.0"},
    "gpl-3.0": {"gpl-3.0", "agpl-3.0"},
    "agpl-3.0": {"agpl-3.0"},
    "lgpl-2.1": {"lgpl-2.1", "gpl-2.0", "gpl-3.0", "agpl-3.0"},
    "lgpl-3.0": {"lgpl-3.0", "gpl-3.0", "agpl-3.0"},
}
_NC_ALIKE: Final = ("cc-by-nc-sa-2.0", "cc-by-nc-sa-3.0", "cc-by-nc-sa-4.0")
_NC: Final = frozenset({"cc-by-nc-2.0", "cc-by-nc-3.0", "cc-by-nc-4.0"})
_NO_CHANGES: Final = frozenset({"cc-by-nd-4.0", "cc-by-nc-nd-3.0", "cc-by-nc-nd-4.0"})
_INTO: Final = {
    **_ALIKE,
    **{name: {*_NC_ALIKE[place:]} for place, name in enumerate(_NC_ALIKE)},
    **{name: {*_NC, *_NC_ALIKE} for name in _NC},
    **{name: set[str]() for name in _NO_CHANGES},
}
KNOWN: Final = frozenset({*PUBLIC, *_CREDITED, *_INTO})
_SAYS_NOTHING: Final = frozenset({"other", "unknown"})

# One pair each that is not as its kind is: refused, or not settled.
_REFUSED: Final = {
    ("apache-2.0", name): f"apache-2.0 has terms on patents, which {name} does not allow"
    for name in ("gpl-2.0", "lgpl-2.1")
}
_UNSETTLED: Final = {
    **{(name, "odbl"): f"whether {name} may go into a database under odbl is disputed" for name in _CC_BY},
    **dict.fromkeys(
        (("cc-by-sa-3.0", "gpl-3.0"), ("cc-by-sa-3.0", "agpl-3.0"), ("cc-by-sa-4.0", "agpl-3.0")),
        "whether it may go there by way of another licence is disputed",
    ),
    **{(name, other): f"of cc-by only version 4.0 is known to fit {other}" for name in _CC_BY[:-1] for other in _GPL},
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a text under one licence may go into a release under another, and why not; None where it is unclear."""

    allowed: bool | None
    reason: str = ""


def verdict(source: str, release: str) -> Verdict:
    """
    Say whether a text may go into a release.

    >>> verdict("cc-by-4.0", "cc-by-sa-4.0").allowed, verdict("other", "mit").allowed
    (True, None)
    >>> verdict("cc-by-sa-4.0", "cc-by-4.0")
    Verdict(allowed=False, reason='cc-by-sa-4.0 asks that what is made of it has the same licence')

    """
    if source in _NO_CHANGES:
        return Verdict(
            allowed=False, reason=f"{source} forbids to publish what is made of it, and tokens with tags are"
        )
    if source in PUBLIC or (source == release and source not in _SAYS_NOTHING):
        return Verdict(allowed=True)
    for name in (source, release):
        if name not in KNOWN:
            return Verdict(allowed=None, reason=f"what {name} asks for is not known here")
    if (source, release) in _UNSETTLED:
        return Verdict(allowed=None, reason=_UNSETTLED[source, release])
    reason = _REFUSED.get((source, release)) or _kind_reason(source, release)
    return Verdict(allowed=not reason, reason=reason)


def _kind_reason(source: str, release: str) -> str:
    """Return why a text may not go into a release, by what its licence asks for; nothing if it may."""
    if release in _NO_CHANGES:
        return "" if source in _CREDITED else _asked(source)
    if source in _CREDITED:
        return f"{source} asks for credit, which {release} gives up" if release in PUBLIC else ""
    return "" if release in _INTO[source] else _asked(source)


def _asked(source: str) -> str:
    if source in _NC:
        return f"{source} forbids commercial use"
    kept = "forbids commercial use, and " if source in _NC_ALIKE else ""
    return f"{source} {kept}asks that what is made of it has the same licence"


def licenses_for(sources: Iterable[str]) -> tuple[str, ...]:
    """
    Return the licences that a release of texts under all of these may have, as far as that is settled.

    >>> licenses_for(["cc-by-sa-3.0", "mit"]), licenses_for(["cc-by-sa-4.0", "cc-by-nc-4.0"])
    (('cc-by-sa-3.0', 'cc-by-sa-4.0'), ())

    """
    listed = list(sources)
    return tuple(name for name in sorted(KNOWN) if all(verdict(one, name).allowed for one in listed))


def apart(sources: Sequence[str]) -> list[tuple[str, str, str]]:
    """Return each two licences of which texts cannot go into one release, and why; what is unclear keeps nothing apart."""
    names = sorted({*sources} & KNOWN - _NO_CHANGES)
    return [
        (one, other, f"{verdict(one, other).reason}; {verdict(other, one).reason}")
        for place, one in enumerate(names)
        for other in names[place + 1 :]
        if not any(all(verdict(each, name).allowed is not False for each in (one, other)) for name in KNOWN)
    ]
