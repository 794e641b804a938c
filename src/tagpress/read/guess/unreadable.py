"""What is said of lines none of whose columns reads like tags: what stands there, what belongs there, and what to type."""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Final

from tagpress.corpus.problems import quoted
from tagpress.errors import SourceError
from tagpress.read.guess.samples import Line
from tagpress.read.guess.spelled_tags import COLUMNS, DELIMITERS, TAG, cells

_MOST: Final = 0.5  # share of lines with a text in the last column
_TAGS: Final = 100  # different texts of a column of tags, at most
_SHOWN: Final = 8
_HINT: Final = (
    "a tag is O, or like B-Person; declare other spellings by hand, such as types alone: DIALECT = "
    "tagpress.Columns(token=0, tag=1, scheme='IO')"
)
_LETTERS: Final = {
    "B": ("b", "begin", "beginning", "start", "first"),
    "I": ("i", "in", "inside", "inner", "intermediate", "middle", "m"),
    "E": ("e", "end", "ending"),
    "L": ("l", "last"),
    "S": ("s", "single", "singleton"),
    "U": ("u", "unit", "unique"),
}
_SPELLED: Final = {word: letter for letter, words in _LETTERS.items() for word in words}
PREFIXED: Final = re.compile(rf"(?i)(?P<prefix>{'|'.join(_SPELLED)})(?P<joiner>[-_])(?P<type>\S+)")
"""A tag whose prefix is no capital letter."""
_OUTSIDE: Final = frozenset(
    {
        "",
        "0",
        "o",
        "-",
        "_",
        "*",
        "X",
        "OUT",
        "Out",
        "OTHER",
        "Other",
        "NONE",
        "None",
        "NA",
        "null",
        "out",
        "other",
        "none",
    }
)
"""What some write where O belongs."""
_TYPE: Final = re.compile(r"[^\W\d_][\w.&/-]{0,39}")
_BRACKET: Final = re.compile(r"(?:\([^\s()*]+)*\*?\)*")
_WHOLE_BRACKET: Final = re.compile(r"\([^\s()*]+(?:\*\)*|\))")
_XML: Final = re.compile(r"\s*<(?:\?xml|!DOCTYPE)\b")
_ROOT: Final = re.compile(r"<([A-Za-z][\w.:-]*)")


def unreadable(files: Sequence[Sequence[Line]]) -> SourceError:
    """Return the error that says what lines are, as far as it can be seen."""
    line = files[0][0] if files else Line("the first file", 1, "")
    if odd := _odd_line(line):
        return odd
    rows = [_cells(one.text) for lines in files for one in lines if not one.text.startswith("#")]
    message = f"no column reads like tags; {line.path}:{line.number} is {line.text[:60]!r}"
    seen = Counter(row[-1] for row in rows if len(row) > 1)
    if (column := _in_brackets(rows)) is not None:
        return _brackets(line, rows, column)
    if not seen or seen.total() < _MOST * len(rows):
        return SourceError(message, _HINT)
    if all(tag == "o" or (PREFIXED.fullmatch(tag) and not TAG.fullmatch(tag)) for tag in seen):
        return SourceError(message + _last_column(seen), with_letters(seen))
    if (outside := _outside(seen)) is not None:
        said = f"where no entity is, the last column has {outside!r}, and not O"
        pattern = "([[:space:]])" + outside.replace("*", r"\*")
        return SourceError(f"{message}; {said}", rf"write O there: sed -E 's/{pattern}$/\1O/' OLD > NEW")
    return SourceError(message + _last_column(seen), _HINT)


def with_letters(tags: Collection[str]) -> str:
    """Return what to type so that tags have the letters that prefixes are spelled with."""
    found = sorted({match["prefix"] for tag in tags if (match := PREFIXED.fullmatch(tag))})
    each = (rf"s/([[:space:]]){prefix}([-_][^[:space:]]+)$/\1{_SPELLED[prefix.lower()]}\2/" for prefix in found)
    outside = [r"s/([[:space:]])o$/\1O/"] if "o" in tags else []
    return f"a tag has its letter in capitals, as O, B-Person or I-Person: sed -E '{'; '.join([*outside, *each])}' OLD > NEW"


def _odd_line(line: Line) -> SourceError | None:
    """Return what is wrong with the first line, if it is of no columns that anything could be read from."""
    if "\r" in line.text:
        message = f"the lines of {line.path} end in CR alone"
        return SourceError(message, "make them end in LF: tr '\\r' '\\n' < old > new")
    if (width := max(len(cells(line.text, delimiter)) for delimiter in DELIMITERS)) > COLUMNS:
        message = f"{line.path}:{line.number} has {width:,} columns, and {COLUMNS:,} are the most that are looked at"
        return SourceError(message, "declare the dialect by hand: DIALECT = tagpress.Columns(token=..., tag=...)")
    if "\u00a0" in line.text and any(TAG.fullmatch(cell) for cell in line.text.split("\u00a0")):
        message = f"no-break spaces part the columns of {line.path}:{line.number}: {line.text[:60]!r}"
        return SourceError(message, "part them by tabs: sed 's/\u00a0/\\t/g' OLD > NEW")
    return None


def refuse_xml(lines: Sequence[Line]) -> None:
    """
    Refuse a document of XML, for its elements may be anything.

    Raises:
        SourceError: the first line says that it is one.

    """
    first = lines[0]
    if not _XML.match(first.text):
        return
    names = (match[1] for line in lines if (match := _ROOT.search(line.text.partition("<!DOCTYPE")[0])))
    root = next(names, "")
    message = f"{first.path} is a document of XML, <{root}>, of a kind that is not known"
    hint = (
        "known are TEI, FoLiA, NAF, TCF, BioC, XMI of UIMA, TimeML, XML of GATE, of MAE, of GENIA and of SemEval, and marks in text, a sentence a line, as <PER>Ada</PER>; "
        'or write {"text": "Ada came.", "spans": [[0, 3, "PER"]]} a line'
    )
    raise SourceError(message, hint)


def _cells(line: str) -> list[str]:
    return cells(line, "\t" if "\t" in line else None)


def _outside(seen: Counter[str]) -> str | None:
    """Return what stands where O belongs: the one text of the last column that is no tag, or is no type of an entity."""
    odd = [text for text in seen if not TAG.fullmatch(text)]
    if len(odd) == 1 and len(seen) > 1 and odd[0] in _OUTSIDE and "O" not in seen:
        return odd[0]
    first = seen.most_common(1)[0][0]
    few = 1 < len(seen) <= _TAGS and all(_TYPE.fullmatch(text) for text in seen if text != first)
    return first if few and first in _OUTSIDE - {""} and "O" not in seen else None


def _in_brackets(rows: Sequence[Sequence[str]]) -> int | None:
    """Return the last column in which spans are brackets, as CoNLL-2012 writes names: `(PER*`, `*)`, `(LOC)`."""
    width = Counter(map(len, rows)).most_common(1)[0][0] if rows else 0
    usual = [row for row in rows if len(row) == width]
    for column in reversed(range(1, width)):
        texts = Counter(row[column] for row in usual)
        starred = texts["*"] > 0 and all(_BRACKET.fullmatch(text) for text in texts)
        kinds = {text.strip("()*") for text in texts if _WHOLE_BRACKET.fullmatch(text)}
        if starred and kinds and not any(kind.startswith(("TOP", "V", "ARG", "S(", "NP")) for kind in kinds):
            return column
    return None


def _brackets(line: Line, rows: Sequence[Sequence[str]], column: int) -> SourceError:
    token = 3 if len(rows[0]) > 10 else 0  # noqa: PLR2004 - CoNLL-2012 has eleven columns and more, and the word in the fourth
    message = f"{line.path} has names in brackets in column {column}, as CoNLL-2012 writes them, and no tags"
    hint = (
        f"publish them as a layer of spans: DIALECT = tagpress.Columns(token={token}, tag=None, "
        f"extra={{'names': {column}}}) and LAYERS = {{'names': tagpress.NestedSpans([...], columns=('names',), brackets=True)}}"
    )
    return SourceError(message, hint)


def _last_column(seen: Counter[str]) -> str:
    """Say what the last column holds, if it could be tags in another spelling."""
    if len(seen) > _TAGS:
        return ""
    shown = ", ".join(f"{quoted(text)} ({count:,}x)" for text, count in seen.most_common(_SHOWN))
    return f"; the last column holds {shown}"
