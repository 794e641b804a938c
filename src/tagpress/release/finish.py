"""
Finish a build for one repository: what only the moment of publishing can know.

A build is made without looking at a Hub. Publishing adds the changelog, writes where to load the dataset from, describes
the release to machines, and takes over every shard whose rows the last release has already: such a shard stays on the
Hub as it is, even where a newer pyarrow wrote other bytes, and the manifest and the card then describe the bytes that are there.
"""

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from tagpress.card import with_publication, with_withdrawals
from tagpress.card.markdown import size
from tagpress.corpus.former_names import carried
from tagpress.corpus.layers.table import layers_of
from tagpress.corpus.manifest import CARD_NAME, CROISSANT_NAME, MANIFEST_NAME, ChangelogEntry, Manifest
from tagpress.corpus.records import ConfigRecord, FileRecord, ReleasedConfig
from tagpress.corpus.withdrawals import Withdrawals
from tagpress.hub import Repository, git_blob_id
from tagpress.release.checked_build import CheckedBuild
from tagpress.release.description import described, home_of
from tagpress.release.stored_file import Stored


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A build as it will stand on the Hub; `contents` has every file but the taken-over shards."""

    manifest: Manifest
    contents: Mapping[str, Stored | bytes]

    @property
    def known(self) -> dict[str, bytes]:
        """Every small file by its git blob id, the only hash that the Hub lists for it."""
        return {git_blob_id(text): text for text in self.contents.values() if isinstance(text, bytes)}

    def is_release(self, released: Manifest) -> bool:
        """
        Return whether this is what was `released`.

        The versions of the libraries that wrote it do not matter, nor what follows from the rest: see `description`.
        """
        return _told(self.manifest) == _told(released)


def finish(
    build: CheckedBuild,
    *,
    repository: Repository,
    changelog: tuple[ChangelogEntry, ...],
    base: Manifest | None = None,
    held: Collection[str] = (),
    withdrawals: Withdrawals | None = None,
) -> Finished:
    """
    Return the build with its changelog, on top of the release `base`.

    `held` are the paths of `base` that the Hub holds unchanged: only those can be taken over. The card says which
    versions had been withdrawn by then.
    """
    taken = _taken_over(build.manifest, base, held)
    records = {file.path: taken.get(file.path, file) for file in build.manifest.files}
    card = with_publication(
        build.card,
        name=build.manifest.name,
        repo=repository.repo,
        version=build.manifest.version,
        splits=build.manifest.config().splits.keys(),
        changelog=changelog,
        configs=() if build.manifest.is_flat else tuple(build.manifest.loadable),
        default=build.manifest.default_config,
        labels=bool(build.manifest.config().label_names),
        layers=layers_of(build.manifest.config()),
    )
    card = with_withdrawals(_with_sizes(card, build.manifest, taken), withdrawals or Withdrawals())
    records[CARD_NAME] = _record(CARD_NAME, card)
    manifest = replace(
        build.manifest,
        files=tuple(records[path] for path in sorted(records)),
        configs=tuple(map(partial(_with_former_names, base), build.manifest.configs)),
        changelog=changelog,
    )
    about = _described(build, manifest, repository, card)
    records |= {path: _record(path, content) for path, content in about.items()}
    manifest = replace(manifest, files=tuple(records[path] for path in sorted(records)))
    shards = {f.path: Stored(build.store, f.path, f.bytes) for f in manifest.data_files() if f.path not in taken}
    made = {CARD_NAME: card, **about, MANIFEST_NAME: manifest.to_bytes()}
    contents: dict[str, Stored | bytes] = {**shards, **build.small, **made}
    return Finished(manifest=manifest, contents=contents)


def _described(build: CheckedBuild, manifest: Manifest, repository: Repository, card: bytes) -> dict[str, bytes]:
    """Return what the release says of itself to machines, by its path."""
    scripts = [content for path, content in build.small.items() if path.startswith("builder/")]
    home = home_of(repository.hub.endpoint)
    return {CROISSANT_NAME: described(manifest, repo=repository.repo, card=card, scripts=scripts, endpoint=home)}


def _record(path: str, content: bytes) -> FileRecord:
    return FileRecord(path=path, bytes=len(content), sha256=hashlib.sha256(content).hexdigest())


def _told(manifest: Manifest) -> Manifest:
    files = tuple(file for file in manifest.files if file.path != CROISSANT_NAME)
    return replace(manifest, libraries={}, files=files)


def _with_former_names(base: Manifest | None, config: ConfigRecord) -> ConfigRecord:
    """Return a configuration with the names that types had before the release `base`, too."""
    earlier = base.released.get(config.config) if base else None
    return carried(config, earlier) if earlier else config


def _taken_over(manifest: Manifest, base: Manifest | None, held: Collection[str]) -> dict[str, FileRecord]:
    """Return the shards of `base` that this build may leave as they are; each names its labels and columns, too."""
    if base is None:
        return {}
    mine = {
        file.path: file.row_digest
        for name, config in manifest.released.items()
        if name in base.released and _columns(base.released[name]) == _columns(config)
        for file in config.data_files()
    }
    return {
        file.path: file for file in base.data_files() if file.path in held and mine.get(file.path) == file.row_digest
    }


def _columns(config: ReleasedConfig) -> tuple[object, ...]:
    """Return all that shards say of their columns."""
    layers = {name: (layer.kind, layer.names) for name, layer in (config.layers or {}).items()}
    return config.label_names, config.extra, layers


def _with_sizes(card: bytes, manifest: Manifest, taken: Mapping[str, FileRecord]) -> bytes:
    """Return the card with the sizes of the shards that will be there: in its front matter, and in its table of splits."""
    totals = iter([_size(config.data_files(), taken) for config in manifest.loadable.values()])
    text = re.sub(
        r"(?m)^(\s*download_size: )\d+$",
        lambda match: f"{match[1]}{next(totals)}",
        card.decode(),
        count=len(manifest.loadable),
    )
    for name, files in {**_rows(manifest), "all": manifest.data_files()}.items():
        built, there = (size(_size(files, some)) for some in ({}, taken))
        row = rf"(?m)^(\| {re.escape(name)} \|(?:.* \|)? ){re.escape(built)} \|$"
        text = re.sub(row, rf"\g<1>{there} |", text)
    return text.encode()


def _rows(manifest: Manifest) -> dict[str, tuple[FileRecord, ...]]:
    """Return the shards of each row in the card's table: of each split, or of each named configuration."""
    if manifest.is_unnamed:
        return {split: manifest.config().data_files(split) for split in manifest.config().splits}
    return {name: config.data_files() for name, config in manifest.released.items()}


def _size(files: Iterable[FileRecord], taken: Mapping[str, FileRecord]) -> int:
    return sum(taken.get(file.path, file).bytes for file in files)
