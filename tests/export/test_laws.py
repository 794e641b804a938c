"""What is exported reads back equal; what would not is refused, and nothing else is."""

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from export.builds import rows, split_of
from export.reading import expected, faults, round_trip, written
from export.strategies import corpora, sentences, targets


def may_read_right_by_luck(target) -> bool:
    """Whether a tag that is torn at its joiner leaves a bare type in the last column, which IO reads as it was meant."""
    dialect = getattr(target, "dialect", None)
    delimiter = getattr(dialect, "delimiter", "\t") or " "
    return getattr(dialect, "scheme", "") == "IO" and delimiter in dialect.joiner


@settings(max_examples=600)
@given(targets, sentences())
def test_a_sentence_is_refused_when_it_would_be_misread_and_only_then(target, sentence):
    assume(not may_read_right_by_luck(target))
    batches = [rows([sentence])]
    back = round_trip(target, batches)
    assert bool(faults(target, batches)) == (back != expected(target, batches))


@settings(max_examples=300)
@given(targets, corpora, st.data())
def test_what_is_not_refused_reads_back_equal(target, sentences, data):
    doc_ids = data.draw(
        st.lists(st.sampled_from(["x", "y z", "\u2028z"]), min_size=len(sentences), max_size=len(sentences))
    )
    assume(not may_read_right_by_luck(target))
    batches = split_of(rows(sentences, doc_ids=doc_ids), *data.draw(st.lists(st.integers(1, 5), max_size=2)))
    back = round_trip(target, batches)
    assert bool(faults(target, batches)) == (back != expected(target, batches))
    if back is not None:
        assert written(target, batches) == written(target, split_of(rows(sentences, doc_ids=doc_ids)))
