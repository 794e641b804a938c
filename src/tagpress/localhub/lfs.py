"""How large files come in and go out by Git LFS: ask where to put or get them, do it, have them checked."""

from collections.abc import Callable
from typing import Any, Final

import pygit2
from starlette.responses import Response

from tagpress.localhub.pointer import Pointer
from tagpress.localhub.refusals import bad_request, forbidden, not_found
from tagpress.localhub.resolve import asked_span, send_large
from tagpress.localhub.storage import place
from tagpress.localhub.wire import Call, answer, writer

MEDIA_TYPE: Final = "application/vnd.git-lfs+json"
MAX_BATCH: Final = 1000  # objects a request; the clients send 256


def batch(call: Call) -> Response:
    """
    Say for each object where to upload it, or that it is there already (no actions); or where to download it.

    Raises:
        RefusedError: the body is no batch.

    """
    body = call.json()
    objects, operation = body.get("objects"), body.get("operation")
    instructions = _OPERATIONS.get(operation) if isinstance(operation, str) else None
    if instructions is None or not isinstance(objects, list) or len(objects) > MAX_BATCH:
        known = " or ".join(_OPERATIONS)
        raise bad_request(f"Expected the operation {known}, and at most {MAX_BATCH} objects")
    found = [instructions(call, item) for item in objects]
    return answer({"transfer": "basic", "objects": found}, headers={"Content-Type": MEDIA_TYPE})


def _upload(call: Call, item: object) -> dict[str, Any]:
    writer(call)
    pointer = _pointer(item)
    known = {"oid": pointer.sha256, "size": pointer.size}
    if call.hub.whole.has(call.hub.store, pointer):
        return known
    upload = {"href": _link(call, "put", pointer), "header": {}}
    # No action to verify: what is put is stored only if it has this hash and this size.
    return {**known, "authenticated": True, "actions": {"upload": upload}}


def _download(call: Call, item: object) -> dict[str, Any]:
    pointer = _pointer(item)
    known = {"oid": pointer.sha256, "size": pointer.size}
    # Objects are shared by all repositories, and this caller may read one: it must hold the pointer itself.
    if pygit2.hash(pointer.text()) not in call.git() or not call.hub.whole.has(call.hub.store, pointer):
        return {**known, "error": {"code": 404, "message": "This repository has no such object"}}
    return {
        **known,
        "authenticated": True,
        "actions": {"download": {"href": _link(call, "get", pointer), "header": {}}},
    }


_OPERATIONS: Final[dict[str, Callable[[Call, object], dict[str, Any]]]] = {"upload": _upload, "download": _download}


def _link(call: Call, verb: str, pointer: Pointer) -> str:
    grant = call.hub.grants.sign(_subject(verb, pointer), call.hub.clock())
    return f"{call.endpoint}/lfs/{pointer.sha256}/{pointer.size}/{grant}"


def _pointer(item: object) -> Pointer:
    try:
        if isinstance(item, dict) and isinstance(item["oid"], str) and type(item["size"]) is int:
            return Pointer(item["oid"], item["size"])
    except (KeyError, ValueError):
        pass
    raise bad_request(f'Expected {{"oid": sha256, "size": bytes}}, found {item!r}')


def _subject(verb: str, pointer: Pointer) -> str:
    return f"lfs {verb} {pointer.sha256} {pointer.size}"


def granted(call: Call) -> None:
    """
    Let everybody pass whose link the batch has signed; the link says what may be uploaded, or downloaded.

    Raises:
        RefusedError: the link was not signed here, or has run out.

    """
    verb = "put" if call.method == "PUT" else "get"
    if not call.hub.grants.allows(call.names["grant"], _subject(verb, _promised(call)), call.hub.clock()):
        raise forbidden("The link is not this Hub's, or has expired")


def promised_size(call: Call) -> int:
    """Return how many bytes an upload may have: what its link says."""
    return _promised(call).size


def put(call: Call) -> Response:
    """
    Keep an uploaded large file if it is what the batch said it would be.

    Raises:
        RefusedError: the content has another hash or size.

    """
    assert call.upload is not None, "the route sends the body to a draft"
    found, expected = call.upload, _promised(call)
    if (found.sha256, found.size) != (expected.sha256, expected.size):
        message = f"Expected sha256 {expected.sha256} of {expected.size} bytes, found {found.sha256} of {found.size}"
        raise bad_request(message)
    final = call.hub.store.large_file(expected.sha256)
    place(found.path, final)
    call.hub.whole.note(final)
    return Response(headers={"ETag": f'"{found.sha256}"'})


def get(call: Call) -> Response:
    """Send a large file to whoever holds a link to it."""
    pointer = _promised(call)
    span = asked_span(call, pointer.size)
    headers = {"Content-Type": "application/octet-stream", "ETag": f'"{pointer.sha256}"'}
    if span is not None:
        headers["Content-Range"] = f"bytes {span.start}-{span.stop - 1}/{pointer.size}"
    return send_large(call, pointer, span, headers)


def _promised(call: Call) -> Pointer:
    size = call.names["size"]
    return _pointer({"oid": call.names["sha256"], "size": int(size) if size.isdecimal() else None})


def verify(call: Call) -> Response:
    """
    Confirm that an object is here, whole.

    Raises:
        RefusedError: it is not here, or of another size.

    """
    pointer = _pointer(call.json())
    if not call.hub.whole.has(call.hub.store, pointer):
        raise not_found(f"Object {pointer.sha256} of {pointer.size} bytes was not uploaded")
    return answer({})
