import pickle
from dataclasses import replace

import pytest

from tagpress.corpus.field_splits import FieldSplits
from tagpress.corpus.splits import GivenSplits
from tagpress.errors import ScriptError

VALUES = {"train": "train", "dev": "validation", "valid": "validation", "test_2020": "test_2020"}


def test_splits_stand_in_the_order_of_their_values_and_several_values_are_one():
    rule = FieldSplits(VALUES, group="document", salt="7")
    assert isinstance(rule, GivenSplits)
    assert rule.names == ("train", "validation", "test_2020")
    assert rule.numbers(["valid", "test_2020", "", "Train", "train"]).tolist() == [1, 2, -1, -1, 0]
    assert pickle.loads(pickle.dumps(rule)) == rule == eval(repr(rule))  # as the script of a release spells it
    assert replace(rule, salt="8").values == VALUES


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "SPLITS names no value of the field that says the splits"),
        ({"x": "a-b"}, "'a-b' cannot be the name of a split"),
        ({"x": "all"}, "'all' cannot be the name of a split"),
        ({"x": "Dev", "y": "dev"}, "the splits 'Dev' and 'dev' would share"),
    ],
)
def test_what_cannot_be_splits_is_refused(values, message):
    with pytest.raises(ScriptError, match=message):
        FieldSplits(values)
    with pytest.raises(ScriptError, match="the grouping 'file' does not exist"):
        FieldSplits(VALUES, group="file")
