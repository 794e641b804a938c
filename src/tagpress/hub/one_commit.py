"""
What need a process not ask that reads one commit through the client library?

A reader such as `datasets` looks for files that a dataset may have, and lists it folder by folder. A commit never changes,
so its whole list is asked for once, and says all that.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from huggingface_hub import HfApi
from huggingface_hub.errors import EntryNotFoundError
from huggingface_hub.hf_api import RepoFile, RepoFolder

_LIST: Final = HfApi.list_repo_tree
_DOWNLOAD: Final = HfApi.hf_hub_download


@contextmanager
def listed_once(repo: str, sha: str) -> Iterator[None]:
    """
    Have the client library list the commit `sha` once inside the block, and not look for a file that is not in that list.

    This holds for the whole process, and for this commit alone: all else is asked as ever.
    """
    commit = _Commit(repo, sha)

    def list_repo_tree(api: HfApi, repo_id: str, path_in_repo: str | None = None, **asked: Any) -> Any:  # noqa: ANN401 - the client's
        if not commit.is_asked(repo_id, asked) or asked.get("expand"):
            return _LIST(api, repo_id, path_in_repo, **asked)
        return commit.below(api, path_in_repo or "", recursive=bool(asked.get("recursive")))

    def hf_hub_download(api: HfApi, repo_id: str, filename: str, **asked: Any) -> Any:  # noqa: ANN401 - the client's
        if commit.is_asked(repo_id, asked) and not asked.get("subfolder"):
            commit.require(api, filename)
        return _DOWNLOAD(api, repo_id, filename, **asked)

    HfApi.list_repo_tree, HfApi.hf_hub_download = list_repo_tree, hf_hub_download  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        HfApi.list_repo_tree, HfApi.hf_hub_download = _LIST, _DOWNLOAD  # type: ignore[method-assign]


class _Commit:
    """A commit, and its list once it was asked for."""

    def __init__(self, repo: str, sha: str) -> None:
        self._repo, self._sha = repo, sha
        self._entries: Sequence[RepoFile | RepoFolder] | None = None

    def is_asked(self, repo_id: str, asked: dict[str, Any]) -> bool:
        return (repo_id, asked.get("revision"), asked.get("repo_type")) == (self._repo, self._sha, "dataset")

    def below(self, api: HfApi, folder: str, *, recursive: bool) -> Iterator[RepoFile | RepoFolder]:
        """Yield what is in a folder, "" for all, as the Hub lists it."""
        start = f"{folder}/" if folder else ""
        found = [entry for entry in self._all(api) if entry.path.startswith(start)]
        if not found and folder:
            raise EntryNotFoundError(f"{self._repo} at {self._sha} has no folder {folder}")
        yield from (entry for entry in found if recursive or "/" not in entry.path[len(start) :])

    def require(self, api: HfApi, path: str) -> None:
        """Refuse a file that is not there."""
        if all(entry.path != path for entry in self._all(api)):
            raise EntryNotFoundError(f"{self._repo} at {self._sha} has no {path}")

    def _all(self, api: HfApi) -> Sequence[RepoFile | RepoFolder]:
        if self._entries is None:
            self._entries = tuple(_LIST(api, self._repo, recursive=True, revision=self._sha, repo_type="dataset"))
        return self._entries
