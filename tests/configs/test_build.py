"""A build of three configurations: one card, one manifest, and nothing of one in another."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from configs.made import LANGUAGES, SCRIPT, SIZES, declared, expected, sentences, write_source
from made_corpora import shas
from tagpress.build.corpus import build_corpus, check_corpus
from tagpress.corpus.manifest import Manifest
from tagpress.corpus.schema import label_names
from tagpress.errors import DataError
from tagpress.release.card_data import CardData
from tagpress.release.checked_build import card_faults
from tagpress.script.builder import load_script


def data(build: Path) -> dict[str, str]:
    return {path: sha for path, sha in shas(build).items() if path.startswith("data/")}


def test_every_sentence_is_in_its_configuration(tmp_path: Path) -> None:
    made = build_corpus(declared(tmp_path / "corpus"), tmp_path / "build")
    for language in LANGUAGES:
        config = made.manifest.config(language)
        read = set()
        for file in config.data_files():
            assert file.path.startswith(f"data/{language}/")
            table = pq.read_table(tmp_path / "build" / file.path)
            assert label_names(table.schema) == config.label_names
            read |= {
                (tuple(row["tokens"]), tuple(config.label_names[tag] for tag in row["ner_tags"]))
                for row in table.to_pylist()
            }
        assert read == expected(tmp_path / "corpus", language)
        assert config.counts["read"] == config.counts["published"] + config.counts["rejected"] == sum(SIZES.values())
    assert made.report.sentences == made.report.published == 3 * sum(SIZES.values())
    assert made.report.splits["de/train"] == SIZES["train"]
    assert set(made.report.configs) == set(LANGUAGES)
    document = made.to_json()
    assert document["shards"] == dict.fromkeys(document["splits"], 1)
    assert document["configs"]["pcm"]["published"] == sum(SIZES.values())


def test_the_same_bytes_for_any_number_of_workers(tmp_path: Path) -> None:
    corpus = declared(tmp_path / "corpus")
    for workers in (1, 3):
        build_corpus(corpus, tmp_path / str(workers), workers=workers)
    assert shas(tmp_path / "1") == shas(tmp_path / "3")


def test_an_edit_in_one_changes_nothing_of_the_others(tmp_path: Path) -> None:
    corpus = declared(tmp_path / "corpus")
    build_corpus(corpus, tmp_path / "before")
    first, *others = sentences("de", "test")
    write_source(tmp_path / "corpus" / "de" / "test.txt", [((*first[0], "."), (*first[1], "O")), *others])
    build_corpus(corpus, tmp_path / "after")
    before, after = data(tmp_path / "before"), data(tmp_path / "after")
    assert {path for path in before if before[path] != after[path]} == {"data/de/test-00000-of-00001.parquet"}


def test_a_configuration_beside_one_without_a_name_moves_no_file(tmp_path: Path) -> None:
    flat = SCRIPT.replace("    CONFIGS = {", '    SOURCES = "pcm/*.txt"\n    _UNREAD = {').replace(
        '    DEFAULT_CONFIG = "zh-Hans"\n', ""
    )
    build_corpus(declared(tmp_path / "corpus", flat), tmp_path / "before")
    beside = SCRIPT.replace('"pcm": {"SOURCES": "pcm/*.txt", "SPLITS": tagpress.HashSplits(salt="1")}', '"default": {}')
    beside = beside.replace("    CONFIGS", '    SOURCES = "pcm/*.txt"\n    CONFIGS').replace(
        '"zh-Hans"\n', '"default"\n'
    )
    build_corpus(declared(tmp_path / "corpus", beside), tmp_path / "after")
    assert data(tmp_path / "before").items() < data(tmp_path / "after").items()
    assert Manifest.load(tmp_path / "before").is_flat
    assert Manifest.load(tmp_path / "after").default_config == "default"


def test_what_is_left_out_says_of_which_configuration(tmp_path: Path) -> None:
    corpus = declared(tmp_path / "corpus")
    for language in ("de", "pcm"):
        some = sentences(language, "train")
        write_source(tmp_path / "corpus" / language / "train.txt", [*some, some[0]])
    made = build_corpus(corpus, tmp_path / "build")
    lines = (tmp_path / "build.rejected.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["config"] for line in lines] == ["de", "pcm"]
    problems = (tmp_path / "build.problems.jsonl").read_text(encoding="utf-8").splitlines()
    copies = [one for one in map(json.loads, problems) if one["code"] == "duplicate"]
    assert [one["config"] for one in copies] == ["de", "pcm"]
    assert (made.report.rejected, made.report.configs["zh-Hans"].rejected) == (2, 0)


def test_the_faults_of_all_are_shown_before_anything_is_written(tmp_path: Path) -> None:
    corpus = declared(tmp_path / "corpus")
    for language in ("de", "pcm"):
        write_source(tmp_path / "corpus" / language / "train.txt", [(("a",), ("B-NOBODY",))])
    assert check_corpus(corpus).problem_counts["unknown-tag"] == 2
    with pytest.raises(DataError, match="2 unknown-tag") as raised:
        build_corpus(corpus, tmp_path / "build")
    assert {Path(found.path).parent.name for found in raised.value.problems if found.code == "unknown-tag"} == {
        "de",
        "pcm",
    }
    assert not (tmp_path / "build").exists()


def test_the_card_tells_configurations_apart(tmp_path: Path) -> None:
    made = build_corpus(declared(tmp_path / "corpus"), tmp_path / "build")
    card = (tmp_path / "build" / "README.md").read_text(encoding="utf-8")
    found = CardData.of(card.encode())
    assert found.default == "zh-Hans"
    assert not card_faults(found, made.manifest)
    assert "| pcm |" in card
    assert 'load_dataset(repo, "zh-Hans", revision=release)' in card
    assert "<details><summary>zh-Hans</summary>" in card
    assert "Of 90 sentences read, 90 are published and 0 are left out." in card
    assert card.count("| all |") == 1


def test_a_card_of_forty_languages_stays_short_where_nothing_is_opened(tmp_path: Path) -> None:
    write = declared(tmp_path / "corpus")
    many = "CONFIGS = {f'l{n}': {'SOURCES': 'pcm/*.txt'} for n in range(40)}\n    _UNREAD = {"
    script = SCRIPT.replace("CONFIGS = {", many).replace('"zh-Hans"\n', '"l7"\n')
    write.any.script.write_text(script, encoding="utf-8")
    build_corpus(load_script(write.any.script).declared(), tmp_path / "build")
    card = (tmp_path / "build" / "README.md").read_text(encoding="utf-8").split("---\n", 2)[2]
    unopened = "".join(part.partition("</details>")[2] for part in f"</details>{card}".split("<details>"))
    rows = [line for line in unopened.splitlines() if line.startswith("| l")]
    assert len(rows) == 40 + 3 * 40  # the table of splits, and the digests
    assert len(unopened.splitlines()) < len(rows) + 80


def test_the_card_shows_pictures_of_each(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    front = "---\nlicense: mit\nlanguage: [de]\npretty_name: x\nannotations_creators: [expert-generated]\n---\n"
    corpus = declared(tmp_path / "corpus", SCRIPT.replace("    CONFIGS", '    CARD = "card.md"\n    CONFIGS'))
    (tmp_path / "corpus" / "card.md").write_text(
        front + "# x\n{{ total.of.GPE }} of {{ total.entities }}, {{ splits.train.sentences }}\n"
        "{{ blocks.entity_types_picture }}\n{{ blocks.load }}\n{{ blocks.changelog }}\n",
        encoding="utf-8",
    )
    made = build_corpus(corpus, tmp_path / "build")
    card = (tmp_path / "build" / "README.md").read_text(encoding="utf-8")
    for language in LANGUAGES:
        path = f"assets/{language}/entity-types.svg"
        assert f"]({path})" in card
        assert made.manifest.file(path) is not None
    train = sum(config.splits["train"].rows for config in made.manifest.configs)
    assert (
        f"\n30 of {sum(sum(s.entities.values()) for c in made.manifest.configs for s in c.splits.values())}, {train}\n"
        in card
    )
