"""Three layers in three configurations: the laws of a build hold for all of them together."""

import json
import shutil

import pyarrow.parquet as pq
import pytest

from layers.made import POS, rows_of
from layers.three import COUNT, reversed_files, write_script, write_three
from made_corpora import shas
from shuffler import Shuffler
from tagpress.build.corpus import build_corpus, check_corpus
from tagpress.consume.streaming.stream import stream
from tagpress.script.builder import load_script


@pytest.fixture
def script(tmp_path):
    return write_three(tmp_path)


def test_the_bytes_do_not_depend_on_workers_or_engine(script, tmp_path):
    declared = load_script(script).declared()
    build_corpus(declared, tmp_path / "one", workers=1)
    build_corpus(declared, tmp_path / "two", workers=2)
    build_corpus(declared, tmp_path / "sent", engine=Shuffler())
    assert shas(tmp_path / "one") == shas(tmp_path / "two") == shas(tmp_path / "sent")
    for config in json.loads((tmp_path / "one" / "release.json").read_text())["configs"]:
        counts = config["counts"]
        assert counts == {"read": COUNT + 1, "published": COUNT, "rejected": 1}


def test_the_bytes_do_not_depend_on_the_order_of_the_files(script, tmp_path):
    build_corpus(load_script(script).declared(), tmp_path / "one", workers=2)
    build_corpus(load_script(reversed_files(script)).declared(), tmp_path / "other", workers=2)
    one, other = (
        {path: sha for path, sha in shas(tmp_path / name).items() if "data/" in path} for name in ("one", "other")
    )
    assert one == other


@pytest.mark.parametrize("config", ["de", "fr"])
def test_a_stream_of_a_configuration_goes_on_where_it_was(script, tmp_path, config):
    build_corpus(load_script(script).declared(), tmp_path / "out", workers=1)

    def opened():
        return stream(tmp_path / "out", None, "train", config=config, shuffle=True, batch_size=4)

    whole = [batch.to_pylist() for batch in opened()]
    assert len(whole) > 2
    assert {row["id"] for batch in whole for row in batch} == {
        row["id"] for path in tmp_path.glob(f"out/data/{config}/train-*") for row in pq.read_table(path).to_pylist()
    }
    for read in range(len(whole)):
        first = opened()
        batches = iter(first)
        for _ in range(read):
            next(batches)
        again = opened()
        again.load_state_dict(json.loads(json.dumps(first.state_dict())))
        assert [batch.to_pylist() for batch in again] == whole[read:]


def test_each_configuration_has_its_own_layers(script, tmp_path):
    made = build_corpus(load_script(script).declared(), tmp_path / "out", workers=1)
    released = made.manifest.released
    assert {name: config.layer_columns for name, config in released.items()} == {
        "de": ("pos_tags", "chunk_tags", "lemma"),
        "en": ("pos_tags",),
        "fr": ("pos_tags", "spans", "lemma"),
    }
    assert released["en"].layers["pos_tags"].names == tuple(reversed(POS))


def test_an_edit_of_a_layer_changes_one_shard_of_one_configuration(script, tmp_path):
    declared = load_script(script).declared()
    build_corpus(declared, tmp_path / "before", workers=1)
    path = tmp_path / "fr" / "a.txt"
    first, _, rest = path.read_text().partition("\n")
    word, pos, *others = first.split(" ")
    path.write_text(" ".join([word, "VB" if pos != "VB" else "NN", *others]) + "\n" + rest)
    build_corpus(declared, tmp_path / "after", workers=1)
    before, after = shas(tmp_path / "before"), shas(tmp_path / "after")
    changed = {name for name in before if before[name] != after[name]}
    assert len([name for name in changed if name.startswith("data/")]) == 1
    assert {name.split("/")[1] for name in changed if name.startswith("data/")} == {"fr"}


def test_the_builder_gives_the_rows_of_each_configuration(script, tmp_path, monkeypatch):
    build_corpus(load_script(script).declared(), tmp_path / "out", workers=1)
    loaded = load_script(script)(config_name="de", cache_dir=str(tmp_path / "cache"))
    loaded.download_and_prepare()
    found = sorted(loaded.as_dataset(split="train"), key=lambda row: row["id"])
    shutil.copytree(tmp_path / "out" / "data" / "de", tmp_path / "de-only" / "data")
    assert found == sorted(rows_of(tmp_path / "de-only", "train"), key=lambda row: row["id"])


def test_a_card_that_says_nothing_of_layers_is_named(script, tmp_path):
    said = check_corpus(load_script(script).declared(), workers=1).card_warnings
    assert not any("says nothing of them" in warning for warning in said)
    (tmp_path / "card.md").write_text("---\nlicense: cc0-1.0\n---\n\n# Three\n")
    own = load_script(write_script(tmp_path / "build_own.py", 'CARD = "card.md"'))
    [warning] = [one for one in check_corpus(own.declared(), workers=1).card_warnings if "has layers" in one]
    assert "the corpus has layers, and the card says nothing of them; add {{ blocks.layers }}" in warning
