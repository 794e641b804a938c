"""What one dataset repository holds: its refs, commits, files and their content."""

import hashlib
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from huggingface_hub import hf_hub_url
from huggingface_hub.hf_api import GitRefInfo, RepoFile

from tagpress.errors import NotOnHubError, RenamedWarning, UsageError, VerifyError
from tagpress.hub.answers import (
    MAX_FILES,
    REPOSITORY,
    at_most,
    commit_id,
    gate,
    name_in,
    promised,
    remote_file,
    repository_name,
    small,
)
from tagpress.hub.connection import UNCHANGED, Hub
from tagpress.hub.retry import Retry
from tagpress.hub.session import led_to
from tagpress.hub.transport import TRANSPORT
from tagpress.hub.transport.library import REPEATS_LISTINGS
from tagpress.hub.values import MAIN, Access, Commit, Pull, Refs, RemoteFile, blob_hasher

LISTINGS: Final = Retry(attempts=1) if REPEATS_LISTINGS else None  # the client's patience, or else the Hub's


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """A dataset repository, which need not exist yet; `repo` is NAMESPACE/NAME."""

    hub: Hub
    repo: str

    def __post_init__(self) -> None:
        if not REPOSITORY.fullmatch(self.repo):
            message = f"A repository is named NAMESPACE/NAME, found {self.repo!r}"
            raise UsageError(message)

    @property
    def url(self) -> str:
        """The page of the dataset."""
        return f"{self.hub.endpoint}/datasets/{self.repo}"

    def refs(self, *, pulls: bool = False) -> Refs | None:
        """Return where main, the tags and (if asked) the pull requests point; None if there is no such repository."""
        try:
            found, target = self.hub.ask(
                f"list the refs of {self.repo}",
                lambda: (
                    self.hub.api.list_repo_refs(self.repo, repo_type="dataset", include_pull_requests=pulls),
                    led_to(),
                ),
            )
        except NotOnHubError:
            return None
        return Refs(
            head=_targets(found.branches, self.repo).get(MAIN),
            tags=_targets(found.tags, self.repo),
            moved_to=name_in(target, self.repo) if target else None,
            pulls={_pull_number(pull): commit_id(pull.target_commit, self.repo) for pull in found.pull_requests or []},
        )

    def resolve(self, revision: str) -> str:
        """Return the commit that a branch, tag or sha names now; a repository that has another name now says so."""
        info = self.hub.ask(
            f"find revision {revision} of {self.repo}",
            lambda: self.hub.api.dataset_info(self.repo, revision=revision),
        )
        name = repository_name(info.id, self.repo)
        if name != self.repo:
            text = f"{self.repo} is called {name} now: the old name leads there until another repository takes it"
            warnings.warn(text, RenamedWarning, stacklevel=2)
        return commit_id(info.sha, f"{self.repo} at {revision}") if info.sha else ""

    def access(self, *, state: str = UNCHANGED) -> Access:
        """Return who may see the repository, and who may read its files."""
        info = self.hub.ask(f"look at {self.repo}", lambda: self.hub.api.dataset_info(self.repo), state=state)
        return Access(private=bool(info.private), gated=gate(info.gated, self.repo))

    def files(self, sha: str | None) -> dict[str, RemoteFile]:
        """Return the files of a commit by path, in order of path; none for the empty repository."""
        if sha is None:
            return {}
        entries = self.hub.ask(
            f"list the files of {self.repo} at {sha}",
            lambda: at_most(
                self.hub.api.list_repo_tree(self.repo, recursive=True, revision=sha, repo_type="dataset"),
                MAX_FILES,
                f"the files of {self.repo}",
            ),
            retry=LISTINGS,
        )
        files = (remote_file(entry, self.repo) for entry in entries if isinstance(entry, RepoFile))
        return {file.path: file for file in sorted(files, key=lambda file: file.path)}

    def file(self, path: str, sha: str) -> RemoteFile | None:
        """Return one file of a commit, or None if the commit has none at this path."""
        found = self.hub.ask(
            f"look for {path} of {self.repo} at {sha}",
            lambda: self.hub.api.get_paths_info(self.repo, [path], revision=sha, repo_type="dataset"),
        )
        files = (remote_file(entry, self.repo) for entry in found if isinstance(entry, RepoFile))
        return next((file for file in files if file.path == path), None)

    def last_change(self, path: str, sha: str) -> str | None:
        """Return the commit that last changed a file, as it is seen from a commit; None if the Hub does not say."""
        found = self.hub.ask(
            f"look for {path} of {self.repo} at {sha}",
            lambda: self.hub.api.get_paths_info(self.repo, [path], expand=True, revision=sha, repo_type="dataset"),
        )
        last = next((entry.last_commit for entry in found if isinstance(entry, RepoFile) and entry.path == path), None)
        return commit_id(last.oid, self.repo) if last else None

    def history(self, revision: str) -> list[Commit]:
        """Return the commits of a ref, newest first."""
        commits = self.hub.ask(
            f"list the commits of {self.repo}",
            lambda: self.hub.api.list_repo_commits(self.repo, repo_type="dataset", revision=revision),
            retry=LISTINGS,
        )
        return [Commit(sha=commit_id(commit.commit_id, self.repo), title=str(commit.title)) for commit in commits]

    def pull(self, number: int) -> Pull:
        """Return a pull request."""
        found = self.hub.ask(
            f"look at pull request {number} of {self.repo}",
            lambda: self.hub.api.get_discussion_details(self.repo, number, repo_type="dataset"),
        )
        return Pull(number=number, title=found.title, status=found.status)

    def read(self, file: RemoteFile, sha: str) -> bytes:
        """
        Return the content of a small file at a commit, from the Hub and never from a cache.

        Raises:
            HubAnswerError: it is larger than anything that is read into memory, or than the Hub lists it.
            VerifyError: the content has another checksum than the Hub lists for it.

        """
        blocks: list[bytes] = []
        if self._fetch(small(file, self.repo), sha, blocks.clear, blocks.append) != (file.sha256 or file.blob_id):
            message = f"{file.path} of {self.repo} at {sha} arrives with another checksum than the Hub lists."
            raise VerifyError(message, "The Hub's storage is damaged: publish the next version.")
        return b"".join(blocks)

    def download(self, file: RemoteFile, sha: str, to: Path) -> bool:
        """Write the content of a file at a commit to `to`; tell whether it has the checksum that the Hub lists."""
        with to.open("wb") as out:
            found = self._fetch(file, sha, lambda: (out.seek(0), out.truncate()), out.write)
        return found == (file.sha256 or file.blob_id)

    def _fetch(
        self, file: RemoteFile, sha: str, restart: Callable[[], object], write: Callable[[bytes], object]
    ) -> str:
        """Write a file's content block by block and return its checksum; `restart` forgets what a failed try wrote."""
        url = hf_hub_url(self.repo, file.path, repo_type="dataset", revision=sha, endpoint=self.hub.endpoint)

        def attempt() -> str:
            restart()
            digest = hashlib.sha256() if file.sha256 else blob_hasher(file.size)
            with TRANSPORT.opened(url, self.hub.headers) as answer:
                answer.require()
                for block in promised(answer.blocks(), file, self.repo):
                    digest.update(block)
                    write(block)
            return digest.hexdigest()

        return self.hub.ask(f"read {file.path} of {self.repo} at {sha}", attempt)


def _targets(refs: Iterable[GitRefInfo], repo: str) -> dict[str, str]:
    return {ref.name: commit_id(ref.target_commit, repo) for ref in refs}


def _pull_number(ref: GitRefInfo) -> int:
    return int(ref.ref.rsplit("/", 1)[-1])
