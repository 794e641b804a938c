import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagpress.read.sources.text import decode, ends_lines_in_one_byte, is_utf8, normal_encoding


@given(st.binary())
def test_is_utf8_means_what_python_means(data: bytes) -> None:
    try:
        data.decode()
    except UnicodeDecodeError:
        assert not is_utf8(data)
    else:
        assert is_utf8(data)


@given(st.binary())
def test_bad_bytes_are_shown_and_placed(data: bytes) -> None:
    text = decode(data, "utf-8", start=1)
    assert text.data == data.decode(errors="backslashreplace").encode()
    for at, source in zip(text.bad_at, text.bad_source, strict=True):
        assert text.data[at : at + 4] == b"\\x%02x" % data[source]


CASES = [
    # source, encoding, text, where bad bytes are shown, where they were
    (b"a\xed\xa0\xbd\xed\xb8\x80b", "utf-8", "a\\xed\\xa0\\xbd\\xed\\xb8\\x80b", (1,), (1,)),
    (b"\xffa\xff", "utf-8", "\\xffa\\xff", (0, 5), (0, 2)),
    (b"caf\xe9", "latin-1", "café", (), ()),
    (b"\x93\x81", "cp1252", "“\\x81", (3,), (1,)),
    ("é\n".encode("utf-16"), "utf-16", "é\n", (), ()),
    ("é".encode("utf-16-be") + b"\x00", "utf-16-be", "é\\x00", (2,), (2,)),
]


@pytest.mark.parametrize(("data", "encoding", "expected", "bad_at", "bad_source"), CASES)
def test_decode(
    data: bytes, encoding: str, expected: str, bad_at: tuple[int, ...], bad_source: tuple[int, ...]
) -> None:
    text = decode(data, encoding)
    assert (text.data.decode(), text.bad_at, text.bad_source) == (expected, bad_at, bad_source)


def test_a_byte_order_mark_counts_only_at_the_start() -> None:
    data = "\ufeffa".encode()
    assert (decode(data, "utf-8").begin, decode(data, "utf-8", start=9).begin) == (3, 0)
    assert decode(("\ufeffa").encode("utf-16-le"), "utf-16-le").begin == 3


@pytest.mark.parametrize("name", ["UTF8", "utf-8-sig", "U8"])
def test_utf8_has_one_name(name: str) -> None:
    assert normal_encoding(name) == "utf-8"


ONE_BYTE = {"utf-8": True, "cp1252": True, "shift_jis": True, "gb18030": True, "utf-16": False, "utf-32": False}


@pytest.mark.parametrize("name", [*ONE_BYTE, "cp037", "iso2022_jp", "utf-7"])
def test_line_ends(name: str) -> None:
    assert ends_lines_in_one_byte(normal_encoding(name)) is ONE_BYTE.get(name, False)
