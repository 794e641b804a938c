"""What does the scanner need to know of a dialect?"""

from dataclasses import dataclass

from tagpress.read.scanner import grammar


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """
    What the scanner needs to know of a dialect, with every text as UTF-8.

    `lines` are the special lines, (kind, text, whole line or prefix), in the order in which they are tried. `delimiter`
    is empty for runs of spaces and tabs. `columns` are the token's, the tag's, then those of `extra`. `quote` is one byte, or empty. `ambiguous` is one
    of `grammar.AMBIGUOUS`; how a tag is spelled, and which single bytes are the tag of no entity, matters only there.
    """

    bounds: grammar.Bounds
    lines: tuple[tuple[int, bytes, bool], ...]
    delimiter: bytes
    blank: str
    width: tuple[int, int]
    columns: tuple[int, ...]
    extra: tuple[str, ...] = ()
    quote: bytes = b""
    header: bool = False
    sentence_ids: bool = False
    ambiguous: str = "comment"
    scheme: str = "IOB2"
    joiner: str = "-"
    outside: tuple[bytes, ...] = (b"O",)

    @property
    def unread(self) -> tuple[str, ...]:
        """Return the columns of the widest line that nothing is read from."""
        wide = self.width[1]
        used = {column % wide for column in self.columns}
        return tuple(f"column {column}" for column in range(wide) if column not in used)
