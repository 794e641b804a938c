"""
What a commit changes.

The body of a commit is one JSON value a line: a header, then operations, in the order in which they apply. Here they
become values one by one, and the files of the parent become the files of the commit.
"""

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any, Final, TypeVar

from tagpress.localhub.names import checked_path
from tagpress.localhub.pointer import Pointer
from tagpress.localhub.refusals import bad_request, entry_not_found

Blob = TypeVar("Blob")
MAX_REGULAR: Final = 10 << 20  # bytes; a larger file must go to LFS

MAX_HEADER: Final = 1 << 20  # bytes of the first line, which holds no file and is read without waiting for a turn
MAX_LINE: Final = MAX_REGULAR // 3 * 4 + (64 << 10)  # bytes: a file in base64, and its path


@dataclass(frozen=True, slots=True)
class Put:
    """A file and its whole content."""

    path: str
    content: bytes


@dataclass(frozen=True, slots=True)
class PutLarge:
    """A large file by content; `size` is None for a copy, whose content the Hub knows."""

    path: str
    sha256: str
    size: int | None


@dataclass(frozen=True, slots=True)
class Remove:
    """A file that goes, or a folder with everything in it."""

    path: str
    folder: bool


Operation = Put | PutLarge | Remove


@dataclass(frozen=True, slots=True)
class RequestedChange:
    """
    A whole commit as its author asks for it; `parent` is what the branch must still point at, if given.

    `operations` can be gone through once: each holds a file, and all together may be more than memory has.
    """

    summary: str
    description: str
    parent: str | None
    operations: Iterator[Operation]


def parse_change(body: IO[bytes]) -> RequestedChange:
    """
    Return the commit that an NDJSON body describes; its operations are read from the body as they are asked for.

    Raises:
        RefusedError: 400 for anything that is not what the clients send.

    """
    lines = _lines(body)
    key, header = next(lines, ("", {}))
    if key != "header":
        raise bad_request("The first line of a commit must be its header")
    parent = header.get("parentCommit")
    if parent is not None and not isinstance(parent, str):
        raise bad_request(f"parentCommit must be a string, found {parent!r}")
    operations = (_operation(key, value) for key, value in lines)
    return RequestedChange(_text(header, "summary"), str(header.get("description") or ""), parent, operations)


def _lines(body: IO[bytes]) -> Iterator[tuple[str, dict[str, Any]]]:
    number, most = 0, MAX_HEADER
    while text := body.readline(most + 1):
        number += 1
        if len(text) > most:
            raise bad_request(f"Line {number} of the commit is above {most} bytes: large files must go to LFS")
        most = MAX_LINE
        if text.strip():
            yield _line(number, text)


def _line(number: int, text: bytes) -> tuple[str, dict[str, Any]]:
    try:
        found = json.loads(text)
        key, value = found["key"], found["value"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise bad_request(f'Line {number} of the commit is not {{"key": ..., "value": ...}}') from None
    if not isinstance(value, dict):
        raise bad_request(f"Line {number} of the commit has no object as its value")
    return key, value


def _operation(key: object, value: Mapping[str, Any]) -> Operation:
    make = _OPERATIONS.get(key) if isinstance(key, str) else None
    if make is None:
        raise bad_request(f"Unknown operation {key!r}, expected one of {', '.join(_OPERATIONS)}")
    return make(value)


def _put(value: Mapping[str, Any]) -> Put:
    path, text = checked_path(value.get("path")), _text(value, "content")
    try:
        content = base64.b64decode(text, validate=True) if value.get("encoding") == "base64" else text.encode()
    except ValueError as error:  # no base64, or no text that bytes can spell
        raise bad_request(f"The content of {path!r} can't be decoded: {error}") from None
    if len(content) > MAX_REGULAR:
        raise bad_request(f"{path!r} is above {MAX_REGULAR} bytes and must go to LFS")
    return Put(path, content)


def _put_large(value: Mapping[str, Any]) -> PutLarge:
    path, size, algo = checked_path(value.get("path")), value.get("size"), value.get("algo", "sha256")
    if algo != "sha256" or not (size is None or type(size) is int):
        raise bad_request(f"{path!r} needs a sha256 and a size, found {algo!r} and {size!r}")
    try:
        return PutLarge(path, Pointer(_text(value, "oid"), size or 0).sha256, size)
    except ValueError as error:
        raise bad_request(f"{path!r} is {error}") from None


def _text(value: Mapping[str, Any], key: str) -> str:
    found = value.get(key)
    if not isinstance(found, str):
        raise bad_request(f"{key!r} must be a string, found {found!r}")
    return found


_OPERATIONS: Final[dict[str, Callable[[Mapping[str, Any]], Operation]]] = {
    "file": _put,
    "lfsFile": _put_large,
    "deletedFile": lambda value: Remove(checked_path(value.get("path")), folder=False),
    "deletedFolder": lambda value: Remove(checked_path(_text(value, "path").rstrip("/")), folder=True),
}


def applied(
    files: Mapping[str, Blob], operations: Iterable[Operation], store: Callable[[Put | PutLarge], Blob]
) -> dict[str, Blob]:
    """
    Return the files after the operations; `store` returns what stands for a file that is put.

    Raises:
        RefusedError: 404 EntryNotFound for removing what is not there, 400 for a path that is both a file and a folder.

    """
    after = dict(files)
    for operation in operations:
        if isinstance(operation, Remove):
            for path in _removed(after, operation):
                del after[path]
        else:
            after[operation.path] = store(operation)
    for path in after:
        for folder in _folders_of(path):
            if folder in after:
                raise bad_request(f"{folder!r} can't be a file and a folder")
    return after


def _removed(files: Mapping[str, object], operation: Remove) -> list[str]:
    inside = operation.path + "/"
    paths = [path for path in files if path.startswith(inside)] if operation.folder else [operation.path]
    if not paths or (not operation.folder and operation.path not in files):
        raise entry_not_found(
            f"A {'folder' if operation.folder else 'file'} with this name doesn't exist: {operation.path}"
        )
    return paths


def _folders_of(path: str) -> Iterator[str]:
    for at, char in enumerate(path):
        if char == "/":
            yield path[:at]
