"""
How the content of a commit reaches the Hub before the commit does: over Xet or LFS, addressed by its hash.

Content that is already there is not sent again. The operations of a failed commit are never used again: the client
remembers in them what the Hub held then, and would silently leave out a file that equals that old state.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import Final
from urllib.parse import quote

from huggingface_hub import CommitOperationAdd, CommitOperationDelete
from huggingface_hub.errors import HfHubHTTPError
from huggingface_hub.utils import get_session, hf_raise_for_status

from tagpress.hub.repository import Repository
from tagpress.hub.retry import status_of
from tagpress.hub.session import can_use_xet, storage
from tagpress.hub.transport.additions import is_sent, sent
from tagpress.hub.values import MAIN, Change, Content, Uploaded

_TRIES: Final = 3  # the client repeats each request of an upload; a whole upload is worth some more


def fresh_operations(change: Change) -> tuple[list[CommitOperationAdd], list[CommitOperationDelete]]:
    """Return new operations for one try of `change`."""
    additions = [_addition(path, content) for path, content in change.adds.items()]
    deletions = [CommitOperationDelete(path, is_folder=False) for path in change.deletes]
    return additions, deletions


def _addition(path: str, content: Content) -> CommitOperationAdd:
    if not isinstance(content, Uploaded):
        return CommitOperationAdd(path, content)
    return sent(path, sha256=content.sha256, size=content.bytes)


def upload_files(repository: Repository, files: Mapping[str, Path | bytes], *, as_pull: bool) -> dict[str, Uploaded]:
    """
    Send files by the paths at which a commit will have them, ahead of it; left out is what the Hub wants in the commit.

    `as_pull` is that of the commit.

    Raises:
        HubError: they could not be sent.

    """
    additions = [CommitOperationAdd(path, file) for path, file in files.items()]
    upload(repository, additions, MAIN, as_pull=as_pull)
    return {
        one.path_in_repo: Uploaded(sha256=one.upload_info.sha256.hex(), bytes=one.upload_info.size)
        for one in additions
        if is_sent(one)
    }


def knows_parts(repository: Repository) -> bool:
    """
    Return whether the Hub will know the parts of a file that it was sent before: Xet does, LFS does not.

    Raises:
        HubError: it refuses the right to write, or could not be reached.

    """
    hub = repository.hub
    if not (hub.uses_xet and can_use_xet()):
        return False
    return not hub.ask(f"ask for the storage of {repository.repo}", lambda: _lacks_xet(repository, MAIN))


def upload(repository: Repository, additions: Sequence[CommitOperationAdd], ref: str, *, as_pull: bool) -> None:
    """
    Send the large files among `additions`, and remember in them what the commit needs.

    With `as_pull` the commit will open a pull request, for which nobody needs the right to write to `ref`.
    """
    hub = repository.hub

    def attempt() -> None:
        xet = hub.uses_xet and can_use_xet()
        try:
            _upload_over(repository, additions, ref, as_pull=as_pull, xet=xet)
        except Exception as error:
            # Everything would be sent again over the other protocol: only where the Hub has no other way.
            lacks = isinstance(error, ConnectionError) and _lacks_xet(repository, ref) if xet else _lacks_lfs(error)
            if not lacks or not (xet or can_use_xet()):
                raise
            _upload_over(repository, additions, ref, as_pull=as_pull, xet=not xet)

    patience = replace(hub.retry, attempts=min(_TRIES, hub.retry.attempts))
    hub.ask(f"upload to {repository.repo}", attempt, retry=patience)


def _upload_over(
    repository: Repository, additions: Sequence[CommitOperationAdd], ref: str, *, as_pull: bool, xet: bool
) -> None:
    with storage(xet=xet):
        repository.hub.api.preupload_lfs_files(
            repository.repo, additions, repo_type="dataset", revision=ref, create_pr=as_pull, free_memory=False
        )


def _lacks_lfs(error: Exception) -> bool:
    """Return whether the answer is that of a Hub without LFS."""
    return type(error) is HfHubHTTPError and status_of(error) == HTTPStatus.NOT_FOUND


def _lacks_xet(repository: Repository, ref: str) -> bool:
    """
    Ask the Hub whether it has Xet: the client's own errors are all alike, whether it has none, refuses or stumbles.

    Raises:
        HfHubHTTPError: the Hub refuses the right to write, or cannot answer now.

    """
    hub = repository.hub
    url = f"{hub.endpoint}/api/datasets/{repository.repo}/xet-write-token/{quote(ref, safe='')}"
    answer = get_session().get(url, headers=hub.headers)
    if answer.status_code == HTTPStatus.NOT_FOUND:
        return True
    hf_raise_for_status(answer)
    return False
