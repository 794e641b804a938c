"""The vendored words."""

import pytest

from tagpress.card.vocabulary import SIZES, languages, licenses, size_category, task_ids, tasks


def test_the_lists_hold_what_everybody_uses() -> None:
    assert {"cc-by-sa-4.0", "apache-2.0", "other", "unknown"} <= licenses()
    assert {"en", "kk", "kaz", "no", "code", "multilingual"} <= languages().keys()
    assert languages()["de"] == "German"
    assert "named-entity-recognition" in tasks()["token-classification"]
    assert "part-of-speech" in task_ids()


def test_the_lists_hold_only_identifiers() -> None:
    words = [*licenses(), *languages(), *tasks(), *task_ids()]
    assert not [word for word in words if not word or word != word.lower() or " " in word]
    assert len(licenses()) > 70
    assert len(languages()) > 8000


@pytest.mark.parametrize("place", range(1, len(SIZES)))
def test_a_size_category_begins_at_its_bound(place: int) -> None:
    name, start = SIZES[place]
    assert size_category(start) == name
    assert size_category(start - 1) == SIZES[place - 1][0]
