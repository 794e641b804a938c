"""Over httpx, which huggingface_hub has from 1.0 on, and under the name httpx2 from 2.0 on: one client for all threads."""

import contextlib
import functools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from importlib import import_module
from typing import TYPE_CHECKING

from huggingface_hub.errors import HfHubHTTPError
from huggingface_hub.utils import (
    _http,  # its client is put aside and put back: what is public can only close it, under those who use it
    get_session,
    hf_raise_for_status,
)

from tagpress.hub.transport.library import LIBRARY
from tagpress.hub.transport.parts import Answer, Body, Guard, Head, Transport

if TYPE_CHECKING:
    import httpx2 as httpx
else:
    httpx = import_module(LIBRARY)


class OverHttpx:
    """The library's client, and ours."""

    lock = _http._CLIENT_LOCK  # noqa: SLF001 - so that no thread makes the user's client in between
    refused = (HfHubHTTPError, httpx.HTTPStatusError)
    silent = (httpx.HTTPError,)
    passing = (httpx.TransportError,)
    unreadable = ()
    garbled = (httpx.InvalidURL,)

    def __init__(self) -> None:
        self._client: httpx.Client | None = None
        self._made_by: Callable[[], httpx.Client] | None = None

    @contextlib.contextmanager
    def lent(self, guard: Guard) -> Iterator[None]:
        """Put the user's client aside inside the block."""
        factory, client = _http._GLOBAL_CLIENT_FACTORY, _http._GLOBAL_CLIENT  # noqa: SLF001 - see the import
        ours = functools.partial(self._open, guard, factory)
        _http._GLOBAL_CLIENT_FACTORY, _http._GLOBAL_CLIENT = ours, None  # noqa: SLF001 - see the import
        try:
            yield
        finally:
            if _http._GLOBAL_CLIENT_FACTORY is ours:  # noqa: SLF001 - else the user has set another one meanwhile
                _http._GLOBAL_CLIENT_FACTORY, _http._GLOBAL_CLIENT = factory, client  # noqa: SLF001 - see the import

    def close(self) -> None:
        """Let go of the connections."""
        if self._client is not None:
            self._client.close()
            self._client = None

    forked = close

    @contextlib.contextmanager
    def opened(self, url: str, headers: Mapping[str, str]) -> Iterator[Answer]:
        """Ask for the content at `url`."""
        with get_session().stream("GET", url, headers=dict(headers)) as response:
            yield Answer(
                heads=tuple(_head(one) for one in (*response.history, response)),
                require=functools.partial(_require, response),
                blocks=response.iter_bytes,
                packed=response.iter_raw,
            )

    def _open(self, guard: Guard, factory: "Callable[[], httpx.Client]") -> "httpx.Client":
        """Return our client, made as the user wants clients to be made, for that may know of a proxy; and guarded."""
        if self._client is None or self._client.is_closed or self._made_by is not factory:
            self.close()
            self._client, self._made_by = factory(), factory
            hooks = self._client.event_hooks
            hooks["request"] = [*hooks.get("request", ()), functools.partial(_bound, guard)]
            checks = (functools.partial(_check, guard), functools.partial(_refuse_busy, guard))
            hooks["response"] = [checks[0], *hooks.get("response", ()), checks[1]]
            self._client.event_hooks = hooks
        return self._client


def _require(response: "httpx.Response") -> None:
    if response.is_error:
        response.read()  # the reason is in the body
    hf_raise_for_status(response)


def _head(response: "httpx.Response") -> Head:
    url = target = str(response.url)
    if location := response.headers.get("location"):  # to join addresses takes long, and few answers have one
        try:
            target = str(response.url.join(location))
        except (ValueError, httpx.InvalidURL):
            target = ""
    return Head(
        url=url,
        status=response.status_code,
        headers=response.headers,
        target=target,
        names_next="next" in response.links,
    )


def _bound(guard: Guard, request: "httpx.Request") -> None:
    """Set limits even where a call of the client passes `timeout=None`, which wins over the session's own."""
    limits = guard.limits()
    if limits is not None:
        asked = request.extensions.get("timeout", {})
        chosen = {kind: value for kind, value in asked.items() if value is not None}
        request.extensions["timeout"] = asdict(limits) | chosen
        request.headers["accept-encoding"] = "identity"  # what is not packed has the size that it has


def _check(guard: Guard, response: "httpx.Response") -> None:
    if guard.limits() is not None and (body := guard.check(_head(response))) is not None:
        response.stream = _Through(response.stream, body)


def _refuse_busy(guard: Guard, response: "httpx.Response") -> None:
    if guard.limits() is not None:
        guard.refuse_busy(_head(response), lambda: response.read().decode(errors="replace"))


class _Through(httpx.SyncByteStream):
    """A body that goes through something else on its way."""

    def __init__(self, stream: object, body: Body) -> None:
        self._stream, self._body = stream, body

    def __iter__(self) -> Iterator[bytes]:
        assert isinstance(self._stream, httpx.SyncByteStream)
        return self._body(self._stream)

    def close(self) -> None:
        """Let go of the connection."""
        assert isinstance(self._stream, httpx.SyncByteStream)
        self._stream.close()


def make() -> Transport:
    """Return it."""
    return OverHttpx()
