"""
How large files come in by Xet: chunks the Hub does not know, then shards that say how files are made of them.

A client with `hf_xet` decides for this on its own. Each file is put together from its chunks at once, checked against
its sha256 and kept like one that came by LFS, so nothing else has to know of Xet. The blocks of chunks are kept too:
clients remember what they have sent to a Hub, and refer to it in later uploads.
"""

import contextlib
import filecmp
import hashlib
import shutil
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Iterator
from itertools import groupby
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Final

from starlette.responses import Response

from tagpress.localhub.pointer import Pointer
from tagpress.localhub.refusals import bad_request, bad_token, damaged, disk_full, not_found
from tagpress.localhub.signing import LIFETIME
from tagpress.localhub.storage import HubStorage, is_in_place, place
from tagpress.localhub.wire import Call, ServedHub, answer
from tagpress.localhub.xet_format import Chunk, Recipe, Term, read_shard, read_xorb, unpack
from tagpress.localhub.xet_hash import xorb_name

MAX_XORB: Final = 128 << 20  # bytes, serialized; clients fill 64 MiB with plain bytes and add their headers and footer
MAX_SHARD: Final = 64 << 20  # bytes; clients begin another one there
_TABLES: Final = 8  # xorbs whose chunks are known by place while one file is made
_AT_ONCE: Final = threading.BoundedSemaphore(4)  # shards that are made into files
_SUBJECT: Final = "xet write"


def write_token(call: Call) -> Response:
    """Say where chunks go, and give a token that is good for nothing else."""
    now = call.hub.clock()
    address, ends, token = f"{call.endpoint}/xet", int(now) + LIFETIME, call.hub.grants.sign(_SUBJECT, now)
    headers = {"X-Xet-Cas-Url": address, "X-Xet-Token-Expiration": str(ends), "X-Xet-Access-Token": token}
    return answer({"casUrl": address, "exp": ends, "accessToken": token}, headers=headers)


def granted(call: Call) -> None:
    """
    Let everybody pass who holds a token that `write_token` gave.

    Raises:
        RefusedError: the token is another, or has run out.

    """
    scheme, _, token = call.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not call.hub.grants.allows(token.strip(), _SUBJECT, call.hub.clock()):
        raise bad_token()


def unknown_chunk(_: Call) -> Response:
    """
    Answer that this Hub does not look for chunks among all repositories: the client then sends its own.

    Raises:
        RefusedError: always.

    """
    raise not_found("No such chunk")


def put_xorb(call: Call) -> Response:
    """
    Keep a block of chunks whose name is that of its content.

    One that was damaged on disk since is replaced by the same name's: its bytes differ.

    Raises:
        RefusedError: the block is damaged, or its content has another name.

    """
    assert call.upload is not None, "the route sends the body to a draft"
    name = _checked_name(call.names["xorb"])
    final = call.hub.store.xorb(name)
    if call.upload.size == 0:
        raise bad_request("A xorb has at least one byte")
    if final.exists() and is_in_place(final) and filecmp.cmp(call.upload.path, final, shallow=False):
        call.hub.store.keep(final)
        return answer({"was_inserted": False})
    try:
        with _mapped(call.upload.path) as block:
            found = xorb_name(unpack(block, chunk) for chunk in read_xorb(block))
    except ValueError as error:
        raise bad_request(f"Not a xorb: {error}") from None
    if found != name:
        raise bad_request(f"The xorb {name} arrives with other content, of the name {found}")
    place(call.upload.path, final)
    return answer({"was_inserted": True})


def _checked_name(name: str) -> str:
    if len(name) != hashlib.sha256().digest_size * 2 or set(name) - set("0123456789abcdef"):
        raise bad_request(f"Not the hash of a xorb: {name[:80]!r}")
    return name


def put_shard(call: Call) -> Response:
    """
    Make each file that a shard describes, and keep it as a large file.

    Raises:
        RefusedError: the shard is damaged, or names a block that is not here.

    """
    assert call.upload is not None, "the route sends the body to a draft"
    try:
        with _mapped(call.upload.path) as shard, _AT_ONCE:
            for recipe in read_shard(shard):
                _keep(call.hub, recipe)
    except ValueError as error:
        raise bad_request(f"Bad shard: {error}") from None
    return answer({"result": 1})


def _keep(hub: ServedHub, recipe: Recipe) -> None:
    store, size = hub.store, recipe.size
    if recipe.sha256 is not None and hub.whole.has(store, Pointer(recipe.sha256, size)):
        return
    if size > shutil.disk_usage(store.tmp).free:
        raise disk_full()
    digest = hashlib.sha256()
    with tempfile.NamedTemporaryFile(dir=store.tmp, delete=False) as draft:
        path = Path(draft.name)
        try:
            for part in _plain_bytes(store, recipe):
                draft.write(part)
                digest.update(part)
            draft.flush()
            if recipe.sha256 not in {None, digest.hexdigest()}:
                msg = f"a file should have the sha256 {recipe.sha256}, but has {digest.hexdigest()}"
                raise ValueError(msg)
            final = store.large_file(digest.hexdigest())
            place(path, final)
            hub.whole.note(final)
        finally:
            path.unlink(missing_ok=True)


def _plain_bytes(store: HubStorage, recipe: Recipe) -> Iterator[bytes]:
    """Yield a file's bytes chunk by chunk; runs of one xorb follow each other, so only one is open at a time."""
    tables: OrderedDict[str, list[Chunk]] = OrderedDict()
    for name, terms in groupby(recipe.terms(), key=lambda term: term.xorb):
        store.keep(store.xorb(name))
        with _mapped(store.xorb(name)) as block:
            if name not in tables:
                tables[name] = read_xorb(block)
                if len(tables) > _TABLES:
                    tables.popitem(last=False)
            for term in terms:
                yield from _plain_term(block, tables[name], term)


@contextlib.contextmanager
def _mapped(path: Path) -> Iterator[mmap]:
    try:
        file = path.open("rb")
    except FileNotFoundError:
        msg = f"xorb {path.name} was never uploaded here"
        raise ValueError(msg) from None
    if not is_in_place(path):
        file.close()
        raise damaged(f"{path.name} is behind a symbolic link")
    if not path.stat().st_size:
        file.close()
        msg = f"{path.name} is empty"
        raise ValueError(msg)
    with file, mmap(file.fileno(), 0, access=ACCESS_READ) as block:
        yield block


def _plain_term(block: mmap, chunks: list[Chunk], term: Term) -> Iterator[bytes]:
    if term.end > len(chunks) or sum(chunk.plain for chunk in chunks[term.first : term.end]) != term.size:
        msg = f"xorb {term.xorb} has no chunks {term.first} to {term.end} of {term.size} bytes"
        raise ValueError(msg)
    for chunk in chunks[term.first : term.end]:
        yield unpack(block, chunk)
