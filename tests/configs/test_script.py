"""What a script may say about configurations, and what it hears where it says it wrongly."""

from pathlib import Path

import pytest

from configs.made import SCRIPT, declared, expected, write_corpus
from tagpress.build.corpus import build_corpus
from tagpress.corpus.splits import GivenSplits, HashSplits
from tagpress.errors import ScriptError, UsageError
from tagpress.script.builder import load_script


def test_each_configuration_is_a_declaration_of_its_own(tmp_path: Path) -> None:
    corpus = declared(tmp_path)
    assert list(corpus.configs) == ["de", "zh-Hans", "pcm"]
    assert corpus.default == "zh-Hans"
    assert [one.config for one in corpus] == list(corpus.configs)
    assert [tuple(one.entity_types) for one in corpus] == [("LOC", "PER"), ("GPE", "LOC", "PER"), ("LOC", "PER")]
    assert [type(one.splits) for one in corpus] == [GivenSplits, GivenSplits, HashSplits]
    assert {one.dialect.delimiter for one in corpus} == {"\t"}


def test_the_first_is_the_default_where_none_is_said(tmp_path: Path) -> None:
    assert declared(tmp_path, SCRIPT.replace("    DEFAULT_CONFIG", "    _UNREAD")).default == "de"


def test_a_declaration_of_several_must_be_named(tmp_path: Path) -> None:
    builder = load_script(write_corpus(tmp_path))
    assert builder.declaration("pcm").config == "pcm"
    with pytest.raises(UsageError, match="has the configurations de, zh-Hans, pcm"):
        builder.declaration()
    with pytest.raises(UsageError, match="has no configuration 'fr'") as raised:
        builder.declaration("fr")
    assert raised.value.hint == "it has de, zh-Hans, pcm"


FAULTS = {
    "misspelt": (
        ('"SOURCES": "pcm/*.txt"', '"SOURCE": "pcm/*.txt"'),
        "configuration 'pcm': SOURCE is no attribute of a corpus; did you mean SOURCES?",
    ),
    "of the release": (
        ('"SOURCES": "pcm/*.txt"', '"SOURCES": "pcm/*.txt", "NAME": "other"'),
        "configuration 'pcm': NAME is that of the whole release, and no configuration can have its own",
    ),
    "wrong kind": (('"SOURCES": "pcm/*.txt"', '"SOURCES": 7'), "configuration 'pcm': SOURCES is 7; write it as"),
    "no types": (
        ('"SOURCES": "pcm/*.txt"', '"SOURCES": "pcm/*.txt", "ENTITY_TYPES": {}'),
        "configuration 'pcm': ENTITY_TYPES is empty",
    ),
    "two kinds of splits": (
        ('"SOURCES": "pcm/*.txt", "SPLITS"', '"SOURCES": {"all": "pcm/*.txt"}, "SPLITS"'),
        "configuration 'pcm': 'all' cannot be the name of a split",
    ),
    "a name": (('"pcm": {', '"../pcm": {'), "'../pcm' cannot be the name of a configuration"),
    "one folder": (('"pcm": {', '"DE": {'), "the configuration 'de' and another would share a folder"),
    "default": (('"zh-Hans"\n', '"fr"\n'), "DEFAULT_CONFIG is 'fr', which is none of CONFIGS: de, zh-Hans, pcm"),
    "two defaults": (('"pcm": {', '"default": {'), "a configuration that is called 'default' is the default one"),
    "no table": (("CONFIGS = {", "CONFIGS = 7\n    _WAS = {"), "CONFIGS is 7; write it as"),
    "no table of one": (
        ('{"SOURCES": "pcm/*.txt", "SPLITS": tagpress.HashSplits(salt="1")}', '"pcm/*.txt"'),
        "CONFIGS is {",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_names_its_configuration(tmp_path: Path, fault: str) -> None:
    (right, wrong), message = FAULTS[fault]
    assert right in SCRIPT
    with pytest.raises(ScriptError) as raised:
        declared(tmp_path, SCRIPT.replace(right, wrong))
    assert message in raised.value.message


def test_the_builder_of_datasets_knows_them_by_name(tmp_path: Path) -> None:
    builder = load_script(write_corpus(tmp_path / "corpus"))
    assert list(builder.builder_configs) == ["de", "zh-Hans", "pcm"]
    made = build_corpus(builder.declared(), tmp_path / "build")
    for name in ("de", None, "pcm"):
        found = builder(config_name=name, cache_dir=str(tmp_path / "cache"))
        found.download_and_prepare()
        rows = found.as_dataset()
        config = made.manifest.config(name)
        assert {split: part.num_rows for split, part in rows.items()} == {
            split: totals.rows for split, totals in config.splits.items()
        }
        names = rows["train"].features["ner_tags"].feature.names
        assert tuple(names) == config.label_names
        read = {
            (tuple(row["tokens"]), tuple(names[tag] for tag in row["ner_tags"]))
            for part in rows.values()
            for row in part
        }
        assert read == expected(tmp_path / "corpus", name or "zh-Hans")
