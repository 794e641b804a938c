"""Where a split would be empty, what is proposed does fill it."""

import re
from dataclasses import replace

import pytest

from made_corpora import words, write_document
from made_spills import account_of, reading_of, small_corpus
from tagpress.build.empty_splits import empty_splits, filling_salt
from tagpress.corpus.splits import GivenSplits, HashSplits
from tagpress.store import Folder


def empty(reading):
    """Return what is reported of the splits of a corpus, and the advice."""
    found = empty_splits(reading, account_of(reading).rows)
    assert {(one.code, one.severity, one.path) for one in found} <= {("empty-split", "error", "script.py")}
    [hint] = {one.hint for one in found} or [None]
    return [one.found for one in found], hint


def test_the_salt_that_is_proposed_fills_every_split(tmp_path):
    rare = HashSplits(train=98, validation=1, test=1)
    declaration = small_corpus(tmp_path / "corpus", splits=rare)
    reading = reading_of(declaration, Folder(tmp_path))
    found, hint = empty(reading)
    assert found
    [salt] = re.findall(r'set salt="(\d+)" in SPLITS, or --salt \1: it fills every split', hint)
    assert salt == filling_salt(reading)
    again = reading_of(replace(declaration, splits=replace(rare, salt=salt)), Folder(tmp_path / "again"))
    assert min(account_of(again).rows.values()) > 0
    assert empty(again) == ([], None)


@pytest.mark.parametrize(
    ("rule", "hint"),
    [
        (HashSplits(group="document"), 'there are too few documents (2): set group="sentence"'),
        (HashSplits(train=10**6, validation=1, test=1), "25 different sentences cannot fill 3 splits"),
    ],
)
def test_where_no_salt_can_it_says_what_else(tmp_path, rule, hint):
    reading = reading_of(small_corpus(tmp_path / "corpus", splits=rule), Folder(tmp_path))
    assert filling_salt(reading) is None
    assert hint in empty(reading)[1]


def test_a_given_split_without_sentences_is_its_owner_s_to_fill(tmp_path):
    corpus = tmp_path / "corpus"
    declaration = small_corpus(corpus, sources={"train": "a.txt", "test": "t.txt"})
    write_document(corpus / "t.txt", [[]])
    reading = reading_of(declaration, Folder(tmp_path))
    assert isinstance(declaration.splits, GivenSplits)
    assert filling_salt(reading) is None
    hint = "give the split a source with sentences, or leave it out of SOURCES"
    assert empty(reading) == (["no sentence is left for test"], hint)
    write_document(corpus / "t.txt", [words("now", "one")])
    assert empty(reading_of(declaration, Folder(tmp_path / "again"))) == ([], None)
