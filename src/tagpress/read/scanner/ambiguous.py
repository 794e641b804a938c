"""
What is a line that begins like a comment, and also has the columns and the tag of a token?

`#haiti<TAB>B-LOC` is a token in one corpus and a token that somebody has commented out in another; only who knows the
corpus can say. The compiled loop asks the same of every such line (see `kernel.py`); here it is asked of single lines,
by what cuts files and by what writes them.
"""

import re
from itertools import accumulate
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tagpress.corpus.tags import SCHEMES
from tagpress.read.scanner import grammar
from tagpress.read.scanner.rules import Rules

# Of any scheme: which one it is may be in doubt, and a tag of another scheme is still a tag.
_LETTERS: Final = "".join(sorted({letter for scheme in SCHEMES.values() for letter in scheme.letters}))


def kind_of(line: bytes, rules: Rules) -> int:
    """Return the kind of a line between sentences, given in UTF-8 without its end; ROW also for one that is ragged."""
    if not line or is_blank(line, rules):
        return grammar.BLANK
    hits = ((kind, text) for kind, text, whole in rules.lines if line == text or (not whole and line.startswith(text)))
    kind, text = next(hits, (grammar.ROW, b""))
    return grammar.ROW if kind >= grammar.DOCUMENT and _is_token(line, kind, text, rules) else kind


def is_blank(line: bytes, rules: Rules) -> bool:
    """Return whether a line is nothing but what may stand on a blank one."""
    if rules.blank == "whitespace":
        return not line.strip(b" \t")
    return not line or (rules.blank == "delimiters" and not line.replace(rules.delimiter, b""))


def is_tag(cell: bytes, rules: Rules) -> bool:
    """
    Return whether a text is spelled like a tag: O, or a prefix with a type behind it or alone.

    Where tags have no prefixes, everything is.
    """
    if rules.scheme == "IO" or len(cell) < 2:  # noqa: PLR2004 - a prefix and more
        return bool(cell) and (rules.scheme == "IO" or cell.decode() in _LETTERS or cell in rules.outside)
    begins = cell[:1].decode(errors="replace") in _LETTERS
    joiner = rules.joiner.encode()
    return begins and cell[1:].startswith(joiner) and len(cell) > 1 + len(joiner)


def spelling(rules: Rules) -> tuple[NDArray[np.uint8], NDArray[np.uint8], int]:
    """
    Return the same for the compiled loop.

    For each byte, 1 if it is a prefix and 2 if it is a tag by itself; what joins prefix and type; whether there are none.
    """
    first = np.zeros(256, np.uint8)
    first[list(b"".join(rules.outside))] = 2
    first[list(_LETTERS.encode())] = 1
    return first, np.frombuffer(rules.joiner.encode(), np.uint8), int(rules.scheme == "IO")


def _is_token(line: bytes, kind: int, text: bytes, rules: Rules) -> bool:
    if rules.ambiguous == "comment":
        return False
    cells = _cells(line, rules)
    narrow, wide = rules.width
    if not narrow <= len(cells) <= wide or not is_tag(_text(cells[rules.columns[1]], rules), rules):
        return False
    # The line of a document without a name may have the columns of a token: -DOCSTART- -X- O O
    return kind != grammar.DOCUMENT or not _ends_a_cell(line, text, cells, rules.delimiter)


def _cells(line: bytes, rules: Rules) -> list[bytes]:
    """Return the columns of a line, with their quotes; none where a quote is broken."""
    if not rules.delimiter:
        return re.findall(rb"[^ \t]+", line)
    cells: list[bytes] = []
    for part in line.split(rules.delimiter):
        if rules.quote and cells and _is_open(cells[-1], rules.quote):
            cells[-1] += rules.delimiter + part
        else:
            cells.append(part)
    whole = all(_whole(cell, rules.quote) for cell in cells) if rules.quote else True
    return cells if whole else []


def _is_open(cell: bytes, quote: bytes) -> bool:
    return cell.startswith(quote) and cell.count(quote) % 2 == 1


def _whole(cell: bytes, quote: bytes) -> bool:
    inner = cell[1:-1].replace(2 * quote, b"")
    return not cell.startswith(quote) or (len(cell) > 1 and cell.endswith(quote) and quote not in inner)


def _text(cell: bytes, rules: Rules) -> bytes:
    return cell[1:-1] if rules.quote and cell.startswith(rules.quote) else cell


def _ends_a_cell(line: bytes, text: bytes, cells: list[bytes], delimiter: bytes) -> bool:
    if not delimiter:
        return line[len(text) : len(text) + 1] in {b"", b" ", b"\t"}
    ends = accumulate((len(cell) + len(delimiter) for cell in cells), initial=-len(delimiter))
    return len(text) in ends
