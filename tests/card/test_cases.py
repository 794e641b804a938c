"""A folder of cards, each with one thing wrong, beside the exact messages; a new case needs no code."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tagpress.card import check_template, parse_template
from tagpress.card.metadata import _FIELDS, COMPUTED

CASES = sorted((Path(__file__).parent / "cases").glob("*.md"))
assert CASES, "no case was found"


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_each_fault_has_its_message(path: Path, golden: Callable[[str, str], None]) -> None:
    faults = check_template(parse_template(path.read_text("utf-8"), "card.md"))
    golden(f"cases/{path.stem}.txt", "".join(f"{fault}\n" for fault in faults))


def test_every_field_is_broken_in_some_case() -> None:
    messages = "".join(path.with_suffix(".txt").read_text("utf-8") for path in CASES)
    assert [name for name in (*_FIELDS, *COMPUTED) if f" error: {name}: " not in messages] == []


def test_only_the_good_card_has_no_fault() -> None:
    silent = [path.stem for path in CASES if not path.with_suffix(".txt").read_text("utf-8")]
    assert silent == ["good"]
