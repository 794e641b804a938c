"""
The dialect of files that have one token and its tag on each line.

`Columns` is the dialect of most tagged corpora; the named ones are a table in `presets.py`, an unknown one is guessed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tagpress.read.presets import preset_options
from tagpress.read.sources.apart import apart, without_companions
from tagpress.read.sources.finding import find
from tagpress.read.sources.source import Source
from tagpress.read.tagged_lines import TaggedLines

if TYPE_CHECKING:
    from tagpress.read.guess.sniff import Sniffed


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns(TaggedLines):
    r"""
    One token a line, with its tag in another column.

    `token`, `tag`, `extra`: columns from 0, or from -1 for the last one backwards; `extra` names more columns to keep. With
    `tag=None` there are no tags of entities, and what layers are read from is in `extra`.
    `delimiter`: any string, or None for runs of spaces and tabs.
    `quote`: what stands around a column with a delimiter in it, and twice for itself, as `"` does in CSV: it is taken off.
    A quoted column ends in its line; one that does not, or that goes on behind its quote, is `broken-quote`.
    `width`: the number of columns of every line; a range (2, 4) where files differ, with the tag counted from the end.
    By default the columns that are used and no more. A line of another width is `ragged-line`.
    `sentence_start`, `sentence_end`: whole lines around a sentence; one of them may be enough. Without them, blank
    lines end sentences; `blank` says which: "empty" ones, ones of "delimiters" only, ones of "whitespace" only.
    `sentence`: a column that says the sentence, as `Sentence #` in a spreadsheet: one begins at each row whose cell is not
    empty and differs from that of the row above. Blank lines end sentences there too.
    `split`: a column that says the split of a sentence in its first row, by the values that `SPLITS` declares; a row below it
    says the same, or nothing.
    `document`: what a line begins with that starts a document without a name, like "-DOCSTART-"; `document_name`: the
    same where the rest of the line, up to a tab, is the name, like "# newdoc id = ".
    `sentence_id`, `comment`: what lines between sentences begin with; the rest of the former, up to a tab, is the next
    sentence's id. A line that begins like one of these four and reads like a token, such as `#haiti<TAB>B-LOC`, is
    `ambiguous-comment`; `ambiguous="token"` or `"comment"` says what such lines are.
    `header`: the first line of a file names the columns.
    `scheme`, `joiner`: how tags are spelled: `IOB2` and `-` for `B-Person`.

    Raises UsageError for a value that makes no sense.
    """

    @staticmethod
    def preset(name: str, **options: Any) -> "Columns":  # noqa: ANN401 - the options of the class
        """
        Return the dialect of a well-known corpus, with options of your own.

        >>> Columns.preset("kaznerd", scheme="BIOES")
        Columns(token=0, tag=1, delimiter=' ', ...)

        Raises UsageError for a name that is not in the table.
        """
        return Columns(**{**preset_options(name), **options})

    @staticmethod
    def sniff(*paths: str | Path, base: Path | None = None) -> "Sniffed":
        """
        Guess the dialect of files, named by paths or globs, and say why.

        Raises SourceError if they cannot be read, or if nothing in them looks like tags.
        """
        from tagpress.read.guess.companions import apart_from_others  # noqa: PLC0415 - as below
        from tagpress.read.standoff import Standoff  # noqa: PLC0415 - the same

        found = find(map(str, paths), base or Path.cwd())
        sources, beside = apart_from_others(without_companions(found, Standoff.beside))
        return sniff_sources(apart(sources), beside)


preset = Columns.preset


def sniff_sources(sources: Sequence[Source], beside: Sequence[str] = ()) -> "Sniffed":
    """
    Guess the dialect of sources, and say why; `beside` are local files that may belong to them, besides those of their folder.

    Raises SourceError if they cannot be read, or if nothing in them looks like tags.
    """
    from tagpress.read.guess.sniff import sniff  # noqa: PLC0415 - it knows every dialect, and a declared corpus has one

    return sniff(sources, columns=Columns, beside=beside)
