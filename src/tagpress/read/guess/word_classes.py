"""Which column has parts of speech, where no column has tags of entities? One of the classes that treebanks use."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from tagpress.read.guess.types_alone import TypeColumn

CLASS: Final = re.compile(r"[^a-z\s]+")
"""What reads like a class of words: no small letter."""
_UNIVERSAL: Final = "ADJ ADP ADV AUX CCONJ DET INTJ NOUN NUM PART PRON PROPN PUNCT SCONJ SYM VERB X"
_PENN: Final = (
    "CC CD DT EX FW IN JJ JJR JJS LS MD NN NNS NNP NNPS PDT POS PRP PRP$ RB RBR RBS RP SYM TO UH VB VBD VBG VBN VBP VBZ"
    " WDT WP WP$ WRB . , : `` '' \" ( ) # $ -LRB- -RRB- HYPH NFP AFX ADD GW"
)
_STUTTGART: Final = (
    "ADJA ADJD ADV APPR APPRART APPO APZR ART CARD FM ITJ KOUI KOUS KON KOKOM NN NE PDS PDAT PIS PIAT PIDAT PPER PPOSS"
    " PPOSAT PRELS PRELAT PRF PWS PWAT PWAV PAV PROAV PTKZU PTKNEG PTKVZ PTKANT PTKA TRUNC VVFIN VVIMP VVINF VVIZU VVPP"
    " VAFIN VAIMP VAINF VAPP VMFIN VMINF VMPP XY $, $. $("
)
_KNOWN: Final = frozenset(f"{_UNIVERSAL} {_PENN} {_STUTTGART}".split())
_MOSTLY: Final = 0.9  # share of cells that are one of them
_KINDS: Final = 3  # different ones, at least


def are_word_classes(cells: Counter[str]) -> bool:
    """Return whether nearly all cells of a column are classes of one of the treebanks."""
    known = {text: count for text, count in cells.items() if text in _KNOWN}
    return len(known) >= _KINDS and sum(known.values()) >= _MOSTLY * cells.total()


def find_word_classes(rows: Sequence[Sequence[str]]) -> TypeColumn | None:
    """Return the first column of rows, which are as wide as each other, that has parts of speech; it has no types."""
    columns = [Counter(cells) for cells in zip(*rows, strict=True)]
    found = (number for number, cells in enumerate(columns) if are_word_classes(cells))
    return next((TypeColumn(number, frozenset(), len(rows)) for number in found), None)
