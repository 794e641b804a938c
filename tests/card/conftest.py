"""A small build with awkward words in it, and golden files."""

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from tagpress.card import CardFacts, SplitFacts, Template, parse_template
from tagpress.corpus.manifest import ChangelogEntry
from tagpress.corpus.schema import Labels
from tagpress.corpus.splits import HashSplits
from tagpress.corpus.tally import Tally, tally
from tagpress.corpus.version import Version

HERE = Path(__file__).parent
UPDATE = "TAGPRESS_UPDATE_GOLDEN"
LABELS = Labels(("Person", "Data_Structure"))
Rows = Sequence[Sequence[tuple[str, int]]]

TRAIN: Rows = [
    [("Ada", 1), ("Lovelace", 2), ("knew", 0), ("<script>alert(1)</script>", 3), ("a|b", 3), (".", 0)],
    [("שלום", 1), ("👩‍🔬", 3), ("\u200e", 1), (" `x\\| ", 3), ("\t", 0)],
    [("no", 0), ("entity", 0)],
]
TEST: Rows = [[("Ada", 1), ("*", 0), ("list", 3)]]


def count(rows: Rows, labels: Labels = LABELS) -> Tally:
    tokens = pa.array([[token for token, _ in row] for row in rows], pa.list_(pa.string()))
    return tally(tokens, np.array([tag for row in rows for _, tag in row], np.int64), labels)


def split_facts(rows: Rows, shard_bytes: tuple[int, ...]) -> SplitFacts:
    return SplitFacts(tally=count(rows), doc_id_bytes=5 * len(rows), shard_bytes=shard_bytes, row_digest="0af1" * 16)


@pytest.fixture
def facts() -> CardFacts:
    """A build of four sentences in two splits, published once before."""
    return CardFacts(
        name="small-corpus",
        version=Version(1, 1, 0),
        repo="me/small-corpus",
        labels=LABELS,
        descriptions={"Person": "A person, | <b>real</b> or not.", "Data_Structure": "A way to keep data."},
        splits={"train": split_facts(TRAIN, (4096, 5000)), "test": split_facts(TEST, (2048,))},
        split_rule=HashSplits(train=3, validation=0, test=1, salt="a`b"),
        sources=1,
        read=7,
        rejected={"duplicate": 2, "empty-sentence": 2},
        changelog=(
            ChangelogEntry(version=Version(1, 1, 0), bump="minor", lines=("Sentences added: 3 (train 3).", "<b> & |")),
            ChangelogEntry(version=Version(1, 0, 0), bump="none", lines=("First release: 1 sentence.",)),
        ),
    )


@pytest.fixture
def rows_of() -> dict[str, Rows]:
    """The rows of that build."""
    return {"train": TRAIN, "test": TEST}


@pytest.fixture
def unpublished(facts: CardFacts) -> CardFacts:
    """The same build before it is published."""
    return replace(facts, repo=None, changelog=())


@pytest.fixture
def template() -> Template:
    """A template that shows every value."""
    return parse_template((HERE / "template.md").read_text("utf-8"), "template.md")


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Compare text with a golden file; with TAGPRESS_UPDATE_GOLDEN=1 in the environment, write that file instead."""

    def compare(name: str, found: str) -> None:
        path = HERE / name
        if os.environ.get(UPDATE):
            path.write_text(found, "utf-8", newline="\n")
        assert path.exists(), f"{name} is missing; {UPDATE}=1 pytest {path.parent} writes it"
        assert found == path.read_text("utf-8"), (
            f"{name} differs; if that is meant, {UPDATE}=1 pytest tests/card writes it"
        )

    return compare
