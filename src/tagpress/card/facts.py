"""Everything that a card says about a build, as one frozen value: no number in a card comes from elsewhere."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from tagpress.corpus.agreement import Agreements
from tagpress.corpus.config_names import DEFAULT_CONFIG
from tagpress.corpus.folds import Parts, fold_configs
from tagpress.corpus.layers.layer import Layer
from tagpress.corpus.manifest import ChangelogEntry
from tagpress.corpus.schema import Labels
from tagpress.corpus.shard_paths import shards_of
from tagpress.corpus.splits import Folds, SplitRule
from tagpress.corpus.tally import Tally
from tagpress.corpus.version import Version

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_ID_BYTES: Final = 32  # a sentence's id is this many hexadecimal digits
_OFFSET_BYTES: Final = 4  # Arrow marks where each text or list ends with an int32
_TAG_BYTES: Final = 8  # int64


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitFacts:
    """
    One split of a build.

    `layers` has what each layer counts; `doc_id_bytes` are the UTF-8 bytes of its doc_id column, `extra_bytes` the Arrow bytes of extra columns, `shard_bytes` the file sizes of its shards in order.
    """

    tally: Tally
    doc_id_bytes: int
    shard_bytes: tuple[int, ...]
    row_digest: str
    extra_bytes: int = 0
    layers: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.shard_bytes or not _DIGEST.fullmatch(self.row_digest):
            message = f"a split has shards and a row digest, found {len(self.shard_bytes)} and {self.row_digest!r}"
            raise ValueError(message)

    @property
    def num_bytes(self) -> int:
        """
        Return the bytes of the split as Arrow tables without nulls, as pyarrow's `nbytes` counts them.

        `datasets` writes the same number, plus what its own reading happens to add (a bit per token for nulls).
        """
        rows, tokens = self.tally.sentences, self.tally.tokens
        lists = 3 + self.has_labels
        offsets = lists * rows + tokens  # id, doc_id, tokens and perhaps ner_tags of a row; then each token
        texts = _ID_BYTES * rows + self.doc_id_bytes + self.tally.token_bytes
        labels = _TAG_BYTES * tokens * self.has_labels
        return _OFFSET_BYTES * offsets + texts + labels + self.extra_bytes

    @property
    def has_labels(self) -> bool:
        """Return whether there is a column of labels: without entity types there is none."""
        return bool(self.tally.entity_types)

    def data_files(self, split: str, config: str = DEFAULT_CONFIG) -> str:
        """Return the path or pattern that finds this split's shards, and no other file of any release."""
        # A pattern costs a reader one listing; 48 paths would cost 48 requests, one after the other.
        count = len(self.shard_bytes)
        return f"{shards_of(config, split)}-{'00000' if count == 1 else '*'}-of-{count:05d}.parquet"


@dataclass(frozen=True, kw_only=True)
class CardFacts:
    """
    A build.

    `repo` is "namespace/name", or None until the build is published. `descriptions` has a line per entity type, of which there
    need not be any where there are layers.
    `splits` has only splits with rows, in their order. `rejected` counts the sentences left out, per problem code; `read` counts all.
    `sources` is the number of source files. `changelog` is newest first, and empty until the build is published.
    `near` counts the published sentences of a split that another one nearly has, by (split, other).
    `doubts` counts the notes of each code, or is None where nobody looked for what is in doubt; `less_sure` at most how many more there would be.
    `extra` names the columns behind the four that every build has; those that are layers are in `layers`, the others are texts.
    """

    name: str
    config: str = DEFAULT_CONFIG
    version: Version
    repo: str | None
    labels: Labels
    descriptions: Mapping[str, str]
    splits: Mapping[str, SplitFacts]
    split_rule: SplitRule
    split_field: str | int | None = None
    """The field, or the number of the column, of the sources that says the split of each sentence, where one does."""
    sources: int
    read: int
    rejected: Mapping[str, int]
    changelog: tuple[ChangelogEntry, ...] = ()
    extra: tuple[str, ...] = ()
    layers: Mapping[str, Layer] = field(default_factory=dict)
    near: Mapping[tuple[str, str], int] = field(default_factory=dict)
    doubts: Mapping[str, int] | None = None
    less_sure: int = 0
    corrections: int = 0
    """How many corrections were applied to what the sources say."""
    licenses: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """How many sources, and sentences in them, are under each licence that was declared."""
    forgotten: int = 0
    """How many sentences are to be forgotten, whether the sources still have them or not."""
    agreement: Agreements | None = None
    """How far its annotators agree, where there are several."""

    def __post_init__(self) -> None:
        if not self.splits:
            message = "a build has a split at least, found none"
            raise ValueError(message)
        if tuple(self.descriptions) != self.labels.entity_types:
            message = f"{tuple(self.descriptions)} are described, and {self.labels.entity_types} are declared"
            raise ValueError(message)
        if self.published > self.read or any(
            facts.tally.label_names != self.labels.names for facts in self.splits.values()
        ):
            message = f"{self.published} of {self.read} sentences are published, or a tally has other labels"
            raise ValueError(message)

    @cached_property
    def ordered(self) -> tuple[tuple[str, SplitFacts], ...]:
        """Return the splits in their order."""
        return tuple(self.splits.items())

    @cached_property
    def total(self) -> Tally:
        """Return the tally of all splits."""
        return sum((facts.tally for _, facts in self.ordered), start=Tally.empty(self.labels))

    @property
    def folds(self) -> Mapping[str, Parts]:
        """Return the configurations that folds make, and the splits that each is made of; nothing where there are none."""
        return fold_configs(self.config, self.split_rule.names) if isinstance(self.split_rule, Folds) else {}

    @property
    def published(self) -> int:
        """Return the sentences of all splits."""
        return self.total.sentences


@dataclass(frozen=True)
class EveryFacts:
    """
    A build of named configurations, in order; `default` is what is loaded where none is named.

    `agreement` is that of all annotators, configurations or others, if it was looked for.
    """

    configs: tuple[CardFacts, ...]
    default: str
    agreement: Agreements | None = None

    @property
    def any(self) -> CardFacts:
        """Return one of them, for what they have in common: name, version, repository and changelog."""
        return self.configs[0]

    @property
    def published(self) -> int:
        """Return the sentences of all configurations."""
        return sum(facts.published for facts in self.configs)

    @property
    def splits(self) -> tuple[str, ...]:
        """Return the splits of all configurations, each once."""
        return tuple(dict.fromkeys(split for facts in self.configs for split in facts.splits))
