"""A corpus with all of its configurations: one declaration each."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Union

from tagpress.build.declaration import Declaration
from tagpress.corpus.config_names import DEFAULT_CONFIG
from tagpress.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotators:
    """
    Who has annotated the sentences of a configuration, to be compared.

    `files` are the declarations of those who have files of their own, which are read for that alone; `layers` are groups of
    layers that are each an annotator's.
    """

    files: Mapping[str, Declaration] = field(default_factory=dict)
    layers: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Declared:
    """
    The declarations of a corpus by configuration, in order; they differ in anything but what a release has once.

    A corpus without named configurations has one, which is called "default".
    """

    configs: Mapping[str, Declaration]
    default: str
    shared: tuple[tuple[str, ...], ...] = ()
    """Which configurations share text: none trains on what another one of a group tests."""
    annotators: Mapping[str, Annotators] = field(default_factory=dict)
    """By configuration, as far as any are declared."""

    @classmethod
    def of(cls, declared: Union[Declaration, "Declared"]) -> "Declared":
        """Return a corpus, of which one declaration may be all."""
        if isinstance(declared, Declared):
            return declared
        return cls({declared.config: declared}, declared.config)

    @cached_property
    def any(self) -> Declaration:
        """Return one of them, for what they have in common: name, version, script, card, repository and Hub."""
        return self.configs[self.default]

    @property
    def name(self) -> str:
        """Return the name of the corpus."""
        return self.any.name

    @property
    def is_flat(self) -> bool:
        """Return whether there is one configuration, without a name."""
        return list(self.configs) == [DEFAULT_CONFIG]

    def __iter__(self) -> Iterator[Declaration]:
        return iter(self.configs.values())

    def config(self, name: str | None) -> Declaration:
        """
        Return one configuration; the only one, if none is named.

        Raises:
            UsageError: there is no such configuration, or there are several and none is named.

        """
        if name is None and len(self.configs) == 1:
            return self.any
        known = ", ".join(self.configs)
        if name is None:
            raise UsageError(f"{self.name} has the configurations {known}", "name one of them: --config NAME")
        if name not in self.configs:
            raise UsageError(f"{self.name} has no configuration {name!r:.60}", f"it has {known}")
        return self.configs[name]

    def each(self, change: Callable[[Declaration], Declaration]) -> "Declared":
        """Return the corpus with every declaration changed."""
        return replace(self, configs={name: change(one) for name, one in self.configs.items()})

    def only(self, name: str | None) -> "Declared":
        """Return the corpus as if it had one configuration, or all of it if none is named; UsageError: no such."""
        if name is None:
            return self
        own = {name: self.annotators[name]} if name in self.annotators else {}
        return Declared({name: self.config(name)}, name, annotators=own)
