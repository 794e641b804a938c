"""
What do the notebooks of this site do, and what does one see then?

A notebook is kept with what it prints, so that it can be read where nothing runs it. `python docs/notebooks.py` runs all of
them and keeps that anew; a test runs them and compares.
"""

import ast
import contextlib
import io
import json
import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

PAGES: Final = Path(__file__).parent / "pages"
NOTEBOOKS: Final = tuple(sorted(PAGES.rglob("*.ipynb")))
_HOME: Final = "tagpress-notebook-"


def load(path: Path) -> dict[str, Any]:
    """Return a notebook."""
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


def source(cell: dict[str, Any]) -> str:
    """Return what stands in a cell."""
    return "".join(cell["source"])


def printed(cell: dict[str, Any]) -> str:
    """Return what a cell is kept with."""
    return "".join(text for output in cell["outputs"] for text in output["text"])


def run(notebook: dict[str, Any]) -> Iterator[str]:
    """
    Run the cells of a notebook from the top down, in a folder of their own, and yield what each of code prints.

    Whatever a cell raises ends it.
    """
    names: dict[str, Any] = {"__name__": "__main__"}
    with TemporaryDirectory(prefix=_HOME) as folder, contextlib.chdir(folder):
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                code = ast.parse(source(cell), cell["id"])
                with contextlib.redirect_stdout(io.StringIO()) as said:
                    exec(compile(code, cell["id"], "exec"), names)  # noqa: S102 - a notebook of ours
                yield said.getvalue()


def notebook_page(path: Path) -> str:
    """Return a notebook as a page of the site, with what it prints, and the notebook to take along."""
    parts = [
        f"""{source(cell)}\n"""
        if cell["cell_type"] == "markdown"
        else f"```python\n{source(cell)}\n```\n"
        + (f"\n``` {{ .text .output .no-copy }}\n{printed(cell)}```\n" if printed(cell) else "")
        for cell in load(path)["cells"]
    ]
    title, *rest = parts
    offered = f"[Take the notebook along]({path.name}){{ .md-button download }}\n"
    return "\n".join([title, offered, *rest])


def keep(path: Path) -> None:
    """Run a notebook, and keep it with what it prints."""
    notebook = load(path)
    outputs = iter(list(run(notebook)))
    number = 0
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            number += 1
            text, cell["execution_count"] = next(outputs), number
            lines = text.splitlines(keepends=True)
            cell["outputs"] = [{"name": "stdout", "output_type": "stream", "text": lines}] if lines else []
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    with TemporaryDirectory() as home:
        os.environ["HF_HOME"] = home  # before its clients are imported
        for one in NOTEBOOKS:
            keep(one)
