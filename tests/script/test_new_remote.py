"""`tagpress new` on URLs: a pattern or a folder means files, whose names say splits and configurations as those here do."""

from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest

from tagpress.errors import SourceError
from tagpress.read.sources.finding import find
from tagpress.script.builder import load_script
from tagpress.script.new import new_corpus


def rows(name: str) -> bytes:
    return "".join(f"Ada{number}{name}\tB-PER\nsaw\tO\n\n" for number in range(12)).encode()


@pytest.fixture
def shelf() -> Iterator[str]:
    system = fsspec.filesystem("memory")
    files = {
        f"/shelf/{language}/{split}.conll": rows(language + split)
        for language in ("de", "en")
        for split in ("train", "test")
    }
    system.pipe({**files, "/shelf/README.md": b"# About\n", "/shelf/.gitattributes": b"* text\n"})
    yield "memory://shelf"
    system.rm("/shelf", recursive=True)


def test_names_that_a_pattern_means_say_splits(tmp_path: Path, shelf: str) -> None:
    made = new_corpus("mine", [f"{shelf}/de/*.conll"], tmp_path)
    assert load_script(made.script).SOURCES == {
        "train": "memory:///shelf/de/train.conll",
        "test": "memory:///shelf/de/test.conll",
    }


def test_a_folder_is_every_file_in_it_that_may_be_a_corpus(tmp_path: Path, shelf: str) -> None:
    made = new_corpus("mine", [shelf], tmp_path)
    assert made.configs == ("de", "en")
    assert made.splits["en/test"] == ("memory:///shelf/en/test.conll",)
    assert {reason for _, reason in made.left_out} == {"people read it", "it is hidden"}
    assert made.report.sentences == 48


def test_files_without_splits_stay_a_pattern(tmp_path: Path, shelf: str) -> None:
    fsspec.filesystem("memory").pipe({"/shelf/fr/a.conll": rows("a"), "/shelf/fr/b.conll": rows("b")})
    made = new_corpus("mine", [f"{shelf}/fr/*.conll"], tmp_path)
    assert f"{shelf}/fr/*.conll" == load_script(made.script).SOURCES


def test_a_folder_in_a_script_is_refused_with_what_to_write(shelf: str) -> None:
    with pytest.raises(SourceError, match="memory://shelf/de is a folder") as refused:
        find([f"{shelf}/de"], Path())
    assert refused.value.hint == "name its files: 'memory://shelf/de/**/*.parquet'"
    with pytest.raises(SourceError, match="no file matches 'memory://shelf/fr'"):
        find([f"{shelf}/fr"], Path())
