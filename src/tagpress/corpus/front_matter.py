"""Where are the front matter and the body of a card? As the Hub's own client finds them, for all who read a card."""

import re
from dataclasses import dataclass
from itertools import islice
from typing import Final

FENCE: Final = "---"
_LINE_END: Final = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class CutCard:
    """A card in two: the YAML between its fences, and the body after them, which begins at line `body_line`."""

    yaml: str
    body: str
    body_line: int


def cut_card(text: str) -> CutCard | None:
    r"""
    Cut a card into front matter and body; None without two lines of `---`, of which the first begins the card.

    Any line end will do, and a byte order mark before the first line: both parts come without.

    >>> cut_card("---\r\nlicense: mit\r\n---\r\nText.")
    CutCard(yaml='license: mit\n', body='Text.', body_line=4)

    """
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    end = next((number for number, line in enumerate(lines) if number and line.rstrip(" \t") == FENCE), None)
    if lines[0] != FENCE or end is None:
        return None
    return CutCard(
        yaml="".join(f"{line}\n" for line in lines[1:end]), body="\n".join(lines[end + 1 :]), body_line=end + 2
    )


def body_start(text: str) -> int:
    r"""
    Return where the body of a card begins in its text, which stays as it is; 0 where there is no front matter.

    >>> body_start("---\r\nlicense: mit\r\n---\r\nText."), body_start("Text.")
    (24, 0)

    """
    cut = cut_card(text)
    if cut is None:
        return 0
    # A card may end with its last fence.
    ends = [match.end() for match in islice(_LINE_END.finditer(text), cut.body_line - 1)]
    return ends[-1] if len(ends) == cut.body_line - 1 else len(text)
