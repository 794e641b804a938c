"""
Every error that tagpress raises on purpose, in one place, so that no module imports another for its exceptions.

    TagpressError                 what happened, and what to do
    ├── UsageError                the call or the script is wrong                           exit 2
    │   ├── NotInstalledError     a package that an extra brings is not there
    │   ├── ScriptError           a builder script that cannot be used
    │   ├── SourceError           a source that cannot be found, opened or decoded
    │   └── CardError             a card that the Hub or a reader would misread
    ├── DataError                 the data has errors; carries the problems                 exit 1
    ├── BuildError                a build that is not what its manifest says                exit 1
    │   └── ManifestError         no manifest, or one that is not valid or not ours
    ├── WriteError                a file that cannot be written, as on a full disk          exit 1
    ├── EngineError               a worker died, or Spark gave up                           exit 1
    ├── UnderwayError             another build to the same place is under way              exit 1
    ├── VerifyError               the Hub does not hold what was released                   exit 1
    ├── WithdrawnError            the owner took this version back for good                 exit 1
    ├── HubError                  the Hub refused, or could not be reached                  exit 3
    │   ├── HubUnreachableError   no answer, or none in time
    │   ├── HubRefusedError       an answer that says no
    │   ├── NotOnHubError         no such repository, revision or file
    │   └── HubAnswerError        an answer that no Hub may give; nothing of it was used
    └── ConflictError             somebody else released, or the version is taken           exit 4
        └── RenamedError          the repository has another name now

A fault that stops nothing is a warning:

    RenamedWarning                the repository that was asked for has another name now
    WithdrawnWarning              the owner took this version back
"""

import re
from collections.abc import Sequence
from typing import Any, ClassVar, Final

_LONGEST: Final = 20_000  # characters of a message, which may quote what anybody has written
_USER: Final = re.compile(r"([A-Za-z][\w+.-]{0,30}://)[^\s/?#'\"<>]*@")
_QUERY: Final = re.compile(r"(https?://[^\s?#'\"<>]*\?)[^\s'\"<>]*")


def _bounded(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}... ({len(text):,} characters)"


def without_secrets(text: str) -> str:
    """Return a text whose URLs have neither a user nor a query: what signs a URL is a password."""
    return _QUERY.sub(r"\1...", _USER.sub(r"\1", text))


class TagpressError(Exception):
    """
    A fault with a known cause: one sentence that says what happened, and one that says what to do.

    `code` is a stable, lower-case name for programs; `exit_code` is what the command line returns.
    """

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, hint: str = "") -> None:
        # Whoever raised it may have put an address into it, and an error is printed, logged and sent on.
        self.message = without_secrets(_bounded(message))
        self.hint = without_secrets(_bounded(hint))
        super().__init__(self.message)

    def to_json(self) -> dict[str, dict[str, str]]:
        """Return the document that `--json` prints for this error."""
        return {"error": {"code": self.code, "message": self.message, "hint": self.hint}}


class UsageError(TagpressError):
    """The call is wrong."""

    code = "usage"
    exit_code = 2


class NotInstalledError(UsageError):
    """A package that an extra of tagpress brings is not installed."""

    code = "not-installed"


class ScriptError(UsageError):
    """A builder script cannot be used as it is."""

    code = "script"


class SourceError(UsageError):
    """A source cannot be found, opened or decoded."""

    code = "source"


class CardError(UsageError):
    """A dataset card has a value that is missing, unknown or wrong."""

    code = "card"


class DataError(TagpressError):
    """The data has problems whose policy is `error`; `problems` holds every problem of the run, sorted by place."""

    code = "data"

    def __init__(self, message: str, hint: str = "", problems: Sequence[Any] = ()) -> None:
        super().__init__(message, hint)
        self.problems = problems


class BuildError(TagpressError):
    """A build, or a file of one, is not what its manifest says."""

    code = "build"


class ManifestError(BuildError):
    """There is no manifest, so this is no build; or there is one that is not valid, or of another format."""

    code = "manifest"


class WriteError(TagpressError):
    """A file cannot be written: the disk is full, or the place is not there or not ours."""

    code = "write"


class EngineError(TagpressError):
    """The work was not done: a worker died, or Spark gave up."""

    code = "engine"


class UnderwayError(TagpressError):
    """Another build to the same place is under way."""

    code = "underway"


class VerifyError(TagpressError):
    """The Hub does not hold exactly what was released."""

    code = "verify"


class WithdrawnError(TagpressError):
    """The owner took this version back, and says that it is not to be used at all."""

    code = "withdrawn"


class HubError(TagpressError):
    """The Hub refused, or could not be reached."""

    code = "hub"
    exit_code = 3


class HubUnreachableError(HubError):
    """The Hub gave no answer, or none in time."""

    code = "hub-unreachable"


class HubRefusedError(HubError):
    """The Hub answered, and its answer is no."""

    code = "hub-refused"


class NotOnHubError(HubError):
    """The Hub has no such repository, revision or file."""

    code = "not-on-hub"


class HubAnswerError(HubError):
    """The Hub gave an answer that no Hub may give."""

    code = "hub-answer"


class ConflictError(TagpressError):
    """Somebody else released in between, or the version is taken."""

    code = "conflict"
    exit_code = 4


class RenamedError(ConflictError):
    """The repository has another name now, and a release under the old one would be lost."""

    code = "renamed"


class RenamedWarning(UserWarning):
    """The repository that was asked for has another name now; what was asked for is read from there."""


class WithdrawnWarning(UserWarning):
    """The owner took the version that was asked for back; it is read as it was released."""
