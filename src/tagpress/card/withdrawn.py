"""
Which versions were withdrawn? A card says it above everything else, between two comments.

The block is written into the card on `main` when a version is withdrawn, and into the card of each later release. Whoever
has the card without it gets every byte back.
"""

import re
from typing import Final

from tagpress.card.markdown import plain
from tagpress.corpus.front_matter import body_start
from tagpress.corpus.withdrawals import Withdrawal, Withdrawals

_BLOCK: Final = re.compile(
    r"^<!-- tagpress:withdrawn -->$.*?^<!-- /tagpress:withdrawn -->\n\n", re.MULTILINE | re.DOTALL
)


def with_withdrawals(card: bytes, withdrawals: Withdrawals) -> bytes:
    """Return a card that says which versions were withdrawn, behind its front matter; without any, as it was."""
    text = _BLOCK.sub("", card.decode(errors="surrogateescape"), count=1)
    place = body_start(text)
    return f"{text[:place]}{_block(withdrawals)}{text[place:]}".encode(errors="surrogateescape")


def _block(withdrawals: Withdrawals) -> str:
    if not withdrawals.withdrawn:
        return ""
    lines = "\n".join(map(_line, reversed(withdrawals.withdrawn)))
    return f"""\
<!-- tagpress:withdrawn -->

**Withdrawn by the owner of this dataset:**

{lines}

<!-- /tagpress:withdrawn -->

"""


def _line(one: Withdrawal) -> str:
    return f"- **{one.version}**{', for good' if one.final else ''}: {plain(one.why)}"
