"""
Finish a build for one repository: what only the moment of publishing can know.

A build is made without looking at a Hub. Publishing adds the changelog, writes where to load the data set from, and
takes over every shard whose rows the last release has already: such a shard stays on the Hub as it is, even where a
newer pyarrow wrote other bytes, and the manifest and the card then describe the bytes that are there.
"""

import hashlib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tagpress.card import settle
from tagpress.hub import git_blob_id
from tagpress.manifest import CARD_NAME, MANIFEST_NAME, SHARD_PATH, ChangelogEntry, FileRecord, Manifest
from tagpress.release.local import Build


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A build as it will stand on the Hub; `contents` has every file but the taken-over shards."""

    manifest: Manifest
    contents: Mapping[str, Path | bytes]

    @property
    def known(self) -> dict[str, str]:
        """The SHA-256 of every small file by its git blob id, the only hash that the Hub lists for it."""
        small = {path: content for path, content in self.contents.items() if not SHARD_PATH.fullmatch(path)}
        texts = [content if isinstance(content, bytes) else content.read_bytes() for content in small.values()]
        return {git_blob_id(text): hashlib.sha256(text).hexdigest() for text in texts}

    def is_release(self, released: Manifest) -> bool:
        """Tell whether this is what was `released`; the versions of the libraries that wrote it do not matter."""
        return replace(self.manifest, libraries={}) == replace(released, libraries={})


def finish(
    build: Build,
    *,
    repo: str,
    changelog: tuple[ChangelogEntry, ...],
    base: Manifest | None = None,
    held: Collection[str] = (),
) -> Finished:
    """
    Return the build with its changelog, on top of the release `base`.

    `held` are the paths of `base` that the Hub holds unchanged: only those can be taken over.
    """
    taken = _taken_over(build.manifest, base, held)
    records = {file.path: taken.get(file.path, file) for file in build.manifest.files}
    card = settle(
        build.card,
        name=build.manifest.name,
        repo=repo,
        version=build.manifest.version,
        splits=build.manifest.splits.keys(),
        changelog=changelog,
    )
    card = _with_download_size(card, sum(file.bytes for file in records.values() if file.rows is not None))
    records[CARD_NAME] = FileRecord(path=CARD_NAME, bytes=len(card), sha256=hashlib.sha256(card).hexdigest())
    manifest = replace(build.manifest, files=tuple(records[path] for path in sorted(records)), changelog=changelog)
    local = {path: build.directory / path for path in records if path not in taken}
    return Finished(manifest=manifest, contents={**local, CARD_NAME: card, MANIFEST_NAME: manifest.to_bytes()})


def _taken_over(manifest: Manifest, base: Manifest | None, held: Collection[str]) -> dict[str, FileRecord]:
    """Return the shards of `base` that this build may leave as they are; all of them name the labels, too."""
    if base is None or base.label_names != manifest.label_names:
        return {}
    mine = {file.path: file.row_digest for file in manifest.data_files()}
    return {
        file.path: file for file in base.data_files() if file.path in held and mine.get(file.path) == file.row_digest
    }


def _with_download_size(card: bytes, size: int) -> bytes:
    return re.sub(rb"(?m)^(\s*download_size: )\d+$", rb"\g<1>%d" % size, card, count=1)
