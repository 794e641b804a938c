"""The training example of the documentation: streamed from a Hub by name and version, killed, resumed."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from consume.align.vocabularies import word_piece
from release.publisher import publish_here
from tagpress.build.corpus import build_corpus
from tagpress.localhub import LocalHub
from tagpress.script.builder import load_script
from test_readme import python_blocks

ROOT = Path(__file__).parents[1]
REPO = "me/software-entities"
EPOCHS, BATCH = 3, 2


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample corpus, built."""
    folder = tmp_path_factory.mktemp("training") / "build"
    build_corpus(load_script(ROOT / "dataset_script" / "software_entities.py").declaration(), folder, workers=1)
    return folder


@pytest.fixture(scope="module")
def environment(build: Path) -> Iterator[dict[str, str]]:
    """The sample corpus on a Hub, and how a process finds it."""
    with LocalHub(build.parent / "hub") as hub:
        assert publish_here(hub.endpoint, hub.token, build, REPO)["tag"] == "v1.0.0"
        known = {"HF_ENDPOINT": hub.endpoint, "HF_TOKEN": hub.token, "HF_HOME": str(build.parent / "home")}
        yield {**known, "OMP_NUM_THREADS": "1"}  # threads of torch wait for each other on tensors as small as these


def python(*arguments: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error::UserWarning", *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def seen(out: Path) -> dict[int, Counter[str]]:
    """How often each sentence was seen in each epoch, by the weights that there are."""
    found: dict[int, Counter[str]] = {}
    for line in (out / "seen.txt").read_text().splitlines():
        epoch, row_id = line.split()
        found.setdefault(int(epoch), Counter())[row_id] += 1
    return found


@pytest.mark.slow
def test_killed_in_mid_epoch_and_resumed_it_ends_as_if_nothing_had_happened(build, environment, tmp_path):
    import torch

    def arguments(name: str) -> list[str]:
        options = {"--epochs": EPOCHS, "--batch-size": BATCH, "--vocabulary": 400, "--save-every": 3}
        return [REPO, "1.0.0", "--out", str(tmp_path / name), *(str(text) for pair in options.items() for text in pair)]

    # 8 steps an epoch: dies before there is a checkpoint, in mid-epoch behind one, at once, and in the next epoch.
    deaths = [2, 6, 1, 9]
    runs = [*((arguments("killed"), step) for step in [*deaths, None]), (arguments("whole"), None)]
    printed = python(str(Path(__file__).with_name("training.py")), json.dumps(runs), **environment)
    *died, resumed, whole, _ = re.split("killed\n|finished\n", printed)
    assert [re.findall("goes on behind step (\\d+)", run) for run in died] == [[], [], ["3"], ["3"]]
    assert "goes on behind step 9 of 24, in epoch 1\n" in resumed
    assert "micro avg" in whole
    assert whole.endswith(resumed.partition("epoch 1, ")[2])

    rows = pq.read_table(build / "data" / "train-00000-of-00001.parquet", columns=["id"])["id"].to_pylist()
    assert len(rows) == 15
    assert seen(tmp_path / "killed") == {epoch: Counter(rows) for epoch in range(EPOCHS)}
    texts = [(tmp_path / name / "seen.txt").read_text() for name in ("killed", "whole")]
    assert texts[0] == texts[1]
    killed, never = (torch.load(tmp_path / name / "checkpoint.pt") for name in ("killed", "whole"))
    assert killed["step"] == never["step"] == 24
    for name, weights in never["model"].items():
        assert torch.equal(killed["model"][name], weights)


@pytest.mark.slow
def test_the_example_of_the_pages_maps_a_release(environment, tmp_path):
    (tmp_path / "tokenizer").mkdir()
    word_piece().save(str(tmp_path / "tokenizer" / "tokenizer.json"))
    (tmp_path / "tokenizer" / "tokenizer_config.json").write_text('{"tokenizer_class": "PreTrainedTokenizerFast"}')
    code = next(block for block in python_blocks("how-to/training.md") if "AutoTokenizer" in block)
    known = code.replace("distilbert-base-cased", str(tmp_path / "tokenizer")).replace(
        '"max_length": 128', '"max_length": 20'
    )
    assert known.count(str(tmp_path)) == known.count('"max_length": 20') == 1
    script = tmp_path / "example.py"
    script.write_text(known)
    lost, words = python(str(script), **environment).split(maxsplit=1)
    assert int(lost) > 0
    assert words == "entity tokens are beyond 128 subwords\n"


def test_what_the_pages_show_of_the_training_script_is_in_it():
    shown = [
        block for block in python_blocks("how-to/training.md") if "training.stream" in block or "def encode" in block
    ]
    assert len(shown) == 2
    script = (ROOT / "dataset_script" / "train_software_entities.py").read_text()
    assert all(block in script for block in shown)
