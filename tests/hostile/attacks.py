"""What a hostile Hub may try, one row an attack: what it changes, and which commands must refuse it."""

import hashlib
import io
import itertools
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from hostile.consumer import COMMANDS
from hostile.hub import REPO, SHA, Answer, Hub

ALL = frozenset(COMMANDS)
SHARD = "data/train-00000-of-00001.parquet"
READS_SHARDS = ALL - {"verify", "croissant", "diff"}  # two equal releases are not opened
READS_MANIFEST = ALL


@dataclass(frozen=True)
class Attack:
    """`change` makes a Hub hostile; `refused_by` are the commands that must end with an error."""

    change: Callable[[Hub], None]
    refused_by: frozenset[str] = ALL


def manifest(edit: Callable[[dict[str, Any]], object]) -> Callable[[Hub], None]:
    def change(hub: Hub) -> None:
        document = json.loads(hub.files["release.json"])
        edit(document)
        hub.files["release.json"] = json.dumps(document, indent=2, sort_keys=True).encode()

    return change


def raw_manifest(make: Callable[[], bytes]) -> Callable[[Hub], None]:
    return lambda hub: hub.files.update({"release.json": make()})


def withdrawn(make: Callable[[], bytes]) -> Callable[[Hub], None]:
    return lambda hub: hub.files.update({"withdrawn.json": make()})


def shard(make: Callable[[bytes], bytes]) -> Callable[[Hub], None]:
    """Have another shard, with its size and SHA-256 in the manifest, as whoever publishes it would."""

    def change(hub: Hub) -> None:
        data = hub.files[SHARD] = make(hub.files[SHARD])
        sealed = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        manifest(lambda document: _record(document).update(sealed))(hub)

    return change


def table(edit: Callable[[pa.Table], pa.Table], **options: Any) -> Callable[[Hub], None]:
    return shard(lambda data: _written(edit(pq.read_table(io.BytesIO(data))), **options))


def card(front: str) -> Callable[[Hub], None]:
    return lambda hub: hub.files.update({"README.md": f"---\n{front}\n---\nText.\n".encode()})


def says(kind: str, answer: Callable[[Answer], Answer], path: str = "") -> Callable[[Hub], None]:
    """Change the answers of one kind, or those about one file."""

    def change(hub: Hub) -> None:
        hub.twist = lambda asked, about, honest: (
            answer(honest) if asked == kind and (not path or about == path) else honest
        )

    return change


def entries(**changes: Any) -> Callable[[Hub], None]:
    """Change what listings say of every file."""

    def change(hub: Hub) -> None:
        def twist(kind: str, _path: str, honest: Answer) -> Answer:
            if kind not in {"tree", "paths"}:
                return honest
            return Answer.of([{**entry, **changes} for entry in json.loads(honest.body)])

        hub.twist = twist

    return change


def never_ends(hub: Hub) -> None:
    """Have a listing whose every page is empty and names another."""
    pages = itertools.count(1)

    def twist(kind: str, _path: str, honest: Answer) -> Answer:
        if kind != "tree":
            return honest
        following = f"{hub.url}/api/datasets/{REPO}/tree/{SHA}?cursor={next(pages)}"
        return Answer(b"[]", headers={"Link": f'<{following}>; rel="next"'})

    hub.twist = twist


def sha(value: Any) -> Callable[[Hub], None]:
    return lambda hub: setattr(hub, "sha", value)


def _record(document: dict[str, Any]) -> dict[str, Any]:
    return next(file for file in document["files"] if file["path"] == SHARD)


def _written(found: pa.Table, **options: Any) -> bytes:
    sink = io.BytesIO()
    pq.write_table(found, sink, compression="zstd", **options)
    return sink.getvalue()


def _more_rows(found: pa.Table) -> pa.Table:
    return pa.concat_tables([found, found])


def _with_tags(value: int) -> Callable[[pa.Table], pa.Table]:
    def edit(found: pa.Table) -> pa.Table:
        tags = pa.array([[value] * len(row) for row in found["ner_tags"].to_pylist()], pa.list_(pa.int64()))
        return found.set_column(3, found.schema.field("ner_tags"), tags)

    return edit


def _long_row(tokens: int, word: str) -> Callable[[pa.Table], pa.Table]:
    """Have a first row of so many equal tokens, which a dictionary packs into a few bytes."""

    def edit(found: pa.Table) -> pa.Table:
        lengths = [tokens, *(len(row) for row in found["tokens"].to_pylist()[1:])]
        offsets = pa.array(list(itertools.accumulate(lengths, initial=0)), pa.int32())
        words = pa.DictionaryArray.from_arrays(pa.array([0] * sum(lengths), pa.int32()), pa.array([word]))
        zeros = pa.array([0], pa.int64()).take(pa.array([0] * sum(lengths), pa.int32()))
        columns = [found["id"], found["doc_id"], pa.ListArray.from_arrays(offsets, words)]
        return pa.table(
            [*columns, pa.ListArray.from_arrays(offsets, zeros)], names=list(found.schema.names)
        ).replace_schema_metadata(found.schema.metadata)

    return edit


def _huge_shards(document: dict[str, Any]) -> None:
    document["shards"]["train"] = 1_000_000_000


def _foreign_split(document: dict[str, Any]) -> None:
    document["shards"]["../../escaped"] = 0
    empty = {"rows": 0, "tokens": 0, "labels": {}, "entities": {}, "row_digest": "0" * 64}
    document["splits"]["../../escaped"] = empty
    document["split_order"] = ["train", "validation", "test", "../../escaped"]


def _endless(block: bytes) -> Iterable[bytes]:
    return itertools.repeat(block)


def _numbers(count: int) -> str:
    return ", ".join(map(str, range(count)))


BOMB = "\n".join(
    ['a0: &a0 ["x", "x", "x", "x", "x", "x", "x", "x", "x", "x"]']
    + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    + ["dataset_info: {features: *a9}", "configs: *a9"]
)
WITHDRAWN = b'{"format_version": 1, "withdrawn": [{"version": "1.0.0", "why": "so", "final": true}]}'
MUST_NOT_RUN = "import pathlib\npathlib.Path(__file__).with_name('ran').write_text('x')\nraise SystemExit(9)\n"

ATTACKS: dict[str, Attack] = {
    # a commit
    "a commit that leads out of the cache": Attack(sha("../../escaped")),
    "a commit that is an absolute path": Attack(sha("/tmp/tagpress-escaped")),
    "a commit that is a number": Attack(sha(5)),
    "a commit with a line end": Attack(sha("5" * 40 + "\n")),
    "a commit that is an option": Attack(sha("--upload-pack=x")),
    # listings
    "a file that leads out": Attack(entries(path="../../escaped")),
    "a file with an absolute path": Attack(entries(path="/tmp/tagpress-escaped")),
    "a file whose name moves the cursor": Attack(entries(path="a\x1b[2J.parquet")),
    "a size below zero": Attack(entries(size=-1)),
    "a size that is a text": Attack(entries(size="many")),
    "a size beyond all disks": Attack(entries(size=1 << 62)),
    "a hash that is a path": Attack(entries(oid="../../x", lfs={"oid": "../../x", "size": 1, "pointerSize": 1})),
    "a listing that never ends": Attack(never_ends, ALL - {"load", "stream"}),
    "a listing with other shapes": Attack(says("tree", lambda _: Answer(b'{"a": 1}')), ALL - {"load", "stream"}),
    # answers
    "an answer of 100 MB": Attack(says("info", lambda _: Answer(b'"' + b"x" * (100 << 20) + b'"'))),
    "an answer that never ends": Attack(says("info", lambda _: Answer(_endless(b" " * 65536)))),
    "a packed answer": Attack(
        says("info", lambda a: Answer(a.body, headers={"Content-Encoding": "gzip", "Content-Type": "application/json"}))
    ),
    "an answer that is deep": Attack(says("info", lambda _: Answer(b"[" * 200_000))),
    "an answer that is a list": Attack(says("info", lambda _: Answer(b"[]"))),
    "an answer that is null": Attack(says("info", lambda _: Answer(b"null"))),
    "an error that never ends": Attack(says("info", lambda _: Answer(_endless(b"\x1b[2J" * 16384), status=403))),
    "an error of one large text": Attack(says("info", lambda _: Answer(b"\x1b]0;x\x07" * (4 << 20), status=403))),
    # redirects
    "a redirect to a file": Attack(
        says("info", lambda _: Answer(status=302, headers={"Location": "file:///etc/passwd"}))
    ),
    "a redirect to no host": Attack(says("info", lambda _: Answer(status=302, headers={"Location": "http://["}))),
    "a redirect without end": Attack(
        says("info", lambda _: Answer(status=302, headers={"Location": "/api/datasets/me/small"}))
    ),
    "a shard elsewhere": Attack(
        says("resolve", lambda _: Answer(status=302, headers={"Location": "ftp://127.0.0.1/x"}), SHARD), READS_SHARDS
    ),
    # the manifest
    "a billion shards": Attack(manifest(_huge_shards)),
    "a split that leads out": Attack(manifest(_foreign_split)),
    "a file of the manifest that leads out": Attack(
        manifest(lambda document: document["files"][0].update({"path": "../../escaped"}))
    ),
    "a manifest that is deep": Attack(raw_manifest(lambda: b"[" * 100_000)),
    "a manifest with a deep value": Attack(
        raw_manifest(lambda: b'{"format_version": 1, "name": ' + b"[" * 900 + b"]" * 900 + b"}")
    ),
    "a manifest of spaces": Attack(raw_manifest(lambda: b" " * (80 << 20))),
    "a manifest of lists": Attack(raw_manifest(lambda: b"[" + b"[]," * (12 << 20) + b"0]")),
    "a manifest of faults": Attack(
        manifest(lambda document: document.update({"sources": [0] * 1_500_000})),
    ),
    "a manifest with a long number": Attack(raw_manifest(lambda: b'{"format_version": ' + b"1" * 50_000 + b"}")),
    "a manifest that never ends": Attack(says("resolve", lambda _: Answer(_endless(b" " * 65536)), "release.json")),
    "a manifest that is a list": Attack(raw_manifest(lambda: b"[]")),
    "a manifest that is not UTF-8": Attack(raw_manifest(lambda: b"\xff\xfe\x00")),
    # withdrawals: croissant and diff only warn of what was withdrawn for good
    "a version withdrawn for good": Attack(withdrawn(lambda: WITHDRAWN), ALL - {"diff", "croissant"}),
    "withdrawals that are deep": Attack(withdrawn(lambda: b"[" * 100_000)),
    "withdrawals that are a list": Attack(withdrawn(lambda: b"[]")),
    "withdrawals that are not UTF-8": Attack(withdrawn(lambda: b"\xff\xfe\x00")),
    "withdrawals of 80 MB": Attack(withdrawn(lambda: b" " * (80 << 20))),
    "withdrawals of lists": Attack(
        withdrawn(lambda: b'{"format_version": 1, "withdrawn": [' + b"[]," * 200_000 + b"0]}")
    ),
    "a withdrawal that moves the cursor": Attack(withdrawn(lambda: WITHDRAWN.replace(b"so", b"\\u001b[2J"))),
    "withdrawals that never end": Attack(
        lambda hub: (
            withdrawn(lambda: WITHDRAWN)(hub),
            says("resolve", lambda _: Answer(_endless(b" " * 65536)), "withdrawn.json")(hub),
        )
    ),
    # the card: verify reads it, and says that it is not that of the release
    "a card with a bomb": Attack(card(BOMB), frozenset({"verify", "croissant"})),
    "a card with a cycle": Attack(card("dataset_info: &a {features: [*a]}"), frozenset({"verify", "croissant"})),
    "a card with numbers for keys": Attack(
        card("1: 2\ndataset_info: {features: [{name: ner_tags, list: {class_label: {names: {x: O, 1: B}}}}]}"),
        frozenset({"verify", "croissant"}),
    ),
    "a card that is deep": Attack(card("a: " + "[" * 50_000), frozenset({"verify", "croissant"})),
    "a card with a long number": Attack(card("a: " + "1" * 50_000), frozenset({"verify", "croissant"})),
    "a card that never ends": Attack(
        says("resolve", lambda _: Answer(_endless(b"---\n")), "README.md"), frozenset({"verify", "croissant"})
    ),
    # shards, sealed by whoever made them
    "a shard that is text": Attack(shard(lambda _: b"no Parquet" * 100), READS_SHARDS),
    "a shard that is cut": Attack(shard(lambda data: data[: len(data) // 2]), READS_SHARDS),
    "a shard without its middle": Attack(
        shard(lambda data: data[:200] + bytes(len(data) - 4200) + data[-4000:]), READS_SHARDS
    ),
    "a shard with a footer of gigabytes": Attack(shard(lambda data: data[:-8] + b"\xff\xff\xff\x7fPAR1"), READS_SHARDS),
    "a shard of other columns": Attack(table(lambda found: found.select(["id", "tokens"])), READS_SHARDS),
    "a shard with more rows": Attack(table(_more_rows), READS_SHARDS),
    "a label id that has no name": Attack(table(_with_tags(1000)), READS_SHARDS),
    "a label id below zero": Attack(table(_with_tags(-1)), READS_SHARDS),
    "a row of ten million tokens": Attack(table(_long_row(10_000_000, "x")), READS_SHARDS),
    "a long word in many places": Attack(table(_long_row(100_000, "x" * 100_000)), READS_SHARDS),
    "a shard that never ends": Attack(says("resolve", lambda _: Answer(_endless(b"x" * 65536)), SHARD), READS_SHARDS),
    "a shard with another hash": Attack(
        says("resolve", lambda a: Answer(a.body, headers={"X-Linked-Etag": '"' + "0" * 64 + '"'}), SHARD),
        frozenset({"stream"}),  # the others hash what came
    ),
    # code
    "a script that must not run": Attack(
        lambda hub: hub.files.update(
            {"small.py": MUST_NOT_RUN.encode(), "builder/build_small.py": MUST_NOT_RUN.encode()}
        ),
        frozenset(),
    ),
}
