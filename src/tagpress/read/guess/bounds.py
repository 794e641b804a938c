"""Guess what stands between sentences: blank lines, markers, comments, document lines, a header."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise
from typing import Any, Final

from tagpress.read.guess.layout import ColumnLayout
from tagpress.read.guess.samples import Line, Reason, because

_PAIRS: Final = (("<s>", "</s>"), ("<S>", "</S>"), ("<bos>", "<eos>"), ("<BOS>", "<EOS>"), ("BOS", "EOS"))
_NAMED: Final = (
    *("# newdoc id = ", "#begin document ", "###MEDLINE:", "# document_id = ", "# doc_id = "),
    "# hipe2022:document_id = ",
)
_UNNAMED: Final = ("-DOCSTART-", "# newdoc")
_IDS: Final = ("# sent_id = ", "# sentence_id = ", "# id = ", "# id ")
_COMMENT: Final = re.compile(r"#{1,20}[ \t]{0,20}")
_END_MARKS: Final = ("EndOfSentence", "PySBDSegment")  # as HIPE marks the last token of a sentence
_ENDS: Final = re.compile(rf"(?:^|\|)({'|'.join(_END_MARKS)})(?:\||$)")
_OFTEN: Final = 3  # times that a line must stand there to be a marker
_MARKER: Final = 80  # characters of one, at most
_SHARE: Final = 0.9


@dataclass(slots=True)
class FoundOptions:
    """The options found so far, why, and what is in doubt; filled step by step."""

    options: dict[str, Any] = field(default_factory=dict)
    reasons: list[Reason] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)

    def add(self, option: str, value: object, conclusion: str, line: Line) -> None:
        """Note an option with the line that shows it."""
        self.options[option] = value
        self.reasons.append(because(conclusion, line))


def guess(files: Sequence[Sequence[Line]], layout: ColumnLayout) -> FoundOptions:
    """Return what stands between the rows."""
    found = FoundOptions()
    lines = list(chain.from_iterable(files))
    rows = {text for text in {line.text for line in lines} if layout.is_row(text)}  # most lines come again and again
    others = [line for line in lines if line.text.strip() and line.text not in rows]
    _header(files, layout, found)
    _documents(lines, found)
    _comments(others, found)
    if not _markers(others, lines, layout, found):
        _blanks(lines, layout, found)
    _flags(lines, layout, found)
    return found


def _header(files: Sequence[Sequence[Line]], layout: ColumnLayout, found: FoundOptions) -> None:
    firsts = [lines[0] for lines in files if lines]
    texts = {line.text for line in firsts}
    columns = layout.cells(firsts[0].text)
    # A comment's columns are not all words; a letter may be a tag without its type.
    words = all(re.fullmatch(r"[A-Za-z][\w -]*", cell) for cell in columns) and len(columns[-1]) > 1
    likely = words and len(texts) == 1 and len(columns) in layout.widths and not layout.is_row(firsts[0].text)
    if likely and not _is_class(columns[layout.said], files, layout):
        found.add("header", value=True, conclusion="the first line of every file names the columns", line=firsts[0])


def _is_class(text: str, files: Sequence[Sequence[Line]], layout: ColumnLayout) -> bool:
    """Return whether a text that might name the column of tags stands below it too, as a type does and no name of a column."""
    rows = (layout.cells(line.text) for lines in files for line in lines[1:])
    return any(len(row) in layout.widths and row[layout.said] == text for row in rows)


def _documents(lines: Sequence[Line], found: FoundOptions) -> None:
    lines = [line for line in lines if line.text.startswith((*_NAMED, *_UNNAMED))]  # few, each of which is asked often
    for option, prefixes in (("document_name", _NAMED), ("document", _UNNAMED)):
        for prefix in prefixes:
            taken = found.options.get("document_name", "\0")
            line = next((one for one in lines if one.text.startswith(prefix) and not one.text.startswith(taken)), None)
            if line and option not in found.options:
                found.add(option, prefix, f"lines that begin with {prefix!r} start documents", line)


def _comments(others: Sequence[Line], found: FoundOptions) -> None:
    taken = tuple(found.options[name] for name in ("document", "document_name") if name in found.options)
    comments = [line for line in others if line.text.startswith("#") and not line.text.startswith(taken or "\0")]
    if not comments:
        return
    # The longest beginning of the first in order that the last has too is common to all.
    low, high = min(line.text for line in comments), max(line.text for line in comments)
    common = next((i for i, (one, other) in enumerate(zip(low, high, strict=False)) if one != other), len(low))
    match = _COMMENT.match(low[:common])
    prefix = match[0] if match else "#"
    ids = next((one for one in _IDS if any(line.text.startswith(one) for line in comments)), None)
    rests = [line.text.removeprefix(prefix) for line in comments]
    if ids:
        line = next(line for line in comments if line.text.startswith(ids))
        found.add("sentence_id", ids, f"lines that begin with {ids!r} hold the next sentence's id", line)
    addresses = sum(rest.startswith(("http:", "https:")) for rest in rests)
    if addresses > len(rests) / 2 and "document_name" not in found.options:
        found.add(
            "document_name", prefix, f"lines that begin with {prefix!r} name the document by its address", comments[0]
        )
        return
    if not ids and len({rest.split("\t")[0] for rest in rests}) > _SHARE * len(rests) > _OFTEN:
        found.add(
            "sentence_id", prefix, f"lines that begin with {prefix!r} differ, as a sentence's id does", comments[-1]
        )
    if found.options.get("sentence_id") != prefix:
        found.add("comment", prefix, f"{len(comments)} lines that begin with {prefix!r} are comments", comments[0])


def _markers(others: Sequence[Line], lines: Sequence[Line], layout: ColumnLayout, found: FoundOptions) -> bool:
    """Note markers: lines without columns that come again and again, where blank lines do not part the rows."""
    short = (line for line in others if len(line.text) <= _MARKER)
    plain = [line for line in short if len(layout.cells(line.text)) == 1 and not _COMMENT.match(line.text)]
    counts = Counter(line.text for line in plain)
    first = {line.text: line for line in reversed(plain)}
    for start, end in _PAIRS:
        if counts[start] and counts[end]:
            return _mark(found, first, start, end)
    blank = sum(not line.text.strip() for line in lines)
    often = [text for text, count in counts.most_common(2) if count >= _OFTEN and count > blank]
    if len(often) == 2 and counts[often[1]] >= _SHARE * counts[often[0]]:  # noqa: PLR2004 - a pair
        return _mark(found, first, *sorted(often, key=lambda text: (first[text].path, first[text].number)))
    if often:
        leads = lines[0].text == often[0]
        return _mark(found, first, often[0] if leads else None, None if leads else often[0])
    return False


def _mark(found: FoundOptions, first: dict[str, Line], start: str | None, end: str | None) -> bool:
    for option, text in (("sentence_start", start), ("sentence_end", end)):
        if text is not None:
            verb = "begins" if option == "sentence_start" else "ends"
            found.add(option, text, f"the line {text!r} {verb} a sentence", first[text])
    return True


def _blanks(lines: Sequence[Line], layout: ColumnLayout, found: FoundOptions) -> None:
    blank = [line for line in lines if not line.text.strip(" \t")]
    if not blank:
        found.doubts.append("sentences: nothing seems to part them, so each file would be read as one sentence")
        return
    found.reasons.append(because(f"{len(blank)} blank lines part the sentences", blank[0]))
    spaced = [line for line in blank if line.text and layout.delimiter]
    if spaced:
        only = all(not line.text.replace(layout.delimiter or " ", "") for line in spaced)
        kind = "delimiters" if only else "whitespace"
        found.add("blank", kind, f"{len(spaced)} lines of nothing but {kind} stand for blank ones", spaced[0])


def _flags(lines: Sequence[Line], layout: ColumnLayout, found: FoundOptions) -> None:
    """Note a doubt if the last column says where sentences end, which no dialect reads from there."""
    for line, following in pairwise(lines):
        if not (_END_MARKS[0] in line.text or _END_MARKS[1] in line.text):
            continue
        cells = layout.cells(line.text)
        match = _ENDS.search(cells[-1]) if following.text and layout.is_row(line.text) else None
        if match:
            how = f"awk -F'\\t' '{{print}} ${len(cells)} ~ /{match[1]}/ {{print \"\"}}' OLD > NEW"
            said = f"sentences: column {len(cells) - 1} says where they end ({match[1]}), and is not read"
            found.doubts.append(f"{said}; put a blank line behind each: {how}")
            return
