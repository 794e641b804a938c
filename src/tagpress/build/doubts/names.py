"""Which names are tagged in a corpus, how often with which type in which split, and what stands at their edges?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tagpress.build.doubts.counted import Counted, added, counted, different, together
from tagpress.build.doubts.layers import LayerTask, read_layer
from tagpress.build.doubts.sentences import PieceSentences
from tagpress.build.doubts.spans import PieceSpans
from tagpress.columnar.edge_loops import edge_words
from tagpress.columnar.name_loops import LONGEST, span_keys
from tagpress.columnar.types import Hashes, Ints

_SPLITS: Final = 1 << 16  # more than there are


@dataclass(frozen=True, slots=True)
class Names:
    """
    The names of some sentences.

    `names` counts rows of a name's key and the code of its type and split, `edges` rows of the hash of a word and the code of an
    edge and `INSIDE` or `OUTSIDE`. `beginnings` are the keys of all that names begin with and that is shorter. All are different.
    """

    names: Counted
    edges: Counted
    beginnings: Hashes


def use_code(kinds: Ints, splits: Ints) -> Ints:
    """Return the codes of types in splits."""
    return kinds * _SPLITS + splits


def type_and_split(codes: Ints) -> tuple[Ints, Ints]:
    """Return what the codes say."""
    return codes // _SPLITS, codes % _SPLITS


def edge_and_side(codes: Ints) -> tuple[Ints, Ints]:
    """Return what the codes say."""
    return codes // 2, codes % 2


def names_of(task: LayerTask) -> Names:
    """Count the names of a piece, and the words at their edges."""
    return names_in_sentences(*read_layer(task))


def names_in_sentences(sentences: PieceSentences, spans: PieceSpans) -> Names:
    """Count the names of sentences, given their spans."""
    hashes = sentences.hashes(spans.edges)
    short = spans.ends - spans.begins <= LONGEST
    begins, ends = spans.begins[short], spans.ends[short]
    keys, beginnings = span_keys(hashes, begins, ends)
    codes = use_code(spans.types[short], sentences.splits[spans.sentences[short]])
    words, edges = edge_words(hashes, (spans.begins, spans.ends, spans.sentences), sentences.bounds)
    return Names(
        names=counted(keys, codes),
        edges=counted(words, edges),
        beginnings=different(beginnings),
    )


def added_names(some: Sequence[Names]) -> Names:
    """Add up the names of several pieces."""
    return Names(
        names=added([one.names for one in some]),
        edges=added([one.edges for one in some]),
        beginnings=together([one.beginnings for one in some]),
    )
