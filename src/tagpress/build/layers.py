"""The tags of a piece, and its layers: which values they are, and what is wrong with them at which place."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import numpy as np
import pyarrow as pa

from tagpress.build.corrected import Met, PieceCorrections
from tagpress.build.expectations import Expectations
from tagpress.build.finding import Finding
from tagpress.columnar.arrays import list_bounds
from tagpress.columnar.bounds import rows_at
from tagpress.columnar.types import Integers, Ints
from tagpress.corpus.layers.layer import MAIN, Given, SpanRows, Tags, Trouble
from tagpress.corpus.layers.spelled import Spelled, Spelling, read_tags
from tagpress.read.parsed import Parsed

_HINTS: Final = {"unknown-tag": "mend the text, or add it to the names of its layer in LAYERS"}


@dataclass(frozen=True, slots=True)
class PieceLayers:
    """
    The layers of a piece.

    `columns` are those of all but the main tags, which are `main`; `unknown` counts the texts of each that are none of its
    names; `findings` are what is wrong with all of them, and `met` the corrections that met their sentences.
    """

    columns: Mapping[str, pa.ListArray]
    main: Spelled
    unknown: Mapping[str, int]
    findings: Sequence[Finding]
    met: Sequence[Met]


def read_layers(parsed: Parsed, expected: Expectations, spans: SpanRows | None = None) -> PieceLayers:
    """Return the layers of a piece; `spans` are those of the source, if it has any."""
    bounds = list_bounds(parsed.tokens)
    columns: dict[str, pa.ListArray] = {}
    given = Given(
        bounds=bounds,
        tags=partial(_tags, parsed),
        texts=parsed.extra.__getitem__,
        scheme=expected.scheme.name,
        joiner=expected.joiner,
        layers=columns,
        spans=spans,
    )
    troubles: list[Trouble] = []
    unknown: dict[str, int] = {}
    corrections = PieceCorrections.among(expected.corrections, parsed.tokens)
    is_made, is_read = MAIN in expected.layers, expected.flat
    for name, layer in expected.layers.items():
        read = layer.read(name, replace(given, types=expected.types.get(name, {})))
        unknown[name] = sum(len(one.tokens) for one in read.troubles if one.code == "unknown-tag")
        columns[name] = corrections.column(name, layer, read.column, bounds)
        # Of the tags that are published as they are read, what is wrong is said once.
        troubles += [one for one in read.troubles if not is_read or one.column != MAIN]
    if is_read:
        main = _main(parsed, bounds, expected)
        labels = corrections.labels(MAIN, main.label_ids, bounds, expected.labels.entity_types)
        main = replace(main, label_ids=labels)
    else:
        main = _made(columns.pop(MAIN).values.to_numpy() if is_made else np.zeros(len(parsed.tags), dtype=np.int16))
    findings = [*_findings(parsed, bounds, [*main.troubles, *troubles])]
    return PieceLayers(columns, main, unknown, findings, corrections.met)


def _main(parsed: Parsed, bounds: Ints, expected: Expectations) -> Spelled:
    """Return what the tags of a piece mean."""
    types = expected.types.get(MAIN, {})
    spelling = Spelling(labels=expected.labels, scheme=expected.scheme, joiner=expected.joiner, types=types)
    return read_tags(MAIN, Tags(parsed.tags, parsed.tag_names), bounds, spelling)


def _made(label_ids: Ints) -> Spelled:
    """Return labels that were made of a layer, or of nothing; what is wrong was said of that."""
    return Spelled(label_ids.astype(np.int16), np.zeros(0, dtype=np.int64), ())


def _tags(parsed: Parsed, column: str) -> Tags:
    """Return a column as codes and their texts."""
    if column == MAIN:
        return Tags(parsed.tags, parsed.tag_names)
    encoded = parsed.extra[column].values.dictionary_encode()
    return Tags(encoded.indices.to_numpy(), tuple(encoded.dictionary.to_pylist()))


def _findings(parsed: Parsed, bounds: Ints, troubles: Iterable[Trouble]) -> Iterator[Finding]:
    for one in troubles:
        hint = _HINTS.get(one.code, "") if one.column != MAIN else ""
        places = _places(parsed, one.column)[one.tokens]
        yield Finding(one.code, rows_at(bounds, one.tokens), places, one.describe, hint)


def _places(parsed: Parsed, column: str) -> Integers:
    return parsed.extra_at.get(column, parsed.tag_at)
