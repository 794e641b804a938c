"""Agreement is what its definitions say, on examples that were published and against another library."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagpress.corpus.agreement import Agreement, Agreements, PairAgreement, SpanCounts, krippendorff_alpha

# The example of Krippendorff (2011): four observers, twelve units, 0 where an observer is missing; alpha is 0.743.
OBSERVED = (
    (1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0),
    (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3),
    (0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0),
    (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0),
)
NAMES = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=60)


def said(*raters: tuple[int, ...]) -> list[np.ndarray]:
    return [np.array(rater, dtype=np.int64) for rater in raters]


def test_alpha_of_the_published_example():
    assert krippendorff_alpha([one - 1 for one in said(*OBSERVED)]) == pytest.approx(0.743, abs=0.0005)


def test_nothing_can_be_told_where_all_have_one_name():
    assert krippendorff_alpha(said((0, 0), (0, 0), (-1, 0))) is None
    assert krippendorff_alpha(said((), ())) is None
    assert krippendorff_alpha([]) is None
    assert krippendorff_alpha(said((0, -1), (-1, 1))) is None  # nobody to agree with


@given(NAMES)
def test_alpha_of_two_is_near_kappa_where_both_use_names_equally_often(pairs):
    one, other = zip(*pairs, strict=True)
    both, mirrored = one + other, other + one  # each says what the other says, too
    alpha = krippendorff_alpha(said(both, mirrored))
    if alpha is not None:
        from sklearn.metrics import cohen_kappa_score  # takes seconds to import

        total = 2 * len(both)
        kappa = cohen_kappa_score(both, mirrored)
        assert 1 - alpha == pytest.approx((1 - kappa) * (total - 1) / total)


@given(st.lists(st.tuples(*[st.integers(-1, 3)] * 3), min_size=1, max_size=40), st.randoms())
def test_alpha_depends_on_no_order_not_in_the_last_digit(units, drawn):
    alpha = krippendorff_alpha(said(*zip(*units, strict=True)))
    names = drawn.sample(range(4), 4)
    drawn.shuffle(units)
    raters = [[name if name < 0 else names[name] for name in rater] for rater in zip(*units, strict=True)]
    drawn.shuffle(raters)
    assert krippendorff_alpha(said(*raters)) == alpha


@pytest.mark.tools
@given(st.lists(st.tuples(*[st.integers(-1, 3)] * 3), min_size=1, max_size=40))
def test_alpha_is_that_of_nltk(units):
    agreement = pytest.importorskip("nltk.metrics.agreement", reason="pip install tagpress[tools]")
    alpha = krippendorff_alpha(said(*zip(*units, strict=True)))
    told = [unit for unit in units if sum(name >= 0 for name in unit) > 1]  # the library refuses units of one
    triples = [
        (rater, number, name) for number, unit in enumerate(told) for rater, name in enumerate(unit) if name >= 0
    ]
    if alpha is not None:
        assert alpha == pytest.approx(agreement.AnnotationTask(data=triples).alpha())


def pair(first: str, second: str, spans: SpanCounts) -> PairAgreement:
    return PairAgreement(first=first, second=second, sentences=1, only_first=0, only_second=0, types={"X": spans})


def agreement(*pairs: PairAgreement) -> Agreement:
    return Agreement(
        between="annotators", layer="ner_tags", by="text", pairs=pairs, sentences=1, alone={}, alpha=None, types={}
    )


def test_the_gate_is_the_lowest_F1_of_all_pairs():
    found = agreement(
        pair("a", "b", SpanCounts(4, 4, 4)), pair("a", "c", SpanCounts(4, 2, 1)), pair("b", "c", SpanCounts(0, 0, 0))
    )
    assert found.fault(0.3) == ""
    assert found.fault(0.8) == "a and c agree in 0.333 of their spans (F1) in ner_tags, and 0.8 is wanted"


def test_where_nothing_can_be_compared_no_gate_is_passed():
    assert "no two annotators have spans" in agreement(pair("a", "b", SpanCounts(0, 0, 0))).fault(0.1)
    assert "no two annotators have spans" in agreement().fault(0)


def test_every_layer_that_is_below_the_gate_is_named():
    low, high = agreement(pair("a", "b", SpanCounts(4, 4, 1))), agreement(pair("a", "b", SpanCounts(4, 4, 4)))
    words = replace(low, layer="pos_tags", unit="tokens", config="de")
    assert Agreements((high, low, words)).fault(0.5) == (
        "a and b agree in 0.250 of their spans (F1) in ner_tags, and 0.5 is wanted; "
        "a and b agree in 0.250 of their tokens (F1) in pos_tags of de, and 0.5 is wanted"
    )
    assert Agreements((high,)).fault(0.5) == ""
