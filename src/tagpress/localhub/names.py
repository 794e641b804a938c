"""
Which names a repository, a revision and a path may have.

Everything that ends up in a path on this machine or in a git tree passes here first, and is refused with 400 if it could
leave its place. The rules are the Hub's own where they are known, and git's.
"""

import re
from dataclasses import dataclass
from typing import Final

import pygit2

from tagpress.localhub.refusals import bad_request

KINDS: Final = {"models": "", "datasets": "datasets/", "spaces": "spaces/"}  # API word -> prefix in a page's URL
MAX_PATH: Final = 1024  # bytes; a client has to write the path below its cache folder
MAX_SEGMENT: Final = 255  # bytes; what common file systems hold
MAX_REVISION: Final = 200  # bytes; git adds `.lock` and the Hub's clients quote the name into a folder name
_NAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,94}[A-Za-z0-9_])?")
_SHA = re.compile(r"[0-9a-f]{40}")
_UNSEEN = re.compile("[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]")  # what HFS+ leaves out of a name
_CONTROL = re.compile(r"[\x00-\x1f\x7f\\]")


@dataclass(frozen=True, slots=True)
class RepoName:
    """A repository's full name; `kind` is the API word: models, datasets or spaces."""

    kind: str
    namespace: str
    name: str

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise bad_request(f"Unknown kind of repository {self.kind!r}, expected one of {', '.join(KINDS)}")
        for part in (self.namespace, self.name):
            checked_name(part)

    @property
    def id(self) -> str:
        """Return `namespace/name`."""
        return f"{self.namespace}/{self.name}"

    @property
    def page(self) -> str:
        """Return the path of the repository's page: `datasets/namespace/name`, without the prefix for a model."""
        return KINDS[self.kind] + self.id


def checked_name(found: object) -> str:
    """
    Return `found`, the name of a repository or of a namespace.

    Raises:
        RefusedError: 400 for anything that is none.

    """
    if not isinstance(found, str) or not _NAME.fullmatch(found) or ".." in found or "--" in found:
        raise bad_request(_name_rule(found))
    if found.endswith((".git", ".ipynb")):
        raise bad_request(_name_rule(found))
    return found


def _name_rule(found: object) -> str:
    return (
        f"Invalid repository name {found!r}: 1 to 96 characters of A-Z a-z 0-9 - _ . are allowed, "
        "'--' and '..' are forbidden, '-' and '.' can't start or end the name, and it can't end with .git or .ipynb"
    )


def checked_path(path: object) -> str:
    """
    Return `path`, a file or folder below the repository's root.

    Raises:
        RefusedError: 400 for what could leave the repository or can't be stored in every client's file system.

    """
    if not isinstance(path, str):
        raise bad_request(f"A path must be a string, found {path!r}")
    segments = path.split("/")
    too_long = len(utf8(path)) > MAX_PATH or any(len(utf8(segment)) > MAX_SEGMENT for segment in segments)
    if too_long or _CONTROL.search(path) or any(_is_bad_segment(segment) for segment in segments):
        raise bad_request(f"Invalid path in repository: {path[:200]!r}")
    return path


def _is_bad_segment(segment: str) -> bool:
    seen = _UNSEEN.sub("", segment).rstrip(" .").lower()  # as the file systems of other machines see it
    return segment in {"", ".", ".."} or seen in {".git", "git~1"}


def utf8(text: str) -> bytes:
    """
    Return a text as git keeps it.

    Raises:
        RefusedError: 400 for half of a surrogate pair, which JSON can carry and UTF-8 can't.

    """
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise bad_request(f"Not valid Unicode: {text[:200]!r}") from None


def checked_revision(revision: str) -> str:
    """
    Return `revision`: a branch, a tag, a full reference or a commit id that may or may not exist.

    Raises:
        RefusedError: 400 for what git could not hold as a name.

    """
    too_long = len(utf8(revision)) > MAX_REVISION
    if too_long or _CONTROL.search(revision) or not pygit2.reference_is_valid_name(f"refs/heads/{revision}"):
        raise bad_request(f"Invalid revision: {revision[:200]!r}")
    return revision


def new_reference(space: str, name: object) -> str:
    """
    Return the full name of a branch (`space` is `heads`) or tag (`tags`) to be made.

    Raises:
        RefusedError: 400 for a name that git can't hold, or that would hide another reference or a commit id.

    """
    if not isinstance(name, str) or not name:
        raise bad_request(f"A branch or tag needs a name, found {name!r}")
    if name.startswith("refs/") or name == "HEAD" or _SHA.fullmatch(name):
        raise bad_request(f"Invalid reference for a branch or tag: {name!r}")
    return f"refs/{space}/{checked_revision(name)}"
