"""`tagpress new` proposes configurations where folders or names are languages or domains, and says so."""

import json
import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from configs.made import FILES, LANGUAGES, Sentence, expected, read_source, sentences, write_corpus, write_source
from tagpress.build.corpus import build_corpus, check_corpus
from tagpress.cli import cli
from tagpress.cli.shell import run
from tagpress.errors import UsageError
from tagpress.hub import Hub
from tagpress.localhub import LocalHub
from tagpress.read.guess.named_configs import configs_by_name
from tagpress.read.guess.sniff import spell
from tagpress.release.commands import publish_corpus
from tagpress.script.builder import load_script
from tagpress.script.new import new_corpus

CODES = {"de", "en", "pcm"}


@pytest.mark.parametrize(
    ("paths", "configs"),
    [
        ("de/train.conll de/dev.conll en/train.conll en/dev.conll", "de en"),
        ("en-train.conll en-test.conll de-train.conll de-test.conll", "de en"),
        ("da_ddt-ud-train.iob2 da_ddt-ud-test.iob2 en_ewt-ud-test.iob2 en_ewt-ud-train.iob2", "da_ddt-ud en_ewt-ud"),
        ("x/news/train.txt x/news/test.txt x/web/train.txt x/web/test.txt", "news web"),
        ("de/a.txt en/b.txt en/c.txt", "de en"),
        ("de_DE/a.txt pcm/b.txt", "de_DE pcm"),
        ("en/dev.txt en/test.txt zh/train.txt zh/dev.txt zh/test.txt", "en zh"),  # one has no training data
        ("x/a.txt y/b.txt", ""),  # no languages
        ("train.txt test_2020.txt test_2021.txt", ""),
        ("eng.train eng.testa eng.testb", ""),
        ("train/a.txt test/b.txt", ""),
        ("en-train.txt en-test.txt", ""),
        ("de/train.conll de/test.conll notes.txt", ""),  # one file is of none
        ("a-train.txt a-test.txt b-train.txt", ""),  # b has no test
        ("de/train.txt en/a.txt en/b.txt", "de en"),  # no splits: one name says one,
        ("ner_de.conll ner_en.conll", "de en"),
        ("de.json en.conll pcm.tsv", "de en pcm"),
        ("ner_de.conll web_en.conll", ""),  # the names differ in more than a language
        ("en_1.txt en_2.txt", ""),
        ("train_de.conll test_de.conll train_en.conll test_en.conll", "de en"),
        ("train/train_de.jsonl test/test_de.jsonl train/train_en.jsonl test/test_en.jsonl", "de en"),
        ("train/de.jsonl test/de.jsonl train/en.jsonl test/en.jsonl", "de en"),
        ("ner.de.train.conll ner.en.train.conll ner.en.test.conll ner.de.test.conll", "ner.de ner.en"),
        ("train_de.conll test_de.conll train_en.conll", ""),  # en has no test
        ("train_de_en.conll test_de_en.conll", ""),  # both are of two
        ("pcm.txt en.txt", ""),  # a word of three letters, such as law or art, may be no language
        ("a/de.txt b/en.txt", ""),
    ],
)
def test_what_names_say(paths: str, configs: str) -> None:
    found = configs_by_name(paths.split(), CODES.__contains__)
    assert list(found) == configs.split()
    assert sorted(path for own in found.values() for path in own) == (sorted(paths.split()) if configs else [])


@pytest.mark.parametrize("flat", [False, True])
def test_a_script_with_configurations_is_written_and_reads_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, flat: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    if flat:
        for language in LANGUAGES:
            for split in FILES:
                write_source(tmp_path / "in" / f"{language}-{split}.txt", sentences(language, split))
    else:
        write_corpus(tmp_path / "in").unlink()
    made = new_corpus("three", ["in"], tmp_path)
    assert made.configs == ("de", "pcm", "zh-Hans")
    assert made.to_json()["configs"] == ["de", "pcm", "zh-Hans"]
    assert list(made.splits)[:3] == ["de/train", "de/validation", "de/test"]
    declared = load_script(made.script).declared()
    assert (list(declared.configs), declared.default) == (["de", "pcm", "zh-Hans"], "de")
    build = build_corpus(declared, tmp_path / "build").manifest
    for language in LANGUAGES:
        config = build.config(language)
        read = {
            (tuple(row["tokens"]), tuple(config.label_names[tag] for tag in row["ner_tags"]))
            for file in config.data_files()
            for row in pq.read_table(tmp_path / "build" / file.path).to_pylist()
        }
        own = {one for path in (tmp_path / "in").glob(f"{language}-*") for one in read_source(path)}
        assert read == (own if flat else expected(tmp_path / "in", language))


def write_in_three_formats(folder: Path) -> dict[str, list[Sentence]]:
    """Write a language each as BIOES in columns, as JSON lines, and with the tags before the tokens."""
    found = {language: sentences(language, "train") for language in LANGUAGES}
    last = {"B-LOC": "S-LOC", "I-PER": "E-PER"}
    write_source(
        folder / "de" / "a.conll", [(tokens, tuple(last.get(t, t) for t in tags)) for tokens, tags in found["de"]]
    )
    lines = [json.dumps({"tokens": tokens, "ner_tags": tags}) for tokens, tags in found["pcm"]]
    (folder / "pcm").mkdir()
    (folder / "pcm" / "a.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    write_source(folder / "zh-Hans" / "a.txt", [(tags, tokens) for tokens, tags in found["zh-Hans"]])
    return found


def test_languages_in_three_formats_have_a_dialect_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    written = write_in_three_formats(tmp_path / "in")
    assert run(cli, ["new", "three", "in"]) == 0
    said = capsys.readouterr().err
    declared = load_script(tmp_path / "three.py").declared()
    assert {name: spell(one.dialect) for name, one in declared.configs.items()} == {
        "de": "Columns(scheme='BIOES')",
        "pcm": "JsonLines()",
        "zh-Hans": "Columns(token=1, tag=0)",
    }
    assert "pcm has its own: DIALECT JsonLines()" in said
    assert "  pcm: each line is an object; tokens and ner_tags run in parallel (in/pcm/a.jsonl:1: " in said
    assert "left out" not in said
    build = build_corpus(declared, tmp_path / "build").manifest
    for language, source in written.items():
        config = build.config(language)
        rows = [
            (tuple(row["tokens"]), tuple(config.label_names[tag] for tag in row["ner_tags"]))
            for file in config.data_files()
            for row in pq.read_table(tmp_path / "build" / file.path).to_pylist()
        ]
        assert sorted(rows) == sorted(source)


def test_one_corpus_in_folders_of_formats_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for split, name in FILES.items():
        some = sentences("de", split)
        write_source(tmp_path / "in" / "conll" / name, some)
        lines = [json.dumps({"tokens": tokens, "ner_tags": tags}) for tokens, tags in some]
        (tmp_path / "in" / "json").mkdir(exist_ok=True)
        (tmp_path / "in" / "json" / f"{split}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    made = new_corpus("one", ["in"], tmp_path)
    assert (made.configs, list(made.splits)) == ((), ["train", "validation", "test"])
    assert len(made.left_out) == 3


def test_configurations_can_be_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_corpus(tmp_path).unlink()
    given = ["b/train=de/train.txt", "b/test=de/test.txt", "a/dev=pcm/dev.txt", "a/test=pcm/test.txt"]
    made = new_corpus("said", given, tmp_path)
    assert made.configs == ("b", "a")  # the order of the user, as of splits: the first is the default one
    assert {split: list(files) for split, files in made.splits.items()} == dict(
        zip(["b/train", "b/test", "a/dev", "a/test"], [[one.partition("=")[2]] for one in given], strict=True)
    )
    whole = new_corpus("whole", ["x/=de/train.txt", "y/=pcm/train.txt"], tmp_path)
    assert (whole.configs, whole.splits) == (("x", "y"), {})
    assert check_corpus(load_script(whole.script).declared()).ok


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["x/train=de/train.txt", "pcm/train.txt"], "pcm/train.txt has no configuration and others have one"),
        (["x/train=de/train.txt", "y/=pcm/train.txt"], "the configuration 'y' has no splits, and others have"),
        (["x/train=de/train.txt", "x/=de/dev.txt"], "de/dev.txt has no split and others have one"),
        (["x/a-b=de/train.txt"], "'a-b' cannot be the name of a split"),
    ],
)
def test_what_is_said_of_some_must_be_said_of_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: list[str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    write_corpus(tmp_path).unlink()
    with pytest.raises(UsageError, match=re.escape(message)):
        new_corpus("said", given, tmp_path)


def read_uner(path: Path) -> list[Sentence]:
    """Read Universal NER by hand: comments, then id, token, tag and two more columns, parted by tabs."""
    chunks = path.read_text(encoding="utf-8").strip().split("\n\n")
    rows = [[line.split("\t") for line in chunk.split("\n") if not line.startswith("# ")] for chunk in chunks]
    return [(tuple(row[1] for row in some), tuple(row[2] for row in some)) for some in rows]


@pytest.mark.slow
def test_universal_ner_is_published_by_language(
    corpora: Path, tmp_path: Path, local: LocalHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    languages = sorted(corpora.glob("uner-*"))
    if len(languages) < 2:
        pytest.skip("Universal NER is not there")
    monkeypatch.chdir(tmp_path)
    made = new_corpus("uner", [str(folder) for folder in languages], tmp_path)
    assert made.configs == tuple(folder.name for folder in languages)
    script = made.script.read_text(encoding="utf-8")
    policies = 'POLICY = {"split-leakage": "drop", "duplicate": "drop", "control-character": "warn"}\n    CARD'
    made.script.write_text(script.replace("CARD", policies, 1), encoding="utf-8")
    done = publish_corpus(
        load_script(made.script).declared(),
        hub=Hub(endpoint=local.endpoint, token=local.token),
        repo="me/uner",
        out=tmp_path / "build",
    )
    assert done.tag == "v1.0.0"
    assert done.built is not None
    for folder in languages:
        config = done.built.manifest.config(folder.name)
        rows = [
            (tuple(row["tokens"]), tuple(config.label_names[tag] for tag in row["ner_tags"]))
            for file in config.data_files()
            for row in pq.read_table(tmp_path / "build" / file.path).to_pylist()
        ]
        source = [one for path in sorted(folder.glob("*.iob2")) for one in read_uner(path)]
        assert config.counts["read"] == len(source)
        assert set(rows) <= set(source)
        assert config.counts["published"] == len(rows)
        assert {tokens for tokens, _ in rows} == {tokens for tokens, _ in source}
