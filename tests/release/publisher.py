"""A publisher in a process of its own, forked from a server that has imported everything, so that it can be killed."""

import json
import multiprocessing
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tagpress.errors import TagpressError
from tagpress.hub import Hub, Retry, Timeouts
from tagpress.release.load_check import Loaded, LoadedSplit, LoadRequest, row_digest
from tagpress.release.publish import publish_build

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(
    [
        "tagpress.release.publish",
        "numba",
        "pandas",
        "pyarrow.dataset",
        "pyarrow.pandas_compat",
        "multiprocessing.connection",
    ]
)
_SLEEP = time.sleep
QUICK = Retry(first_wait=0.01, longest_wait=0.05, sleep=lambda seconds: _SLEEP(min(seconds, 0.01)))
SHORT = Timeouts(connect=5.0, read=20.0, write=20.0, pool=20.0)


@dataclass
class Outcome:
    """What the publisher answered; nothing if it was killed."""

    document: dict[str, Any] | None

    @property
    def error(self) -> str | None:
        return self.document["error"]["code"] if self.document and "error" in self.document else None


def read_back(request: LoadRequest) -> Loaded:
    """Load a release like `datasets` would, but with pyarrow alone, so that a hundred releases take seconds."""
    manifest = json.loads(_get(request, "release.json"))
    whole, streamed, shards = {}, {}, {}
    for config in manifest.get("configs", [manifest]):
        name = config.get("config", "default")
        folder, called = ("data", "") if name == "default" else (f"data/{name}", f"{name}: ")
        for split, count in config["shards"].items():
            paths = [f"{folder}/{split}-{number:05d}-of-{count:05d}.parquet" for number in range(count)]
            tables = [pq.read_table(pa.BufferReader(_get(request, path))) for path in paths]
            layers = {name: told["names"] for name, told in config.get("layers", {}).items() if told["names"]}
            made = partial(_loaded, version=manifest["version"], layers=layers)
            rows, first = pa.concat_tables(tables), (request.streamed or {}).get(called + split)
            whole[called + split] = made(rows, rows)
            streamed[called + split] = made(rows, rows.slice(0, first) if first else None)
            for path, table in zip(paths, tables, strict=True):
                if path in (request.shards or {}):
                    shards[path] = made(table, table.slice(0, request.shards[path][1]))
    return {"map-style": whole if request.shards is None else shards, "streaming": streamed}


def _loaded(rows: pa.Table, read: pa.Table | None, *, version: str, layers: dict[str, list[str]]) -> LoadedSplit:
    features = json.loads(rows.schema.metadata[b"huggingface"])["info"]["features"]
    return LoadedSplit(
        rows=rows.num_rows,
        row_digest=None if read is None else row_digest(read.to_pylist(), ["offsets", *layers])[1],
        label_names=features["ner_tags"]["feature"]["names"],
        version=version,
        layer_names=layers,
    )


def publish_here(endpoint: str, token: str, build: Path, repo: str, **options: Any) -> dict[str, Any]:
    """Publish in this process and return the document that the command line would print."""
    hub = Hub(endpoint=endpoint, token=token, xet=options.pop("xet", None), retry=QUICK, timeouts=SHORT)
    try:
        return publish_build(build, hub=hub, repo=repo, **{"loader": read_back, **options}).to_json()
    except TagpressError as error:
        return {**error.to_json(), "exit_code": error.exit_code}


@contextmanager
def publisher(endpoint: str, token: str, build: Path, repo: str, **options: Any) -> Iterator[tuple[int, Any]]:
    """Start a publisher; yields its process id and a function that waits for its outcome."""
    ours, theirs = _CONTEXT.Pipe()
    process = _CONTEXT.Process(target=_run, args=(theirs, (endpoint, token, build, repo), options))
    process.start()
    theirs.close()
    try:
        ours.send("go")
        yield process.pid or 0, lambda: _outcome(ours, process)
    finally:
        process.kill()
        process.join()
        process.close()
        ours.close()


def _outcome(ours: Connection, process: BaseProcess) -> Outcome:
    try:
        document = ours.recv()
    except (EOFError, ConnectionResetError):
        document = None
    process.join()
    return Outcome(document)


def _run(theirs: Connection, given: tuple[str, str, Path, str], options: dict[str, Any]) -> None:
    # The client library sleeps whole seconds between its own tries; that is its clock, not what is tested.
    time.sleep = lambda seconds: _SLEEP(min(seconds, 0.01))
    tempfile.tempdir = str(given[2].parent)  # what it leaves when it is killed goes with its build
    theirs.recv()
    theirs.send(publish_here(*given, **options))


def _get(request: LoadRequest, path: str) -> bytes:
    url = f"{request.endpoint}/datasets/{request.repo}/resolve/{request.revision}/{path}"
    asked = urllib.request.Request(url, headers={"authorization": f"Bearer {request.token}"})
    for _ in range(10):
        try:
            with urllib.request.urlopen(asked, timeout=20) as answered:
                return answered.read()
        except OSError:
            continue
    message = f"{path} cannot be read"
    raise AssertionError(message)
