"""The project's own card over its own sample, built for real, as a reader of the Hub sees it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tagpress.build.corpus import build_corpus
from tagpress.card import CardFacts, Template, render
from tagpress.corpus.manifest import ChangelogEntry
from tagpress.corpus.version import Version
from tagpress.script.builder import load_script


@pytest.fixture(scope="module")
def sample(root: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Template, CardFacts, Path]:
    """What the build of the sample rendered its card from, and the build."""
    seen: list[tuple[Template, CardFacts]] = []

    def watched(template: Template, facts: CardFacts) -> bytes:
        seen.append((template, facts))
        return render(template, facts)

    out = tmp_path_factory.mktemp("sample") / "build"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tagpress.build.corpus.render", watched)
        build_corpus(load_script(root / "dataset_script" / "software_entities.py").declaration(), out)
    return *seen[0], out


def test_the_golden_card_of_the_sample(
    sample: tuple[Template, CardFacts, Path], golden: Callable[[str, str], None]
) -> None:
    template, facts, _ = sample
    assert (facts.total.sentences, facts.total.tokens, sum(facts.total.entities.values())) == (20, 428, 26)
    first = ChangelogEntry(version=Version(1, 0, 0), bump="none", lines=("First release: 20 sentences.",))
    # The bytes of a shard are pyarrow's, and change with its version; all else is ours.
    splits = {name: replace(split, shard_bytes=(10_000,)) for name, split in facts.splits.items()}
    published = replace(facts, splits=splits, repo="me/software-entities", changelog=(first,))
    golden("golden/software-entities.md", render(template, published).decode())


def test_the_sample_is_loaded_by_its_card_and_the_pictures_are_no_data(
    sample: tuple[Template, CardFacts, Path], tmp_path: Path
) -> None:
    import datasets  # slow to import

    _, facts, out = sample
    assert {path.name for path in (out / "assets").iterdir()} == {"entity-types.svg", "sentence-lengths.svg"}
    loaded = datasets.load_dataset(str(out), cache_dir=str(tmp_path))
    assert loaded.num_rows == {name: split.tally.sentences for name, split in facts.ordered}
    assert {tuple(split.column_names) for split in loaded.values()} == {("id", "doc_id", "tokens", "ner_tags")}
