"""
The first move of a build: every piece of every source is read and checked, on its own and in any order.

What is publishable is spilled with its keys (see `spill`), the rest is described; only counts come back.
"""

import hashlib
from binascii import hexlify
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tagpress.build import spill
from tagpress.build.check import Checked, inspect
from tagpress.build.corrected import Met
from tagpress.build.declaration import Declaration
from tagpress.build.expectations import Expectations
from tagpress.build.found_personal import PERSONAL
from tagpress.build.in_splits import InSplits, in_splits
from tagpress.build.marked import Unmarked, unmarked_in
from tagpress.build.rejections import Rejections
from tagpress.build.spill import Spill
from tagpress.columnar.arrays import list_bounds, one_each, packed_each
from tagpress.columnar.bounds import bounds_of
from tagpress.columnar.gather import Tagged, gather, gather_rows
from tagpress.columnar.loops import count_labels, lines_before
from tagpress.columnar.mixing import half_mixed
from tagpress.columnar.types import Ints, Keys
from tagpress.corpus import tags
from tagpress.corpus.field_splits import FieldSplits
from tagpress.corpus.forgotten import FORGOTTEN
from tagpress.corpus.identity import document_keys, group_hashes, label_keys, near_keys, sentence_keys
from tagpress.corpus.layers.layer import Layer
from tagpress.corpus.layers.numbers import spilled
from tagpress.corpus.layers.table import in_order
from tagpress.corpus.problem_table import ProblemTable
from tagpress.corpus.schema import OFFSETS, OUTSIDE, SOURCE_ID, TEXT, is_nested
from tagpress.corpus.splits import CELLS, SplitRule, cell_of
from tagpress.read.account import LineAccount
from tagpress.read.parsed import Parsed
from tagpress.read.pieces import Piece, parse_piece, stored_piece


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyTask:
    """One piece to read, the split it was given, if any, and where to leave what is publishable."""

    piece: Piece
    split: str | None
    declaration: Declaration
    spill: Spill

    @property
    def doc_id(self) -> str:
        """Return the id of the source as a document."""
        return self.piece.source.doc_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Surveyed:
    """
    What one piece held: `sentences` and `tokens` read, `label_counts` and `layer_counts` of all that was read, and what was wrong.

    `cell_ends` bounds the spilled rows of every cell of every split; `split_labels` counts their labels, of shape
    [split, label]; `doc_ids` are the documents of the piece; `rejected` describes what is not spilled. Lines count
    from the piece's start and there are `lines` of them; `account` says what each of them is, `unread` which of their columns
    nothing is read from, `aside` what else the source has that is not published, counted. Each problem of a spilled sentence has the sentence's key for
    an id and its row in the spill for a row, one of none has -1. `sha256` is that of the source as it is stored, in hex, where
    the piece is all of it: nobody has to fetch it once more. `in_splits` says of what is spilled, where splits are given, which
    split has how much of each document; `unmarked` are the stretches of sentences without an entity.
    """

    task: SurveyTask
    sha256: str | None
    sentences: int
    tokens: int
    lines: int
    account: LineAccount
    unread: tuple[str, ...]
    aside: Mapping[str, int]
    label_counts: Ints
    layer_counts: Mapping[str, Mapping[str, int]]
    cell_ends: Ints
    split_labels: Ints
    doc_ids: tuple[str, ...]
    in_splits: InSplits
    unmarked: Unmarked
    problems: ProblemTable
    rejected: Rejections
    corrected: tuple[Met, ...] = ()
    has_ids: bool = False
    """Whether any sentence has an id in the source."""


def survey(task: SurveyTask) -> Surveyed:
    """Read and check one piece and spill its publishable sentences."""
    declaration = task.declaration
    stored = stored_piece(task.piece)
    parsed = parse_piece(task.piece, declaration.dialect, stored)
    checked = inspect(parsed, expectations(declaration), path=task.piece.source.name, start=task.piece.start)
    doc_ids = tuple(f"{task.doc_id}#{name}" if name else task.doc_id for name in parsed.documents)
    lines = 1 + lines_before(np.frombuffer(parsed.data, dtype=np.uint8), parsed.sentence_at)
    keys = sentence_keys(parsed.tokens)
    order, cells, split_labels = _spill(checked, keys, lines, doc_ids, task)
    rows = np.full(len(parsed) + 1, -1)  # the last is that of sentence -1, which is none
    rows[order] = np.arange(len(order))
    return Surveyed(
        task=task,
        sha256=hashlib.sha256(stored).hexdigest() if task.piece.whole else None,
        sentences=len(parsed),
        tokens=len(parsed.tags),
        lines=parsed.lines,
        account=parsed.account,
        unread=parsed.unread,
        aside=parsed.aside,
        label_counts=_known_labels(checked, len(declaration.labels.names)),
        layer_counts=_known_names(checked, declaration.layer_columns),
        cell_ends=np.searchsorted(cells, np.arange(1, len(declaration.splits.names) * CELLS + 1)),
        split_labels=split_labels,
        doc_ids=doc_ids,
        in_splits=in_splits(cells, parsed.document[order], lines[order], declaration.splits),
        unmarked=unmarked_in(checked, lines, declaration),
        problems=_problems(checked, keys, lines, rows),
        rejected=Rejections.of(_rejected(checked, lines, task.piece.source.name, doc_ids)),
        has_ids=parsed.sentence_ids is not None and bool(pc.sum(pc.binary_length(parsed.sentence_ids)).as_py()),
        corrected=tuple(replace(met, sentence=int(lines[met.sentence])) for met in checked.met),
    )


def expectations(declaration: Declaration) -> Expectations:
    """Return what a declaration says of each sentence."""
    return Expectations(
        labels=declaration.labels,
        scheme=tags.scheme_named(declaration.dialect.scheme),
        joiner=declaration.dialect.joiner,
        policies=declaration.policies,
        max_tokens=declaration.max_tokens,
        types=declaration.spelled_types,
        layers=in_order(declaration.layers),
        corrections=declaration.corrections,
        forgotten=declaration.forgotten,
        personal=declaration.personal or PERSONAL in declaration.policies.chosen,
        splits=declaration.splits.values if isinstance(declaration.splits, FieldSplits) else {},
        line=getattr(declaration.dialect, "line", ""),
        no_quotes=bool(getattr(declaration.dialect, "delimiter", None))
        and not getattr(declaration.dialect, "quote", None),
    )


def _problems(checked: Checked, keys: Keys, lines: Ints, rows: Ints) -> ProblemTable:
    """Return the problems with the line of their sentence, and with its key and its row where it is spilled."""
    sentence = checked.problems.numbers("row")
    row = rows[sentence]
    of_none = np.append(lines, 0)  # the line of sentence -1
    spilled = keys[sentence[row >= 0]]
    sizes = np.where(row >= 0, 2 * keys.dtype.itemsize * keys.shape[1], 0)
    ids = pa.LargeBinaryArray.from_buffers(
        pa.large_binary(), len(row), [None, pa.py_buffer(bounds_of(sizes)), pa.py_buffer(hexlify(spilled.tobytes()))]
    )
    return checked.problems.of_sentences(of_none[sentence], ids, row)


def _spill(
    checked: Checked, keys: Keys, lines: Ints, doc_ids: tuple[str, ...], task: SurveyTask
) -> tuple[Ints, Ints, Ints]:
    """
    Write the publishable sentences and their keys.

    Return the sentence of each row of the spill, its cell, and the label counts by split.
    """
    parsed, rule = checked.parsed, task.declaration.splits
    kept = np.flatnonzero(checked.keep)  # [row]: a sentence, in the order of the source
    read = Tagged(parsed.tokens, checked.label_ids)
    grouped = document_keys(doc_ids)[parsed.document] if rule.group == "document" else keys
    groups = group_hashes(grouped, rule.salt)  # [sentence], as `keys` and `lines`
    numbers = _numbers(parsed, rule)  # [sentence]: its split, where the source says it
    # [row of the spill]: a sentence; along the line of its split, which is the order of the cells
    order = kept[
        np.argsort(groups[kept], kind="stable") if numbers is None else np.lexsort([groups[kept], numbers[kept]])
    ]
    tagged = gather([read], np.zeros(len(order), dtype=np.int64), order)
    cells = cell_of(groups[order], rule, task.split if numbers is None else numbers[order])
    columns = [
        pa.array(groups[order]),
        pa.array(parsed.document[order], pa.int32()),
        pa.array(order),
        pa.array(lines[order]),
        spill.key_column(keys[order]),
        tagged.tokens,
        pa.ListArray.from_arrays(tagged.tokens.offsets, pa.array(tagged.label_ids)),
    ]
    extra = {name: gather_rows(_extra(checked, name), order) for name in task.declaration.extra}
    task.spill.write_sentences([*columns, *extra.values()])
    near = near_keys(tagged.tokens)
    by_near = np.argsort(near, kind="stable")  # [row of the keys]: a row of the spill
    hashes = label_keys(tagged.label_ids, tagged.bounds)
    for name in task.declaration.layer_columns:
        hashes = half_mixed(hashes ^ sentence_keys(extra[name]).view(np.uint64)[:, 0])
    hashes = hashes[by_near]
    columns = [pa.array(near[by_near]), spill.key_column(keys[order][by_near]), pa.array(hashes), pa.array(by_near)]
    task.spill.write_keys(columns)
    shape = (len(rule.names), len(task.declaration.labels.names))
    return order, cells, count_labels(tagged.label_ids, tagged.bounds, cells // CELLS, shape)


def _numbers(parsed: Parsed, rule: SplitRule) -> Ints | None:
    """Return the number of the split that the source says of each sentence, -1 where it says none; None where it says nothing."""
    if not isinstance(rule, FieldSplits):
        return None
    assert parsed.split is not None
    return rule.numbers((*parsed.split.values, ""))[parsed.split.code]


def _extra(checked: Checked, name: str) -> pa.ListArray:
    """Return an extra column of a piece as a spill has it; what is not a list of texts is a list of one."""
    parsed = checked.parsed
    if name in checked.layers:
        return spilled(checked.layers[name])
    if name == SOURCE_ID:
        return one_each(parsed.sentence_ids)
    if name not in {TEXT, OFFSETS}:
        return parsed.extra[name]
    assert parsed.texts is not None
    if name == TEXT:
        return one_each(pa.array(parsed.texts.each(), pa.string()))
    bounds = list_bounds(parsed.tokens)
    return one_each(packed_each(parsed.texts.starts(bounds), bounds))


def _known_labels(checked: Checked, labels: int) -> Ints:
    """Count the labels of all that was read; an unknown tag counts for none."""
    tokens, everything = checked.parsed.tokens, np.zeros(len(checked.parsed), dtype=np.int64)
    counts: Ints = count_labels(checked.label_ids, list_bounds(tokens), everything, (1, labels))[0]
    counts[OUTSIDE] -= checked.unknown
    return counts


def _known_names(checked: Checked, layers: Mapping[str, Layer]) -> dict[str, dict[str, int]]:
    """Count the names of each layer that has any, in all that was read; an unknown one counts for none."""
    counts = {name: layer.count(layer.published(checked.layers[name])) for name, layer in layers.items() if layer.names}
    for name, layer in layers.items():
        if name in counts and not is_nested(layer.arrow):  # where an unknown text stands, there is the first name
            counts[name][layer.names[0]] -= checked.unknown_in[name]
    return counts


def _rejected(checked: Checked, lines: Ints, path: str, doc_ids: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Describe each sentence that stays behind: its place, its reasons, and its text, if that is not to be forgotten."""
    parsed, offsets = checked.parsed, list_bounds(checked.parsed.tokens)
    sentences = np.array(sorted(checked.reasons), dtype=np.int64)
    for sentence, line in zip(sentences.tolist(), lines[sentences].tolist(), strict=True):
        yield {
            "path": path,
            "line": line,
            "doc_id": doc_ids[parsed.document[sentence]],
            "reasons": list(dict.fromkeys(checked.reasons[sentence])),
            **_told(parsed, sentence, offsets, checked.reasons[sentence]),
        }


def _told(parsed: Parsed, sentence: int, offsets: Ints, reasons: tuple[str, ...]) -> dict[str, Any]:
    """Return the tokens and tags of a sentence, and its lines as read."""
    if FORGOTTEN in reasons:
        return {"tokens": [], "tags": [], "text": ""}
    tags = parsed.tags[offsets[sentence] : offsets[sentence + 1]]
    return {
        "tokens": parsed.tokens[sentence].as_py(),
        "tags": [parsed.tag_names[tag] for tag in tags],
        "text": parsed.sentence_text(sentence),
    }
