"""
Does the Hub give back what was released, to somebody who has nothing in any cache.

`load_dataset` falls back to a cached revision when the Hub errs, and its settings are read when it is imported. So the
check runs in a child process with a new, empty HF_HOME: it loads the dataset by name at one commit, map-style and
streaming, and reports what it got. Rows are digested here from what `datasets` returns, in plain Python, independently
of the code that wrote them. The child ends when its parent does: it watches its standard input.
"""

import contextlib
import hashlib
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

from tagpress.corpus.digests import DIGEST_MODULUS
from tagpress.corpus.schema import COLUMNS, OFFSETS
from tagpress.errors import HubUnreachableError

T = TypeVar("T")

STREAMING: Final = "streaming"
MODES: Final = ("map-style", STREAMING)
_BATCH: Final = 1000  # rows
_WAITS: Final = (0.25, 0.5, 1.0, 2.0, 4.0)  # seconds before the next try
# Errors of `datasets` that are the Hub's clear answer.
_ANSWERS: Final = frozenset({"DatasetNotFoundError", "DataFilesNotFoundError", "EmptyDatasetError"})
# Where they are installed, `datasets` would load all of torch to stream, which takes longer than all the rest.
_NO_TENSORS: Final = {"USE_TORCH": "0", "USE_TF": "0", "USE_JAX": "0"}
_KEPT_SETTINGS: Final = frozenset({"HF_HUB_DISABLE_XET", "HF_HUB_ETAG_TIMEOUT", "HF_HUB_DOWNLOAD_TIMEOUT"})


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadRequest:
    """
    What to load and from where; the token goes to the child through its standard input.

    With a `part`, its number and their count, only a part of every split is loaded, and only streaming: the parts of all
    numbers are the whole. `configs` are the named configurations, all of which are loaded.
    """

    endpoint: str
    token: str | None = field(repr=False)
    repo: str
    revision: str
    part: tuple[int, int] | None = None
    configs: tuple[str, ...] = ()
    seconds: float = 3600.0  # then the child is stopped


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedSplit:
    """What `datasets` returned for one split, in one mode; `layer_names` are those of other columns than the main tags."""

    rows: int
    row_digest: str
    label_names: Sequence[str]
    version: str
    layer_names: Mapping[str, Sequence[str]] = field(default_factory=dict)


# By mode and split, which is `CONFIG: SPLIT` of a named configuration.
Loaded = Mapping[str, Mapping[str, LoadedSplit]]


def load(request: LoadRequest) -> Loaded:
    """
    Load a dataset by name in a new process with empty caches.

    Raises:
        HubUnreachableError: it could not be loaded at all.

    """
    with tempfile.TemporaryDirectory(prefix="tagpress-load-", ignore_cleanup_errors=True) as home:
        answer = _answer(request, Path(home))
    found = answer.get("loaded")
    if found is None:
        message = f"{request.repo} at {request.revision} cannot be loaded by name: {answer.get('error')}"
        raise HubUnreachableError(message, "Run the same command again.")
    return {mode: {name: LoadedSplit(**split) for name, split in splits.items()} for mode, splits in found.items()}


def called(config: str, split: str) -> str:
    """Return what a split of a named configuration is called among all that is loaded."""
    return f"{config}: {split}"


def _answer(request: LoadRequest, home: Path) -> dict[str, Any]:
    """Run the child and return its answer; what it wrote to standard error explains a child that died."""
    empty, errors = home / "empty", home / "errors"
    empty.mkdir()  # a folder named like the repository would be loaded instead of it
    with errors.open("wb") as stderr:
        child = subprocess.Popen(  # noqa: S603 - this very module, with this very Python
            [sys.executable, "-m", "tagpress.release.load_check", str(home)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            cwd=empty,
            env=_environment(home, request),
        )
    with child, _stopped_after(child, request.seconds):
        assert child.stdin is not None
        assert child.stdout is not None
        with contextlib.suppress(BrokenPipeError):  # a child that cannot start says why in `errors`
            child.stdin.write(json.dumps(asdict(request)).encode() + b"\n")
            child.stdin.flush()  # and stays open: its end would tell the child that its parent died
        output = child.stdout.read()
    last = output.splitlines()[-1:] or [b"{}"]
    with contextlib.suppress(ValueError):
        return dict(json.loads(last[0])) or {"error": errors.read_text(errors="replace")[-2000:].strip()}
    return {"error": output.decode(errors="replace")[-2000:]}


@contextlib.contextmanager
def _stopped_after(child: subprocess.Popen[bytes], seconds: float) -> Iterator[None]:
    timer = threading.Timer(seconds, child.kill)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        child.kill()  # it has answered, or this process is interrupted


def _environment(home: Path, request: LoadRequest) -> dict[str, str]:
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("HF_", "HUGGING", "TRANSFORMERS_")) or name in _KEPT_SETTINGS
    }
    return {
        **inherited,
        "HF_HOME": str(home / "hf"),
        "HF_ENDPOINT": request.endpoint,
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
                struct.pack(f"<{len(row['ner_tags'])}H", *row["ner_tags"]),
                f"{row['id']}\n{row['doc_id']}".encode(),
                *(_key(_packed(row[name]) if name in numbers else row[name]) for name in row if name not in COLUMNS),
            )
        )
        total += int.from_bytes(hashlib.sha256(layout).digest(), "big")
    return count, f"{total % DIGEST_MODULUS:064x}"


def _packed(values: Sequence[Any]) -> bytes:
    found = [part for value in values for part in (value.values() if isinstance(value, Mapping) else [value])]
    return struct.pack(f"<{len(found)}i", *found)


def _key(texts: Sequence[str] | bytes) -> bytes:
    # A text by itself, as source_id is, has the key of a list of one; so have the bytes of numbers.
    listed = [texts] if isinstance(texts, str | bytes) else texts
    encoded = [text.encode() if isinstance(text, str) else text for text in listed]
    lengths = struct.pack(f"<{len(encoded)}I", *map(len, encoded))
    return hashlib.blake2b(b"".join((lengths, *encoded)), digest_size=16).digest()


def load_here(
    request: LoadRequest, *, sleep: Callable[[float], None] = time.sleep
) -> dict[str, dict[str, LoadedSplit]]:
    """Load in this process, with whatever its settings are; each mode has a cache of its own to fall back on."""
    modes = (STREAMING,) if request.part else MODES
    return {mode: _patiently(lambda mode=mode: _load_mode(request, mode), sleep) for mode in modes}  # type: ignore[misc] # a default binds the loop's value


def _load_mode(request: LoadRequest, mode: str) -> dict[str, LoadedSplit]:
    import datasets  # noqa: PLC0415 - takes seconds, and reads its settings now

    home = Path(datasets.config.HF_DATASETS_CACHE) / mode
    found = {}
    for config in request.configs or (None,):
        splits = datasets.load_dataset(
            request.repo, config, revision=request.revision, streaming=mode == STREAMING, cache_dir=str(home)
        )
        for name, split in splits.items():
            part = _part(split, *request.part) if request.part else split
            found[called(config, name) if config else name] = _loaded_split(part)
    return found


def _part(split: Any, number: int, count: int) -> Any:  # noqa: ANN401 - IterableDataset
    """Return one of `count` parts of a split: the files number, number + count, number + 2 count, and so on."""
    count = min(count, split.num_shards)
    return split.shard(num_shards=count, index=number) if number < count else split.take(0)


def _patiently(call: Callable[[], T], sleep: Callable[[float], None]) -> T:
    """
    Return what `call` returns, after as many tries as it makes progress.

    `datasets` repeats some requests and gives up at others, but keeps what it has downloaded, so the next try fails
    elsewhere or not at all. A try that fails like the one before is no progress: waits double, and the sixth is the last.
    """
    failed, times = "", 0
    while True:
        try:
            return call()
        except Exception as error:
            place = _place(error)
            times = times + 1 if place == failed else 1
            failed = place
            if times > len(_WAITS) or type(error).__name__ in _ANSWERS:
                raise
            sleep(_WAITS[times - 1])


def _place(error: Exception) -> str:
    """Return how far a try came: what failed where, without the ids that differ each time, and how much is kept."""
    address = re.search(r"https?://[^\s'\")]+", str(error))
    kept = sum(len(files) for _, _, files in os.walk(os.environ["HF_HOME"]))
    return f"{type(error).__name__} {address.group() if address else error} {kept}"


def _loaded_split(split: Any) -> LoadedSplit:  # noqa: ANN401 - Dataset or IterableDataset
    batches = split.with_format("arrow").iter(batch_size=_BATCH)
    features = split.features or {}
    numbers = [name for name, feature in features.items() if _is_numbers(feature)]
    rows, digest = row_digest((row for batch in batches for row in batch.to_pylist()), numbers)
    names = {column: found for column, feature in features.items() if (found := _names_in(feature))}
    label_names = names.pop("ner_tags", ())
    version = str(split.info.version)
    return LoadedSplit(rows=rows, row_digest=digest, label_names=label_names, version=version, layer_names=names)


def _names_in(feature: Any) -> Sequence[str]:  # noqa: ANN401 - a feature of `datasets`, or a dict or a list of them
    """Return the names of the classes in a feature, however it spells a list."""
    inner = feature.get("type") if isinstance(feature, dict) else getattr(feature, "feature", None)
    return list(getattr(feature, "names", None) or (_names_in(inner) if inner is not None else ()))


def _is_numbers(feature: Any) -> bool:  # noqa: ANN401 - as above
    """Return whether a feature is a list of numbers, of classes, or of spans."""
    inner = getattr(feature, "feature", None)
    return isinstance(inner, dict) or hasattr(inner, "names") or str(getattr(inner, "dtype", "")).startswith("int")


def main() -> None:
    """Be the child: read the request, load, write the answer as one line of JSON."""
    request = LoadRequest(**json.loads(sys.stdin.readline()))
    threading.Thread(target=_end_with_parent, args=sys.argv[1:2], daemon=True).start()
    if request.token:
        os.environ["HF_TOKEN"] = request.token
    try:
        loaded = load_here(request)
        answer: dict[str, Any] = {
            "loaded": {mode: {name: asdict(split) for name, split in found.items()} for mode, found in loaded.items()}
        }
    except Exception as error:  # noqa: BLE001 - the parent decides what it means
        answer = {"error": f"{type(error).__name__}: {error}"}
    sys.stdout.write("\n" + json.dumps(answer) + "\n")
    sys.stdout.flush()


def _end_with_parent(home: str) -> None:
    """Wait for the end of the parent, which would have removed `home`, and do that in its place."""
    sys.stdin.read()
    shutil.rmtree(home, ignore_errors=True)
    os._exit(1)


if __name__ == "__main__":
    main()
