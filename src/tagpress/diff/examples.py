"""A few of the sentences that changed, in words: always the first ones by id, so that a run can be repeated."""

from collections.abc import Iterator
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from tagpress.diff.changes import EXAMPLES_OF_A_KIND, ChangeExample
from tagpress.diff.counts import relabelled
from tagpress.diff.rows import Changes, Side, labels_of, read

_LONGEST: Final = 160  # characters of a sentence
_MOST_TAGS: Final = 4  # changed tags of a sentence


def examples(names: tuple[str, ...], changes: Changes, old: Side, new: Side) -> tuple[ChangeExample, ...]:
    """Return some sentences of each kind of change."""
    changed = changes.changed
    moved = changed.filter(pc.not_equal(changed["split_old"], changed["split_new"]))
    return (
        *_plain("added", changes.added, new),
        *_plain("removed", changes.removed, old),
        *_relabelled(names, _first(relabelled(changed)), new),
        *_moved(_first(moved), new),
    )


def _plain(kind: str, found: pa.Table, side: Side) -> Iterator[ChangeExample]:
    rows = _first(found)
    texts = _tokens(side, rows["id"].to_pylist(), rows["path"].to_pylist())
    for row in rows.to_pylist():
        yield ChangeExample(kind=kind, split=row["split"], id=row["id"], text=_sentence(texts[row["id"]]))


def _moved(rows: pa.Table, side: Side) -> Iterator[ChangeExample]:
    texts = _tokens(side, rows["id"].to_pylist(), rows["path_new"].to_pylist())
    for row in rows.to_pylist():
        change = f"{row['split_old']} -> {row['split_new']}"
        yield ChangeExample(
            kind="moved", split=row["split_new"], id=row["id"], text=_sentence(texts[row["id"]]), change=change
        )


def _relabelled(names: tuple[str, ...], rows: pa.Table, side: Side) -> Iterator[ChangeExample]:
    texts = _tokens(side, rows["id"].to_pylist(), rows["path_new"].to_pylist())
    for number, row in enumerate(rows.to_pylist()):
        (before, _), (after, _) = (labels_of(rows[name].slice(number, 1)) for name in ("tags_as", "tags_new"))
        tokens = texts[row["id"]]
        changes = [
            f"{token}: {names[one]} -> {names[other]}"
            for token, one, other in zip(tokens, before, after, strict=True)
            if one != other
        ]
        shown = ", ".join(changes[:_MOST_TAGS]) + (", ..." if len(changes) > _MOST_TAGS else "")
        yield ChangeExample(
            kind="relabelled", split=row["split_new"], id=row["id"], text=_sentence(tokens), change=shown
        )


def _first(rows: pa.Table) -> pa.Table:
    return rows.sort_by("id").slice(0, EXAMPLES_OF_A_KIND)


def _tokens(side: Side, ids: list[str], paths: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path in sorted(set(paths)):
        table = read(side.shard(path), ["id", "tokens"])
        wanted = table.filter(pc.is_in(table["id"], pa.array(ids, pa.string())))
        found.update(zip(wanted["id"].to_pylist(), wanted["tokens"].to_pylist(), strict=True))
    return found


def _sentence(tokens: list[str]) -> str:
    text = " ".join(tokens)
    return text if len(text) <= _LONGEST else text[:_LONGEST].rstrip() + "..."
