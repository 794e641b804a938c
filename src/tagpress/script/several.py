"""
Which dialect is each configuration in? One for all, where it reads them all; else some have one of their own.

Languages of one corpus were often annotated with different tools, or exported by different people.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tagpress.errors import SourceError
from tagpress.read.columns import sniff_sources
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
        one = self.own.get(config)
        if one is None:
            return {}
        layers, shared = one.layered.spelled(), self.layered.spelled()
        listed = ", ".join(f"{name!r}: {layer}" for name, layer in layers.items())
        text, other = one.layered.dialect.has_text, self.layered.dialect.has_text
        return {
            "DIALECT": f"tagpress.{spell(one.layered.dialect)}",
            **({} if layers == shared else {"LAYERS": f"{{{listed}}}"}),
            **({} if text == other else {"TEXT": repr(text)}),
        }


def guess(sources: _Sources) -> Guessed:
    """
    Guess the dialect of the sources of each configuration, and the layers in them.

    Raises:
        SourceError: they cannot be read, or nothing in those of a configuration looks like tags.

    """
    shared = _shared(sources)
    own = {config: found for config in sources if config is not None and (found := _own(sources[config], shared))}
    if shared is None or len(own) == len(sources):
        first = next(config for config in sources if config is not None)
        shared = own.pop(first) if first in own else _guessed(sources[first])
        own = {config: one for config, one in own.items() if one.layered.dialect != shared.layered.dialect}
    elif own:  # what is doubted of those is no doubt of the others
        shared = _guessed([source for config, some in sources.items() if config not in own for source in some])
    types = _joined([shared.sniffed.entity_types, *(one.sniffed.entity_types for one in own.values())])
    return Guessed(replace(shared.sniffed, entity_types=types), shared.layered, own)


def _shared(sources: _Sources) -> Guessed | None:
    """Return what is guessed of all sources together; nothing where no dialect reads the sources of several configurations."""
    try:
        return _guessed([source for own in sources.values() for source in own])
    except SourceError:
        if len(sources) == 1:
            raise
        return None


def _own(sources: Sequence[Source], shared: Guessed | None) -> Guessed | None:
    """Return what is guessed of the sources of a configuration, if that reads more of them than what all share."""
    misfits = None if shared is None else _misfits(shared, sources)
    if misfits == 0:
        return None
    try:
        found = _guessed(sources)
    except SourceError:
        if misfits is None:
            raise
        return None  # few of them, and none with an entity
    fewer = misfits is None or misfits_of(found.layered.dialect, sources) < misfits
    return found if fewer else None


def _misfits(shared: Guessed, sources: Sequence[Source]) -> int | None:
    """Return how much of the sources of a configuration is not as all share it; None where they cannot be read so."""
    try:
        return misfits_of(shared.layered.dialect, sources)
    except SourceError:
        return None


def _guessed(sources: Sequence[Source]) -> Guessed:
    sniffed = sniff_sources(sources)
    return Guessed(sniffed, find_layers(sniffed.dialect, sniffed.entity_types, sources))


def _joined(types: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the entity types of all: sorted if those of each are, else in the order in which they come."""
    several = list(types)
    joined = dict.fromkeys(name for some in several for name in some)
    return tuple(sorted(joined) if all(list(some) == sorted(some) for some in several) else joined)
