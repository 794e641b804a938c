"""
Does a commit give its readers what was released? The proof before a tag, and what was proven, in words.

1. Every row is read back once, from the commit, and held against the manifest (`read_back`).
2. `datasets` finds the commit by name, in a new process, and loads what `load_plan` names. Of a small release the files
   that came with the first step are laid into its cache: no byte comes twice, and none is decoded that was not checked.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tagpress.card.markdown import size
from tagpress.corpus.forgotten import Forgotten
from tagpress.corpus.manifest import CARD_NAME, Manifest
from tagpress.corpus.problems import counted
from tagpress.engine import Shuffling
from tagpress.errors import VerifyError
from tagpress.release.forgotten import forgotten_in
from tagpress.release.load_check import Loaded, LoadRequest
from tagpress.release.load_differences import differences
from tagpress.release.load_plan import LoadPlan, load_plan
from tagpress.release.read_back import FromShards, read_back
from tagpress.release.state import RepoState

Loader = Callable[[LoadRequest], Loaded]
_MORE_LOADS: Final = 2  # after a difference: `datasets` takes some errors of a Hub for a missing file
BY_HASH: Final = "every file of the commit was compared with the manifest by the hashes that the Hub lists"


@dataclass(frozen=True, slots=True)
class Findings:
    """What is wrong with a commit, and in words what was checked."""

    problems: tuple[str, ...]
    checked: tuple[str, ...] = ()


def prove(
    remote: RepoState,
    manifest: Manifest,
    *,
    loader: Loader,
    engine: Shuffling | None = None,
    before: Findings,
    listed: bool = False,
) -> Findings:
    """
    Read every row back, on an `engine` from its executors, and load a part by name, unless something is wrong by then.

    With `listed` that the Hub does not list a file says that it has none; otherwise a reader's questions are all asked.
    """
    plan = load_plan(manifest)
    try:
        forgotten = forgotten_in(remote, manifest)
    except VerifyError as error:
        return Findings((*before.problems, error.message), before.checked)
    with tempfile.TemporaryDirectory(prefix="tagpress-verify-") as folder:
        held = Path(folder)
        kept = {path: held / path for path in plan.held}
        wanted = FromShards(heads=plan.heads, kept=kept, forgotten=frozenset(forgotten.whys))
        seen = read_back(remote, manifest, wanted=wanted, engine=engine)
        problems = (*before.problems, *(problem for shard in seen for problem in shard.problems), *_held(remote, held))
        checked = (*before.checked, _read(manifest), *_kept_to(forgotten))
        if problems:  # what is known to be broken need not be loaded
            return Findings(problems, checked)
        heads = {shard.path: shard.head for shard in seen if shard.head is not None}
        return Findings(_load_problems(remote, plan, heads, held, loader, listed=listed), (*checked, plan.in_words()))


def _held(remote: RepoState, held: Path) -> list[str]:
    """Put the card beside the shards that were read, and return what is wrong with it."""
    try:
        card = remote.fetched(CARD_NAME)
    except KeyError:
        return []  # it is told already that it is missing
    except VerifyError as error:
        return [error.message]
    (held / CARD_NAME).write_bytes(card)
    return []


def _load_problems(
    remote: RepoState, plan: LoadPlan, heads: dict[str, str], held: Path, loader: Loader, *, listed: bool
) -> tuple[str, ...]:
    """Load the commit by name and compare; a difference must show more than once."""
    hub, expected = remote.repository.hub, plan.expected(heads)
    request = LoadRequest(
        endpoint=hub.endpoint,
        token=hub.secret(),
        repo=remote.repository.repo,
        revision=remote.sha or "",
        configs=() if plan.manifest.is_flat else tuple(plan.manifest.loadable),
        streamed={part.name: part.rows for part in plan.streamed},
        shards=None if plan.shards is None else {part.file.path: (part.name, part.rows) for part in plan.shards},
        held=str(held),
        listed=listed,
    )
    problems = differences(expected, loader(request))
    for _ in range(_MORE_LOADS):
        if not problems:
            break
        hub.retry.sleep(hub.retry.first_wait)
        problems = differences(expected, loader(request))
    return tuple(problems)


def _kept_to(forgotten: Forgotten) -> tuple[str, ...]:
    """Say what the reading proved of what is to be forgotten."""
    count = len(forgotten.whys)
    return (f"no row is one of the {counted(count, 'sentence')} that are to be forgotten, by their digests",) * bool(
        count
    )


def _read(manifest: Manifest) -> str:
    files = manifest.data_files()
    return (
        f"every row was read back from the commit, once: {sum(file.rows or 0 for file in files):,} rows of {len(files)} "
        f"shards ({size(sum(file.bytes for file in files))}), with their SHA-256, columns, label names and row digests"
    )
