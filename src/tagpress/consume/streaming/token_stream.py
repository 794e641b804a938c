"""A stream: an iterable over batches that knows how far it is, and can begin anywhere."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
import pyarrow as pa

from tagpress.consume.streaming.batches import compact, narrowed
from tagpress.consume.streaming.ranks import Ranks, Workers, loader_worker
from tagpress.consume.streaming.row_groups import Files
from tagpress.consume.streaming.run import Run, Settings, Share
from tagpress.consume.streaming.state import State, find_state
from tagpress.errors import UsageError

_MOST_WORKERS: Final = 1023  # of one rank's DataLoader


class TokenStream:
    """
    One split of a release as Arrow record batches, for one of many readers. Made by `tagpress.stream`.

    An iteration reads the epoch from its beginning, but the first one behind `load_state_dict` from the state's end.
    """

    def __init__(self, files: Files, settings: Settings, *, ranks: Ranks, workers: Workers | None, epoch: int) -> None:
        self._files = files
        self._settings = settings
        self._ranks = ranks
        self._workers = workers
        self._loaded: State | None = None
        self._iterating: _Batches | None = None
        # The epoch; then for each worker how many iterations it has begun since the epoch or a state was set. Workers
        # of a DataLoader have copies of this stream, which share this.
        self._notes = self._new_notes(1 + _MOST_WORKERS)
        self._notes[0] = epoch

    def __getstate__(self) -> dict[str, Any]:
        """Return all but the present iteration: a process that is given the stream begins its own."""
        return {**self.__dict__, "_iterating": None}

    @staticmethod
    def _new_notes(count: int) -> Any:  # noqa: ANN401 - an array, or a tensor that processes share
        return np.zeros(count, dtype=np.int64)

    @property
    def schema(self) -> pa.Schema:
        """The schema of every batch; its metadata has the names of the labels, as `datasets` writes them."""
        return narrowed(self._files.schema, self._settings.columns)

    @property
    def label_names(self) -> tuple[str, ...]:
        """The names of the labels; a label's id is its place here. There are none without `ner_tags`."""
        return self._files.label_names

    @property
    def epoch(self) -> int:
        """The epoch that the next iteration reads."""
        return int(self._notes[0])

    def set_epoch(self, epoch: int) -> None:
        """
        Choose the epoch of the next iteration, also of workers that persist; another one forgets a loaded state.

        Raises:
            UsageError: the epoch is below 0.

        """
        if epoch < 0:
            raise UsageError(f"epoch is {epoch}.", "Use a number from 0.")
        if epoch != self.epoch:
            self._begin_anew(epoch, None)

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        """Begin an iteration; in a worker of a DataLoader, that of the worker."""
        loader = loader_worker()
        place = self._workers or loader or Workers(0, 1)
        if place.num_workers > _MOST_WORKERS:
            raise UsageError(f"{place.num_workers} workers are too many.", f"Use up to {_MOST_WORKERS} for a rank.")
        reader = self._ranks.rank * place.num_workers + place.worker
        run = self._run(place.num_workers, reader, begun=int(self._notes[1 + place.worker]))
        self._notes[1 + place.worker] += 1
        self._iterating = _Batches(run, reader, is_sent=loader is not None)
        return self._iterating

    def state_dict(self) -> dict[str, Any]:
        """
        Return, for JSON, how far this reader is: behind the last batch that it gave.

        Raises:
            UsageError: workers of a DataLoader read this stream, so that this process cannot know.

        """
        unit_rows = self._files.unit_rows
        if self._iterating is not None:
            return self._iterating.state.to_json(unit_rows)
        if int(self._notes[1:].sum()):
            message = "Workers of a DataLoader read this stream, and they read ahead."
            hint = "Ask a torchdata StatefulDataLoader for its state_dict, or call state_after(steps, num_workers=...)."
            raise UsageError(message, hint)
        if self._loaded is not None:
            return self._loaded.to_json(unit_rows)
        place = self._workers or Workers(0, 1)
        reader = self._ranks.rank * place.num_workers + place.worker
        state = self._run(place.num_workers, reader, begun=0).state
        return replace(state, read={reader: 0}).to_json(unit_rows)

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """
        Let the next iteration begin where a state ends, and set the epoch to the state's.

        With as many readers as saved it, the state of this reader will do. With any other number it must be that of
        all of them: of `merge_states` or `state_after`. Workers of a DataLoader must not have started.

        Raises:
            UsageError: it is no state, or one of other rows or another order.

        """
        state = State.from_json(find_state(state_dict), self._files.unit_rows)
        mine, theirs = (
            {"split": origin.split, "files": origin.files, "shuffle": order.mixed, "seed": order.seed}
            for origin, order in ((self._settings.origin, self._settings.order(0)), (state.origin, state.order))
        )
        differing = [f"{name} {theirs[name]!r} and not {mine[name]!r}" for name in mine if mine[name] != theirs[name]]
        if differing:
            message = f"The state is of {state.origin}, this stream of {self._settings.origin}: {', '.join(differing)}."
            raise UsageError(message, "Open the stream as the one that was saved.")
        self._begin_anew(state.order.epoch, state)

    def state_after(self, steps: int | Sequence[int], *, num_workers: int = 0) -> dict[str, Any]:
        """
        Return the state of the whole job after each rank took `steps` batches from a DataLoader of `num_workers`.

        Steps count from where the present iteration began; a sequence has one number a rank. The loader must give
        batches as they are and in order: `batch_size=None`, and not `in_order=False`.

        Raises:
            UsageError: a state was loaded that is not of all readers.

        """
        world = self._ranks.world_size
        each = [steps] * world if isinstance(steps, int) else list(steps)
        if len(each) != world or min(each) < 0:
            raise UsageError(f"Expected the steps of {world} ranks, found {steps}.", "Give one number, or one a rank.")
        run = self._run(max(1, num_workers), None, begun=max(0, int(self._notes[1]) - 1))
        return run.after(each).to_json(self._files.unit_rows)

    def share(self, rank: int | None = None, *, num_workers: int = 0) -> Share:
        """
        Return exactly what a rank with so many workers reads from where the present iteration began to the epoch's end.

        `rank` None is this one. `batches` is how many its DataLoader gives.
        """
        who = Ranks(self._ranks.rank if rank is None else rank, self._ranks.world_size)
        each = max(1, num_workers)
        readers = range(who.rank * each, (who.rank + 1) * each)
        begun = max(0, int(self._notes[1]) - 1)
        return sum((self._run(each, reader, begun=begun).share(reader) for reader in readers), start=Share())

    def _begin_anew(self, epoch: int, state: State | None) -> None:
        self._loaded, self._iterating = state, None
        self._notes[1:] = 0
        self._notes[0] = epoch

    def _run(self, per_rank: int, reader: int | None, *, begun: int) -> Run:
        """Return the run of an iteration that so many began before; `reader` None needs to know about all of them."""
        readers, loaded = self._ranks.world_size * per_rank, self._loaded
        if loaded is None or begun or loaded.order.epoch != self.epoch:
            read = dict.fromkeys(range(readers), 0)
            order = self._settings.order(self.epoch)
            state = State(origin=self._settings.origin, order=order, begin=None, readers=readers, read=read)
        elif loaded.readers == readers and (loaded.is_whole or reader in loaded.read):
            state = loaded
        else:
            state = loaded.shared_anew(self._files.unit_rows, readers)
        return Run(files=self._files, settings=self._settings, state=state)


class _Batches:
    """One iteration, which knows how far it is."""

    def __init__(self, run: Run, reader: int, *, is_sent: bool) -> None:
        self.state = replace(run.state, read={reader: run.state.read[reader]})
        self._reader = reader
        self._batches = run.batches(reader)
        self._is_sent = is_sent  # to another process: then a batch must not bring along what it is a slice of

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        return self

    def __next__(self) -> pa.RecordBatch:
        batch, read = next(self._batches)
        self.state = replace(self.state, read={self._reader: read})
        return compact(batch) if self._is_sent else batch
