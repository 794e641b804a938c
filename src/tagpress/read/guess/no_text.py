"""What holds no text of a corpus? Workbooks, databases, pickles, archives: each is refused by its name, with what to do."""

import re
from pathlib import Path
from typing import Final

from tagpress.errors import SourceError
from tagpress.read.guess.samples import Sample, encoding_of, zeros_of_utf_16

_FIRST: Final = 4 << 10  # bytes of a file that nobody has named by itself
_HEAD: Final = 64 << 10  # bytes of a sample that say whether it is text
_STRANGE: Final = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_STRANGE_SHARE: Final = 0.05
_TABLE: Final = "save the sheet as CSV in UTF-8; or load it with pandas, and give the frame to tagpress.publish_dataset"
_FRAME: Final = "load it in Python, and give the data frame, the Dataset or the lists to tagpress.publish_dataset"
_TEXT: Final = "export the annotations from the tool that made them: a page for print has none that can be read"
_UNPACK: Final = "unpack it, and name the files that come out; .gz, .bz2, .xz, .zst, .zip and .tar are read as they are"
_UNTAR: Final = "call it .tar, or .tar.gz if it is compressed; or unpack it with `tar -xf`, and name the folder"

# first bytes, the place at which they stand, what else is in it, what it is, and what to do
_KINDS: Final[tuple[tuple[bytes, int, bytes, str, str], ...]] = (
    (b"PK\x03\x04", 0, b"xl/", "a workbook of Excel", _TABLE),
    (b"PK\x03\x04", 0, b"oasis.opendocument.spreadsheet", "a workbook of LibreOffice", _TABLE),
    (b"PK\x03\x04", 0, b"word/", "a document of Word", _TEXT),
    (b"PK\x03\x04", 0, b"oasis.opendocument", "a document of LibreOffice", _TEXT),
    (b"PK\x03\x04", 0, b".npy", "an archive of NumPy", _FRAME),
    (b"PK\x03\x04", 0, b"data.pkl", "a file of PyTorch", _FRAME),
    (b"PK\x03\x04", 0, b"", "a zip archive under another name", "call it .zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0, b"", "a workbook or a document of an old Office", _TABLE),
    (b"%PDF-", 0, b"", "a PDF", _TEXT),
    (b"{\\rtf", 0, b"", "a document in RTF", _TEXT),
    (
        b"SQLite format 3\x00",
        0,
        b"",
        "a database of SQLite",
        "write its rows as CSV or JSON lines: `sqlite3 -csv -header`",
    ),
    (b"\x93NUMPY", 0, b"", "an array of NumPy", _FRAME),
    (b"\x89HDF\r\n\x1a\n", 0, b"", "a file of HDF5", _FRAME),
    (b"RDX2\n", 0, b"", "data of R", "write it in R with `write.csv` or `jsonlite::stream_out`"),
    (b"RDX3\n", 0, b"", "data of R", "write it in R with `write.csv` or `jsonlite::stream_out`"),
    (b"X\n\x00", 0, b"", "data of R", "write it in R with `write.csv` or `jsonlite::stream_out`"),
    (b"Obj\x01", 0, b"", "a file of Avro", _FRAME),
    (b"ORC", 0, b"\x00", "a file of ORC", _FRAME),
    (b"ustar", 257, b"", "a tar archive under another name", _UNTAR),
    (b"Rar!\x1a\x07", 0, b"", "a RAR archive", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", 0, b"", "a 7z archive", _UNPACK),
    (b"\x89PNG\r\n", 0, b"", "a picture", _TEXT),
    (b"\xff\xd8\xff", 0, b"", "a picture", _TEXT),
    *(
        (bytes((0x80, protocol)), 0, b".", "a pickle of Python, which is a program and is not run", _FRAME)
        for protocol in range(2, 6)
    ),
)
_POINTER: Final = b"version https://git-lfs.github.com/spec/"


def refuse_pointer(sample: Sample) -> None:
    """
    Stop where a clone has only the pointer to a large file, and not the file.

    Raises SourceError, which says how to get it.
    """
    if sample.data.startswith(_POINTER):
        message = f"{sample.source.name} is the pointer of Git LFS to a file, and not the file"
        raise SourceError(message, "get the files of the clone with `git lfs pull`, or download this one from its page")


def refuse_known(sample: Sample) -> None:
    """Raise SourceError for what is known by its first bytes to be no text."""
    for first, place, inside, kind, hint in _KINDS:
        if sample.data.startswith(first, place) and inside in sample.data:
            raise SourceError(f"{sample.source.name} is {kind}", hint)


def refuse_binary(sample: Sample) -> None:
    """Raise SourceError for what is no text in any encoding: too much of it is what no text has."""
    if encoding_of([sample])[0].startswith("utf-16"):
        return
    head = sample.data[:_HEAD]
    strange = _strange_in(head)
    if strange:
        message = (
            f"{sample.source.name} is no text: {strange:,} of its first {len(head):,} bytes are control characters"
        )
        raise SourceError(
            message, "name files that hold a corpus; Parquet and Arrow files are known by their beginning"
        )


def is_binary(path: Path) -> bool:
    """Return whether the first bytes of a file are those of no text: what no text has, and not in every other byte."""
    with path.open("rb") as file:
        head = file.read(_FIRST)
    return bool(_strange_in(head)) and not head.startswith((b"\xff\xfe", b"\xfe\xff")) and not zeros_of_utf_16(head)


def _strange_in(head: bytes) -> int:
    """Count what no text has, where it is too much."""
    strange = len(_STRANGE.findall(head))
    return strange if strange > _STRANGE_SHARE * len(head) else 0
