"""Where a Hub is, who asks, and how patiently; and one request to it, repeated and translated."""

import functools
import importlib.metadata
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar

from huggingface_hub import HfApi, constants, get_token
from huggingface_hub.utils import build_hf_headers

from tagpress.corpus.addresses import public, secrets_of
from tagpress.errors import UsageError
from tagpress.hub.faults import Attempt, keyless, translate
from tagpress.hub.retry import Retry, status_of
from tagpress.hub.session import own_settings, prefers_xet
from tagpress.hub.transport import Timeouts

T = TypeVar("T")

PUBLIC_ENDPOINT: Final = "https://huggingface.co"
UNCHANGED: Final = "nothing was changed"
_NOTICED: Final = 2.0  # seconds that a person waits before he asks what is wrong


def silent_about(_what: str) -> None:
    """Tell nobody: a function with a name, so that a Hub can be given to readers in other processes."""


@functools.cache
def _version() -> str:
    """Return our version, which every request says; to look it up reads a file."""
    return importlib.metadata.version("tagpress")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """
    A Hub and how to speak to it.

    `token` None means the usual places: HF_TOKEN, then the file that `hf auth login` writes. `xet` None means the
    client's own choice, except on this machine. To make a Hub changes nothing: its time limits hold for its requests.
    """

    endpoint: str = PUBLIC_ENDPOINT
    token: str | None = field(default=None, repr=False)
    xet: bool | None = None
    timeouts: Timeouts = field(default_factory=Timeouts)
    retry: Retry = field(default_factory=Retry)
    tell: Callable[[str], None] = silent_about
    """Is told of each wait that a person would notice: what is waited for, and how long."""

    def __post_init__(self) -> None:
        if secrets_of(self.endpoint):
            message = f"The address {public(self.endpoint)} of a Hub was given with a user, a password or a query"
            raise UsageError(message, "Write the address alone, and set HF_TOKEN: a token says who asks.")
        if not re.fullmatch(r"https?://[^/\s]+(/\S*)?", self.endpoint):
            message = f"A Hub is named by its address, found {self.endpoint!r}"
            raise UsageError(message, f"Write it as {PUBLIC_ENDPOINT} or http://127.0.0.1:8080.")
        object.__setattr__(self, "endpoint", self.endpoint.rstrip("/"))

    @property
    def api(self) -> HfApi:
        """The client, told where and who."""
        return HfApi(endpoint=self.endpoint, token=self.token, library_name="tagpress", library_version=_version())

    @property
    def headers(self) -> dict[str, str]:
        """The headers of a request that the client has no function for."""
        return build_hf_headers(token=self.token, library_name="tagpress", library_version=_version())

    @property
    def uses_xet(self) -> bool:
        """Tell which storage protocol uploads try first."""
        return prefers_xet(self.endpoint) if self.xet is None else self.xet

    def settings(self) -> AbstractContextManager[None]:
        """Make the client library keep to this Hub's limits inside the block; outside it has its user's settings."""
        return own_settings(self.timeouts)

    def secret(self) -> str | None:
        """
        Return the token itself, for a child process whose usual places are others.

        Raises:
            HubRefusedError: HF_OIDC_RESOURCE asks for one that needs no secret, and there is none.

        """
        try:
            with self.settings():
                return self.token or get_token()
        except Exception as error:
            raise keyless(error) from error

    def tell_wait(self, doing: str, error: Exception, wait: float) -> None:
        """Tell that a request failed and is made again, if the wait is one that a person would notice."""
        if wait >= _NOTICED:
            status = status_of(error)
            answer = f"answers {status}" if status else "does not answer"
            self.tell(f"{self.endpoint} {answer}: in {wait:.0f} s the next try to {doing}")

    def ask(self, doing: str, call: Callable[[], T], *, state: str = UNCHANGED, retry: Retry | None = None) -> T:
        """
        Return what `call` returns, after as many tries as `retry` allows.

        Raises:
            HubError: it failed; the message says what was being `doing` and in what `state` the Hub is.

        """

        def once() -> T:
            with self.settings():
                return call()

        attempt = Attempt(doing=doing, endpoint=self.endpoint, state=state, signed=self.secret() is not None)
        try:
            return (retry or self.retry).run(once, lambda error, wait: self.tell_wait(doing, error, wait))
        except Exception as error:
            raise translate(error, attempt) from error


def default_endpoint() -> str:
    """Return the Hub that other libraries of this process speak to: HF_ENDPOINT when they were imported."""
    return constants.ENDPOINT


def cache_home() -> Path:
    """Return the folder for what may be kept between runs: HF_HOME when the client was imported."""
    return Path(constants.HF_HOME)


def is_offline() -> bool:
    """Return whether HF_HUB_OFFLINE forbids to ask any Hub."""
    return bool(constants.HF_HUB_OFFLINE)
