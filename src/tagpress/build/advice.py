"""
Would another declaration be the right one? Another dialect, with which nearly all errors would go; and splits that names say.

A wrong column, delimiter, scheme or encoding is one mistake and thousands of faults. The dialect is guessed from the sources
as `tagpress new` does, both are tried, and what differs is said if it makes the difference. What guesses knows every
dialect, so it is loaded only then.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import fields
from typing import Final

from tagpress.build.declaration import Declaration
from tagpress.corpus import tags
from tagpress.corpus.problems import few
from tagpress.corpus.splits import GivenSplits
from tagpress.errors import TagpressError
from tagpress.read.columns import sniff_sources
from tagpress.read.dialect import Dialect
from tagpress.read.guess.named_splits import splits_by_name
from tagpress.read.sources.source import Source

# What a wrong dialect looks like.
_SIGNS: Final = frozenset(
    {
        "ragged-line",
        "stray-line",
        "unclosed-sentence",
        "nested-sentence",
        "empty-token",
        "unknown-tag",
        "invalid-transition",
        "bad-encoding",
        "quoted-cell",
    }
)
_MANY: Final = 10  # of them are worth a look at the sources
_LEFT: Final = 0.1  # of the faults may stay with the other dialect


def better_dialect(dialect: Dialect, sources: Sequence[Source], counts: Mapping[tuple[str, str], int]) -> str:
    """Return one sentence that names the dialect with which nearly all faults would go, or nothing; they are counted by severity and code."""
    bad = (n for (severity, code), n in counts.items() if code in _SIGNS and severity in {"error", "dropped"})
    if sum(bad) < _MANY:
        return ""
    with suppress(TagpressError):  # what cannot be guessed is no advice
        other = sniff_sources(sources).dialect
        now, then = _faults(dialect, sources), _faults(other, sources)
        if now >= _MANY and then <= _LEFT * now:
            return f"{now - then:,} of {now:,} faults of the dialect would go with {_change(dialect, other)}"
    return ""


def unused_splits(declaration: Declaration, names: Iterable[str]) -> str:
    """Return one sentence where the names of sources say splits and others are computed, in which what is a test would be learned."""
    if isinstance(declaration.splits, GivenSplits):
        return ""
    said = splits_by_name(list(names))
    if not said:
        return ""
    shown = few(f"{name} {split}" for name, split in said.items())
    return (
        f"the names of sources say splits ({shown}), and others are computed: give them in SOURCES = {{SPLIT: SOURCE}}"
    )


def _faults(dialect: Dialect, sources: Sequence[Source]) -> int:
    """Count what a dialect finds wrong: in the lines, in the spelling of tags, and in what follows what."""
    from tagpress.read.guess.spelled_tags import TAG  # noqa: PLC0415 - see above
    from tagpress.read.guess.trial import read_with  # noqa: PLC0415 - the same

    trial = read_with(dialect, sources)
    odd = sum(count for tag, count in trial.counts.items() if not TAG.fullmatch(tag))
    return trial.faults.total() + odd + trial.wrong[tags.scheme_named(dialect.scheme).name]


def _change(dialect: Dialect, other: Dialect) -> str:
    """Return the options of the other dialect that differ, or all of it where it is of another kind."""
    from tagpress.read.guess.sniff import spell  # noqa: PLC0415 - the same

    if type(dialect) is not type(other):
        return f"DIALECT = tagpress.{spell(other)}"
    pairs = [(one.name, getattr(dialect, one.name), getattr(other, one.name)) for one in fields(other) if one.init]  # type: ignore[arg-type]  # dialects are dataclasses
    return ", ".join(f"{name}={new!r} in place of {old!r}" for name, old, new in pairs if new != old)
