"""
What a published table is made of: the labels, their ids, and the Arrow schema that keeps their names.

A label id is a public contract: `O` is 0, then `B-X` and `I-X` for each entity type in declared order.
Appending a type at the end keeps every id; any other change of the order is a new major version.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final

import pyarrow as pa

from tagpress.corpus.careful_json import load_json
from tagpress.corpus.layers.layer import Layer
from tagpress.errors import ScriptError

OUTSIDE: Final = 0
MAX_TYPES: Final = 16_383  # each has two labels, whose ids are held in 16 bits
TAGS: Final = "ner_tags"
COLUMNS: Final = ("id", "doc_id", "tokens", TAGS)
"""The columns of every shard; where there are no entity types, all but the last."""
# Extra columns of ours; those that a dialect keeps are a text a token. The id that the source gives a sentence, the text of a
# sentence, and where its tokens begin in it, in code points.
SOURCE_ID: Final = "source_id"
TEXT: Final = "text"
OFFSETS: Final = "offsets"
_OWN: Final[Mapping[str, pa.DataType]] = MappingProxyType(
    {SOURCE_ID: pa.string(), TEXT: pa.string(), OFFSETS: pa.list_(pa.int32())}
)
RESERVED: Final = (*COLUMNS, *_OWN)
"""The names that no column of a dialect can have."""
NO_LAYERS: Final[Mapping[str, Layer]] = MappingProxyType({})


@dataclass(frozen=True)
class Labels:
    """
    The label set of a corpus, fixed by the order of its entity types.

    A corpus without entity types has no column of labels: its other layers say what it has.

    Raises:
        ScriptError: a repeated type, or a name that a tag cannot carry.

    >>> Labels(("Person", "Place")).names
    ('O', 'B-Person', 'I-Person', 'B-Place', 'I-Place')

    """

    entity_types: tuple[str, ...]

    def __post_init__(self) -> None:
        if len(self.entity_types) > MAX_TYPES:
            message = f"ENTITY_TYPES has {len(self.entity_types):,} types, and {MAX_TYPES:,} are the most"
            raise ScriptError(message, "look whether they are types, and not texts")
        repeated = {name for name, count in Counter(self.entity_types).items() if count > 1}
        if repeated:
            raise ScriptError(
                f"ENTITY_TYPES names {', '.join(sorted(repeated))} more than once", "name each entity type once"
            )
        for name in self.entity_types:
            if not name or not name.isprintable() or any(c.isspace() for c in name):
                raise ScriptError(
                    f"{name!r} cannot be an entity type",
                    "use printable characters without spaces, such as Data_Structure; SOURCE_TYPES maps another spelling to it",
                )

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Return every label name; its position is its id. Without entity types, every token is `O`."""
        return ("O", *(f"{prefix}-{name}" for name in self.entity_types for prefix in "BI"))

    @property
    def published(self) -> tuple[str, ...]:
        """Return the names that a release has: none without entity types, where there is no column of labels."""
        return self.names if self.entity_types else ()

    @staticmethod
    def begin(entity_type: int) -> int:
        """Return the id of `B-X` for the entity type at this position."""
        return 1 + 2 * entity_type

    @classmethod
    def from_names(cls, names: tuple[str, ...]) -> "Labels":
        """
        Return the labels with these names.

        Raises:
            ScriptError: the names are not `O` followed by `B-X`, `I-X` pairs.

        """
        labels = cls(tuple(name[2:] for name in names[1::2]))
        if labels.published != tuple(names):
            raise ScriptError(
                f"the label names {list(names)} do not follow O, B-X, I-X, B-Y, I-Y",
                "list O first, then each type's pair",
            )
        return labels


def arrow_schema(labels: Labels, extra: Sequence[str] = (), layers: Mapping[str, Layer] = NO_LAYERS) -> pa.Schema:
    """
    Return the schema of every shard: `id`, `doc_id`, `tokens`, `ner_tags`, and the extra columns (see `extra_type`).

    Without entity types there is no `ner_tags`. Else it is a nullable `list<int64>` and the names stand in the `huggingface` metadata: with any other storage type
    `datasets` drops the names without a word. A list is called `Sequence` there, which every `datasets` reads; the
    `List` of version 4 is unknown to those before it, and they refuse the file.
    """
    text = {"dtype": "string", "_type": "Value"}
    features = {
        "id": text,
        "doc_id": text,
        "tokens": _list_of(text),
        **({TAGS: _list_of({"names": list(labels.names), "_type": "ClassLabel"})} if labels.published else {}),
        **{name: layers[name].feature if name in layers else _feature(extra_type(name)) for name in extra},
    }
    return pa.schema(
        [
            pa.field("id", pa.string()),
            pa.field("doc_id", pa.string()),
            pa.field("tokens", pa.list_(pa.string())),
            *([pa.field(TAGS, pa.list_(pa.int64()))] if labels.published else []),
            *(pa.field(name, layers[name].arrow if name in layers else extra_type(name)) for name in extra),
        ],
        metadata={"huggingface": json.dumps({"info": {"features": features}})},
    )


def extra_type(name: str) -> pa.DataType:
    """Return the type of an extra column: a string, a list of numbers, or a list of strings."""
    return _OWN.get(name, pa.list_(pa.string()))


def _feature(kind: pa.DataType) -> dict[str, Any]:
    """Return a type as `datasets` writes it."""
    return _list_of(_feature(kind.value_type)) if pa.types.is_list(kind) else {"dtype": str(kind), "_type": "Value"}


def _list_of(feature: Mapping[str, Any]) -> dict[str, Any]:
    return {"feature": feature, "_type": "Sequence"}


def extra_columns(schema: pa.Schema) -> tuple[str, ...]:
    """Return the names of the columns behind those that every shard has."""
    return tuple(schema.names[len(COLUMNS) - (TAGS not in schema.names) :])


def is_nested(kind: pa.DataType) -> bool:
    """Return whether a column of this type is a list of spans."""
    return bool(pa.types.is_list(kind) and pa.types.is_struct(kind.value_type))


def label_names(schema: pa.Schema, column: str = TAGS) -> tuple[str, ...] | None:
    """Return the label names that a shard's schema carries for a column of labels, or None where it carries none."""
    found: Any = _features(schema)
    for key in (column, "feature", "names"):
        found = found.get(key) if isinstance(found, dict) else None
    return tuple(map(str, found)) if isinstance(found, list) and found else None


def with_names(schema: pa.Schema, names: Mapping[str, Sequence[str]]) -> pa.Schema:
    """Return a schema that tells `datasets` other names of the labels of these columns."""
    metadata = schema.metadata or {}
    document = load_json(metadata.get(b"huggingface", b"{}"))
    features = _features(schema)
    changed = {name: _named(one, names[name]) if name in names else one for name, one in features.items()}
    if not features or not isinstance(document, dict):
        return schema
    told = {**document, "info": {**document["info"], "features": changed}}
    return schema.with_metadata({**metadata, b"huggingface": json.dumps(told).encode()})


def _named(feature: Any, names: Sequence[str]) -> Any:  # noqa: ANN401 - a feature as JSON
    if isinstance(feature, list):
        return [_named(one, names) for one in feature]
    if isinstance(feature, dict) and "names" in feature:
        return {**feature, "names": list(names)}
    return {key: _named(one, names) for key, one in feature.items()} if isinstance(feature, dict) else feature


def wrong_layer(schema: pa.Schema, layers: Mapping[str, Layer]) -> str | None:
    """Return the first layer whose names, or what else `datasets` is told of it, the schema does not carry; None if it has all."""
    features = _features(schema)
    return next((name for name, layer in layers.items() if features.get(name) != layer.feature), None)


def _features(schema: pa.Schema) -> dict[str, Any]:
    """Return what the schema tells `datasets` of its columns; nothing where that cannot be read."""
    try:
        found = load_json((schema.metadata or {}).get(b"huggingface", b"{}"))
    except ValueError:
        return {}
    for key in ("info", "features"):
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}
