import os
from pathlib import Path

import datasets
import pyarrow.parquet as pq
import pytest

from tagpress.build.corpus import build_corpus
from tagpress.errors import DataError, ScriptError, SourceError
from tagpress.script.builder import load_script

HEAD = """\
import datasets, tagpress
class Small(tagpress.CorpusBuilder):
    '''A small corpus.'''
    NAME = "small"
    VERSION = datasets.Version("1.0.0")
    ENTITY_TYPES = {"Language": "A language."}
    SOURCES = "*.txt"
    SPLITS = tagpress.HashSplits(train=1, validation=0, test=0)
"""


def script(folder: Path, more: str = "", head: str = HEAD) -> Path:
    path = folder / "small.py"
    path.write_text(head + more)
    return path


def independent_reader(path: Path) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Read the sample's layout by hand: the tags of every sentence."""
    found: dict[tuple[str, ...], tuple[str, ...]] = {}
    for chunk in path.read_text(encoding="utf-8").split("<s>\n")[1:]:
        rows = [line.split("\t") for line in chunk.split("</s>")[0].splitlines()]
        found[tuple(row[0] for row in rows)] = tuple(row[1] for row in rows)
    return found


def test_the_sample_script_is_a_datasets_builder_with_the_published_rows(root, tmp_path):
    cls = load_script(root / "dataset_script" / "software_entities.py")
    builder = cls(cache_dir=str(tmp_path / "cache"))
    builder.download_and_prepare()
    prepared = builder.as_dataset()
    build_corpus(cls.declaration(), tmp_path / "out")
    assert builder.info.version == "1.0.0"
    source = independent_reader(root / "dataset_script" / "data" / "similarity_learning.txt")
    assert {split: rows.num_rows for split, rows in prepared.items()} == {"train": 15, "validation": 2, "test": 3}
    for split, rows in prepared.items():
        published = pq.read_table(tmp_path / "out" / "data" / f"{split}-00000-of-00001.parquet")
        assert rows.to_list() == published.to_pylist()
        assert rows.features == datasets.Features.from_arrow_schema(published.schema)
        names = rows.features["ner_tags"].feature.names
        assert (len(names), names[0]) == (25, "O")
        for row in rows:
            assert tuple(names[tag] for tag in row["ner_tags"]) == source.pop(tuple(row["tokens"]))
    assert not source


def test_an_edited_source_is_read_again(tmp_path):
    cls = load_script(script(tmp_path))
    (tmp_path / "a.txt").write_text("Rust\tB-Language\n")
    first = cls(cache_dir=str(tmp_path / "cache"))
    first.download_and_prepare()
    (tmp_path / "a.txt").write_text("Rust\tO\n")
    second = cls(cache_dir=str(tmp_path / "cache"))
    second.download_and_prepare()
    assert [first.as_dataset()["train"][0]["ner_tags"], second.as_dataset()["train"][0]["ner_tags"]] == [[1], [0]]


def test_to_make_a_builder_reads_no_source(tmp_path):
    builder = load_script(script(tmp_path))(cache_dir=str(tmp_path / "cache"))
    assert builder.info.features["tokens"] == datasets.List(datasets.Value("string"))
    with pytest.raises(SourceError, match=r"\*\.txt"):  # there is none
        builder.download_and_prepare()


def test_a_source_edited_before_it_is_read_is_kept_as_what_was_read(tmp_path):
    cls = load_script(script(tmp_path))
    (tmp_path / "a.txt").write_text("Rust\tB-Language\n")
    first = cls(cache_dir=str(tmp_path / "cache"))
    (tmp_path / "a.txt").write_text("Rust\tO\n")
    first.download_and_prepare()
    (tmp_path / "a.txt").write_text("Rust\tB-Language\n")
    second = cls(cache_dir=str(tmp_path / "cache"))
    second.download_and_prepare()
    assert [one.as_dataset()["train"][0]["ner_tags"] for one in (first, second)] == [[0], [1]]
    assert first.cache_dir != second.cache_dir


def test_what_was_prepared_once_is_found_again(tmp_path):
    cls = load_script(script(tmp_path))
    (tmp_path / "a.txt").write_text("Rust\tB-Language\n")
    first, second = (cls(cache_dir=str(tmp_path / "cache")) for _ in range(2))
    first.download_and_prepare()
    assert second.as_dataset()["train"].to_list() == first.as_dataset()["train"].to_list()
    assert second.info.splits["train"].num_examples == 1
    assert second.cache_dir == first.cache_dir


def test_errors_reach_the_user_of_the_builder(tmp_path):
    cls = load_script(script(tmp_path))
    (tmp_path / "a.txt").write_text("Rust\tB-Lang\n")
    builder = cls(cache_dir=str(tmp_path / "cache"))
    with pytest.raises(DataError) as caught:
        builder.download_and_prepare()
    assert [found.code for found in caught.value.problems][:1] == ["unknown-tag"]


def test_a_streaming_dataset_has_the_same_rows(tmp_path):
    (tmp_path / "a.txt").write_text("Rust\tB-Language\n\nruns\tO\n")
    builder = load_script(script(tmp_path))(cache_dir=str(tmp_path / "cache"))
    streamed = list(builder.as_streaming_dataset(split="train"))
    builder.download_and_prepare()
    assert streamed == builder.as_dataset(split="train").to_list()


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("    NAME = 'Small Corpus'\n", "NAME is 'Small Corpus'"),
        ("    ENTITY_TYPES = {}\n", "ENTITY_TYPES is empty"),
        ("    ENTITY_TYPES = {'a b': ''}\n", "'a b' cannot be an entity type"),
        (
            "    POLICY = {'duplicates': 'drop', 'ragged-line': 'pad'}\n",
            "'duplicates', which is no problem code; .*'pad'",
        ),
        ("    SOURCES = ()\n", "SOURCES is empty"),
        ("    SOURCES = {'dev-2': '*.txt'}\n", "'dev-2' cannot be the name of a split"),
        ("    RENAMED = {'tongue': 'Tongue'}\n", "'tongue' is called 'Tongue' now, and no layer has such a type"),
        (
            "    MERGED = ['Tongue']\n",
            "MERGED is .*write it as .*, the old name first",
        ),
        ("    SOURCE_TYPES = {'tongue': 'Tongue'}\n", "SOURCE_TYPES maps to 'Tongue', which is no entity type"),
        ("    MAX_TOKENS = 0\n", "MAX_TOKENS is 0"),
        ("1 / 0\n", "small.py fails: ZeroDivisionError"),
        ("class Other(Small): pass\n", "must define one CorpusBuilder, found Small, Other"),
    ],
)
def test_a_wrong_script_gets_one_clear_message(tmp_path, more, message):
    with pytest.raises(ScriptError, match=message):
        load_script(script(tmp_path, more)).declaration()


def test_no_script_and_no_builder(tmp_path):
    with pytest.raises(ScriptError, match="there is no builder script"):
        load_script(tmp_path / "none.py")
    with pytest.raises(ScriptError, match="found none"):
        load_script(script(tmp_path, head="import tagpress\n"))


def test_given_splits_win_over_computed_ones(tmp_path):
    declaration = load_script(script(tmp_path, "    SOURCES = {'test': 'b.txt', 'train': 'a.txt'}\n")).declaration()
    assert declaration.splits.names == ("test", "train")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('POLCY = {"duplicate": "drop"}', "POLCY is no attribute of a corpus; did you mean POLICY?"),
        ('SOURCE = "b.tsv"', "SOURCE is no attribute of a corpus; did you mean SOURCES?"),
        ("ENTITY_TYPES = ['PER', 'LOC']", "ENTITY_TYPES is ['PER', 'LOC']; write it as {"),
        ("ENTITY_TYPES = {'PER': None}", "ENTITY_TYPES is {'PER': None}; write it as {"),
        ("NAME = None", 'NAME is None; write it as "software-entities"'),
        ("DIALECT = 'conll2003'", "DIALECT is 'conll2003'; write it as tagpress.Columns(...)"),
        ("SOURCES = 3", "SOURCES is 3; write it as "),
        ("SPLITS = {'train': 8}", "SPLITS is {'train': 8}; write it as tagpress.HashSplits(...)"),
        ("CARD = 1", "CARD is 1; write it as"),
        ("POLICY = ['drop']", "POLICY is ['drop']; write it as"),
        ("MAX_TOKENS = True", "MAX_TOKENS is True; write it as 512"),
        ("REPO = 1", "REPO is 1; write it as"),
        ("HUB = 1", "HUB is 1; write it as"),
    ],
)
def test_what_nobody_reads_or_can_use_is_named(tmp_path: Path, line: str, said: str) -> None:
    text = (
        "import tagpress\n\n\nclass Toy(tagpress.CorpusBuilder):\n"
        '    NAME = "toy"\n    VERSION = "1.0.0"\n    ENTITY_TYPES = {"PER": "A person."}\n    SOURCES = "a.tsv"\n'
        f"    _own = 1\n    MISSPELT = 2\n    {line}\n"
    )
    (tmp_path / "toy.py").write_text(text)
    with pytest.raises(ScriptError) as refused:
        load_script(tmp_path / "toy.py").declaration()
    assert said in refused.value.message
    assert "MISSPELT is no attribute of a corpus" in refused.value.message
    assert "_own" not in refused.value.message


def test_a_treebank_without_ids_has_no_column_of_them(tmp_path):
    lines = "".join("\t".join([str(i), word, *"_______", "_"]) + "\n" for i, word in enumerate(("Rust", "won"), 1))
    (tmp_path / "a.txt").write_text(f"{lines}\n")
    cls = load_script(script(tmp_path, "    DIALECT = tagpress.ConllU()\n"))
    builder = cls(cache_dir=str(tmp_path / "cache"))
    builder.download_and_prepare()
    assert list(builder.as_dataset()["train"].features) == ["id", "doc_id", "tokens", "ner_tags"]


def test_a_script_of_the_same_size_and_second_is_not_taken_for_the_one_before(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    path = tmp_path / "toy.py"
    for version in ("1.0.0", "1.0.1"):
        path.write_text(f'import tagpress\n\nclass Toy(tagpress.CorpusBuilder):\n    VERSION = "{version}"\n')
        os.utime(path, (1e9, 1e9))
        assert version == load_script(path).VERSION
