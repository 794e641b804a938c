"""Which store a path or a URL means."""

import os
import re
from pathlib import Path
from typing import Final, TypeGuard

from tagpress.errors import UsageError
from tagpress.store.folder import Folder
from tagpress.store.interface import Store
from tagpress.store.url import UrlStore, opened

_URL: Final = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.:-]+):/(?P<below>/[^/]*/+[^/])?")
_LOCAL: Final = ("file", "local")  # schemes of paths


def is_url(where: Path | str) -> TypeGuard[str]:
    """Return whether this is spelled as a URL, be it one of a folder on this machine."""
    return isinstance(where, str) and "://" in where


def store_of(where: Path | str) -> tuple[Store, str]:
    """
    Return the store in which a folder is or will be, and the folder's name there.

    Raises:
        UsageError: `where` is a URL that nothing can be written below, or that this machine cannot open, or a path that is
            no text.

    """
    url = _URL.match(str(where))
    if url is None or url["scheme"] in _LOCAL:
        path = Path(_local_path(str(where)) if url else where).absolute()
        _require_text(path)
        return Folder(path.parent), path.name
    if not isinstance(where, str) or url["below"] is None:
        hint = f"write {url['scheme']}://BUCKET/FOLDER, and pass it as a string"
        raise UsageError(f"{where} is not the URL of a folder", hint)
    if "::" in where or any(sign in where for sign in "*?[]#"):
        raise UsageError(f"{where} is a chain or a pattern, below which nothing can be written", "name one folder")
    above, _, name = where.rstrip("/").rpartition("/")
    try:
        with opened(above):
            return UrlStore(above), name
    except OSError as error:
        hint = "install what fsspec needs for it on this machine and on every worker, or choose another --out"
        raise UsageError(f"{where} cannot be opened: {error}", hint) from error


def _local_path(url: str) -> str:
    from fsspec.implementations.local import LocalFileSystem  # type: ignore[import-untyped]  # noqa: PLC0415 - see above

    return str(LocalFileSystem._strip_protocol(url))  # noqa: SLF001 - fsspec has no other name for it


def _require_text(path: Path) -> None:
    """Refuse a path that is not UTF-8, for Arrow opens none."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        shown = os.fsencode(path).decode("utf-8", "backslashreplace")
        hint = "rename the folder, or name one elsewhere: --out"
        raise UsageError(f"the path {shown} is not UTF-8, and no Parquet file can be written there", hint) from None
