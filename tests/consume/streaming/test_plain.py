"""
What the shard plan promises to people who do not know tagpress: `load_dataset`, `split_dataset_by_node`, `DataLoader`.

For every number of ranks that divides the number of shards, each rank reads files of its own, and each row comes once.
For any other number every rank reads everything, which is why the plan says so, and why there is `tagpress.stream`.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from consume.streaming.counting import CountingHub
from tagpress.corpus.splits import readers_of

pytest.importorskip("torch")

# Each line of the answer is one job: what each of its ranks read. The Hub is asked between ranks what it sent.
JOBS = """
import json, sys, urllib.request
import datasets
from datasets.distributed import split_dataset_by_node
from torch.utils.data import DataLoader

def files():
    request = urllib.request.Request(sys.argv[1] + "/-/sent", data=b"", method="POST")
    with urllib.request.urlopen(request) as answered:
        sent = json.loads(answered.read())
    return sorted({one["path"] for one in sent if one["method"] == "GET" and one["path"].endswith(".parquet")})

datasets.config.SLEEP_TIME_ON_THREADS_SHUTDOWN = 0  # it would wait 5 s at the end of every shuffled stream
plain = datasets.load_dataset("me/small", revision="v1.0.0", split="train", streaming=True)
jobs = []
for world_size, workers, seed, stop in json.loads(sys.argv[2]):
    data = plain if seed is None else plain.shuffle(seed=seed, buffer_size=100)
    ranks = []
    for rank in range(world_size):
        files()
        mine = split_dataset_by_node(data, rank=rank, world_size=world_size)
        mine.set_epoch(1)
        before = []
        if stop:
            before = [row["id"] for _, row in zip(range(stop), mine)]
            state = mine.state_dict()
            mine = split_dataset_by_node(data, rank=rank, world_size=world_size)
            mine.set_epoch(1)
            mine.load_state_dict(state)
        loader = DataLoader(mine, batch_size=200, num_workers=workers, collate_fn=lambda rows: [row["id"] for row in rows])
        ids = [one for batch in loader for one in batch]
        ranks.append([before + ids, files()])
    jobs.append(ranks)
print(json.dumps(jobs))
"""


def run(hub: CountingHub, home: Path, jobs: list[tuple[int, int, int | None, int]]) -> list[Any]:
    env = {**os.environ, "HF_HOME": str(home), "HF_ENDPOINT": hub.endpoint, "HF_TOKEN": hub.token}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", JOBS, hub.endpoint, json.dumps(jobs)],
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.slow
def test_as_many_ranks_as_the_plan_allows_read_files_of_their_own_and_others_everything(
    hub: CountingHub, tmp_path: Path, expected: dict[str, list[str]]
) -> None:
    assert readers_of(12) == (1, 2, 3, 4, 6, 12)
    shapes = [(ranks, workers) for ranks in (1, 2, 3, 4) for workers in (0, 1, 2)] + [(6, 0), (12, 0)]
    jobs = [(ranks, workers, number % 6 or None, 0) for number, (ranks, workers) in enumerate(shapes)]
    assert {seed for _, _, seed, _ in jobs} == {None, 1, 2, 3, 4, 5}
    jobs += [(2, 0, None, 700), (3, 0, None, 1), (12, 0, None, 399)]  # stopped, and resumed by the same rank
    any_other = (5, 0, None, 0)
    *answers, others = run(hub, tmp_path, [*jobs, any_other])
    for job, ranks in zip(jobs, answers, strict=True):
        rows = [one for ids, _ in ranks for one in ids]
        assert sorted(rows) == sorted(expected["train"]), job
        files = [path for _, paths in ranks for path in paths]
        assert len(files) == len(set(files)) == 12, job
    assert sorted(one for ids, _ in others for one in ids) == sorted(expected["train"])
    assert [len(paths) for _, paths in others] == [12] * 5
