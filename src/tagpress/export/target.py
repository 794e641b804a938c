"""What must a target be able to do, and what is the same for all of them?"""

from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from tagpress.columnar.types import Bools
from tagpress.corpus.layers.layer import Layer
from tagpress.corpus.tags import scheme_named
from tagpress.errors import UsageError
from tagpress.export.refusals import Findings, Refusal, Refusals
from tagpress.export.rows import Rows
from tagpress.export.schemes import SpelledLabels, spell


class OfEntities:
    """What is the same for targets that hold the entities and nothing else."""

    needs_tags: ClassVar[bool] = True
    holds_spans: ClassVar[bool] = False
    has_tags: ClassVar[bool] = True

    def holds(self, name: str, layer: Layer) -> bool:  # noqa: ARG002 - as the protocol has it
        """Return that no further layer can be written."""
        return False


class Target(Protocol):
    """A dialect to write; a frozen value."""

    name: ClassVar[str]
    """What messages call it."""

    suffix: ClassVar[str]
    """How its files are named."""

    packed: ClassVar[bool]
    """Whether its files are compressed already."""

    @property
    def needs_tags(self) -> bool:
        """Whether a file is nothing without tags, or spans, of entities."""

    holds_spans: ClassVar[bool]
    """Whether it holds the spans of one layer, which may lie in each other."""

    @property
    def has_tags(self) -> bool:
        """Whether tags, or spans, of entities are written where a release has any."""

    def holds(self, name: str, layer: Layer) -> bool:
        """Return whether a layer can be written."""

    def faults(self, batches: Iterable[Rows]) -> Iterator[Refusals]:
        """Yield what of a split cannot be written so that it reads back equal."""

    def write(self, batches: Iterable[Rows]) -> Iterator[bytes]:
        """Yield the file of a split that has no faults, part by part."""


def spelled(rows: Rows, scheme: str, joiner: str) -> SpelledLabels:
    """Return the tags of some rows in the scheme of this name."""
    return spell(rows.label_ids, rows.offsets, rows.labels, scheme_named(scheme), joiner)


def empty_tokens(rows: Rows) -> Findings:
    """Return what no dialect reads back: tokens of nothing."""
    return [(mask_of(pc.equal(pc.binary_length(rows.tokens), 0)), Refusal("is empty", "build without empty tokens"))]


def unreadable_tags(tags: SpelledLabels) -> Findings:
    """Return which tags would be read back as others, in any dialect."""
    joined = Refusal(
        f"begins an entity right behind one of its type, and {tags.scheme.name} would join the two",
        "choose another tag scheme, such as IOB2",
    )
    misread = [
        (tags.where(code), Refusal(f"has the tag {tags.names[code]!r}, which reads back as another", "choose a joiner"))
        for code in tags.misread
    ]
    return [(tags.joined, joined), *misread]


def empty_rows(rows: Rows) -> Sequence[tuple[int, Refusal]]:
    """Return what no dialect reads back: sentences without tokens."""
    reason = Refusal("has no tokens", "build without empty sentences")
    return [(row, reason) for row in range(len(rows)) if rows.offsets[row] == rows.offsets[row + 1]]


def mask_of(answers: pa.BooleanArray) -> Bools:
    """Return a column of answers as an array."""
    mask: Bools = answers.to_numpy(zero_copy_only=False)
    return mask


def is_name(text: str) -> bool:
    """Return whether the rest of a comment line can be this name: readers cut it at a tab and strip it."""
    return bool(text) and "\n" not in text and text == text.split("\t", maxsplit=1)[0].strip()


def check_spelling(scheme: str, joiner: str) -> None:
    """
    Raise where no tag can be spelled like this.

    Raises:
        ScriptError: there is no such scheme.
        UsageError: the joiner is empty.

    """
    scheme_named(scheme)
    if not joiner:
        raise UsageError("the joiner is empty", "give what stands between prefix and type, such as - in B-Person")


def check_utf8(encoding: str, name: str) -> None:
    """
    Raise where another encoding is asked for than the format has.

    Raises:
        UsageError: it is another encoding.

    """
    if encoding != "utf-8":
        raise UsageError(f"{name} cannot be written in {encoding}", "it is always UTF-8")
