"""
A part of a large file at a commit, read from where a broken connection left off.

The file is known by its size and SHA-256, and every answer that says another one is refused: what is read in parts
cannot be hashed, so the Hub's own word is taken at every request.
"""

import re
from http import HTTPStatus
from typing import Final

from huggingface_hub import hf_hub_url

from tagpress.errors import HubRefusedError, VerifyError
from tagpress.hub.answers import at_most_bytes
from tagpress.hub.repository import Repository
from tagpress.hub.transport import TRANSPORT, Answer
from tagpress.hub.values import RemoteFile

_CONTENT_RANGE: Final = re.compile(r"bytes (\d+)-(\d+)/(\d+)")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


def read_range(repository: Repository, file: RemoteFile, sha: str, span: range) -> bytes:
    """
    Return the bytes of `span` of a file at the commit `sha`.

    Raises:
        VerifyError: the Hub has another file there, by its size or its SHA-256.
        HubError: it cannot be read, after as many tries as the Hub's `retry` allows.

    """
    url = hf_hub_url(repository.repo, file.path, repo_type="dataset", revision=sha, endpoint=repository.hub.endpoint)
    got = bytearray()

    def attempt() -> None:
        wanted = range(span.start + len(got), span.stop)
        headers = {**repository.hub.headers, "range": f"bytes={wanted.start}-{wanted.stop - 1}"}
        with TRANSPORT.opened(url, headers) as answer:
            _require(answer, file, wanted)
            for block in at_most_bytes(answer.packed(), len(wanted), f"a part of {file.path} of {repository.repo}"):
                got.extend(block)
        if len(got) != len(span):
            message = f"{len(got)} of {len(span)} bytes arrived"
            raise ConnectionError(message)

    repository.hub.ask(f"read {file.path} of {repository.repo} at {sha}", attempt)
    return bytes(got)


def _require(answer: Answer, file: RemoteFile, wanted: range) -> None:
    """Refuse an answer that is not the wanted part of the file."""
    head = answer.head
    if head.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
        raise _changed(file, f"it has no byte {wanted.start}")
    answer.require()
    found = _CONTENT_RANGE.fullmatch(head.headers.get("content-range", ""))
    if head.status != HTTPStatus.PARTIAL_CONTENT or found is None:
        message = f"The Hub answers a request for a part of {file.path} with {head.status} and not with it."
        raise HubRefusedError(message, "Load the release instead of streaming it: tagpress.load(...).")
    first, last, size = map(int, found.groups())
    if size != file.size:
        raise _changed(file, f"it has {size} bytes")
    if (first, last) != (wanted.start, wanted.stop - 1):
        message = f"the bytes {first}-{last} came for {wanted.start}-{wanted.stop - 1}"
        raise ConnectionError(message)
    for each in answer.heads:  # storage elsewhere has tags of its own, the Hub links its SHA-256
        linked = each.headers.get("x-linked-etag", "").removeprefix("W/").strip('"')
        if _SHA256.fullmatch(linked) and linked != file.sha256:
            raise _changed(file, f"it has the SHA-256 {linked}")


def _changed(file: RemoteFile, found: str) -> VerifyError:
    message = (
        f"{file.path} is not what was released: {found}, released were {file.size} bytes of SHA-256 {file.sha256}."
    )
    return VerifyError(message, "Run `tagpress verify` on the release; publish the next version.")
