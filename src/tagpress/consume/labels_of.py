"""The labels of which release? Find the other one, on the Hub or in a folder, and map the labels of this one to it."""

from collections.abc import Callable
from pathlib import Path

from tagpress.consume.label_map import LabelMap, map_between
from tagpress.consume.streaming.pinned import parse_version, pin
from tagpress.consume.withdrawn import say_withdrawn
from tagpress.corpus.manifest import MANIFEST_NAME, Manifest
from tagpress.corpus.records import ReleasedConfig
from tagpress.errors import UsageError


def label_map(
    repo_or_dir: str | Path,
    version: str | None,
    *,
    labels_of: str | Path,
    config: str | None = None,
    endpoint: str | None = None,
    token: str | None = None,
) -> LabelMap:
    """
    Return the map from the labels of a release to the `labels_of` another version of it.

    A build is named by its folder, on either side, and its version may be None. A version that its owner has withdrawn is warned
    of on either side. See `tagpress.load` for the rest.

    Raises:
        UsageError: a label of the one has no counterpart in the other, or several; all are named.
        NotOnHubError: there is no such repository or version.
        HubError: the Hub does not answer.
        VerifyError: a tag was moved.

    """
    find = finder(str(repo_or_dir), endpoint=endpoint, token=token)
    return map_to(_manifest(repo_or_dir, version, find).config(config), labels_of, find)


def finder(repo: str, *, endpoint: str | None, token: str | None) -> Callable[[str], Manifest]:
    """
    Return what finds the manifest of a version of a repository, and warns if it was withdrawn.

    Only its labels are asked for: a model that was trained on it stays usable, also where it was withdrawn for good.
    """

    def find(version: str) -> Manifest:
        release = pin(repo, version, endpoint=endpoint, token=token)
        say_withdrawn(release, refuse=False)
        return release.manifest

    return find


def map_to(data: ReleasedConfig, labels_of: str | Path, find: Callable[[str], Manifest]) -> LabelMap:
    """Return the map from the labels of a release to those of a version that `find` finds, or of the build in a folder."""
    other = _manifest(labels_of, str(labels_of), find)
    return map_between(data, other.config(data.config if data.config in other.loadable else None))


def _manifest(place: str | Path, version: str | None, find: Callable[[str], Manifest]) -> Manifest:
    folder = Path(place)
    if isinstance(place, Path) or (folder / MANIFEST_NAME).is_file():
        manifest = Manifest.load(folder)
        if version not in (None, str(place)) and manifest.version != parse_version(str(version)):
            raise UsageError(f"{folder} holds {manifest.version}, not {version}.", "Name its version, or None.")
        return manifest
    if version is None:
        raise UsageError(f"{place} is no folder of a build, and a release has a version.", "Name the version.")
    return find(version)
