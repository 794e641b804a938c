"""How is one file written? Whole or not at all, and with a clear error where it cannot be."""

from pathlib import Path

from tagpress.errors import WriteError


def write_file(out: Path, data: bytes) -> None:
    """
    Write a file beside its place and rename it, so that nobody sees half of it; its folder is made.

    Raises:
        WriteError: it cannot be written there.

    """
    beside = out.with_name(f".{out.name}.partial")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(data)
        beside.replace(out)
    except OSError as error:
        if out.parent.is_dir():
            beside.unlink(missing_ok=True)
        raise WriteError(f"{out} cannot be written: {error.strerror}", "make room, or choose another place") from error
