"""
Reading a whole corpus: survey every piece, settle every sentence.

This is the part that `check`, `build` and the `datasets` builder share.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, TypeVar

import numpy as np

from tagpress.build.declaration import Declaration
from tagpress.build.moves import Moves
from tagpress.build.repeated import SpilledPiece
from tagpress.build.settle import Settled
from tagpress.build.shard_plan import PieceRows
from tagpress.build.survey import Surveyed
from tagpress.corpus.problem_table import ProblemTable
from tagpress.engine.progress import Progress, weighed
from tagpress.errors import SourceError
from tagpress.read.pieces import Piece, pieces
from tagpress.read.sources.apart import apart, without_companions
from tagpress.read.sources.source import Source, identity

Value = TypeVar("Value")
_TOGETHER: Final = 2 << 20  # bytes of small files that are one piece: a corpus of many gives every worker some


@dataclass(frozen=True, slots=True)
class Surveys:
    """A corpus whose pieces were read, and nothing else: `surveyed` and `pieces` are parallel."""

    declaration: Declaration
    surveyed: tuple[Surveyed, ...]
    pieces: tuple[SpilledPiece, ...]

    @property
    def sources(self) -> Counter[Source]:
        """Count the sentences of each source."""
        sources: Counter[Source] = Counter()
        for one in self.surveyed:
            for file in one.files:
                sources[file.piece.source] += file.sentences
        return sources

    @property
    def hashes(self) -> dict[Source, str]:
        """Return the SHA-256 of those sources that were read at once."""
        return {file.piece.source: file.sha256 for one in self.surveyed for file in one.files if file.sha256}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """
    A corpus that was read and settled; its texts stay in the spills.

    `surveyed` and `pieces` are parallel. `sources` counts the sentences of each source, whose size in bytes is `size`;
    `hashes` has the SHA-256 of those sources that were read at once. The declaration has no ids where the sources have none.
    """

    declaration: Declaration
    surveyed: tuple[Surveyed, ...]
    pieces: tuple[SpilledPiece, ...]
    settled: Settled
    sources: Mapping[Source, int]
    hashes: Mapping[Source, str]
    size: int

    def rows(self) -> tuple[PieceRows, ...]:
        """Return the rows of every piece that are published."""
        rejected, copies = by_piece(self.settled.rejected), by_piece(self.settled.copies)
        return tuple(
            PieceRows(
                piece=piece,
                rows=range(int(piece.cell_ends[-1])),
                rejected=np.array(sorted(rejected.get(number, ())), dtype=np.int64),
                copies=copies.get(number, {}),
            )
            for number, piece in enumerate(self.pieces)
        )


def by_piece(settled: Mapping[tuple[int, int], Value]) -> dict[int, dict[int, Value]]:
    """Return what settling found by piece, then by row of its spill."""
    found: dict[int, dict[int, Value]] = {}
    for (piece, row), value in settled.items():
        found.setdefault(piece, {})[row] = value
    return found


def read_corpus(declaration: Declaration, moves: Moves, *, progress: Progress) -> Reading:
    """
    Read a corpus; what the moves have spilled must stay until the last row has been gathered.

    Raises:
        SourceError: a source cannot be found or read.

    """
    read = read_pieces(declaration, moves, progress)
    surveyed, spilled = read.surveyed, read.pieces
    declaration = _without_ids(declaration, surveyed)
    sources = read.sources
    size = sum(source.unpacked or source.size for source in sources)
    settled = Settled()
    for found in moves.settle(spilled, declaration, partial(progress, "settle"), size=size):
        settled.add(found)
    return Reading(
        declaration=declaration,
        surveyed=surveyed,
        pieces=spilled,
        settled=settled,
        sources=sources,
        hashes=read.hashes,
        size=size,
    )


def read_pieces(declaration: Declaration, moves: Moves, progress: Progress) -> Surveys:
    """
    Read every piece of a corpus and settle nothing: copies stay.

    Raises:
        SourceError: a source cannot be found or read.

    """
    surveyed = _survey(declaration, moves, progress)
    return Surveys(declaration, surveyed, _spilled(surveyed))


def piece_problems(read: Surveys | Reading, without: Collection[str] = ()) -> Iterator[ProblemTable]:
    """Yield the problems of each piece, where they are in their file; not those of files that are left out."""
    for number, (one, piece) in enumerate(zip(read.surveyed, read.pieces, strict=True)):
        found = one.problems.below(piece.lines).of_piece(number)
        yield found.outside(without) if without else found


def sources_of(declaration: Declaration) -> list[tuple[Source, str | None]]:
    """
    Return every source with the split it was given, in canonical order.

    Raises:
        SourceError: a pattern finds nothing, or two splits claim the same file.

    """
    splits: dict[tuple[str, str], str | None] = {}
    given: dict[tuple[str, str], str | None] = {}
    found: list[Source] = []
    for globs in declaration.sources:
        for source in without_companions(globs.find(), declaration.dialect.beside):
            before = splits.setdefault(identity(source), globs.split)
            if before != globs.split:
                message = f"{source.name} is in the splits {before} and {globs.split}"
                raise SourceError(message, "name each file for one split")
            found.append(source)
            given[source.path, source.member] = globs.split
    if declaration.dialect.beside:
        from tagpress.read.orphans import require_texts  # noqa: PLC0415 - it loads all that reads texts with spans

        require_texts(declaration.dialect, found)
    return [(source, given[source.path, source.member]) for source in apart(found)]


def _survey(declaration: Declaration, moves: Moves, progress: Progress) -> tuple[Surveyed, ...]:
    parts = [
        (piece, split) for source, split in sources_of(declaration) for piece in pieces(source, declaration.dialect)
    ]
    found = [*_bundled(parts)]
    sizes = [sum(piece.size for piece in own) for own, _ in found]
    return moves.survey(found, declaration, weighed(progress, "survey", sizes), size=sum(sizes))


def _bundled(parts: Sequence[tuple[Piece, str | None]]) -> Iterator[tuple[tuple[Piece, ...], str | None]]:
    """
    Yield the pieces with their splits, small files that follow each other in one split together.

    It depends on the sources and their order alone, so that spills, and what comes first of what is equal, are always the same.
    """
    together: list[Piece] = []
    given, size = None, 0
    for piece, split in parts:
        alone = not piece.is_small
        if together and (alone or split != given or size + piece.size > _TOGETHER):
            yield tuple(together), given
            together, size = [], 0
        if alone:
            yield (piece,), split
            continue
        together.append(piece)
        given, size = split, size + piece.size
    if together:
        yield tuple(together), given


def _without_ids(declaration: Declaration, surveyed: Sequence[Surveyed]) -> Declaration:
    """Return a declaration that has no column of ids where the dialect reads those that there are, and there is none."""
    if not getattr(declaration.dialect, "ids", False) or any(one.has_ids for one in surveyed):
        return declaration
    return replace(declaration, dialect=replace(declaration.dialect, ids=False))  # type: ignore[type-var]  # dialects are dataclasses


def _spilled(surveyed: Sequence[Surveyed]) -> tuple[SpilledPiece, ...]:
    """Return the pieces in their order, each with what comes before it in its source."""
    ranks = {name: rank for rank, name in enumerate(sorted({name for one in surveyed for name in one.doc_ids}))}
    result: list[SpilledPiece] = []
    source, lines, positions = None, 0, 0
    for one in surveyed:
        if one.files[0].piece.source != source:
            source, lines, positions = one.files[0].piece.source, 0, 0
        piece = SpilledPiece(
            spill=one.task.spill,
            files=one.piece_files,
            lines=lines,
            positions=positions,
            doc_ids=one.doc_ids,
            doc_ranks=np.array([ranks[name] for name in one.doc_ids], dtype=np.int64),
            cell_ends=one.cell_ends,
        )
        result.append(piece)
        lines, positions = lines + one.lines, positions + one.sentences
    return tuple(result)
