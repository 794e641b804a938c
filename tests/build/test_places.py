"""Every fault has its place and its line, in time however many there are."""

import random
import time

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from read.strategies import sources
from tagpress.build.check import inspect
from tagpress.build.expectations import Expectations
from tagpress.build.places import Lines, places_of
from tagpress.corpus import tags
from tagpress.corpus.policies import Policies
from tagpress.corpus.problems import quoted
from tagpress.corpus.schema import Labels
from tagpress.read.columns import Columns
from tagpress.read.jsonarray import JsonArray

EXPECTED = Expectations(
    labels=Labels(tuple(f"Type{i}" for i in range(50))),
    scheme=tags.scheme_named("IOB2"),
    joiner="-",
    policies=Policies({}),
    max_tokens=1000,
)


@given(sources, st.lists(st.integers(0, 10_000), max_size=20))
def test_places_are_those_of_a_plain_count(data: bytes, wanted: list[int]) -> None:
    parsed = Columns().parse(data)
    whole = [at for at in range(len(data) + 1) if at == len(data) or data[at] & 0xC0 != 0x80]
    at = [whole[number % len(whole)] for number in wanted]
    at = [max(one, parsed.text_at) for one in at]
    assert list(places_of(parsed, np.array(at, dtype=np.int64))) == [parsed.locate(one) for one in at]
    lines = Lines(parsed)
    assert [lines(one) for one in at] == [quoted(parsed.line_text(one)) for one in at]


def _seconds(dialect: Columns | JsonArray, data: bytes) -> tuple[float, int]:
    dialect.parse(b"")
    parsed = dialect.parse(data)
    begun = time.process_time()
    found = inspect(parsed, EXPECTED, path="a.tsv")
    return time.process_time() - begun, len(found.problems)


def test_many_faults_in_one_long_line_take_as_long_as_on_many() -> None:
    """Each of them read all of its line: an hour for such a list of JSON."""
    data = b"[" + b",".join([b'{"tokens": ["a"], "ner_tags": 7}'] * 60_000) + b"]"
    seconds, problems = _seconds(JsonArray(), data)
    assert problems >= 60_000
    assert seconds < 30


def test_many_tags_that_are_words_are_named_in_time() -> None:
    """For each was looked which tag is meant, among all: a column of words in place of the tags took an hour."""
    seconds, problems = _seconds(Columns(), b"".join(b"a\tB-Typo%d\n\n" % (i % 40_000) for i in range(60_000)))
    assert problems == 60_000
    assert seconds < 30


def test_a_name_that_is_nearly_a_type_is_named() -> None:
    found = inspect(Columns().parse(b"a\tB-Typ7\n" * 2), EXPECTED, path="a.tsv").problems
    assert [one.found for one in found] == ["the tag 'B-Typ7' (did you mean 'B-Type7'?)"] * 2


def test_a_token_of_many_characters_that_cannot_be_seen_is_named_in_a_short_message() -> None:
    token = "".join(chr(0xE0000 + i) + "\u200b" for i in range(128)) * 200
    (found,) = inspect(Columns().parse(f"{token}\tO\n".encode()), EXPECTED, path="a.tsv").problems
    assert found.found.startswith("U+200B, U+E0001, U+E0020")
    assert " more in the token " in found.found
    assert len(found.found) < 1_500


def test_bytes_that_are_no_text_are_a_fault_of_each_line_and_of_each_sentence() -> None:
    parsed = Columns().parse(b"a\xff\xfe \xff\tO\n\xffb\tO\n\nc\tO\n\xff")
    assert [(code, at, sentence) for code, at, sentence, _ in parsed.faults.rows() if code == "bad-encoding"] == [
        ("bad-encoding", 1, 0),
        ("bad-encoding", 17, 0),
        ("bad-encoding", 30, 1),
    ]
    data = b'[{"tokens": ["a\xff"], "ner_tags": ["O"]}, {"tokens": ["b"], "ner_tags": ["O"]}, {"tokens": ["\xff"], "ner_tags": []}]'
    rows = JsonArray(encoding="ascii").parse(data.replace(b"\xff", b"\\\xff")).faults.rows()
    assert [sentence for code, _, sentence, _ in rows if code == "bad-encoding"] == [0, 2]


def test_what_is_no_text_has_no_more_faults_than_lines() -> None:
    """A file of 2 MB that is no text had half a million, and took 3.5 GB."""
    data = random.Random(0).randbytes(200_000)
    _, problems = _seconds(Columns(), data)
    assert problems < 5 * (data.count(b"\n") + 1)
