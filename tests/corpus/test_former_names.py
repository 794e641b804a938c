"""The history of the names of types: chains, merges, and what a declaration of them can get wrong."""

from collections.abc import Mapping

import pytest

from tagpress.corpus.former_names import FormerNames
from tagpress.errors import ScriptError

TYPES = ("Person", "Rest", "Library")


def test_names_that_changed_several_times_lead_to_the_last() -> None:
    former = FormerNames(renamed={"MISC": "Other", "Other": "Rest"}, merged={"Framework": "Library"})
    assert former.among(TYPES) == {
        "renamed": {"MISC": "Rest", "Other": "Rest"},
        "merged": {"Framework": "Library"},
    }


def test_what_was_renamed_and_then_merged_is_merged() -> None:
    former = FormerNames(renamed={"Tool": "Framework"}, merged={"Framework": "Library"})
    assert former.among(TYPES) == {"renamed": {}, "merged": {"Tool": "Library", "Framework": "Library"}}


def test_an_entry_holds_where_the_new_name_is_and_the_old_one_is_not() -> None:
    former = FormerNames(renamed={"MISC": "Rest"})
    assert former.among(("MISC", "Rest")) == former.among(("Person",)) == {"renamed": {}, "merged": {}}


@pytest.mark.parametrize(
    ("renamed", "merged", "message"),
    [
        ({"A": "B"}, {"A": "C"}, "'A' is in RENAMED and in MERGED"),
        ({"A": "C", "B": "C"}, {}, "RENAMED calls A and B all C"),
        ({"A": "B", "B": "A"}, {}, "RENAMED and MERGED lead from 'A' back to it"),
        ({"A": "A"}, {}, "RENAMED and MERGED lead from 'A' back to it"),
    ],
)
def test_names_that_cannot_be(renamed: Mapping[str, str], merged: Mapping[str, str], message: str) -> None:
    with pytest.raises(ScriptError) as raised:
        FormerNames(renamed=renamed, merged=merged)
    assert raised.value.message == message


def test_an_entry_that_holds_nowhere_is_told() -> None:
    layers = {"ner_tags": TYPES, "pos_tags": ("NN", "Rest", "MISC")}
    FormerNames(renamed={"MISC": "Rest"}).require_use(layers)
    for renamed, message in (
        ({"MISC": "Others"}, "'MISC' is called 'Others' now, and no layer has such a type"),
        ({"NN": "Rest", "Person": "Library"}, "'Person' is called 'Library' now, and is still a type of ner_tags"),
    ):
        with pytest.raises(ScriptError) as raised:
            FormerNames(renamed=renamed).require_use(layers)
        assert raised.value.message == message
