"""
What may a split be called, in which order do splits stand, and which of two keeps a sentence that both have?

The one place that knows these. Computed splits are train, validation and test. Given ones have any names that
`datasets` allows, in the order in which they were declared.

A sentence in two splits leaks. It stays where a model is measured, and leaves where one learns:

1. a name that says test (test, testa... see `_WORDS`; eval, gold, heldout) keeps it,
2. then one that says validation (dev, devel, valid, val, tune),
3. then any other (train, unlabelled, extra);
4. of two splits of one kind, the one that was declared later.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from tagpress.errors import ScriptError

SPLITS: Final = ("train", "validation", "test")
"""The computed splits, in their order."""

# What `datasets` takes for the name of a split (`datasets.naming._split_re`). It is written here because what imports
# this module must not import `datasets`; a test compares them.
SPLIT_NAME: Final = re.compile(r"\w+(\.\w+)*")
_ALL: Final = "all"  # `datasets` takes it for every split together

TRAIN, VALIDATION, TEST = range(3)
_WORDS: Final[Mapping[str, int]] = {
    **dict.fromkeys(("train", "training"), TRAIN),
    **dict.fromkeys(
        ("validation", "valid", "val", "dev", "devel", "development", "tune", "tuning", "testa"), VALIDATION
    ),
    **dict.fromkeys(("test", "testing", "testb", "eval", "evaluation", "gold", "heldout"), TEST),
}
# A run of letters of one case, or of a capital and small ones: `IOB2_validSet` is IOB, valid, Set.
_WORD: Final = re.compile(r"[^\W\d_A-Z]+|[A-Z][^\W\d_A-Z]+|[A-Z]+(?![^\W\d_A-Z])")


def words(name: str) -> list[str]:
    """
    Return the words of a name in small letters, without what stands between them.

    >>> words("IOB2_valid"), words("test_2020"), words("trainSet")
    (['iob', 'valid'], ['test'], ['train', 'set'])

    """
    return [word.lower() for word in _WORD.findall(name)]


def kind_of_word(word: str) -> int | None:
    """Return what kind of split a word says, or None if it says none."""
    return _WORDS.get(word)


def kind_of(split: str) -> int:
    """
    Return the kind of a split: TEST, VALIDATION, or TRAIN for all that say neither.

    >>> [kind_of(name) for name in ("test_2020", "dev", "unlabelled")]
    [2, 1, 0]

    """
    return max((kind for word in words(split) if (kind := _WORDS.get(word)) is not None), default=TRAIN)


def is_called_split(field: str) -> bool:
    """
    Return whether a field, or a path to one, is called so that it says splits, whatever it says.

    >>> [is_called_split(name) for name in ("split", "meta.data_split", "subset")]
    [True, True, False]

    """
    return not {"split", "splits"}.isdisjoint(words(field.rpartition(".")[2]))


def is_split_name(name: str) -> bool:
    """Return whether a split can have this name."""
    return SPLIT_NAME.fullmatch(name) is not None and name != _ALL


def checked_names(names: Sequence[str]) -> tuple[str, ...]:
    """
    Return the names of given splits as they are.

    Raises:
        ScriptError: there is none, one that no split can have, or two that a file system may take for one.

    """
    if not names:
        raise ScriptError("SOURCES names no split", 'name one at least, such as {"train": "train.txt"}')
    for name in names:
        if not is_split_name(name):
            hint = "use letters, digits and _, such as test_2020; 'all' means every split together"
            raise ScriptError(f"{name!r} cannot be the name of a split", hint)
    folded = [name.casefold() for name in names]
    for place, name in enumerate(names):
        if folded.index(name.casefold()) != place:
            other = names[folded.index(name.casefold())]
            raise ScriptError(
                f"the splits {other!r} and {name!r} would share their files' names on some systems",
                "give one of them another name",
            )
    return tuple(names)


def usual_order(names: Iterable[str]) -> tuple[str, ...]:
    """
    Return names in the order that they have where none was declared: train, validation, test, then others by name.

    >>> usual_order(["test", "gold", "train"])
    ('train', 'test', 'gold')

    """
    return tuple(sorted(names, key=lambda name: (SPLITS.index(name) if name in SPLITS else len(SPLITS), name)))


def leak_ranks(names: Sequence[str]) -> tuple[int, ...]:
    """
    Return a rank for each split, as declared: of two that have a sentence, the higher keeps it.

    >>> leak_ranks(("test", "unlabelled", "dev", "train"))
    (3, 0, 2, 1)

    """
    order = sorted(range(len(names)), key=lambda place: (kind_of(names[place]), place))
    return tuple(order.index(place) for place in range(len(names)))
