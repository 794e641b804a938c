"""Under which names are entity types published that a source spells as it likes?"""

import re
from collections.abc import Sequence


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
