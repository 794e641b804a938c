"""What a commit remembers of a file whose content was sent ahead of it: the client library has no public way to say it."""

from huggingface_hub import CommitOperationAdd
from huggingface_hub.lfs import UploadInfo


def sent(path: str, *, sha256: str, size: int) -> CommitOperationAdd:
    """Return an addition as the library leaves one whose content it has sent itself and then let go."""
    addition = CommitOperationAdd(path, b"")
    addition.upload_info = UploadInfo(size=size, sample=b"", sha256=bytes.fromhex(sha256))
    addition._upload_mode, addition._is_uploaded = "lfs", True  # noqa: SLF001 - see above
    return addition


def is_sent(addition: CommitOperationAdd) -> bool:
    """Return whether its content is in the large storage."""
    return bool(addition._is_uploaded)  # noqa: SLF001 - see above


def is_committed(addition: CommitOperationAdd) -> bool:
    """Return whether a commit with it was made: none is made where nothing changes."""
    return bool(addition._is_committed)  # noqa: SLF001 - see above
