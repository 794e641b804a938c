"""Does a file that belongs to many texts speak of one that nobody reads? What it says of that would be lost."""

from collections.abc import Sequence
from pathlib import PurePosixPath

from tagpress.errors import SourceError
from tagpress.read.dialect import Dialect
from tagpress.read.sources import source as sources
from tagpress.read.sources import text
from tagpress.read.sources.beside import one_for_all
from tagpress.read.sources.source import Source
from tagpress.read.spans.dialect import Spans
from tagpress.read.spans.formats import row_marks
from tagpress.read.spans.formats.beside_texts import named_in


def require_texts(dialect: Dialect, given: Sequence[Source]) -> None:
    """
    Require that every text is a source that a file belonging to many speaks of.

    Raises:
        SourceError: one is none.

    """
    if not isinstance(dialect, Spans) or not one_for_all(dialect.beside):
        return
    others: dict[tuple[str, str], tuple[Source, set[str]]] = {}
    for one in given:
        other = sources.companion(one, dialect.beside)
        name = PurePosixPath(one.member or one.place)
        others.setdefault((other.path, other.member), (other, set()))[1].update({name.name, name.stem})
    for other, texts in others.values():
        notes = text.decode(sources.read(other), dialect.encoding).characters
        named = row_marks.named_in(notes, dialect) if dialect.format == "row-marks" else named_in(dialect.format, notes)
        if lost := sorted(named - texts):
            more = f" and {len(lost) - 1:,} more" if lost[1:] else ""
            message = f"{other.name} says where spans are in {lost[0]}{more}, which is none of the sources"
            raise SourceError(message, "name that text too, or take what is said of it out of the file")
