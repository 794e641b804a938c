"""What `new` writes where the data says its splits."""

import json
from pathlib import Path

from tagpress.build.corpus import check_corpus
from tagpress.cli import cli
from tagpress.cli.shell import run
from tagpress.corpus.field_splits import FieldSplits
from tagpress.corpus.splits import GivenSplits
from tagpress.script.builder import load_script
from tagpress.script.new import new_corpus


def write(path: Path, said: list[str], *, first: int = 0, **more: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [
        {"tokens": ["Ada", f"w{first + n}"], "ner_tags": ["B-PER", "O"], "split": one, **more}
        for n, one in enumerate(said)
    ]
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))


def test_splits_of_files_win_and_the_field_is_named_as_not_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(Path("train.jsonl"), ["train"] * 6)
    write(Path("test.jsonl"), ["test"] * 6, first=6)
    made = new_corpus("toy", ["train.jsonl", "test.jsonl"], tmp_path)
    declaration = load_script(made.script).declaration()
    assert declaration.splits == GivenSplits(names=("train", "test"))
    assert made.report.unread == ("split",)
    assert made.to_json()["split_values"] == {}


def test_configurations_that_say_other_splits_declare_their_own(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    write(Path("de/a.jsonl"), ["train", "dev", "test"] * 4)
    write(Path("en/a.jsonl"), ["train", "test"] * 6, first=20)
    assert run(cli, ["new", "toy", "de/=de/a.jsonl", "en/=en/a.jsonl", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["split_values"] == {
        "train": "train",
        "dev": "validation",
        "test": "test",
    }
    declared = load_script(Path("toy.py")).declared()
    rules = {name: one.splits for name, one in declared.configs.items()}
    assert {name: rule.names for name, rule in rules.items()} == {
        "de": ("train", "validation", "test"),
        "en": ("train", "test"),
    }
    assert all(isinstance(rule, FieldSplits) for rule in rules.values())
    report = check_corpus(declared, workers=1)
    assert report.ok
    assert report.splits == {"de/train": 4, "de/validation": 4, "de/test": 4, "en/train": 6, "en/test": 6}


def test_a_configuration_that_says_none_has_computed_ones(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(Path("de/a.jsonl"), ["train", "dev", "test"] * 4)
    tagged = "".join(f"Ada B-PER\nw{n} O\n\n" for n in range(40))
    Path("en").mkdir()
    Path("en/a.conll").write_text(tagged)
    new_corpus("toy", ["de/=de/a.jsonl", "en/=en/a.conll"], tmp_path)
    declared = load_script(Path("toy.py")).declared()
    assert isinstance(declared.config("de").splits, FieldSplits)
    assert not isinstance(declared.config("en").splits, GivenSplits)
    assert check_corpus(declared, workers=1).ok


def test_few_documents_are_no_reason_to_tear_them_where_splits_are_given(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("a.tsv").write_text(
        "".join(f"# newdoc id = d{n}\nAda\tB-PER\t{one}\nw{n}\tO\t{one}\n\n" for n, one in enumerate(["train", "dev"]))
    )
    made = new_corpus("toy", ["a.tsv"], tmp_path)
    declaration = load_script(made.script).declaration()
    assert declaration.splits == FieldSplits({"train": "train", "dev": "validation"}, group="document")
    assert not [doubt for doubt in made.doubts if doubt.startswith("splits:")]


def test_a_column_in_capitals_is_no_layer(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("a.tsv").write_text(
        "".join(f"Ada\tB-PER\tNNP\t{one}\nw{n}\tO\tVB\t{one}\n\n" for n, one in enumerate(["TRAIN", "TEST"] * 20))
    )
    made = new_corpus("toy", ["a.tsv"], tmp_path)
    assert list(made.guessed.layered.layers) == ["pos_tags"]
    assert load_script(made.script).declaration().dialect.split == 3
    assert made.report.splits == {"train": 20, "test": 20}


def test_check_says_so_where_a_script_reads_no_field_of_splits(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    write(Path("a.jsonl"), ["a", "b"] * 20)
    assert run(cli, ["new", "toy", "a.jsonl"]) == 0
    assert "in doubt: splits: the field split says 'a', 'b', and is not read" in capsys.readouterr().err
    assert run(cli, ["check", "toy.py"]) == 0
    told = "split may say the splits: split= of DIALECT and SPLITS = tagpress.FieldSplits({...}) take them"
    assert told in capsys.readouterr().err.splitlines()
