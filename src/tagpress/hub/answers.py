"""
What may a Hub answer? Nothing that it says becomes a path, an address or memory before it was held against this.

A Hub is whoever answers at its address. So a commit is 40 or 64 hex digits, a file has a plain relative path, an answer
has a size, and a redirect leads to a web server, and from https to https. What is more, or else, is a HubAnswerError.
"""

import re
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import islice
from typing import Final, NoReturn, TypeVar
from urllib.parse import urlsplit

from huggingface_hub.hf_api import RepoFile

from tagpress.corpus.addresses import public
from tagpress.corpus.careful_json import MAX_BYTES
from tagpress.corpus.requirements import is_inner_path
from tagpress.errors import HubAnswerError
from tagpress.hub.transport.parts import Body, Head
from tagpress.hub.values import RemoteFile

T = TypeVar("T")

MAX_SMALL: Final = MAX_BYTES  # bytes of a file that is read into memory: a card, a manifest, a script
MAX_ANSWER: Final = 64 << 20  # bytes of an answer in JSON: a listing of 200,000 files has 40 MB
MAX_FILES: Final = 200_000  # of one commit; the Hub advises 100,000
MAX_PAGES: Final = 200  # of one listing: the Hub has 1,000 files on a page
MAX_SIZE: Final = 1 << 50  # bytes of one file
_COMMIT: Final = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")  # SHA-1, or SHA-256 as git has it too
REPOSITORY: Final = re.compile(r"\w[\w.-]*/\w[\w.-]*", re.ASCII)  # NAMESPACE/NAME
SLUG: Final = re.compile(r"\w[\w.-]*/[\w.-]+-[0-9a-f]{24}", re.ASCII)  # of a collection
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_HOST: Final = re.compile(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+")  # a name, or an address of either kind
_LONGEST_PATH: Final = 1_024
_SHOWN: Final = 60
_HINT: Final = "Do not trust this Hub: see that its address is the one that you meant, and tell whoever runs it."


def commit_id(found: object, of: str) -> str:
    """Return the id of a commit, which may be a folder's name here and a part of an address there."""
    if not _is(_COMMIT, found):
        _refuse(f"a commit of {of}", "40 or 64 hex digits", found)
    return str(found)


def repository_name(found: object, of: str) -> str:
    """Return the name by which a Hub calls a repository."""
    if not (isinstance(found, str) and len(found) <= _LONGEST_PATH and REPOSITORY.fullmatch(found)):
        _refuse(f"the name of {of}", "NAMESPACE/NAME", found)
    return found


def name_in(address: str, of: str) -> str:
    """Return the name of the repository to whose interface an address leads."""
    path = urlsplit(address).path.partition("/api/datasets/")[2]
    return repository_name("/".join(path.split("/")[:2]), of)


def collection_slug(found: object, of: str) -> str:
    """Return the address of a collection."""
    if not (isinstance(found, str) and len(found) <= _LONGEST_PATH and SLUG.fullmatch(found)):
        _refuse(f"the address of {of}", "NAMESPACE/NAME-ID", found)
    return found


def gate(found: object, of: str) -> str:
    """Return whether a repository is gated: off, auto or manual."""
    if found not in (False, "auto", "manual"):
        _refuse(f"whether {of} is gated", "false, auto or manual", found)
    return str(found or "off")


def remote_file(entry: RepoFile, of: str) -> RemoteFile:
    """Return one file of a listing."""
    path, size, blob_id = (getattr(entry, name) for name in ("path", "size", "blob_id"))
    sha256 = entry.lfs.sha256 if entry.lfs is not None else None
    if not (isinstance(path, str) and len(path) <= _LONGEST_PATH and is_inner_path(path)):
        _refuse(f"a file of {of}", "a plain relative path", path)
    if type(size) is not int or not 0 <= size <= MAX_SIZE:
        _refuse(f"the size of {path} of {of}", "a number of bytes", size)
    if not _is(_COMMIT, blob_id):
        _refuse(f"the blob of {path} of {of}", "40 or 64 hex digits", blob_id)
    if sha256 is not None and not _is(_SHA256, sha256):
        _refuse(f"the SHA-256 of {path} of {of}", "64 hex digits", sha256)
    return RemoteFile(path=path, size=size, blob_id=blob_id, sha256=sha256)


def at_most(found: Iterable[T], most: int, what: str) -> list[T]:
    """Return what a listing yields, which may go on for ever."""
    listed = list(islice(found, most + 1))
    if len(listed) > most:
        _refuse(what, f"at most {most:,}", "more")
    return listed


def small(file: RemoteFile, of: str) -> RemoteFile:
    """Return a file that is to be read into memory."""
    if file.size > MAX_SMALL:
        _refuse(f"{file.path} of {of}", f"{MAX_SMALL:,} bytes or fewer", file.size)
    return file


def promised(blocks: Iterable[bytes], file: RemoteFile, of: str) -> Iterator[bytes]:
    """Yield the content of a file, and no more of it than its listing says."""
    arrived = 0
    for block in blocks:
        arrived += len(block)
        if arrived > file.size:
            _refuse(f"the content of {file.path} of {of}", f"{file.size:,} bytes", "more")
        yield block


def check_head(head: Head) -> Body | None:
    """
    Refuse an answer that leads elsewhere than to the web, or that would fill the memory; it is not read yet.

    Returned is what its body must go through, if it is one that is read into memory.
    """
    if head.is_redirect:
        _check_redirect(head)
    if head.is_redirect or head.is_error or "/api/" in urlsplit(head.url).path:
        return _bound(head)
    return None


def check_pages(pages: int, url: str) -> None:
    """Refuse a page that names one more than a listing may have."""
    if pages > MAX_PAGES:
        _refuse(f"a listing at {public(url)}", f"at most {MAX_PAGES:,} pages", "more")


def at_most_bytes(blocks: Iterable[bytes], most: int, what: str) -> Iterator[bytes]:
    """Yield what arrives, and no more than so many bytes."""
    arrived = 0
    for block in blocks:
        arrived += len(block)
        if arrived > most:
            _refuse(what, f"{most:,} bytes or fewer", "more")
        yield block


def _check_redirect(head: Head) -> None:
    asked = urlsplit(head.url)
    try:
        target = urlsplit(head.target)
        known = _HOST.fullmatch(target.hostname or "") is not None and target.port != 0
    except ValueError:
        known = False
    if not known or target.scheme not in {"http", "https"} or (asked.scheme == "https" and target.scheme == "http"):
        found = public(head.headers.get("location", ""))
        _refuse(f"a redirect from {public(head.url)}", "a web address as safe as the one before", found)


def _bound(head: Head) -> Body:
    """Return what ends with an error where an answer is too large, packed or not."""
    where = f"an answer at {public(head.url)}"
    length = head.headers.get("content-length", "")
    if length.isdecimal() and (len(length) > len(str(MAX_ANSWER)) or int(length) > MAX_ANSWER):
        _refuse(where, f"{MAX_ANSWER:,} bytes or fewer", length)
    if head.headers.get("content-encoding", "identity").lower() not in {"", "identity"}:
        _refuse(where, "no compression, for none was asked for", head.headers["content-encoding"])
    return partial(at_most_bytes, most=MAX_ANSWER, what=where)


def _is(pattern: re.Pattern[str], found: object) -> bool:
    return isinstance(found, str) and pattern.fullmatch(found) is not None


def _refuse(what: str, expected: str, found: object) -> NoReturn:
    shown = repr(found)
    shown = shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}..."
    raise HubAnswerError(f"The Hub says {shown} for {what}, expected {expected}; nothing of it was used.", _HINT)
