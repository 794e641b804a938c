"""A corpus with many small row groups, built once; every row of it, as pyarrow alone reads it."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from consume.streaming.counting import CountingHub, counting_hub
from made_corpora import declare, write_document
from release.publisher import publish_here
from tagpress.build.corpus import build_corpus

SENTENCES = 6_000


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """12 shards a split, with 48 row groups of about 100 rows in train."""
    folder = tmp_path_factory.mktemp("streamed")
    sentences = [[(f"w{n}", "B-Language"), *(("is", "O"),) * (n % 7), (".", "O")] for n in range(SENTENCES)]
    write_document(folder / "one.txt", sentences)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tagpress.corpus.splits.ONE_SHARD_BELOW", 1_000)
        patch.setattr("tagpress.build.shard.ROW_GROUP_ROWS", 150)
        build_corpus(declare(folder), folder / "build", workers=1)
    return folder / "build"


@pytest.fixture(scope="session")
def expected(build: Path) -> dict[str, list[str]]:
    """The ids of each split, in the order of the files."""
    found: dict[str, list[str]] = {}
    for path in sorted((build / "data").glob("*.parquet")):
        ids = pq.ParquetFile(path).read(["id"]).column("id").to_pylist()
        found.setdefault(path.name.partition("-")[0], []).extend(ids)
    return found


@pytest.fixture(scope="session")
def served(build: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CountingHub]:
    """The corpus on a Hub, as me/small."""
    with counting_hub(tmp_path_factory.mktemp("served")) as found:
        assert publish_here(found.endpoint, found.token, build, "me/small")["tag"] == "v1.0.0"
        yield found


@pytest.fixture
def hub(served: CountingHub) -> CountingHub:
    """The same, with nothing counted and nothing broken."""
    served.break_by()
    served.sent()
    return served
