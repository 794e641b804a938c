"""
Which sentences of several annotators are the same?

Of configurations, those with the same tokens: each publishes a sentence once, or of copies the first counts. Of files that are
read for nothing else, every copy counts: it is the same as the copy with the same number among those of its document, where
annotators have documents of the same name, and else among those of all. Of layers, those of the same row.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Final

import numpy as np

from tagpress.build import spill
from tagpress.build.agreement.annotator import Annotator, Unit
from tagpress.build.declaration import Declaration
from tagpress.build.read_all import Reading, Surveys
from tagpress.build.repeated import SpilledPiece
from tagpress.build.spill import keys_of
from tagpress.build.spilled_rows import SpilledRows, published
from tagpress.corpus.layers.flat_spans import FlatSpans
from tagpress.corpus.layers.layer import MAIN, Layer

BY_TEXT: Final = "text"
BY_DOCUMENT: Final = "document and text"
BY_ROW: Final = "row"


def layers_of(declaration: Declaration) -> dict[str, Layer]:
    """Return all layers of a corpus, the main tags first."""
    main: dict[str, Layer] = {MAIN: FlatSpans(declaration.entity_types)} if declaration.entity_types else {}
    return main | declaration.layer_columns


def of_configuration(name: str, reading: Reading) -> Annotator:
    """Return a configuration as an annotator of what it publishes, of copies the first."""
    units: dict[Unit, int] = {key: row for row, key, copy in published(reading.rows()) if copy == 1}
    return Annotator(name=name, units=units, rows=SpilledRows(reading.pieces), layers=layers_of(reading.declaration))


def of_layers(names: Sequence[str], reading: Reading) -> list[Annotator]:
    """Return layers of one configuration as the annotators of what it publishes, of which each has the layer under the name of all."""
    units: dict[Unit, int] = {row: row for row, _, _ in published(reading.rows())}
    layers, called = layers_of(reading.declaration), together(names)
    return [
        Annotator(
            name=name,
            units=units,
            rows=SpilledRows(reading.pieces),
            layers={called: layers[name]},
            read_as={called: name},
        )
        for name in names
    ]


def together(names: Sequence[str]) -> str:
    """Return what layers are called that are annotators of each other."""
    return " / ".join(names)


def of_files(read: Mapping[str, Surveys]) -> tuple[str, list[Annotator]]:
    """Return annotators with files of their own, and by what their sentences are the same."""
    names = {name: _documents(one.pieces) for name, one in read.items()}
    known = [{*some.values()} for some in names.values()]
    by_document = any(one & other for one, other in combinations(known, 2))
    found = []
    for name, one in read.items():
        units = _units(one.pieces, names[name] if by_document else {})
        found.append(
            Annotator(
                name=name,
                units=units,
                rows=SpilledRows(one.pieces),
                layers=layers_of(one.declaration),
                left_out=sum(part.sentences for part in one.surveyed) - len(units),
            )
        )
    return BY_DOCUMENT if by_document else BY_TEXT, found


def _documents(pieces: Sequence[SpilledPiece]) -> dict[str, str]:
    """Return what each document is called beside those of another annotator; a file that is alone need not have the same name."""
    alone = len({path for piece in pieces for path in piece.files.paths}) == 1
    return {name: name.partition("#")[2] if alone else name for piece in pieces for name in piece.doc_ids}


def _units(pieces: Sequence[SpilledPiece], names: Mapping[str, str]) -> dict[Unit, int]:
    """Return the rows in the order of the sources by document, text, and the number of the copy."""
    units: dict[Unit, int] = {}
    seen: Counter[tuple[str, bytes]] = Counter()
    first = 0
    for piece in pieces:
        batch = piece.spill.map_sentences()
        keys, document = keys_of(batch), batch["document"].to_numpy()
        for row in np.argsort(spill.numbers(batch, "position"), kind="stable").tolist():
            same = (names.get(piece.doc_ids[document[row]], ""), keys[row].tobytes())
            seen[same] += 1
            units[*same, seen[same]] = first + row
        first += len(batch)
    return units
