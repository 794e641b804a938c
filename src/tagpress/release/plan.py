"""
What would publishing change? A build and what the Hub holds, turned into a printable value, without any effect.

    Plan            files to add, keep, delete; the version and its tag; the diff; what stands in the way
    make_plan       the plan of a version that is not on the Hub yet
    least_version   the smallest version that a diff allows
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tagpress.corpus.manifest import CARD_NAME, MANIFEST_NAME, Manifest
from tagpress.corpus.records import FileRecord
from tagpress.corpus.version import Version
from tagpress.diff import Diff
from tagpress.hub import RemoteFile, git_blob_id
from tagpress.release.card_data import CardData
from tagpress.release.finish import Finished
from tagpress.release.stored_file import Stored

MOST_FILES: Final = 100  # in one commit, as the Hub advises; above it a pull request collects several commits
# Files that `datasets` reads beside or instead of the card, and that would change what it loads.
_OVERRIDES: Final = frozenset({".huggingface.yaml", "dataset_infos.json"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """Why the plan cannot be carried out: somebody else's work would be lost, or would break the release."""

    path: str
    reason: str

    def __str__(self) -> str:
        return f"{self.path} {self.reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """
    What publishing would do to a repository.

    `base` is the release that is there, `parent` the commit that the change is made on. `kept` are files of the
    release that the Hub has already; `foreign` are the files that no release listed, which stay as they are.
    """

    repo: str
    finished: Finished
    base: Version | None
    parent: str | None
    added: Mapping[str, int]  # path: bytes to send
    kept: tuple[str, ...]
    deleted: tuple[str, ...]
    foreign: tuple[str, ...]
    obstacles: tuple[Obstacle, ...]
    diff: Diff | None

    @property
    def version(self) -> Version:
        """The version that would be released."""
        return self.finished.manifest.version

    @property
    def new(self) -> dict[str, Stored | bytes]:
        """The files to send, by path."""
        return {path: self.finished.contents[path] for path in self.added}

    @property
    def uploaded_bytes(self) -> int:
        """The size of the files to send; what the Hub turns out to have is not sent."""
        return sum(self.added.values())

    def to_json(self) -> dict[str, Any]:
        """Return the plan as `--json` prints it."""
        entry = self.finished.manifest.changelog[0]
        return {
            "repo": self.repo,
            "version": str(self.version),
            "tag": self.version.tag,
            "base": {"version": str(self.base) if self.base else None, "commit": self.parent},
            "bump": entry.bump,
            "files": {
                "added": [{"path": path, "bytes": size} for path, size in self.added.items()],
                "kept": list(self.kept),
                "deleted": list(self.deleted),
                "foreign": list(self.foreign),
            },
            "uploaded_bytes": self.uploaded_bytes,
            "rows": self.diff.to_json() if self.diff else None,
            "changelog": list(entry.lines),
            "obstacles": [str(obstacle) for obstacle in self.obstacles],
        }


def make_plan(
    finished: Finished,
    *,
    repo: str,
    parent: str | None,
    held: Mapping[str, RemoteFile],
    base: Manifest | None,
    edited: Collection[str],
    diff: Diff | None,
    replace_card: bool = False,
) -> Plan:
    """
    Plan the release of a finished build on top of `base`.

    `held` are the files of the commit `parent`; `edited` are those of them that `base` lists with other bytes.
    """
    records = {file.path: file for file in finished.manifest.files}
    same = {path for path in records if path in held and _equal(held[path], records[path], finished)}
    mine = {*records, MANIFEST_NAME}
    released = {file.path for file in base.files} | {MANIFEST_NAME} if base else set()
    return Plan(
        repo=repo,
        finished=finished,
        base=base.version if base else None,
        parent=parent,
        added={path: _size(finished.contents[path]) for path in sorted(mine - same)},
        kept=tuple(sorted(same)),
        deleted=tuple(sorted((released & held.keys()) - mine)),
        foreign=tuple(sorted(held.keys() - released - mine)),
        obstacles=tuple(_obstacles(repo, finished, held, released, (set(edited) - same), replace_card=replace_card)),
        diff=diff,
    )


def held_as_planned(held: Mapping[str, RemoteFile], path: str, plan: Plan) -> bool:
    """Return whether a commit has the file at `path` as the plan wants it."""
    found, content = held.get(path), plan.finished.contents[path]
    record = plan.finished.manifest.file(path)
    if found is None:
        return False
    return (
        _equal(found, record, plan.finished) if record else found.holds(content if isinstance(content, bytes) else b"")
    )


def least_version(diff: Diff) -> Version:
    """Return the smallest version that the diff allows: a release never repeats a version, so at least a patch."""
    return diff.old.next(diff.bump if diff.bump != "none" else "patch")


def _obstacles(
    repo: str,
    finished: Finished,
    held: Mapping[str, RemoteFile],
    released: Collection[str],
    edited: Collection[str],
    *,
    replace_card: bool,
) -> Iterator[Obstacle]:
    card = finished.contents[CARD_NAME]
    assert isinstance(card, bytes)
    data = CardData.of(card)
    for path in sorted(edited):
        if not (path == CARD_NAME and replace_card):
            yield Obstacle(path=path, reason="was changed on the Hub since the last release")
    for path in sorted(held.keys() - set(released)):
        if path in finished.contents:
            known = path == CARD_NAME and replace_card
            record = finished.manifest.file(path)
            if not known and record is not None and not _equal(held[path], record, finished):
                yield Obstacle(path=path, reason="is on the Hub already, and no release listed it")
        elif is_read_as_data(path, repo, data):
            yield Obstacle(path=path, reason="is on the Hub, was never released, and would change what is loaded")


def is_read_as_data(path: str, repo: str, card: CardData) -> bool:
    """Return whether a foreign file would change what `datasets` loads, or keep it from loading anything."""
    script = f"{repo.rpartition('/')[2]}.py"
    in_data = path.startswith("data/") and path.endswith(".parquet")
    return path in _OVERRIDES or path == script or in_data or card.loads(path)


def _equal(held: RemoteFile, record: FileRecord, finished: Finished) -> bool:
    """Return whether the Hub has exactly this file of the release."""
    if held.size != record.bytes:
        return False
    if held.sha256 is not None:
        return held.sha256 == record.sha256
    content = finished.contents.get(record.path)
    if content is None:  # a shard that is taken over as it is
        return True
    return held.blob_id == git_blob_id(content if isinstance(content, bytes) else content.read())


def _size(content: Stored | bytes) -> int:
    return len(content) if isinstance(content, bytes) else content.size
