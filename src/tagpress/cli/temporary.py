"""Is there a place for temporary files?"""

import os
import tempfile
from typing import Final

from tagpress.errors import UsageError

_NAMES: Final = ("TMPDIR", "TEMP", "TMP")  # in the order in which Python looks


def require_temporary_folder() -> None:
    """
    Refuse a folder for temporary files in which none can be made: Python would take another without a word.

    Raises:
        UsageError: it is not there, or cannot be written; or none was named, and the system's own are like that.

    """
    name = next((name for name in _NAMES if os.environ.get(name)), "")
    folder = os.environ[name] if name else None
    try:
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        why = error.strerror or error
        message = (
            f"{name} is {folder}, where no temporary file can be made: {why}"
            if name
            else f"no temporary file can be made: {why}"
        )
        hint = "see that the folder is there and has room, or set TMPDIR to another"
        raise UsageError(message, hint) from error
