import bz2
import gzip
import io
import lzma
import tarfile
import tracemalloc
import zipfile
from collections.abc import Callable

import pyarrow as pa
import pytest

from tagpress.errors import SourceError
from tagpress.read.sources.archives import beginnings, is_packed, members, unpack

TEXT = b"a\tO\n" * 5000


def zstd(data: bytes) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(data)
    return bytes(sink.getvalue())


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": zstd,
}


@pytest.mark.parametrize("suffix", PACKERS)
@pytest.mark.parametrize("text", [TEXT, b""])
def test_unpack(suffix: str, text: bytes) -> None:
    packed = PACKERS[suffix](text)
    assert is_packed(packed[:16])
    assert unpack(packed, f"a{suffix}") == unpack(packed, "a") == text


@pytest.mark.parametrize("suffix", PACKERS)
def test_two_archives_in_one_file(suffix: str) -> None:
    assert unpack(PACKERS[suffix](b"a\n") + PACKERS[suffix](b"b\n"), f"a{suffix}") == b"a\nb\n"


@pytest.mark.parametrize("suffix", PACKERS)
def test_a_short_or_damaged_archive(suffix: str) -> None:
    packed = PACKERS[suffix](TEXT)
    for wrong in (packed[:-3], packed[: len(packed) // 2]):
        with pytest.raises(SourceError, match="cannot be unpacked"):
            unpack(wrong, f"a{suffix}")


@pytest.mark.parametrize("suffix", [*PACKERS, ".zip"])
def test_a_name_that_promises_too_much(suffix: str) -> None:
    with pytest.raises(SourceError, match="is named like"):
        unpack(b"<html>", f"a{suffix}")


def test_text_is_left_alone() -> None:
    for text in (TEXT, b"", b"BZh\tO\n", b"BZh9 \tO\n"):
        assert unpack(text, "a.txt") == text


def zipped(text: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("d/a.txt", text)
    return file.getvalue()


def test_zip() -> None:
    packed = zipped(TEXT)
    assert members(packed, "a.zip") == {"d/a.txt": len(TEXT)}
    assert unpack(packed, "a.zip", "d/a.txt") == TEXT


def test_a_damaged_zip_archive() -> None:
    packed = bytearray(zipped(TEXT))
    packed[60] ^= 255
    with pytest.raises(SourceError, match=r"a\.zip::d/a\.txt is a zip archive that cannot be unpacked"):
        unpack(bytes(packed), "a.zip", "d/a.txt")
    with pytest.raises(SourceError, match=r"a\.zip is a zip archive that cannot be unpacked"):
        members(bytes(packed[:-30]), "a.zip")
    with pytest.raises(SourceError, match="cannot be unpacked"):
        unpack(zipped(TEXT), "a.zip", "other.txt")


def bomb(suffix: str) -> tuple[bytes, str, str]:
    text = bytes(100 << 20)
    return (zipped(text), "a.zip", "d/a.txt") if suffix == ".zip" else (gzip.compress(text, 6), "a.gz", "")


@pytest.mark.parametrize("suffix", [".gz", ".zip"])
def test_what_unpacks_to_more_than_any_text_is_refused_before_it_is_unpacked(suffix: str) -> None:
    packed, name, inner = bomb(suffix)
    tracemalloc.start()
    try:
        with pytest.raises(
            SourceError, match=r"unpacks to more than 67,108,864 bytes from [0-9]+,[0-9]{3}, as no"
        ) as caught:
            unpack(packed, name, inner)
        assert tracemalloc.get_traced_memory()[1] < 90 << 20
    finally:
        tracemalloc.stop()
    assert caught.value.hint == "if it is a corpus, unpack it yourself, and name the file that comes out"
    assert unpack(packed, name, inner, most=1_000) == bytes(1_000)


def test_text_that_packs_well_is_unpacked() -> None:
    text = b"".join(b"token%d\tB-Type\n" % (number % 5_000) for number in range(5_000_000))
    packed = gzip.compress(text, 1)
    assert len(text) > 64 << 20
    assert len(text) / len(packed) > 5
    assert unpack(packed, "a.gz") == text


def tarred(files: dict[str, bytes], mode: str = "", **more: object) -> bytes:
    with tarfile.open(fileobj=(sink := io.BytesIO()), mode=f"w{mode}") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            for key, value in more.items():
                setattr(info, key, value)
            archive.addfile(info, io.BytesIO(data))
    return sink.getvalue()


TAR = {"./d/a.txt": TEXT, "./.hidden": b"x", "b.txt": b"b", "d": b""}
TARS = {".tar": "", ".tar.gz": ":gz", ".tgz": ":gz", ".tar.bz2": ":bz2", ".tar.xz": ":xz", ".txz": ":xz"}


@pytest.mark.parametrize("suffix", TARS)
def test_a_tar_archive_holds_files_as_a_zip_archive_does(suffix: str) -> None:
    packed, name = tarred({key: data for key, data in TAR.items() if data}, TARS[suffix]), f"a{suffix}"
    assert members(packed, name) == {"b.txt": 1, "d/a.txt": len(TEXT)}
    assert list(members(packed, name)) == ["b.txt", "d/a.txt"]
    assert unpack(packed, name, "d/a.txt") == TEXT
    assert unpack(packed, name, "d/a.txt", 3) == TEXT[:3]
    assert beginnings(packed, name, ["b.txt", "d/a.txt"], 3) == [b"b", TEXT[:3]]
    with pytest.raises(SourceError, match=r"::c\.txt is a tar archive that cannot be unpacked"):
        unpack(packed, name, "c.txt")


def test_a_tar_archive_in_zstd() -> None:
    packed = bytes(pa.compress(tarred({"a.txt": TEXT}), "zstd", asbytes=True))
    assert unpack(packed, "a.tar.zst", "a.txt") == TEXT


def test_of_a_name_that_a_tar_archive_has_twice_the_last_is_meant() -> None:
    with tarfile.open(fileobj=(sink := io.BytesIO()), mode="w") as archive:
        for data in (b"old", b"newer"):
            info = tarfile.TarInfo("a.txt")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    assert unpack(sink.getvalue(), "a.tar", "a.txt") == b"newer"


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE])
def test_a_link_or_a_device_in_a_tar_archive_is_refused(kind: bytes) -> None:
    packed = tarred({"a.txt": b""}, type=kind, linkname="/etc/passwd")
    with pytest.raises(SourceError, match=r"a\.tar has the link or device a\.txt in it") as caught:
        members(packed, "a.tar")
    assert "--dereference" in str(caught.value.hint)


@pytest.mark.parametrize(
    ("packed", "said"),
    [
        (tarred({"../a.txt": TEXT}), "leads out of the archive"),
        (tarred({"/a.txt": TEXT}), "leads out of the archive"),
        (tarred({"a.txt": TEXT * 999})[:5000], "cut off|unexpected end"),
        (TEXT * 99, "file could not be opened|truncated|bad|invalid"),
        (tarred({"a.txt": TEXT}, ":gz")[:-12], "a tar archive that cannot be unpacked"),
    ],
)
def test_a_damaged_tar_archive_is_refused(packed: bytes, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        members(packed, "a.tar.gz")


def test_a_tar_archive_that_unpacks_without_end_is_refused() -> None:
    bomb = gzip.compress(tarred({"a.txt": bytes(80 << 20)}), 9)
    with pytest.raises(SourceError, match="as no text does"):
        members(bomb, "a.tgz")
