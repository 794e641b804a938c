import hashlib
import http.client
import os
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from huggingface_hub import HfApi, HfFileSystem
from huggingface_hub.errors import EntryNotFoundError
from hypothesis import given
from hypothesis import strategies as st

from localhub.client import KIND, LARGE, put
from localhub.plain import Wire
from tagpress.localhub import LocalHub
from tagpress.localhub.refusals import RefusedError
from tagpress.localhub.resolve import CHUNK, _span

SMALL = "é\n".encode() * 100


@pytest.fixture(scope="module")
def filled(api: HfApi) -> str:
    """A repository with a small and a large file, tagged."""
    api.create_repo("tests/filled", **KIND)
    info = put(api, "tests/filled", {"data/large.bin": LARGE, 'dir/small ü".txt': SMALL, "empty.txt": b""})
    api.create_tag("tests/filled", tag="v1", revision=info.oid, **KIND)
    put(api, "tests/filled", {"data/large.bin": b"\0newer"})
    return "tests/filled"


@pytest.mark.parametrize(
    ("path", "content"), [("data/large.bin", LARGE), ('dir/small ü".txt', SMALL), ("empty.txt", b"")]
)
def test_a_download_is_what_was_sent(api: HfApi, filled: str, path: str, content: bytes, tmp_path: Path) -> None:
    found = api.hf_hub_download(filled, path, revision="v1", cache_dir=tmp_path, **KIND)
    assert Path(found).read_bytes() == content
    url = f"{api.endpoint}/datasets/{filled}/resolve/v1/{path}"
    meta = api.get_hf_file_metadata(url=url.replace(" ", "%20").replace("ü", "%C3%BC").replace('"', "%22"))
    assert meta.size == len(content)
    assert meta.commit_hash == api.dataset_info(filled, revision="v1").sha
    git_id = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
    assert meta.etag == (hashlib.sha256(content).hexdigest() if content is LARGE else git_id)


RANGES = {
    "bytes=0-0": slice(0, 1),
    "bytes=10-19": slice(10, 20),
    "bytes=-5": slice(-5, None),
    "bytes=7-": slice(7, None),
    "bytes=100-99999999999": slice(100, None),
    "bytes=-99999999999": slice(0, None),
}


@pytest.mark.parametrize(("path", "content"), [("data/large.bin", LARGE), ("dir/small%20%C3%BC%22.txt", SMALL)])
@pytest.mark.parametrize("asked", RANGES)
def test_a_range_is_that_part(wire: Wire, filled: str, path: str, content: bytes, asked: str) -> None:
    found = wire("GET", f"/datasets/{filled}/resolve/v1/{path}", headers={"Range": asked})
    start, end, _ = RANGES[asked].indices(len(content))
    assert (found.status, found.body) == (206, content[start:end])
    assert found.headers["content-range"] == f"bytes {start}-{end - 1}/{len(content)}"


@pytest.mark.parametrize("asked", ["bytes=5-2", "bytes=0-1,3-4", "lines=1-2", "bytes=-", "bytes=x-y"])
def test_a_range_that_is_not_served_in_part_is_served_whole(wire: Wire, filled: str, asked: str) -> None:
    found = wire("GET", f"/datasets/{filled}/resolve/v1/data/large.bin", headers={"Range": asked})
    assert (found.status, found.body == LARGE) == (200, True)


@pytest.mark.parametrize(("path", "size"), [("data/large.bin", len(LARGE)), ("empty.txt", 0)])
def test_a_range_behind_the_end_has_no_answer(wire: Wire, filled: str, path: str, size: int) -> None:
    for asked in (f"bytes={size}-", f"bytes={size + 5}-{size + 9}", "bytes=-0"):
        found = wire("GET", f"/datasets/{filled}/resolve/v1/{path}", headers={"Range": asked})
        assert (found.status, found.headers["content-range"]) == (416, f"bytes */{size}")


@given(size=st.integers(1, 50), first=st.integers(0, 49), last=st.integers(0, 60))
def test_a_span_is_what_slicing_gives(size: int, first: int, last: int) -> None:
    if first < size:
        span = _span(f"bytes={first}-{last}", size)
        assert (span is None) == (last < first)
        assert span is None or list(span) == list(range(size))[first : last + 1]
    else:
        with pytest.raises(RefusedError, match="not satisfiable"):
            _span(f"bytes={first}-{max(first, last)}", size)


def test_a_head_has_the_headers_and_no_body(wire: Wire, filled: str) -> None:
    found = wire("HEAD", f"/datasets/{filled}/resolve/main/data/large.bin", headers={"Range": "bytes=0-1"})
    assert (found.status, found.body) == (200, b"")
    wanted = {"content-length": "6", "x-linked-size": "6", "accept-ranges": "bytes"}
    assert {key: found.headers[key] for key in wanted} == wanted
    digest = hashlib.sha256(b"\0newer").hexdigest()
    assert found.headers["x-linked-etag"] == found.headers["etag"] == f'"{digest}"'


@pytest.mark.parametrize("path", ["missing.txt", "data", "data/large.bin/x", "data/missing/deep.txt"])
def test_a_file_that_is_not_there_is_known_to_be_missing(api: HfApi, wire: Wire, filled: str, path: str) -> None:
    with pytest.raises(EntryNotFoundError):
        api.hf_hub_download(filled, path, **KIND)
    found = wire("GET", f"/datasets/{filled}/resolve/main/{path}")
    assert found.headers["x-repo-commit"] == api.dataset_info(filled).sha
    assert not api.file_exists(filled, path, **KIND)


def test_a_snapshot_holds_every_file(api: HfApi, filled: str, tmp_path: Path) -> None:
    folder = Path(api.snapshot_download(filled, revision="v1", cache_dir=tmp_path, **KIND))
    found = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    assert found == [".gitattributes", "data/large.bin", 'dir/small ü".txt', "empty.txt"]
    assert (folder / "data/large.bin").read_bytes() == LARGE


def test_the_file_system_reads_lists_and_seeks(api: HfApi, filled: str) -> None:
    files = HfFileSystem(endpoint=api.endpoint, token=api.token, skip_instance_cache=True)
    assert files.glob(f"datasets/{filled}@v1/data/*.bin") == [f"datasets/{filled}@v1/data/large.bin"]
    with files.open(f"datasets/{filled}@v1/data/large.bin", block_size=1 << 16) as file:
        file.seek(CHUNK + 17)
        assert file.read(1000) == LARGE[CHUNK + 17 : CHUNK + 1017]
    assert files.read_bytes(f"datasets/{filled}/data/large.bin") == b"\0newer"
    with files.open(f"datasets/{filled}/written.txt", "wb") as file:
        file.write(b"by fsspec")
    assert Path(api.hf_hub_download(filled, "written.txt", **KIND)).read_bytes() == b"by fsspec"


def test_a_client_that_leaves_in_the_middle_costs_nothing(hub: LocalHub, api: HfApi, wire: Wire, repo: str) -> None:
    put(api, repo, {"big.bin": b"\0" + os.urandom(1 << 20) * 32})
    for _ in range(3):
        connection = http.client.HTTPConnection(urlsplit(hub.endpoint).netloc, timeout=10)
        connection.request("GET", f"/datasets/{repo}/resolve/main/big.bin")
        with connection.getresponse() as response:
            response.read(1000)
        connection.close()
    assert wire("GET", f"/datasets/{repo}/resolve/main/big.bin", headers={"Range": "bytes=0-0"}).body == b"\0"
