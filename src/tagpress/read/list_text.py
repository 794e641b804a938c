"""
Read a list that was written as text: `['EU', 'rejects']`, as a data frame does that is saved as CSV.

Nothing is evaluated. A list is that of Python, of JSON, or of NumPy, which parts its items by spaces; each item is a
string in quotes or a whole number. What is neither is no list: Python itself would read `['EU' 'rejects']` as one word.
"""

import re
from typing import Final

Item = str | int

_ITEM: Final = r"""(?:'[^'\\]*(?:\\.[^'\\]*)*'|"[^"\\]*(?:\\.[^"\\]*)*"|[+-]?\d+)"""
_ONE: Final = re.compile(_ITEM, re.DOTALL)
_COMMAS: Final = re.compile(rf"\s*\[\s*(?:{_ITEM}(?:\s*,\s*{_ITEM})*\s*,?\s*)?\]\s*", re.DOTALL)
_SPACES: Final = re.compile(rf"\s*\[\s*{_ITEM}(?:\s+{_ITEM})+\s*\]\s*", re.DOTALL)
_ESCAPE: Final = re.compile(
    r"\\(?:u(?P<high>[dD][89abAB][0-9a-fA-F]{2})\\u(?P<low>[dD][c-fC-F][0-9a-fA-F]{2})"
    r"|(?:x(?P<x>[0-9a-fA-F]{2})|u(?P<u>[0-9a-fA-F]{4})|U(?P<U>[0-9a-fA-F]{8}))|(?P<one>.))",
    re.DOTALL,
)
_ONES: Final = {"\\": "\\", "'": "'", '"': '"', "/": "/", "n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
_SHOWN: Final = 20  # characters of what is no item


def read_list(text: str) -> list[Item]:
    """
    Return the items of a list.

    >>> read_list("['EU', 'rejects']"), read_list("['EU' 'rejects']"), read_list("[3, 0]")
    (['EU', 'rejects'], ['EU', 'rejects'], [3, 0])

    Raises ValueError, with what is wrong, for a text that is no list.
    """
    if not (_COMMAS.fullmatch(text) or _SPACES.fullmatch(text)):
        raise ValueError(_wrong(text))
    return [_item(item) for item in _ONE.findall(text)]


def looks_like_list(text: str) -> bool:
    """Return whether a text has the brackets of a list."""
    return text.strip().startswith("[") and text.strip().endswith("]")


def _item(spelled: str) -> Item:
    if spelled[0] not in "'\"":
        return int(spelled)
    inner = spelled[1:-1]
    return _ESCAPE.sub(_escaped, inner) if "\\" in inner else inner


def _escaped(match: re.Match[str]) -> str:
    if match["high"]:
        return (bytes.fromhex(match["high"]) + bytes.fromhex(match["low"])).decode("utf-16-be")
    digits = match["x"] or match["u"] or match["U"]
    code = int(digits, 16) if digits else 0
    if (digits and not _is_character(code)) or (match["one"] and match["one"] not in _ONES):
        raise ValueError(f"a list with {match[0]!r}, which stands for no character")
    return chr(code) if digits else _ONES[match["one"]]


def _is_character(code: int) -> bool:
    return code < 0xD800 or 0xDFFF < code < 0x110000  # noqa: PLR2004 - where surrogates are, and where Unicode ends


def _wrong(text: str) -> str:
    """Say where a text stops being a list."""
    if not text.strip().startswith("["):
        return f"no list, it begins with {text.strip()[:_SHOWN]!r}" if text.strip() else "an empty cell"
    at = text.index("[") + 1
    parts = 0
    while item := re.compile(rf"\s*{_ITEM}\s*,?", re.DOTALL).match(text, at):
        at, parts = item.end(), parts + 1
    rest = text[at:].strip()
    if rest == "]":
        return "a list whose items are parted by commas here and by spaces there"
    return (
        f"a list with {rest[:_SHOWN]!r} behind item {parts}" if rest else f"a list without an end, behind item {parts}"
    )
