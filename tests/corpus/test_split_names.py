import pytest
from datasets.naming import _split_re

from tagpress.corpus.split_names import SPLIT_NAME, is_split_name, leak_ranks


def test_a_split_may_have_the_names_that_datasets_allows():
    assert f"^{SPLIT_NAME.pattern}$" == _split_re
    assert is_split_name("gold.core")
    assert not any(map(is_split_name, ("test-2020", "a b", ".a", "", "all", "train\n")))


@pytest.mark.parametrize(
    ("loser", "keeper"),
    [
        ("train", "dev"),
        ("dev", "testb"),
        ("train", "gold"),
        ("unlabelled", "devel"),
        ("extra", "IOB2_valid"),
        ("testa", "testb"),
        ("training", "heldout_2020"),
    ],
)
def test_a_sentence_stays_where_a_model_is_measured(loser, keeper):
    for names in ((loser, keeper), (keeper, loser)):
        ranks = dict(zip(names, leak_ranks(names), strict=True))
        assert ranks[keeper] > ranks[loser]


def test_of_two_splits_of_one_kind_the_later_keeps_a_sentence():
    assert leak_ranks(("news", "web")) == (0, 1)
    assert leak_ranks(("test_2021", "test_2020")) == (0, 1)
