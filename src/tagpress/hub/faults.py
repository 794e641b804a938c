"""
What does a failed request mean to the user? Every error of the client becomes one of ours, once, here.

The message says what happened and what state the Hub is in; the hint says what to do.
"""

import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from huggingface_hub.errors import (
    DisabledRepoError,
    EntryNotFoundError,
    GatedRepoError,
    HfHubHTTPError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from tagpress.errors import (
    CardError,
    HubAnswerError,
    HubRefusedError,
    HubUnreachableError,
    NotOnHubError,
    TagpressError,
)
from tagpress.hub.retry import status_of
from tagpress.hub.transport import TRANSPORT, BusyError

_SHOWN: Final = 500  # characters of what a Hub says
RERUN: Final = "Run the same command again: it continues from what the Hub holds."
_LOG_IN: Final = "Log in with `hf auth login`, or set HF_TOKEN to a token that may write to this repository."
_SPELLING: Final = "Check the name. It is misspelt, or not that of a dataset, or the repository was deleted."
_TOKENS: Final = "log in with `hf auth login`, or set HF_TOKEN; `tagpress hub` prints the token of an embedded Hub"


_TRUST: Final = (
    "Write it as datasets/NAMESPACE/NAME, give the job the permission `id-token: write`, and trust its workflow in the "
    "settings of the repository on the Hub; or unset it, and set HF_TOKEN."
)
_READ_ONLY: Final = (
    "The token that was sent may not do this: it only reads, or it is a fine-grained one that leaves this repository out, "
    f"or NAMESPACE is not yours, or the repository is gated and access was not given. {_LOG_IN}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """
    What was being done, for a message: "Cannot {doing} on {endpoint}: ...; {state}.

    `signed` tells whether a token was sent: without one a Hub calls a private repository missing.
    """

    doing: str
    endpoint: str
    state: str = "nothing was changed"
    signed: bool = False


def translate(error: Exception, attempt: Attempt) -> TagpressError:
    """Return our error for the client's `error`."""
    if isinstance(error, TagpressError):
        return error
    if isinstance(error, RuntimeError) and isinstance(error.__cause__, Exception):
        return translate(error.__cause__, attempt)  # a failed LFS upload hides its reason there
    for kinds, explain in _BY_TYPE:
        if isinstance(error, kinds):
            return explain(error, attempt)
    raise error  # a bug of ours, not of the Hub


def keyless(error: Exception) -> TagpressError:
    """Return our error where a job asked the Hub for a token without having a secret, and got none."""
    resource = os.environ.get("HF_OIDC_RESOURCE")
    if not resource:
        raise error  # nobody asked for one
    message = f"No token for HF_OIDC_RESOURCE={resource}: {_said(error).rstrip('.')}; nothing was changed."
    return HubRefusedError(message, _TRUST)


def _said(error: Exception) -> str:
    server = error.server_message if isinstance(error, HfHubHTTPError) else None
    text = " ".join((server or str(error) or type(error).__name__).split())
    text = re.sub(r"\?[^\s'\"]*=[^\s'\"]*", "?...", text)  # the query of a storage URL is a password
    text = "".join(sign if sign.isprintable() else "?" for sign in text[:_SHOWN])  # a terminal obeys what is not
    return text if len(text) < _SHOWN else f"{text}..."


def _sentence(attempt: Attempt, reason: str) -> str:
    return f"Cannot {attempt.doing} on {attempt.endpoint}: {reason.rstrip('.')}; {attempt.state}."


def _missing(error: Exception, attempt: Attempt) -> TagpressError:
    for kinds, hint in _MISSING:
        if isinstance(error, kinds):
            return NotOnHubError(_sentence(attempt, _said(error)), hint)
    reason = _said(error).rstrip(".")
    if attempt.signed:
        hint = f"{_SPELLING} If it is a private one, the token that was sent may not read it: {_TOKENS}."
        return NotOnHubError(_sentence(attempt, reason), hint)
    reason += ", or it is private: no token was sent"
    return NotOnHubError(_sentence(attempt, reason), f"{_SPELLING} If it is private, {_TOKENS}.")


# What a Hub names when it is the one thing that is missing.
_MISSING: Final[tuple[tuple[type[Exception], str], ...]] = (
    (GatedRepoError, f"It is gated: ask for access on its page, then {_TOKENS}."),
    (RevisionNotFoundError, "The repository is there, but has no such version: its page lists those that it has."),
    (EntryNotFoundError, "The repository is there, but has no such file at this version: its page lists the files."),
)


def _offline(_: Exception, attempt: Attempt) -> TagpressError:
    return HubUnreachableError(_sentence(attempt, "offline mode is on"), "Unset HF_HUB_OFFLINE.")


def _disabled(_: Exception, attempt: Attempt) -> TagpressError:
    reason = "the Hub has disabled access to it"
    return HubRefusedError(_sentence(attempt, reason), "Its page says why, or its owner knows: no token changes that.")


def _answered(error: Exception, attempt: Attempt) -> TagpressError:
    status = status_of(error) or 0
    if status == HTTPStatus.NOT_FOUND:  # from a Hub that does not say what is missing
        return _missing(error, attempt)
    reason = f"the Hub answered {status} ({_said(error)})"
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.REQUEST_TIMEOUT:
        return HubUnreachableError(_sentence(attempt, reason), RERUN)
    hints: dict[int, str] = {
        HTTPStatus.UNAUTHORIZED: f"The token is missing, or is not one of this Hub. {_LOG_IN}",
        HTTPStatus.FORBIDDEN: _READ_ONLY if attempt.signed else f"No token was sent. {_LOG_IN}",
        HTTPStatus.TOO_MANY_REQUESTS: f"The Hub limits requests: wait some minutes. {RERUN}",
        413: "A file is too large for one commit: use more shards.",
    }
    return HubRefusedError(_sentence(attempt, reason), hints.get(status, RERUN))


def _silent(error: Exception, attempt: Attempt) -> TagpressError:
    return HubUnreachableError(_sentence(attempt, f"no answer ({type(error).__name__}: {_said(error)})"), RERUN)


def _torn(error: Exception, attempt: Attempt) -> TagpressError:
    hint = f"If this Hub has no Xet storage, set HF_HUB_DISABLE_XET=1. {RERUN}"
    return HubUnreachableError(_sentence(attempt, f"the connection failed ({_said(error)})"), hint)


def _unreadable(error: Exception, attempt: Attempt) -> TagpressError:
    reason = f"the answer is no JSON, as of a proxy that answers in place of the Hub ({type(error).__name__}: {_said(error)})"
    return HubUnreachableError(_sentence(attempt, reason), f"See what a browser shows at that address. {RERUN}")


def _misshapen(error: Exception, attempt: Attempt) -> TagpressError:
    reason = f"the answer has another shape than the Hub's interface has ({type(error).__name__}: {_said(error)})"
    hint = "See that the address is that of a Hub, and that `huggingface_hub` is not older than this Hub; else tell whoever runs it."
    return HubAnswerError(_sentence(attempt, reason), hint)


def _invalid(error: Exception, attempt: Attempt) -> TagpressError:
    if "Invalid metadata in README.md" in str(error):
        return CardError(_sentence(attempt, str(error).strip()), "Correct the card's YAML and build again.")
    return HubRefusedError(_sentence(attempt, _said(error)))


# What the client stumbles over where an answer has another shape than it takes for granted.
_SHAPES: Final[tuple[type[Exception], ...]] = (
    LookupError,
    TypeError,
    AttributeError,
    RecursionError,
    OverflowError,
    *TRANSPORT.garbled,
)
# First match wins; GatedRepoError is a RepositoryNotFoundError, DisabledRepoError an HfHubHTTPError, JSONDecodeError a
# ValueError, and what an address or JSON is not may be a kind of the errors that mean no answer.
_BY_TYPE: Final[tuple[tuple[tuple[type[Exception], ...], Callable[[Exception, Attempt], TagpressError]], ...]] = (
    ((OfflineModeIsEnabled,), _offline),
    ((GatedRepoError, RepositoryNotFoundError, RevisionNotFoundError, EntryNotFoundError), _missing),
    ((DisabledRepoError,), _disabled),
    (TRANSPORT.refused, _answered),
    ((json.JSONDecodeError, UnicodeDecodeError, *TRANSPORT.unreadable), _unreadable),
    (_SHAPES, _misshapen),
    ((BusyError, *TRANSPORT.silent), _silent),
    ((ConnectionError,), _torn),
    ((ValueError,), _invalid),
)
