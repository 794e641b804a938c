"""What is a corpus called that somebody has just begun with: as he says, or after its file or folder?"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tagpress.corpus.split_names import kind_of_word, words
from tagpress.errors import UsageError
from tagpress.read.sources.source import stem

_NAME: Final = re.compile(r"[a-z0-9]+(?:[-_.][a-z0-9]+)*")
_USAGE: Final = "write tagpress new NAME SOURCE..., where SOURCE is files, patterns or folders"
_ABOVE: Final = 3  # folders that are looked at
_SAY_NOTHING: Final = frozenset({"data", "corpus", "dataset", "corpora", "datasets", "export", "exports"})


def checked_name(name: str) -> tuple[str, str]:
    """
    Return the name of a corpus, and what its script is called without `.py`.

    >>> checked_name("my-corpus"), checked_name("my-corpus.py")
    (('my-corpus', 'my_corpus'), ('my-corpus', 'my_corpus'))

    Raises:
        UsageError: the name cannot be used, or is that of a file, which somebody has forgotten to give a name.

    """
    said = name.removesuffix(".py")  # who thinks of the script means the corpus in it
    if Path(name).is_file():
        raise UsageError(f"{name!r} stands where the name of the corpus should, and is a file", _USAGE)
    if not _NAME.fullmatch(said):
        hint = _USAGE if "=" in name else "use lower-case words joined by '-', such as my-corpus"
        raise UsageError(f"{name!r} cannot be the name of a corpus", hint)
    return said, re.sub(r"[^0-9a-z]+", "_", said)


def name_after(source: str) -> str:
    """
    Return a name for the corpus in a file or folder: after it, or after the first folder above that says more than a split.

    Raises:
        UsageError: there is no such file or folder, or none of their names can be that of a corpus.

    """
    if not Path(source).exists():
        raise UsageError(
            f"{source!r} is the name of a corpus without a source, or a source that is not there",
            _USAGE,
        )
    path = Path(source).resolve()
    called = [path.name if path.is_dir() else stem(path.name), *(above.name for above in list(path.parents)[:_ABOVE])]
    names = [re.sub(r"[^0-9a-z]+", "-", one.lower()).strip("-") for one in called if _says_more_than_a_split(one)]
    if not any(names):
        raise UsageError(f"{source!r} says no name for a corpus", _USAGE)
    return next(name for name in names if name)


def not_read(name: str, sources: Sequence[str]) -> tuple[str, ...]:
    """Return a doubt about a folder that is called as the corpus is and holds no source: `tagpress new en de`."""
    named = Path(name)
    inside = (Path(source.partition("=")[2] or source).absolute() for source in sources)
    if not named.is_dir() or any(path.is_relative_to(named.absolute()) for path in inside):
        return ()
    return (
        f"files: the folder {name} is called as the corpus is, and was not read; the name comes first, then every source",
    )


def _says_more_than_a_split(name: str) -> bool:
    return any(kind_of_word(word) is None and word not in _SAY_NOTHING for word in words(name))
