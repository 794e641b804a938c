"""What do the user, and the names of files and folders, say: which configuration is a file of, and which split?"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from tagpress.card.vocabulary import languages
from tagpress.corpus.split_names import kind_of
from tagpress.errors import UsageError
from tagpress.read.guess.files import CorpusFile, Gathered, of_one_format, with_splits
from tagpress.read.guess.named_configs import are_languages, configs_by_name
from tagpress.read.guess.named_splits import splits_by_dict, splits_by_name

NO_SPLIT: Final = "its name says no split, and those of others do"
_Parts = dict[str | None, Gathered]
_Left = tuple[tuple[str, str], ...]


def with_names(gathered: Gathered) -> Gathered:
    """
    Return files with their configurations and splits: those that the user gives, or else those that names say.

    The files of a configuration are of one format; those of another one may be of another.

    Raises:
        UsageError: the user gives some files a configuration, or a split, and others none.

    """
    gone, parts = _parts(gathered)
    parts = {config: _with_splits(of_one_format(part)) for config, part in parts.items()}
    bare = [config for config, part in parts.items() if any(file.split is None for file in part.files)]
    if bare and len(bare) < len(parts) and any(file.config for file in gathered.files):
        message = f"the configuration {bare[0]!r} has no splits, and others have"
        raise UsageError(message, "write CONFIG/SPLIT=SOURCE for each, or CONFIG/=SOURCE for each")
    files = [replace(file, config=config) for config, part in parts.items() for file in part.files]
    left = [reason for part in parts.values() for reason in part.left_out]
    return Gathered(tuple(files), (*gone, *left))


def by_configuration(files: Sequence[CorpusFile]) -> dict[str | None, list[CorpusFile]]:
    """Return the files of each configuration, in the order in which they stand there; those of None where there is none."""
    found: dict[str | None, list[CorpusFile]] = {}
    for file in files:
        found.setdefault(file.config, []).append(file)
    return found


def by_split(files: Sequence[CorpusFile]) -> dict[str | None, list[CorpusFile]]:
    """Return the files of each split: in the order of the user, or train-like first where names say them."""
    by_split: dict[str | None, list[CorpusFile]] = {}
    for file in files:
        by_split.setdefault(file.split, []).append(file)
    if any(file.named for file in files):
        return dict(sorted(by_split.items(), key=lambda pair: (kind_of(pair[0] or ""), pair[0] or "")))
    return by_split


def _parts(gathered: Gathered) -> tuple[_Left, _Parts]:
    """Return what is left out of all, and the files of each configuration, or all of them under None."""
    files = gathered.files
    bare = [file.path for file in files if file.config is None]
    if bare and len(bare) < len(files):
        message = f"{bare[0]} has no configuration and others have one"
        raise UsageError(message, "write CONFIG/SPLIT=SOURCE, or CONFIG/=SOURCE, for each, or for none")
    if bare and all(file.split is None for file in files):
        gathered = _with_configs(gathered)
    return gathered.left_out, {
        config: Gathered(tuple(own), ()) for config, own in by_configuration(gathered.files).items()
    }


def _with_configs(gathered: Gathered) -> Gathered:
    """Return files with the configurations that names say: those of all formats only where names are languages."""
    is_language = languages().__contains__
    alike = of_one_format(gathered)
    paths = [file.path for file in alike.files]
    configs = {} if splits_by_dict(paths) else configs_by_name(paths, is_language)
    if len(alike.files) < len(gathered.files):
        every = configs_by_name([file.path for file in gathered.files], is_language)
        if are_languages(every, is_language):  # the same corpus may stand in folders called conll and json
            alike, configs = gathered, every
    by_path = {file.path: file for file in alike.files}
    named = [replace(by_path[path], config=config) for config, own in configs.items() for path in own]
    return replace(alike, files=tuple(named) or alike.files)


def _with_splits(gathered: Gathered) -> Gathered:
    """Return files with the splits that their names say, if the user says none, and without those that then have none."""
    none = [file.path for file in gathered.files if file.split is None]
    if len(none) < len(gathered.files):
        if none:
            raise UsageError(f"{none[0]} has no split and others have one", "write SPLIT=SOURCE for each, or for none")
        return gathered
    splits = splits_by_dict(none) or splits_by_name(none)
    found = Gathered(with_splits(gathered.files, splits), gathered.left_out)
    return found.without([path for path in none if path not in splits], NO_SPLIT) if splits else found
