"""
The dialect of two files that have a line for each other: words in one, their tags in the other, as `seq.in` and `seq.out`.

A line is a sentence, or a line is a token and a blank one ends its sentence. Nothing is padded: where a line has more words
than the other has tags, its sentence is a `broken-record`; files with another number of lines are not read at all, for
from some line on each would have the tags of another.
"""

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import ClassVar, Final

import numpy as np

from tagpress.columnar.bounds import bounds_of
from tagpress.columnar.types import Bools, Ints
from tagpress.corpus.problems import counted
from tagpress.errors import SourceError, UsageError
from tagpress.read.account import filled_or_blank, total
from tagpress.read.pair import unpair
from tagpress.read.parsed import KINDS, Parsed, bad_bytes, faults, gather, list_array, merge
from tagpress.read.sources import text
from tagpress.read.sources.beside import beside, checked_rule
from tagpress.read.sources.text import Text

UNITS: Final = ("line", "blank")
_SPACE, _TAB, _LF, _CR = b" \t\n\r"


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of a text: where each begins and stops in its bytes, its line, and where lines begin and stop."""

    begin: Ints
    stop: Ints
    line: Ints
    line_begin: Ints
    line_stop: Ints

    def of(self, good: Bools, sentence: Ints) -> tuple[Ints, Ints, Ints]:
        """Return where the words of good sentences begin and stop, and how many each sentence has."""
        own = sentence[self.line]
        kept = good[own] if len(own) else np.zeros(0, np.bool_)
        return self.begin[kept], self.stop[kept], np.bincount(own[kept], minlength=len(good))

    @property
    def lines(self) -> int:
        """Return the number of lines up to the last that has a word."""
        return int(self.line[-1]) + 1 if len(self.line) else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ParallelLines:
    """
    Two files with as many lines: each source has words, and the file that belongs to it their tags.

    `beside` says which file that is (`tagpress.read.sources.beside`): "seq.in>seq.out", "*.words.txt>*.tags.txt", or a suffix, ".tags".
    Spaces and tabs part words, and tags. `ends` says what ends a sentence: each "line", or a "blank" one.

    Raises UsageError for a value that makes no sense.
    """

    beside: str
    ends: str = "line"
    scheme: str = "IOB2"
    joiner: str = "-"
    encoding: str = "utf-8"
    has_tags: ClassVar[bool] = True
    has_ids: ClassVar[bool] = False
    has_text: ClassVar[bool] = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "encoding", text.normal_encoding(self.encoding))
        checked_rule(self.beside)
        if self.ends not in UNITS:
            message = f"ends={self.ends!r} is unknown"
            raise UsageError(message, f"use one of {', '.join(map(repr, UNITS))}")

    def parse(self, data: bytes, start: int = 0) -> Parsed:
        """
        Return the sentences of two files, which are one by `pair`.

        Raises SourceError for files with another number of lines.
        """
        pair = unpair(data)
        source, other = text.decode(pair.source, self.encoding, start=start), text.decode(pair.beside, self.encoding)
        words, tags = _words(source), _words(other)
        if words.lines != tags.lines:
            raise self._uneven(pair.path, words.lines, tags.lines)
        have, want = (np.bincount(one.line, minlength=words.lines) for one in (words, tags))
        sentence = self._sentences(have, want)
        filled = np.flatnonzero(sentence >= 0)
        first, last = (
            np.searchsorted(sentence[filled], np.arange(filled.size and sentence[filled[-1]] + 1), side)
            for side in ("left", "right")
        )
        odd = np.flatnonzero(have != want)
        bad, where = np.unique(sentence[odd], return_index=True)
        good = np.isin(np.arange(len(first)), bad, invert=True)
        begin, stop, sizes = words.of(good, sentence)
        tag_begin, tag_stop, _ = tags.of(good, sentence)
        codes = gather(other.data, tag_begin, tag_stop).dictionary_encode()
        at, end = words.line_begin[filled[first]], words.line_stop[filled[last - 1]]
        told = {
            int(
                number
            ): f"{counted(int(have[line]), 'word')}, and {want[line]:,} tags in the same line of the other file"
            for number, line in zip(bad, odd[where], strict=True)
        }
        faulty = faults(np.full(len(bad), KINDS["broken-record"]), words.line_begin[odd[where]], bad, bad)
        return Parsed(
            data=source.data,
            tokens=list_array(bounds_of(sizes).astype(np.int32), gather(source.data, begin, stop)),
            tags=codes.indices.to_numpy().astype(np.int32),
            tag_names=tuple(codes.dictionary.to_pylist()),
            token_at=begin.astype(np.int32),
            tag_at=begin.astype(np.int32),
            sentence_at=at.astype(np.int32),
            sentence_stop=end.astype(np.int32),
            documents=("",) if len(at) else (),
            document=np.zeros(len(at), np.int32),
            faults=merge(faulty, bad_bytes(source, at, end)),
            lines=source.data.count(b"\n"),
            annotations=told,
            text_at=source.begin,
            account=total([filled_or_blank(source, "rows", have > 0), filled_or_blank(other, "annotations", want > 0)]),
        )

    def boundary(self, data: bytes, at: int) -> None:
        """Return None: the lines of the other file are found by counting those of this one."""

    def _sentences(self, have: Ints, want: Ints) -> Ints:
        """Return the sentence that each line is of; -1 for one without a word and without a tag."""
        filled = (have > 0) | (want > 0)
        first = filled if self.ends == "line" else filled & ~np.append(False, filled[:-1])
        return np.where(filled, np.cumsum(first) - 1, -1)

    def _uneven(self, path: str, words: int, tags: int) -> SourceError:
        name, other = PurePosixPath(path).name, PurePosixPath(beside(path, self.beside) or "").name
        message = f"{name} has {counted(words, 'line')} up to its last word, and {other} beside it {tags:,} up to its last tag"
        return SourceError(message, "compare them line by line: they must have a line for each other, blank ones too")


def _words(given: Text) -> _Words:
    """Return where words stand: runs of what is no space, no tab and no line end, to which a CR before LF belongs."""
    data = np.frombuffer(given.data, np.uint8)
    ends = data == _LF
    gap = ends | (data == _SPACE) | (data == _TAB) | ((data == _CR) & np.append(ends[1:], False))
    gap[: given.begin] = True
    edges = np.diff(np.concatenate([[True], gap, [True]]).astype(np.int8))
    begin, stop = np.flatnonzero(edges == -1), np.flatnonzero(edges == 1)
    line_ends = np.flatnonzero(ends)
    return _Words(
        begin=begin,
        stop=stop,
        line=np.searchsorted(line_ends, begin),
        line_begin=np.append(given.begin, line_ends + 1),
        line_stop=np.append(line_ends, len(data)),
    )
