"""
What must be installed for what? Whoever loads or streams a release needs little; publishing needs the extra `publish`.

Each package that an extra of `pyproject.toml` brings stands here with the smallest extra that has it, so that whatever
lacks it can say which one line installs it; and so do those that publishing needs newer than reading does.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from tagpress.errors import NotInstalledError

_EXTRAS: Final = {
    "blake3": "hub",
    "cleanlab": "cleanlab",
    "click": "hub",
    "datasets": "publish",
    "jinja2": "hub",
    "markdown_it": "hub",
    "matplotlib": "plots",
    "numba": "publish",
    "pygit2": "hub",
    "pyspark": "spark",
    "rich": "hub",
    "spacy": "spacy",
    "starlette": "hub",
    "torch": "torch",
    "uvicorn": "hub",
}
_PUBLISHERS: Final = {"huggingface_hub": "1.31", "numpy": "2.2", "pyarrow": "24"}


@contextmanager
def needed_for(what: str, extra: str = "") -> Iterator[None]:
    """
    Import in this block what `what` needs; `extra` says how to get it, where that is not the package's own extra.

    Raises:
        NotInstalledError: a package is not there that an extra brings.

    """
    try:
        yield
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package not in _EXTRAS:
            raise
        raise NotInstalledError(
            f"{what} needs {package}, which is not installed", f"pip install 'tagpress[{extra or _EXTRAS[package]}]'"
        ) from error


def require_newer(what: str) -> None:
    """
    Refuse to do what only publishers do with packages that are recent enough for readers alone.

    Raises:
        NotInstalledError: one of them is too old.

    """
    old = [f"{name} {found}" for name in _PUBLISHERS if _numbers(found := _found(name)) < _numbers(_PUBLISHERS[name])]
    if old:
        newer = ", ".join(f"{name} {least}" for name, least in _PUBLISHERS.items())
        message = f"{what} needs {newer} or newer, found {', '.join(old)}"
        raise NotInstalledError(message, "pip install 'tagpress[publish]'")


def _found(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:  # whoever imports it says so
        return _PUBLISHERS[name]


def _numbers(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", text)[:3]]
