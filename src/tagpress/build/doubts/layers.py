"""Which layers of a corpus are looked at, and how is one of them read from a piece?"""

from dataclasses import dataclass

from tagpress.build.doubts.sentences import PieceSentences, sentences_of
from tagpress.build.doubts.spans import PieceSpans, flat_spans
from tagpress.build.shard_plan import PieceRows
from tagpress.corpus.schema import TAGS
from tagpress.store import Store


@dataclass(frozen=True, slots=True)
class LayerTask:
    """A piece, and a store that every worker reaches."""

    rows: PieceRows
    store: Store


def read_layer(task: LayerTask) -> tuple[PieceSentences, PieceSpans]:
    """Return the sentences of a piece, and the spans of its layer."""
    batch = task.rows.piece.spill.map_sentences()
    sentences = sentences_of(task.rows, batch)
    return sentences, flat_spans(batch[TAGS], sentences)
