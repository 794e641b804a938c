"""
Which dialect is each configuration in? One for all, where it reads them all; else some have one of their own.

Languages of one corpus were often annotated with different tools, or exported by different people.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf

from tagpress.errors import SourceError
from tagpress.read.columns import sniff_sources
from tagpress.read.guess.field_splits import field_splits, find_splits
from tagpress.read.guess.layers import Layered, find_layers
from tagpress.read.guess.samples import Reason
from tagpress.read.guess.sniff import Sniffed, spell
from tagpress.read.guess.trial import misfits_of
from tagpress.read.sources.source import Source

_Sources = Mapping[str | None, Sequence[Source]]


@dataclass(frozen=True, slots=True)
class Guessed:
    """
    What was guessed of a corpus: its dialect and layers, and those of the configurations that are in another dialect.

    `sniffed` has the entity types of all of them.
    """

    sniffed: Sniffed
    layered: Layered
    own: Mapping[str, "Guessed"] = field(default_factory=dict)
    splits: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """What a field says of splits in the configurations that do not say the same as all; nothing of one in which none says any."""

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Return what was concluded from which line, that of a configuration with its name."""
        own = [
            replace(reason, text=f"{config}: {reason.text}")
            for config, one in self.own.items()
            for reason in one.sniffed.reasons
        ]
        return (*self.sniffed.reasons, *own)

    def declared(self, config: str) -> dict[str, str]:
        """Return what a configuration has of its own, by attribute, as a script spells it."""
        splits = {"SPLITS": _spelled(self.splits[config])} if config in self.splits else {}
        one = self.own.get(config)
        if one is None:
            return splits
        layers, shared = one.layered.spelled(), self.layered.spelled()
        listed = ", ".join(f"{name!r}: {layer}" for name, layer in layers.items())
        text, other = one.layered.dialect.has_text, self.layered.dialect.has_text
        return {
            "DIALECT": f"tagpress.{spell(one.layered.dialect)}",
            **({} if layers == shared else {"LAYERS": f"{{{listed}}}"}),
            **({} if text == other else {"TEXT": repr(text)}),
            **splits,
        }


def _spelled(splits: Mapping[str, str]) -> str:
    return f"tagpress.FieldSplits({dict(splits)!r})" if splits else "tagpress.HashSplits()"


def guess(sources: _Sources, *, given: bool = False, beside: Sequence[str] = ()) -> Guessed:
    """
    Guess the dialect of the sources of each configuration, the layers in them, and what says splits where they are not given.

    `beside` are local files that belong to some of them.

    Raises:
        SourceError: they cannot be read, or nothing in those of a configuration looks like tags.

    """
    shared = _shared(sources, given=given, beside=beside)
    own = {
        config: found
        for config in sources
        if config is not None and (found := _own(sources[config], shared, given=given, beside=beside))
    }
    if shared is None or len(own) == len(sources):
        first = next(config for config in sources if config is not None)
        shared = own.pop(first) if first in own else _guessed(sources[first], given=given, beside=beside)
        own = {config: one for config, one in own.items() if one.layered.dialect != shared.layered.dialect}
    elif own:  # what is doubted of those is no doubt of the others
        rest = [source for config, some in sources.items() if config not in own for source in some]
        shared = _guessed(rest, given=given, beside=beside)
    types = _joined([shared.sniffed.entity_types, *(one.sniffed.entity_types for one in own.values())])
    return Guessed(
        replace(shared.sniffed, entity_types=types), shared.layered, own, _other_splits(shared, own, sources)
    )


def _other_splits(shared: Guessed, own: Mapping[str, Guessed], sources: _Sources) -> dict[str, Mapping[str, str]]:
    """Return what a field says of splits in the configurations that do not say the same as all together."""
    said = {
        config: field_splits(own.get(config, shared).layered.dialect, some)
        for config, some in sources.items()
        if config is not None
    }
    return {config: splits for config, splits in said.items() if splits != shared.sniffed.splits}


def _shared(sources: _Sources, *, given: bool, beside: Sequence[str]) -> Guessed | None:
    """Return what is guessed of all sources together; nothing where no dialect reads the sources of several configurations."""
    try:
        return _guessed([source for own in sources.values() for source in own], given=given, beside=beside)
    except SourceError:
        if len(sources) == 1:
            raise
        return None


def _own(sources: Sequence[Source], shared: Guessed | None, *, given: bool, beside: Sequence[str]) -> Guessed | None:
    """Return what is guessed of the sources of a configuration, if that reads more of them than what all share."""
    misfits = _misfits(shared, sources)
    if misfits == 0:
        return None
    try:
        found = _guessed(sources, given=given, beside=beside)
    except SourceError:
        if misfits == inf:
            raise
        return None  # few of them, and none with an entity
    return found if _misfits(found, sources) < misfits else None


def _misfits(guessed: Guessed | None, sources: Sequence[Source]) -> float:
    """Return how much of the sources of a configuration is not as was guessed; all of it where they cannot be read so."""
    try:
        return inf if guessed is None else misfits_of(guessed.layered.dialect, sources)
    except SourceError:
        return inf


def _guessed(sources: Sequence[Source], *, given: bool, beside: Sequence[str]) -> Guessed:
    sniffed = sniff_sources(sources, beside)
    if not given:  # before layers: a column that says splits is none
        said = find_splits(sniffed.dialect, sources)
        doubts, reasons = (*sniffed.doubts, *said.doubts), (*sniffed.reasons, *said.reasons)
        sniffed = replace(sniffed, dialect=said.dialect, splits=said.values, reasons=reasons, doubts=doubts)
    return Guessed(sniffed, find_layers(sniffed.dialect, sniffed.entity_types, sources))


def _joined(types: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the entity types of all: sorted if those of each are, else in the order in which they come."""
    several = list(types)
    joined = dict.fromkeys(name for some in several for name in some)
    return tuple(sorted(joined) if all(list(some) == sorted(some) for some in several) else joined)
