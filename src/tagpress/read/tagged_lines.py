"""What is a line of a file that has one token and its tag on each? The options, checked, and how such a file is read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from tagpress.corpus.problems import counted
from tagpress.errors import UsageError
from tagpress.read.parsed import Parsed, untagged
from tagpress.read.scanner import boundary, by_column, grammar, scan, split_column
from tagpress.read.scanner.grammar import Bounds
from tagpress.read.scanner.rules import Rules
from tagpress.read.sources import text

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
class TaggedLines:
    """The options of `Columns`, which says what each of them means."""

    token: int = 0
    tag: int | None = 1
    delimiter: str | None = "\t"
    quote: str | None = None
    width: Width = None
    sentence_start: str | None = None
    sentence_end: str | None = None
    blank: str = "empty"
    sentence: int | None = None
    split: int | None = None
    document: str | None = None
    document_name: str | None = None
    sentence_id: str | None = None
    comment: str | None = None
    ambiguous: str = "problem"
    header: bool = False
    extra: Mapping[str, int] | tuple[tuple[str, int], ...] = ()
    scheme: str = "IOB2"
    joiner: str = "-"
    encoding: str = "utf-8"
    beside: ClassVar[str] = ""
    has_text: ClassVar[bool] = False
    outsides: ClassVar[tuple[str, ...]] = ("O",)

    def __post_init__(self) -> None:
        extra = tuple(sorted(dict(self.extra).items()))
        object.__setattr__(self, "extra", extra)
        object.__setattr__(self, "encoding", text.normal_encoding(self.encoding))
        for option in ("delimiter", *(name for name, _, _ in _LINES)):
            _check_text(option, getattr(self, option))
        if self.sentence_start is not None and self.sentence_start == self.sentence_end:
            message = f"sentence_start and sentence_end are both {self.sentence_start!r}"
            raise UsageError(message, "give only sentence_end for a line that stands after each sentence")
        _check_quote(self.quote, self.delimiter)
        self._check_sentence()
        if self.tag is None and not self.extra:
            raise UsageError("tag=None leaves nothing but tokens", 'name a column: extra={"pos_tags": 1}')
        check_word("blank", self.blank, grammar.BLANKS)
        check_word("ambiguous", self.ambiguous, grammar.AMBIGUOUS)
        _checked_width(self.width, self._used())

    @property
    def bounds(self) -> Bounds:
        """What stands between two sentences."""
        return _BOUNDS[self.sentence_start is not None, self.sentence_end is not None]

    @property
    def has_tags(self) -> bool:
        """Whether there is a column of tags."""
        return self.tag is not None

    @property
    def has_ids(self) -> bool:
        """Whether sentences have ids in the source."""
        return self.sentence_id is not None or self.sentence is not None

    def parse(self, data: bytes, start: int = 0) -> Parsed:
        """Return the sentences of a piece that begins at byte `start` of its file."""
        parsed = scan.scan(text.decode(data, self.encoding, start=start), self.rules(), first=start == 0)
        parsed = parsed if self.has_tags else untagged(parsed)
        parsed = parsed if self.sentence is None else by_column.cut_by_column(parsed)
        return parsed if self.split is None else split_column.said_by_column(parsed)

    def boundary(self, data: bytes, at: int) -> int | None:
        """Return the first offset from `at` on where the file can be cut, or the length if none is in sight."""
        find = boundary.find if self.sentence is None else by_column.find
        return find(data, at, self.rules(), self.encoding)

    @property
    def line(self) -> str:
        """
        Return what a line of a token is, in words.

        >>> TaggedLines().line, TaggedLines(tag=-1, width=(2, 4), delimiter=None).line
        ('2 columns parted by tabs', '2 to 4 columns parted by white space')

        """
        narrow, wide = _checked_width(self.width, self._used())
        columns = counted(wide, "column") if narrow == wide else f"{narrow} to {wide} columns"
        parted = {None: "white space", "\t": "tabs", " ": "single spaces"}.get(self.delimiter, repr(self.delimiter))
        return f"{columns} parted by {parted}"

    def rules(self) -> Rules:
        """Return what the scanner needs to know."""
        given = [(kind, getattr(self, option), whole) for option, kind, whole in _LINES]
        extra = dict(self.extra) | ({} if self.sentence is None else {by_column.COLUMN: self.sentence})
        extra |= {} if self.split is None else {split_column.COLUMN: self.split}
        return Rules(
            bounds=self.bounds,
            lines=tuple((kind, spelled.encode(), whole) for kind, spelled, whole in given if spelled is not None),
            delimiter=(self.delimiter or "").encode(),
            blank="whitespace" if self.delimiter is None else self.blank,
            width=_checked_width(self.width, self._used()),
            columns=(self.token, next(iter(extra.values())) if self.tag is None else self.tag, *extra.values()),
            extra=tuple(extra),
            quote=(self.quote or "").encode(),
            header=self.header,
            sentence_ids=self.sentence_id is not None,
            ambiguous=self.ambiguous,
            scheme="IO" if self.tag is None else self.scheme.upper(),  # for anything may stand beside a token
            joiner=self.joiner,
            outside=tuple(text.encode() for text in self.outsides),
        )

    def _used(self) -> dict[str, int]:
        named = {"token": self.token, "tag": self.tag, "sentence": self.sentence, "split": self.split}
        return {name: column for name, column in named.items() if column is not None} | dict(self.extra)

    def _check_sentence(self) -> None:
        given = [name for name, _, _ in _LINES if getattr(self, name) is not None]
        if self.sentence is not None and given:
            message = f"sentence={self.sentence} and {given[0]}={getattr(self, given[0])!r} do not go together"
            raise UsageError(message, "where a column says the sentence, no line does")
        if self.sentence is not None and self.sentence in {self.token, self.tag}:
            raise UsageError(
                f"sentence={self.sentence} is the column of the token or the tag", "give the column of each"
            )


def _check_text(option: str, value: str | None) -> None:
    if value is not None and (not value or "\n" in value or value.endswith("\r")):
        message = f"{option}={value!r} cannot be found in a line"
        raise UsageError(message, "give the characters as they stand in the file, without the line end, or None")


def _check_quote(quote: str | None, delimiter: str | None) -> None:
    if quote is None:
        return
    if len(quote.encode()) != 1 or quote in "\r\n":
        raise UsageError(f"quote={quote!r} is not one ASCII character", "give the character, such as '\"', or None")
    if delimiter is None or quote in delimiter:
        message = f"quote={quote!r} and delimiter={delimiter!r} do not go together"
        raise UsageError(message, "columns that are quoted are parted by a delimiter, such as ','")


def check_word(option: str, value: str, known: tuple[str, ...]) -> None:
    """Raise UsageError for a word that an option does not know."""
    if value not in known:
        raise UsageError(f"{option}={value!r} is unknown", f"use one of {', '.join(map(repr, known))}")


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
    if "tag" in used and used["token"] % narrow == used["tag"] % narrow and narrow == wide:
        message = f"token and tag are the same column ({_listed(used)})"
        raise UsageError(message, "give the column of each, from 0")
    return narrow, wide


def _listed(columns: dict[str, int]) -> str:
    return ", ".join(f"{name}={column}" for name, column in columns.items())
