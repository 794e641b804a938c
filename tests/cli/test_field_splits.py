"""From data that says its splits to a release that has them: new, check, publish, load by name."""

import csv
import json
import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import tagpress
from tagpress.cli import cli
from tagpress.cli.shell import run

SPLITS = {"train": "train", "dev": "validation", "test": "test"}
_CHANCE = random.Random(3)
ROWS = [
    (("Ada", _CHANCE.choice(["slept", "ran", "sang"]), f"w{number}"), _CHANCE.choice([*SPLITS, "train"]))
    for number in range(40)
]
TAGS = ["B-PER", "O", "O"]


def in_lines(path: Path) -> None:
    rows = [{"tokens": words, "ner_tags": TAGS, "split": said} for words, said in ROWS]
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))


def in_rows(path: Path) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Sentence #", "Word", "Tag", "Set"])
        for number, (words, said) in enumerate(ROWS):
            for place, (word, tag) in enumerate(zip(words, TAGS, strict=True)):
                writer.writerow([f"Sentence: {number}" if place == 0 else "", word, tag, said])


def in_parquet(path: Path) -> None:
    columns = {
        "tokens": [[*words] for words, _ in ROWS],
        "ner_tags": [TAGS] * len(ROWS),
        "subset": [one for _, one in ROWS],
    }
    pq.write_table(pa.table(columns), path)


def in_doccano(path: Path) -> None:
    rows = [{"text": " ".join(words), "label": [[0, 3, "PER"]], "meta": {"split": said}} for words, said in ROWS]
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))


@pytest.mark.parametrize(
    ("name", "write", "option"),
    [
        ("data.jsonl", in_lines, "split='split'"),
        pytest.param("data.csv", in_rows, "split=3", marks=pytest.mark.slow),
        pytest.param("data.parquet", in_parquet, "split='subset'", marks=pytest.mark.slow),
        pytest.param("data.jsonl", in_doccano, "split='meta.split'", marks=pytest.mark.slow),
    ],
    ids=["json lines", "csv", "parquet", "doccano"],
)
def test_a_release_has_the_splits_that_the_data_says(tmp_path, monkeypatch, local, capsys, *, name, write, option):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_TOKEN", local.token)
    write(Path(name))
    assert run(cli, ["new", "toy", name]) == 0
    assert option in capsys.readouterr().err
    declared = "SPLITS = tagpress.FieldSplits({'train': 'train', 'dev': 'validation', 'test': 'test'}"
    assert declared in Path("toy.py").read_text()
    assert run(cli, ["check", "toy.py"]) == 0
    assert run(cli, ["publish", "toy.py", "--hub", local.endpoint, "--repo", "me/toy"]) == 0
    loaded = tagpress.load("me/toy", "1.0.0", endpoint=local.endpoint, token=local.token)
    assert {split: sorted(map(tuple, rows["tokens"])) for split, rows in loaded.items()} == {
        split: sorted(words for words, one in ROWS if one == said) for said, split in SPLITS.items()
    }
