"""Agreement is what its definitions say, on examples that were published and against another library."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from tagpress.corpus.agreement import Agreement, PairAgreement, SpanCounts, krippendorff_alpha

# The example of Krippendorff (2011): four observers, twelve units, 0 where an observer is missing; alpha is 0.743.
OBSERVED = (
    (1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0),
    (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3),
    (0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0),
    (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0),
)
NAMES = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=60)


def counts(*raters: tuple[int, ...]) -> np.ndarray:
    found = np.zeros((len(raters[0]), 6), dtype=np.int64)
    for rater in raters:
        found[np.arange(len(rater)), rater] += 1
    return found


def test_alpha_of_the_published_example():
    assert krippendorff_alpha(counts(*OBSERVED)[:, 1:]) == pytest.approx(0.743, abs=0.0005)


def test_nothing_can_be_told_where_all_have_one_name():
    assert krippendorff_alpha(np.array([[2, 0], [3, 0]])) is None
    assert krippendorff_alpha(np.zeros((0, 2), dtype=np.int64)) is None
    assert krippendorff_alpha(np.array([[1, 0], [0, 1]])) is None  # nobody to agree with


@given(NAMES)
def test_alpha_of_two_is_near_kappa_where_both_use_names_equally_often(pairs):
    one, other = zip(*pairs, strict=True)
    both, mirrored = one + other, other + one  # each says what the other says, too
    alpha = krippendorff_alpha(counts(both, mirrored))
    if alpha is not None:
        total = 2 * len(both)
        kappa = cohen_kappa_score(both, mirrored)
        assert 1 - alpha == pytest.approx((1 - kappa) * (total - 1) / total)


@given(NAMES, st.randoms())
def test_alpha_depends_neither_on_the_order_of_units_nor_on_that_of_names(pairs, drawn):
    one = counts(*zip(*pairs, strict=True))
    units, names = drawn.sample(range(len(one)), len(one)), drawn.sample(range(6), 6)
    alpha = krippendorff_alpha(one)
    assert krippendorff_alpha(one[units][:, names]) == (alpha if alpha is None else pytest.approx(alpha))


def pair(first: str, second: str, spans: SpanCounts) -> PairAgreement:
    return PairAgreement(first=first, second=second, sentences=1, only_first=0, only_second=0, types={"X": spans})


def agreement(*pairs: PairAgreement) -> Agreement:
    return Agreement(pairs=pairs, sentences=1, alone={}, alpha=None, types={})


def test_the_gate_is_the_lowest_F1_of_all_pairs():
    found = agreement(
        pair("a", "b", SpanCounts(4, 4, 4)), pair("a", "c", SpanCounts(4, 2, 1)), pair("b", "c", SpanCounts(0, 0, 0))
    )
    assert found.fault(0.3) == ""
    assert found.fault(0.8) == "a and c agree in 0.333 of their spans (F1), and 0.8 is wanted"


def test_where_nothing_can_be_compared_no_gate_is_passed():
    assert "no two configurations have spans" in agreement(pair("a", "b", SpanCounts(0, 0, 0))).fault(0.1)
    assert "no two configurations have spans" in agreement().fault(0)
