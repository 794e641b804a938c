import contextlib
import hashlib
import random
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from huggingface_hub import HfApi
from hypothesis import given
from hypothesis import strategies as st

from localhub.plain import Wire
from tagpress.localhub import LocalHub
from tagpress.localhub.xet_format import Term, hash_text, read_shard, read_xorb, unpack
from tagpress.localhub.xet_hash import xorb_name

DEFAULT_CLIENT = """
import json, sys
from pathlib import Path
import numpy as np
from huggingface_hub import CommitOperationAdd, HfApi, hf_hub_download, snapshot_download

random = np.random.default_rng(0)
files = {
    "random.bin": random.bytes(3_000_001),
    "text.bin": b"\\0hello world " * 200_000,
    "floats.npy": np.cumsum(random.normal(size=400_001)).astype("f4").tobytes() + b"xyz",
    "tiny.bin": b"\\0",
    "small.txt": b"small",
}
api, repo = HfApi(), {"repo_type": "dataset"}

def operations():
    return [CommitOperationAdd(path, content) for path, content in files.items()]

for name in ("tests/xet", "tests/xet-again"):
    api.create_repo(name, **repo)
    api.create_commit(name, operations(), commit_message="all", **repo)
for name in ("tests/xet", "tests/xet-again"):
    for path, content in files.items():
        assert Path(hf_hub_download(name, path, **repo)).read_bytes() == content, path
folder = Path(sys.argv[1])
(folder / "data").mkdir(parents=True)
for at in range(5):
    (folder / f"data/{at}.bin").write_bytes(files["random.bin"][at * 1000:] + bytes([at]))
api.upload_folder(repo_id="tests/xet", folder_path=folder, create_pr=True, **repo)
there = snapshot_download("tests/xet", revision="refs/pr/1", **repo)
same = [(folder / f"data/{at}.bin").read_bytes() == Path(there, f"data/{at}.bin").read_bytes() for at in range(5)]
print(json.dumps({"same": same, "files": len(files)}))
"""


def test_a_client_with_its_defaults_sends_chunks(
    child: Callable[..., Any], api: HfApi, hub_root: Path, tmp_path: Path
) -> None:
    assert child(DEFAULT_CLIENT, str(tmp_path / "folder"), HF_HUB_DISABLE_XET="0") == {"same": [True] * 5, "files": 5}
    schemes = {chunk.scheme for path in (hub_root / "xorbs").glob("*/*") for chunk in read_xorb(path.read_bytes())}
    assert schemes == {0, 1, 2}
    lfs = {one.rfilename: one.lfs for one in api.dataset_info("tests/xet", files_metadata=True).siblings or []}
    assert lfs["small.txt"] is None
    assert lfs["tiny.bin"].sha256 == hashlib.sha256(b"\0").hexdigest()


# ----- the formats -----


def grouped(plain: bytes) -> bytes:
    return b"".join(plain[position::4] for position in range(4))


PACK = {
    0: lambda plain: plain,
    1: lambda plain: pa.compress(plain, codec="lz4", asbytes=True),
    2: lambda plain: pa.compress(grouped(plain), codec="lz4", asbytes=True),
}


def a_chunk(scheme: int, plain: bytes) -> bytes:
    packed = PACK[scheme](plain)
    return b"\0" + len(packed).to_bytes(3, "little") + bytes([scheme]) + len(plain).to_bytes(3, "little") + packed


def a_shard(*recipes: tuple[list[tuple[bytes, int, int, int]], bytes | None]) -> bytes:
    """Return a shard of files: (xorb, plain size, first chunk, end chunk) for each term, and the sha256."""
    rows = [b"HFRepoMetaData".ljust(32, b"\0") + struct.pack("<QQ", 2, 0)]
    for terms, sha256 in recipes:
        flags = (1 << 31) | ((1 << 30) if sha256 is not None else 0)
        rows.append(struct.pack("<32sII8x", b"file", flags, len(terms)))
        rows += [struct.pack("<32sIIII", xorb, 0, size, first, end) for xorb, size, first, end in terms]
        rows += [b"verification".ljust(48, b"\0") for _ in terms]
        rows += [words(sha256).ljust(48, b"\0")] if sha256 is not None else []
    return b"".join(rows) + b"\xff" * 32 + b"\0" * 16


def words(digest: bytes) -> bytes:
    """Return a digest as Xet keeps it: eight bytes at a time, turned round."""
    return b"".join(digest[at : at + 8][::-1] for at in range(0, 32, 8))


chunks = st.lists(st.tuples(st.sampled_from([0, 1, 2]), st.binary(min_size=1, max_size=300)), min_size=1, max_size=6)


@given(chunks, st.sampled_from([b"", b"XETBLOB and a footer"]))
def test_a_xorb_gives_its_chunks_back(content: list[tuple[int, bytes]], footer: bytes) -> None:
    xorb = b"".join(a_chunk(scheme, plain) for scheme, plain in content) + footer
    assert [unpack(xorb, chunk) for chunk in read_xorb(xorb)] == [plain for _, plain in content]


@given(chunks, st.data())
def test_a_broken_xorb_is_a_value_error(content: list[tuple[int, bytes]], data: st.DataObject) -> None:
    xorb = bytearray(b"".join(a_chunk(scheme, plain) for scheme, plain in content))
    at = data.draw(st.integers(0, len(xorb) - 1))
    xorb[at] ^= data.draw(st.integers(1, 255))
    broken = bytes(xorb[: data.draw(st.one_of(st.none(), st.integers(0, len(xorb))))])
    with contextlib.suppress(ValueError):
        for chunk in read_xorb(broken):
            unpack(broken, chunk)


@pytest.mark.parametrize(
    ("scheme", "packed", "problem"), [(0, b"abcd", "holds 4 bytes, but says 5"), (1, b"abcd", "can't be unpacked")]
)
def test_a_chunk_that_lies_is_a_value_error(scheme: int, packed: bytes, problem: str) -> None:
    xorb = struct.pack("<B3sB3s", 0, b"\4\0\0", scheme, b"\5\0\0") + packed
    with pytest.raises(ValueError, match=problem):
        unpack(xorb, read_xorb(xorb)[0])


def test_a_shard_gives_its_files_back() -> None:
    digest = hashlib.sha256(b"x").digest()
    shard = a_shard(([(b"\1" * 32, 10, 0, 2), (b"\2" * 32, 5, 7, 8)], digest), ([(b"\3" * 32, 1, 0, 1)], None))
    wanted = [
        ((Term("01" * 32, 0, 2, 10), Term("02" * 32, 7, 8, 5)), digest.hex()),
        ((Term("03" * 32, 0, 1, 1),), None),
    ]
    assert [(tuple(recipe.terms()), recipe.sha256) for recipe in read_shard(shard)] == wanted
    assert [recipe.size for recipe in read_shard(shard)] == [15, 1]
    for size in range(len(shard) - 16 - 1):
        with pytest.raises(ValueError, match="shard"):
            read_shard(shard[:size])


# ----- the requests -----


@pytest.fixture
def cas(hub: LocalHub, repo: str, wire: Wire) -> Wire:
    """Plain HTTP to the chunk store, with the token that a repository gives for it."""
    found = wire("GET", f"/api/datasets/{repo}/xet-write-token/main").json
    assert found["casUrl"] == f"{hub.endpoint}/xet"
    return Wire(hub.endpoint, found["accessToken"])


PLAIN = [b"\0first" * 50, b"second" * 70]
NAME = words(bytes.fromhex(xorb_name(PLAIN)))
XORB = b"".join(a_chunk(1, plain) for plain in PLAIN)


@pytest.fixture
def xorb(cas: Wire) -> str:
    name = hash_text(NAME)
    assert cas("POST", f"/xet/v1/xorbs/default/{name}", XORB).status == 200
    assert cas("POST", f"/xet/v1/xorbs/default/{name}", XORB).json == {"was_inserted": False}
    return name


def test_a_file_is_made_of_chunks_and_checked(cas: Wire, xorb: str, wire: Wire, repo: str) -> None:
    assert len(xorb) == 64
    whole = hashlib.sha256(b"".join(PLAIN)).digest()
    twice = hashlib.sha256(PLAIN[1] + b"".join(PLAIN)).digest()
    shard = a_shard(
        ([(NAME, 720 + 0, 0, 2)], whole),
        ([(NAME, len(PLAIN[1]), 1, 2), (NAME, 720, 0, 2)], twice),
    )
    assert cas("POST", "/xet/v1/shards", shard).json == {"result": 1}
    for digest, size in ((whole, 720), (twice, 720 + len(PLAIN[1]))):
        object_ = {"oid": digest.hex(), "size": size}
        assert wire("POST", f"/datasets/{repo}.git/info/lfs/objects/verify", object_).status == 200


@pytest.mark.parametrize(
    ("terms", "problem"),
    [
        ([(NAME, 720, 0, 2)], "should have the sha256"),
        ([(NAME, 721, 0, 2)], "has no chunks 0 to 2 of 721 bytes"),
        ([(NAME, 720, 0, 3)], "has no chunks 0 to 3"),
        ([(NAME, 720, 2, 1)], "a run of chunks from 2 to 1"),
        ([(b"\7" * 32, 720, 0, 2)], "was never uploaded here"),
    ],
)
def test_a_shard_that_lies_is_refused(
    cas: Wire, xorb: str, hub_root: Path, terms: list[tuple[bytes, int, int, int]], problem: str
) -> None:
    assert xorb
    before = set((hub_root / "lfs").rglob("*"))
    found = cas("POST", "/xet/v1/shards", a_shard((terms, b"\0" * 32)))
    assert (found.status, problem in found.json["error"]) == (400, True), found.body
    assert set((hub_root / "lfs").rglob("*")) == before
    assert not any((hub_root / "tmp").iterdir())


BROKEN = {
    "empty": b"",
    "half a header": b"\0",
    "cut": XORB[:-1],
    "unknown version": b"\1" + XORB[1:],
    "unknown scheme": XORB[:4] + b"\7" + XORB[5:],
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_what_is_no_xorb_is_refused(cas: Wire, body: bytes) -> None:
    assert cas("POST", f"/xet/v1/xorbs/default/{'ab' * 32}", body).status == 400


def test_a_xorb_under_a_name_that_is_not_its_own_is_refused(cas: Wire, hub_root: Path) -> None:
    name = "ab" * 32
    refused = cas("POST", f"/xet/v1/xorbs/default/{name}", XORB)
    assert (refused.status, refused.json["error"]) == (
        400,
        f"The xorb {name} arrives with other content, of the name {hash_text(NAME)}",
    )
    assert not list((hub_root / "xorbs").rglob(name))


def test_names_are_those_that_the_real_client_gave() -> None:
    """One chunk, by hf_xet 1.8.0; the client's own uploads above have trees of three levels, and are accepted."""
    plain = random.Random(100).randbytes(100)
    assert xorb_name([plain]) == "c744f564e9d3d34155883def2501bbc1af7fed58f921bc722e35fc7cabb402a6"
    assert xorb_name([plain, plain]) != xorb_name([plain])


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=200))
def test_every_chunk_and_its_place_count(content: list[bytes]) -> None:
    name = xorb_name(content)
    assert xorb_name([*content[:-1], content[-1] + b"x"]) != name
    assert xorb_name([*content, b""]) != name
    other = content[::-1]
    assert (xorb_name(other) == name) == (other == content)


def test_the_chunk_store_has_a_token_of_its_own(hub: LocalHub, wire: Wire, cas: Wire, repo: str) -> None:
    for method, path in (
        ("POST", "/xet/v1/shards"),
        ("POST", f"/xet/v1/xorbs/default/{'0' * 64}"),
        ("GET", "/xet/v1/chunks/default/0"),
    ):
        assert wire(method, path, b"").status == 401
        assert Wire(hub.endpoint, None)(method, path, b"").status == 401
        assert Wire(hub.endpoint, "9" * 10 + ".0")(method, path, b"").status == 401
    assert cas("GET", f"/xet/v1/chunks/default/{'0' * 64}").status == 404
    assert cas("POST", "/xet/v1/xorbs/default/..%2f..%2ftoken", XORB).status == 400
    assert Wire(hub.endpoint, None)("GET", f"/api/datasets/{repo}/xet-write-token/main").status == 401
