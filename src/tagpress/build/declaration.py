"""What a builder script declares, as one frozen value; every later page works on it and never on the script."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from tagpress.corpus.config_names import DEFAULT_CONFIG
from tagpress.corpus.corrections import Corrections
from tagpress.corpus.field_splits import FieldSplits
from tagpress.corpus.forgotten import Forgotten
from tagpress.corpus.former_names import FormerNames
from tagpress.corpus.layers.layer import MAIN, Layer
from tagpress.corpus.layers.table import check_layers, settled_layers
from tagpress.corpus.policies import Policies
from tagpress.corpus.problem_rule import Policy
from tagpress.corpus.schema import OFFSETS, RESERVED, SOURCE_ID, TEXT, Labels
from tagpress.corpus.splits import GivenSplits, HashSplits, SplitRule
from tagpress.corpus.version import Version
from tagpress.errors import ScriptError, UsageError
from tagpress.read.dialect import Dialect
from tagpress.read.in_memory import SUFFIX, Tables
from tagpress.read.sources.finding import find
from tagpress.read.sources.source import Source

_NAME: Final = re.compile(r"[a-z0-9]+(?:[-_.][a-z0-9]+)*")
# The longest input of BERT and its kin, in their subwords; a sentence with more tokens than this cannot fit.
MAX_TOKENS: Final = 512


@dataclass(frozen=True, slots=True)
class SourceGlobs:
    """
    Where sources are found: patterns relative to `base`, and the split that they are given, if any.

    `called` is what messages call a source that is not called as its file: a table that somebody had in memory.
    """

    patterns: tuple[str, ...]
    base: Path
    split: str | None = None
    called: str = ""

    def find(self) -> tuple[Source, ...]:
        """
        Return the sources, as they are found.

        Raises SourceError for a pattern without a file, and for what cannot be read.
        """
        found = find(self.patterns, self.base)
        return tuple(replace(one, name=self.called) for one in found) if self.called else found


def held_sources(held: Tables, folder: Path, *, config: str = DEFAULT_CONFIG) -> tuple[SourceGlobs, ...]:
    """Return the sources that are tables in memory, of which each is saved in a folder; messages call them by split."""
    named = "" if config == DEFAULT_CONFIG else config
    return tuple(
        SourceGlobs((f"{name}{SUFFIX}",), folder, name if held.given else None, held.called(name, named))
        for name in held.tables
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """
    A corpus as its builder script declares it.

    Raises:
        ScriptError: a name, a version or a set of splits that cannot be released.

    """

    name: str
    version: str
    config: str = DEFAULT_CONFIG
    description: str
    entity_types: dict[str, str]
    dialect: Dialect
    sources: tuple[SourceGlobs, ...]
    splits: SplitRule
    script: Path
    card: Path | None = None
    policies: Policies = field(default_factory=Policies)
    max_tokens: int = MAX_TOKENS
    repo: str | None = None
    hub: str | None = None
    source_types: Mapping[str, str] = field(default_factory=dict)
    former: FormerNames = field(default_factory=FormerNames)
    """What types were called in earlier releases; a source may still call them so."""
    corrections: Corrections = field(default_factory=Corrections)
    forgotten: Forgotten = field(default_factory=Forgotten)
    licenses: Mapping[str, str] = field(default_factory=dict)
    """The licence of each source, by the first pattern that finds its name; none if nobody looks after licences."""
    personal: bool = False
    """Whether personal data is looked for; a policy for it also has it looked for."""
    text: bool = False
    """Whether the text of each sentence is published, and where its tokens begin in it."""
    layers: Mapping[str, Layer] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ScriptError(
                f"NAME is {self.name!r}", "use lower-case words joined by '-', '_' or '.', such as software-entities"
            )
        try:
            Version.parse(self.version)
        except ValueError as error:
            raise ScriptError(f"VERSION is {self.version!r}", "use three numbers, such as 1.0.0") from error
        if self.max_tokens < 1:
            raise ScriptError(f"MAX_TOKENS is {self.max_tokens}", "use a positive number of tokens")
        kept = self._kept
        taken = [name for name in kept if name in RESERVED or kept.count(name) > 1]
        if taken:
            raise ScriptError(
                f"the dialect keeps a column as {taken[0]!r}, and that name is taken", "call it otherwise"
            )
        self._settle_text()
        if self.text and not self.dialect.has_text:
            message = f"TEXT is True, and {type(self.dialect).__name__} has tokens and no text"
            raise ScriptError(message, "leave TEXT out: texts are known where annotations are spans of characters")
        object.__setattr__(self, "layers", settled_layers(self.layers))
        check_layers(self.layers, ([MAIN] if self.dialect.has_tags else []) + [*kept])
        self._check_main()
        self._check_tags()
        types = {*self.entity_types, *(name for layer in self.layers.values() for name in layer.meanings)}
        strange = [name for name in self.source_types.values() if name not in types]
        if strange:
            message = f"SOURCE_TYPES maps to {strange[0]!r}, which is no entity type"
            raise ScriptError(message, "map each type as the source spells it to a name in ENTITY_TYPES, or of a layer")
        self.former.require_use(self._types)
        self._check_splits()

    def _settle_text(self) -> None:
        """Have texts published that the dialect is to read, and read that are to be published: a treebank's are if asked for."""
        asked = getattr(self.dialect, "text", None)  # of texts with spans it is the name of a field
        if asked is True:
            object.__setattr__(self, "text", True)
        elif asked is False and self.text:
            object.__setattr__(self, "dialect", replace(self.dialect, text=True))  # type: ignore[type-var]  # dialects are dataclasses

    @property
    def is_unnamed(self) -> bool:
        """Return whether the corpus has no named configurations."""
        return self.config == DEFAULT_CONFIG

    @property
    def title(self) -> str:
        """Return what a page calls the corpus: NAME/CONFIG of a named configuration."""
        return self.name if self.config == DEFAULT_CONFIG else f"{self.name}/{self.config}"

    def called(self, split: str) -> str:
        """Return what messages call a split: CONFIG/SPLIT of a named configuration."""
        return split if self.config == DEFAULT_CONFIG else f"{self.config}/{split}"

    @property
    def labels(self) -> Labels:
        """Return the label set."""
        return Labels(tuple(self.entity_types))

    @property
    def extra(self) -> tuple[str, ...]:
        """
        Return the names of the further columns, in the order in which they are published.

        Ours come first, as far as there are, then layers, then what the dialect keeps and no layer is read from.
        """
        own = [SOURCE_ID] * self.dialect.has_ids + [TEXT, OFFSETS] * self.text
        read = {column for name, layer in self.layers.items() for column in layer.sources(name)}
        return (*own, *self.layer_columns, *(name for name in self._kept if name not in {*self.layers, *read}))

    @property
    def layer_columns(self) -> dict[str, Layer]:
        """Return the layers that are columns of their own: all but the main tags."""
        return {name: layer for name, layer in self.layers.items() if name != MAIN}

    @property
    def _types(self) -> dict[str, tuple[str, ...]]:
        """Return the types of every layer, of the main tags too, if there are any."""
        main = {MAIN: tuple(self.entity_types)} if self.entity_types else {}
        return {**main, **{name: tuple(one.meanings) for name, one in self.layers.items()}}

    def require_entities(self, what: str) -> None:
        """
        Stop what is done with entities where there are none.

        Raises:
            UsageError: there are no entity types.

        """
        if not self.entity_types:
            message = f"{what} among entities, and {self.title} has no entity types"
            raise UsageError(message, "leave that out, or name a configuration that has entity types")

    def types_of(self, layer: str) -> tuple[str, ...]:
        """Return the types of a layer, in the order of their ids."""
        return self._types[layer]

    def former_names(self, kind: str) -> dict[str, dict[str, str]]:
        """Return by layer what was "renamed" or "merged", as far as anything was: the new name by the old one."""
        found = {name: self.former.among(types)[kind] for name, types in self._types.items()}
        return {name: names for name, names in found.items() if names}

    @property
    def spelled_types(self) -> dict[str, dict[str, str]]:
        """Return by layer the published name of each type that a source may spell otherwise: an earlier name is one."""
        old, joined = self.former_names("renamed"), self.former_names("merged")
        return {name: {**old.get(name, {}), **joined.get(name, {}), **self.source_types} for name in self._types}

    def _check_splits(self) -> None:
        """Stop where splits come from two places, or from a field that the dialect does not read."""
        given = [globs.split for globs in self.sources if globs.split]
        said = isinstance(self.splits, FieldSplits)
        if given and said:
            message = "SOURCES gives the splits and SPLITS has them in a field"
            raise ScriptError(message, "leave SPLITS out and split= of DIALECT, or give plain SOURCES")
        if given and not isinstance(self.splits, GivenSplits):
            raise ScriptError(
                "SOURCES gives the splits and SPLITS computes them", "leave SPLITS out, or give plain SOURCES"
            )
        if said and self.split_field is None:
            message = f"SPLITS has the values of a field, and {type(self.dialect).__name__} reads none of them"
            raise ScriptError(message, "name the field, or the column, in DIALECT: split=")
        if self.split_field is not None and not said:
            message = f"split={self.split_field!r} of DIALECT says the split of each sentence, and SPLITS has others"
            hint = (
                'say what its values are: SPLITS = tagpress.FieldSplits({"train": "train", ...}), or leave split= out'
            )
            raise ScriptError(message, hint)

    @property
    def split_field(self) -> str | int | None:
        """Return the field, or the column, in which the source says the split of each sentence, if it does."""
        found: str | int | None = getattr(self.dialect, "split", None)  # standoff and treebanks have no such place
        return found

    def _check_tags(self) -> None:
        """Stop where the tags of the dialect are read for nothing, or something is to be made of tags that it has not."""
        if not self.entity_types and not self.layers:
            hint = "declare each entity type with one line that says what it means, or leave it out and declare LAYERS"
            raise ScriptError("ENTITY_TYPES is empty, and there are no LAYERS", hint)
        is_read = any(MAIN in layer.sources(name) for name, layer in self.layers.items())
        if self.entity_types and MAIN not in self.layers and not self.dialect.has_tags:
            message = "ENTITY_TYPES are declared, and the dialect reads no tags"
            raise ScriptError(message, "name the column of the tags in DIALECT, or leave ENTITY_TYPES out")
        if not self.entity_types and self.dialect.has_tags and not is_read:
            message = (
                f"ENTITY_TYPES is left out, and nothing is made of the tags that {type(self.dialect).__name__} reads"
            )
            raise ScriptError(message, self._hint_of_tags)

    @property
    def _hint_of_tags(self) -> str:
        """Return what to declare where nothing is made of the tags of the dialect."""
        named = [name for name in ("tag", "tags", "key") if hasattr(self.dialect, name)]
        none = f"say {named[0]}=None in DIALECT, or " if named else ""
        return (
            f"{none}declare ENTITY_TYPES, or read a layer from them: "
            f'TokenClasses([...], column="{MAIN}"), or NestedSpans([...])'
        )

    def _check_main(self) -> None:
        """Stop where the main tags are made of a layer that has other types."""
        if MAIN in self.layers and tuple(self.layers[MAIN].meanings) != tuple(self.entity_types):
            message = f"ENTITY_TYPES are {', '.join(self.entity_types)}, and {MAIN} is made of other types"
            raise ScriptError(message, "leave ENTITY_TYPES out: they are those of the nested layer")

    @property
    def _kept(self) -> tuple[str, ...]:
        """Return the names of the columns of texts along the tokens that the dialect keeps."""
        # Dialects of columns name them, with or without a position; the others have none.
        kept: tuple[str | tuple[str, int], ...] = getattr(self.dialect, "extra", ())
        return tuple(name if isinstance(name, str) else name[0] for name in kept)

    @property
    def builder_file(self) -> str:
        """Return the path of the script inside a build."""
        # A script named like the repository makes `datasets` refuse to load the repository at all.
        return f"builder/build_{re.sub(r'[-.]', '_', self.name)}.py"

    def with_sources(self, sources: tuple[SourceGlobs, ...]) -> "Declaration":
        """
        Return the same corpus read from other sources; giving their splits makes the split rule a given one.

        What their sentences say of splits then counts no more.
        """
        splits, dialect = self.splits, self.dialect
        given = tuple(globs.split for globs in sources if globs.split)
        if given:
            splits = GivenSplits(names=given, group=splits.group, salt=splits.salt)
            if self.split_field is not None:
                dialect = replace(dialect, split=None)  # type: ignore[type-var]  # dialects are dataclasses
        elif isinstance(splits, GivenSplits) and not isinstance(splits, FieldSplits):
            splits = HashSplits(group=splits.group, salt=splits.salt)
        # Other sources need not have every sentence that somebody corrected.
        policies = self.policies.with_default("unknown-correction", Policy.WARN)
        return replace(self, sources=sources, splits=splits, dialect=dialect, policies=policies)
