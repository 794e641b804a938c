"""
Which label of an earlier release is each label of a later one? So that a trained model stays usable.

The later of two releases says in `release.json` what the types of earlier ones are called now (`RENAMED` and `MERGED` of its
script). A map leads from the ids of the data to the ids that the model knows, in every layer that both have.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from tagpress.columnar.arrays import list_bounds
from tagpress.corpus.former_names import former_of, renamed_label
from tagpress.corpus.layers.layer import MAIN
from tagpress.corpus.records import LayerRecord, ReleasedConfig
from tagpress.corpus.schema import with_names
from tagpress.corpus.version import Version
from tagpress.errors import UsageError


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """One column: its label `names` by id, the names by id `labels_of` the other release, and the id there of each id here."""

    names: tuple[str, ...]
    labels_of: tuple[str, ...]
    ids: tuple[int, ...]

    @property
    def moves(self) -> bool:
        """Return whether an id is another one."""
        return self.ids != tuple(range(len(self.ids)))


@dataclass(frozen=True, slots=True)
class LabelMap:
    """
    From the labels of one release to those of another, by column.

    It is what `datasets.map(batched=True, features=...)` takes.
    """

    columns: Mapping[str, ColumnMap]

    def __call__(self, batch: Mapping[str, Any]) -> dict[str, Any]:
        """Return the columns of labels of a batch of lists, with the other ids."""
        return {
            name: [_with_ids(row, one.ids) for row in batch[name]]
            for name, one in self.columns.items()
            if name in batch
        }

    def features(self, features: Any) -> Any:  # noqa: ANN401 - datasets.Features
        """Return the features of a dataset with the other names, for `map` or `cast`."""
        found = features.copy()
        for name in self.columns.keys() & features.keys():
            found[name] = _renamed_feature(features[name], self.columns[name].labels_of)
        return found

    def table(self, table: pa.Table) -> pa.Table:
        """Return rows of a shard, or some columns of them, with the other ids and names."""
        for name in self.columns.keys() & set(table.column_names):
            ids, place = np.array(self.columns[name].ids, dtype=np.int64), table.column_names.index(name)
            chunks = [_with_array(chunk, ids) for chunk in table[name].chunks]
            table = table.set_column(place, table.schema.field(name), pa.chunked_array(chunks, table[name].type))
        return table.replace_schema_metadata(self.schema(table.schema).metadata)

    def schema(self, schema: pa.Schema) -> pa.Schema:
        """Return the schema of shards with the other names."""
        return with_names(schema, {name: one.labels_of for name, one in self.columns.items()})


def map_between(data: ReleasedConfig, model: ReleasedConfig) -> LabelMap:
    """
    Return the map from the labels of `data` to those that a `model` was trained on.

    Raises:
        UsageError: a label has no counterpart, or several; all are named.

    """
    columns, faults = {}, list[str]()
    for name, record in _labelled(data).items():
        other = _labelled(model).get(name)
        if other is None:
            continue  # the model knows nothing of this layer, so that its ids mean what they do
        found = _column(name, (data, record), (model, other))
        if isinstance(found, ColumnMap):
            columns[name] = found
        else:
            faults += found
    if faults:
        message = f"{data.title} cannot have the labels of {model.version}: {'; '.join(faults)}"
        hint = "Types that were renamed stand in RENAMED of the script; load a version that has these types, or train anew."
        raise UsageError(message, hint)
    return LabelMap(columns)


def _labelled(config: ReleasedConfig) -> dict[str, LayerRecord]:
    """Return the columns that have label names."""
    found = {MAIN: LayerRecord(kind="flat", names=config.label_names)} if config.label_names else {}
    return found | {name: one for name, one in (config.layers or {}).items() if one.names and name != MAIN}


def _column(
    name: str, data: tuple[ReleasedConfig, LayerRecord], model: tuple[ReleasedConfig, LayerRecord]
) -> ColumnMap | list[str]:
    """Return the map of a column, or what stands against it."""
    (here, mine), (there, theirs) = data, model
    layer = "" if name == MAIN else f"the layer {name}: "
    if mine.kind != theirs.kind:
        return [f"{layer}it is {mine.kind}, and was {theirs.kind}"]
    later = here if here.version >= there.version else there
    former = former_of(later, name)
    as_now = [renamed_label(mine.kind, one, former) for one in (theirs.names if later is here else mine.names)]
    places = (
        [[place for place, one in enumerate(as_now) if one == label] for label in mine.names]
        if later is here
        else [[place for place, one in enumerate(theirs.names) if one == label] for label in as_now]
    )
    if all(len(found) == 1 for found in places):
        return ColumnMap(mine.names, theirs.names, tuple(found[0] for found in places))
    faults: dict[str, None] = {}  # B-X and I-X have the same
    for label, found in zip(mine.names, places, strict=True):
        if len(found) != 1:
            told = _told([theirs.names[place] for place in found], theirs.kind, there.version)
            faults[f"{layer}{_type(label, mine.kind)} {told}"] = None
    return list(faults)


def _told(names: Sequence[str], kind: str, version: Version) -> str:
    types = " and ".join(_type(name, kind) for name in names)
    return f"was {types} in {version}" if types else f"has no counterpart in {version}"


def _type(name: str, kind: str) -> str:
    return name[2:] if kind == "flat" and name != "O" else name


def _with_ids(row: Any, ids: Sequence[int]) -> Any:  # noqa: ANN401 - a row as `datasets` passes it
    """Return a row of a column with other ids: a list of them, or spans with a type."""
    if isinstance(row, Mapping):  # old `datasets` pass spans as one dict of lists
        return {**row, "type": [ids[one] for one in row["type"]]}
    return [{**one, "type": ids[one["type"]]} if isinstance(one, Mapping) else ids[one] for one in row]


def _with_array(lists: pa.ListArray, ids: np.ndarray[Any, np.dtype[np.int64]]) -> pa.ListArray:
    bounds = list_bounds(lists)
    values = lists.values.slice(bounds[0], bounds[-1] - bounds[0])
    if pa.types.is_struct(values.type):
        parts = {field.name: values.field(field.name) for field in values.type}
        parts["type"] = pa.array(ids[parts["type"].to_numpy(zero_copy_only=False)])
        changed: pa.Array = pa.StructArray.from_arrays(list(parts.values()), fields=list(values.type))
    else:
        changed = pa.array(ids[values.to_numpy(zero_copy_only=False)])
    offsets = pa.array((bounds - bounds[0]).astype(np.int32))
    return pa.ListArray.from_arrays(offsets, changed).cast(lists.type)


def _renamed_feature(feature: Any, names: Sequence[str]) -> Any:  # noqa: ANN401 - a feature of `datasets`
    """Return a feature whose ClassLabel has other names, whatever it is in."""
    if hasattr(feature, "names"):
        return type(feature)(names=list(names))
    if isinstance(feature, Mapping):
        return {name: _renamed_feature(one, names) for name, one in feature.items()}
    if isinstance(feature, list):
        return [_renamed_feature(one, names) for one in feature]
    if hasattr(feature, "feature"):
        return type(feature)(_renamed_feature(feature.feature, names))
    return feature
