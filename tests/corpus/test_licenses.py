"""What the table of licences says: the pairs that everybody asks about, and the laws that hold for all."""

import itertools

import pytest

from tagpress.card.vocabulary import licenses
from tagpress.corpus.licenses import KNOWN, PUBLIC, apart, licenses_for, verdict


@pytest.mark.parametrize(
    ("source", "release", "allowed", "reason"),
    [
        ("cc0-1.0", "cc-by-nc-nd-4.0", True, ""),
        ("cc0-1.0", "other", True, ""),
        ("cc-by-4.0", "cc0-1.0", False, "cc-by-4.0 asks for credit, which cc0-1.0 gives up"),
        ("mit", "cc-by-sa-4.0", True, ""),
        ("cc-by-sa-4.0", "cc-by-4.0", False, "cc-by-sa-4.0 asks that what is made of it has the same licence"),
        ("cc-by-sa-3.0", "cc-by-sa-4.0", True, ""),
        ("cc-by-sa-4.0", "cc-by-sa-3.0", False, "cc-by-sa-4.0 asks that what is made of it has the same licence"),
        ("cc-by-nc-4.0", "cc-by-4.0", False, "cc-by-nc-4.0 forbids commercial use"),
        ("cc-by-nc-4.0", "cc-by-nc-sa-4.0", True, ""),
        ("cc-by-nc-sa-4.0", "cc-by-nc-4.0", False, "cc-by-nc-sa-4.0 forbids commercial use, and asks that what"),
        ("cc-by-nd-4.0", "cc-by-nd-4.0", False, "cc-by-nd-4.0 forbids to publish what is made of it"),
        ("odbl", "odbl", True, ""),
        ("odbl", "cc-by-sa-4.0", False, "odbl asks that what is made of it has the same licence"),
        ("cc-by-4.0", "odbl", None, "whether cc-by-4.0 may go into a database under odbl is disputed"),
        ("cc-by-3.0", "gpl-3.0", None, "of cc-by only version 4.0 is known to fit gpl-3.0"),
        ("cc-by-4.0", "gpl-3.0", True, ""),
        ("apache-2.0", "gpl-2.0", False, "apache-2.0 has terms on patents"),
        ("apache-2.0", "gpl-3.0", True, ""),
        ("gpl-3.0", "mit", False, "gpl-3.0 asks that what is made of it has the same licence"),
        ("llama3", "llama3", True, ""),
        ("llama3", "mit", None, "what llama3 asks for is not known here"),
        ("mit", "other", None, "what other asks for is not known here"),
        ("other", "other", None, "what other asks for is not known here"),
    ],
)
def test_a_pair(source: str, release: str, *, allowed: bool | None, reason: str) -> None:
    found = verdict(source, release)
    assert (found.allowed, found.reason.startswith(reason)) == (allowed, True), found


def test_the_table_has_words_of_the_hub_only() -> None:
    assert licenses() >= KNOWN


def test_the_laws_of_the_table() -> None:
    for source, release in itertools.product(KNOWN, repeat=2):
        found = verdict(source, release)
        assert bool(found.reason) == (found.allowed is not True), (source, release)
        # What may go into a release may go wherever that may go; but under a lax licence the terms on patents go along.
        if found.allowed and source != "apache-2.0":
            for further in licenses_for([release]):
                assert verdict(source, further).allowed is not False, (source, release, further)
    for name in PUBLIC:
        assert licenses_for([name]) == tuple(sorted(KNOWN))


def test_what_may_not_be_together() -> None:
    assert apart(["cc-by-4.0", "cc-by-sa-4.0", "mit", "other", "cc0-1.0"]) == []
    assert apart(["cc-by-sa-4.0", "cc-by-nc-4.0", "mit"]) == [
        (
            "cc-by-nc-4.0",
            "cc-by-sa-4.0",
            "cc-by-nc-4.0 forbids commercial use; cc-by-sa-4.0 asks that what is made of it has the same licence",
        )
    ]
    assert [found[:2] for found in apart(["odbl", "cc-by-sa-4.0", "gpl-3.0", "gpl-2.0", "apache-2.0"])] == [
        ("apache-2.0", "gpl-2.0"),
        ("cc-by-sa-4.0", "gpl-2.0"),
        ("cc-by-sa-4.0", "odbl"),
        ("gpl-2.0", "gpl-3.0"),
        ("gpl-2.0", "odbl"),
        ("gpl-3.0", "odbl"),
    ]
