"""Real DataLoaders with real workers over real HTTP: all ranks together see every row once, also when they change."""

import json
import random
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pyarrow as pa
import pytest

import tagpress
from consume.streaming.counting import CountingHub

pytest.importorskip("torch")
from torch.utils.data import DataLoader, IterableDataset
from torchdata.stateful_dataloader import StatefulDataLoader

from tagpress.consume.streaming.token_stream import TokenStream

pytestmark = [
    pytest.mark.filterwarnings("ignore:'set_vital' is deprecated:UserWarning"),  # torchdata's, under this torch
    pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning"),  # what a DataLoader does
]

BATCH = 23
RANKS = (1, 2, 3, 4, 8)
WORKERS = (0, 1, 2)
QUICK = ((1, 2), (2, 1), (3, 2), (4, 1), (8, 0))  # each number of either once; the others tell the same at length
JOBS = [
    pytest.param(ranks, workers, seed % 5, marks=() if (ranks, workers) in QUICK else pytest.mark.slow)
    for seed, (ranks, workers) in enumerate((ranks, workers) for ranks in RANKS for workers in WORKERS)
]


def ids(batches: Iterator[pa.RecordBatch]) -> list[str]:
    return [one for batch in batches for one in batch.column("id").to_pylist()]


def opened(hub: CountingHub, rank: int, world_size: int, seed: int, **options: Any) -> TokenStream:
    return tagpress.stream(
        "me/small",
        "1.0.0",
        "train",
        rank=rank,
        world_size=world_size,
        seed=seed,
        endpoint=hub.endpoint,
        token=hub.token,
        **{"batch_size": BATCH, "shuffle": 500, **options},
    )


def loaded(stream: TokenStream, workers: int) -> DataLoader[pa.RecordBatch]:
    assert isinstance(stream, IterableDataset)
    return DataLoader(stream, batch_size=None, num_workers=workers)


@pytest.mark.parametrize(("world_size", "workers", "seed"), JOBS)
def test_a_job_that_stops_anywhere_is_finished_by_another(
    hub: CountingHub, expected: dict[str, list[str]], world_size: int, workers: int, seed: int
) -> None:
    """A plain DataLoader keeps no state, so the job's is that of its steps."""
    chance = random.Random(f"{world_size} {workers} {seed}")
    rows = len(expected["train"])
    steps = chance.randrange(rows // world_size // BATCH)
    seen = []
    for rank in range(world_size):
        stream = opened(hub, rank, world_size, seed)
        seen += ids(islice(loaded(stream, workers), steps))
    state = json.loads(json.dumps(stream.state_after(steps, num_workers=workers)))
    others = chance.choice([n for n in (RANKS[:4] if workers else (*RANKS, 5, 16)) if n != world_size])
    for rank in range(others):
        stream = opened(hub, rank, others, seed)
        stream.load_state_dict(state)
        share = stream.share(num_workers=workers and 1)
        batches = list(loaded(stream, workers and 1))
        assert (len(batches), sum(map(len, batches))) == (share.batches, share.rows)
        seen += ids(batches)
    assert sorted(seen) == sorted(expected["train"])


@pytest.mark.parametrize(("world_size", "workers"), [(2, 0), (3, 1), (2, 2)])
def test_the_state_of_a_stateful_loader(
    hub: CountingHub, expected: dict[str, list[str]], world_size: int, workers: int
) -> None:
    chance, seen, states, rest = random.Random(world_size), [], [], []
    for rank in range(world_size):
        loader = StatefulDataLoader(opened(hub, rank, world_size, 4), batch_size=None, num_workers=workers)
        reading = iter(loader)
        seen += ids(islice(reading, chance.randrange(1, 30)))
        states.append(json.loads(json.dumps(loader.state_dict())))
        rest.append(ids(reading))
    for rank in range(world_size):  # the same job goes on as it would have
        loader = StatefulDataLoader(opened(hub, rank, world_size, 4), batch_size=None, num_workers=workers)
        loader.load_state_dict(states[rank])
        assert sorted(ids(loader)) == sorted(rest[rank])
    assert len(ids(loader)) == opened(hub, rank, world_size, 4).share().rows  # its next epoch is a whole one
    merged = tagpress.merge_states(states)
    others = world_size + 1
    for rank in range(others):
        stream = opened(hub, rank, others, 4)
        stream.load_state_dict(merged)
        seen += ids(loaded(stream, workers and 1))
    assert sorted(seen) == sorted(expected["train"])


def test_workers_that_persist_are_told_the_epoch(hub: CountingHub) -> None:
    stream = opened(hub, 0, 1, 1)
    loader = DataLoader(stream, batch_size=None, num_workers=1, persistent_workers=True)
    orders = []
    for epoch in (0, 1, 1):
        stream.set_epoch(epoch)
        orders.append(ids(loader))
    alone = opened(hub, 0, 1, 1, epoch=1, worker=0, num_workers=1)
    assert orders == [ids(opened(hub, 0, 1, 1)), ids(alone), ids(alone)]


def test_a_stream_that_workers_read_does_not_guess_its_state(hub: CountingHub) -> None:
    stream = opened(hub, 0, 1, 1)
    list(islice(loaded(stream, 1), 3))
    with pytest.raises(tagpress.TagpressError, match="Workers of a DataLoader read this stream"):
        stream.state_dict()


@pytest.mark.slow
def test_readers_that_are_started_afresh(hub: CountingHub, expected: dict[str, list[str]]) -> None:
    """Where workers are spawned, as on some systems, the stream reaches them by pickle."""
    loader = DataLoader(opened(hub, 0, 1, 1), batch_size=None, num_workers=1, multiprocessing_context="spawn")
    assert sorted(ids(loader)) == sorted(expected["train"])


def test_equal_readers_give_equally_many_batches(hub: CountingHub) -> None:
    for equal in ("drop", "pad"):
        counts = {len(list(loaded(opened(hub, rank, 3, 1, equal=equal, batch_size=7), 1))) for rank in range(3)}
        assert len(counts) == 1
