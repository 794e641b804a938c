"""Cutting a card into front matter and body."""

import pytest

from tagpress.card import parse_template
from tagpress.errors import CardError

GOOD = "---\r\nlicense: mit\r\n# why\r\nlanguage:\r\n- en\r\n---\r\n# Title\r\n"


def test_parts_fields_and_lines() -> None:
    template = parse_template("\ufeff" + GOOD, "card.md")
    assert template.front == "license: mit\n# why\nlanguage:\n- en\n"
    assert template.metadata == {"license": "mit", "language": ["en"]}
    assert template.lines == {"license": 2, "language": 4}
    assert template.body == "# Title\n"
    assert template.body_line == 7


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# Title\n", "card.md:1: the card has no front matter"),
        ("---\nlicense: mit\n", "card.md:1: the card has no front matter"),
        ("\n---\nlicense: mit\n---\n", "card.md:1: the card has no front matter"),
        ("---\n---\n", "card.md:2: the front matter is not a list of fields"),
        ("---\n- mit\n---\n", "card.md:2: the front matter is not a list of fields"),
        ("---\n{license: mit}\n---\n", "card.md:2: the front matter is not a list of fields"),
        ("---\n  license: mit\n---\n", "card.md:2: the front matter is not a list of fields"),
        ("---\n1: mit\n---\n", "card.md:2: the front matter is not a list of fields"),
        ("---\nlicense: mit\npretty_name: a: b\n---\n", "card.md:3: the front matter is not YAML: mapping values are"),
        (
            "---\nlicense: mit\nx: \x07\n---\n",
            "card.md:2: the front matter is not YAML: special characters are not allowed",
        ),
        (
            "---\nlicense: !!python/name:os.system\n---\n",
            "card.md:2: the front matter is not YAML: could not determine",
        ),
        ("---\nlicense: mit\nx: 2023-99-99\n---\n", "card.md:2: the front matter is not YAML: month must be in 1..12"),
        ("---\nlicense: mit\n...\nx: y\n---\n", "card.md:4: the front matter is not YAML: expected '<document start>'"),
        ("---\nlicense: mit\ntags: []\nlicense: isc\n---\n", "card.md:4: license is written twice, first at line 2"),
    ],
)
def test_a_card_that_cannot_be_read_says_where(text: str, message: str) -> None:
    with pytest.raises(CardError) as caught:
        parse_template(text, "card.md")
    assert caught.value.message.startswith(message)
    assert caught.value.hint
