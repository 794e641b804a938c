"""What may belong to a person is found by its shape and checksum; what only looks like it is not, in time that is linear."""

import time

import pytest

from tagpress.corpus.personal_data import PREFILTER, masked, personal_data

FOUND = [
    ("mail Ada.B+x@mail.uni-bonn.de now", "a mail address", "Ada.B+x@mail.uni-bonn.de"),
    ("ada @ mail.org", "a mail address", "ada @ mail.org"),
    ("call +49 (0) 30 - 901820 .", "a phone number", "+49 (0) 30 - 901820"),
    ("call ( 713 ) 853-0569 .", "a phone number", "( 713 ) 853-0569"),
    ("tel 713.837.1638", "a phone number", "713.837.1638"),
    ("landline 01634 710033 .", "a phone number", "01634 710033"),
    ("pay DE89 3704 0044 0532 0130 00 TODAY", "an account number (IBAN)", "DE89 3704 0044 0532 0130 00"),
    ("GB82WEST12345698765432", "an account number (IBAN)", "GB82WEST12345698765432"),
    ("card 4111 1111 1111 1111 ok", "a card number", "4111 1111 1111 1111"),
    ("card 378282246310005", "a card number", "378282246310005"),
    ("from 84.112.33.71 :", "an IP address", "84.112.33.71"),
    ("at 2a02:2e0:3fe:1001:302::", "an IP address", "2a02:2e0:3fe:1001:302::"),
    ("key AKIA" + "ABCDEFGHIJKLMNOP .", "a key or token", "AKIA" + "ABCDEFGHIJKLMNOP"),
    ("ghp_" + "a1" * 18, "a key or token", "ghp_" + "a1" * 18),
    ("-----BEGIN RSA PRIVATE KEY-----", "a key or token", "-----BEGIN RSA PRIVATE KEY-----"),
]
NOTHING = [
    "ada@example.org and bo@host.test",
    "@user said hello @ 5 p.m. to @foo.bar",
    "a@b",
    "in 1998 - 2001 and 2003 / 2004 , 12.03.2001",
    "2012-05-01 12:30:45",
    "the score was 123 456 7890 to 12",
    "1,234,567,890 and 1.234.567.890",
    "+ 5 000 000 people",
    "DE89 3704 0044 0532 0130 01",
    "EE52BB211DACA439DA1107A532DB22696",
    "4111 1111 1111 1112",
    "1234567890123456",
    "0000 0000 0000 0000",
    "version 100.200.130.140 of 20.0.81.2 , 1.3.1.25 , 96.0.4664.110",
    "127.0.0.1 , 192.168.100.200 , 10.100.200.100 , 300.300.300.300",
    "std::vector and a::b and 12:30:45 and 2001:db8::1",
    "task-abcdefghijklmnopqrstuvwxyz and risk-free",
    "section 3.2.1.4.5",
    "ISBN 978-3-16-148410-0",
    "0.123456 0.765432",
]


@pytest.mark.parametrize(("text", "kind", "datum"), FOUND)
def test_what_belongs_to_a_person(text: str, kind: str, datum: str) -> None:
    (found,) = personal_data(text)
    assert (found.kind, text[found.start : found.end]) == (kind, datum)


@pytest.mark.parametrize("text", NOTHING)
def test_what_only_looks_like_it(text: str) -> None:
    assert personal_data(text) == []


def test_nothing_is_found_that_the_filter_before_does_not_have() -> None:
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = pa.array([text for text, _, _ in FOUND])
    assert pc.all(pc.match_substring_regex(texts, PREFILTER)).as_py()


def test_several_in_one_text_are_in_order_and_apart() -> None:
    text = "a@mail.org , +49 30 901820 ; 84.112.33.71 / a@mail.org"
    found = personal_data(text)
    assert [text[one.start : one.end] for one in found] == [
        "a@mail.org",
        "+49 30 901820",
        "84.112.33.71",
        "a@mail.org",
    ]
    assert masked("a@mail.org") == "a@... (10 characters)"


@pytest.mark.parametrize(
    "part",
    [
        "1",
        "1 ",
        "1.",
        "1-",
        "a@",
        "a.",
        "@",
        "+1",
        "(1",
        "AA11",
        "AA11 ",
        "2001:",
        "sk-",
        "eyJ",
        "hf_a",
        "a@a.",
        "0 / ",
    ],
)
def test_the_time_is_linear(part: str) -> None:
    def seconds(times: int) -> float:
        begun = time.process_time()
        personal_data(part * times)
        return time.process_time() - begun

    seconds(100)
    assert seconds(100_000) < 4
