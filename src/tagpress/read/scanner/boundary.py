"""
Find where a file can be cut, so that reading the parts gives what reading the whole does.

- Where documents are marked: before a document line (and the comments above it), for the document of a sentence is
  the last one that began above it. A file without a document line is one piece.
- Else behind the line that ends a sentence: a blank line, or the end marker. Behind it the state is the same whatever
  came before.
- Where only a start marker is there: before it (and the comments above it).

The search is a regular expression over a window of the file, in the file's own encoding. It looks at nothing before
the byte `at - 1`, so a window need not begin before it; and what it finds stays right whatever follows the window.
"""

import re
from typing import Final

from tagpress.read.scanner import grammar
from tagpress.read.scanner.ambiguous import kind_of
from tagpress.read.scanner.grammar import Bounds
from tagpress.read.scanner.rules import Rules
from tagpress.read.sources import text

_DOCUMENTS: Final = frozenset({grammar.DOCUMENT, grammar.NAMED_DOCUMENT})
_COMMENTS: Final = frozenset({grammar.SENTENCE_ID, grammar.COMMENT})
_OUT_OF_SIGHT: Final = -1  # where a line begins that begins before the window


def find(data: bytes, at: int, rules: Rules, encoding: str) -> int | None:
    """Return the first place from `at` on where the file can be cut, the length if none is in sight, None if there are none."""
    if not text.ends_lines_in_one_byte(encoding):
        return None
    documents = _any(rules, _DOCUMENTS, encoding)
    if documents or rules.bounds is Bounds.START_MARKER:
        first = documents or _any(rules, frozenset({grammar.START}), encoding) + rb"\r?\n"
        return _before(data, at, re.compile(rb"\n(?=" + first + rb")"), rules, encoding)
    match = re.compile(rb"\n" + _ending(rules, encoding)).search(data, max(at, 0))
    return match.end() if match else len(data)


def _before(data: bytes, at: int, line: re.Pattern[bytes], rules: Rules, encoding: str) -> int:
    """Return where the comments above the first such line begin, if a file can be cut there."""
    comments = any(kind in _COMMENTS for kind, _, _ in rules.lines)
    anywhere = rules.bounds is Bounds.START_MARKER
    ending, refused = re.compile(_ending(rules, encoding)), len(data)
    for match in line.finditer(data, at):
        stop = data.find(b"\n", match.end()) + 1
        kind = _kind(data[match.end() : stop], rules, encoding)
        if not stop or kind not in _DOCUMENTS | {grammar.START}:
            continue
        # An id belongs to the next sentence, also behind the line of a document: all these lines stay together.
        cut, above = match.end(), _line_above(data, match.end(), at)
        while comments and 0 <= above < cut and above != refused:
            found = _kind(data[above:cut], rules, encoding)
            if found not in _DOCUMENTS | _COMMENTS:
                break
            kind, cut, above = found, above, _line_above(data, above, at)
        # Comments are comments only between sentences: what is above them must end one.
        ends = kind not in _COMMENTS or anywhere or cut == 0 or ending.fullmatch(data[above:cut])
        if ends and above != refused and not (comments and above == _OUT_OF_SIGHT):
            return cut
        refused = match.end()
    return len(data)


def _kind(line: bytes, rules: Rules, encoding: str) -> int:
    """Return what a line is between sentences; it comes as it stands in the file, with its end."""
    return kind_of(text.decode(line, encoding, start=1).data.removesuffix(b"\n").removesuffix(b"\r"), rules)


def _line_above(data: bytes, cut: int, at: int) -> int:
    """Return where the line above the one at `cut` begins, if that is at `at` or behind it; 0 stays 0."""
    found = data.rfind(b"\n", max(at - 1, 0), cut - 1) if cut else -1
    return found + 1 if found >= 0 or at == 0 else _OUT_OF_SIGHT


def _ending(rules: Rules, encoding: str) -> bytes:
    """Return a pattern for the line that ends a sentence, with its line end."""
    if rules.bounds in {Bounds.MARKERS, Bounds.END_MARKER}:
        return _any(rules, frozenset({grammar.END}), encoding) + rb"\r?\n"
    delimiter = re.escape(rules.delimiter.decode().encode(encoding))
    return {"empty": b"", "delimiters": b"(?:" + delimiter + b")*", "whitespace": rb"[ \t]*"}[rules.blank] + rb"\r?\n"


def _any(rules: Rules, kinds: frozenset[int], encoding: str) -> bytes:
    texts = [re.escape(spelled.decode().encode(encoding)) for kind, spelled, _ in rules.lines if kind in kinds]
    return b"(?:" + b"|".join(texts) + b")" if texts else b""
