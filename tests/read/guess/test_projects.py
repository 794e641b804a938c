"""A whole project of INCEpTION or WebAnno: every document stands in it several times, and one of these is the corpus."""

import shutil
from pathlib import Path

import pytest

from tagpress.errors import SourceError
from tagpress.read.guess.files import gather
from tagpress.read.guess.projects import NOT_CURATED, OF_A_PERSON, OF_A_PROJECT

TSV = "#FORMAT=WebAnno TSV 3.3\n#T_SP=webanno.custom.NamedEntity|value\n\n\n#Text=Ada went\n1-1\t0-3\tAda\tPER\t\n"


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in (
        *("annotation/a.txt/anna.tsv", "annotation/a.txt/ben.tsv", "annotation/b.txt/anna.tsv"),
        *("annotation/b.txt/INITIAL_CAS.tsv", "curation/a.txt/CURATION_USER.tsv", "source/a.txt", "source/b.txt"),
    ):
        path = tmp_path / "p" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(TSV if name.endswith(".tsv") else "Ada went")
    (tmp_path / "p" / "exportedproject.json").write_text('{"name": "p"}')
    (tmp_path / "p" / "annotation_ser" / "a.txt").mkdir(parents=True)
    (tmp_path / "p" / "annotation_ser" / "a.txt" / "anna.ser").write_bytes(b"\xac\xed\x00\x05sr\x00\x00")
    return tmp_path / "p"


def files_of(argument: str) -> list[str]:
    return [file.path for file in gather([argument]).files]


def packed(project: Path) -> str:
    return Path(shutil.make_archive("p", "zip", project)).name


def test_what_was_curated_is_the_corpus_and_the_rest_is_named(project):
    found = gather(["p"])
    assert [file.path for file in found.files] == ["p/curation/a.txt/CURATION_USER.tsv"]
    assert dict(found.left_out) == {
        "p/annotation/a.txt/anna.tsv": OF_A_PERSON,
        "p/annotation/a.txt/ben.tsv": OF_A_PERSON,
        "p/annotation/b.txt/anna.tsv": NOT_CURATED,
        "p/annotation/b.txt/INITIAL_CAS.tsv": OF_A_PROJECT,
        "p/source/a.txt": OF_A_PROJECT,
        "p/source/b.txt": OF_A_PROJECT,
        "p/exportedproject.json": OF_A_PROJECT,
        "p/annotation_ser/a.txt/anna.ser": "it is no text",
    }


def test_an_archive_of_a_project_is_read_as_its_folder(project):
    assert files_of(packed(project)) == ["p.zip::curation/a.txt/CURATION_USER.tsv"]


@pytest.mark.parametrize("pack", [False, True])
def test_where_nothing_is_curated_and_several_people_marked_it_whose_counts_is_asked(project, pack):
    shutil.rmtree(project / "curation")
    argument, stem = (packed(project), "p.zip::") if pack else ("p", "p/")
    with pytest.raises(SourceError, match=r"several people: anna \(2\), ben \(1\)") as raised:
        gather([argument])
    assert f"'{stem}annotation/*/anna.tsv'" in raised.value.hint
    assert files_of(f"{stem}annotation/*/anna.tsv") == [f"{stem}annotation/{one}.txt/anna.tsv" for one in "ab"]


def test_what_one_person_marked_is_the_corpus_where_nothing_is_curated(project):
    shutil.rmtree(project / "curation")
    (project / "annotation" / "a.txt" / "ben.tsv").unlink()
    assert files_of("p") == ["p/annotation/a.txt/anna.tsv", "p/annotation/b.txt/anna.tsv"]


def test_a_folder_called_annotation_is_no_project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("annotation/x/anna.tsv", "annotation/x/ben.tsv", "source.tsv"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text("a\tO\n")
    assert len(files_of(".")) == 3
