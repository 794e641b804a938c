"""What is no text is refused by its name, and never read as text in another encoding."""

import io
import tarfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from tagpress.errors import SourceError
from tagpress.read.guess.samples import encoding_of, take
from tagpress.read.sources.finding import find
from tagpress.script.new import new_corpus

ROWS = "".join(f"Ada{number}\tB-PER\nsaw{number}\tO\n\n" for number in range(30))


def zipped(*members: str) -> bytes:
    with zipfile.ZipFile(file := io.BytesIO(), "w") as archive:
        for member in members:
            archive.writestr(member, "<x/>")
    return file.getvalue()


def tarred() -> bytes:
    with tarfile.open(fileobj=(file := io.BytesIO()), mode="w:gz") as archive:
        archive.addfile(tarfile.TarInfo("a/train.conll"))
    return file.getvalue()


KINDS = {
    "a.xlsx": (zipped("[Content_Types].xml", "xl/workbook.xml"), "a workbook of Excel", "CSV"),
    "a.docx": (zipped("[Content_Types].xml", "word/document.xml"), "a document of Word", "export"),
    "a.npz": (zipped("a.npy"), "an archive of NumPy", "publish_dataset"),
    "noext": (zipped("a.conll"), "a zip archive under another name", "call it .zip"),
    "a.xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "an old Office", "CSV"),
    "a.pdf": (b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", "a PDF", "export"),
    "a.db": (b"SQLite format 3\x00" + bytes(84), "a database of SQLite", "sqlite3"),
    "a.pkl": (b"\x80\x04\x95\x01\x00\x00\x00\x00\x00\x00\x00).", "a pickle", "publish_dataset"),
    "a.txt.gz": (tarred(), "a tar archive under another name", "call it .tar"),
    "a.rds": (b"RDX3\nX\n\x00", "data of R", "write.csv"),
    "a.rar": (b"Rar!\x1a\x07\x00abc", "a RAR archive", "unpack it"),
}


@pytest.mark.parametrize("name", KINDS)
def test_what_is_known_by_its_first_bytes_is_refused_by_name(tmp_path: Path, name: str) -> None:
    data, kind, hint = KINDS[name]
    (tmp_path / name).write_bytes(data)
    with pytest.raises(SourceError, match=f"{name} is .*{kind}") as refused:
        new_corpus("mine", [str(tmp_path / name)], tmp_path / "out")
    assert hint in str(refused.value.hint)
    assert not (tmp_path / "out").exists()


def test_one_among_others_is_left_out_of_a_folder_and_refused_in_a_pattern(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.conll").write_text(ROWS)
    (tmp_path / "in" / "b.xlsx").write_bytes(KINDS["a.xlsx"][0])
    made = new_corpus("mine", [str(tmp_path / "in")], tmp_path / "out")
    assert made.left_out == ((str(tmp_path / "in" / "b.xlsx"), "no corpus is a .xlsx file"),)
    (tmp_path / "in" / "c.conll").write_bytes(KINDS["a.xlsx"][0])
    with pytest.raises(SourceError, match=r"c\.conll is a workbook of Excel"):
        new_corpus("other", [str(tmp_path / "in" / "*.conll")], tmp_path / "out")


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (ROWS.encode("utf-16-le"), "utf-16-le"),
        (ROWS.encode("utf-16-be"), "utf-16-be"),
        (("日本\tB-LOC\n語\tO\n\n" * 20 + "ASCII text\tO\n").encode("utf-16-le"), "utf-16-le"),
        (b"RDX\tB-Chemical\nburns\tO\n\n", "utf-8"),
        (bytes(100) + ROWS.encode(), "utf-8"),  # zeros on both sides
    ],
)
def test_zeros_are_utf_16_only_on_one_side(tmp_path: Path, data: bytes, encoding: str) -> None:
    def sources() -> Sequence[Path]:
        (tmp_path / "a.conll").write_bytes(data)
        return [tmp_path / "a.conll"]

    samples = take(find([str(path) for path in sources()], tmp_path))
    assert encoding_of(samples)[0] == encoding


def test_a_binary_file_that_nobody_named_is_left_out_of_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("in").mkdir()
    Path("in/a.conll").write_text("Ada\tB-PER\n\n" * 9)
    Path("in/b.model").write_bytes(bytes(range(256)) * 9)
    Path("in/c.iob").write_text("Bea\tB-PER\n\n" * 9, encoding="utf-8")
    made = new_corpus("mine", ["in"], tmp_path / "out")
    assert made.left_out == (("in/b.model", "it is no text"),)
    assert made.report.sentences == 18
    with pytest.raises(SourceError, match=r"in/b\.model is no text"):
        new_corpus("other", ["in/b.model"], tmp_path / "out")


def test_files_in_utf_16_and_in_others_are_not_read_together(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("a.conll").write_text("Ada\tB-PER\n\n" * 9)
    Path("b.conll").write_text("Bea\tB-PER\n\n" * 9, encoding="utf-16")
    with pytest.raises(SourceError, match=r"b\.conll is in utf-16, and a\.conll in another encoding") as raised:
        new_corpus("mine", ["a.conll", "b.conll"], tmp_path / "out")
    assert raised.value.hint == "save all files in one encoding, best in UTF-8"
    Path("a.conll").write_text("Ada\tB-PER\n\n" * 9, encoding="utf-16")
    assert new_corpus("mine", ["a.conll", "b.conll"], tmp_path / "out").report.sentences == 18
