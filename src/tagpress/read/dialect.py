"""What must a dialect be able to do? Everything that reads sources asks for no more than this."""

from typing import Protocol

from tagpress.read.parsed import Parsed


class Dialect(Protocol):
    """How a source spells sentences; a frozen value, equal when it reads alike."""

    @property
    def scheme(self) -> str:
        """The name of the tag scheme."""

    @property
    def joiner(self) -> str:
        """What stands between the prefix of a tag and its type."""

    @property
    def encoding(self) -> str:
        """Python's name of the encoding."""

    @property
    def beside(self) -> str:
        """The suffix of the file that belongs to each source and is read with it; "" for none."""

    @property
    def has_tags(self) -> bool:
        """Whether there are tags, or spans, of entities; else only what further columns have is read."""

    @property
    def has_ids(self) -> bool:
        """Whether sentences have ids in the source, which are published."""

    @property
    def has_text(self) -> bool:
        """Whether the text of a sentence is known, and where its tokens stand in it."""

    def parse(self, data: bytes, start: int = 0) -> Parsed:
        """Return the sentences of a piece that begins at byte `start` of its file."""

    def boundary(self, data: bytes, at: int) -> int | None:
        """
        Return the first offset from `at` on where the file can be cut; None where no file of this dialect can be.

        A cut is right when parsing both sides gives the sentences, documents and faults of parsing the whole.
        `data` may be a window of the file: an answer below its length must be right whatever follows, and depend on
        nothing before the byte `at - 1`. The length says that no cut is in sight.
        """
