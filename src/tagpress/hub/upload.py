"""
How the content of a commit reaches the Hub before the commit does: over Xet or LFS, addressed by its hash.

Content that is already there is not sent again. The operations of a failed commit are never used again: the client
remembers in them what the Hub held then, and would silently leave out a file that equals that old state.
"""

from collections.abc import Sequence
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import Final

from huggingface_hub import CommitOperationAdd, CommitOperationDelete
from huggingface_hub.errors import HfHubHTTPError
from huggingface_hub.lfs import UploadInfo

from tagpress.hub.repository import Repository
from tagpress.hub.retry import status_of
from tagpress.hub.session import can_use_xet, storage
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
    # As the client leaves an operation whose content it has sent itself and then let go.
    addition = CommitOperationAdd(path, b"")
    addition.upload_info = UploadInfo(size=content.bytes, sample=b"", sha256=bytes.fromhex(content.sha256))
    addition._upload_mode, addition._is_uploaded = "lfs", True  # noqa: SLF001 - it has no public way to say so
    return addition


def upload_file(repository: Repository, path: str, file: Path, *, as_pull: bool) -> Uploaded | None:
    """
    Send one file ahead of the commit that will have it at `path`; None if the Hub wants it in the commit itself.

    `as_pull` is that of the commit.

    Raises:
        HubError: it could not be sent.

    """
    addition = CommitOperationAdd(path, file)
    upload(repository, [addition], MAIN, as_pull=as_pull)
    if not addition._is_uploaded:  # noqa: SLF001 - see above
        return None
    return Uploaded(sha256=addition.upload_info.sha256.hex(), bytes=addition.upload_info.size)


def upload(repository: Repository, additions: Sequence[CommitOperationAdd], ref: str, *, as_pull: bool) -> None:
    """
    Send the large files among `additions`, and remember in them what the commit needs.

    With `as_pull` the commit will open a pull request, for which nobody needs the right to write to `ref`.
    """
    hub = repository.hub

    def attempt() -> None:
        protocols = (hub.uses_xet, not hub.uses_xet) if can_use_xet() else (False,)
        try:
            _upload_over(repository, additions, ref, as_pull=as_pull, xet=protocols[0])
        except Exception as error:
            if not _lacks_protocol(error) or len(protocols) == 1:
                raise
            _upload_over(repository, additions, ref, as_pull=as_pull, xet=protocols[1])

    patience = replace(hub.retry, attempts=min(_TRIES, hub.retry.attempts))
    hub.ask(f"upload to {repository.repo}", attempt, retry=patience)


def _upload_over(
    repository: Repository, additions: Sequence[CommitOperationAdd], ref: str, *, as_pull: bool, xet: bool
) -> None:
    with storage(xet=xet):
        repository.hub.api.preupload_lfs_files(
            repository.repo, additions, repo_type="dataset", revision=ref, create_pr=as_pull, free_memory=False
        )


def _lacks_protocol(error: Exception) -> bool:
    """Return whether the Hub may lack this storage protocol; a Hub without LFS answers 404, any Xet error looks alike."""
    is_plain_answer = type(error) is HfHubHTTPError
    return (is_plain_answer and status_of(error) == HTTPStatus.NOT_FOUND) or isinstance(error, ConnectionError)
