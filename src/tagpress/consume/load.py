"""Load exactly one release, or nothing: `load_dataset` for a pinned version."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from tagpress.consume.label_map import LabelMap
from tagpress.consume.labels_of import finder, map_to
from tagpress.consume.streaming.pinned import PinnedRelease, checked, pin, require_split
from tagpress.consume.streaming.row_groups import files_of_release
from tagpress.consume.withdrawn import say_withdrawn
from tagpress.corpus.records import ReleasedConfig
from tagpress.errors import UsageError, VerifyError
from tagpress.extras import needed_for
from tagpress.hub import default_endpoint

if TYPE_CHECKING:
    import datasets


def load(
    repo: str,
    version: str,
    *,
    config: str | None = None,
    split: str | None = None,
    streaming: bool = False,
    labels_of: str | Path | None = None,
    endpoint: str | None = None,
    token: str | None = None,
) -> Any:  # noqa: ANN401 - Dataset, DatasetDict, IterableDataset or IterableDatasetDict, as load_dataset returns
    """
    Load one version of a dataset, exactly as it was released; of several configurations the default one, or `config`.

    Without `streaming`, the shards are downloaded, checked and kept, and can then be loaded offline. With it, they are
    read from the Hub as they are needed, or from the kept files if all are there. `endpoint` None means HF_ENDPOINT.

    `labels_of` another version gives the labels the ids and names that they have there, for a model that was trained on it; a
    type that has no counterpart there is an error. Where ids change, all rows are written once more to the cache of `datasets`.

    What is streamed is checked as far as its footers say: size and SHA-256 that the Hub names, columns, label names, rows
    and places of the row groups, against `release.json`. Then `datasets` asks for the rows by itself, and nothing here
    sees them: `tagpress.stream` checks every row group when it is read.

    A version that its owner has withdrawn is loaded with a `WithdrawnWarning`; offline, by what was known when it was last asked.

    Raises:
        UsageError: the version is not X.Y.Z, there is no such configuration or split, the endpoint cannot be streamed from,
            or a label has no counterpart.
        NotOnHubError: there is no such repository or version.
        HubUnreachableError: the Hub does not answer, and the version was not kept completely.
        VerifyError: the tag was moved, or a file is not what was released.
        WithdrawnError: its owner has withdrawn the version for good.

    """
    release = pin(repo, version, endpoint=endpoint, token=token)
    say_withdrawn(release)
    chosen = release.manifest.config(config)
    if split is not None:
        require_split(repo, chosen, split)
    find = finder(repo, endpoint=endpoint, token=token)
    known = None if labels_of is None else map_to(chosen, labels_of, find)
    wanted = chosen.split_names if split is None else (split,)
    files = {name: _files(release, chosen, name, streaming=streaming) for name in wanted}
    loaded = _dataset(release, chosen, files, split, streaming=streaming)
    return loaded if known is None else _relabelled(loaded, known, split)


def _files(release: PinnedRelease, config: ReleasedConfig, split: str, *, streaming: bool) -> list[str]:
    """Return where the shards of a split are: local files that were checked, or addresses to stream from."""
    records = config.data_files(split)
    if streaming and not all((release.folder / record.path).is_file() for record in records):
        repository = release.repository
        if repository.hub.endpoint != default_endpoint():
            message = f"Streaming reads from {default_endpoint()}, not from {repository.hub.endpoint}."
            raise UsageError(message, f"Set HF_ENDPOINT={repository.hub.endpoint} before Python starts.")
        files_of_release(release, config, split)  # the footers, compared with the manifest
        return [f"hf://datasets/{repository.repo}@{release.sha}/{record.path}" for record in records]
    return [str(checked(release, record)) for record in records]


def _dataset(
    release: PinnedRelease, config: ReleasedConfig, files: dict[str, list[str]], split: str | None, *, streaming: bool
) -> Any:  # noqa: ANN401 - see load
    with needed_for("tagpress.load", "load"):
        import datasets  # noqa: PLC0415 - takes seconds, and `import tagpress` must not

    builder = datasets.load_dataset_builder("parquet", data_files=files, token=release.repository.hub.token)
    builder.info.config_name = config.config
    builder.info.version = datasets.Version(str(release.manifest.version))
    if streaming:
        loaded = builder.as_streaming_dataset(split)
    else:
        builder.download_and_prepare()
        loaded = builder.as_dataset(split)
    for part in [loaded] if split is not None else loaded.values():
        _require_labels(part, config, release.repository.repo)
    return loaded


def _relabelled(loaded: Any, known: LabelMap, split: str | None) -> Any:  # noqa: ANN401 - see load
    """Return what was loaded with the labels of another release."""
    parts = {split: loaded} if split is not None else dict(loaded)
    moves = any(one.moves for one in known.columns.values())
    for name, part in parts.items():
        features = known.features(part.features)
        parts[name] = part.map(known, batched=True, features=features) if moves else part.cast(features)
    return parts[split] if split is not None else type(loaded)(parts)


def _require_labels(part: "datasets.Dataset | datasets.IterableDataset", config: ReleasedConfig, repo: str) -> None:
    feature = (part.features or {}).get("ner_tags")
    names = getattr(getattr(feature, "feature", None), "names", None)
    if tuple(names or ()) != config.label_names:
        message = f"{repo} {config.version} has other label names than it was released with."
        raise VerifyError(message, "Run `tagpress verify --deep` on it.")
