"""What is asked of whatever sends requests, and what it tells, in no library's words."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_FIRST_ERROR: Final = 400

# What the blocks of a body go through, in this order, on their way to whoever reads them.
Body: TypeAlias = Callable[[Iterable[bytes]], Iterator[bytes]]


class BusyError(Exception):
    """The Hub is creating another repository for this account; the same request succeeds a little later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """The longest silence in each phase of a request, in seconds."""

    connect: float = 10.0
    read: float = 120.0  # a commit of a hundred large files is answered after tens of seconds
    write: float = 120.0
    pool: float = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """
    What an answer says ahead of its body.

    `headers` do not mind how a name is written. `target` is where its `location` leads to, "" if that is no address;
    `names_next` tells whether it is a page of a listing that is not the last.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    target: str
    names_next: bool

    @property
    def is_redirect(self) -> bool:
        """Return whether it only says where to ask."""
        return self.status in _REDIRECTS and "location" in self.headers

    @property
    def is_error(self) -> bool:
        """Return whether it says that it is none."""
        return self.status >= _FIRST_ERROR


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """
    An answer whose body is still to come; `heads` are those of the redirects that led to it, and at last its own.

    `require` raises the client library's own error for a status that is one, with the reason that the body says.
    `blocks` is the body, `packed` the body as it travels; one of them, once.
    """

    heads: tuple[Head, ...]
    require: Callable[[], object]
    blocks: Callable[[], Iterator[bytes]]
    packed: Callable[[], Iterator[bytes]]

    @property
    def head(self) -> Head:
        """Return what it says ahead of its body."""
        return self.heads[-1]


class Guard(Protocol):
    """What watches each request and answer while the client is ours."""

    def limits(self) -> Timeouts | None:
        """Return how long this request may take; None if it is no request of ours."""

    def check(self, head: Head) -> Body | None:
        """Refuse an answer, or return what its body is to go through; the library follows a redirect only then."""

    def refuse_busy(self, head: Head, text: Callable[[], str]) -> None:
        """Refuse an answer for what its body says, where the library would ask again without end."""


class Transport(Protocol):
    """One HTTP library, behind huggingface_hub; `lock` keeps others from making its client while ours is lent or ends."""

    @property
    def lock(self) -> AbstractContextManager[object]:
        """The lock."""

    @property
    def refused(self) -> tuple[type[Exception], ...]:
        """The errors that an answer is behind; `response` is that."""

    @property
    def silent(self) -> tuple[type[Exception], ...]:
        """The errors that mean that no answer came."""

    @property
    def passing(self) -> tuple[type[Exception], ...]:
        """Those of them that may pass: a torn connection, a silence."""

    @property
    def unreadable(self) -> tuple[type[Exception], ...]:
        """The errors over a body that is no JSON, beside Python's own."""

    @property
    def garbled(self) -> tuple[type[Exception], ...]:
        """The errors over an address that is none."""

    def lent(self, guard: Guard) -> AbstractContextManager[None]:
        """
        Make the library use our client inside the block, made as its user wants clients to be made, and guarded.

        The user's own client stays open and keeps its requests, and is the library's again behind the block.
        """

    def close(self) -> None:
        """Let go of our connections."""

    def forked(self) -> None:
        """Begin anew in a forked child: its other threads are gone, and the connections are its parent's."""

    def opened(self, url: str, headers: Mapping[str, str]) -> AbstractContextManager[Answer]:
        """Ask for the content at `url`, follow redirects, and have the answer inside the block."""
