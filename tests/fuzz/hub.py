"""The Hub's parsers and those of what a Hub sends, as functions of bytes."""

import io
import json
import struct
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from starlette.datastructures import Headers, QueryParams

from fuzz.law import LONGEST, Entry, UnlawfulError
from tagpress.columnar.footers import refuse_fatal
from tagpress.corpus.manifest import Manifest
from tagpress.hub import check_shard, extent
from tagpress.hub.pages import pages
from tagpress.localhub import repos
from tagpress.localhub.operations import applied, parse_change
from tagpress.localhub.origins import KnownNames
from tagpress.localhub.refusals import RefusedError
from tagpress.localhub.storage import open_store
from tagpress.localhub.wire import Call, Handler, ServedHub
from tagpress.localhub.xet_format import read_shard, read_xorb, unpack

TOKEN = "hf_owner"


@cache
def _call() -> Call:
    """Return a call of the owner to a Hub with one dataset."""
    store = open_store(Path(tempfile.mkdtemp(prefix="tagpress-fuzz-")))
    hub = ServedHub(store=store, token=TOKEN, clock=time.time, known=KnownNames.of("127.0.0.1", ()))
    call = Call(
        hub=hub,
        endpoint="http://127.0.0.1",
        method="POST",
        names={},
        query=QueryParams(),
        headers=Headers({"authorization": f"Bearer {TOKEN}"}),
        body=json.dumps({"name": "a", "organization": "me", "type": "dataset"}).encode(),
    )
    repos.create(call)
    return replace(call, names={"kind": "datasets", "namespace": "me", "name": "a", "revision": "main"})


def handled(handler: Handler) -> Entry:
    """Return an entry that hands a body to a handler, whose answer must be no failure of the Hub's own."""

    def entry(data: bytes) -> None:
        try:
            json.loads(handler(replace(_call(), body=data)).body)
        except RefusedError as refusal:
            if refusal.status >= 500 or len(str(refusal.headers)) > LONGEST:
                raise UnlawfulError(f"{refusal.status}: {refusal!s:.200}") from refusal
            raise

    return entry


def committed(data: bytes) -> None:
    """Read the lines of a commit and apply them to a few files."""
    change = parse_change(io.BytesIO(data))
    applied({"a/b.txt": b"", "d": b""}, change.operations, lambda put: put.path.encode())


def shard_of_files(data: bytes) -> None:
    for recipe in read_shard(data):
        assert recipe.size == sum(term.size for term in recipe.terms())
        assert len(recipe.rows) <= len(data)


def packed_chunks(data: bytes) -> None:
    for chunk in read_xorb(data):
        assert len(unpack(data, chunk)) == chunk.plain


def some_shard() -> bytes:
    head = b"HFRepoMetaData".ljust(32, b"\0") + struct.pack("<QQ", 2, 0)
    file = struct.pack("<32sII8x", b"f" * 32, 3 << 30, 1) + struct.pack("<32sIIII", b"x" * 32, 0, 70, 0, 2)
    return head + file + b"v" * 48 + b"s" * 48 + b"\xff" * 32 + b"\0" * 16


def some_xorb() -> bytes:
    found = []
    for scheme in (0, 1, 2):
        plain = b"abcd" * 20
        grouped = b"".join(plain[place::4] for place in range(4)) if scheme == 2 else plain
        packed = plain if scheme == 0 else pa.compress(grouped, codec="lz4", asbytes=True)
        found.append(
            b"\0" + len(packed).to_bytes(3, "little") + bytes([scheme]) + len(plain).to_bytes(3, "little") + packed
        )
    return b"".join(found) + b"XETBLOB"


def pages_of(data: bytes) -> None:
    """Read the pages of every column that a footer names, or those of all bytes where it names none."""
    try:
        metadata = pq.read_metadata(io.BytesIO(data))
        refuse_fatal(metadata, data)  # as whoever reads pages does before: pyarrow would end the process
        groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
        extents = [extent(group.column(number)) for group in groups for number in range(group.num_columns)]
    except (pa.ArrowException, OSError, ValueError):
        extents = [(4, len(data))]
    for start, stop in extents[:10]:
        assert len(list(pages(lambda at, size: data[max(at, 0) : max(at + size, 0)], start, stop))) <= len(data)


def shard_of_rows(build: Callable[[], Path], folder: Callable[[], Path]) -> Entry:
    """Return an entry that checks bytes as the first shard of a release."""

    def entry(data: bytes) -> None:
        manifest = Manifest.load(build())
        path = folder() / "shard.parquet"
        path.write_bytes(data)
        record = manifest.data_files()[0]
        check_shard(path, replace(record, bytes=len(data)), manifest.config_of(record.path))

    return entry
