"""What was withdrawn stands above a card, and comes off without a trace."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagpress.card import with_withdrawals
from tagpress.corpus.front_matter import cut_card
from tagpress.corpus.version import Version
from tagpress.corpus.withdrawals import Withdrawal, Withdrawals

FRONT = "---\nlicense: mit\n---\n"


def withdrawals(*whys: str, final: bool = False) -> Withdrawals:
    return Withdrawals(
        withdrawn=tuple(Withdrawal(version=Version(1, 0, n), why=why, final=final) for n, why in enumerate(whys))
    )


def test_the_newest_stands_first() -> None:
    shown = with_withdrawals(
        f"{FRONT}# A corpus\n".encode(), withdrawals("swapped labels", "<b> *lost* | rows")
    ).decode()
    assert shown == (
        f"{FRONT}<!-- tagpress:withdrawn -->\n\n**Withdrawn by the owner of this dataset:**\n\n"
        "- **1.0.1**: &lt;b&gt; \\*lost\\* \\| rows\n- **1.0.0**: swapped labels\n\n"
        "<!-- /tagpress:withdrawn -->\n\n# A corpus\n"
    )
    assert b"- **1.0.0**, for good: x" in with_withdrawals(b"", withdrawals("x", final=True))


@pytest.mark.parametrize(
    "front", ["", FRONT, FRONT.replace("\n", "\r\n"), "---\n---\n", "---\na: |\n  ---\n---", "\ufeff---\n---\n"]
)
@given(
    body=st.text(st.characters(codec="utf-8"), max_size=60).filter(
        lambda text: "-->" not in text and "---" not in text
    ),
    whys=st.lists(st.sampled_from(["so", "<!-- /tagpress:withdrawn -->", "---", "a\u00e9"]), min_size=1, max_size=3),
)
def test_a_card_gets_every_byte_back(front: str, body: str, whys: list[str]) -> None:
    card = f"{front}\n{body}".encode()
    shown = with_withdrawals(card, withdrawals(*whys))
    assert shown != card
    assert with_withdrawals(shown, withdrawals(*whys)) == shown
    assert with_withdrawals(shown, withdrawals("another")) == with_withdrawals(card, withdrawals("another"))
    assert with_withdrawals(shown, Withdrawals()) == card
    before, after = (cut_card(text.decode()) for text in (card, shown))
    assert (before and before.yaml) == (after and after.yaml)


def test_bytes_that_are_no_text_stay() -> None:
    card = FRONT.encode() + b"\xff\xfe"
    assert with_withdrawals(with_withdrawals(card, withdrawals("so")), Withdrawals()) == card
