"""Do the machines of a cluster see what this one sees? Asked before anything is read."""

import platform
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from tagpress.corpus.place import has_rows
from tagpress.engine import Shuffling
from tagpress.errors import SourceError, UsageError
from tagpress.read.sources.source import Source, open_source, reading
from tagpress.store import Store

# How often each core is asked: the same executor may answer twice while another has not come up.
_ASKED: Final = 2
# Sources that each of them opens; what is not looked at is found when it is read.
_OPENED: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one executor did not find: the store of the build, with the reason if there is more to say, or some sources."""

    host: str
    store: bool
    why: str
    missing: tuple[str, ...]


def require_shared(engine: Shuffling, store: Store, sources: Sequence[Source]) -> None:
    """
    Stop where an executor does not reach the store of the build or a source.

    Raises:
        UsageError: it names the executor, what it misses, and where that should be.

    """
    token, asked = uuid.uuid4().hex, _ASKED * engine.cores
    store.write("seen/driver", token.encode())
    some = (
        [sources[len(sources) * number // _OPENED] for number in range(_OPENED)] if len(sources) > _OPENED else sources
    )
    answers = list(engine.map(partial(_look, store, token, list(some)), range(asked), lambda *_: None, size=0))
    found = set(store.names("seen"))
    for number, seen in enumerate(answers):
        if not seen.store or f"seen/executor-{number}" not in found:
            message = f"the executor on {seen.host} does not share {store} with the driver{seen.why}"
            hint = "choose an --out, or --scratch, that every machine of the cluster reaches: on a shared file system, or at a URL"
            raise UsageError(message, hint)
        if seen.missing:
            message = f"the executor on {seen.host} cannot read {seen.missing[0]}, which the driver can"
            hint = "put the sources where every machine of the cluster has them, or name them by URL"
            if has_rows(seen.missing[0]):
                message = f"the executor on {seen.host} does not have the tables that SOURCES made on the driver"
                hint = (
                    "save them where every machine of the cluster reads them, as Parquet, and name the files in SOURCES"
                )
            raise UsageError(message, hint)


def _look(store: Store, token: str, sources: Sequence[Source], number: int) -> Seen:
    there, why = False, ""
    try:
        there = store.read("seen/driver") == token.encode()
        store.write(f"seen/executor-{number}", b"")
    except OSError as error:
        why = "" if isinstance(error, FileNotFoundError) else f": {error}"
        there = False
    missing = tuple(source.name for source in sources if not _readable(source))
    return Seen(host=platform.node(), store=there, why=why, missing=missing)


def _readable(source: Source) -> bool:
    try:
        with reading(source), open_source(source) as file:
            file.read(1)
    except SourceError:
        return False
    return True
