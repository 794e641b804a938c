"""Over requests, which huggingface_hub has before 1.0: a session for each thread, in a cache that knows no other way."""

import contextlib
import functools
import importlib
import threading
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast
from urllib.parse import urljoin

import requests
from huggingface_hub.errors import HfHubHTTPError
from huggingface_hub.utils import get_session, hf_raise_for_status
from requests.adapters import BaseAdapter

from tagpress.hub.transport.parts import Answer, Body, Guard, Head, Timeouts, Transport

# Its cache of sessions is put aside and put back: what is public can only empty it, for those who use it. Types of
# this module are those of a version that has no sessions.
_http: Final[Any] = importlib.import_module("huggingface_hub.utils._http")
_BLOCK: Final = 64 << 10


class OverRequests:
    """The library's sessions, and ours."""

    refused = (HfHubHTTPError, requests.HTTPError)
    silent = (requests.RequestException,)
    passing = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)
    unreadable = (requests.exceptions.InvalidJSONError,)
    garbled = (
        requests.exceptions.InvalidURL,
        requests.exceptions.InvalidSchema,
        requests.exceptions.MissingSchema,
    )

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._sessions = _Sessions()

    @contextlib.contextmanager
    def lent(self, guard: Guard) -> Iterator[None]:
        """Put the user's sessions aside inside the block."""
        theirs, factory = _http._get_session_from_cache, _http._GLOBAL_BACKEND_FACTORY  # noqa: SLF001 - see above
        self._sessions.guard = guard
        _http._get_session_from_cache = self._sessions  # noqa: SLF001 - see above
        try:
            yield
        finally:
            _http._get_session_from_cache = theirs  # noqa: SLF001 - see above
            if _http._GLOBAL_BACKEND_FACTORY is not factory:  # noqa: SLF001 - the user has set another one meanwhile
                theirs.cache_clear()

    def close(self) -> None:
        """Let go of the connections."""
        self._sessions.cache_clear()

    def forked(self) -> None:
        """Begin anew, with a lock that no thread of the parent has."""
        self.lock = threading.RLock()
        self.close()

    @contextlib.contextmanager
    def opened(self, url: str, headers: Mapping[str, str]) -> Iterator[Answer]:
        """Ask for the content at `url`."""
        session: Any = get_session()
        with session.get(url, headers=dict(headers), stream=True) as response:
            yield Answer(
                heads=tuple(_head(one) for one in (*response.history, response)),
                require=functools.partial(hf_raise_for_status, response),
                blocks=functools.partial(response.iter_content, _BLOCK),
                packed=functools.partial(_raw, response),
            )


class _Sessions:
    """Ours, instead of the library's cache of them; as there, each thread has its own, for they are made for one."""

    def __init__(self) -> None:
        self.guard: Guard | None = None
        self._of_thread = threading.local()

    def __call__(self, **_known: int) -> requests.Session:
        """Return the session of this thread, made as the user wants them to be made, for that may know of a proxy."""
        factory = _http._GLOBAL_BACKEND_FACTORY  # noqa: SLF001 - see above
        made_by, session = getattr(self._of_thread, "made", (None, None))
        if session is None or made_by is not factory:
            assert self.guard is not None
            session = factory()
            _guard(session, self.guard)
            self._of_thread.made = factory, session
        return cast("requests.Session", session)

    def cache_clear(self) -> None:
        """Forget them, which closes their connections; the library does so when one of these fails."""
        self._of_thread = threading.local()


def _guard(session: requests.Session, guard: Guard) -> None:
    for prefix, adapter in list(session.adapters.items()):
        if not isinstance(adapter, _Guarded):  # else it is one that several factories or threads share
            session.adapters[prefix] = _Guarded(adapter, guard)


class _Guarded(BaseAdapter):
    """What sends a session's requests, one for each redirect too, and is watched."""

    def __init__(self, adapter: BaseAdapter, guard: Guard) -> None:
        super().__init__()
        self._adapter, self._guard = adapter, guard

    def send(self, request: requests.PreparedRequest, *arguments: Any, **options: Any) -> requests.Response:  # noqa: ANN401 - those of requests
        """Send a request; a session names all its options."""
        limits = self._guard.limits()
        if limits is None:
            return self._adapter.send(request, *arguments, **options)
        request.headers["accept-encoding"] = "identity"  # what is not packed has the size that it has
        options["timeout"] = _within(options.get("timeout"), limits)
        response = self._adapter.send(request, *arguments, **options)
        try:
            self._look(response)
        except BaseException:
            response.close()
            raise
        return response

    def close(self) -> None:
        """Let go of the connections."""
        self._adapter.close()

    def _look(self, response: requests.Response) -> None:
        head = _head(response)
        response.encoding = response.encoding or "utf-8"  # else it is guessed, which takes a minute for a large text
        if (body := self._guard.check(head)) is not None:
            response.raw = _RawThrough(response.raw, body)
        self._guard.refuse_busy(head, lambda: response.content.decode(errors="replace"))


class _RawThrough:
    """A body that goes through something else on its way, and is otherwise what it was."""

    def __init__(self, raw: Any, body: Body, *, unpacks: bool = True) -> None:  # noqa: ANN401 - of urllib3, which requests brings along
        self._raw, self._body, self._unpacks = raw, body, unpacks

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - see above
        return getattr(self._raw, name)

    def stream(self, amt: int = _BLOCK, decode_content: bool | None = None) -> Iterator[bytes]:  # noqa: FBT001 - the name that requests uses
        """Yield the body block by block."""
        return self._body(self._raw.stream(amt, decode_content=decode_content and self._unpacks))

    def read(self, amt: int | None = None, decode_content: bool | None = None) -> bytes:  # noqa: FBT001 - see above
        """Return what is left of the body, or some of it."""
        if amt is not None:
            return cast("bytes", self._raw.read(amt, decode_content=decode_content))
        return b"".join(self.stream(decode_content=decode_content))


def _within(timeout: Any, limits: Timeouts) -> tuple[float, float]:  # noqa: ANN401 - a number, two, or none
    """Return limits even where a call of the library passes `timeout=None`."""
    connect, read = timeout if isinstance(timeout, tuple) else (timeout, timeout)
    return (limits.connect if connect is None else connect, limits.read if read is None else read)


def _raw(response: requests.Response) -> Iterator[bytes]:
    """Yield a body as it travels; what tears it is an error of requests, as where it is unpacked."""
    response.raw = _RawThrough(response.raw, iter, unpacks=False)
    return response.iter_content(_BLOCK)


def _head(response: requests.Response) -> Head:
    try:
        target = urljoin(response.url, response.headers.get("location", ""))
    except ValueError:
        target = ""
    return Head(
        url=response.url,
        status=response.status_code,
        headers=response.headers,
        target=target,
        names_next="next" in response.links,
    )


def make() -> Transport:
    """Return it."""
    return OverRequests()
