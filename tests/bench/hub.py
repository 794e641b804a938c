"""
The embedded Hub under load on loopback: readers, slow readers, slow writers and large bodies at once.

    python tests/bench/hub.py [--readers 200] [--seconds 20]

Printed are the server's peak memory, how long others waited for a small answer meanwhile, what the readers got, and how
long SIGTERM took. It exits with 1 where memory passes 250 MB, the slowest small answer 1 s, or the end 5 s, or where
something acknowledged is lost.
"""

import argparse
import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from huggingface_hub import CommitOperationAdd, HfApi, constants
from measure import megabytes, table

from tagpress.localhub import check_storage

TOKEN = "hf_bench"
REPO = "bench/load"
LIMITS = {"memory, MB": 250, "slowest small answer, s": 1.0, "end after SIGTERM, s": 5.0}
SERVER = """
import sys
from pathlib import Path
from tagpress.localhub import serve
serve(Path(sys.argv[1]), token=sys.argv[2], announce=lambda address: print(address.endpoint, flush=True))
"""


@dataclass(slots=True)
class Seen:
    """What happened meanwhile."""

    ends: float
    bytes: int = 0
    waits: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    peak: int = 0


async def request(host: str, port: int, head: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Open a connection and send the head of a request."""
    reader, writer = await asyncio.open_connection(host, port, limit=1 << 16)
    writer.write(f"{head}\r\nHost: localhost\r\nConnection: close\r\n".encode())
    return reader, writer


async def read(host: str, port: int, seen: Seen, *, pause: float) -> None:
    """Read the large file again and again; with a pause, as a slow client does."""
    while time.monotonic() < seen.ends:
        reader, writer = await request(host, port, f"GET /datasets/{REPO}/resolve/main/big.bin HTTP/1.1")
        writer.write(b"\r\n")
        while time.monotonic() < seen.ends and (part := await reader.read(1 << 16)):
            seen.bytes += len(part)
            await asyncio.sleep(pause)
        writer.transport.abort()


async def write(host: str, port: int, seen: Seen, *, size: int, pause: float, path: str) -> None:
    """Send a body in parts; with a pause, as a slow client does."""
    while time.monotonic() < seen.ends:
        head = f"POST {path} HTTP/1.1\r\nAuthorization: Bearer {TOKEN}\r\nContent-Length: {size}"
        reader, writer = await request(host, port, head)
        writer.write(b"\r\n")
        try:
            for _ in range(size >> 16):
                if time.monotonic() > seen.ends:
                    break
                writer.write(b"x" * (1 << 16))
                await writer.drain()
                await asyncio.sleep(pause)
            else:
                seen.statuses[(await reader.read(12)).decode()[-3:]] += 1
        except ConnectionError:
            seen.statuses["closed"] += 1
        writer.transport.abort()


async def ask(host: str, port: int, seen: Seen) -> None:
    """Ask for something small, as somebody else would, and note how long it takes."""
    while time.monotonic() < seen.ends:
        begun = time.monotonic()
        reader, writer = await request(host, port, f"GET /api/datasets/{REPO} HTTP/1.1")
        writer.write(b"\r\n")
        answer = await reader.read()
        assert answer.startswith(b"HTTP/1.1 200"), answer[:200]
        seen.waits.append(time.monotonic() - begun)
        writer.close()
        await asyncio.sleep(0.05)


async def watch(pid: int, seen: Seen) -> None:
    """Note the largest resident memory."""
    while time.monotonic() < seen.ends:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()  # noqa: ASYNC240 - it is no disk that answers
        (line,) = (line for line in lines if line.startswith("VmRSS"))
        seen.peak = max(seen.peak, int(line.split()[1]) * 1024)
        await asyncio.sleep(0.05)


async def load(endpoint: str, pid: int, seen: Seen, readers: int) -> None:
    """Do everything at once."""
    address = urlsplit(endpoint)
    place = (address.hostname or "", address.port or 0)
    commit, card = f"/api/datasets/{REPO}/commit/main", "/api/validate-yaml"
    tasks = [read(*place, seen, pause=0) for _ in range(readers // 2)]
    tasks += [read(*place, seen, pause=0.5) for _ in range(readers - readers // 2)]
    tasks += [write(*place, seen, size=1 << 20, pause=1, path=card) for _ in range(50)]
    tasks += [write(*place, seen, size=64 << 20, pause=0, path=commit) for _ in range(6)]
    tasks += [write(*place, seen, size=200 << 20, pause=0, path=card) for _ in range(6)]
    await asyncio.gather(*tasks, ask(*place, seen), watch(pid, seen))


def main() -> int:
    """Run the load once and print what was seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=20)
    asked = parser.parse_args()
    constants.HF_HUB_DISABLE_XET = True
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", SERVER, folder, TOKEN]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            endpoint = process.stdout.readline().strip()
            api = HfApi(endpoint=endpoint, token=TOKEN)
            api.create_repo(REPO, repo_type="dataset")
            files = [CommitOperationAdd("big.bin", b"\0" + os.urandom(40 << 20)), CommitOperationAdd("a.txt", b"1")]
            head = api.create_commit(REPO, files, commit_message="put", repo_type="dataset").oid
            seen = Seen(time.monotonic() + asked.seconds)
            asyncio.run(load(endpoint, process.pid, seen, asked.readers))
            assert api.dataset_info(REPO).sha == head
            begun = time.monotonic()
            process.send_signal(signal.SIGTERM)
            code = process.wait(timeout=60)
            end = time.monotonic() - begun
        whole = check_storage(Path(folder)).ok and code == 0
    waits = sorted(seen.waits)
    found = {"memory, MB": seen.peak / 1e6, "slowest small answer, s": waits[-1], "end after SIGTERM, s": end}
    rows = [(name, f"{value:.2f}", LIMITS[name]) for name, value in found.items()]
    rows.append(("median small answer, s", f"{waits[len(waits) // 2]:.3f}", ""))
    rows.append(("read by the readers", megabytes(seen.bytes), ""))
    rows.append(("answers to bodies", ", ".join(f"{k}: {n}" for k, n in sorted(seen.statuses.items())), ""))
    rows.append(("storage whole", str(whole), "True"))
    print(table((f"{asked.readers} readers, {asked.seconds:.0f} s, {os.cpu_count()} cores", "found", "limit"), rows))
    return int(not whole or any(found[name] > limit for name, limit in LIMITS.items()))


if __name__ == "__main__":
    raise SystemExit(main())
