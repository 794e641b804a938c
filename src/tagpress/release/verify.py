"""
Does a commit on the Hub hold exactly a release, and does it load as one.

    commit_problems     every file against `release.json`: by the hashes that the Hub lists, without a download
    require_verified    those, and what `proof` finds: every row read back, and a reader's view by name
    verify_release      all that a user can ask about REPO@REV, and whether its tag was moved
"""

import contextlib
from dataclasses import dataclass

from tagpress.consume.withdrawn import withdrawals_on_main
from tagpress.corpus.manifest import CARD_NAME, MANIFEST_NAME, Manifest
from tagpress.corpus.records import FileRecord
from tagpress.corpus.withdrawals import Withdrawal
from tagpress.engine import Shuffling
from tagpress.errors import ManifestError, VerifyError
from tagpress.hub import Hub, Repository
from tagpress.release.card_data import CardData
from tagpress.release.checked_build import card_faults
from tagpress.release.load_check import load
from tagpress.release.locate import release_commit, revision_named
from tagpress.release.plan import is_read_as_data
from tagpress.release.proof import BY_HASH, Findings, Loader, prove
from tagpress.release.state import RepoState, remote_at
from tagpress.release.withdrawn import only_withdrawn, withdrawals_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """
    The answer to `tagpress verify`; `files_checked` counts the files that were compared with the manifest.

    `checked` says in words what was looked at. `withdrawn` is what its owner says, who took it back.
    """

    repo: str
    revision: str
    commit: str
    version: str | None
    files_checked: int
    problems: tuple[str, ...]
    checked: tuple[str, ...] = ()
    withdrawn: Withdrawal | None = None

    @property
    def ok(self) -> bool:
        """Return whether the Hub holds exactly what was released."""
        return not self.problems

    def to_json(self) -> dict[str, object]:
        """Return the document that `--json` prints."""
        return {
            "ok": self.ok,
            "problems": list(self.problems),
            "files_checked": self.files_checked,
            "repo": self.repo,
            "revision": self.revision,
            "commit": self.commit,
            "version": self.version,
            "checked": list(self.checked),
            "withdrawn": self.withdrawn.to_json() if self.withdrawn else None,
        }


def verify_release(
    repo: str, revision: str | None = None, *, hub: Hub, deep: bool = False, loader: Loader = load
) -> Verification:
    """
    Compare what the Hub holds with what was released.

    `revision` is a branch, a tag or a commit; None means `main`. `deep` downloads everything. A version that was withdrawn for
    good is a problem; one that was withdrawn is only said to be.

    Raises:
        HubError: the repository or the revision cannot be read.

    """
    repository = Repository(hub=hub, repo=repo)
    revision = revision_named(revision or "")
    sha = repository.resolve(revision)
    refs = repository.refs()
    try:
        remote = remote_at(repository, sha, refs.tags if refs else {})
    except ManifestError as error:  # a manifest that cannot be read
        remote, found = RepoState(repository=repository, sha=sha), Findings((error.message,))
    else:
        found = _all_findings(remote, revision, loader if deep else None)
    manifest = remote.manifest
    withdrawn, problems = _withdrawn(remote, refs.head if refs else None)
    return Verification(
        repo=repo,
        revision=revision,
        commit=sha,
        version=str(manifest.version) if manifest else None,
        files_checked=len(manifest.files) if manifest else 0,
        problems=(*found.problems, *problems),
        checked=found.checked,
        withdrawn=withdrawn,
    )


def _withdrawn(remote: RepoState, head: str | None) -> tuple[Withdrawal | None, tuple[str, ...]]:
    """Return what `main` says of the version of a commit, and what is a problem of it."""
    if remote.manifest is None:
        return None, ()
    try:
        said = withdrawals_of(remote) if remote.sha == head else withdrawals_on_main(remote.repository)
    except VerifyError as error:
        return None, (error.message,)
    found = said.of(remote.manifest.version) if said else None
    return found, (str(found),) if found and found.final else ()


def _all_findings(remote: RepoState, revision: str | None, loader: Loader | None) -> Findings:
    manifest = remote.manifest
    if manifest is None:
        return Findings((f"{MANIFEST_NAME} is missing: this is not a release",))
    found = Findings((*tag_problems(remote, manifest, revision), *commit_problems(remote, manifest)), (BY_HASH,))
    return found if loader is None else prove(remote, manifest, loader=loader, before=found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """How a commit is checked before its tag: what loads it by name, and the cluster that reads its rows back, if any."""

    loader: Loader = load
    engine: Shuffling | None = None


def require_verified(remote: RepoState, manifest: Manifest, check: Check | None) -> tuple[str, ...]:
    """
    Check a commit that is about to be tagged, and return in words what was checked; without a `check`, its files only.

    Raises:
        VerifyError: it is not the release that the manifest describes; every difference is listed.

    """
    problems = commit_problems(remote, manifest)
    if remote.manifest != manifest:
        problems.insert(0, f"{MANIFEST_NAME} is not the one that was published")
    found = Findings(tuple(problems), (BY_HASH,))
    if not problems and check is not None:
        found = prove(remote, manifest, loader=check.loader, engine=check.engine, before=found, listed=True)
    if found.problems:
        where = f"{remote.repository.repo} at {remote.sha}"
        message = "\n".join([f"{where} is not what was released, so it is not tagged:", *found.problems])
        raise VerifyError(message, "Run the same command again to check again, or publish the next version.")
    return found.checked


def commit_problems(remote: RepoState, manifest: Manifest) -> list[str]:
    """Compare every file of a commit with the manifest, by size and SHA-256, and look for what does not belong."""
    problems = [problem for file in manifest.files for problem in _file_problems(remote, file)]
    data = CardData.of(_card(remote))
    listed = {file.path for file in manifest.files} | {MANIFEST_NAME}
    repo = remote.repository.repo
    problems += [
        f"{path} was not released, and would change what is loaded"
        for path in remote.files.keys() - listed
        if is_read_as_data(path, repo, data)
    ]
    problems += card_faults(data, manifest)
    return sorted(problems)


def _file_problems(remote: RepoState, file: FileRecord) -> list[str]:
    found = remote.files.get(file.path)
    if found is None:
        return [f"{file.path} is missing"]
    if only_withdrawn(file, remote):
        return []
    if found.size != file.bytes:
        return [f"{file.path} has {found.size} bytes, released {file.bytes}"]
    try:
        sha256 = remote.sha256(file.path)
    except VerifyError as error:
        return [error.message]
    return [f"{file.path} has SHA-256 {sha256}, released {file.sha256}"] if sha256 != file.sha256 else []


def _card(remote: RepoState) -> bytes:
    with contextlib.suppress(VerifyError):  # a damaged card is named where its SHA-256 is compared
        return remote.read(CARD_NAME) if CARD_NAME in remote.files else b""
    return b""


def tag_problems(remote: RepoState, manifest: Manifest, revision: str | None) -> list[str]:
    """Compare the version that a commit says it is with the tags: a release has one, and it was never moved."""
    tag = manifest.version.tag
    problems = []
    if revision and revision in remote.tags and revision != tag and revision.startswith("v"):
        problems.append(f"the tag {revision} was moved: it points at the release {manifest.version}")
    if tag not in remote.tags:
        problems.append(f"version {manifest.version} has no tag {tag}: publish it again to finish the release")
    else:
        released = remote.repository.last_change(MANIFEST_NAME, remote.sha or "")
        if remote.tags[tag] != released:  # where a pull request was joined, that may be one of its commits
            released = release_commit(remote.repository, remote.sha or "", remote.files[MANIFEST_NAME])
        if remote.tags[tag] != released:
            problems.append(f"the tag {tag} was moved: it points at {remote.tags[tag]}, released as {released}")
    return problems
