"""
How many requests a release makes, of which kind, and how long that takes on a Hub that waits before each answer.

    python tests/bench/release_requests.py [--wait 0.15] [--sentences 20]

Beside it, `push_to_hub` of the same rows by `datasets`, which checks nothing and tags nothing.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

TESTS = Path(__file__).parents[1]
sys.path.insert(0, str(TESTS))

from huggingface_hub import constants  # noqa: E402
from measure import table  # noqa: E402

from release.builds import SPLITS, rows, write_build  # noqa: E402
from release.seam import App, Fault, Receive, Request, Scope, Seam, Send  # noqa: E402
from tagpress.hub import Hub  # noqa: E402
from tagpress.localhub import LocalHub  # noqa: E402
from tagpress.release.publish import publish_build  # noqa: E402

PUSH = """
import sys, time, datasets
files = {split: f"{sys.argv[1]}/data/{split}-*.parquet" for split in ("train", "validation", "test")}
rows = datasets.load_dataset("parquet", data_files=files)
begun = time.monotonic()
rows.push_to_hub("me/pushed")
print(time.monotonic() - begun)
"""
KINDS = (
    (r"GET .*/refs$", "refs"),
    (r"GET .*/tree/", "listing"),
    (r"GET .*/commits/", "history"),
    (r"POST .*/paths-info/", "paths-info"),
    (r"GET /api/datasets/[^/]+/[^/]+(/revision/.*)?$", "repository"),
    (r"POST .*/(repos/create|preupload/.*|validate-yaml|commit/.*|tag/.*)$", "write"),
    (r".*(/lfs/|info/lfs/|xet).*", "upload"),
    (r"HEAD .*/resolve/", "head of a file"),
    (r"GET .*/resolve/.*\.parquet$", "shard"),
    (r"GET .*/resolve/", "small file"),
)


def kind_of(request: Request) -> str:
    """Return what kind of request this is."""
    line = f"{request.method} {request.path}"
    return next((kind for pattern, kind in KINDS if re.fullmatch(f"{pattern}.*", line)), line)


@contextmanager
def waiting_hub(folder: Path, wait: float) -> Iterator[tuple[LocalHub, Seam]]:
    """Serve a Hub that waits before each answer."""

    async def slow(app: App, scope: Scope, receive: Receive, send: Send) -> None:
        import asyncio

        await asyncio.sleep(wait)
        await app(scope, receive, send)

    def always(_number: int, _request: Request) -> Fault | None:
        return slow if wait else None

    seam = Seam()
    seam.choose = always
    with LocalHub(folder, wrap=seam) as hub:
        yield hub, seam


def releases(folder: Path, sentences: int) -> Iterator[tuple[str, Path]]:
    """Yield builds: a first one, one with a corrected card, one with a sentence more, and that one again."""
    held = max(1, sentences // 10)
    splits = {"train": (rows(sentences - 2 * held),), "validation": SPLITS["validation"], "test": SPLITS["test"]}
    more = {**splits, "train": (rows(sentences - 2 * held + 1),)}
    yield "first", write_build(folder / "1", splits)
    yield "card corrected", write_build(folder / "2", splits, text="Corrected.", version="1.0.1")
    third = write_build(folder / "3", more, text="Corrected.", version="1.1.0")
    yield "a sentence more", third
    yield "unchanged", third


def counted(seam: Seam, act: Callable[[], object]) -> tuple[Counter[str], float]:
    """Return the requests of an act by kind, and its seconds."""
    seam.requests.clear()
    begun = time.monotonic()
    act()
    return Counter(map(kind_of, seam.requests)), time.monotonic() - begun


def push(build: Path, endpoint: str, token: str) -> float:
    """Push the rows of a build with `datasets`, in a process that knows this Hub alone; return its seconds."""
    known = {
        "HF_ENDPOINT": endpoint,
        "HF_TOKEN": token,
        "HF_HOME": str(build.parent / "home"),
        "HF_HUB_DISABLE_XET": "1",
    }
    command = [sys.executable, "-c", PUSH, str(build)]
    return float(subprocess.run(command, env=os.environ | known, check=True, capture_output=True, text=True).stdout)


def main() -> None:
    """Publish on a Hub that waits, and print the requests by kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wait", type=float, default=0.15)
    parser.add_argument("--sentences", type=int, default=20)
    asked = parser.parse_args()
    constants.HF_HUB_DISABLE_XET = True
    found: dict[str, tuple[Counter[str], float]] = {}
    with tempfile.TemporaryDirectory() as name, waiting_hub(Path(name) / "hub", asked.wait) as (local, seam):
        hub = Hub(endpoint=local.endpoint, token=local.token)
        for title, build in releases(Path(name), asked.sentences):
            found[title] = counted(seam, lambda build=build: publish_build(build, hub=hub, repo="me/toy"))
        for title, build in (("push_to_hub", "1"), ("push_to_hub, a sentence more", "3")):
            seconds: list[float] = []
            act = partial(push, Path(name) / build, local.endpoint, local.token)
            counts, _ = counted(seam, lambda act=act, seconds=seconds: seconds.append(act()))
            found[title] = counts, seconds[0]
    kinds = sorted({kind for counts, _ in found.values() for kind in counts})
    lines = [(kind, *(str(counts[kind] or "") for counts, _ in found.values())) for kind in kinds]
    lines.append(("all requests", *(str(counts.total()) for counts, _ in found.values())))
    lines.append((f"seconds, {asked.wait * 1000:.0f} ms each", *(f"{seconds:.1f}" for _, seconds in found.values())))
    print(table(("", *found), lines))


if __name__ == "__main__":
    main()
