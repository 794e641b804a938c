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
from itertools import pairwise
from typing import Any, Final, NamedTuple

from tagpress.errors import SourceError
from tagpress.read.guess.marked_text import refuse_behind_signs, refuse_marked, refuse_tags_alone
from tagpress.read.guess.samples import Line
from tagpress.read.guess.spelled_tags import COLUMNS, DELIMITERS, TAG, cells
from tagpress.read.guess.types_alone import TypeColumn, find_types
from tagpress.read.guess.unreadable import refuse_xml, unreadable
from tagpress.read.guess.word_classes import CLASS, find_word_classes

_LINES: Final = 40_000  # lines that are scored, over all files
_CONVINCING: Final = 0.5  # share of lines explained
_COMPLETE: Final = 0.95  # share of lines explained that leaves no need to look for more than one width in a file
_CLEARLY: Final = 0.001  # more of them
_ALIKE: Final = 0.9  # share of the tags in the best column that makes another a column of tags
_RARE: Final = 0.01  # share of lines with a width that may be chance
_EMPTY: Final = (
    0.3  # share of cells without anything in a column of words, at most: one that is filled once a sentence has more
)
_STRAY: Final = 0.1  # share of lines of a width that stand beside lines of another
_WORDY: Final = 0.5  # share of the different texts of the best column that makes another a column of words
_LOOKS: Final = 100  # lines of a file without columns that are looked at for what it is
_SOME: Final = 0.2  # share of lines with tags that makes a file a tagged one
_DOCUMENT: Final = re.compile(r"-DOCSTART-(?!\S)")  # it may have fewer columns than a token, and is none
_DIGITS: Final = re.compile(r"\d+([-.:]\d+)?")
_CHUNKS: Final = frozenset(
    ["NP", "VP", "PP", "ADJP", "ADVP", "SBAR", "PRT", "CONJP", "INTJ", "LST", "UCP", "PRN", "QP"]
)

_Rows = Sequence[tuple[Line, list[str]]]
_Widths = Callable[[_Rows], set[int]]
_Find = Callable[[Sequence[Sequence[str]]], TypeColumn | None]


@dataclass(frozen=True, slots=True)
class ColumnLayout:
    """
    Where token and tag stand.

    `other_tags` are more columns of tags, `other_words` of words, `strange` files without any; `share` is the share of lines explained,
    `example` one of them. `types` are the tags, where they are types alone. Where there is no `tag`, `classes` is a column of
    parts of speech.
    """

    delimiter: str | None
    token: int
    tag: int | None
    other_words: tuple[int, ...]
    widths: tuple[int, ...]
    other_tags: tuple[int, ...]
    strange: tuple[str, ...]
    share: float
    example: Line
    types: frozenset[str] = frozenset()
    classes: int | None = None

    @property
    def said(self) -> int:
        """The column that says something of each token."""
        return self.tag if self.tag is not None else self.classes or 0

    def cells(self, line: str) -> list[str]:
        """Return the columns of a line."""
        return cells(line, self.delimiter)

    def is_row(self, line: str) -> bool:
        """Return whether a line is a token with its tag, or with its class."""
        found = self.cells(line)
        if len(found) not in self.widths:
            return False
        said = found[self.said]
        if self.tag is None:
            return CLASS.fullmatch(said) is not None
        return said in self.types if self.types else TAG.fullmatch(said) is not None


def guess(files: Sequence[Sequence[Line]]) -> ColumnLayout:
    """
    Return the layout that explains most lines; a less usual one must explain clearly more.

    Raises SourceError if no column reads like tags.
    """
    most = max(_LINES // max(len(files), 1), 50)
    kept = [[line for line in lines if line.text.strip() and not _DOCUMENT.match(line.text)][:most] for lines in files]
    kept = [lines for lines in kept if lines]
    if not kept:
        raise SourceError("there is no line with anything on it in the sources", "name files that hold a corpus")
    if all(len(lines) == 1 and lines[0].text.count("\r") > 1 for lines in kept):
        raise unreadable(kept)
    looked = [(line.number, line.text) for line in kept[0][:_LOOKS]]
    refuse_behind_signs(kept[0][0].path, looked)  # else a bar may part them into columns
    best = _best(kept, _usual, None, _CLEARLY)
    if best is None or best.share < _COMPLETE:
        best = _best(kept, _tagged_at_the_end, best, 1 - _COMPLETE)
    for find in (find_types, find_word_classes):
        if best is None or best.share < _CONVINCING:
            best = max((_alone(kept, one, find) for one in DELIMITERS), key=lambda one: one.share if one else 0.0)
    if best is None or best.share < _CONVINCING:
        refuse_xml(kept[0])
        refuse_marked(kept[0][0].path, looked)
        raise unreadable(kept)
    _refuse_tags_alone(kept, best)
    return best


def _refuse_tags_alone(files: Sequence[Sequence[Line]], best: ColumnLayout) -> None:
    """Refuse lines that were taken for tokens with tags, if most of them have nothing but tags."""
    found = [(line, best.cells(line.text)) for lines in files for line in lines if best.is_row(line.text)]
    alone = [line for line, said in found if all(TAG.fullmatch(cell) for cell in said)]
    if 2 * len(alone) > len(found):
        refuse_tags_alone(alone[0].path, alone[0].number, alone[0].text)


def _best(
    files: Sequence[Sequence[Line]], rule: _Widths, best: ColumnLayout | None, clearly: float
) -> ColumnLayout | None:
    for delimiter in DELIMITERS:
        found = _layout(files, delimiter, rule)
        if found and (best is None or found.share > best.share + clearly):
            best = found
    return best


def _usual(both: _Rows) -> set[int]:
    """Return the width that most lines of a file have, if some column of theirs reads like tags."""
    rows = [row for _, row in both]
    width = Counter(map(len, rows)).most_common(1)[0][0]
    usual = [row for row in rows if len(row) == width > 1 and width <= COLUMNS]
    found = (sum(TAG.fullmatch(row[column]) is not None for row in usual) for column in range(width * bool(usual)))
    return {width} if max(found, default=0) > _SOME * len(rows) else set()


def _tagged_at_the_end(both: _Rows) -> set[int]:
    """
    Return the widths of lines that end with a tag, as nearly all lines of that width must.

    A width is the usual one, or that of whole sentences: among the lines of another width it is a fault.
    """
    rows = [row for _, row in both]
    counts = Counter(map(len, rows))
    tagged = Counter(len(row) for row in rows if 1 < len(row) <= COLUMNS and TAG.fullmatch(row[-1]))
    likely = {width for width, count in tagged.items() if count > max(_ALIKE * counts[width], _RARE * len(rows))}
    among = Counter[int]()
    for (line, row), (following, other) in pairwise(both):
        if line.number + 1 == following.number and len(row) != len(other) and {len(row), len(other)} <= likely:
            among.update((len(row), len(other)))
    usual = max(likely, key=lambda width: (counts[width], -width), default=0)
    return {width for width in likely if width == usual or among[width] < _STRAY * counts[width]}


def _layout(files: Sequence[Sequence[Line]], delimiter: str | None, rule: _Widths) -> ColumnLayout | None:
    """Return the best layout for a delimiter, if there is one."""
    split = [[cells(line.text, delimiter) for line in lines] for lines in files]
    paired = [list(zip(lines, rows, strict=True)) for lines, rows in zip(files, split, strict=True)]
    good = [rule(rows) for rows in paired]
    widths = tuple(sorted(set().union(*good)))
    if not widths:
        return None
    both = [(line, row) for pairs, mine in zip(paired, good, strict=True) for line, row in pairs if len(row) in mine]
    rows = [row for _, row in both]
    found = _tags(rows, range(widths[0]))
    if len(widths) > 1:  # the tag may be counted from either end; from the last column, where both explain as much
        found = max(_tags(rows, range(-widths[0], 0)), found, key=lambda one: one.score)
    tag = found.column
    words = _words(rows, [column for column in range(widths[0]) if column not in (tag, tag + widths[0])])
    return ColumnLayout(
        delimiter=delimiter,
        token=words[0],
        other_words=tuple(words[1:]),
        tag=tag,
        widths=widths,
        other_tags=tuple(column for column in found.alike if column != tag),
        strange=tuple(lines[0].path for lines, mine in zip(files, good, strict=True) if not mine),
        share=found.score[0] / sum(map(len, files)),
        example=next(line for line, row in both if TAG.fullmatch(row[tag])),
    )


def _alone(files: Sequence[Sequence[Line]], delimiter: str | None, find: _Find) -> ColumnLayout | None:
    """Return the layout for a delimiter in which a column has types and `O`, or parts of speech, if there is one."""
    both = [(line, cells(line.text, delimiter)) for lines in files for line in lines]
    width = Counter(len(row) for _, row in both).most_common(1)[0][0]
    usual = [(line, row) for line, row in both if len(row) == width]
    found = find([row for _, row in usual]) if 1 < width <= COLUMNS else None
    if found is None:
        return None
    words = _words([row for _, row in usual], [column for column in range(width) if column != found.column])
    says = found.types.__contains__ if found.types else CLASS.fullmatch
    return ColumnLayout(
        delimiter=delimiter,
        token=words[0],
        other_words=tuple(words[1:]),
        tag=found.column if found.types else None,
        widths=(width,),
        other_tags=(),
        strange=(),
        share=found.rows / len(both),
        example=next(line for line, row in usual if says(row[found.column])),
        types=found.types,
        classes=None if found.types else found.column,
    )


class _Tags(NamedTuple):
    """The column of tags, all that hold about as many, and how many tags and names the first has."""

    column: int
    alike: tuple[int, ...]
    score: tuple[int, int]


def _tags(rows: Sequence[list[str]], columns: Sequence[int]) -> _Tags:
    """Return the column of names: not one of syntactic chunks or of clauses, and the one with the most tags if they are nested."""
    kinds = {
        column: Counter(match["type"] for row in rows if (match := TAG.fullmatch(row[column]))) for column in columns
    }
    least = _ALIKE * max(kind.total() for kind in kinds.values())
    alike = [column for column in columns if kinds[column].total() > least]
    typed = {column: kinds[column].total() - kinds[column][None] for column in alike}
    names = [column for column in alike if not are_chunks(kinds[column])]
    outside = [column for column in names if kinds[column][None]]  # in one of clauses every token is in one
    column = max(outside or names or alike, key=lambda column: typed[column])
    return _Tags(column, tuple(alike), (kinds[column].total(), typed[column]))


def are_chunks(kinds: Counter[Any]) -> bool:
    """Return whether most types are those of syntactic chunks."""
    found = {kind for kind in kinds if kind}
    return bool(found) and len(found & _CHUNKS) > len(found) / 2


def _words(rows: Sequence[list[str]], columns: Sequence[int]) -> list[int]:
    """
    Return the columns that may hold the words: those with nearly the most different texts that are no numbers.

    The word form comes first in every layout that is known; a lemma, behind it, may have as many texts.
    """
    texts = {column: Counter(row[column] for row in rows) for column in columns}
    # A word is hardly ever empty: a column that often is says something of the sentence.
    full = [column for column in columns if texts[column][""] <= _EMPTY * len(rows)] or columns
    counts = {column: sum(not _DIGITS.fullmatch(text) for text in texts[column]) for column in full}
    least = _WORDY * max(counts.values(), default=0)
    return [column for column in full if counts[column] >= least]
