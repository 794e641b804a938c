"""What damages an input: an edit is a kind, a place, a length and a fragment, and can be applied to any bytes."""

import re

FRAGMENTS = (
    *(b"\n", b"\r\n", b"\r", b"\t", b" ", b"\0", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\xe2\x80\xa8"),
    *(b'"', b"'", b"\\", b"[", b"]", b"{", b"}", b",", b":", b"|", b"#", b"---", b"<<", b"*x", b"&x ", b"\n\n"),
    *(b"!!bool ", b"!!int ", b"!!float ", b"!!set ", b"!!omap ", b"!!timestamp ", b"!!binary ", b"!!null "),
    *(b"O", b"B-X", b"I-X", b"\0" * 8, b"\xff" * 8, b"\x80", b"\x7f", b"[" * 2000, b"\xf0\x9f\x98\x80", b"_", b"*"),
)
VALUES = (
    *(b"null", b"true", b"0", b"-1", b"1.5", b"1e999", b"NaN", b"2147483648", b"9" * 20, b"9" * 5000, b"1:1:1", b"~"),
    *(
        b"[]",
        b"{}",
        b'""',
        b'"a"',
        b'"\\ud800"',
        b"[[]]",
        b'{"a": []}',
        b"[null]",
        b'"\\u0000\\n"',
        b'"' + b"a" * 99 + b'"',
    ),
)
_VALUE = re.compile(rb"\"(?:[^\"\\\n]|\\.)*\"|-?\d+(?:\.\d+)?|true|false|null|\[[^\[\]{}\n]*\]|\{\}")
KINDS = ("insert", "replace", "cut", "twice", "value", "swap")
PLACES = 4096

Edit = tuple[str, int, int, int]  # kind, place in so many parts, length, number of a fragment or of a value


def edited(data: bytes, edits: list[Edit]) -> bytes:
    """Return bytes after edits, one after another."""
    for kind, place, length, number in edits:
        data = (
            _of_value(data, kind, place, number)
            if kind in {"value", "swap"}
            else _of_bytes(data, kind, place, length, number)
        )
    return data


def _of_bytes(data: bytes, kind: str, place: int, length: int, number: int) -> bytes:
    at, fragment = place * (len(data) + 1) // PLACES, FRAGMENTS[number % len(FRAGMENTS)]
    before, inside, after = data[:at], data[at : at + length], data[at + length :]
    return {
        "insert": before + fragment + inside + after,
        "replace": before + fragment + inside[len(fragment) :] + after,
        "cut": before + after,
        "twice": before + inside + inside + after,
    }[kind]


def _of_value(data: bytes, kind: str, place: int, number: int) -> bytes:
    """Put another value where one of JSON, or of what is like it, stands: an odd one, or one from another place."""
    found = list(_VALUE.finditer(data))
    if not found:
        return data
    old = found[place * len(found) // PLACES]
    new = found[number % len(found)][0] if kind == "swap" else VALUES[number % len(VALUES)]
    return data[: old.start()] + new + data[old.end() :]
