"""What do messages call a place in a source? A line of a file as `path:line`, a row of a table in memory as `split[row]`."""

from typing import Final

ROWS: Final = "[]"
"""What the name of a source ends with whose lines are the rows of a table that somebody had in memory."""


def has_rows(path: str) -> bool:
    """Return whether a source is a table in memory, by its name."""
    return path.endswith(ROWS)


def placed(path: str, line: int, col: int = 0) -> str:
    """
    Return a place as messages show it: the path alone where no line is meant, and of a table the row as its owner counts it.

    >>> placed("a.txt", 8, 1), placed("a.txt", 8), placed("a.txt", 0), placed("train[]", 8, 1), placed("[]", 1)
    ('a.txt:8:1', 'a.txt:8', 'a.txt', 'train[7]', '[0]')

    """
    if not line:
        return path
    if has_rows(path):
        return f"{path.removesuffix(ROWS)}[{line - 1}]"
    return f"{path}:{line}:{col}" if col else f"{path}:{line}"


def in_order(place: str) -> tuple[str, int]:
    """
    Return what places of sentences sort by, as `placed` writes them: the source, and the line or row.

    >>> in_order("a.txt:8"), in_order("train[7]")
    (('a.txt', 8), ('train', 7))

    """
    path, _, number = place.removesuffix("]").rpartition("[" if place.endswith("]") else ":")
    return path, int(number)
