"""Which sentences does a release forget, and does the next one forget them too?"""

from dataclasses import replace
from typing import Final

from tagpress.corpus.forgotten import FORGOTTEN_NAME, FORGOTTEN_PATH, Forgotten, forgotten_key, read_forgotten
from tagpress.corpus.manifest import Manifest
from tagpress.corpus.problems import counted
from tagpress.diff import Diff
from tagpress.errors import ConflictError, VerifyError
from tagpress.release.checked_build import CheckedBuild
from tagpress.release.state import RepoState

_SHOWN: Final = 5  # ids in a message


def forgotten_in(remote: RepoState, manifest: Manifest) -> Forgotten:
    """
    Return what a release on the Hub forgets.

    Raises:
        VerifyError: the file is not there, or not what its manifest promises.

    """
    records = [config.forgotten for config in manifest.configs if config.forgotten]
    if not records:
        return Forgotten()
    if FORGOTTEN_PATH not in remote.files:
        raise VerifyError(f"{FORGOTTEN_PATH} of {remote.repository.repo} at {remote.sha} is missing")
    found, faults = read_forgotten(remote.read(FORGOTTEN_PATH))
    promised = max(one.sentences for one in records)
    if faults or len(found.whys) != promised:
        wrong = (
            f"line {faults[0][0]}: {faults[0][1]}"
            if faults
            else f"{len(found.whys):,} sentences, promised {promised:,}"
        )
        raise VerifyError(f"{FORGOTTEN_PATH} of {remote.repository.repo} at {remote.sha} cannot be used: {wrong}")
    return found


def without_texts(diff: Diff, build: CheckedBuild) -> Diff:
    """Return what a build changes, without the text of a sentence that it forgets: what a release prints may be in a public log."""
    mine, _ = read_forgotten(build.small.get(FORGOTTEN_PATH, b""))
    return _without_texts(diff, frozenset(mine.whys))


def _without_texts(diff: Diff, keys: frozenset[str]) -> Diff:
    shown = [
        replace(one, text=f"{one.id}, which is to be forgotten") if forgotten_key(one.id) in keys else one
        for one in diff.examples
    ]
    configs = {name: _without_texts(one, keys) for name, one in diff.configs.items()}
    return replace(diff, examples=tuple(shown), configs=configs)


def refuse_remembered(build: CheckedBuild, remote: RepoState) -> None:
    """
    Refuse a release that no longer forgets what the last one does, unless it is a major one.

    Raises:
        ConflictError: sentences are missing from what it forgets; they may come back any time.
        VerifyError: what the last release forgets cannot be read.

    """
    base = remote.manifest
    if base is None or build.manifest.version.major > base.version.major:
        return
    mine, _ = read_forgotten(build.small.get(FORGOTTEN_PATH, b""))
    missing = sorted(forgotten_in(remote, base).whys.keys() - mine.whys.keys())
    if missing:
        shown = ", ".join([*missing[:_SHOWN], *(["..."] if len(missing) > _SHOWN else [])])
        what = f"{counted(len(missing), 'sentence')} that {base.version} forgets"
        message = f"{build.manifest.version} does not name {what}: {shown}. Nothing was changed on the Hub."
        hint = (
            f"Put {FORGOTTEN_PATH} of {base.version} beside the script as {FORGOTTEN_NAME}, or release a major version."
        )
        raise ConflictError(message, hint)
