"""A consumer in a process of its own: it runs every consuming command against a Hub, and says what each did and cost."""

import io
import json
import multiprocessing
import os
import time
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from hostile.hub import REPO

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(
    [
        *("tagpress.cli.commands", "tagpress.release.commands", "tagpress.preview", "tagpress.export"),
        *("tagpress.consume.load", "tagpress.consume.streaming.torch_stream", "datasets", "pandas", "pyarrow.dataset"),
    ]
)
PATIENCE = 60.0  # until a command is given up: it is a failed test, and must not stop the others


@dataclass(frozen=True)
class Outcome:
    """How a command ended: its exit code, the code of its error if any, what it said; and seconds, and bytes at most."""

    exit: int
    error: str
    said: str
    seconds: float
    peak: int


def _cli(*words: str) -> Callable[[str, Path], int]:
    def command(url: str, out: Path) -> int:
        from tagpress.cli import cli
        from tagpress.cli.shell import run

        return run(cli, [*(word.format(out=out, repo=f"{REPO}@v1.0.0") for word in words), "--hub", url, "--json"])

    return command


def _load(url: str, _out: Path) -> int:
    import tagpress

    loaded = tagpress.load(REPO, "1.0.0", endpoint=url)
    return 0 if sum(len(split) for split in loaded.values()) else 1


def _stream(url: str, _out: Path) -> int:
    import tagpress

    rows = sum(len(batch) for batch in tagpress.stream(REPO, "1.0.0", "train", rank=0, world_size=1, endpoint=url))
    return 0 if rows else 1


COMMANDS: dict[str, Callable[[str, Path], int]] = {
    "stream": _stream,  # first, while nothing is kept
    "load": _load,
    "verify": _cli("verify", "{repo}"),
    "preview": _cli("preview", "{repo}", "-o", "{out}/page.html"),
    "export": _cli("export", "{repo}", "--to", "jsonl", "-o", "{out}/"),
    "diff": _cli("diff", "{repo}", f"{REPO}@main"),
    "croissant": _cli("croissant", "{repo}", "-o", "{out}/croissant.json"),
}


def consume(url: str, home: Path, out: Path) -> dict[str, Outcome]:
    """Run every command, one after the other, with `home` for what is kept and `out` for what is made."""
    ours, theirs = _CONTEXT.Pipe()
    process = _CONTEXT.Process(target=_all, args=(theirs, url, home, out))
    process.start()
    theirs.close()
    found: dict[str, Outcome] = {}
    try:
        for name in COMMANDS:
            if not ours.poll(PATIENCE):
                found[name] = Outcome(-9, "", "it did not end", PATIENCE, 0)
                break
            found[name] = ours.recv()
    except EOFError:
        found[next(name for name in COMMANDS if name not in found)] = Outcome(-6, "", "its process died", 0, 0)
    finally:
        process.kill()
        process.join()
    return found


def _all(pipe: Connection, url: str, home: Path, out: Path) -> None:
    import datasets
    from huggingface_hub import constants

    constants.HF_HOME = str(home)
    datasets.config.HF_DATASETS_CACHE = str(home / "datasets")
    os.chdir(out)
    for command in COMMANDS.values():
        pipe.send(_one(command, url, out))


def _one(command: Callable[[str, Path], int], url: str, out: Path) -> Outcome:
    from tagpress.errors import TagpressError

    Path("/proc/self/clear_refs").write_text("5")  # the peak is that of this command alone
    before, begun = _status("VmRSS"), time.monotonic()
    said, code, error = io.StringIO(), 0, ""
    try:
        with redirect_stdout(said), redirect_stderr(said):
            code = command(url, out)
    except TagpressError as found:
        code, error = found.exit_code, found.code
        said.write(found.message + found.hint)
    except BaseException as found:  # noqa: BLE001 - the test says that there must be none
        code, error = 70, type(found).__name__
        said.write(repr(found)[:2000])
    seconds = time.monotonic() - begun
    error = error or _error_of(said.getvalue())
    return Outcome(code, error, said.getvalue()[-5000:], seconds, _status("VmHWM") - before)


def _error_of(said: str) -> str:
    try:
        return json.loads(said).get("error", {}).get("code", "")
    except (ValueError, AttributeError):
        return ""


def _status(field: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith(field))
