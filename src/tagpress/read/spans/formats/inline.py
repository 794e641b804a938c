"""
Text with its marks in it, a sentence a line: as elements of XML, as OpenNLP has them, or in brackets.

What is left when the marks are taken away is the text. A row of the table says how a mark begins and ends, and what its
type is; what is no mark is text.
"""

import html
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tagpress.corpus.problems import few, quoted
from tagpress.read.spans.record import Placed, Record, RecordReading, Span

_ATTRIBUTE: Final = re.compile(r"\b([A-Za-z][\w:.-]{0,80})\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_ENTITY: Final = re.compile(r"&(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9A-Fa-f]{1,6});")
_TYPED: Final = ("type", "label", "category", "class", "sem")  # attributes that say the type, the likelier ones first
_GENERAL: Final = frozenset(
    {
        "enamex",
        "numex",
        "timex",
        "timex2",
        "timex3",
        "ne",
        "ner",
        "ent",
        "entity",
        "mention",
        "tag",
        "name",
        "cons",
        "term",
        "span",
        "mark",
    }
)
"""Names of elements that say only that there is an entity."""
HEAD: Final = 64 << 10  # bytes of a file that say how its marks are spelled
_NAME: Final = re.compile(rb"<([A-Za-z][\w.:-]*)")
_WHOLE: Final = re.compile(r"\s*<([A-Za-z][\w.:-]*)(?:\s[^<>]*)?>[^<>]*</\1>\s*")
_LOOKS: Final = 100  # lines that are looked at
_MOST: Final = 0.5  # of them that have a mark


@dataclass(frozen=True, slots=True)
class _Style:
    """
    How marks are spelled: a pattern of whatever begins, ends or is a mark, and one of a line that has a whole one.

    In `token`, the groups `open` and `close` are the type of a mark that begins, and whatever ends one.
    """

    token: re.Pattern[str]
    mark: re.Pattern[str]
    type: Callable[[re.Match[str]], str]
    escaped: bool = False


def _type_of_element(match: re.Match[str]) -> str:
    """Return the type of an element: that of an attribute, if its name says nothing more than that it is an entity."""
    name = match["open"]
    said = {one[1].lower(): one[2] or one[3] or "" for one in _ATTRIBUTE.finditer(match["more"] or "")}
    if name.lower() not in _GENERAL:
        return name
    return next((html.unescape(said[key]) for key in _TYPED if key in said), name)


_STYLES: Final = {
    "inline-xml": _Style(
        re.compile(
            r"<(?:(?P<open>[A-Za-z][\w.:-]*)(?P<more>(?:\s[^<>]*?)?)(?P<alone>/)?|/(?P<close>[A-Za-z][\w.:-]*)\s*|[!?][^<>]*)>"
        ),
        re.compile(r"<([A-Za-z][\w.:-]*)(?:\s[^<>]*)?>[^<>]+</\1>"),
        _type_of_element,
        escaped=True,
    ),
    "opennlp": _Style(
        re.compile(r"(?:<START(?::(?P<open>[^\s<>]{1,80}))?>[ \t]{1,8}|(?P<close>[ \t]?<END>))"),
        re.compile(r"<START(?::[^\s<>]{1,80})?>[ \t][^<>]+<END>"),
        lambda match: match["open"] or "default",
    ),
    "inline-colon": _Style(
        re.compile(r"(?P<whole>\[(?P<open>[A-Za-z][\w.-]*) : (?P<said>[^\[\]]+?) ?\])"),
        re.compile(r"\[[A-Za-z][\w.-]* : [^\[\]]+\]"),
        lambda match: match["open"],
    ),
    "yedda": _Style(
        re.compile(r"(?P<whole>\[[@$](?P<said>(?:(?!\[[@$]|#[^\[\]#*]+\*\]).)+)#(?P<open>[^\[\]#*]+)\*\])"),
        re.compile(r"\[[@$].+?#[^\[\]#*]+\*\]"),
        lambda match: match["open"],
    ),
    "inline-brackets": _Style(
        re.compile(r"(?P<whole>\[(?P<said>[^\[\]]+)\]\((?P<open>[A-Za-z][\w.-]*)\))"),
        re.compile(r"\[[^\[\]]+\]\([A-Za-z][\w.-]*\)"),
        lambda match: match["open"],
    ),
    "inline-types": _Style(
        re.compile(r"(?P<whole>\[(?P<open>[A-Z][A-Za-z_]*) (?P<said>[^\[\]]+?) ?\])"),
        re.compile(r"\[[A-Z][A-Za-z_]* [^\[\]]+\]"),
        lambda match: match["open"],
    ),
}
NAMES: Final = tuple(_STYLES)
_SURE: Final = {
    "inline-xml": re.compile(r"<(?:ENAMEX|NUMEX|TIMEX)\s"),
    "opennlp": re.compile(r"<START(?::[^\s<>]{1,80})?> "),
}
"""What only such marks are: then lines that have none may be most."""


def style_of(lines: Sequence[str]) -> str | None:
    """Return the name of the format of lines, if most have such a mark, or one that nothing else has."""
    some = [line for line in lines[:_LOOKS] if line.strip()]
    if any("\t" in line for line in some) or (some and some[0].startswith(("<?xml", "{", "[{", "[["))):
        return None
    for name, style in _STYLES.items():
        seen = sum(style.mark.search(line) is not None for line in some)
        sure = _SURE[name].search("\n".join(some)) is not None if name in _SURE else False
        if seen and (sure or seen > _MOST * len(some)):
            return name
    return None


def find(data: bytes, begin: int, reading: RecordReading, *, name: str) -> Iterator[Placed]:
    """Yield a record for each line that has a text; what has only marks is counted with the next."""
    style = _STYLES[name]
    aside = Counter[str]()
    general = style.escaped and _names_in(data[begin:]) & _GENERAL
    for raw in data[begin:].split(b"\n"):
        line = raw.decode().removesuffix("\r")
        element = _WHOLE.fullmatch(line) if general else None
        if element and element[1].lower() not in _GENERAL:
            aside[f"lines of <{element[1]}>"] += 1
            begin += len(raw) + 1
            continue
        record = _record(line, begin, style, set(reading.layer.split()) if reading.layer else None, aside)
        if record.text.strip():
            yield Placed(begin, begin + len(raw), record._replace(aside=tuple(aside.elements())))
            aside.clear()
        elif line.strip():
            aside["lines of marks alone"] += 1
        begin += len(raw) + 1


def _names_in(data: bytes) -> set[str]:
    return {name.decode().lower() for name in _NAME.findall(data)}


def _record(line: str, at: int, style: _Style, layer: set[str] | None, aside: Counter[str]) -> Record:
    """Return the record of a line: its text without marks, and its spans, in the order in which they begin."""
    parts: list[str] = []
    open_: list[tuple[str, str, int, int]] = []  # what was written, the type, where in the text, which span
    spans: list[Span | None] = []
    read = length = 0
    for match in style.token.finditer(line):
        groups = match.groupdict()
        plain = _plain(line[read : match.start()], style)
        parts.append(plain)
        length += len(plain)
        read = match.end()
        if groups.get("whole"):
            said = _plain(groups["said"], style)
            parts.append(said)
            spans.append(Span(length, length + len(said), style.type(match), at=at))
            length += len(said)
        elif groups.get("close"):
            spans.append(_closed(open_, groups["close"], length, at, spans))
        elif groups.get("alone") or (style.escaped and not groups["open"]):
            aside["marks without a text"] += 1
        else:
            open_.append((groups["open"] or "", style.type(match), length, len(spans)))
            spans.append(None)
    parts.append(_plain(line[read:], style))
    for _, kind, first, number in open_:
        spans[number] = Span(first, None, kind, at=at, fault="is not closed in its line", name=quoted(kind))
    kept = [one for one in spans if one is not None and (layer is None or one.type in layer or one.fault)]
    aside["marks of other types"] += sum(one is not None for one in spans) - len(kept)
    return Record("".join(parts), kept)


def _closed(
    open_: list[tuple[str, str, int, int]], name: str, stop: int, at: int, spans: list[Span | None]
) -> Span | None:
    """End the mark that was begun last; return a span with a fault, if it is another, or there is none."""
    if open_ and (open_[-1][0] == name or name.endswith("<END>")):
        _, kind, first, number = open_.pop()
        spans[number] = Span(first, stop, kind, at=at)
        return None
    begun = f"{few([open_[-1][0]])} was begun last" if open_ else "nothing was begun"
    return Span(None, None, name, at=at, fault=f"ends where {begun}", name=quoted(name))


def _plain(text: str, style: _Style) -> str:
    return _ENTITY.sub(lambda match: html.unescape(match[0]), text) if style.escaped else text
