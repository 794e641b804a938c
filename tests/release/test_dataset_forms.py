"""What people hold in memory besides tables of lists: pairs, columns by name, rows that are tokens, lists in cells."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
import polars as pl
import pytest

from tagpress.errors import DataError, UsageError
from tagpress.hub import Hub
from tagpress.read.guess.frames import with_lists
from tagpress.read.in_memory import tables_of
from tagpress.release.dataset import publish_dataset
from tagpress.release.results import Release

Sentence = list[tuple[str, str]]
SENTENCES: list[Sentence] = [
    [("Ada", "B-PER"), ("slept", "O"), ("in", "O"), ("Oslo", "B-LOC")],
    [("é\u0308 🚀", "O")],
    [('"NA"', "B-ORG"), ("محمد", "B-PER")],
]
TOKENS = [[token for token, _ in one] for one in SENTENCES]
TAGS = [[tag for _, tag in one] for one in SENTENCES]


Publisher = Callable[[Any], Release]


@pytest.fixture
def publisher(local, tmp_path) -> Publisher:
    """Check and compare, and send nothing."""
    hub = Hub(endpoint=local.endpoint, token=local.token)
    return lambda held: publish_dataset(
        held, "me/pairs", hub=hub, out=tmp_path / "out", workers=1, steps=lambda _: None, dry_run=True
    )


def read(held: Any, **options: str) -> tuple[list[Any], list[str]]:
    """Return the sentences as pairs, by what seem to be the columns, and what was told."""
    named = {"tokens": None, "tags": None, "sentence": None} | options
    tables, told = with_lists(tables_of(held), **named)  # type: ignore[arg-type]
    rows = [row for table in tables.tables.values() for row in table.to_pylist()]
    tokens, tags = [name for name, value in rows[0].items() if isinstance(value, list) and name.lower() != "pos"]
    return [list(zip(row[tokens], row[tags], strict=True)) for row in rows], told


def token_rows(sentences: Sequence[Sentence], *, filled: bool = True) -> list[dict[str, Any]]:
    return [
        {
            "Sentence #": f"Sentence: {number}" if filled or place == 0 else None,
            "Word": token,
            "POS": f"N{place}",
            "Tag": tag,
        }
        for number, one in enumerate(sentences)
        for place, (token, tag) in enumerate(one)
    ]


FORMS: Mapping[str, Any] = {
    "pairs": SENTENCES,
    "pairs with more between": [[(token, "NN", tag) for token, tag in one] for one in SENTENCES],
    "two lists": list(zip(TOKENS, TAGS, strict=True)),
    "columns": {"tokens": TOKENS, "tags": TAGS},
    "rows of tokens": pd.DataFrame(token_rows(SENTENCES)),
    "the sentence in its first row alone": pd.DataFrame(token_rows(SENTENCES, filled=False)),
    "rows of tokens in polars": pl.DataFrame(token_rows(SENTENCES)),
    "dicts of tokens": token_rows(SENTENCES),
    "lists as text": pd.DataFrame({"tokens": map(str, TOKENS), "tags": map(str, TAGS)}),
}


@pytest.mark.parametrize("form", [name for name in FORMS if name != "pairs with more between"])
def test_every_form_has_the_same_sentences(form: str) -> None:
    assert read(FORMS[form])[0] == SENTENCES


def test_what_stands_between_is_a_column() -> None:
    table = tables_of(FORMS["pairs with more between"]).tables["dataset"]
    assert table.column_names == ["tokens", "field_1", "ner_tags"]
    assert table["field_1"].to_pylist()[0] == ["NN"] * 4


def test_words_with_spaces_between_are_lists() -> None:
    rows = {"text": ["Ada slept in Oslo", "no one"], "labels": ["B-PER O O B-LOC", "O O"]}
    assert read(rows)[0] == [SENTENCES[0], [("no", "O"), ("one", "O")]]


@pytest.mark.parametrize(
    ("held", "sentences"),
    [
        ([(["a", "b"], ["O", "B-X"])], [[("a", "O"), ("b", "B-X")]]),
        ([[("a", "O"), ("b", "B-X")]], [[("a", "O"), ("b", "B-X")]]),
        ([[["O", "O"], ["b", "O"]]], [[("O", "O"), ("b", "O")]]),
    ],
)
def test_two_tokens_are_told_from_two_lists_by_their_tags(held: Any, sentences: list[Sentence]) -> None:
    assert read(held)[0] == sentences


def test_what_can_be_read_in_both_ways_is_refused() -> None:
    with pytest.raises(UsageError, match="two tokens with their tags, or two lists"):
        tables_of([[["O", "O"], ["O", "O"]]])


def test_splits_may_be_in_any_form() -> None:
    held = tables_of({"train": SENTENCES, "test": FORMS["two lists"]})
    assert held.given
    assert held.rows == {"train": 3, "test": 3}


def test_columns_of_other_lengths_are_refused() -> None:
    with pytest.raises(UsageError, match="the columns are not as long as each other: tokens 3, tags 2"):
        tables_of({"tokens": TOKENS, "tags": TAGS[:2]})


def test_rows_of_tokens_are_grouped_and_what_is_of_a_sentence_stays_one() -> None:
    frame = pd.DataFrame(token_rows(SENTENCES)).assign(split=["train"] * 4 + ["test"] * 3)
    tables, told = with_lists(tables_of(frame), tokens=None, tags=None, sentence=None)
    table = tables.tables["dataset"]
    assert table["Sentence #"].to_pylist() == ["Sentence: 0", "Sentence: 1", "Sentence: 2"]
    assert table["split"].to_pylist() == ["train", "test", "test"]
    assert table["POS"].to_pylist() == [["N0", "N1", "N2", "N3"], ["N0"], ["N0", "N1"]]
    assert told[0].startswith(
        "each row is a token: Word with its tag in Tag, and Sentence # says which sentence it is of"
    )


def test_a_sentence_column_may_be_named_and_must_be_there() -> None:
    frame = pd.DataFrame(token_rows(SENTENCES)).rename(columns={"Sentence #": "wo"})
    frame["wo"] = ["x", "x", "x", "x", "y", "x", "x"]
    with pytest.raises(
        UsageError, match="each row is a token, Word with its tag in Tag, and no column says which sentence"
    ):
        with_lists(tables_of(frame), tokens=None, tags=None, sentence=None)
    assert read(frame, sentence="wo")[0] == SENTENCES


def test_a_token_that_pandas_took_for_nothing_is_named() -> None:
    frame = pd.DataFrame(token_rows(SENTENCES))
    frame.loc[[2, 5], "Word"] = None
    with pytest.raises(UsageError, match=r"2 rows have nothing in the column Word: \[2\], \[5\]") as refused:
        with_lists(tables_of({"train": frame}["train"]), tokens=None, tags=None, sentence=None)
    assert "keep_default_na=False" in str(refused.value.hint)


def test_a_text_that_is_no_list_is_named() -> None:
    frame = pd.DataFrame({"tokens": [*map(str, TOKENS), "['a'"], "tags": [*map(str, TAGS), "['O']"]})
    with pytest.raises(
        UsageError, match=r"^train\[3\]: found .* in the column tokens, expected a list as other rows have"
    ):
        with_lists(tables_of({"train": frame}), tokens=None, tags=None, sentence=None)


def test_what_to_do_is_said_as_it_is_called(publisher: Publisher) -> None:
    with pytest.raises(DataError, match=r"pass splits=tagpress\.HashSplits\(salt=\"2\"\): it fills every split"):
        publisher([[(f"Ada{n}", "B-PER"), ("slept", "O")] for n in range(40)])
    with pytest.raises(DataError, match=r'or pass policy=\{"split-leakage": "drop"\}') as refused:
        publisher({"train": SENTENCES, "test": SENTENCES[:1]})
    assert 'policy={"CODE": "drop"}' in str(refused.value.hint)


def test_a_name_may_have_its_owner_before_it(publisher: Publisher) -> None:
    assert publisher([[(f"Ada{n}", "B-PER"), ("slept", "O")] for n in range(80)]).repo == "me/pairs"
