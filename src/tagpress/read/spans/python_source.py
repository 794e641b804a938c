"""
Where are the values in a file of Python that holds training data, such as `TRAIN_DATA = [...]`? Nothing of it is run.

The items of every list that is assigned or stands alone are values, each where it stands. What is no literal is none.
"""

import ast
import json
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

from tagpress.read.sources.text import Text
from tagpress.read.spans.record import MalformedError

_LONGEST: Final = 8 << 20  # bytes: a tree of Python takes up to a hundred for each
_LINE_END: Final = re.compile(rb"\r\n?|\n")  # as Python counts lines
CANNOT: Final = (ValueError, TypeError, SyntaxError, RecursionError, MemoryError)


def python_values(text: Text) -> Iterator[tuple[int, int, Any]]:
    """Yield the items of lists in a file of Python with their bytes; what is none is MalformedError."""
    source = text.data[text.begin :]
    if len(source) > _LONGEST:
        yield text.begin, len(text.data), MalformedError(f"a file of Python of {len(source):,} bytes; save it as JSON")
        return
    try:
        with _quiet():
            module = ast.parse(source.decode())  # of bytes, a comment could say another encoding
    except CANNOT as error:
        yield text.begin, len(text.data), MalformedError(f"a file that is no Python: {_said(error)}")
        return
    lines = [text.begin, *(text.begin + match.end() for match in _LINE_END.finditer(source))]
    for item in _items(module):
        assert item.end_lineno is not None
        assert item.end_col_offset is not None
        begin = lines[item.lineno - 1] + item.col_offset
        stop = lines[item.end_lineno - 1] + item.end_col_offset
        yield begin, stop, _value(item)


def literal(spelled: str | ast.expr) -> Any:  # noqa: ANN401 - JSON
    """
    Return what a literal would be in JSON: of a tuple, a list.

    Raises one of `CANNOT` for what is none.
    """
    with _quiet():
        return json.loads(json.dumps(ast.literal_eval(spelled)))


def cell_literal(spelled: str) -> Any:  # noqa: ANN401 - JSON
    """
    Return what the literal in a cell of a table would be in JSON: of an array of NumPy, as a data frame shows it, a list.

    >>> cell_literal("[array([{'start': 0}], dtype=object)]")
    [[{'start': 0}]]

    Raises one of `CANNOT` for what is none.
    """
    with _quiet():
        tree = ast.parse(spelled, mode="eval")
    return literal(_Arrays().visit(tree).body)


class _Arrays(ast.NodeTransformer):
    """Puts the list that an array is shown of in its place."""

    def visit_Call(self, node: ast.Call) -> ast.expr:
        shown = isinstance(node.func, ast.Name) and node.func.id in {"array", "list"} and len(node.args) == 1
        self.generic_visit(node)
        return node.args[0] if shown else node


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Python from warning of escapes in a text that is not our own."""
    with warnings.catch_warnings():
        for kind in (SyntaxWarning, DeprecationWarning):  # which of the two depends on its version
            warnings.simplefilter("ignore", kind)
        yield


def _items(module: ast.Module) -> Iterator[ast.expr]:
    for statement in module.body:
        held = getattr(statement, "value", None)
        if isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign | ast.Expr) and isinstance(
            held, ast.List | ast.Tuple
        ):
            yield from held.elts


def _value(item: ast.expr) -> Any:  # noqa: ANN401 - JSON
    with suppress(*CANNOT):
        return literal(item)
    return MalformedError("an item that is no literal of Python, and nothing is run")


def _said(error: BaseException) -> str:
    return (
        f"{error.msg} in line {error.lineno}" if isinstance(error, SyntaxError) else str(error) or type(error).__name__
    )
