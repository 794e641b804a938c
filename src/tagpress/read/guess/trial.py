"""Try a guessed dialect on a corpus: which tag scheme fits, and what will the reader report?"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Final

import numpy as np

from tagpress.corpus import tags
from tagpress.corpus.place import placed
from tagpress.corpus.problems import few, quoted
from tagpress.corpus.schema import MAX_TYPES
from tagpress.errors import SourceError
from tagpress.read.dialect import Dialect
from tagpress.read.guess.samples import Reason
from tagpress.read.guess.spelled_tags import TAG
from tagpress.read.guess.unreadable import PREFIXED, with_letters
from tagpress.read.jsonarray import JsonArray
from tagpress.read.jsonl import JsonLines
from tagpress.read.marks import longest
from tagpress.read.parsed import Parsed
from tagpress.read.pieces import parse_piece, pieces
from tagpress.read.sources.source import Source

_BYTES: Final = 256 << 20  # read at most, over all sources
_SHOWN: Final = 8  # tags that a message shows
_KINDS: Final = 200  # types without prefixes; more of them are words
_BEHIND: Final = re.compile(r"\S+[-_][BIESLUM]")
_NUMBER: Final = re.compile(r"[+-]?\d+")
_RARE: Final = 2  # occurrences of a type that may be a slip
_PAIRS: Final = 10_000  # of a rare and a common type that are compared
_LONGEST: Final = 80  # characters of a type that may be a slip
_NEAR: Final = 0.6  # of difflib's ratio
_COMMON: Final = 20  # occurrences of the type that it may be a slip of
# In the order in which they win a tie. IO cannot hold a B, so it wins only where there is none.
_SCHEMES: Final = ("IO", "IOB2", "BIOES", "BILOU", "BMES", "IOB1", "IOE2", "IOE1")


@dataclass(slots=True)
class Trial:
    """What was found, added up piece by piece."""

    scheme: str = "IOB2"
    bare: tuple[str, ...] = ()
    joiner: str = "-"
    sentences: int = 0
    tokens: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    places: dict[str, str] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    wrong: Counter[str] = field(default_factory=Counter)
    documents: set[tuple[str, str]] = field(default_factory=set)
    reasons: list[Reason] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)

    @property
    def entity_types(self) -> tuple[str, ...]:
        """Return the types that were found, sorted, as the source spells them."""
        return self.bare or tuple(
            sorted({tag.partition(self.joiner)[2] for tag in self.counts if TAG.fullmatch(tag)} - {""})
        )


def read_with(dialect: Dialect, sources: Sequence[Source]) -> Trial:
    """Read a corpus with a dialect, all of it or as much as says enough, and count what was found."""
    trial = Trial()
    for source in some_of(sources):
        lines = 0
        for piece in pieces(source, dialect):
            parsed = parse_piece(piece, dialect)
            _add(trial, parsed, source.name, lines)
            lines += parsed.lines
    return trial


def misfits_of(dialect: Dialect, sources: Sequence[Source]) -> int:
    """Return how much of sources is not as a dialect says: faults, tags that its scheme has not, and those of no scheme."""
    trial = read_with(dialect, sources)
    typed = any((match := TAG.fullmatch(tag)) and match["type"] for tag in trial.counts)
    bare = dialect.scheme == "IO" and not typed
    odd = 0 if bare or not dialect.has_tags else sum(trial.counts[tag] for tag in _odd(trial.counts, dialect.joiner))
    return sum(trial.faults.values()) + trial.wrong[dialect.scheme] + odd


def try_out(dialect: Dialect, sources: Sequence[Source]) -> Trial:
    """
    Read a corpus with a dialect, all of it or as much as says enough, and sum up what was found.

    Raises SourceError if no tag says a type, though the dialect has tags.
    """
    trial = read_with(dialect, sources)
    read = f"{trial.sentences:,} sentences, {trial.tokens:,} tokens"
    if not dialect.has_tags:
        trial.counts.clear()  # what stands there for tags is none
    elif any((match := TAG.fullmatch(tag)) and match["type"] for tag in trial.counts):
        _judge_tags(trial)
        _judge_scheme(trial)
    else:
        _judge_bare(trial, dialect)
    read += f", {len(trial.entity_types)} entity types" if dialect.has_tags else ""
    trial.reasons.append(Reason(f"read so, there are {read}"))
    trial.doubts += [
        f"{code}: will be reported {count:,} times, first at {trial.places[code]}"
        for code, count in sorted(trial.faults.items())
    ]
    return trial


def some_of(sources: Sequence[Source]) -> Iterator[Source]:
    """Yield sources, all of them or as many as say enough."""
    size = 0
    for source in sources:
        if size == 0 or size + source.size <= _BYTES:
            size += source.size
            yield source


def _add(trial: Trial, parsed: Parsed, path: str, lines: int) -> None:
    """Add what a piece holds that begins `lines` lines down its file."""
    trial.sentences += len(parsed)
    trial.tokens += len(parsed.tags)
    trial.documents.update((path, name) for name in parsed.documents if name)
    occurrences = np.bincount(parsed.tags, minlength=len(parsed.tag_names)).tolist()
    trial.counts.update(dict(zip(parsed.tag_names, occurrences, strict=True)))
    found = [(code, at, parsed.annotations.get(detail, "")) for code, at, _, detail in parsed.faults.rows()]
    for code, at, said in (*found, *_misfits(parsed)):
        trial.faults[code] += 1
        trial.said.setdefault(code, said)
        if code not in trial.places:
            trial.places[code] = _place(parsed, at, path, lines)
    matches = [TAG.fullmatch(name) for name in parsed.tag_names]
    letters = [match[0][0] if match and match["type"] else "" for match in matches]
    names = [match["type"] if match else None for match in matches]
    kinds = {name: kind for kind, name in enumerate(dict.fromkeys(name for name in names if name))}
    if len(kinds) > MAX_TYPES:
        message = (
            f"the tags of {path} have {len(kinds):,} entity types, such as {few(kinds)}; {MAX_TYPES:,} are the most"
        )
        raise SourceError(message, "name the column of the tags: DIALECT = tagpress.Columns(token=..., tag=...)")
    types = np.array([kinds.get(name or "", -1) for name in names], np.int16)
    offsets = parsed.tokens.offsets.to_numpy()
    for scheme in map(tags.scheme_named, _SCHEMES):
        roles = np.array([scheme.letters.get(letter, tags.O) for letter in letters], np.int8)
        alien = np.array([bool(letter) and letter not in scheme.letters for letter in letters])[parsed.tags]
        read = tags.to_iob2(parsed.tags, roles, types, offsets, scheme)
        wrong = np.concatenate([np.flatnonzero(alien), read.invalid, read.unfinished])
        trial.wrong[scheme.name] += len(wrong)
        if len(wrong) and scheme.name not in trial.places:
            trial.places[scheme.name] = _place(parsed, int(parsed.tag_at[wrong.min()]), path, lines)


def _misfits(parsed: Parsed) -> Iterator[tuple[str, int, str]]:
    """Yield the code and the byte of each span that gives no label, and what else is known of it."""
    marks = parsed.marks
    if marks is not None:
        rows = np.flatnonzero(marks.fits)
        over = rows[longest(marks.outer[rows]) >= 0]
        yield from (("unaligned-annotation", at, "") for at in marks.at[~marks.fits].tolist())
        yield from (("overlapping-annotation", at, "") for at in marks.at[over].tolist())


def _place(parsed: Parsed, at: int, path: str, lines: int) -> str:
    line, column = parsed.locate(at)
    return placed(path, line + lines, column)


def _judge_tags(trial: Trial) -> None:
    """Find the joiner, tags that are spelled like none, and types that may be slips."""
    read = {tag: match for tag in trial.counts if (match := TAG.fullmatch(tag))}
    joiners = Counter[str]()
    for tag, match in read.items():
        if match["joiner"]:
            joiners[match["joiner"]] += trial.counts[tag]
    if joiners:
        trial.joiner = joiners.most_common(1)[0][0]
    odd = _odd(trial.counts, trial.joiner)
    if odd:
        shown = ", ".join(f"{quoted(tag)} ({trial.counts[tag]}x)" for tag in odd[:5])
        trial.doubts.append(f"tags: {len(odd)} are not spelled like O or B{trial.joiner}Type: {shown}")
    kinds = Counter[str]()
    for tag, count in trial.counts.items():
        kinds[tag.partition(trial.joiner)[2]] += count
    trial.doubts += _numbers(sorted({kind for kind in kinds if kind}))
    common = [kind for kind, count in kinds.items() if 0 < len(kind) <= _LONGEST and count >= _COMMON]
    joined = [kind for kind in kinds if re.search(r"[,;|/+& ][A-Z][-_]", kind)]
    if joined:
        shown = f"{len(joined)} types look like several tags in one, such as {quoted(joined[0])}"
        trial.doubts.append(f"tags: {shown}; a token can be published with one tag only")
    rare = [kind for kind in sorted(set(kinds) - {"", *joined}) if kinds[kind] <= _RARE and len(kind) <= _LONGEST]
    if len(rare) * len(common) > _PAIRS:
        return  # so many are no slips
    for kind in rare:
        near = get_close_matches(kind, common, 1, _NEAR)
        if near:
            trial.doubts.append(f"tags: the type {kind!r} is there {kinds[kind]} times; is {near[0]!r} meant?")


def _numbers(kinds: Sequence[str]) -> list[str]:
    """Return a doubt about types that are all numbers, as a tool has them that keeps their names elsewhere."""
    if not kinds or not all(map(_NUMBER.fullmatch, kinds)):
        return []
    said = f"tags: types are numbers, {few(kinds)}, and nothing says what they mean"
    return [f"{said}; give them names: SOURCE_TYPES = {{{kinds[0]!r}: 'Person'}}"]


def _odd(tags: Iterable[str], joiner: str) -> list[str]:
    """Return the tags that are spelled like none with this joiner."""
    matches = {tag: TAG.fullmatch(tag) for tag in tags}
    return [tag for tag, match in matches.items() if not match or (match["joiner"] or joiner) != joiner]


def _with_types(dialect: Dialect) -> str:
    """Return what to type so that tags have a type."""
    if not isinstance(dialect, JsonLines | JsonArray):
        return "write a type behind each, such as B-Name: sed -E 's/\\t([BI])$/\\t\\1-Name/' OLD > NEW"
    each = "" if isinstance(dialect, JsonLines) else ".[] | "
    typed = f'.{dialect.tags} |= map(if . == "O" then . else . + "-Name" end)'
    return f"write a type behind each, such as B-Name: jq -c '{each}{typed}' OLD > NEW.jsonl"


def _judge_bare(trial: Trial, dialect: Dialect) -> None:
    """Take tags without prefixes for types, as the scheme IO may spell them, if they can be that."""
    kinds = [tag for tag, _ in trial.counts.most_common() if tag != "O"]
    shown = ", ".join(f"{quoted(tag)} ({trial.counts[tag]:,}x)" for tag in ["O", *kinds][:_SHOWN] if trial.counts[tag])
    if not kinds and "broken-annotation" in trial.faults:
        message = (
            f"no annotation can be read: at {trial.places['broken-annotation']} is {trial.said['broken-annotation']}"
        )
        raise SourceError(
            message, "mend it in the tool, or declare by hand how the tool counts: units=, sentences=, layer="
        )
    if not kinds:
        raise SourceError(f"every tag is O: {shown}", "name sources with an entity, or the column of their tags")
    if all(re.fullmatch(r"[BIESLUM]", tag) for tag in kinds):
        raise SourceError(f"the tags have prefixes and no type: {shown}", _with_types(dialect))
    if all(_BEHIND.fullmatch(tag) for tag in kinds):
        hint = "put it first, B-Name: sed -E 's/([^[:space:]]+)[-_]([BIESLUM])([[:space:]]*)$/\\2-\\1\\3/' OLD > NEW"
        raise SourceError(f"the tags have their letter behind the type: {shown}", hint)
    if all(PREFIXED.fullmatch(tag) for tag in kinds):
        raise SourceError(f"the tags have their prefixes in another spelling: {shown}", with_letters(kinds))
    if all(_NUMBER.fullmatch(tag) for tag in kinds):
        hint = "write their names in their place: O, and B-Person or Person for the others"
        raise SourceError(f"the tags are numbers, and nothing says what they mean: {shown}", hint)
    if len(kinds) > _KINDS:
        hint = "name the column of the tags: DIALECT = tagpress.Columns(token=..., tag=...)"
        raise SourceError(f"{len(kinds):,} different tags have no prefix like B-, such as {shown}", hint)
    trial.scheme, trial.bare = "IO", tuple(sorted(kinds))
    trial.reasons.append(Reason(f"no tag has a prefix like B-, so each is a type, in the scheme IO: {shown}"))
    trial.doubts.append("tags: without prefixes, neighbours of one type are read as one entity")


def _judge_scheme(trial: Trial) -> None:
    """Choose the scheme that the fewest tags contradict."""
    letters = {tag[0] for tag in trial.counts if (match := TAG.fullmatch(tag)) and match["type"]}
    # IO has no prefix but I: where another is seen, ill-formed tags are no proof of it.
    schemes = [name for name in _SCHEMES if name != "IO" or letters <= {"I"}]
    trial.scheme = min(schemes, key=lambda name: trial.wrong[name])
    wrong, other = trial.wrong[trial.scheme], min(trial.wrong[name] for name in schemes if name != trial.scheme)
    trial.reasons.append(
        Reason(f"tags fit the scheme {trial.scheme} best: {wrong:,} do not, at least {other:,} in any other")
    )
    if wrong:
        place = trial.places[trial.scheme]
        trial.doubts.append(f"scheme: {wrong:,} tags do not fit {trial.scheme}, the first at {place}")
