"""A publisher that is killed in the middle of a large upload, and what the next one sends again."""

import os
import random
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from release.builds import Row, write_build
from release.publisher import publish_here, publisher
from release.seam import App, Fault, Message, Receive, Request, Scope, Seam, Send
from release.view import view
from tagpress.localhub import LocalHub

REPO = "me/toy"
_ROW = 4_000  # bytes in a shard, about


@dataclass(frozen=True)
class Killed:
    """What the shards of a release have, what was sent before the kill, and what was sent of that again, in bytes."""

    total: int
    before: int
    again: int
    requests: int


def large_build(folder: Path, shards: Mapping[str, Sequence[int]]) -> Path:
    """Write shards of so many bytes, about, that nothing compresses and no two of which have a part in common."""
    source = random.Random(7)

    def rows(size: int) -> list[Row]:
        return [
            Row(tokens=tuple(source.randbytes(500).hex() for _ in range(8)), tags=(0,) * 8) for _ in range(size // _ROW)
        ]

    return write_build(folder, {split: [rows(size) for size in sizes] for split, sizes in shards.items()})


def publish_killed(build: Path, root: Path, *, xet: bool, percent: int) -> Killed:
    """Publish a build; kill the publisher when so much of its shards has arrived; publish it again."""
    total = sum(path.stat().st_size for path in (build / "data").iterdir())
    seam = Seam()
    with LocalHub(root, wrap=seam) as hub:
        with publisher(hub.endpoint, hub.token, build, REPO, xet=xet) as (pid, outcome):
            kill = _kill_at(seam, total * percent // 100, pid)
            seam.choose = lambda _number, one: kill if _is_content(one) else None
            assert outcome().document is None
        before = _sent(seam)
        assert before >= total * percent // 100
        seam.forget()
        done = publish_here(hub.endpoint, hub.token, build, REPO, xet=xet)
        assert done["tag"] == "v1.0.0"
        found = view(hub, REPO)
        assert found is not None
        assert found.titles == ["Release v1.0.0", "initial commit"]
        return Killed(total, before, before + _sent(seam) - total, len(seam.requests))


def _kill_at(seam: Seam, limit: int, pid: int) -> Fault:
    """Kill a publisher when the Hub has so many bytes of content, be it in the middle of a request."""

    async def fault(app: App, scope: Scope, receive: Receive, send: Send) -> None:
        async def watched() -> Message:
            message = await receive()
            if _sent(seam) >= limit:
                os.kill(pid, signal.SIGKILL)
            return message

        await app(scope, watched, send)

    return fault


def _sent(seam: Seam) -> int:
    """Return the bytes of content that the Hub has received."""
    return sum(size for what, size in seam.received.items() if _is_content_at(*what))


def _is_content(one: Request) -> bool:
    return _is_content_at(one.method, one.path)


def _is_content_at(method: str, path: str) -> bool:
    return method in {"POST", "PUT"} and path.startswith(("/xet/v1/xorbs/", "/lfs/"))
