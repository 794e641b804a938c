"""
Which split does a file's name say, or the folder that it is in?

`eng.train`, `corpus-dev.txt`, `IOB2_valid.txt` and `test/a.txt` say one. A name that says two (`train_dev.tsv`) says
none. What the names say counts only where they say two splits at least, and where most files say one: an article
called `Test.txt` among a hundred others is no split.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from tagpress.corpus.split_names import SPLITS, TEST, TRAIN, VALIDATION, is_split_name
from tagpress.read.guess.packed import places_of
from tagpress.read.sources.source import stem

_WORDS: Final = {
    **dict.fromkeys(("train", "training"), TRAIN),
    **dict.fromkeys(("dev", "devel", "development", "valid", "validation", "val", "testa"), VALIDATION),
    **dict.fromkeys(("test", "testb", "eval", "evaluation"), TEST),
}
_DICT: Final = "dataset_dict.json"
# A run of letters of one case, of a capital and small ones, or of digits.
_PARTS: Final = re.compile(r"[^\W\d_A-Z]+|[A-Z][^\W\d_A-Z]+|[A-Z]+(?![^\W\d_A-Z])|\d+")


@dataclass(frozen=True, slots=True)
class _Said:
    """What a name says: the kind of split, and its other parts, none where the folder says it."""

    kind: int
    rest: tuple[str, ...]


def splits_by_name(paths: Sequence[str]) -> dict[str, str]:
    """
    Return the split of each file whose name says one; nothing where names say no splits of the whole.

    >>> splits_by_name(["eng.train", "eng.testa", "eng.testb"])
    {'eng.train': 'train', 'eng.testa': 'validation', 'eng.testb': 'test'}
    >>> splits_by_name(["train.txt", "test_2020.txt", "test_2021.txt"])
    {'train.txt': 'train', 'test_2020.txt': 'test_2020', 'test_2021.txt': 'test_2021'}

    """
    said = {path: found for path, place in places_of(paths).items() if (found := _said(place))}
    kinds = {found.kind for found in said.values()}
    if len(kinds) < 2 or 2 * len(said) < len(paths):  # noqa: PLR2004 - two splits, and half of the files
        return {}
    rests = {kind: {found.rest for found in said.values() if found.kind == kind} for kind in kinds}
    return {path: _name(found, rests) for path, found in said.items()}


def splits_by_dict(paths: Sequence[str]) -> dict[str, str]:
    """Return the split of each file below a `DatasetDict` that was saved, which says its splits; nothing where it has but one."""
    found = {path: Path(path).parent.name for path in paths if Path(path).parent.name in _dict_above(Path(path))}
    return found if len(set(found.values())) > 1 else {}


def _dict_above(path: Path) -> tuple[str, ...]:
    try:
        said = json.loads((path.parent.parent / _DICT).read_text(encoding="utf-8"))["splits"]
        return tuple(split for split in said if is_split_name(split))
    except (OSError, ValueError, LookupError, TypeError):
        return ()


def _said(path: PurePosixPath) -> _Said | None:
    parts = _PARTS.findall(stem(path.name))
    kinds = {kind for part in parts if (kind := _WORDS.get(part.lower())) is not None}
    if kinds:
        rest = tuple(part for part in parts if part.lower() not in _WORDS)
        return _Said(kinds.pop(), rest) if len(kinds) == 1 else None
    for folder in reversed(path.parent.parts):
        kinds = {kind for part in _PARTS.findall(folder) if (kind := _WORDS.get(part.lower())) is not None}
        if kinds:
            return _Said(kinds.pop(), ()) if len(kinds) == 1 else None
    return None


def _name(said: _Said, rests: dict[int, set[tuple[str, ...]]]) -> str:
    """Return a split's name; two tests that the training data does not have in the same two parts are two splits."""
    own = rests[said.kind]
    if said.kind == TRAIN or len(own) == 1 or own <= rests.get(TRAIN, set()):
        return SPLITS[said.kind]
    common = set.intersection(*map(set, own))
    return "_".join([SPLITS[said.kind], *(part for part in said.rest if part not in common)])
