"""Look at the beginning of many files: what a guess is made from."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from tagpress.corpus.place import placed
from tagpress.errors import SourceError
from tagpress.read.sources import archives, text
from tagpress.read.sources import source as sources
from tagpress.read.sources.source import Source

FILES: Final = 1000  # files looked into, at most
_TOTAL: Final = 3 << 20  # bytes looked at, over all files
_LEAST: Final = 4 << 10  # bytes looked at in each file
_FEW_GOOD: Final = 4  # good characters for each bad byte that make UTF-8 believable
_SHOWN: Final = 5  # files that a doubt names
_NUL_SHARE: Final = 0.2
_OTHER_SIDE: Final = 0.05  # zeros among the lower halves of characters for each among the upper ones
_C1: Final = re.compile(rb"[\x80-\x9f]")  # control characters in ISO 8859-1, letters and quotes in cp1252
_WIDE: Final = (b"\xff\xfe", b"\xfe\xff")
_MARKED: Final = "utf-16"  # which its mark says in which order
_CESU: Final = (b"\xed\xa0", b"\xed\xa1", b"\xed\xb0", b"\xed\xb1", b"\xed\xb8")


class Line(NamedTuple):
    """A line, without its end, and where it stands."""

    path: str
    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Sample:
    """The beginning of a source, or all of it."""

    source: Source
    data: bytes
    whole: bool

    @property
    def head(self) -> bytes:
        """Return the first bytes as UTF-8, also of what begins as UTF-16, without a byte order mark."""
        first = self.data[:_LEAST]
        decoded = text.decode(first, "utf-16" if first.startswith(_WIDE) else "utf-8")
        return decoded.data[decoded.begin :]

    def lines(self, encoding: str) -> list[Line]:
        """Return the lines; the last one of a part may be cut and is left out."""
        return [Line(self.source.name, number, line) for number, line in enumerate(self.texts(encoding), 1)]

    def texts(self, encoding: str) -> list[str]:
        """Return the lines without their places."""
        found = text.decode(self.data, encoding).characters.split("\n")
        return [line.removesuffix("\r") for line in (found if self.whole and found[-1] else found[:-1])]


@dataclass(frozen=True, slots=True)
class Reason:
    """What was concluded, and the line that shows it; line 0 is no line."""

    text: str
    path: str = ""
    line: int = 0
    shown: str = ""

    def __str__(self) -> str:
        place = f" ({placed(self.path, self.line)}: {self.shown!r})" if self.line else ""
        return self.text + place


def because(conclusion: str, line: Line) -> Reason:
    """Return a conclusion with the line that shows it, shortened."""
    return Reason(conclusion, line.path, line.number, line.text[:60])


def take(given: Sequence[Source]) -> list[Sample]:
    """
    Return samples of sources, spread evenly if there are very many.

    Raises SourceError if there is nothing in any of them.
    """
    filled = [source for source in given if source.size]
    if not filled:
        raise SourceError("there is nothing in the sources", "name files that hold a corpus")
    chosen = [filled[i * len(filled) // FILES] for i in range(FILES)] if len(filled) > FILES else filled
    budget = max(_TOTAL // len(chosen), _LEAST)
    return [_head(source, budget) for source in chosen]


def _head(source: Source, budget: int) -> Sample:
    if not source.remote and not source.member:
        try:
            with Path(source.path).open("rb") as file:
                data = file.read(budget)
        except OSError as error:
            raise SourceError(f"{source.name} cannot be read: {error.strerror}", "check that it may be read") from error
        if not archives.is_packed(data[: archives.MAGIC]):
            return Sample(source, data, whole=len(data) == source.size)
    unpacked = sources.read(source, budget + 1)
    return Sample(source, unpacked[:budget], whole=len(unpacked) <= budget)


def encoding_of(samples: Sequence[Sample]) -> tuple[str, list[str]]:
    """
    Return the encoding and the doubts about it; only UTF is ever sure.

    Raises SourceError where some files are in UTF-16 and others are not: a dialect has one encoding.
    """
    return _encoding_of(tuple(samples))


@lru_cache(maxsize=8)  # every format asks; samples of bytes that are no UTF-8 take seconds
def _encoding_of(samples: tuple[Sample, ...]) -> tuple[str, list[str]]:
    wide = {sample: order for sample in samples if sample.data and (order := _wide(sample.data))}
    if wide:
        first, order = next(iter(wide.items()))
        other = next((sample for sample in samples if sample.data and wide.get(sample) != order), None)
        if other is not None:
            message = (
                f"{first.source.name} is in {order}, and {other.source.name} in {wide.get(other, 'another encoding')}"
            )
            raise SourceError(message, "save all files in one encoding, best in UTF-8")
        guess = f"encoding: {first.source.name} has a zero in every other byte, {order} is a guess"
        return order, [] if order == _MARKED else [guess]
    wrong = [sample for sample in samples if not text.is_utf8(_to_line_end(sample))]
    if not wrong:
        return "utf-8", []
    encoding, doubts = _legacy(wrong)
    if encoding != "utf-8" and any(not sample.data.isascii() for sample in samples if sample not in wrong):
        return "utf-8", [_mixed(wrong, encoding)]
    return encoding, doubts


def _wide(data: bytes) -> str:
    """Return how bytes are in UTF-16: by their mark, or by their zeros; nothing of other bytes."""
    return _MARKED if data.startswith(_WIDE) else zeros_of_utf_16(data[:_LEAST])


def zeros_of_utf_16(head: bytes) -> str:
    """Return the byte order in which many zeros are the halves of characters: all on one side; of other zeros nothing."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    if even + odd <= _NUL_SHARE * len(head) or min(even, odd) > _OTHER_SIDE * max(even, odd):
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _mixed(wrong: Sequence[Sample], encoding: str) -> str:
    """Say which files are in another encoding than the others; a dialect has one for all."""
    names = ", ".join(sample.source.name for sample in wrong[:_SHOWN])
    more = f" and {len(wrong) - _SHOWN:,} more" if len(wrong) > _SHOWN else ""
    how = f"iconv -f {encoding} -t utf-8 OLD > NEW"
    return (
        f"encoding: {names}{more} are not UTF-8, {encoding} is a guess, and other files are UTF-8; convert them: {how}"
    )


def _to_line_end(sample: Sample) -> bytes:
    return sample.data if sample.whole else sample.data[: sample.data.rfind(b"\n") + 1]


def _legacy(samples: Sequence[Sample]) -> tuple[str, list[str]]:
    """Judge files that are not UTF-8: UTF-8 with some bad bytes, or another encoding."""
    data = b"".join(map(_to_line_end, samples))
    decoded = text.decode(data, "utf-8")
    first = next(_bad_lines(samples))
    where = f"{len(samples)} of the files, first {placed(first.path, first.number)}: {first.text[:60]!r}"
    good = sum(character > "\x7f" for character in decoded.data.decode())
    if any(mark in data for mark in _CESU) or good > _FEW_GOOD * len(decoded.bad_at):
        return "utf-8", [f"encoding: UTF-8 with bytes that are none in {where}; each will be reported as bad-encoding"]
    guess = "cp1252" if _C1.search(data) and _decodes(data, "cp1252") else "iso8859-1"
    return guess, [f"encoding: not UTF-8, {guess} is a guess; look whether this reads well, and say if not: {where}"]


def _bad_lines(samples: Sequence[Sample]) -> Iterator[Line]:
    for sample in samples:
        for number, line in enumerate(sample.data.split(b"\n"), 1):
            if not text.is_utf8(line):
                yield Line(sample.source.name, number, line.decode("cp1252", errors="backslashreplace"))


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
