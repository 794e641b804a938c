"""The front matter of a rendered card, as the libraries of the Hub read it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from tagpress.card import CardFacts, SplitFacts, Template, render
from tagpress.card.frontmatter import computed_metadata, front_matter
from tagpress.corpus.schema import Labels, arrow_schema
from tagpress.corpus.splits import HashSplits
from tagpress.corpus.tally import Tally
from tagpress.corpus.version import Version

Rows = Sequence[Sequence[tuple[str, int]]]


def write_build(folder: Path, card: bytes, facts: CardFacts, rows: Mapping[str, Rows]) -> None:
    """Write the card, and the rows spread over as many shards as the facts say."""
    (folder / "data").mkdir()
    (folder / "README.md").write_bytes(card)
    for name, split in facts.splits.items():
        count = len(split.shard_bytes)
        for place in range(count):
            mine = rows[name][place::count]
            table = pa.table(
                {
                    "id": [f"{number:032x}" for number, _ in enumerate(mine)],
                    "doc_id": ["doc-1"] * len(mine),
                    "tokens": [[token for token, _ in row] for row in mine],
                    "ner_tags": [[tag for _, tag in row] for row in mine],
                },
                schema=arrow_schema(facts.labels),
            )
            pq.write_table(table, folder / f"data/{name}-{place:05d}-of-{count:05d}.parquet")


def repeated(facts: CardFacts, shards: int, times: int = 50) -> CardFacts:
    """Return the facts of the same rows, many times, in so many shards."""
    splits = {
        name: replace(
            split,
            tally=sum([split.tally] * times, start=Tally.empty(facts.labels)),
            doc_id_bytes=split.doc_id_bytes * times,
            shard_bytes=(9,) * shards,
        )
        for name, split in facts.splits.items()
    }
    return replace(facts, splits=splits, read=facts.read * times)


def test_dataset_card_reads_it_back(template: Template, facts: CardFacts) -> None:
    from huggingface_hub import DatasetCard  # slow to import

    card = DatasetCard(render(template, facts).decode())
    assert card.data.to_dict() == {**template.metadata, **computed_metadata(facts)}
    assert card.text.startswith("\n# Small: a corpus")
    assert DatasetCard(str(card)).data.to_dict() == card.data.to_dict()


def test_datasets_reads_it_back_and_would_write_the_same(template: Template, facts: CardFacts) -> None:
    import datasets  # slow to import
    from datasets.info import DatasetInfosDict
    from datasets.utils.metadata import MetadataConfigs
    from huggingface_hub import DatasetCard

    data = DatasetCard(render(template, facts).decode()).data
    configs = MetadataConfigs.from_dataset_card_data(data)
    assert configs.get_default_config_name() == "default"
    assert configs["default"]["version"] == "1.1.0"
    info = DatasetInfosDict.from_dataset_card_data(data)["default"]
    assert info.features == datasets.Features.from_arrow_schema(arrow_schema(facts.labels))
    assert info.features["ner_tags"].feature.names == list(facts.labels.names)
    written = {key: value for key, value in info._to_yaml_dict().items() if key != "config_name"}
    for feature in written["features"]:  # `datasets` writes what those before version 4 cannot read
        if "list" in feature:
            feature["sequence"] = feature.pop("list")
    assert written == computed_metadata(facts)["dataset_info"]


@pytest.mark.parametrize("shards", [1, 48])
def test_load_dataset_finds_the_shards_and_only_them(
    template: Template, facts: CardFacts, rows_of: dict[str, Rows], tmp_path: Path, shards: int
) -> None:
    import datasets  # slow to import

    rows = {name: [*some] * 50 for name, some in rows_of.items()}
    facts = repeated(facts, shards)
    folder = tmp_path / "build"
    folder.mkdir()
    write_build(folder, render(template, facts), facts, rows)
    # What else may lie in a repository: a shard of an older release, pictures, and files that look like data.
    (folder / "data" / "train-00000-of-00002.parquet").write_bytes(b"old")
    (folder / "release.json").write_text("{}")
    (folder / "train.csv").write_text("a,b\n")
    (folder / "assets").mkdir()
    for picture in ("train.svg", "test.png", "entity-types.svg"):
        (folder / "assets" / picture).write_bytes(b"<svg/>")

    loaded = datasets.load_dataset(str(folder), cache_dir=str(tmp_path / "cache"))
    streamed = datasets.load_dataset(str(folder), streaming=True)

    assert {name: split.num_rows for name, split in loaded.items()} == {"train": 150, "test": 50}
    assert str(loaded["train"].info.version) == "1.1.0"
    for name, some in rows.items():
        # A shard after another, and every shard holds each 48th row.
        wanted = [row for place in range(shards) for row in some[place::shards]]
        for split in (loaded[name], streamed[name]):
            assert split.features["ner_tags"].feature.names == list(facts.labels.names)
            assert [row["tokens"] for row in split] == [[token for token, _ in row] for row in wanted]
            assert [row["ner_tags"] for row in split] == [[tag for _, tag in row] for row in wanted]


def test_num_bytes_is_what_datasets_counts(
    template: Template, facts: CardFacts, rows_of: dict[str, Rows], tmp_path: Path
) -> None:
    import datasets  # slow to import

    facts = repeated(facts, 1, times=1)
    folder = tmp_path / "build"
    folder.mkdir()
    write_build(folder, render(template, facts), facts, rows_of)
    builder = datasets.load_dataset_builder(str(folder), cache_dir=str(tmp_path / "cache"))
    builder.info.splits = None  # count anew, whatever the card says
    builder.download_and_prepare(verification_mode="no_checks")
    for name, split in facts.splits.items():
        bits_for_nulls = -(-split.tally.tokens // 8)
        assert split.num_bytes <= builder.info.splits[name].num_bytes <= split.num_bytes + bits_for_nulls


def test_num_bytes_adds_up(facts: CardFacts) -> None:
    split: SplitFacts = facts.splits["test"]
    tokens = ["Ada", "*", "list"]
    table = pa.table({"id": ["0" * 32], "doc_id": ["doc-1"], "tokens": [tokens], "ner_tags": [[1, 0, 3]]})
    assert split.num_bytes == table.nbytes
    assert computed_metadata(facts)["dataset_info"]["dataset_size"] == sum(s.num_bytes for s in facts.splits.values())


names = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=8)


@given(st.lists(names, min_size=1, max_size=4, unique=True).map(tuple))
@example(("on", "null", "#a", "a:", "-", "'", "1.0", "🜲", "{}"))
def test_every_label_name_survives_the_yaml(types: tuple[str, ...]) -> None:
    labels = Labels(types)
    split = SplitFacts(tally=Tally.empty(labels), doc_id_bytes=0, shard_bytes=(1,), row_digest="0" * 64)
    facts = CardFacts(
        name="x",
        version=Version(1, 0, 0),
        repo=None,
        labels=labels,
        descriptions=dict.fromkeys(types, "x"),
        splits={"train": split},
        split_rule=HashSplits(),
        sources=0,
        read=0,
        rejected={},
    )
    read = yaml.safe_load(front_matter("license: mit\n", facts).strip("-\n"))
    assert read == {"license": "mit", **computed_metadata(facts)}
    found = read["dataset_info"]["features"][3]["sequence"]["class_label"]["names"]
    assert [found[str(place)] for place in range(len(found))] == list(labels.names)
