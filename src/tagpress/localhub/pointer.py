"""What stands in the git tree for a large file: an LFS pointer, three lines that name its digest and size."""

import re
from dataclasses import dataclass

_POINTER = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\noid sha256:(?P<sha256>[0-9a-f]{64})\nsize (?P<size>[0-9]{1,19})\n"
)
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Pointer:
    """A large file, by content: `sha256` in hex, `size` in bytes."""

    sha256: str
    size: int

    def __post_init__(self) -> None:
        if not _SHA256.fullmatch(self.sha256) or self.size < 0:
            msg = f"not an LFS pointer: {self.sha256!r}, {self.size} bytes"
            raise ValueError(msg)

    def text(self) -> bytes:
        """Return the blob that git keeps instead of the file."""
        return f"version https://git-lfs.github.com/spec/v1\noid sha256:{self.sha256}\nsize {self.size}\n".encode()


def pointer_in(blob: bytes) -> Pointer | None:
    """Return the pointer that a blob is, None if it is a file of its own."""
    found = _POINTER.fullmatch(blob)
    return Pointer(found["sha256"].decode(), int(found["size"])) if found else None
