"""How does a script name the files of a corpus? By patterns that mean these files and no others."""

import glob
import os
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from tagpress.read.guess.files import CorpusFile, matches, suffix_of
from tagpress.read.guess.packed import slashed, unpacked
from tagpress.read.sources.archives import parted


def patterns_of(files: Sequence[CorpusFile], home: Path) -> tuple[str, ...]:
    """
    Return patterns that mean these files and no others; `home` is where the script will be, and its build.

    An argument that is a pattern stays as it was; a folder becomes a pattern for each suffix; the rest is named.
    """
    by_argument: dict[str, list[str]] = {}
    for file in files:
        by_argument.setdefault(file.argument, []).append(file.path)
    named = (_spelled(argument, paths, home) for argument, paths in by_argument.items())
    return tuple(dict.fromkeys(pattern for patterns in named for pattern in patterns))


def _spelled(argument: str, paths: list[str], home: Path) -> list[str]:
    if argument in paths:
        return paths
    packed = [path for path in paths if parted(path)[1]]
    if packed:
        loose = [path for path in paths if path not in packed]
        return [*_of_archives(packed), *(_spelled(argument, loose, home) if loose else ())]
    if not Path(argument).is_dir():
        if "://" in argument and not glob.has_magic(argument):  # a folder, which only a pattern can name
            return _of_folders(paths)
        return [argument] if _means(argument, paths) else _of_folders(paths)
    outside = not home.resolve().is_relative_to(Path(argument).resolve())
    by_suffix: dict[str, list[str]] = {}
    for path in paths:
        by_suffix.setdefault(suffix_of(path), []).append(path)
    spelled = []
    for suffix, own in by_suffix.items():
        whole = f"{glob.escape(argument.rstrip('/'))}/**/*{suffix}"
        nested = len({PurePosixPath(path).parent for path in own}) > 1
        spelled += [whole] if outside and nested and suffix and _means(whole, own) else _of_folders(own)
    return spelled


def _of_archives(paths: Sequence[str]) -> list[str]:
    """Return an archive's name, a pattern for each of its folders and suffixes, or the names where these would mean more."""
    by_archive: dict[str, list[str]] = {}
    for path in paths:
        by_archive.setdefault(parted(path)[0], []).append(path)
    spelled = []
    for archive, own in by_archive.items():
        spelled += [archive] if set(own) == set(unpacked(archive)) else _of_folders(own)
    return spelled


def _of_folders(paths: Sequence[str]) -> list[str]:
    """Return a pattern for each folder and suffix, or the names where a pattern would mean more."""
    groups: dict[tuple[str, str], list[str]] = {}
    for path in paths:
        groups.setdefault((path.removesuffix(_last_name(path)), suffix_of(path)), []).append(path)
    spelled = []
    for (folder, suffix), own in groups.items():
        pattern = f"{glob.escape(folder)}*{suffix}"
        spelled += [pattern] if len(own) > 1 and suffix and _means(pattern, own) else own
    return spelled


def _last_name(path: str) -> str:
    return slashed(path).rpartition("/")[2]


def _means(pattern: str, paths: Sequence[str]) -> bool:
    return {os.path.normpath(path) for path in matches(pattern)} == {os.path.normpath(path) for path in paths}
