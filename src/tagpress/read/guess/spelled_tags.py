"""How is a tag spelled, and how may a line be cut into the columns that it stands in?"""

import re
from typing import Final

TAG: Final = re.compile(r"O|[BIESLUM](?P<joiner>[-_:./+])(?P<type>\S.*)")
DELIMITERS: Final = ("\t", " ", None, ",", ";", "|")  # the more usual one wins a tie
COLUMNS: Final = 1_000  # of a line, at most: a row of more has no token and its tag


def cells(line: str, delimiter: str | None) -> list[str]:
    """Return the columns of a line, as the scanner would."""
    return line.split(delimiter) if delimiter else re.findall("[^ \t]+", line)
