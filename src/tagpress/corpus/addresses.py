"""
What may be kept of an address? Its place: a source is named by its path, for what signs a URL is a password.

    https://user:key@host/corpus.txt?X-Amz-Signature=f00    is named    https://host/corpus.txt
"""

import re
from typing import Final

HUB_PORT: Final = 8790
"""Where `tagpress hub` listens unless it is told otherwise: no service that is in common use does."""
# What stands before an `@` here is a place and no person.
_PLACES: Final = frozenset({"abfs", "abfss", "wasb", "wasbs", "git", "github"})
_WEB: Final = frozenset({"http", "https"})
_LINK: Final = re.compile(r"(?P<scheme>[A-Za-z][\w+.-]*)://(?P<authority>[^/?#]*)(?P<rest>.*)", re.DOTALL)
_SETTINGS: Final = re.compile(r"\?[\w.%~-]+=")  # elsewhere than on the web a `?` may be a wildcard, or part of a name


def public(address: str) -> str:
    """Return a path as it is, and a URL, or a chain of them, without user, password, query and fragment."""
    return "::".join(_public_link(link) for link in address.split("::")) if "://" in address else address


def query_of(link: str) -> str:
    """Return the query of one URL with its `?`, and whatever is behind it; a path has none."""
    found = _LINK.fullmatch(link)
    if found is None:
        return ""
    web = found["scheme"].lower() in _WEB
    begin = re.search(r"[?#]", found["rest"]) if web else _SETTINGS.search(found["rest"])
    return found["rest"][begin.start() :] if begin else ""


def secrets_of(address: str) -> tuple[str, ...]:
    """Return every part of an address that is not its place, as it stands there."""
    links = [link for link in address.split("::") if "://" in link]
    parts = [part for link in links for part in (_user(link), query_of(link))]
    return tuple(part for part in parts if part)


def _public_link(link: str) -> str:
    user, query = _user(link), query_of(link)
    place = link.removesuffix(query) if query else link
    return place.replace(f"://{user}", "://", 1) if user else place


def _user(link: str) -> str:
    """Return what stands before the host of one URL, with its `@`."""
    found = _LINK.fullmatch(link)
    if found is None or found["scheme"].lower() in _PLACES:
        return ""
    user, sign, _ = found["authority"].rpartition("@")
    return user + sign
