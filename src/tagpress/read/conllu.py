"""
The dialects of treebanks: CoNLL-U with tags in its MISC column, and CoNLL-U Plus, which names its columns.

Words carry the tags. A line for a multiword token (`3-4`) or an empty node (`8.1`) is no word and makes no token; a
tag on such a line would be lost, so it is a fault.
"""

import re
from dataclasses import dataclass, replace
from typing import ClassVar, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tagpress.columnar.bounds import bounds_of, rows_at
from tagpress.columnar.loops import lines_before
from tagpress.errors import SourceError, UsageError
from tagpress.read.parsed import KINDS, Faults, Parsed, faults, list_array, merge, untagged
from tagpress.read.scanner import scan
from tagpress.read.scanner.grammar import AMBIGUOUS
from tagpress.read.sources import text
from tagpress.read.sources.text import Text
from tagpress.read.tagged_lines import TaggedLines, check_word
from tagpress.read.treebank_texts import comments, find_texts

CONLLU_COLUMNS: Final = ("ID", "FORM", "LEMMA", "UPOS", "XPOS", "FEATS", "HEAD", "DEPREL", "DEPS", "MISC")
_HEADER: Final = b"# global.columns ="
_NO_WORD: Final = r"^[0-9]+[-.][0-9]+$"
_ID, _MISC = "\tid", "\tmisc"  # the names under which both are kept: no column of the user's can have one
_OWN: Final = (_ID, _MISC)


class _AboveSentences:
    """What both dialects read of the comments above a sentence."""

    __slots__ = ()
    ids: bool
    text: bool

    @property
    def has_ids(self) -> bool:
        """Whether ids of sentences are published, where the source has any."""
        return self.ids

    @property
    def has_text(self) -> bool:
        """Whether the texts of sentences are read."""
        return self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class ConllU(_AboveSentences):
    """
    CoNLL-U with the tag in MISC, as `name=B-PER` among other keys.

    `key` is the name before the equals sign; `outside` is the tag of a word without it. Column names in `extra` are kept. With
    `key=None` there are no tags of entities, and what layers are read from is in `extra`. `ids`: whether `# sent_id` is
    published; where no sentence has one, there is no column of them. `text`: whether `# text` is read, with the place of
    each word in it, as TEXT = True of a script has it.

    Raises UsageError for a value that makes no sense.
    """

    key: str | None = "name"
    outside: str = "O"
    extra: tuple[str, ...] = ()
    scheme: str = "IOB2"
    joiner: str = "-"
    encoding: str = "utf-8"
    ids: bool = True
    text: bool = False
    beside: ClassVar[str] = ""
    line: ClassVar[str] = "10 columns parted by tabs"

    def __post_init__(self) -> None:
        object.__setattr__(self, "encoding", text.normal_encoding(self.encoding))
        if self.key is not None and not re.fullmatch(r"[^|=\s]+", self.key):
            raise UsageError(f"key={self.key!r} cannot be a key in MISC", "give the name before the equals sign")
        _check_columns(self.extra, CONLLU_COLUMNS)
        _check_kept("key", self.key, self.extra)

    @property
    def has_tags(self) -> bool:
        """Whether there are tags in MISC."""
        return self.key is not None

    def parse(self, data: bytes, start: int = 0) -> Parsed:
        """Return the sentences of a piece that begins at byte `start` of its file."""
        return _parse(self._columns(), CONLLU_COLUMNS, data, start, self._tag, self.outside, texts=self.text)

    def boundary(self, data: bytes, at: int) -> int | None:
        """Return the first offset from `at` on where the file can be cut, or the length if none is in sight."""
        return self._columns().boundary(data, at)

    def _columns(self) -> TaggedLines:
        return _columns(
            CONLLU_COLUMNS, "FORM", "MISC" if self.has_tags else None, self.extra, self.encoding, texts=self.text
        )

    def _tag(self, misc: pa.StringArray) -> pa.StringArray:
        found = pc.extract_regex(misc, r"(?:^|\|)" + re.escape(self.key or "") + r"=(?P<tag>[^|]*)")
        return pc.fill_null(pc.struct_field(found, "tag"), self.outside)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConllUPlus(_AboveSentences):
    """
    CoNLL-U Plus: the first line of a file names its columns, as `# global.columns = ID FORM NER`.

    `token`, `tag` and `extra` are column names; `tag` is None where there are no tags of entities. `*` and `_` stand for "unspecified"; as tags they are read as `outside`.
    A comment that reads like a token is `ambiguous-comment`, as in `Columns`; none does where ids come first. `ids` and `text`
    are those of `ConllU`.

    Raises UsageError for a value that makes no sense.
    """

    tag: str | None
    token: str = "FORM"  # noqa: S105 - a column, no secret
    outside: str = "O"
    ambiguous: str = "problem"
    extra: tuple[str, ...] = ()
    scheme: str = "IOB2"
    joiner: str = "-"
    encoding: str = "utf-8"
    ids: bool = True
    text: bool = False
    beside: ClassVar[str] = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "encoding", text.normal_encoding(self.encoding))
        check_word("ambiguous", self.ambiguous, AMBIGUOUS)
        if self.tag == self.token:
            raise UsageError(f"token and tag are both the column {self.tag}", "give the column of each")
        _check_kept("tag", self.tag, self.extra)

    @property
    def has_tags(self) -> bool:
        """Whether there is a column of tags."""
        return self.tag is not None

    def parse(self, data: bytes, start: int = 0) -> Parsed:
        """
        Return the sentences of a file.

        Raises SourceError for a file that does not name the columns.
        """
        decoded = text.decode(data, self.encoding, start=start)
        first = decoded.data[decoded.begin :].partition(b"\n")[0]
        names = tuple(first.removeprefix(_HEADER).decode().split())
        wanted = [name for name in (self.token, self.tag, *self.extra) if name is not None]
        if not first.startswith(_HEADER) or not set(wanted) <= set(names):
            found = first[:80].decode(errors="replace")
            listed = f"{', '.join(wanted[:-1])} and {wanted[-1]}"
            message = f"the first line is {found!r}, which does not name the columns {listed}"
            raise SourceError(message, "CoNLL-U Plus begins with a line like '# global.columns = ID FORM NER'")
        columns = replace(
            _columns(names, self.token, self.tag, self.extra, self.encoding, texts=self.text),
            ambiguous="comment" if names[0] == "ID" else self.ambiguous,
            header=True,
            scheme=self.scheme,
            joiner=self.joiner,
        )
        return _parse(columns, names, data, start, self._tag, self.outside, texts=self.text)

    def boundary(self, data: bytes, at: int) -> None:
        """Return None: only the beginning of a file says what its columns are."""

    def _tag(self, names: pa.StringArray) -> pa.StringArray:
        return pc.replace_substring_regex(names, r"^[_*]$", self.outside)


class _TreebankLines(TaggedLines):
    """Lines whose tags may be unspecified."""

    __slots__ = ()
    outsides: ClassVar[tuple[str, ...]] = ("O", "_", "*")


def _check_columns(names: tuple[str, ...], known: tuple[str, ...]) -> None:
    unknown = [name for name in names if name not in known]
    if unknown:
        raise UsageError(f"there is no column {unknown[0]!r}", f"the columns are {', '.join(known)}")


def _check_kept(option: str, value: str | None, extra: tuple[str, ...]) -> None:
    if value is None and not extra:
        raise UsageError(f"{option}=None leaves nothing but tokens", "name a column in extra, such as UPOS")


def _columns(
    names: tuple[str, ...], token: str, tag: str | None, extra: tuple[str, ...], encoding: str, *, texts: bool
) -> TaggedLines:
    """Return the dialect of the lines, with the column of ids among the extra ones if there is one, and MISC for `texts`."""
    own = {_ID: "ID"} | ({_MISC: "MISC"} if texts else {})
    kept = {name: names.index(name) for name in extra}
    kept |= {name: names.index(column) for name, column in own.items() if column in names}
    return _TreebankLines(
        token=names.index(token),
        tag=None if tag is None else names.index(tag),
        extra=kept,
        width=len(names),
        comment="#",
        sentence_id="# sent_id = ",
        document_name="# newdoc id = ",
        document="# newdoc",
        ambiguous="comment",
        encoding=encoding,
    )


def _parse(  # noqa: PLR0917 - two dialects meet here
    columns: TaggedLines,
    names: tuple[str, ...],
    data: bytes,
    start: int,
    spell: scan.Spell,
    outside: str,
    *,
    texts: bool,
) -> Parsed:
    decoded, rules = text.decode(data, columns.encoding, start=start), columns.rules()
    if columns.has_tags:
        every = scan.scan(decoded, rules, first=start == 0, spell=spell)
    else:
        every, outside = untagged(scan.scan(decoded, rules, first=start == 0)), "O"
    unread = tuple(name for number, name in enumerate(names) if number not in rules.columns)
    every = replace(every, unread=unread, aside={**every.aside, **comments(every, texts=texts)})
    ids, misc = (every.extra[name].values if name in every.extra else None for name in _OWN)
    no_word = None if ids is None else pc.match_substring_regex(ids, _NO_WORD).to_numpy(zero_copy_only=False)
    is_word = np.ones(len(every.tags), dtype=np.bool_) if no_word is None else ~no_word
    found = find_texts(every, ids, misc, is_word) if texts else None
    parsed = _words(every, decoded, is_word, outside) if _ID in every.extra else _without_own(every)
    if found is None:
        return parsed
    return replace(parsed, texts=found.texts, faults=merge(parsed.faults, found.faults), annotations=found.annotations)


def _without_own(parsed: Parsed) -> Parsed:
    """Return the same without the columns of our own."""
    return replace(
        parsed,
        extra={name: column for name, column in parsed.extra.items() if name not in _OWN},
        extra_at={name: at for name, at in parsed.extra_at.items() if name not in _OWN},
    )


def _words(parsed: Parsed, decoded: Text, is_word: NDArray[np.bool_], outside: str) -> Parsed:
    """Return the same without the tokens that are no words; a tag on one of them is a fault."""
    lost = _lost(parsed, ~is_word, outside)
    parsed = _without_own(parsed)
    before = parsed.tokens.offsets.to_numpy()
    place = bounds_of(is_word).astype(np.int32)
    gone = lines_before(np.frombuffer(parsed.data, np.uint8), parsed.token_at[~is_word])
    offsets = place[before]
    return replace(
        parsed,
        tokens=list_array(offsets, parsed.tokens.values.filter(pa.array(is_word))),
        tags=parsed.tags[is_word],
        token_at=parsed.token_at[is_word],
        tag_at=parsed.tag_at[is_word],
        extra={
            name: list_array(offsets, column.values.filter(pa.array(is_word))) for name, column in parsed.extra.items()
        },
        extra_at={name: at[is_word] for name, at in parsed.extra_at.items()},
        account=parsed.account.moved("rows", "no-words", decoded.line_lengths()[gone]) if len(gone) else parsed.account,
        faults=merge(
            _moved(parsed.faults, is_word, place),
            _emptied(before, offsets, parsed.sentence_at),
            lost,
        ),
    )


def _moved(found: Faults, is_word: NDArray[np.bool_], place: NDArray[np.int32]) -> Faults:
    """Return the faults with their tokens renumbered, without those of tokens that are gone."""
    of_token = found.kind == KINDS["empty-token"]
    token = np.where(of_token, found.detail, 0)
    # One more for a piece without tokens, whose other faults look at token 0.
    gone = of_token & ~np.append(is_word, True)[token]
    columns = (found.kind, found.at, found.sentence, np.where(of_token, place[token], found.detail))
    return faults(*(column[~gone] for column in columns))


def _emptied(before: NDArray[np.int32], after: NDArray[np.int32], at: NDArray[np.int32]) -> Faults:
    """Return a fault for each sentence that had lines and has no words."""
    sentence = np.flatnonzero((np.diff(before) > 0) & (np.diff(after) == 0))
    return faults(np.full(len(sentence), KINDS["empty-sentence"]), at[sentence], sentence, np.zeros(len(sentence)))


def _lost(parsed: Parsed, gone: NDArray[np.bool_], outside: str) -> Faults:
    """Return a fault for each tag on a line that is no word."""
    tagged = np.array([name != outside for name in parsed.tag_names], dtype=np.bool_)
    token = np.flatnonzero(gone)[tagged[parsed.tags[gone]]]
    sentence = rows_at(parsed.tokens.offsets.to_numpy(), token)
    return faults(np.full(len(token), KINDS["broken-annotation"]), parsed.tag_at[token], sentence, np.zeros(len(token)))
