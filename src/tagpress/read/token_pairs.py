"""Which sentences are in lists of Python, without names of columns? A sentence is its pairs, or two lists side by side."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

import pyarrow as pa

from tagpress.errors import UsageError

_PAIR: Final = 2
_TAG: Final = re.compile(r"O|[BIESLU][-_].+")
TOKENS: Final = "tokens"
TAGS: Final = "ner_tags"


def table_of_sentences(held: Sequence[Any]) -> pa.Table | None:
    """
    Return the table of sentences whose tokens have their tags beside them; None for anything else.

    Each sentence is its tokens with their tags, `[("Ada", "B-PER"), ("slept", "O")]`, perhaps with more between, which is a
    column for each: `field_1` and so on. Or it is two lists, `(["Ada", "slept"], ["B-PER", "O"])`, of any lengths.

    Raises UsageError for sentences of two tokens that can be read in both ways.
    """
    paired, apart = _width_of_pairs(held), _are_apart(held)
    if paired and apart:  # each sentence has two tokens of as many values as each list has: the tags tell
        by_pairs = _are_tags(token[-1] for one in held for token in one)
        by_lists = _are_tags(tag for one in held for tag in one[1])
        paired, apart = paired if by_pairs or not by_lists else 0, by_lists or not by_pairs
    if paired and apart:
        message = f"{held[0]!r:.60} is two tokens with their tags, or two lists, and so is every sentence"
        raise UsageError(
            message, 'give the columns names: {"tokens": [["Ada", "slept"]], "ner_tags": [["B-PER", "O"]]}'
        )
    if apart:
        return pa.table({TOKENS: [list(one[0]) for one in held], TAGS: [list(one[1]) for one in held]})
    if not paired:
        return None
    names = [TOKENS, *(f"field_{place}" for place in range(1, paired - 1)), TAGS]
    return pa.table({name: [[token[place] for token in one] for one in held] for place, name in enumerate(names)})


def _are_tags(values: Iterable[str | int]) -> bool:
    return all(isinstance(one, str) and _TAG.fullmatch(one) for one in values)


def _width_of_pairs(held: Sequence[Any]) -> int:
    """Return how many values each token of each sentence has, its text first; 0 if they are no such sentences."""
    widths = {len(token) if _is_pair(token) else 0 for one in held if _is_list(one) for token in one}
    return widths.pop() if len(widths) == 1 and all(map(_is_list, held)) else 0


def _is_pair(token: Any) -> bool:  # noqa: ANN401 - whatever somebody has in a list
    return (
        _is_list(token)
        and len(token) >= _PAIR
        and all(isinstance(one, str) for one in token[:-1])
        and isinstance(token[-1], str | int)
    )


def _are_apart(held: Sequence[Any]) -> bool:
    return bool(held) and all(
        _is_list(one)
        and len(one) == _PAIR
        and all(map(_is_list, one))
        and all(isinstance(token, str) for token in one[0])
        and all(isinstance(tag, str | int) for tag in one[1])
        for one in held
    )


def _is_list(held: Any) -> bool:  # noqa: ANN401 - as above
    return isinstance(held, list | tuple)
