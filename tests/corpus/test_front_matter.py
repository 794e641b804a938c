"""Every reader of a card finds the same front matter: that of the Hub's own client."""

import pytest
from huggingface_hub import DatasetCard

from tagpress.card import parse_template
from tagpress.errors import CardError
from tagpress.localhub.card import front_matter as of_the_hub
from tagpress.release.card_data import front_matter as of_a_release

FOUND = {
    "plain": b"---\nlicense: mit\n---\n# Title\n",
    "no body": b"---\nlicense: mit\n---",
    "CRLF": b"---\r\nlicense: mit\r\n---\r\n# Title\r\n",
    "byte order mark": b"\xef\xbb\xbf---\nlicense: mit\n---\n# Title\n",
    "both": b"\xef\xbb\xbf---\r\nlicense: mit\r\n---\r\n# Title\r\n",
    "spaces after the last fence": b"---\nlicense: mit\n--- \t\n# Title\n",
    "a rule in the body": b"---\nlicense: mit\n---\n# Title\n\n---\n\nmore: text\n",
}
NOT_FOUND = {
    "empty": b"",
    "one fence": b"---\nlicense: mit\n",
    "text first": b"# Title\n---\nlicense: mit\n---\n",
    "spaces after the first fence": b"--- \nlicense: mit\n---\n# Title\n",
    "no fence but a longer line": b"---\nlicense: mit\n---more\n",
}


@pytest.mark.parametrize("card", FOUND.values(), ids=FOUND)
def test_all_find_it(tmp_path, card):
    (tmp_path / "README.md").write_bytes(card)
    assert DatasetCard.load(tmp_path / "README.md").data.to_dict() == {"license": "mit"}
    assert parse_template(card.decode(), "README.md").metadata == {"license": "mit"}
    assert of_the_hub(card.decode()) == {"license": "mit"}
    assert of_a_release(card) == {"license": "mit"}


@pytest.mark.parametrize("card", NOT_FOUND.values(), ids=NOT_FOUND)
def test_none_finds_any(tmp_path, card):
    (tmp_path / "README.md").write_bytes(card)
    assert DatasetCard.load(tmp_path / "README.md", ignore_metadata_errors=True).data.to_dict() == {}
    with pytest.raises(CardError, match=r"^README.md:1: the card has no front matter"):
        parse_template(card.decode(), "README.md")
    assert of_the_hub(card.decode()) is None
    assert of_a_release(card) == {}
