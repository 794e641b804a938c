"""
When a request to the Hub is tried again, and after how long.

The client retries some requests by itself (uploads, listings) and others never (commits, tags, refs, repository
information). `Retry` covers the second kind with the same rules: transient statuses and broken connections only, a
bounded number of times, obeying `Retry-After` and `RateLimit`. Clock and sleep are arguments.
"""

import email.utils
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final, TypeVar

from huggingface_hub.errors import OfflineModeIsEnabled

from tagpress.hub.transport import TRANSPORT, BusyError

T = TypeVar("T")

TRANSIENT_STATUSES: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_WINDOW: Final = re.compile(r"\br\s*=\s*(\d+)\s*;\s*t\s*=\s*(\d+)")  # "api";r=0;t=55: requests left, seconds


def _now() -> datetime:
    return datetime.now(UTC)


def _nothing(_error: Exception, _wait: float) -> None:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """How often and how patiently to try; all times in seconds."""

    attempts: int = 6
    first_wait: float = 1.0  # doubled after each failure
    longest_wait: float = 16.0
    patience: float = 600.0  # a longer wait asked by the Hub is an error that the user should see
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], datetime] = _now  # a named function, so that readers in other processes can be given a Hub

    def __post_init__(self) -> None:
        if self.attempts < 1:
            message = f"attempts must be at least 1, found {self.attempts}"
            raise ValueError(message)

    def run(self, call: Callable[[], T], waiting: Callable[[Exception, float], None] = _nothing) -> T:
        """
        Return what `call` returns; the last error is raised when it is not transient or all attempts failed.

        `waiting` is told each error that is waited for, and how long.
        """
        for failures in range(1, self.attempts):
            try:
                return call()
            except Exception as error:
                wait = self.wait_after(error, failures)
                if wait is None:
                    raise
                waiting(error, wait)
                self.sleep(wait)
        return call()

    def wait_after(self, error: Exception, failures: int) -> float | None:
        """Return how long to wait after the `failures`-th failure, or None when trying again is useless."""
        if not is_transient(error):
            return None
        asked = asked_wait(error, self.now())
        if asked is None:
            return self.usual_wait(failures)
        return asked if asked <= self.patience else None

    def usual_wait(self, failures: int) -> float:
        """Return how long to wait after the `failures`-th failure when nobody asked for another time."""
        return min(self.longest_wait, self.first_wait * 2.0 ** (failures - 1))


def is_transient(error: BaseException) -> bool:
    """Return whether the same request may succeed later."""
    status = status_of(error)
    if status is not None:
        return status in TRANSIENT_STATUSES
    if isinstance(error, OfflineModeIsEnabled):
        return False  # it is a ConnectionError, but nobody was asked
    if isinstance(error, RuntimeError) and error.__cause__ is not None:
        return _may_upload_later(error.__cause__)
    if isinstance(error, ValueError) and "LFS batch API returned errors" in str(error):
        return True
    # A page of a proxy instead of JSON, a torn connection, a timeout, anything that went wrong with Xet.
    return isinstance(
        error, (json.JSONDecodeError, BusyError, ConnectionError, *TRANSPORT.unreadable, *TRANSPORT.passing)
    )


def _may_upload_later(cause: BaseException) -> bool:
    """Tell the same of what made an upload fail: its address may have expired, or another thread ended the session."""
    return status_of(cause) == HTTPStatus.FORBIDDEN or isinstance(cause, RuntimeError) or is_transient(cause)


def status_of(error: BaseException) -> int | None:
    """Return the HTTP status that `error` carries, if the Hub answered at all."""
    status = getattr(_answer(error), "status_code", None)
    return None if status is None else int(status)


def _answer(error: BaseException) -> Any:  # noqa: ANN401 - a response of the library that is there
    return getattr(error, "response", None) if isinstance(error, TRANSPORT.refused) else None


def asked_wait(error: BaseException, now: datetime) -> float | None:
    """Return the seconds that the Hub asks to wait, if it does."""
    answer = _answer(error)
    if answer is None:
        return asked_wait(error.__cause__, now) if error.__cause__ is not None else None
    window = _WINDOW.search(answer.headers.get("ratelimit", ""))
    if window and not int(window[1]):
        return int(window[2]) + 1.0  # the window's end is rounded down
    text = answer.headers.get("retry-after", "").strip()
    if text.isdigit():
        return float(text)
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds())
