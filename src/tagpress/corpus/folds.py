"""
Cross-validation: which configurations do folds make, and which of the published splits is each made of?

Every sentence is published once, in the fold that its hash says. A configuration for each fold tests on it and trains on
all others, by naming their files again.
"""

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from tagpress.corpus.config_names import DEFAULT_CONFIG

FOLDS: Final = "folds"
"""The kind of split rule that makes them, as the manifest calls it."""

FOLD_COUNTS: Final = range(2, 51)
"""How many folds there can be: each is a file at least, and a configuration that names all files."""

Parts: TypeAlias = Mapping[str, tuple[str, ...]]
"""The published splits that each split is made of."""


def fold_names(count: int) -> tuple[str, ...]:
    """
    Return the published splits.

    >>> fold_names(3)
    ('fold_0', 'fold_1', 'fold_2')

    """
    return tuple(f"fold_{number}" for number in range(count))


def fold_configs(config: str, folds: Sequence[str]) -> dict[str, Parts]:
    """
    Return the configurations that the folds of a configuration make, by name, and what each is made of.

    >>> fold_configs("de", fold_names(3))["de-fold-1"]
    {'train': ('fold_0', 'fold_2'), 'test': ('fold_1',)}

    """
    before = "" if config == DEFAULT_CONFIG else f"{config}-"
    return {
        f"{before}{tested.replace('_', '-')}": {
            "train": tuple(fold for fold in folds if fold != tested),
            "test": (tested,),
        }
        for tested in folds
    }
