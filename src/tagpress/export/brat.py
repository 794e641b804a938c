"""
Write a folder for brat: for each document its text, a sentence a line, and beside it the entities as places in the text.

A document is gathered from all of its split, so a split is in memory as a whole. What the dialect would cut into other
sentences or tokens is refused.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate
from pathlib import PurePosixPath
from typing import ClassVar, Final

from tagpress.corpus.requirements import is_inner_path
from tagpress.errors import UsageError
from tagpress.export.refusals import Refusal, Refusals, row_faults, token_faults
from tagpress.export.rows import Rows
from tagpress.export.sentences import Sentence, sentences_of
from tagpress.export.target import OfEntities, check_utf8, empty_rows, empty_tokens
from tagpress.read.spans.tokenise import FILE
from tagpress.read.standoff import Standoff, sentences_in

PLAIN: Final = Standoff()
SPACED: Final = Standoff(token="whitespace")  # noqa: S106 - a rule, no secret
_MARK: Final = "\ufeff"
_UNFIT: Final = re.compile(r'[\x00-\x1f\x7f<>:"\\|?*]')  # what no name of a file can have everywhere
_LONGEST: Final = 200  # characters of a name


@dataclass(frozen=True, slots=True, kw_only=True)
class BratTarget(OfEntities):
    """
    A folder of texts and their `.ann` files for each split, which the dialect reads.

    Raises UsageError for an encoding that is not UTF-8, which brat asks for, and for sentences that are no lines.
    """

    name: ClassVar[str] = "brat"
    suffix: ClassVar[str] = ""
    packed: ClassVar[bool] = True
    holds_spans: ClassVar[bool] = True

    dialect: Standoff = SPACED
    documents: bool = True

    def __post_init__(self) -> None:
        check_utf8(self.dialect.encoding, self.name)
        if self.dialect.between != PLAIN.between:
            message = f"between={self.dialect.between!r} cannot be written"
            raise UsageError(message, "leave it out: each sentence is a line of its text")

    def faults(self, batches: Iterable[Rows]) -> Iterator[Refusals]:
        """Yield what would not read back equal: of each batch rows as a whole, then tokens."""
        for rows in batches:
            yield row_faults(rows, [*empty_rows(rows), *self._misread(rows)])
            yield token_faults(rows, empty_tokens(rows))

    def write(self, batches: Iterable[Rows]) -> Iterator[bytes]:
        """Yield the texts of a split, one after the other; `files` parts them."""
        yield from self.files(batches).values()

    def files(self, batches: Iterable[Rows]) -> dict[str, bytes]:
        """Return the files of a split by their names in its folder."""
        gathered: dict[str, list[Sentence]] = {}
        for one in sentences_of(batches):
            gathered.setdefault(one.doc_id if self.documents else "all", []).append(one)
        names = _names(gathered)
        found = {}
        for document, own in gathered.items():
            found[f"{names[document]}.txt"] = "".join(f"{one.text}\n" for one in own).encode()
            found[f"{names[document]}{Standoff.beside}"] = "".join(_notes(own)).encode()
        return found

    def _misread(self, rows: Rows) -> Iterator[tuple[int, Refusal]]:
        """Yield each row that the dialect would read otherwise, by itself or behind another."""
        rule = self._rule(rows)
        cut = Refusal(
            f"would be cut into other tokens, as token={rule.token!r} says", "write prodigy, which has tokens"
        )
        line = Refusal("has a text that is no line by itself", "write doccano or prodigy, which hold any text")
        for row, one in enumerate(sentences_of([rows])):
            if "\n" in one.text or one.text.endswith("\r") or one.text.startswith(_MARK):
                yield row, line
            elif [places for _, places in sentences_in(rule, f"{one.text}\n")] != [list(one.places)]:
                yield row, cut

    def _rule(self, rows: Rows) -> Standoff:
        """Return how the texts of rows will be cut: as the release says, unless it is said otherwise."""
        said = self.dialect != SPACED
        return self.dialect if said or rows.rule in {None, FILE} else Standoff(token=rows.rule or "")


def _notes(sentences: Iterable[Sentence]) -> Iterator[str]:
    listed = list(sentences)
    number = 0
    for one, offset in zip(listed, accumulate((len(one.text) + 1 for one in listed), initial=0), strict=False):
        for begin, stop, kind in one.characters():
            number += 1
            yield f"T{number}\t{kind} {offset + begin} {offset + stop}\t{one.text[begin:stop]}\n"


def _names(documents: Iterable[str]) -> Mapping[str, str]:
    """Return a name for the files of each document: its own where it can be one, and never that of another."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for document in documents:
        plain = _UNFIT.sub("_", document)[:_LONGEST]
        path = PurePosixPath(plain)
        inner = plain == str(path) and is_inner_path(plain) and not any(part.startswith(".") for part in path.parts)
        name = plain if inner else re.sub(r"[./]", "_", plain) or "_"
        number = 1
        while (found := name if number == 1 else f"{name}-{number}").lower() in taken:
            number += 1
        taken.add(found.lower())
        names[document] = found
    return names
