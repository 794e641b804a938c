"""Do the machines of a cluster see what this one sees? Asked before anything is read."""

import platform
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from tagpress.engine import Shuffling
from tagpress.errors import UsageError
from tagpress.read.sources import Source, open_source

# How often each core is asked: the same executor may answer twice while another has not come up.
_ASKED: Final = 2
# Sources that each of them opens; what is not looked at is found when it is read.
_OPENED: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one executor did not find: the folder that the driver made, or some sources."""

    host: str
    folder: bool
    missing: tuple[str, ...]


def require_shared(engine: Shuffling, folder: Path, sources: Sequence[Source]) -> None:
    """
    Stop where an executor does not reach the folder of the build or a source.

    Raises:
        UsageError: it names the executor, what it misses, and where that should be.

    """
    token, asked = uuid.uuid4().hex, _ASKED * engine.cores
    (folder / "driver").write_text(token, encoding="utf-8")
    some = (
        [sources[len(sources) * number // _OPENED] for number in range(_OPENED)] if len(sources) > _OPENED else sources
    )
    answers = list(engine.map(partial(_look, folder, token, list(some)), range(asked), lambda *_: None, size=0))
    lost = [number for number in range(asked) if not (folder / f"executor-{number}").is_file()]
    where = folder.parents[1] if len(folder.parents) > 1 else folder
    for number, seen in enumerate(answers):
        if not seen.folder or number in lost:
            message = f"the executor on {seen.host} does not share {where} with the driver"
            raise UsageError(message, "choose an --out that every machine of the cluster has, on a shared file system")
        if seen.missing:
            message = f"the executor on {seen.host} cannot read {seen.missing[0]}, which the driver can"
            raise UsageError(
                message, "put the sources where every machine of the cluster has them, or name them by URL"
            )


def _look(folder: Path, token: str, sources: Sequence[Source], number: int) -> Seen:
    try:
        there = (folder / "driver").read_text(encoding="utf-8") == token
        (folder / f"executor-{number}").touch()
    except OSError:
        there = False
    missing = tuple(source.name for source in sources if not _readable(source))
    return Seen(host=platform.node(), folder=there, missing=missing)


def _readable(source: Source) -> bool:
    try:
        with open_source(source) as file:
            file.read(1)
    except (OSError, ValueError, ImportError):
        return False
    return True
