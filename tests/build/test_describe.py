"""A build's manifest and its card's facts say the same of the same rows."""

from dataclasses import replace

import pytest

from made_corpora import words, write_document
from made_spills import reading_of, small_corpus
from tagpress.build.corpus import build_corpus
from tagpress.build.describe import source_files, source_records
from tagpress.corpus.identity import DIGEST_MODULUS
from tagpress.read.standoff import Standoff
from tagpress.store import Folder


@pytest.fixture(scope="module")
def build(tmp_path_factory):
    folder = tmp_path_factory.mktemp("described")
    return build_corpus(small_corpus(folder / "corpus"), folder / "out", workers=1)


def test_a_split_s_digest_is_the_sum_of_its_files(build):
    for split, record in build.manifest.sole.splits.items():
        files = [file for file in build.manifest.data_files() if file.path.startswith(f"data/{split}-")]
        assert files
        assert int(record.row_digest, 16) == sum(int(file.row_digest, 16) for file in files) % DIGEST_MODULUS
        assert record.rows == sum(file.rows for file in files)


def test_counts_add_up_and_reasons_are_those_of_the_rejected(build):
    manifest = build.manifest
    assert manifest.sole.counts == {"read": 28, "published": 25, "rejected": 3}
    assert manifest.sole.rejected == {"duplicate": 1, "empty-sentence": 1, "ragged-line": 1}
    assert sum(split.rows for split in manifest.sole.splits.values()) == manifest.sole.counts["published"]


def test_a_library_is_named_where_bytes_depend_on_it(build):
    assert build.manifest.libraries.keys() == {"tagpress", "pyarrow", "datasets"}  # a plain card has no picture


def test_sources_have_the_path_that_belongs_to_the_corpus(build, tmp_path):
    assert [(source.path, source.sentences) for source in build.manifest.sole.sources] == [("a.txt", 14), ("b.txt", 14)]
    declaration = small_corpus(tmp_path / "corpus", sources="*/*.txt")
    for name in ("one", "two"):
        write_document(tmp_path / "corpus" / name / "a.txt", [words(name)])
    reading = reading_of(declaration, Folder(tmp_path))
    records = source_records(declaration, source_files(reading), ["0" * 64, "1" * 64])
    assert [(one.path, one.sha256[0]) for one in records] == [("one/a.txt", "0"), ("two/a.txt", "1")]


def test_a_file_beside_a_source_is_a_source_without_sentences(tmp_path):
    declaration = small_corpus(tmp_path / "corpus")
    reading = reading_of(declaration, Folder(tmp_path))
    for name in "ab":
        (tmp_path / "corpus" / f"{name}.ann").write_text("")
    found = source_files(replace(reading, declaration=replace(declaration, dialect=Standoff())))
    assert [(source.path.rpartition("/")[2], count) for source, count in found.items()] == [
        ("a.txt", 14),
        ("a.ann", 0),
        ("b.txt", 14),
        ("b.ann", 0),
    ]
