"""What a reader asks the Hub for, counted there; and what it does when an answer breaks."""

import shutil
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import tagpress
from consume.streaming.counting import CountingHub
from release.publisher import QUICK
from tagpress.consume.streaming.token_stream import TokenStream
from tagpress.errors import HubRefusedError, HubUnreachableError, NotOnHubError, TagpressError, VerifyError
from tagpress.hub import Hub, cache_home

SHARDS = 12


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tagpress.consume.streaming.pinned.Hub", partial(Hub, retry=QUICK))


@pytest.fixture
def home(hub: CountingHub) -> Iterator[Path]:
    """Where a reader keeps what it knows of releases, with nothing in it."""
    found = cache_home() / "tagpress"
    shutil.rmtree(found, ignore_errors=True)
    yield found
    shutil.rmtree(found, ignore_errors=True)


def opened(hub: CountingHub, **options: Any) -> TokenStream:
    return tagpress.stream("me/small", "1.0.0", "train", endpoint=hub.endpoint, token=hub.token, **options)


def rows_of(stream: TokenStream) -> list[str]:
    return [one for batch in stream for one in batch.column("id").to_pylist()]


@pytest.fixture
def groups(build: Path) -> int:
    """The row groups of the split."""
    return sum(pq.read_metadata(path).num_row_groups for path in (build / "data").glob("train-*"))


def test_a_release_is_found_in_a_few_requests_and_its_footers_in_one_each(hub: CountingHub, home: Path) -> None:
    opened(hub)
    sent = hub.sent()
    assert sum(one.path.endswith(".parquet") for one in sent) == SHARDS
    assert len(sent) == SHARDS + 4  # the commit; release.json, listed and read; whether it was withdrawn
    opened(hub, rank=1, world_size=2)  # another rank of the same machine
    assert len(hub.sent()) == 2


@pytest.mark.parametrize(
    ("world_size", "shuffle"),
    [
        pytest.param(ranks, shuffle, marks=() if shuffle == number % 2 else pytest.mark.slow)
        for number, ranks in enumerate((1, 2, 3, 5, 8, 24))
        for shuffle in (False, True)
    ],
)
def test_each_rank_reads_its_part_of_the_bytes(
    hub: CountingHub,
    groups: int,
    world_size: int,
    shuffle: bool,  # noqa: FBT001 - a case
) -> None:
    opened(hub)
    whole = opened(hub).share()
    assert whole.row_groups == groups
    hub.sent()
    requests = 0
    for rank in range(world_size):
        stream = opened(hub, rank=rank, world_size=world_size, shuffle=shuffle, seed=1)
        share = stream.share()
        hub.sent()
        rows_of(stream)
        sent = hub.shards_sent()
        assert {one.status for one in sent} == {206}
        assert (len(sent), sum(one.body for one in sent)) == (share.row_groups, share.bytes)
        assert share.bytes <= whole.bytes / world_size + 2 * whole.bytes / groups * 1.5  # a cut at each end
        requests += len(sent)
    assert groups <= requests <= groups + world_size - 1


def test_a_few_columns_are_fewer_bytes(hub: CountingHub) -> None:
    every = opened(hub).share().bytes
    stream = opened(hub, columns=["tokens", "ner_tags"])
    hub.sent()
    assert sum(map(len, stream)) == opened(hub).share().rows
    assert sum(one.body for one in hub.shards_sent()) == stream.share().bytes < 0.7 * every


def test_resuming_reads_what_is_left_and_the_open_window(hub: CountingHub, groups: int) -> None:
    options = {"shuffle": 400, "seed": 1, "batch_size": 50}
    stream = opened(hub, **options)
    whole = stream.share()
    reading = iter(stream)
    for _ in range(whole.batches // 2):
        next(reading)
    state = stream.state_dict()
    del reading, stream  # and with them what they fetch ahead
    time.sleep(0.2)  # until requests under way have ended
    again = opened(hub, **options)
    again.load_state_dict(state)
    hub.sent()
    rows_of(again)
    sent = hub.shards_sent()
    assert len(sent) <= groups / 2 + 5  # a window of 400 rows has four row groups


def test_what_load_kept_is_read_from_there(
    hub: CountingHub, home: Path, build: Path, expected: dict[str, list[str]]
) -> None:
    opened(hub)
    (folder,) = (path.parent for path in home.rglob("release.json"))
    name = "data/train-00003-of-00012.parquet"
    for kept in (b"a file of another size", (build / name).read_bytes()):
        (folder / name).write_bytes(kept)
        stream = opened(hub)
        hub.sent()
        assert rows_of(stream) == expected["train"]
        assert (name in {one.path for one in hub.shards_sent()}) == (len(kept) < 100)


def test_what_is_kept_completely_is_read_without_a_network(
    hub: CountingHub, home: Path, build: Path, expected: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(hub)
    (folder,) = (path.parent for path in home.rglob("release.json"))
    for path in (build / "data").glob("train-*"):
        shutil.copy(path, folder / "data")
    hub.sent()
    monkeypatch.setattr("tagpress.consume.streaming.pinned.is_offline", lambda: True)
    assert rows_of(opened(hub)) == expected["train"]
    assert hub.sent() == []


def test_what_is_fetched_ahead_is_bounded(hub: CountingHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tagpress.consume.streaming.reader.AHEAD", 200)
    opened(hub)
    hub.sent()
    for shuffle, most in ((False, 200), (500, 500)):
        reading = iter(opened(hub, shuffle=shuffle, batch_size=20))
        hub.sent()
        for _ in range(2):
            next(reading)
        time.sleep(0.3)
        groups = len(hub.shards_sent())
        assert most / 150 <= groups <= (most + 2 * 150) / 50  # of 50 to 150 rows


def test_the_example_of_the_documentation(
    hub: CountingHub, root: Path, monkeypatch: pytest.MonkeyPatch, expected: dict[str, list[str]]
) -> None:
    page = (root / "docs" / "pages" / "how-to" / "training.md").read_text(encoding="utf-8")
    [code] = (one.split("```")[0] for one in page.split("```python\n") if "world_size=8" in one.split("```")[0])
    code = code.replace("me/software-entities", "me/small")
    monkeypatch.setattr("tagpress.consume.streaming.pinned.default_endpoint", lambda: hub.endpoint)
    seen: list[str] = []
    exec(code.replace("    ...", "    seen.extend(batch.column('id').to_pylist())"), {"seen": seen})
    assert len(seen) == len(expected["train"]) // 8
    assert set(seen) < set(expected["train"])


FAULTS = {
    "a torn connection": [{"part": "train-00002", "drop": 1000, "times": 2}],
    "torn at once": [{"part": "train-00002", "drop": 0, "times": 2}],
    "a busy server": [{"part": "train-00002", "status": 503, "times": 2}],
    "a limit": [{"part": "train-00002", "status": 429, "headers": {"retry-after": "0"}, "times": 2}],
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_passes_is_tried_again(hub: CountingHub, expected: dict[str, list[str]], fault: str) -> None:
    opened(hub)
    stream = opened(hub)
    share = stream.share()
    hub.break_by(*FAULTS[fault])
    hub.sent()
    assert rows_of(stream) == expected["train"]
    sent = hub.shards_sent()
    assert len(sent) == share.row_groups + 2
    assert sum(one.body for one in sent) == share.bytes  # what had arrived was not asked for again


@pytest.mark.parametrize(
    ("rule", "error", "message"),
    [
        (
            {"headers": {"x-linked-etag": f'"{"0" * 64}"'}},
            VerifyError,
            f"train-00002-of-00012.parquet is not what was released: it has the SHA-256 {'0' * 64}",
        ),
        (
            {"headers": {"content-range": "bytes 4-2000/90000"}},
            VerifyError,
            "not what was released: it has 90000 bytes",
        ),
        ({"status": 416}, VerifyError, "not what was released: it has no byte 4"),
        ({"status": 404, "headers": {"x-error-code": "EntryNotFound"}}, NotOnHubError, "Cannot read data/train-00002"),
        ({"status": 200}, HubRefusedError, "answers a request for a part of data/train-00002.* with 200"),
        ({"status": 503}, HubUnreachableError, "the Hub answered 503"),
        ({"drop": 0}, HubUnreachableError, "no answer"),
    ],
)
def test_what_does_not_pass_is_an_error(
    hub: CountingHub, rule: dict[str, Any], error: type[TagpressError], message: str
) -> None:
    stream = opened(hub)
    hub.break_by({"part": "train-00002", "times": 99, **rule})
    with pytest.raises(error, match=message):
        rows_of(stream)


def test_a_footer_of_another_file_is_an_error(hub: CountingHub, home: Path) -> None:
    opened(hub)
    footers = {path.name: path for path in home.rglob("*.footer")}
    assert len(footers) == SHARDS
    footers["train-00001-of-00012.footer"].write_bytes(footers["train-00002-of-00012.footer"].read_bytes())
    with pytest.raises(VerifyError, match=r"train-00001-of-00012.parquet has \d+ rows, released were"):
        opened(hub)
    footers["train-00001-of-00012.footer"].write_bytes(b"half a foo")  # written by something that died
    assert rows_of(opened(hub))
