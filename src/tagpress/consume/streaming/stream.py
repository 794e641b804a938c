"""Stream the rows of a release into a training job: `tagpress.stream`."""

import importlib.util
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from tagpress.consume.labels_of import finder, map_to
from tagpress.consume.streaming.pinned import parse_version, pin, require_split
from tagpress.consume.streaming.ranks import ranks, workers
from tagpress.consume.streaming.row_groups import Files, files_of_build, files_of_release
from tagpress.consume.streaming.run import Equal, Settings
from tagpress.consume.streaming.state import Origin
from tagpress.consume.streaming.token_stream import TokenStream
from tagpress.consume.withdrawn import say_withdrawn
from tagpress.corpus.manifest import MANIFEST_NAME, Manifest
from tagpress.corpus.records import ReleasedConfig
from tagpress.errors import UsageError

MIXED_ROWS: Final = 50_000  # what `shuffle=True` aims at: three or four row groups, some 30 MB


def stream(
    repo_or_dir: str | Path,
    version: str | None,
    split: str,
    *,
    config: str | None = None,
    rank: int | None = None,
    world_size: int | None = None,
    worker: int | None = None,
    num_workers: int | None = None,
    seed: int = 0,
    epoch: int = 0,
    shuffle: bool | int = False,
    batch_size: int = 1000,
    equal: Equal | None = None,
    columns: Sequence[str] | None = None,
    labels_of: str | Path | None = None,
    endpoint: str | None = None,
    token: str | None = None,
) -> TokenStream:
    """
    Stream one split of a release as Arrow record batches of `batch_size` rows, each row once among all readers.

    `repo_or_dir` is NAMESPACE/NAME on a Hub (`endpoint` None means HF_ENDPOINT), where shards that `load` kept are read
    from disk; or the folder of a build, for which `version` may be None. `columns` None means all.

    A job has world_size x num_workers readers, and each reads an equal part of the epoch, one row more or less.
    `rank` None asks torch.distributed, then RANK and WORLD_SIZE; `worker` None asks the DataLoader, and where there is
    none, the rank is one reader. All ranks must have equally many workers. What several readers cut of one row group,
    each of them fetches whole: one row group more for each reader, and all of it where readers outnumber row groups.

    With `shuffle`, row groups come in an order of their own in each epoch, and rows are mixed uniformly among about
    50,000 (True), or as many as it says, of the row groups that a reader has next; memory grows with it, by some 2 kB
    a row of 40 tokens. Row groups are themselves drawn from the corpus by hash. Without it, the order is the files'.

    Of several configurations `config` is streamed, by default the default one.

    `equal` makes readers give equally many rows, and so batches, as data-parallel training needs: "drop" leaves out the
    one row that some have more, "pad" repeats a row in the others. None does neither.

    `labels_of` another version, or the folder of another build, gives the labels the ids and names that they have there.

    With torch installed, the stream is a torch IterableDataset: DataLoader(stream, batch_size=None, num_workers=2).

    Raises:
        UsageError: an argument is wrong; there is no such configuration or split; the version is not that of the build; a label
            has no counterpart in `labels_of`.
        NotOnHubError: there is no such repository or version.
        HubError: the Hub does not answer.
        VerifyError: the tag was moved, or a file is not what was released.
        WithdrawnError: its owner has withdrawn the version for good; one that was only withdrawn is a WithdrawnWarning.

    """
    mixed = MIXED_ROWS if shuffle is True else int(shuffle)
    for name, found, least in (("batch_size", batch_size, 1), ("epoch", epoch, 0), ("shuffle", mixed, 0)):
        if found < least:
            raise UsageError(f"{name} is {found}.", f"Use a number from {least}.")
    if equal not in (None, "pad", "drop"):
        raise UsageError(f"equal is {equal!r}.", 'Use "pad", "drop" or None.')
    who, of_it = ranks(rank, world_size), workers(worker, num_workers)
    chosen, files = _opened(repo_or_dir, version, split, config, endpoint=endpoint, token=token)
    if labels_of is not None:
        find = finder(str(repo_or_dir), endpoint=endpoint, token=token)
        files = replace(files, labels=map_to(chosen, labels_of, find))
    settings = Settings(
        origin=Origin(release=chosen.title, split=split, files=files.digest),
        seed=seed if mixed else 0,
        mixed=mixed,
        batch_size=batch_size,
        equal=equal,
        columns=_known_columns(columns, files.schema.names),
    )
    return _stream_class()(files, settings, ranks=who, workers=of_it, epoch=epoch)


def _stream_class() -> type[TokenStream]:
    """Return the class of a stream: where torch is, one that its DataLoader takes."""
    if importlib.util.find_spec("torch") is None:
        return TokenStream
    from tagpress.consume.streaming.torch_stream import TorchTokenStream  # noqa: PLC0415 - torch takes seconds, and is an extra

    return TorchTokenStream


def _opened(
    repo_or_dir: str | Path,
    version: str | None,
    split: str,
    config: str | None,
    *,
    endpoint: str | None,
    token: str | None,
) -> tuple[ReleasedConfig, Files]:
    folder = Path(repo_or_dir)
    if isinstance(repo_or_dir, Path) or (folder / MANIFEST_NAME).is_file():
        manifest = Manifest.load(folder)
        if version is not None and manifest.version != parse_version(version):
            raise UsageError(f"{folder} holds {manifest.version}, not {version}.", "Name its version, or None.")
        chosen = manifest.config(config)
        require_split(str(folder), chosen, split)
        return chosen, files_of_build(folder, chosen, split)
    if version is None:
        raise UsageError(f"{repo_or_dir} is no folder of a build, and a release has a version.", "Name the version.")
    release = pin(repo_or_dir, version, endpoint=endpoint, token=token)
    say_withdrawn(release)
    chosen = release.manifest.config(config)
    require_split(repo_or_dir, chosen, split)
    return chosen, files_of_release(release, chosen, split)


def _known_columns(columns: Sequence[str] | None, known: Sequence[str]) -> tuple[str, ...]:
    if columns is None:
        return tuple(known)
    unknown = [name for name in columns if name not in known]
    if unknown or not columns or isinstance(columns, str):
        raise UsageError(f"Expected some of the columns {', '.join(known)}, found {columns!r}.")
    return tuple(name for name in known if name in columns)
