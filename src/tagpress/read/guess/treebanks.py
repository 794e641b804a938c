"""Is a file a treebank: lines with the columns of CoNLL-U, parts of speech, and no entities?"""

from collections import Counter
from typing import Final

from tagpress.read.conllu import CONLLU_COLUMNS
from tagpress.read.guess.samples import Sample, encoding_of
from tagpress.read.guess.spelled_tags import TAG
from tagpress.read.guess.word_classes import are_word_classes

_LINES: Final = 1000  # that are looked at


def is_treebank(sample: Sample) -> bool:
    """Return whether lines have the columns of CoNLL-U, with parts of speech, and no column has tags of entities."""
    split = [line.split("\t") for line in sample.texts(encoding_of([sample])[0])[:_LINES]]
    rows = [row for row in split if len(row) == len(CONLLU_COLUMNS) and row[0].isdecimal()]
    tagged = any((match := TAG.fullmatch(cell)) and match["type"] for row in rows for cell in row[2:])
    return bool(rows) and not tagged and are_word_classes(Counter(row[CONLLU_COLUMNS.index("UPOS")] for row in rows))
