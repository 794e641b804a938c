"""
The process that asks `datasets` what it makes of a commit; `load_check` starts it, and says what to load.

One builder is found by name for each configuration, as `load_dataset` does it, and both modes are taken from it: the
files that it names are looked up once, and the commit may be listed once (`hub.listed_once`). The process ends when its
parent does: it watches its standard input.
"""

import contextlib
import gc
import json
import os
import re
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final, TypeVar

from tagpress.release.load_check import MAP_STYLE, STREAMING, LoadedSplit, LoadRequest, called, row_digest

T = TypeVar("T")

_BATCH: Final = 1000  # rows
# Objects between two searches for garbage, once `datasets` is there: before that there is none, and the search would be a tenth of
# the time to load it.
_GARBAGE: Final = 100_000
_WAITS: Final = (0.25, 0.5, 1.0, 2.0, 4.0)  # seconds before the next try
# Errors of `datasets` that are the Hub's clear answer.
_ANSWERS: Final = frozenset({"DatasetNotFoundError", "DataFilesNotFoundError", "EmptyDatasetError"})


def load_here(
    request: LoadRequest, *, sleep: Callable[[float], None] = time.sleep
) -> dict[str, dict[str, LoadedSplit]]:
    """Load in this process, with whatever its settings are."""
    from tagpress.hub import listed_once  # noqa: PLC0415 - the client library reads its settings now

    found: dict[str, dict[str, LoadedSplit]] = {MAP_STYLE: {}, STREAMING: {}}
    with listed_once(request.repo, request.revision) if request.listed else contextlib.nullcontext():
        for config in request.configs or ("",):
            for mode, splits in _patiently(lambda config=config: _load_config(request, config), sleep).items():  # type: ignore[misc] # a default binds the loop's value
                found[mode] |= splits
    return found


def _load_config(request: LoadRequest, config: str) -> dict[str, dict[str, LoadedSplit]]:
    import datasets  # noqa: PLC0415 - takes seconds, and reads its settings now

    # Each configuration has a cache of its own to fall back on, in which nothing is while it is looked up.
    home = Path(datasets.config.HF_DATASETS_CACHE) / f"of-{config}"
    builder = datasets.load_dataset_builder(
        request.repo, config or None, revision=request.revision, cache_dir=str(home)
    )
    streamed = dict(_streamed(builder, request, config))  # before map-style, for which the builder's files may be fewer
    return {STREAMING: streamed, MAP_STYLE: dict(_map_style(builder, request, config))}


def _streamed(builder: Any, request: LoadRequest, config: str) -> Iterator[tuple[str, LoadedSplit]]:  # noqa: ANN401 - DatasetBuilder
    promised = {name: split.num_examples for name, split in (builder.info.splits or {}).items()}
    for name, split in builder.as_streaming_dataset().items():
        key = _called(config, name)
        if request.streamed is None:
            yield key, _loaded(split, split)
        else:
            wanted = request.streamed.get(key, 0)
            yield key, _loaded(split, split.take(wanted) if wanted else None, rows=promised.get(name))


def _map_style(builder: Any, request: LoadRequest, config: str) -> Iterator[tuple[str, LoadedSplit]]:  # noqa: ANN401 - as above
    if request.shards is None:
        builder.download_and_prepare()
        for name, split in builder.as_dataset().items():
            yield _called(config, name), _loaded(split, split)
        return
    files = builder.config.data_files
    for path, (key, wanted) in request.shards.items():
        for name in files:
            if _called(config, name) == key:
                builder.config.data_files = _only(files, name, path)
                builder.download_and_prepare(verification_mode="no_checks")  # of a part of the rows that are promised
                shard = builder.as_dataset(split=name)
                first = shard.select(range(min(wanted, shard.num_rows)))  # that there are fewer is seen by the digest
                yield path, _loaded(shard, first, rows=shard.num_rows)


def _only(files: Any, split: str, path: str) -> Any:  # noqa: ANN401 - DataFilesDict
    """Return one file of those that a builder has found."""
    found = files[split]
    own = type(found)([file for file in found if file.endswith(f"/{path}")], found.origin_metadata)
    return type(files)({split: own})


def _called(config: str, split: str) -> str:
    return called(config, split) if config else split


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


def _loaded(split: Any, read: Any, *, rows: int | None = None) -> LoadedSplit:  # noqa: ANN401 - Dataset or IterableDataset
    """Return what is said of a split, and the digest of what is `read` of it, whose rows are counted if nobody did."""
    features = split.features or {}
    count, digest = (0, None) if read is None else _digest(read, features)
    names = {column: found for column, feature in features.items() if (found := _names_in(feature))}
    label_names = names.pop("ner_tags", ())
    return LoadedSplit(
        rows=count if read is split else rows,
        row_digest=digest,
        label_names=label_names,
        version=str(split.info.version),
        layer_names=names,
    )


def _digest(split: Any, features: Any) -> tuple[int, str]:  # noqa: ANN401 - as above, and its Features
    batches = split.with_format("arrow").iter(batch_size=_BATCH)
    numbers = [name for name, feature in features.items() if _is_numbers(feature)]
    return row_digest((row for batch in batches for row in batch.to_pylist()), numbers)


def _names_in(feature: Any) -> Sequence[str]:  # noqa: ANN401 - a feature of `datasets`, or a dict or a list of them
    """Return the names of the classes in a feature, however it spells a list."""
    inner = feature.get("type") if isinstance(feature, dict) else getattr(feature, "feature", None)
    return list(getattr(feature, "names", None) or (_names_in(inner) if inner is not None else ()))


def _is_numbers(feature: Any) -> bool:  # noqa: ANN401 - as above
    """Return whether a feature is a list of numbers, of classes, or of spans."""
    inner = getattr(feature, "feature", None)
    return isinstance(inner, dict) or hasattr(inner, "names") or str(getattr(inner, "dtype", "")).startswith("int")


def main() -> None:
    """
    Be the child: read the request, load, write the answer as one line of JSON, and end at once.

    It may be started before there is a request, so that what it needs is loaded by then.
    """
    gc.disable()
    with contextlib.suppress(Exception):  # what is wrong is said where it is used
        import datasets  # noqa: F401, PLC0415 - its settings are those of this process

        import tagpress.hub  # noqa: F401, PLC0415 - the same
    gc.freeze()
    gc.set_threshold(_GARBAGE)
    gc.enable()
    line = sys.stdin.readline()
    if not line:
        _end_with_parent(*sys.argv[1:2])
    request = LoadRequest(**json.loads(line))
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
    os._exit(0)  # Python would take every object of `datasets` apart first; what is left behind is the parent's folder


def _end_with_parent(home: str) -> None:
    """Wait for the end of the parent, which would have removed `home`, and do that in its place."""
    sys.stdin.read()
    shutil.rmtree(home, ignore_errors=True)
    os._exit(1)


if __name__ == "__main__":
    main()
