"""What did a release have before it was corrected? The corrections that were applied are in it, and are taken back."""

from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path

from tagpress.corpus.corrections import Corrections, read_corrections, undone
from tagpress.corpus.edited_spans import Edit, edited_labels, edited_nested
from tagpress.corpus.layers.layer import MAIN
from tagpress.corpus.layers.nested_spans import NestedSpans
from tagpress.corpus.layers.numbers import number_lists
from tagpress.corpus.records import ReleasedConfig
from tagpress.errors import BuildError, UsageError
from tagpress.export.rows import Rows


def uncorrected(build: Path, config: ReleasedConfig, without: Collection[str]) -> Callable[[Rows], Rows]:
    """
    Return what takes the corrections of a release back, row by row; layers of `without` are of no interest.

    Raises:
        UsageError: a layer is made of one that was corrected.
        BuildError: the file of corrections is not there, or not what a release has.

    """
    if config.corrections is None:
        return lambda rows: rows
    path = build / config.corrections.path
    try:
        items, faults = read_corrections(path.read_bytes())
    except OSError as error:
        raise BuildError(f"{path} cannot be read: {error.strerror or error}") from error
    if faults:
        raise BuildError(f"{path}:{faults[0].line}: found {faults[0].found}")
    _refuse_made(config, {one.layer for one in items}, without)
    corrections = Corrections(path.name, items)
    return lambda rows: _taken_back(rows, corrections)


def _refuse_made(config: ReleasedConfig, corrected: set[str], without: Collection[str]) -> None:
    for name, layer in (config.layers or {}).items():
        made_of = (layer.rule or "").rpartition(" of ")[2]
        if made_of in corrected and name not in without:
            message = f"the layer {name} is made of {made_of}, which was corrected"
            raise UsageError(message, f"leave it out with --without {name}, or build without the file of corrections")


def _taken_back(rows: Rows, corrections: Corrections) -> Rows:
    chains = {
        row: found for row, name in enumerate(rows.ids) if (found := corrections.by_key.get(name.partition("-")[0]))
    }
    if not chains:
        return rows

    def edit(layer: str) -> tuple[list[int], Edit]:
        return [row for row, own in chains.items() if layer in own], lambda row, spans: undone(
            chains[row][layer], spans
        )

    labels = edited_labels(rows.label_ids, rows.offsets, rows.labels.entity_types, *edit(MAIN))
    layers = dict(rows.layers)
    for name, column in rows.layers.items():
        kind = rows.kinds[name]
        if isinstance(kind, NestedSpans):
            layers[name] = edited_nested(column, kind.names, *edit(name))
        elif edit(name)[0]:
            values = edited_labels(column.values.to_numpy(), rows.offsets, tuple(kind.meanings), *edit(name))
            layers[name] = number_lists(values, rows.offsets)
    return replace(rows, label_ids=labels, layers=layers)
