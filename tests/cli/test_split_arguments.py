"""SPLIT=SOURCE, as it is typed: any name of a split, and no path that only looks like it."""

from pathlib import Path

import pytest

from tagpress.build.corpus import check_corpus
from tagpress.cli.options import declared
from tagpress.errors import UsageError
from tagpress.read.sources.arguments import split_of

SCRIPT = """\
import datasets, tagpress
class Small(tagpress.CorpusBuilder):
    '''Small.'''
    NAME = "small"
    VERSION = datasets.Version("1.0.0")
    ENTITY_TYPES = {"X": "x"}
    SOURCES = {"train": "a.txt"}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("a.txt", "b.txt", "year=2020/a.txt", "odd=name.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"{name}\tO\nx\tB-X\n")
    (tmp_path / "script.py").write_text(SCRIPT)
    return tmp_path


@pytest.mark.parametrize(
    ("typed", "split", "path"),
    [
        ("train=a.txt", "train", "a.txt"),
        ("gold.core=*.txt", "gold.core", "*.txt"),
        ("test_2020=s3://b/a.txt?x=1", "test_2020", "s3://b/a.txt?x=1"),
        ("a.txt", None, "a.txt"),
        ("odd=name.txt", None, "odd=name.txt"),
        ("year=2020/a.txt", None, "year=2020/a.txt"),
        ("year=*/a.txt", None, "year=*/a.txt"),
        ("http://host/a?b=c", None, "http://host/a?b=c"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_what_is_a_split(typed: str, split: str | None, path: str) -> None:
    assert split_of(typed) == (split, path)


@pytest.mark.usefixtures("folder")
def test_what_no_split_can_be_called() -> None:
    for name in ("test-2020", "all", ""):
        with pytest.raises(UsageError, match="cannot be the name of a split"):
            split_of(f"{name}=a.txt")


def test_given_splits_replace_those_of_the_script_with_others(folder: Path) -> None:
    sources = ("unlabelled=a.txt", "test_2020=b.txt")
    declaration = declared(folder / "script.py", sources, None, None)
    assert declaration.any.splits.names == ("unlabelled", "test_2020")
    assert check_corpus(declaration).splits == {"unlabelled": 1, "test_2020": 1}
