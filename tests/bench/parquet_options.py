"""
What each Parquet option costs and gives: the table behind `tagpress.build.parquet`.

    python tests/bench/parquet_options.py

One option is changed at a time, on two shards: the train shard of wikiser-small, and one as large as shards get, from the
synthetic corpus. For each variant:

- size of the file, and CPU seconds to write it (the least of three);
- streaming: `load_dataset(..., streaming=True)` from the embedded Hub over HTTP, where every request waits 50 ms and
  answers arrive at 25 MB/s, as from the real Hub: requests, bytes and seconds until the first batch, and sentences a second over the file;
- bytes sent by an edit: the file is uploaded again through Xet after one sentence was inserted, and after one sentence was
  tagged otherwise; what the Hub has to store anew is counted.
"""

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from measure import cores, table

from build import ROOT, SCRIPT, corpora
from tagpress.build.parquet import ROW_GROUP_ROWS, writer_options
from tagpress.localhub import LocalHub

ROUND_TRIP = 0.05  # seconds
BANDWIDTH = 25_000_000  # bytes a second
LARGE_ROWS = 187_000  # a train shard of 1 GB: the largest before shards are split
REPO = "bench/options"
COUNTS = "/bench/counts"


@dataclass(frozen=True, slots=True)
class Variant:
    """How to write a shard: row groups of so many rows, or, `by_hash`, of about so many in equal parts of the hash line."""

    rows: int = ROW_GROUP_ROWS
    by_hash: bool = True
    options: dict[str, Any] = field(default_factory=dict)

    def cuts(self, rows: int) -> list[int]:
        """Return where row groups begin, and the number of rows."""
        if not self.by_hash:
            return [*range(0, rows, self.rows), rows]
        parts = 1
        while parts * self.rows < rows:
            parts *= 2
        return [rows * part // parts for part in range(parts + 1)]

    def write(self, shard: pa.Table, cuts: Sequence[int], path: Path) -> float:
        """Write a shard in row groups; return the CPU seconds."""
        start = time.process_time()
        with pq.ParquetWriter(path, shard.schema, **{**writer_options(shard.schema), **self.options}) as writer:
            for begin, end in pairwise(cuts):
                writer.write_table(shard.slice(begin, end - begin), row_group_size=end - begin)
        return time.process_time() - start


CHUNKED: dict[str, Any] = {"use_content_defined_chunking": True}
VARIANTS = {
    "as it is": Variant(),
    "row groups of 5,000": Variant(5_000),
    "row groups of 10,000": Variant(10_000),
    "row groups of 50,000": Variant(50_000),
    "row groups of 100,000": Variant(100_000),
    "cut by number": Variant(by_hash=False),
    "cut by number, content-defined chunking": Variant(by_hash=False, options=CHUNKED),
    "content-defined chunking": Variant(options=CHUNKED),
    "dictionary for ids too": Variant(options={"use_dictionary": True}),
    "no dictionary": Variant(options={"use_dictionary": False}),
    "dictionaries of 4 MB": Variant(options={"dictionary_pagesize_limit": 4 << 20}),
    "snappy": Variant(options={"compression": "snappy", "compression_level": None}),
    "zstd 1": Variant(options={"compression_level": 1}),
    "zstd 9": Variant(options={"compression_level": 9}),
    "no page index": Variant(options={"write_page_index": False}),
    "statistics of every column": Variant(options={"write_statistics": True}),
}


# ----- shards, and edits of them -----


def built(files: Sequence[str], out: Path) -> pa.Table:
    """Return the train split of a build of these files, in its order along the hash line."""
    command = [
        str(Path(sys.executable).with_name("tagpress")),
        "build",
        str(SCRIPT),
        *files,
        "--out",
        str(out),
        "--json",
    ]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return pa.concat_tables([pq.read_table(path) for path in sorted(out.glob("data/train-*.parquet"))]).combine_chunks()


def inserted(shard: pa.Table, at: int) -> pa.Table:
    """Return a shard with one more sentence."""
    row = shard.slice(at, 1).to_pylist()[0]
    row |= {
        "id": f"{'0' * 8}{row['id'][8:]}",
        "tokens": [*row["tokens"], "Inserted"],
        "ner_tags": [*row["ner_tags"], 0],
    }
    return _with(shard, at, [row], 0)


def relabelled(shard: pa.Table, at: int) -> pa.Table:
    """Return a shard in which one sentence has lost its entities."""
    row = shard.slice(at, 1).to_pylist()[0]
    return _with(shard, at, [row | {"ner_tags": [0] * len(row["ner_tags"])}], 1)


def _with(shard: pa.Table, at: int, rows: list[dict[str, Any]], gone: int) -> pa.Table:
    new = pa.Table.from_pylist(rows, schema=shard.schema)
    return pa.concat_tables([shard.slice(0, at), new, shard.slice(at + gone)]).combine_chunks()


# ----- a Hub that is far away, and counts -----


def far_away(counts: Counter[str]) -> Callable[[Any], Any]:
    """Return what stands before the Hub: each request waits, and is counted with the bytes of its answer."""

    def wrap(app: Any) -> Any:
        async def seam(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] == "http" and scope["path"] == COUNTS:
                await send({"type": "http.response.start", "status": 200, "headers": []})
                await send({"type": "http.response.body", "body": json.dumps(counts).encode()})
                return

            async def counted(message: Any) -> None:
                size = len(message.get("body", b""))
                await asyncio.sleep(size / BANDWIDTH)
                await send(message)
                counts["bytes"] += size

            counts["requests"] += 1
            await asyncio.sleep(ROUND_TRIP)
            await app(scope, receive, counted)

        return seam

    return wrap


def upload(*paths: str) -> None:
    """Commit one file after another to the same path, through Xet."""
    from huggingface_hub import HfApi

    api = HfApi()
    api.create_repo(REPO, repo_type="dataset", exist_ok=True)
    for path in paths:
        api.upload_file(path_or_fileobj=path, path_in_repo="train.parquet", repo_id=REPO, repo_type="dataset")


def stream() -> None:
    """Print the seconds, requests and bytes until the first batch, and the sentences a second."""
    import datasets
    from huggingface_hub import get_session

    def counts() -> dict[str, int]:
        found: dict[str, int] = get_session().get(os.environ["HF_ENDPOINT"] + COUNTS).json()
        return found

    before, start = counts(), time.perf_counter()
    url = f"hf://datasets/{REPO}/train.parquet"
    rows = datasets.load_dataset("parquet", data_files=url, split="train", streaming=True).with_format("arrow")
    batches: Iterator[pa.Table] = rows.iter(batch_size=1000)
    read = len(next(batches))
    first, then = time.perf_counter() - start, counts()
    read += sum(map(len, batches))
    rate = read / (time.perf_counter() - start)
    print(json.dumps([then["requests"] - before["requests"], then["bytes"] - before["bytes"], first, rate]), flush=True)
    os._exit(0)  # Arrow's reading threads may still run, and would abort an orderly exit


CHILDREN = {"upload": upload, "stream": stream}


# ----- measuring -----


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What one variant costs; bytes and seconds."""

    size: int
    write: float
    requests: float
    first_bytes: float
    first: float
    rate: float
    inserted: int
    relabelled: int


def measure(variant: Variant, shard: pa.Table, folder: Path) -> Found:
    """Write a shard and two edits of it; stream it and send the edits."""
    at = len(shard) // 2
    at += next(number for number, tags in enumerate(shard["ner_tags"].slice(at).to_pylist()) if any(tags))
    cuts = variant.cuts(len(shard))
    moved = [cut + (cut > at) for cut in cuts] if variant.by_hash else variant.cuts(len(shard) + 1)
    paths = [folder / f"{name}.parquet" for name in ("shard", "inserted", "relabelled")]
    write = min(variant.write(shard, cuts, paths[0]) for _ in range(3))
    variant.write(inserted(shard, at), moved, paths[1])
    variant.write(relabelled(shard, at), cuts, paths[2])
    sent = [_sent(paths[0], edited, folder / edited.stem) for edited in paths[1:]]
    streams = list(zip(*_streams(paths[0], folder / "stream"), strict=True))
    requests, first_bytes, first, rate = (statistics.median(column) for column in streams)
    return Found(
        size=paths[0].stat().st_size,
        write=write,
        requests=requests,
        first_bytes=first_bytes,
        first=first,
        rate=rate,
        inserted=sent[0],
        relabelled=sent[1],
    )


def _sent(before: Path, after: Path, root: Path) -> int:
    """Return the bytes that the Hub stores anew when one file takes the place of another."""
    with LocalHub(root / "hub") as hub:
        _child(hub, root, "upload", str(before))
        held = _stored(root)
        _child(hub, root, "upload", str(after))
        return _stored(root) - held


def _stored(root: Path) -> int:
    return sum(path.stat().st_size for path in (root / "hub" / "xorbs").glob("*/*"))


def _streams(path: Path, root: Path) -> list[list[float]]:
    counts = Counter(requests=0, bytes=0)
    with LocalHub(root / "hub", wrap=far_away(counts)) as hub:
        _child(hub, root, "upload", str(path))
        return [json.loads(_child(hub, root, "stream")) for _ in range(3)]


def _child(hub: LocalHub, root: Path, name: str, *arguments: str) -> str:
    """Run one of `CHILDREN` as a client of a Hub, with a cache of its own."""
    settings = {"HF_ENDPOINT": hub.endpoint, "HF_TOKEN": hub.token, "HF_HOME": str(root / "home")}
    quiet = {"HF_DATASETS_DISABLE_PROGRESS_BARS": "1", "HF_HUB_DISABLE_PROGRESS_BARS": "1"}
    command, environment = [sys.executable, __file__, name, *arguments], {**os.environ, **settings, **quiet}
    return subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout


def _row(name: str, found: Found) -> tuple[str, ...]:
    return (
        name,
        f"{found.size / 1e6:.2f}",
        f"{found.write:.2f}",
        f"{found.requests:.0f}",
        f"{found.first_bytes / 1e6:.2f}",
        f"{found.first:.2f}",
        f"{found.rate / 1000:.0f}",
        f"{found.inserted / 1e6:.2f}",
        f"{found.relabelled / 1e6:.2f}",
    )


COLUMNS = (
    "variant",
    "size, MB",
    "write, CPU s",
    "requests to first batch",
    "MB to first batch",
    "s to first batch",
    "1,000 sentences/s",
    "MB sent: one inserted",
    "MB sent: one relabelled",
)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=ROOT.parent / "shared" / "corpora" / "wikiser-small")
    parser.add_argument("--folder", type=Path, help="keep the synthetic corpus here, or take it from here")
    parser.add_argument("--only", help="only the variants that have this in their name")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tagpress-bench-") as scratch:
        folder = Path(scratch)
        marked, _ = corpora(options.corpus, options.folder or folder, 200)
        large = built([str(marked / "*.txt")], folder / "large").slice(0, LARGE_ROWS)
        shards = {"wikiser-small": built([str(options.corpus / "*.txt")], folder / "small"), "synthetic": large}
        for name, shard in shards.items():
            print(f"\n{name}: {len(shard):,} sentences, {cores()} cores\n", flush=True)
            rows = []
            for number, (variant, how) in enumerate(VARIANTS.items()):
                if (options.only or "") in variant:
                    place = folder / f"{name}-{number}"
                    place.mkdir()
                    rows.append(_row(variant, measure(how, shard.combine_chunks(), place)))
            print(table(COLUMNS, rows), flush=True)


if __name__ == "__main__":
    CHILDREN[sys.argv[1]](*sys.argv[2:]) if sys.argv[1:2] and sys.argv[1] in CHILDREN else main()
