"""
Every sentence that changed, with its tags before and after.

They come in the order of the splits and shards, and of their ids in each; what was removed comes behind what a shard has
now. Only the tokens of one shard are in memory at once.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tagpress.diff.compare import Compared, ComparedReleases
from tagpress.diff.layers import edited_layers, shared_layers
from tagpress.diff.rows import LABEL, Side, read
from tagpress.store.whole_file import writing_file

KINDS: Final = ("added", "removed", "relabelled", "renamed", "merged", "moved", "reassigned", "edited")
_BATCH: Final = 1_000  # sentences whose tokens are Python objects at a time

Row: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceState:
    """A sentence in one of the two releases."""

    split: str
    doc_id: str
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedSentence:
    """
    A sentence that changed, and in which ways (see `KINDS`); `before` or `after` is None where it is not there.

    `layers` are those in which it has other values, where that is one of the ways: `edited`.
    """

    id: str
    changes: tuple[str, ...]
    tokens: tuple[str, ...]
    before: SentenceState | None
    after: SentenceState | None
    layers: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the object that stands in a line of `diff --changes`."""
        found = asdict(self)
        return found if self.layers else {name: value for name, value in found.items() if name != "layers"}


def changed_sentences(compared: Compared, *, most: int | None = None) -> Iterator[ChangedSentence]:
    """
    Yield every sentence that changed; with `most`, so many of each kind of change, the first by id.

    Raises:
        BuildError: a shard is not what its manifest says.

    """
    rows = _rows(compared)
    rows = rows if most is None else _first(rows, most)
    splits = {name: place for place, name in enumerate(compared.diff.splits)}
    places = {
        (row["split"], row["path"], row["removed"]) for row in rows.select(["split", "path", "removed"]).to_pylist()
    }
    for split, path, removed in sorted(places, key=lambda place: (splits[place[0]], *place[1:])):
        here = pc.and_(pc.equal(rows["path"], path), pc.equal(rows["removed"], removed))
        side = compared.old if removed else compared.new
        yield from _in_shard(rows.filter(pc.and_(here, pc.equal(rows["split"], split))), side, path, compared.names)


def write_changes(compared: ComparedReleases, out: Path) -> int:
    """
    Write every sentence that changed to a file, a JSON object a line; return how many there are.

    Raises:
        BuildError: a shard is not what its manifest says.
        WriteError: the file cannot be written.

    """
    named = bool(compared.diff.configs)
    with writing_file(out) as file:
        for name, one in compared.configs.items():
            for sentence in changed_sentences(one):
                document = {**({"config": name} if named else {}), **sentence.to_json()}
                file.write(json.dumps(document, ensure_ascii=False).encode() + b"\n")
    return compared.diff.changed


def _rows(compared: Compared) -> pa.Table:
    """Return all rows that differ in one table, with a column that says yes or no for each kind of change."""
    changed, changes = compared.changes.changed, compared.changes
    edited = [", ".join(names) for names in _edited(compared)]
    tables = [
        _kinds(
            changed.append_column("split", changed["split_new"])
            .append_column("path", changed["path_new"])
            .append_column("edited_layers", pa.array(edited, pa.string())),
            edited=pa.chunked_array([pa.array([bool(names) for names in edited], pa.bool_())]),
            relabelled=pc.not_equal(changed["tags_as"], changed["tags_new"]),
            renamed=changed["is_renamed"],
            merged=changed["is_merged"],
            moved=pc.not_equal(changed["split_old"], changed["split_new"]),
            reassigned=pc.not_equal(changed["doc_old"], changed["doc_new"]),
        ),
        _kinds(_one_side(changes.added, "_new"), added=pa.repeat(pa.scalar(value=True), len(changes.added))),
        _kinds(_one_side(changes.removed, "_old"), removed=pa.repeat(pa.scalar(value=True), len(changes.removed))),
    ]
    return pa.concat_tables(tables, promote_options="default")


def _edited(compared: Compared) -> list[list[str]]:
    """Return for each changed sentence the layers in which it has other values."""
    changed = compared.changes.changed
    layers = shared_layers(compared.old.config, compared.new.config)
    found: list[list[str]] = [[] for _ in range(len(changed))]
    for name, rows in edited_layers(layers, changed).items():
        for row in np.flatnonzero(rows).tolist():
            found[row].append(name)
    return found


def _kinds(rows: pa.Table, **kinds: pa.Array) -> pa.Table:
    no = pa.repeat(pa.scalar(value=False), len(rows))
    for kind in KINDS:
        rows = rows.append_column(kind, kinds.get(kind, no))
    return rows


def _one_side(rows: pa.Table, end: str) -> pa.Table:
    """Name the columns of rows that one side has like those of rows that both have."""
    named = rows.rename_columns([name if name == "id" else name + end for name in rows.column_names])
    return named.append_column("split", rows["split"]).append_column("path", rows["path"])


def _first(rows: pa.Table, most: int) -> pa.Table:
    """Return the first rows of each kind by id."""
    rows = rows.sort_by("id")
    chosen = [np.flatnonzero(rows[kind].to_numpy())[:most] for kind in KINDS]
    return rows.take(pa.array(np.unique(np.concatenate(chosen))))


def _in_shard(rows: pa.Table, side: Side, path: str, names: tuple[str, ...]) -> Iterator[ChangedSentence]:
    rows = rows.sort_by("id")
    known = read(side.shard(path), ["id", "tokens"])
    places = pc.index_in(rows["id"], value_set=known["id"])
    for start in range(0, len(rows), _BATCH):
        tokens = known["tokens"].take(places.slice(start, _BATCH)).to_pylist()
        for row, words in zip(rows.slice(start, _BATCH).to_pylist(), tokens, strict=True):
            yield ChangedSentence(
                id=row["id"],
                changes=tuple(kind for kind in KINDS if row[kind]),
                tokens=tuple(words),
                before=_version(row, "_old", names),
                after=_version(row, "_new", names),
                layers=tuple(filter(None, (row["edited_layers"] or "").split(", "))),
            )


def _version(row: Row, end: str, names: tuple[str, ...]) -> SentenceState | None:
    if row.get(f"split{end}") is None:
        return None
    labels = np.frombuffer(row[f"tags{end}"], dtype=LABEL)
    return SentenceState(
        split=row[f"split{end}"], doc_id=row[f"doc{end}"], tags=tuple(names[label] for label in labels)
    )
