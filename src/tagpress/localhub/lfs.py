"""How large files come in by Git LFS: ask where to put them, put them, have them checked."""

from typing import Any, Final

from starlette.responses import Response

from tagpress.localhub.pointer import Pointer
from tagpress.localhub.refusals import bad_request, forbidden, not_found
from tagpress.localhub.storage import place
from tagpress.localhub.wire import Call, answer

MEDIA_TYPE: Final = "application/vnd.git-lfs+json"
MAX_BATCH: Final = 1000  # objects a request; the clients send 256


def batch(call: Call) -> Response:
    """Say for each object where to upload it, or that it is there already (no actions)."""
    body = call.json()
    objects = body.get("objects")
    if body.get("operation") != "upload" or not isinstance(objects, list) or len(objects) > MAX_BATCH:
        raise bad_request(f'Expected the operation "upload" and at most {MAX_BATCH} objects')
    found = [_instructions(call, item) for item in objects]
    return answer({"transfer": "basic", "objects": found}, headers={"Content-Type": MEDIA_TYPE})


def _instructions(call: Call, item: object) -> dict[str, Any]:
    pointer = _pointer(item)
    known = {"oid": pointer.sha256, "size": pointer.size}
    if _is_stored(call, pointer):
        return known
    grant = call.hub.grants.sign(_subject(pointer), call.hub.clock())
    upload = {"href": f"{call.endpoint}/lfs/{pointer.sha256}/{pointer.size}/{grant}", "header": {}}
    verify = {"href": f"{call.endpoint}/{call.repo.page}.git/info/lfs/objects/verify", "header": {}}
    return {**known, "authenticated": True, "actions": {"upload": upload, "verify": verify}}


def _pointer(item: object) -> Pointer:
    try:
        if isinstance(item, dict) and isinstance(item["oid"], str) and type(item["size"]) is int:
            return Pointer(item["oid"], item["size"])
    except (KeyError, ValueError):
        pass
    raise bad_request(f'Expected {{"oid": sha256, "size": bytes}}, found {item!r}')


def _subject(pointer: Pointer) -> str:
    return f"lfs {pointer.sha256} {pointer.size}"


def _is_stored(call: Call, pointer: Pointer) -> bool:
    path = call.hub.store.large_file(pointer.sha256)
    return path.exists() and path.stat().st_size == pointer.size


def granted(call: Call) -> None:
    """Let everybody pass whose link the batch has signed; the link says what may be uploaded."""
    if not call.hub.grants.allows(call.names["grant"], _subject(_promised(call)), call.hub.clock()):
        raise forbidden("The upload link is not this Hub's, or has expired")


def put(call: Call) -> Response:
    """Keep an uploaded large file if it is what the batch said it would be."""
    assert call.upload is not None, "the route sends the body to a draft"
    found, expected = call.upload, _promised(call)
    if (found.sha256, found.size) != (expected.sha256, expected.size):
        message = f"Expected sha256 {expected.sha256} of {expected.size} bytes, found {found.sha256} of {found.size}"
        raise bad_request(message)
    place(found.path, call.hub.store.large_file(expected.sha256))
    return Response(headers={"ETag": f'"{found.sha256}"'})


def _promised(call: Call) -> Pointer:
    size = call.names["size"]
    return _pointer({"oid": call.names["sha256"], "size": int(size) if size.isdecimal() else None})


def verify(call: Call) -> Response:
    """Confirm that an object is here, whole."""
    pointer = _pointer(call.json())
    if not _is_stored(call, pointer):
        raise not_found(f"Object {pointer.sha256} of {pointer.size} bytes was not uploaded")
    return answer({})
