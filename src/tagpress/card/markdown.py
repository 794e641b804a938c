"""Write GitHub-flavoured Markdown in which no text from a corpus can become anything but text."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

_SPACE: Final = "␣"
_JOINERS: Final = "\u200c\u200d"  # letters of Persian and Indic words and of emoji, where they stand between others
# A code span in a table cannot hold these faithfully: GFM reads a pipe, and a backslash before one, first.
_UNSAFE_IN_CODE: Final = re.compile(r"[|`\\]")
_PUNCTUATION: Final = re.compile(r"[!-/:-@\[-`{-~]")
_RIGHT_TO_LEFT: Final = frozenset({"R", "AL", "AN"})
_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"  # keep right-to-left text from pulling its neighbours along


def visible(text: str) -> str:
    r"""
    Return text in which every character can be seen: control, format and unassigned ones by number, edge spaces as ␣.

    >>> visible(" tab\t\u200eend ")
    '␣tab<U+0009><U+200E>end␣'

    """
    shown = "".join(_shown(text, place) for place in range(len(text)))
    shown = re.sub(r"^ +| +$| {2,}", lambda spaces: _SPACE * len(spaces[0]), shown)
    return f"◌{shown}" if shown and unicodedata.combining(shown[0]) else shown


def _shown(text: str, place: int) -> str:
    character = text[place]
    joins = character in _JOINERS and 0 < place < len(text) - 1
    return character if character.isprintable() or joins else f"<U+{ord(character):04X}>"


def code(text: str) -> str:
    """
    Return text set as code, literally, also inside a table.

    >>> print(code("exit( )"), code("a|b"), code("<b>"))
    `exit( )` <code>a&#124;b</code> `<b>`

    """
    shown = visible(text)
    if _UNSAFE_IN_CODE.search(shown):
        literal = _PUNCTUATION.sub(lambda match: f"&#{ord(match[0])};", shown)
        marked = f"<code>{literal}</code>"
    else:
        marked = f"`{shown}`"
    mirrored = any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in shown)
    return f"{_ISOLATE}{marked}{_END_ISOLATE}" if mirrored else marked


def plain(text: str) -> str:
    r"""
    Return a line of prose that stays prose, also inside a table.

    >>> print(plain("a *bold* <b> | pipe & co"))
    a \*bold\* &lt;b&gt; \| pipe &amp; co

    """
    line = visible(" ".join(text.split()))
    escaped = line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    inline = re.sub(r"[\\`*_\[\]~|$#]", lambda match: f"\\{match[0]}", escaped)
    return re.sub(r"^(\d*)(?=[-+=.)])", r"\1\\", inline)  # no list, rule or underlined heading begins here


def table(header: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: Sequence[int] = ()) -> str:
    """
    Return a table; the cells are Markdown already, the columns in `numbers` are set to the right.

    >>> print(table(["split", "rows"], [["train", "16"]], numbers=[1]))
    | split | rows |
    | --- | ---: |
    | train | 16 |

    """
    rule = ["---:" if column in numbers else "---" for column in range(len(header))]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [header, rule, *rows])


def measure(value: float | None) -> str:
    """
    Return a measure from 0 to 1 with three digits behind the point, or "n/a".

    >>> measure(0.5), measure(None)
    ('0.500', 'n/a')

    """
    return "n/a" if value is None else f"{value:.3f}"


def number(count: int) -> str:
    """
    Return a whole number with thousands separators.

    >>> number(1234567)
    '1,234,567'

    """
    return f"{count:,}"


def share(part: int, whole: int) -> str:
    """
    Return a part in per cent of the whole, or `n/a` where there is no whole.

    >>> share(1, 3), share(0, 0)
    ('33.3 %', 'n/a')

    """
    return f"{100 * part / whole:.1f} %" if whole else "n/a"


def size(count: int) -> str:
    """
    Return a number of bytes in the largest unit that it fills.

    >>> size(999), size(5_628_949)
    ('999 B', '5.6 MB')

    """
    units = [(10**9, "GB"), (10**6, "MB"), (10**3, "kB")]
    return next((f"{count / unit:.1f} {name}" for unit, name in units if count >= unit), f"{count} B")
