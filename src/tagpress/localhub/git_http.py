"""
How `git clone` and `git fetch` read a repository.

Where git is installed, its own `upload-pack` answers (the smart protocol, which can clone shallow and send one pack);
where it is not, clients read the objects one by one (the dumb protocol), for which they fall back on their own. Large
files come as LFS pointers, and `git lfs` fetches them by `lfs.batch`. Nothing can be pushed.
"""

import os
import re
import shutil
import subprocess
import tempfile
import threading
import zlib
from pathlib import Path
from typing import IO, Final

import pygit2
from starlette.responses import Response

from tagpress.localhub.refusals import (
    MovedError,
    RefusedError,
    bad_request,
    entry_not_found,
    forbidden,
    sign_in,
    too_large,
)
from tagpress.localhub.resolve import FileResponse
from tagpress.localhub.storage import is_in_place
from tagpress.localhub.wire import Call, file_reader

SERVICE: Final = "git-upload-pack"
MAX_WANTS: Final = 4 << 20  # bytes of a request, unpacked: the ids of what a client wants and has
SECONDS: Final = 120  # for one answer of git
_AT_ONCE: Final = threading.BoundedSemaphore(4)  # each may take a core
_OBJECT: Final = re.compile(r"[0-9a-f]{2}/[0-9a-f]{38}|pack/pack-[0-9a-f]{40}\.(?:pack|idx)")
_PROTOCOL: Final = re.compile(r"version=[0-2]")
_FRESH: Final = {"Cache-Control": "no-cache"}


def git_reader(call: Call) -> None:
    """
    Let everybody pass who may read the files; who has shown no token is asked for it, as git shows none unasked.

    Raises:
        RefusedError: git should ask for a token.

    """
    try:
        file_reader(call)
    except RefusedError as refusal:
        if isinstance(refusal, MovedError) or "authorization" in call.headers:
            raise
        raise sign_in(refusal.code) from None


def references(call: Call) -> Response:
    """
    Name the references, by the protocol that the client asks for and this machine has.

    Raises:
        RefusedError: the client wants to push.

    """
    service, git = call.query.get("service"), _git()
    if service not in {None, SERVICE}:
        raise forbidden("This Hub is read-only for git: publish with tagpress or the Hub's own clients")
    if service is None or git is None:
        return Response(_listing(call.git()), headers=_FRESH, media_type="text/plain")
    arguments = [git, "upload-pack", "--stateless-rpc", "--advertise-refs", str(call.folder / "git")]
    with tempfile.TemporaryFile(dir=call.hub.store.tmp) as out:
        _run(call, arguments, b"", out)
        out.seek(0)
        body = out.read()
    first = b"" if "version=2" in call.headers.get("git-protocol", "") else b"001e# service=git-upload-pack\n0000"
    return Response(first + body, headers=_FRESH, media_type=f"application/x-{SERVICE}-advertisement")


def _git() -> str | None:
    return shutil.which("git")


def _listing(git: pygit2.Repository) -> str:
    lines = []
    for name in sorted(git.references):
        target = git.references[name].target
        lines.append(f"{target}\t{name}\n")
        commit = git.references[name].peel(pygit2.Commit)
        if commit.id != target:
            lines.append(f"{commit.id}\t{name}^{{}}\n")  # what an annotated tag is of
    return "".join(lines)


def upload_pack(call: Call) -> Response:
    """
    Send the objects that a client asks for, as one pack.

    Raises:
        RefusedError: git is not installed here, or refuses what was asked.

    """
    git = _git()
    if git is None:
        raise bad_request("git is not installed where this Hub runs: clone without a depth")
    descriptor, name = tempfile.mkstemp(dir=call.hub.store.tmp)
    path = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as out:
            _run(call, [git, "upload-pack", "--stateless-rpc", str(call.folder / "git")], _wants(call), out)
        headers = {**_FRESH, "Content-Type": f"application/x-{SERVICE}-result"}
        return FileResponse(path, range(path.stat().st_size), 200, headers, passing=True)
    except BaseException:
        path.unlink()
        raise


def _wants(call: Call) -> bytes:
    if call.headers.get("content-encoding") not in {"gzip", "x-gzip"}:
        return call.body
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)  # gzip
    try:
        found = unpacker.decompress(call.body, MAX_WANTS)
    except zlib.error as error:
        raise bad_request(f"The body is not gzip: {error}") from None
    if unpacker.unconsumed_tail:
        raise too_large(f"The body unpacks to more than {MAX_WANTS} bytes")
    return found


def _run(call: Call, arguments: list[str], wants: bytes, out: IO[bytes]) -> None:
    """Run git with nobody's settings, for as long as is fair."""
    asked = _PROTOCOL.search(call.headers.get("git-protocol", ""))
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "safe.directory",  # the store may belong to another user, such as that of a volume
        "GIT_CONFIG_VALUE_0": "*",
        "GIT_PROTOCOL": asked[0] if asked else "",
    }
    with _AT_ONCE:
        try:
            done = subprocess.run(  # noqa: S603 - git by its full path, its arguments are ours
                arguments,
                input=wants,
                stdout=out,
                stderr=subprocess.PIPE,
                env=environment,
                check=False,
                timeout=SECONDS,
            )
        except subprocess.TimeoutExpired:
            raise RefusedError(503, f"git took more than {SECONDS} seconds") from None
    if done.returncode:
        raise bad_request(f"git refused: {done.stderr.decode(errors='replace')[:500].strip()}")


def head(_: Call) -> Response:
    """Say which branch a clone begins with."""
    return Response("ref: refs/heads/main\n", headers=_FRESH, media_type="text/plain")


def git_object(call: Call) -> Response:
    """
    Send one object or pack as it is on disk, for clients that read them one by one.

    Raises:
        RefusedError: there is no such object.

    """
    folder, wanted = call.folder / "git/objects", call.names["path"]
    if wanted == "info/packs":
        packs = sorted(path.name for path in folder.glob("pack/pack-*.pack"))
        return Response("".join(f"P {name}\n" for name in packs) + "\n", headers=_FRESH, media_type="text/plain")
    path = folder / wanted
    if not _OBJECT.fullmatch(wanted) or not path.is_file() or not is_in_place(path):
        raise entry_not_found(f"No object {wanted[:80]!r}")
    headers = {"Content-Type": "application/x-git-loose-object"}
    return FileResponse(path, range(path.stat().st_size), 200, headers)
