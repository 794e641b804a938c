"""Under which names, and in which order, are entity types published that a source spells as it likes?"""

import re
from collections.abc import Sequence

from tagpress.read.guess.spelled_tags import TAG


def published_types(spelled: Sequence[str]) -> dict[str, str]:
    """
    Return the name to publish for each type that was found: one without spaces and what cannot be seen.

    >>> published_types(["Phone Number", "Place"])
    {'Phone Number': 'Phone_Number', 'Place': 'Place'}

    """
    types: dict[str, str] = {}
    for text in spelled:
        name = re.sub(r"[^\S]+", "_", "".join(c if c.isprintable() else "_" for c in text)) or "_"
        while name in types.values() or (name != text and name in spelled):
            name += "_"
        types[text] = name
    return types


def types_in_order(labels: Sequence[str], found: Sequence[str]) -> tuple[str, ...]:
    """
    Return entity types as they are spelled: in the order of the labels of the source, where it has numbered ones, then sorted.

    >>> types_in_order(["O", "B-PER", "I-PER", "B-LOC", "I-LOC"], ["LOC", "MISC", "PER"])
    ('PER', 'LOC', 'MISC')

    """
    matches = [match for label in labels if (match := TAG.fullmatch(label)) and match["type"]]
    named = [match["type"] for match in matches] or [label for label in labels if label != "O"]
    return tuple(dict.fromkeys([*named, *found]))
