"""What an owner takes back is read strictly: one typed error says what is wrong, and what is written reads back equal."""

import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagpress.corpus.version import Version
from tagpress.corpus.withdrawals import MAX_WITHDRAWN, Withdrawal, Withdrawals
from tagpress.errors import VerifyError

ONE = {"version": "1.0.0", "why": "labels of the test split were swapped", "final": False}
number = st.integers(0, 30)
some = st.builds(
    Withdrawal,
    version=st.builds(Version, number, number, number),
    why=st.text(min_size=1, max_size=40).filter(lambda text: text.isprintable() and text == text.strip()),
    final=st.booleans(),
)


@given(st.lists(some, max_size=8, unique_by=lambda one: one.version), some)
def test_what_is_written_reads_back_equal_in_any_order(found: list[Withdrawal], new: Withdrawal) -> None:
    withdrawals = Withdrawals()
    for one in random.sample(found, len(found)):
        withdrawals = withdrawals.with_one(one)
    assert withdrawals == Withdrawals(withdrawn=tuple(sorted(found, key=lambda one: one.version)))
    assert Withdrawals.from_bytes(withdrawals.to_bytes()) == withdrawals
    more = withdrawals.with_one(new)
    assert more.of(new.version) == new
    assert more.with_one(new) == more
    assert more.without(new.version) == withdrawals.without(new.version)


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ([], "withdrawn.json: expected an object, found []"),
        ({}, "has format_version None; this tagpress reads 1"),
        ({"format_version": 2, "withdrawn": []}, "has format_version 2; this tagpress reads 1"),
        ({"format_version": True, "withdrawn": []}, "has format_version True; this tagpress reads 1"),
        ({"format_version": 1, "withdrawn": {}}, "withdrawn: expected a list, found {}"),
        ({"format_version": 1, "withdrawn": [ONE, ONE]}, "withdrawn: must be sorted by version, each version once"),
        (
            {"format_version": 1, "withdrawn": [ONE | {"version": "1"}]},
            'withdrawn[0].version: expected a version "X.Y.Z"',
        ),
        ({"format_version": 1, "withdrawn": [ONE | {"why": ""}]}, "withdrawn[0].why: expected one line of 1 to 500"),
        (
            {"format_version": 1, "withdrawn": [ONE | {"why": "a\nb"}]},
            "withdrawn[0].why: expected one line of 1 to 500",
        ),
        ({"format_version": 1, "withdrawn": [ONE | {"why": "\u202ea"}]}, "withdrawn[0].why: expected one line of 1 to"),
        ({"format_version": 1, "withdrawn": [ONE | {"why": "a" * 501}]}, "withdrawn[0].why: expected one line of 1 to"),
        (
            {"format_version": 1, "withdrawn": [ONE | {"final": 1}]},
            "withdrawn[0].final: expected true or false, found 1",
        ),
        ({"format_version": 1, "withdrawn": [{}]}, "withdrawn[0].why: missing"),
    ],
)
def test_what_is_wrong_is_named(document: Any, said: str) -> None:
    with pytest.raises(VerifyError) as refused:
        Withdrawals.from_bytes(json.dumps(document).encode())
    assert said in refused.value.message
    assert len(refused.value.message) < 1000


def test_what_is_too_large_is_not_parsed() -> None:
    with pytest.raises(VerifyError, match="at most 1,048,576 are read"):
        Withdrawals.from_bytes(b" " * (MAX_WITHDRAWN + 1))


def test_keys_of_later_versions_are_let_be() -> None:
    found = Withdrawals.from_bytes(json.dumps({"format_version": 1, "withdrawn": [ONE | {"by": "me"}]}).encode())
    assert str(found.withdrawn[0]) == "1.0.0 was withdrawn by its owner: labels of the test split were swapped"
