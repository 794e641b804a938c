"""
Whom a request believes to speak to, and for which site it speaks.

A page in a browser can point a name of its own at this machine and read what is public here, or send a form to it. So a
request must name the Hub as the Hub is known, and a change must not come from the page of another site.
"""

import ipaddress
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import urlsplit

from starlette.datastructures import Headers

from tagpress.localhub.refusals import RefusedError, bad_request, forbidden

LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
EVERYWHERE: Final = frozenset({"0.0.0.0", "::"})  # noqa: S104 - not bound here
_READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class KnownNames:
    """The names under which a Hub may be asked; with `any_address`, also every address written in digits."""

    names: frozenset[str]
    any_address: bool = False

    @classmethod
    def of(cls, host: str, more: Iterable[str] = ()) -> Self:
        """Return the names of a Hub that listens on `host`, and the others that its owner gives it."""
        everywhere = host in EVERYWHERE
        own = {host.lower(), *(name.lower() for name in more)}
        if everywhere or host in LOOPBACK:
            own |= LOOPBACK
        if everywhere:
            own |= {socket.gethostname().lower(), socket.getfqdn().lower()}
        return cls(frozenset(own), everywhere)

    def check(self, method: str, headers: Headers) -> None:
        """
        Let a request pass that names this Hub, and that no other site's page has made to change something.

        Raises:
            RefusedError: 400 without a Host, 421 for another name, 403 for another site.

        """
        host = headers.get("host", "")
        if not self._knows(_name(host)):
            message = (
                f"This Hub is not called {host[:100]!r}: ask it by an address that it listens on, or see --allow-host"
            )
            raise RefusedError(421, message)
        origin = headers.get("origin")
        if method not in _READING and origin is not None and _place(origin) != host.lower():
            raise forbidden(f"A page of {origin[:100]!r} can't change anything here")

    def _knows(self, name: str) -> bool:
        return name in self.names or (self.any_address and _is_address(name))


def _name(host: str) -> str:
    """Return a Host header without its port."""
    name, closing, _ = host.lower().removeprefix("[").partition("]")
    if not host:
        raise bad_request("A request needs a Host header")
    return name if closing else name.partition(":")[0].rstrip(".")


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _place(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return None
