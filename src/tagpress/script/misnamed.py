"""What stands where the name of a builder script should: nothing, a build, a folder that has one, or a corpus without one?"""

import shlex
from pathlib import Path
from typing import Final

from tagpress.corpus.manifest import MANIFEST_NAME
from tagpress.errors import ScriptError

SUFFIX: Final = ".py"
_SHOWN: Final = 5  # scripts that a line names
_DEFINES: Final = "CorpusBuilder"


def require_script(path: Path) -> None:
    """
    Stop where this is no file that could be a script, and say what to do.

    Raises:
        ScriptError: it is not there, a folder, or something else.

    """
    if path.is_file() and path.suffix == SUFFIX:
        return
    refuse_misnamed(path)
    if not path.exists():
        hint = f"give the path of a script that defines a {_DEFINES}"
        raise ScriptError(f"there is no builder script at {path}", hint)
    new = f"tagpress new {shlex.quote(str(path))}"
    what = f"a folder without {MANIFEST_NAME}, so no build, and" if path.is_dir() else "no build and"
    raise ScriptError(
        f"{path} is {what} no builder script, which says what is published of a corpus",
        f"if it is a corpus: {new} writes a script for it, which this command takes",
    )


def refuse_misnamed(path: Path) -> None:
    """
    Stop where this is a finished build, a folder that has scripts, or the name of a script without its end.

    Raises:
        ScriptError: it is so.

    """
    if (path / MANIFEST_NAME).is_file():
        raise ScriptError(f"{path} is a finished build, and no builder script", "name the script of the corpus")
    called = path.with_name(path.name + SUFFIX) if path.name else path
    if not path.exists() and called.is_file():
        raise ScriptError(f"there is no {path}", f"the script is {called}")
    scripts = sorted(
        one for one in path.glob(f"*{SUFFIX}") if one.is_file() and _DEFINES in one.read_text("utf-8", "replace")
    )
    if scripts:
        raise ScriptError(
            f"{path} is a folder, and no builder script", f"name one: {', '.join(map(str, scripts[:_SHOWN]))}"
        )
