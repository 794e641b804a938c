"""
Guess how the columns of tagged lines lie: what parts them, how many there are, which are the token's and the tag's.

A tag column is one whose cells read like tags: `O`, or a prefix letter, a joiner and a type. Each candidate is scored
by the share of lines that it explains, where a line is explained if it has as many columns as most lines of its file
and a tag in the right one.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from tagpress.errors import SourceError
from tagpress.read.guess.samples import Line

TAG: Final = re.compile(r"O|[BIESLUM](?P<joiner>[-_:./+])(?P<type>\S.*)")
_DELIMITERS: Final = ("\t", " ", None, ",", ";", "|")  # the more usual one wins a tie
_LINES: Final = 40_000  # lines that are scored, over all files
_CONVINCING: Final = 0.5  # share of lines explained
_COMPLETE: Final = 0.95  # share of lines explained that leaves no need to look for more than one width in a file
_CLEARLY: Final = 0.001  # more of them
_ALIKE: Final = 0.9  # share of the tags in the best column that makes another a column of tags
_RARE: Final = 0.01  # share of lines with a width that may be chance
_SOME: Final = 0.2  # share of lines with tags that makes a file a tagged one
_DIGITS: Final = re.compile(r"\d+([-.:]\d+)?")
_CHUNKS: Final = frozenset(
    ["NP", "VP", "PP", "ADJP", "ADVP", "SBAR", "PRT", "CONJP", "INTJ", "LST", "UCP", "PRN", "QP"]
)


_Widths = Callable[[Sequence[list[str]]], set[int]]


@dataclass(frozen=True, slots=True)
class ColumnLayout:
    """
    Where token and tag stand.

    `other_tags` are more columns of tags, `strange` files without any; `share` is the share of lines explained,
    `example` one of them.
    """

    delimiter: str | None
    token: int
    tag: int
    widths: tuple[int, ...]
    other_tags: tuple[int, ...]
    strange: tuple[str, ...]
    share: float
    example: Line

    def cells(self, line: str) -> list[str]:
        """Return the columns of a line."""
        return cells(line, self.delimiter)

    def is_row(self, line: str) -> bool:
        """Return whether a line is a token with its tag."""
        found = self.cells(line)
        return len(found) in self.widths and TAG.fullmatch(found[self.tag]) is not None


def cells(line: str, delimiter: str | None) -> list[str]:
    """Return the columns of a line, as the scanner would."""
    return line.split(delimiter) if delimiter else re.findall("[^ \t]+", line)


def guess(files: Sequence[Sequence[Line]]) -> ColumnLayout:
    """
    Return the layout that explains most lines; a less usual one must explain clearly more.

    Raises SourceError if no column reads like tags.
    """
    most = max(_LINES // len(files), 50)
    kept = [[line for line in lines if line.text.strip()][:most] for lines in files]
    kept = [lines for lines in kept if lines]
    if not kept or all(len(lines) == 1 and lines[0].text.count("\r") > 1 for lines in kept):
        raise _unreadable(kept)
    best = _best(kept, _usual, None, _CLEARLY)
    if best is None or best.share < _COMPLETE:
        best = _best(kept, _tagged_at_the_end, best, 1 - _COMPLETE)
    if best is None or best.share < _CONVINCING:
        raise _unreadable(kept)
    return best


def _unreadable(files: Sequence[Sequence[Line]]) -> SourceError:
    line = files[0][0] if files else Line("the first file", 1, "")
    if "\r" in line.text:
        message = f"the lines of {line.path} end in CR alone"
        return SourceError(message, "make them end in LF: tr '\\r' '\\n' < old > new")
    message = f"no column reads like tags; {line.path}:{line.number} is {line.text[:60]!r}"
    return SourceError(message, "a tag is O, or like B-Person; if yours are spelled differently, declare the dialect")


def _best(
    files: Sequence[Sequence[Line]], rule: _Widths, best: ColumnLayout | None, clearly: float
) -> ColumnLayout | None:
    for delimiter in _DELIMITERS:
        found = _layout(files, delimiter, rule)
        if found and (best is None or found.share > best.share + clearly):
            best = found
    return best


def _usual(rows: Sequence[list[str]]) -> set[int]:
    """Return the width that most lines of a file have, if some column of theirs reads like tags."""
    width = Counter(map(len, rows)).most_common(1)[0][0]
    usual = [row for row in rows if len(row) == width > 1]
    found = (sum(TAG.fullmatch(row[column]) is not None for row in usual) for column in range(width))
    return {width} if max(found, default=0) > _SOME * len(rows) else set()


def _tagged_at_the_end(rows: Sequence[list[str]]) -> set[int]:
    """Return the widths of lines that end with a tag, as nearly all lines of that width must."""
    counts = Counter(map(len, rows))
    tagged = Counter(len(row) for row in rows if len(row) > 1 and TAG.fullmatch(row[-1]))
    return {width for width, count in tagged.items() if count > max(_ALIKE * counts[width], _RARE * len(rows))}


def _layout(files: Sequence[Sequence[Line]], delimiter: str | None, rule: _Widths) -> ColumnLayout | None:
    """Return the best layout for a delimiter, if there is one."""
    split = [[cells(line.text, delimiter) for line in lines] for lines in files]
    good = [rule(rows) for rows in split]
    widths = tuple(sorted(set().union(*good)))
    if not widths:
        return None
    both = [
        (line, row)
        for lines, rows, mine in zip(files, split, good, strict=True)
        for line, row in zip(lines, rows, strict=True)
        if len(row) in mine
    ]
    rows = [row for _, row in both]
    columns = range(widths[0]) if len(widths) == 1 else range(-widths[0], 0)
    tags = {column: sum(TAG.fullmatch(row[column]) is not None for row in rows) for column in columns}
    alike = [column for column in columns if tags[column] > _ALIKE * max(tags.values())]
    tag = _ner(rows, alike)
    return ColumnLayout(
        delimiter=delimiter,
        token=_token(rows, [column for column in range(widths[0]) if column not in (tag, tag + widths[0])]),
        tag=tag,
        widths=widths,
        other_tags=tuple(column for column in alike if column != tag),
        strange=tuple(lines[0].path for lines, mine in zip(files, good, strict=True) if not mine),
        share=tags[tag] / sum(map(len, files)),
        example=next(line for line, row in both if TAG.fullmatch(row[tag])),
    )


def _ner(rows: Sequence[list[str]], columns: Sequence[int]) -> int:
    """Return the column of names: not one of syntactic chunks, and the one with the most tags if they are nested."""
    kinds = {
        column: Counter(match["type"] for row in rows if (match := TAG.fullmatch(row[column]))) for column in columns
    }
    names = [column for column in columns if not _are_chunks(kinds[column])]
    return max(names or columns, key=lambda column: sum(count for kind, count in kinds[column].items() if kind))


def _are_chunks(kinds: Counter[str | None]) -> bool:
    found = {kind for kind in kinds if kind}
    return bool(found) and len(found & _CHUNKS) > len(found) / 2


def _token(rows: Sequence[list[str]], columns: Sequence[int]) -> int:
    """Return the column with the most different texts that are no numbers; the first of several."""
    texts = {column: {row[column] for row in rows} for column in columns}
    return max(columns, key=lambda column: sum(not _DIGITS.fullmatch(text) for text in texts[column]))
