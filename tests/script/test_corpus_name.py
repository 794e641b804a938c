"""What a corpus is called that somebody has just begun with, and what is taken for its name by mistake."""

import pytest

from tagpress.cli import cli
from tagpress.cli.shell import run
from tagpress.errors import UsageError
from tagpress.script.corpus_name import checked_name, name_after, not_read
from tagpress.script.new import new_corpus

TEXT = "".join(f"Rust B-Language\nrun{number} O\n\n" for number in range(12))


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("Medical NER/train.conll", "medical-ner"),
        ("ner/data/train.conll", "ner"),
        ("my.corpus/export.conll.gz", "my-corpus"),
        ("x/letters_1914.conll", "letters-1914"),
        ("x/wiki-2.0/", "wiki-2-0"),
    ],
)
def test_a_source_alone_gives_the_name(tmp_path, source, name):
    path = tmp_path / source
    if source.endswith("/"):
        path.mkdir(parents=True)
    else:
        path.parent.mkdir(parents=True)
        path.write_text("")
    assert name_after(str(path)) == name
    assert checked_name(name)[0] == name


def test_new_needs_one_argument_alone(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "a.conll").write_text(TEXT)
    assert run(cli, ["new", "letters"]) == 0
    assert "wrote letters.py, letters_card.md and test_letters.py" in capsys.readouterr().err
    assert 'NAME = "letters"' in (tmp_path / "letters.py").read_text()


def test_a_source_that_is_not_there_is_said(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert run(cli, ["new", "letters"]) == 2
    said = capsys.readouterr().err
    assert "'letters' is the name of a corpus without a source, or a source that is not there" in said
    assert "tagpress new NAME SOURCE..." in said


def test_a_file_in_the_place_of_the_name_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("train.conll", "test.conll"):
        (tmp_path / name).write_text(TEXT)
    with pytest.raises(UsageError, match=r"'train\.conll' stands where the name of the corpus should, and is a file"):
        new_corpus("train.conll", ["test.conll"], tmp_path)
    with pytest.raises(UsageError, match=r"train=a\.conll") as refused:
        new_corpus("train=a.conll", ["test=b.conll"], tmp_path)
    assert "NAME SOURCE" in str(refused.value.hint)


def test_a_folder_that_is_called_like_the_corpus_and_is_not_read_is_in_doubt(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("en", "de"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.conll").write_text(TEXT)
    assert not_read("en", ["train=en/a.conll"]) == ()
    assert not_read("fr", ["de"]) == ()
    made = new_corpus("en", ["de"], tmp_path)
    assert "the folder en is called as the corpus is, and was not read" in made.doubts[-1]


def test_the_name_of_a_script_names_its_corpus():
    assert checked_name("my-corpus.py") == ("my-corpus", "my_corpus")
