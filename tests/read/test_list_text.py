import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagpress.read.list_text import read_list

words = st.lists(st.text(st.characters(exclude_categories=["Cs"])))


@given(words)
def test_what_python_and_json_write_is_read(items: list[str]) -> None:
    assert read_list(repr(items)) == items
    assert read_list(json.dumps(items)) == items
    assert read_list(json.dumps(items, ensure_ascii=False)) == items


@given(words)
def test_what_numpy_writes_is_read(items: list[str]) -> None:
    assert read_list("[" + "\n ".join(map(repr, items)) + "]") == items


@given(st.lists(st.integers()))
def test_numbers(items: list[int]) -> None:
    assert read_list(repr(items)) == items
    assert read_list("[" + " ".join(map(str, items)) + "]") == items


WRONG = {
    "": "an empty cell",
    "nan": "no list, it begins with 'nan'",
    "['a', None]": "a list with 'None]' behind item 1",
    "['a', 'b'": "a list without an end, behind item 2",
    "['a' 'b', 'c']": "a list whose items are parted by commas here and by spaces there",
    "[EU, rejects]": "a list with 'EU, rejects]' behind item 0",
    "['a', ...]": "a list with '...]' behind item 1",
    "['a'] + ['b']": "a list with \"] + ['b']\" behind item 1",
    "[__import__('os')]": "a list with \"__import__('os')]\" behind item 0",
    "['\\q']": "a list with '\\\\q', which stands for no character",
    "['\\ud83d']": "a list with '\\\\ud83d', which stands for no character",
    "['\\U00110000']": "a list with '\\\\U00110000', which stands for no character",
    "[['a'], ['b']]": "a list with \"['a'], ['b']]\" behind item 0",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_no_list(text: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - its text is compared
        read_list(text)
    assert str(caught.value) == WRONG[text]
