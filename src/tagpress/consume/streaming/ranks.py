"""Who reads: which rank of how many, and which worker of it. Together, one reader of all."""

import os
import sys
from dataclasses import dataclass

from tagpress.errors import UsageError


@dataclass(frozen=True, slots=True)
class Ranks:
    """One rank of a job. Raises UsageError if there is no such rank."""

    rank: int
    world_size: int

    def __post_init__(self) -> None:
        if not 0 <= self.rank < self.world_size:
            message = f"There is no rank {self.rank} in a world of {self.world_size}."
            raise UsageError(message, "Ranks are numbered from 0.")


@dataclass(frozen=True, slots=True)
class Workers:
    """One worker of a rank. Raises UsageError if there is no such worker."""

    worker: int
    num_workers: int

    def __post_init__(self) -> None:
        if not 0 <= self.worker < self.num_workers:
            message = f"There is no worker {self.worker} of {self.num_workers}."
            raise UsageError(message, "Workers are numbered from 0.")


def ranks(rank: int | None, world_size: int | None) -> Ranks:
    """
    Return which rank this is: as given, else as torch.distributed says, else RANK and WORLD_SIZE, else the only one.

    Raises:
        UsageError: one of the two is given without the other, or they do not fit.

    """
    if rank is not None and world_size is not None:
        return Ranks(rank, world_size)
    if rank is not None or world_size is not None:
        raise UsageError("rank and world_size belong together.", "Give both, or neither.")
    torch = sys.modules.get("torch")  # a job that is distributed by torch has imported it
    if torch is not None and torch.distributed.is_available() and torch.distributed.is_initialized():
        return Ranks(torch.distributed.get_rank(), torch.distributed.get_world_size())
    found = os.environ.get("RANK"), os.environ.get("WORLD_SIZE")  # what torchrun and its like set
    if None in found:
        return Ranks(0, 1)
    try:
        return Ranks(*(int(text or "") for text in found))
    except ValueError as error:
        message = f"RANK and WORLD_SIZE are {found[0]!r} and {found[1]!r}, expected numbers."
        raise UsageError(message, "Pass rank= and world_size=.") from error


def workers(worker: int | None, num_workers: int | None) -> Workers | None:
    """
    Return which worker this is, as given; None leaves it to the DataLoader, if there is one.

    Raises:
        UsageError: only one of them is given.

    """
    if worker is not None and num_workers is not None:
        return Workers(worker, num_workers)
    if worker is not None or num_workers is not None:
        raise UsageError("worker and num_workers belong together.", "Give both, or neither.")
    return None


def loader_worker() -> Workers | None:
    """Return which worker of a torch DataLoader this process is, None if it is none."""
    torch = sys.modules.get("torch")
    info = torch.utils.data.get_worker_info() if torch is not None else None
    return Workers(info.id, info.num_workers) if info is not None else None
