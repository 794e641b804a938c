"""
The first move of a build: every piece of every source is read and checked, on its own and in any order.

What a piece leaves behind is an Arrow file with its publishable sentences and the keys that settle them against all
others, so that nothing of a corpus has to stay in memory.
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tagpress import tags
from tagpress.arrays import list_bounds
from tagpress.check import Checked, Expectations, inspect
from tagpress.declaration import Declaration
from tagpress.identity import KEY_BYTES, sentence_keys
from tagpress.problems import Problem
from tagpress.read.pieces import Piece, parse_piece
from tagpress.schema import Labels

# A spilled piece. `position` is the sentence's number in its piece, rejected ones counted; `line` counts from
# the piece's first line. Label ids are spilled as int16 (no tag set has more) and become int64 when they are pressed.
SPILL_SCHEMA: Final = pa.schema(
    [
        ("key", pa.binary(KEY_BYTES)),
        ("document", pa.int32()),
        ("position", pa.int64()),
        ("line", pa.int64()),
        ("tokens", pa.list_(pa.string())),
        ("ner_tags", pa.list_(pa.int16())),
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyTask:
    """One piece to read, the split it was given, if any, and where to leave what is publishable."""

    piece: Piece
    split: str | None
    declaration: Declaration
    spill: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Surveyed:
    """
    What one piece held: `sentences` and `tokens` read, `label_counts` of all that was read, and what was wrong.

    `documents` names the documents in it, "" for the source itself; `rejected` describes each sentence that cannot be
    published; lines count from the piece's start and there are `lines` of them.
    """

    task: SurveyTask
    sentences: int
    tokens: int
    lines: int
    label_counts: tuple[int, ...]
    documents: tuple[str, ...]
    problems: tuple[Problem, ...]
    rejected: tuple[dict[str, Any], ...]


def survey(task: SurveyTask) -> Surveyed:
    """Read and check one piece and spill its publishable sentences."""
    declaration = task.declaration
    parsed = parse_piece(task.piece, declaration.dialect)
    checked = inspect(parsed, _expectations(declaration), path=task.piece.source.name, start=task.piece.start)
    _spill(checked, task.spill)
    return Surveyed(
        task=task,
        sentences=len(parsed),
        tokens=len(parsed.tags),
        lines=parsed.lines,
        label_counts=_count_labels(checked, declaration.labels),
        documents=parsed.documents,
        problems=checked.problems,
        rejected=tuple(_rejected(checked, task.piece.source.name)),
    )


def _expectations(declaration: Declaration) -> Expectations:
    return Expectations(
        labels=declaration.labels,
        scheme=tags.scheme_named(declaration.dialect.scheme),
        joiner=declaration.dialect.joiner,
        policies=declaration.policies,
        max_tokens=declaration.max_tokens,
    )


def _count_labels(checked: Checked, labels: Labels) -> tuple[int, ...]:
    """Count the labels of all sentences read; a tag that is not known has none."""
    counted = checked.label_ids[checked.known]
    return tuple(np.bincount(counted, minlength=len(labels.names)).tolist())


def _spill(checked: Checked, path: Path) -> None:
    parsed = checked.parsed
    kept = np.flatnonzero(checked.keep)
    everything = len(kept) == len(parsed)
    tokens = parsed.tokens if everything else parsed.tokens.take(pa.array(kept))
    inside = slice(None) if everything else np.repeat(checked.keep, np.diff(list_bounds(parsed.tokens)))
    label_ids = pa.ListArray.from_arrays(tokens.offsets, pa.array(checked.label_ids[inside].astype(np.int16)))
    lines = _line_numbers(parsed.data, parsed.sentence_at[kept])
    columns = [
        pa.FixedSizeBinaryArray.from_buffers(
            pa.binary(KEY_BYTES), len(tokens), [None, pa.py_buffer(sentence_keys(tokens))]
        ),
        pa.array(parsed.document[kept], pa.int32()),
        pa.array(kept, pa.int64()),
        pa.array(lines, pa.int64()),
        tokens,
        label_ids,
    ]
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, SPILL_SCHEMA) as writer:
        writer.write_batch(pa.record_batch(columns, schema=SPILL_SCHEMA))


def _line_numbers(data: bytes, at: npt.NDArray[np.integer[Any]]) -> npt.NDArray[np.int64]:
    ends = np.flatnonzero(np.frombuffer(data, dtype=np.uint8) == ord("\n"))
    return np.searchsorted(ends, at) + 1


def _rejected(checked: Checked, path: str) -> list[dict[str, Any]]:
    """Describe each sentence that stays behind: its place, its reasons, its tokens and tags, and its lines as read."""
    parsed, offsets = checked.parsed, list_bounds(checked.parsed.tokens)
    sentences = np.array(sorted(checked.reasons), dtype=np.int64)
    lines = _line_numbers(parsed.data, parsed.sentence_at[sentences]).tolist()
    return [
        {
            "path": path,
            "line": line,
            "reasons": list(dict.fromkeys(checked.reasons[sentence])),
            "tokens": parsed.tokens[sentence].as_py(),
            "tags": [parsed.tag_names[tag] for tag in parsed.tags[offsets[sentence] : offsets[sentence + 1]]],
            "text": parsed.sentence_text(sentence),
        }
        for sentence, line in zip(sentences.tolist(), lines, strict=True)
    ]


def total_reasons(rejected: list[dict[str, Any]]) -> dict[str, int]:
    """Count rejected sentences by reason; a sentence with two reasons counts for both."""
    return dict(sorted(Counter(reason for entry in rejected for reason in entry["reasons"]).items()))
