"""
The dialect of files that have one token and its tag on each line.

`Columns` is the dialect of most tagged corpora; the named ones are a table in `presets.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

from tagpress.errors import UsageError
from tagpress.read import boundary, grammar, scan, text
from tagpress.read.grammar import Bounds
from tagpress.read.parsed import Parsed
from tagpress.read.sources import expand

if TYPE_CHECKING:
    from tagpress.read.sniff import Sniffed

Width = int | tuple[int, int] | None

_BOUNDS: Final = {
    (False, False): Bounds.BLANK_LINES,
    (True, True): Bounds.MARKERS,
    (True, False): Bounds.START_MARKER,
    (False, True): Bounds.END_MARKER,
}
_LINES: Final = (
    # option, kind of line, whole line or prefix: in the order in which they are tried
    ("sentence_start", grammar.START, True),
    ("sentence_end", grammar.END, True),
    ("document_name", grammar.NAMED_DOCUMENT, False),
    ("document", grammar.DOCUMENT, False),
    ("sentence_id", grammar.SENTENCE_ID, False),
    ("comment", grammar.COMMENT, False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    r"""
    One token a line, with its tag in another column.

    `token`, `tag`, `extra`: columns from 0, or from -1 for the last one backwards; `extra` names more columns to keep.
    `delimiter`: any string, or None for runs of spaces and tabs.
    `width`: the number of columns of every line; a range (2, 4) where files differ, with the tag counted from the end.
    By default the columns that are used and no more. A line of another width is `ragged-line`.
    `sentence_start`, `sentence_end`: whole lines around a sentence; one of them may be enough. Without them, blank
    lines end sentences; `blank` says which: "empty" ones, ones of "delimiters" only, ones of "whitespace" only.
    `document`: what a line begins with that starts a document without a name, like "-DOCSTART-"; `document_name`: the
    same where the rest of the line, up to a tab, is the name, like "# newdoc id = ".
    `sentence_id`, `comment`: what lines between sentences begin with; the rest of the former, up to a tab, is the next
    sentence's id.
    `header`: the first line of a file names the columns.
    `scheme`, `joiner`: how tags are spelled: `IOB2` and `-` for `B-Person`.

    Raises UsageError for a value that makes no sense.
    """

    token: int = 0
    tag: int = 1
    delimiter: str | None = "\t"
    width: Width = None
    sentence_start: str | None = None
    sentence_end: str | None = None
    blank: str = "empty"
    document: str | None = None
    document_name: str | None = None
    sentence_id: str | None = None
    comment: str | None = None
    header: bool = False
    extra: Mapping[str, int] | tuple[tuple[str, int], ...] = ()
    scheme: str = "IOB2"
    joiner: str = "-"
    encoding: str = "utf-8"
    beside: ClassVar[str] = ""

    def __post_init__(self) -> None:
        extra = tuple(sorted(dict(self.extra).items()))
        object.__setattr__(self, "extra", extra)
        object.__setattr__(self, "encoding", text.normal_encoding(self.encoding))
        for option in ("delimiter", *(name for name, _, _ in _LINES)):
            _check_text(option, getattr(self, option))
        if self.sentence_start is not None and self.sentence_start == self.sentence_end:
            message = f"sentence_start and sentence_end are both {self.sentence_start!r}"
            raise UsageError(message, "give only sentence_end for a line that stands after each sentence")
        if self.blank not in grammar.BLANKS:
            message = f"blank={self.blank!r} is unknown"
            raise UsageError(message, f"use one of {', '.join(map(repr, grammar.BLANKS))}")
        _checked_width(self.width, self._used())

    @staticmethod
    def preset(name: str, **options: Any) -> "Columns":  # noqa: ANN401 - the options of the class
        """
        Return the dialect of a well-known corpus, with options of your own.

        >>> Columns.preset("kaznerd", scheme="BIOES")
        Columns(token=0, tag=1, delimiter=' ', ...)

        Raises UsageError for a name that is not in the table.
        """
        from tagpress.read.presets import preset  # noqa: PLC0415 - presets are made of this class

        return replace(preset(name), **options)

    @staticmethod
    def sniff(*paths: str | Path, base: Path | None = None) -> "Sniffed":
        """
        Guess the dialect of files, named by paths or globs, and say why.

        Raises SourceError if they cannot be read, or if nothing in them looks like tags.
        """
        from tagpress.read.sniff import sniff  # noqa: PLC0415 - a guess is made of every dialect, this one too

        return sniff(expand(map(str, paths), base or Path.cwd()))

    @property
    def bounds(self) -> Bounds:
        """What stands between two sentences."""
        return _BOUNDS[self.sentence_start is not None, self.sentence_end is not None]

    def parse(self, data: bytes, start: int = 0) -> Parsed:
        """Return the sentences of a piece that begins at byte `start` of its file."""
        return scan.scan(text.decode(data, self.encoding, start=start), self.rules(), first=start == 0)

    def boundary(self, data: bytes, at: int) -> int | None:
        """Return the first offset from `at` on where the file can be cut, or the length if none is in sight."""
        return boundary.find(data, at, self.rules(), self.encoding)

    def rules(self) -> scan.Rules:
        """Return what the scanner needs to know."""
        given = [(kind, getattr(self, option), whole) for option, kind, whole in _LINES]
        extra = dict(self.extra)
        return scan.Rules(
            bounds=self.bounds,
            lines=tuple((kind, spelled.encode(), whole) for kind, spelled, whole in given if spelled is not None),
            delimiter=(self.delimiter or "").encode(),
            blank="whitespace" if self.delimiter is None else self.blank,
            width=_checked_width(self.width, self._used()),
            columns=(self.token, self.tag, *extra.values()),
            extra=tuple(extra),
            header=self.header,
            sentence_ids=self.sentence_id is not None,
        )

    def _used(self) -> dict[str, int]:
        return {"token": self.token, "tag": self.tag} | dict(self.extra)


def _check_text(option: str, value: str | None) -> None:
    if value is not None and (not value or "\n" in value or value.endswith("\r")):
        message = f"{option}={value!r} cannot be found in a line"
        raise UsageError(message, "give the characters as they stand in the file, without the line end, or None")


def _checked_width(width: Width, used: dict[str, int]) -> tuple[int, int]:
    """Return the smallest and the largest number of columns of a line."""
    if width is None and min(used.values()) < 0:
        message = f"columns are counted from the end ({_listed(used)}) and width is not given"
        raise UsageError(message, "give the number of columns as width=4, or as a range: width=(2, 4)")
    if width is None:
        width = max(used.values()) + 1
    narrow, wide = width if isinstance(width, tuple) else (width, width)
    if not 1 <= narrow <= wide:
        message = f"width={width!r} is no number of columns"
        raise UsageError(message, "give a number from 1, or a range like (2, 4)")
    outside = {name: column for name, column in used.items() if not -narrow <= column < narrow}
    if outside:
        message = f"a line may have only {narrow} columns, which leaves {_listed(outside)} outside"
        raise UsageError(message, "columns are counted from 0, or from -1 for the last one backwards")
    if used["token"] % narrow == used["tag"] % narrow and narrow == wide:
        message = f"token and tag are the same column ({_listed(used)})"
        raise UsageError(message, "give the column of each, from 0")
    return narrow, wide


def _listed(columns: dict[str, int]) -> str:
    return ", ".join(f"{name}={column}" for name, column in columns.items())
