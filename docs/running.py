"""
What do the pages of this site tell a reader to type, and what does one see then?

A comment in front of a block of code says what is done with it, in one folder for each page, from the top down:
`run` types it, `run 1` expects that exit code, `run quiet` shows nothing of what it prints and `run top 5` the first lines,
`file NAME` is what a reader writes to a file, `shown WHY` is not run. The site shows what was printed, and the tests see that it went well.
"""

import contextlib
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

DOCS: Final = Path(__file__).parent
PAGES: Final = DOCS / "pages"
DATA: Final = DOCS / "data"
_HERE: Final = "/home/me/corpus"  # what readers see in place of a temporary folder
_BLOCK: Final = re.compile(
    r"^<!-- (run|file|shown) ?([^\n]*?) ?-->\n```(\w+)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL
)
_SHELL: Final = re.compile(r"[|<>;&$`#*]|^\w+=")  # what only a shell understands


class PageError(Exception):
    """A page says to type what does not go as it says."""


@dataclass(frozen=True, slots=True)
class Block:
    """A marked block of a page: what is done with it, with which words, in which language."""

    what: str
    words: str
    language: str
    code: str

    @property
    def exit_code(self) -> int:
        """The exit code that the page speaks of."""
        first = self.words.partition(" ")[0]
        return int(first) if first.isdigit() else 0

    def shown(self, said: str) -> str:
        """Return what a reader is shown of what it printed."""
        lines = said.splitlines()
        most = 0 if "quiet" in self.words.split() else int(self.words.partition("top ")[2] or len(lines))
        return "\n".join([*lines[:most], *(["..."] if 0 < most < len(lines) else [])])


def blocks_of(page: str) -> Iterator[tuple[re.Match[str], Block]]:
    """Yield the marked blocks of a page, each with its place."""
    for found in _BLOCK.finditer(page):
        yield found, Block(*found.groups())


def data_of(page: str) -> str:
    """Return the folder of `data` that the head of a page names, or nothing."""
    found = re.search(r"^data: (\S+)$", page.partition("\n---\n")[0], re.MULTILINE)
    return found[1] if found else ""


@contextlib.contextmanager
def session(data: str) -> Iterator["Session"]:
    """Yield a folder with the files of `data` to work in, which is then the working folder."""
    with TemporaryDirectory() as made:
        folder = Path(made).resolve() / Path(_HERE).name
        shutil.copytree(DATA / data, folder) if data else folder.mkdir()
        with contextlib.chdir(folder):
            yield Session(folder)


@dataclass(frozen=True, slots=True)
class Session:
    """A folder in which the blocks of a page are done, one after another."""

    folder: Path

    def do(self, block: Block) -> str:
        """
        Do what a block says, and return what it prints.

        Raises:
            PageError: it ended with another exit code than the page says.

        """
        if block.what == "shown":
            return ""
        if block.what == "file":
            Path(block.words).write_text(block.code, "utf-8")
            return ""
        code, said = _python(block.code) if block.language == "python" else _shell(block.code)
        if code != block.exit_code:
            raise PageError(f"{block.code}ended with {code}, not {block.exit_code}:\n{said}")
        return self._readable(said)

    def _readable(self, said: str) -> str:
        """Return what was printed without what differs from one machine to another, or is not to be seen."""
        lines = said.replace(str(self.folder), _HERE).splitlines()
        return "\n".join(line.rstrip() for line in lines).strip("\n")


def _python(code: str) -> tuple[int, str]:
    """Run Python as a file of its own would be."""
    with _said() as said:
        exec(compile(code, "page.py", "exec"), {"__name__": "__main__"})  # noqa: S102 - a page of ours
    return 0, said.getvalue()


def _shell(code: str) -> tuple[int, str]:
    """Run the lines of a block, up to the first that fails."""
    answers = []
    for line in code.replace("\\\n", " ").splitlines():
        ours = line.startswith("tagpress ") and not _SHELL.search(line)
        answers.append(_tagpress(shlex.split(line)[1:]) if ours else _bash(line))
        if answers[-1][0]:
            break
    return answers[-1][0], "".join(said for _, said in answers)


def _tagpress(words: list[str]) -> tuple[int, str]:
    """Run a command of tagpress in this process, which takes a tenth of a new one."""
    from tagpress.cli import cli  # noqa: PLC0415 - what is set for its clients is read when they are imported
    from tagpress.cli.shell import run  # noqa: PLC0415 - the same

    with _said() as said:
        code = run(cli, words)
    return code, said.getvalue()


def _bash(line: str) -> tuple[int, str]:
    """Run a line as a shell does, where `tagpress` is the one that this Python has."""
    command = f'tagpress() {{ "{sys.executable}" -m tagpress "$@"; }}\n{line}'
    words = ["bash", "-euo", "pipefail", "-c", command]  # one stream, in the order in which a terminal shows it
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, env=os.environ)  # noqa: S603
    return done.returncode, done.stdout.decode()


@contextlib.contextmanager
def _said() -> Iterator[io.StringIO]:
    """Yield what is printed meanwhile, on either stream."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        yield said
