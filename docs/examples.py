"""What does `tagpress check` say of the example of each problem code, and what does its page say besides?"""

import contextlib
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from running import DOCS, Block, PageError, session

EXAMPLES: Final[Mapping[str, Mapping[str, Any]]] = yaml.safe_load((DOCS / "problems.yml").read_text("utf-8"))
_SCRIPT: Final = '''import datasets

import tagpress


class Example(tagpress.CorpusBuilder):
    """An example."""

    NAME = "example"
    VERSION = datasets.Version("1.0.0")
    ENTITY_TYPES = {{"PER": "A person.", "LOC": "A place."}}
    SOURCES = "a.txt"
    SPLITS = tagpress.HashSplits(train=1, validation=0, test=0)
{own}
'''
_FATES: Final = ("error ", "warning ", "dropped ", "repaired ", "note ", "card ")


def message_of(code: str) -> str:
    """
    Check the example of a problem code, and return what is said of it.

    Raises:
        PageError: the example has another fault, or none.

    """
    example = EXAMPLES[code]
    with session("") as work, _without(example.get("without")):
        for name, text in files_of(code).items():
            Path(name).write_bytes(text.encode(example.get("encoding", "utf-8")))
        own = "".join(f"    {line}\n" for line in example["script"].splitlines())
        Path("example.py").write_text(_SCRIPT.format(own=own), "utf-8")
        said = _check(work, example.get("options", ""))
    found = "\n".join(_about(code, said.splitlines()))
    if not found:
        raise PageError(f"the example of {code} does not make it:\n{said}")
    return found


def files_of(code: str) -> Mapping[str, str]:
    """Return the files of an example by their names."""
    example = EXAMPLES[code]
    return example.get("files") or {"a.txt": example["file"]}


@contextlib.contextmanager
def _without(package: str | None) -> Iterator[None]:
    """Have a package as if it were not installed."""
    if package is None:
        yield
        return
    before = {name: sys.modules.pop(name) for name in list(sys.modules) if name.partition(".")[0] == package}
    sys.modules[package] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[package]
        sys.modules.update(before)


def _check(work: Any, options: str) -> str:  # noqa: ANN401 - a session
    command = f"tagpress check example.py {options}".rstrip() + "\n"
    try:
        return work.do(Block("run", "", "sh", command))
    except PageError:
        return work.do(Block("run", "1", "sh", command))


def _about(code: str, lines: list[str]) -> list[str]:
    """Return the lines about one code: from the one that names it to the next that names another, or to a table."""
    said, inside = [], False
    for line in lines:
        if line.startswith(_FATES):
            inside = f" {code}:" in line or (code == "undrawn-picture" and "picture" in line)
        elif not line.startswith("  "):
            inside = False
        if inside:
            said.append(line)
    return said
