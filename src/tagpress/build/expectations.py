"""What does a corpus declare about its own sentences, as far as checking needs it?"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tagpress.corpus import tags
from tagpress.corpus.corrections import Corrections
from tagpress.corpus.forgotten import Forgotten
from tagpress.corpus.layers.layer import MAIN, Layer
from tagpress.corpus.policies import Policies
from tagpress.corpus.schema import Labels


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectations:
    """What a corpus declares about its own sentences, as far as checking needs it."""

    labels: Labels
    scheme: tags.Scheme
    joiner: str
    policies: Policies
    max_tokens: int
    types: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By layer: the published name of each type that the source spells in another way."""
    layers: Mapping[str, Layer] = field(default_factory=dict)
    """The layers by their names, each behind those that it is derived from."""
    corrections: Corrections = field(default_factory=Corrections)
    forgotten: Forgotten = field(default_factory=Forgotten)
    personal: bool = False
    """Whether personal data is looked for."""
    line: str = ""
    """What a line of a token is, in words, where the dialect has lines."""
    no_quotes: bool = False
    """Whether columns are parted by a delimiter, and no quotes are declared."""

    splits: Mapping[str, str] = field(default_factory=dict)
    """The splits by what the source says of each sentence, where it says them."""

    @property
    def flat(self) -> bool:
        """Whether the tags themselves are published, so that of a token there can be one."""
        return bool(self.labels.entity_types) and MAIN not in self.layers
