import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from export.builds import LABELS, rows
from export.reading import label_ids
from export.strategies import sentences
from tagpress.corpus.tags import SCHEMES, scheme_named
from tagpress.export.schemes import spell

# One sentence of spans A A | A, B, C C, in every scheme but IO, which would join the first two.
IOB2 = "B-A I-A B-A O B-B B-C I-C"
SPELLED = {
    "IO": "I-A I-A I-A O I-B I-C I-C",
    "IOB1": "I-A I-A B-A O I-B I-C I-C",
    "IOB2": "B-A I-A B-A O B-B B-C I-C",
    "IOE1": "I-A E-A I-A O I-B I-C I-C",
    "IOE2": "I-A E-A E-A O E-B I-C E-C",
    "BIOES": "B-A E-A S-A O S-B B-C E-C",
    "BILOU": "B-A L-A U-A O U-B B-C L-C",
    "BMES": "B-A E-A S-A O S-B B-C E-C",
}
TYPES = {"A": "Person", "B": "creative-work", "C": "O"}


def named(text):
    return [f"{tag[:2]}{TYPES[tag[2:]]}" if tag != "O" else tag for tag in text.split()]


def spelled(sentences, scheme, joiner="-"):
    some = rows(sentences)
    return spell(some.label_ids, some.offsets, LABELS, scheme_named(scheme), joiner)


def test_every_scheme_is_written():
    assert SPELLED.keys() == SCHEMES.keys()


@pytest.mark.parametrize("scheme", SPELLED)
def test_the_same_spans_in_every_scheme(scheme):
    tags = spelled([("x" * 7, named(IOB2))], scheme)
    assert tags.column.to_pylist() == named(SPELLED[scheme])
    assert np.flatnonzero(tags.joined).tolist() == ([2] if scheme == "IO" else [])


def test_sentences_do_not_touch():
    tags = spelled([("ab", ["O", "B-Person"]), ("a", ["B-Person"]), ("a", ["B-Person"])], "IO")
    assert tags.column.to_pylist() == ["O", "I-Person", "I-Person", "I-Person"]
    assert not tags.joined.any()


def test_no_tokens():
    assert spelled([], "BIOES").column.to_pylist() == []


@pytest.mark.parametrize(("joiner", "misread"), [("-", ()), ("_", ()), ("B", ("BBPerson", "BBcreative-work", "BBO"))])
def test_a_joiner_that_cannot_be_found_again(joiner, misread):
    tags = spelled([("a", ["O"])], "IOB2", joiner)
    assert tuple(tags.names[code] for code in tags.misread) == misread


@given(st.lists(sentences(st.just("a")), max_size=4), st.sampled_from(sorted(SCHEMES)))
def test_what_is_written_is_valid_and_reads_back(sentences, scheme):
    tags = spelled(sentences, scheme)
    column, at = tags.column.to_pylist(), 0
    for _, wanted in sentences:
        stop = at + len(wanted)
        read = label_ids(column[at:stop], scheme, "-", LABELS)
        assert read is not None
        assert (read == [LABELS.names.index(tag) for tag in wanted]) == (not tags.joined[at:stop].any())
        at = stop
