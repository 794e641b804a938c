"""The project's own card over its own sample, as a reader of the Hub sees it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from tagpress.card import CardFacts, SplitFacts, parse_template, render
from tagpress.manifest import ChangelogEntry, Version
from tagpress.schema import Labels
from tagpress.split import HashSplits
from tagpress.tally import tally

TYPES = (
    "Algorithm Application Architecture Data_Structure Device Error_Name General_Concept Language Library License"
    " Operating_System Protocol"
)
LABELS = Labels(tuple(TYPES.split()))
# Which sentences go where does not matter here; the sizes do not depend on a version of pyarrow.
PARTS = {"train": slice(0, 16), "validation": slice(16, 18), "test": slice(18, 20)}


def sentences(path: Path) -> Iterator[list[tuple[str, int]]]:
    """Read the sample the simple way: a line per token, sentences between <s> and </s>."""
    for block in path.read_text("utf-8").split("<s>\n")[1:]:
        lines = block.removesuffix("\n").removesuffix("</s>").split("\n")[:-1]
        yield [(token, LABELS.names.index(tag)) for token, tag in (line.split("\t") for line in lines)]


def test_the_golden_card_of_the_sample(root: Path, golden: Callable[[str, str], None]) -> None:
    rows = list(sentences(root / "dataset_script" / "data" / "similarity_learning.txt"))
    splits = {}
    for name, part in PARTS.items():
        tokens = pa.array([[token for token, _ in row] for row in rows[part]])
        tags = np.array([tag for row in rows[part] for _, tag in row])
        splits[name] = SplitFacts(
            tally=tally(tokens, tags, LABELS),
            doc_id_bytes=23 * len(rows[part]),
            shard_bytes=(10_000,),
            row_digest="5eed" * 16,
        )
    facts = CardFacts(
        name="software-entities",
        version=Version(1, 0, 0),
        repo="me/software-entities",
        labels=LABELS,
        descriptions={name: f"What {name} means." for name in LABELS.entity_types},
        splits=splits,
        split_rule=HashSplits(),
        sources=1,
        read=20,
        rejected={},
        changelog=(ChangelogEntry(version=Version(1, 0, 0), bump="none", lines=("First release: 20 sentences.",)),),
    )
    assert (facts.total.sentences, facts.total.tokens, sum(facts.total.entities.values())) == (20, 428, 26)
    template = parse_template((root / "dataset_card.md").read_text("utf-8"), "dataset_card.md")
    golden("golden/software-entities.md", render(template, facts).decode())
