"""
Does `datasets` make of a commit what was released, for somebody who has nothing in any cache?

`load_dataset` falls back to a cached revision when the Hub errs, and its settings are read when it is imported. So the
check runs in a child process (`load_child`) with a new HF_HOME, which holds nothing but files of that commit that were
checked already, if any. Rows are digested there from what `datasets` returns, in plain Python, independently of the
code that wrote them.
"""

import contextlib
import hashlib
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from tagpress.corpus.digests import DIGEST_MODULUS
from tagpress.corpus.schema import COLUMNS, OFFSETS
from tagpress.errors import HubUnreachableError

MAP_STYLE: Final = "map-style"
STREAMING: Final = "streaming"
MODES: Final = (MAP_STYLE, STREAMING)
# Where they are installed, `datasets` would load all of torch to stream, which takes longer than all the rest.
_NO_TENSORS: Final = {"USE_TORCH": "0", "USE_TF": "0", "USE_JAX": "0"}
_KEPT_SETTINGS: Final = frozenset({"HF_HUB_DISABLE_XET", "HF_HUB_ETAG_TIMEOUT", "HF_HUB_DOWNLOAD_TIMEOUT"})


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadRequest:
    """
    What to load and from where; the token goes to the child through its standard input.

    `configs` are the named configurations, all of which are loaded. `streamed` says how many first rows of which splits
    are read streaming, `shards` which files are loaded map-style, of which split, and how many of their first rows are
    read: None is everything. `held` is a folder with files of the commit, which need not be downloaded again. `listed`
    is whether what the Hub does not list is not looked for either.
    """

    endpoint: str
    token: str | None = field(repr=False)
    repo: str
    revision: str
    configs: tuple[str, ...] = ()
    streamed: Mapping[str, int] | None = None
    shards: Mapping[str, tuple[str, int]] | None = None
    held: str = ""
    listed: bool = False
    seconds: float = 3600.0  # then the child is stopped


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedSplit:
    """
    What `datasets` returned for one split, or one shard, in one mode; `layer_names` are those of other columns than the main tags.

    `rows` are those that it has, None where nothing says so; `row_digest` is that of the rows that were read, None if none
    were.
    """

    rows: int | None
    row_digest: str | None
    label_names: Sequence[str]
    version: str
    layer_names: Mapping[str, Sequence[str]] = field(default_factory=dict)


# By mode and split, which is `CONFIG: SPLIT` of a named configuration; by path where single shards are loaded.
Loaded = Mapping[str, Mapping[str, LoadedSplit]]


def load(request: LoadRequest) -> Loaded:
    """
    Load a dataset by name in a new process, with caches that are empty but for what is `held`.

    Raises:
        HubUnreachableError: it could not be loaded at all.

    """
    with _begun(request.endpoint) as child:
        return _load(request, child)


class EarlyLoader:
    """
    Loads as `load` does, where it was begun the first time in a process that has loaded `datasets` by then.

    That takes longer than a small release does otherwise, and needs nothing of it but the Hub that it goes to.
    """

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        self._child: _Child | None = None
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def begin(self) -> None:
        """Start the process, which waits until it is told what to load."""
        self._child = self._stack.enter_context(_begun(self._endpoint))

    def __call__(self, request: LoadRequest) -> Loaded:
        """Load a dataset by name; see `load`."""
        child, self._child = self._child, None
        return _load(request, child) if child else load(request)


@dataclass(frozen=True, slots=True)
class _Child:
    """The process that loads, and its folder."""

    process: subprocess.Popen[bytes]
    home: Path

    @property
    def errors(self) -> Path:
        """Where it writes what explains why it died."""
        return self.home / "errors"


@contextlib.contextmanager
def _begun(endpoint: str) -> Iterator[_Child]:
    """Start the process; it has ended when the block does."""
    with tempfile.TemporaryDirectory(prefix="tagpress-load-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        empty = home / "empty"
        empty.mkdir()  # a folder named like the repository would be loaded instead of it
        with (home / "errors").open("wb") as stderr:
            process = subprocess.Popen(  # noqa: S603 - our own module, with this very Python
                [sys.executable, "-m", "tagpress.release.load_child", folder],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                cwd=empty,
                env=_environment(home, endpoint),
            )
        with process:
            try:
                yield _Child(process, home)
            finally:
                process.kill()  # it has answered, or this process is interrupted


def _load(request: LoadRequest, child: _Child) -> Loaded:
    _hold(request, child.home)
    answer = _answer(request, child)
    found = answer.get("loaded")
    if found is None:
        message = f"{request.repo} at {request.revision} cannot be loaded by name: {answer.get('error')}"
        raise HubUnreachableError(message, "Run the same command again.")
    return {mode: {name: LoadedSplit(**split) for name, split in splits.items()} for mode, splits in found.items()}


def _hold(request: LoadRequest, home: Path) -> None:
    """Put what is held where the client library keeps the files of a commit."""
    if request.held:
        folder = home / "hf" / "hub" / f"datasets--{request.repo.replace('/', '--')}" / "snapshots" / request.revision
        shutil.copytree(request.held, folder, copy_function=_link)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system, or one without links
        shutil.copyfile(source, target)


def called(config: str, split: str) -> str:
    """Return what a split of a named configuration is called among all that is loaded."""
    return f"{config}: {split}"


def _answer(request: LoadRequest, child: _Child) -> dict[str, Any]:
    """Tell the child what to load and return its answer; what it wrote to standard error explains a child that died."""
    process = child.process
    assert process.stdin is not None
    assert process.stdout is not None
    with _stopped_after(process, request.seconds):
        with contextlib.suppress(BrokenPipeError):  # a child that cannot start says why in `errors`
            process.stdin.write(json.dumps(asdict(request)).encode() + b"\n")
            process.stdin.flush()  # and stays open: its end would tell the child that its parent died
        output = process.stdout.read()
    last = output.splitlines()[-1:] or [b"{}"]
    with contextlib.suppress(ValueError):
        return dict(json.loads(last[0])) or {"error": child.errors.read_text(errors="replace")[-2000:].strip()}
    return {"error": output.decode(errors="replace")[-2000:]}


@contextlib.contextmanager
def _stopped_after(process: subprocess.Popen[bytes], seconds: float) -> Iterator[None]:
    timer = threading.Timer(seconds, process.kill)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _environment(home: Path, endpoint: str) -> dict[str, str]:
    """
    Return the settings of the child.

    Its cache has a relative path, because `datasets` makes one file's name of the whole, which a long one is too long for.
    """
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("HF_", "HUGGING", "TRANSFORMERS_")) or name in _KEPT_SETTINGS
    }
    return {
        **inherited,
        "HF_HOME": str(home / "hf"),
        "HF_DATASETS_CACHE": "../datasets",
        "HF_ENDPOINT": endpoint,
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
        **_NO_TENSORS,
        "TMPDIR": str(home),
    }


def row_digest(rows: Iterable[Mapping[str, Any]], numbers: Collection[str] = (OFFSETS,)) -> tuple[int, str]:
    """
    Count rows and digest them: the sum of their SHA-256 values modulo 2^256, over the layout that `identity` states.

    The columns `numbers` are of numbers, or of spans, which are three numbers each.
    """
    count = total = 0
    for count, row in enumerate(rows, 1):  # noqa: B007 - counts the rows
        layout = b"".join(
            (
                _key(row["tokens"]),
                _labels(row.get("ner_tags", ())),
                f"{row['id']}\n{row['doc_id']}".encode(),
                *(_key(_packed(row[name]) if name in numbers else row[name]) for name in row if name not in COLUMNS),
            )
        )
        total += int.from_bytes(hashlib.sha256(layout).digest(), "big")
    return count, f"{total % DIGEST_MODULUS:064x}"


def _labels(ids: Sequence[int]) -> bytes:
    return struct.pack(f"<{len(ids)}H", *ids)


def _packed(values: Sequence[Any]) -> bytes:
    found = [part for value in values for part in (value.values() if isinstance(value, Mapping) else [value])]
    return struct.pack(f"<{len(found)}i", *found)


def _key(texts: Sequence[str] | bytes) -> bytes:
    # A text by itself, as source_id is, has the key of a list of one; so have the bytes of numbers.
    listed = [texts] if isinstance(texts, str | bytes) else texts
    encoded = [text.encode() if isinstance(text, str) else text for text in listed]
    lengths = struct.pack(f"<{len(encoded)}I", *map(len, encoded))
    return hashlib.blake2b(b"".join((lengths, *encoded)), digest_size=16).digest()
