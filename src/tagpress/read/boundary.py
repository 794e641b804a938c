"""
Find where a file can be cut, so that reading the parts gives what reading the whole does.

- Where documents are marked: before a document line (and the comments above it), for the document of a sentence is
  the last one that began above it. A file without a document line is one piece.
- Else behind the line that ends a sentence: a blank line, or the end marker. Behind it the state is the same whatever
  came before.
- Where only a start marker is there: before it (and the comments above it).

The search is a regular expression over the mapped file, in the file's own encoding.
"""

import re
from typing import Final

from tagpress.read import grammar
from tagpress.read.dialect import Window
from tagpress.read.grammar import Bounds
from tagpress.read.scan import Rules
from tagpress.read.text import ends_lines_in_one_byte

_DOCUMENTS: Final = frozenset({grammar.DOCUMENT, grammar.NAMED_DOCUMENT})
_COMMENTS: Final = frozenset({grammar.SENTENCE_ID, grammar.COMMENT})


def find(data: Window, at: int, rules: Rules, encoding: str) -> int:
    """Return the first place from `at` on where the file can be cut, or its length."""
    if not ends_lines_in_one_byte(encoding):
        return len(data)
    documents = _any(rules, _DOCUMENTS, encoding)
    if documents or rules.bounds is Bounds.START_MARKER:
        first = documents or _any(rules, frozenset({grammar.START}), encoding) + rb"(?:\r?\n|\Z)"
        return _before(data, at, re.compile(rb"\n(?=" + first + rb")"), rules, encoding)
    match = re.compile(rb"\n" + _ending(rules, encoding)).search(data, max(at, 0))
    return match.end() if match else len(data)


def _before(data: Window, at: int, line: re.Pattern[bytes], rules: Rules, encoding: str) -> int:
    """Return where the comments above the first such line begin, if a file can be cut there."""
    prefixes = tuple(text.decode().encode(encoding) for kind, text, _ in rules.lines if kind in _COMMENTS)
    anywhere = rules.bounds is Bounds.START_MARKER
    ending = re.compile(_ending(rules, encoding))
    for match in line.finditer(data, at):
        cut = match.end()
        above = _line_above(data, cut)
        while above < cut and prefixes and data[above:cut].startswith(prefixes):
            cut, above = above, _line_above(data, above)
        # Comments are comments only between sentences: what is above them must end one.
        outside = cut == match.end() or anywhere or cut == 0 or ending.fullmatch(data[above:cut]) is not None
        if cut >= at and outside:
            return cut
    return len(data)


def _line_above(data: Window, at: int) -> int:
    """Return where the line above the one at `at` begins; `at` itself if there is none."""
    return data.rfind(b"\n", 0, at - 1) + 1 if at else at


def _ending(rules: Rules, encoding: str) -> bytes:
    """Return a pattern for the line that ends a sentence, with its line end."""
    if rules.bounds in {Bounds.MARKERS, Bounds.END_MARKER}:
        return _any(rules, frozenset({grammar.END}), encoding) + rb"\r?\n"
    delimiter = re.escape(rules.delimiter.decode().encode(encoding))
    return {"empty": b"", "delimiters": b"(?:" + delimiter + b")*", "whitespace": rb"[ \t]*"}[rules.blank] + rb"\r?\n"


def _any(rules: Rules, kinds: frozenset[int], encoding: str) -> bytes:
    texts = [re.escape(text.decode().encode(encoding)) for kind, text, _ in rules.lines if kind in kinds]
    return b"(?:" + b"|".join(texts) + b")" if texts else b""
