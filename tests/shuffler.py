"""An engine that shuffles, in this process: what executors would do, without Spark."""

import random
from contextlib import contextmanager

import pyarrow as pa

from tagpress.engine.executor import RESULTS, Versions, batch_of_items, push_items, reduce_parts, results_of, run_items

HERE = Versions.here()


class Shuffler:
    """Everything is done twice, and rows come in any order within a place."""

    cores = 3

    @property
    def cluster(self):
        return self

    def map(self, function, items, _progress, *, size):  # noqa: ARG002 - the engine's own words
        for _ in range(2):
            done = run_items(HERE, function, [batch_of_items(list(enumerate(items)))]) if items else ()
            found = results_of(pa.Table.from_batches(done, RESULTS))
        yield from (found[number] for number in range(len(items)))

    @contextmanager
    def secret(self, text):
        yield lambda: text

    def shuffle(self, push, items, reduce, parts, *, schema, progress):  # noqa: ARG002 - the engine's own words
        for _ in range(2):
            pushed = list(push_items(HERE, push, schema, [batch_of_items(list(enumerate(items)))]))
        random.Random(1).shuffle(pushed)
        table = pa.Table.from_batches(pushed, schema).sort_by([("part", "ascending"), ("place", "ascending")])
        found = {}
        for partition in range(self.cores):  # part n is in partition n modulo their number
            own = table.filter(pa.array(table["part"].to_numpy() % self.cores == partition)).combine_chunks()
            for size in (3, 2):
                done = reduce_parts(HERE, reduce, parts, own.to_batches(max_chunksize=size))
                found |= results_of(pa.Table.from_batches(done, RESULTS))
        for number, part in enumerate(parts):
            yield found[number] if number in found else reduce(part, iter(()))


class Elsewhere(Shuffler):
    """Such an engine where one thing that this process can do fails."""

    def __init__(self, monkeypatch, name, instead=None):
        self._patch, self._name, self._instead = monkeypatch, name, instead or self._gone

    def map(self, function, items, progress, *, size):
        with self._patch.context() as patch:
            patch.setattr(self._name, self._instead)
            yield from list(super().map(function, items, progress, size=size))

    @staticmethod
    def _gone(*_args, **_more):
        raise FileNotFoundError
