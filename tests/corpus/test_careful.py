"""YAML and JSON that anybody may have written cost little to refuse, and mean what they say where they are kept."""

import json
import time

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tagpress.corpus.careful_json import MAX_GROUPS, load_json
from tagpress.corpus.careful_yaml import MAX_DEPTH, load_yaml

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.text("ab:-&* #\n", max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("xyz", max_size=3), inner, max_size=4),
    max_leaves=20,
)
CHAIN = "\n".join(
    [f"a0: &a0 {'[' * 40}{']' * 40}"] + [f"a{n}: &a{n} {'[' * 40}*a{n - 1}{']' * 40}" for n in range(1, 60)]
)
BOMB = "\n".join(["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 100)])

YAML = {
    "a cycle": ("a: &a [*a]", "stands in what it stands for"),
    "a bomb": (BOMB, "aliases followed"),
    "a chain": (CHAIN, "levels, aliases followed"),
    "deep": ("\n".join("  " * n + "a:" for n in range(200)), f"more than {MAX_DEPTH} levels"),
    "deeper than the parser": ("[" * 100_000, "nesting depth|levels"),
    "long": ("a: " + "x" * (2 << 20), "characters"),
    "many": (f"[{'x, ' * 250_000}]", "values"),
    "a long number": ("a: " + "1" * 5_000, "digits"),
    "a number of base 60": (f"a: 1{':1' * 50_000}.5", "digits"),
    "a number of base 60 with spaces": (f"a: !!int '1{' :1' * 50_000}'", "characters of a value with a tag"),
    "a truth that is none": ("a: !!bool x", "a value is not what its tag says"),
    "a number that is empty": ("a: !!int ''", "a value is not what its tag says"),
    "a time that is none": ("a: !!timestamp x", "a value is not what its tag says"),
    "a tag that is long": (f"a: !{'b' * 50_000} x", "could not determine a constructor for the tag '!b{400}"),
    "no YAML": ("a: [", "expected"),
    "a Python object": ("a: !!python/object/apply:os.getcwd []", "could not determine a constructor"),
}


@pytest.mark.parametrize("name", YAML)
def test_yaml_that_is_refused(name):
    text, said = YAML[name]
    begun = time.monotonic()
    with pytest.raises(ValueError, match=said) as caught:
        load_yaml(text)
    assert len(str(caught.value)) < 1_000
    assert time.monotonic() - begun < 10


@given(value=VALUES)
def test_yaml_that_is_kept_means_what_it_says(value):
    assert load_yaml(yaml.safe_dump(value)) == value


def test_an_alias_may_be_followed():
    assert load_yaml("a: &x [1, 2]\nb: *x") == {"a": [1, 2], "b": [1, 2]}


JSON = {
    "deep": (b"[" * 100_000, "nested too deeply"),
    "many lists": (b"[" + b"[]," * MAX_GROUPS + b"0]", "lists and objects"),
    "many values": (b"[" + b"0," * 2_500_000 + b"0]", "values"),
    "large": (b" " * (65 << 20), "bytes"),
    "a long number": (b"1" * 50_000, "digits"),
    "no JSON": (b"{", "Expecting"),
}


@pytest.mark.parametrize("name", JSON)
def test_json_that_is_refused(name):
    data, said = JSON[name]
    with pytest.raises(ValueError, match=said):
        load_json(data)


@given(value=VALUES)
def test_json_that_is_kept_means_what_it_says(value):
    assert load_json(json.dumps(value).encode()) == value


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b'{"a": "\xed\xa0\x80"}', "byte 8 is no text in utf-8"),  # the same half, which is not escaped
        (b'["\xff"]', "byte 3 is no text in utf-8"),
        ('["\\ud800"]'.encode("utf-16-le"), "half of a character"),
        ('["\ud800"]'.encode("utf-16-le", "surrogatepass"), "is no text in utf-16-le"),
    ],
)
def test_json_that_could_not_be_written_again_is_refused_in_any_encoding(data: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        load_json(data)


def test_json_with_half_of_a_character_is_refused():
    """Such a text could be read, and never be written again."""
    assert load_json(b'{"a": "\\ud83d\\ude00 \\u00e9"}') == {"a": "😀 é"}
    with pytest.raises(ValueError, match=r"half of a character: '\\ud800'"):
        load_json(b'{"a": ["b\\ud800c"]}')
