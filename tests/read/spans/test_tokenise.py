"""Tokens are cut as their rule says, whatever the characters."""

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tagpress.read.spans.texts import texts_of
from tagpress.read.spans.tokenise import cut, cut_texts

ALPHABET = "ab9_ .,-\n\t\u00a0é\u0308\u0301🚀❤\ufe0f\u200d👩🏽سم\u064bहि\u094dन्दी漢字\u3000\r"
TEXTS = st.lists(st.text(ALPHABET, max_size=12), max_size=5)


def behind(character: str) -> bool:
    return character in "\u200c\u200d" or unicodedata.category(character)[0] == "M"


def words(text: str) -> list[tuple[int, int]]:
    """Cut a text one character at a time."""
    spans: list[list[int]] = []
    base = " "
    for at, character in enumerate(text):
        joined = bool(spans) and spans[-1][1] == at
        word = character.isalnum() or character == "_"
        if character.isspace():
            base = " "
            continue
        if joined and (behind(character) or (word and base == "w")):
            spans[-1][1] = at + 1
        else:
            spans.append([at, at + 1])
        if not (joined and behind(character)):
            base = "w" if word else "o"
    return [(begin, stop) for begin, stop in spans]


RULES = {
    "words": words,
    "whitespace": lambda text: [match.span() for match in re.finditer(r"\S+", text)],
    r"\w+|\S": lambda text: [match.span() for match in re.finditer(r"\w+|\S", text)],
}


@pytest.mark.parametrize("rule", RULES)
@given(given=TEXTS)
@settings(max_examples=200, deadline=None)
def test_tokens_are_those_of_one_character_at_a_time(rule: str, given: list[str]) -> None:
    texts = texts_of(given, "codepoints")
    begin, stop = cut(rule, texts.each, texts.points, texts.bounds)
    found = cut_texts(rule, texts)
    assert (found.begin.tolist(), found.stop.tolist()) == (begin.tolist(), stop.tolist())
    assert (found.first.tolist(), found.last.tolist()) == (texts.bytes[begin].tolist(), texts.bytes[stop].tolist())
    offset, wanted = 0, []
    for text in given:
        wanted += [(a + offset, b + offset) for a, b in RULES[rule](text)]
        offset += len(text)
    assert list(zip(begin.tolist(), stop.tolist(), strict=True)) == wanted


def test_a_mark_belongs_to_its_letter_and_an_emoji_keeps_its_selector() -> None:
    texts = texts_of(["Zoe\u0308s ❤\ufe0f!"], "codepoints")
    begin, stop = cut("words", texts.each, texts.points, texts.bounds)
    assert [texts.each[0][a:b] for a, b in zip(begin.tolist(), stop.tolist(), strict=True)] == [
        "Zoe\u0308s",
        "❤\ufe0f",
        "!",
    ]
