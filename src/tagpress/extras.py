"""
What must be installed for what? Whoever loads or streams a release needs little; publishing needs the extra `publish`.

Each package that an extra of `pyproject.toml` brings stands here with the smallest extra that has it, so that whatever
lacks it can say which one line installs it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from tagpress.errors import NotInstalledError

_EXTRAS: Final = {
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
