"""Name the column dialects of well-known corpora, as their owners publish them."""

from types import MappingProxyType
from typing import Final

from tagpress.errors import UsageError
from tagpress.read.columns import Columns

_UNER: Final = Columns(
    token=1,
    tag=2,
    width=5,
    comment="#",
    sentence_id="# sent_id = ",
    document_name="# newdoc id = ",
    document="# newdoc",
)
_GERMEVAL: Final = Columns(token=1, tag=2, width=4, document_name="#\t")

PRESETS: Final = MappingProxyType(
    {
        # The release of 2003 is IOB1; most copies have been converted: Columns.preset("conll2003", scheme="IOB2").
        "conll2003": Columns(tag=3, width=4, delimiter=" ", document="-DOCSTART-", scheme="IOB1"),
        # Spanish has two columns, Dutch has the part of speech between them.
        "conll2002": Columns(tag=-1, width=(2, 3), delimiter=" ", document="-DOCSTART-", encoding="iso8859-1"),
        "wnut17": Columns(blank="delimiters"),
        # Nested names have two layers: the outer one in column 2, the inner one in column 3.
        "germeval14": _GERMEVAL,
        "germeval14-inner": Columns(token=1, tag=3, width=4, document_name="#\t"),
        "uner": _UNER,
        "mit": Columns(token=1, tag=0),
        "mtl-bio": Columns(document="-DOCSTART-"),
        "bionlp2004": Columns(document_name="###MEDLINE:"),
        "broad-twitter": Columns(blank="whitespace"),
        "kaznerd": Columns(delimiter=" "),
        "klue": Columns(comment="##", sentence_id="## "),
        "multiconer": Columns(tag=3, width=4, delimiter=" ", sentence_id="# id "),
        "wikiser": Columns(sentence_start="<s>", sentence_end="</s>"),
    }
)


def preset(name: str) -> Columns:
    """
    Return the dialect of that name.

    Raises UsageError for a name that is not in the table.
    """
    if name not in PRESETS:
        message = f"no dialect is called {name!r}"
        raise UsageError(message, f"use Columns(...), or one of {', '.join(sorted(PRESETS))}")
    return PRESETS[name]
