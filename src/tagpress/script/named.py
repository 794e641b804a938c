"""What do the names of files and folders say: which configuration, and which split?"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from tagpress.card.vocabulary import languages
from tagpress.corpus.split_names import kind_of
from tagpress.errors import UsageError
from tagpress.read.guess.files import CorpusFile, Gathered, with_splits
from tagpress.read.guess.named_configs import configs_by_name
from tagpress.read.guess.named_splits import splits_by_dict, splits_by_name

NO_SPLIT: Final = "its name says no split, and those of others do"


def with_names(gathered: Gathered) -> Gathered:
    """Return files with the configurations and splits that their names say, if the user says no splits."""
    paths = [file.path for file in gathered.files]
    given = any(file.split is not None for file in gathered.files)
    configs = {} if given or splits_by_dict(paths) else configs_by_name(paths, languages().__contains__)
    if not configs:
        return _with_splits(gathered)
    config_of = {path: config for config, own in configs.items() for path in own}
    splits = {path: split for own in configs.values() for path, split in splits_by_name(own).items()}
    files = with_splits(gathered.files, splits)
    return replace(gathered, files=tuple(replace(file, config=config_of[file.path]) for file in files))


def by_configuration(files: Sequence[CorpusFile]) -> dict[str | None, list[CorpusFile]]:
    """Return the files of each configuration, by name; those of None where names say none."""
    found: dict[str | None, list[CorpusFile]] = {}
    for file in sorted(files, key=lambda file: file.config or ""):
        found.setdefault(file.config, []).append(file)
    return found


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


def by_split(files: Sequence[CorpusFile]) -> dict[str | None, list[CorpusFile]]:
    """Return the files of each split: in the order of the user, or train-like first where names say them."""
    by_split: dict[str | None, list[CorpusFile]] = {}
    for file in files:
        by_split.setdefault(file.split, []).append(file)
    if any(file.named for file in files):
        return dict(sorted(by_split.items(), key=lambda pair: (kind_of(pair[0] or ""), pair[0] or "")))
    return by_split
