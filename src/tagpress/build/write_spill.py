"""Which sentences of a piece are publishable, in which order do they lie in its spill, and with which keys?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from tagpress.build import spill
from tagpress.build.declaration import Declaration
from tagpress.build.read_file import ReadFile
from tagpress.build.spill import Spill
from tagpress.columnar.bounds import bounds_of
from tagpress.columnar.gather import Tagged, gather, gather_rows
from tagpress.columnar.loops import count_labels
from tagpress.columnar.mixing import half_mixed
from tagpress.columnar.orders import order_of
from tagpress.columnar.types import Ints
from tagpress.corpus.field_splits import FieldSplits
from tagpress.corpus.identity import document_keys, group_hashes, label_keys, near_keys, sentence_keys
from tagpress.corpus.splits import CELLS, SplitRule, cell_of
from tagpress.read.parsed import Parsed


@dataclass(frozen=True, slots=True, kw_only=True)
class SpilledSentences:
    """
    What lies in a `spill`, as columns [row]: the sentence of the piece (`order`), its cell, document and line.

    `split_labels` counts the labels, of shape [split, label].
    """

    spill: Spill
    order: Ints
    cells: Ints
    documents: Ints
    lines: Ints
    split_labels: Ints


def write_spill(
    files: Sequence[ReadFile], declaration: Declaration, target: Spill, split: str | None
) -> SpilledSentences:
    """Write the publishable sentences of files, one after the other, and their keys."""
    rule = declaration.splits
    keep = np.concatenate([one.checked.keep for one in files])
    keys = np.concatenate([one.keys for one in files])
    first = bounds_of([len(one.doc_ids) for one in files]).tolist()
    documents = np.concatenate([one.parsed.document + start for one, start in zip(files, first[:-1], strict=True)])
    before = bounds_of([one.parsed.lines for one in files]).tolist()
    lines = np.concatenate([one.lines + start for one, start in zip(files, before[:-1], strict=True)])
    kept = np.flatnonzero(keep)  # [row]: a sentence, in the order of the sources
    read = [Tagged(one.parsed.tokens, one.checked.label_ids) for one in files]
    names = [name for one in files for name in one.doc_ids]
    grouped = document_keys(names)[documents] if rule.group == "document" else keys
    groups = group_hashes(grouped, rule.salt)  # [sentence], as `keys` and `lines`
    numbers = _numbers([one.parsed for one in files], rule)  # [sentence]: its split, where the source says it
    # [row of the spill]: a sentence; along the line of its split, which is the order of the cells
    order = kept[order_of(groups[kept]) if numbers is None else np.lexsort([groups[kept], numbers[kept]])]
    starts = bounds_of([len(one.parsed) for one in files])
    file = np.searchsorted(starts, order, side="right") - 1 if len(files) > 1 else np.zeros(len(order), dtype=np.int64)
    tagged = gather(read, file, order - starts[file])
    cells = cell_of(groups[order], rule, split if numbers is None else numbers[order])
    columns = [
        pa.array(groups[order]),
        pa.array(documents[order], pa.int32()),
        pa.array(order),
        pa.array(lines[order]),
        spill.key_column(keys[order]),
        tagged.tokens,
        pa.ListArray.from_arrays(tagged.tokens.offsets, pa.array(tagged.label_ids)),
    ]
    extra = {name: gather_rows(_together([one.column(name) for one in files]), order) for name in declaration.extra}
    written = target.write_sentences([*columns, *extra.values()])
    near = near_keys(tagged.tokens)
    by_near = order_of(near)  # [row of the keys]: a row of the spill
    hashes = label_keys(tagged.label_ids, tagged.bounds)
    for name in declaration.layer_columns:
        hashes = half_mixed(hashes ^ sentence_keys(extra[name]).view(np.uint64)[:, 0])
    hashes = hashes[by_near]
    columns = [pa.array(near[by_near]), spill.key_column(keys[order][by_near]), pa.array(hashes), pa.array(by_near)]
    target.write_keys(columns)
    shape = (len(rule.names), len(declaration.labels.names))
    return SpilledSentences(
        spill=written,
        order=order,
        cells=cells,
        documents=documents[order],
        lines=lines[order],
        split_labels=count_labels(tagged.label_ids, tagged.bounds, cells // CELLS, shape),
    )


def _together(columns: Sequence[pa.ListArray]) -> pa.ListArray:
    """Return the rows of all files; those of one alone are not copied."""
    return columns[0] if len(columns) == 1 else pa.concat_arrays(columns)


def _numbers(parsed: Sequence[Parsed], rule: SplitRule) -> Ints | None:
    """Return the number of the split that the source says of each sentence, -1 where it says none; None where it says nothing."""
    if not isinstance(rule, FieldSplits):
        return None
    found = []
    for one in parsed:
        assert one.split is not None
        found.append(rule.numbers((*one.split.values, ""))[one.split.code])
    return np.concatenate(found)
