"""Name the column dialects of well-known corpora, as their owners publish them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from tagpress.errors import UsageError

Options = Mapping[str, Any]

PRESETS: Final[Mapping[str, Options]] = MappingProxyType(
    {
        # The release of 2003 is IOB1; most copies have been converted: Columns.preset("conll2003", scheme="IOB2").
        "conll2003": {"tag": 3, "width": 4, "delimiter": " ", "document": "-DOCSTART-", "scheme": "IOB1"},
        # Spanish has two columns, Dutch has the part of speech between them.
        "conll2002": {"tag": -1, "width": (2, 3), "delimiter": " ", "document": "-DOCSTART-", "encoding": "iso8859-1"},
        "wnut17": {"blank": "delimiters"},
        # Nested names have two layers: the outer one in column 2, the inner one in column 3.
        "germeval14": {"token": 1, "tag": 2, "width": 4, "document_name": "#\t"},
        "germeval14-inner": {"token": 1, "tag": 3, "width": 4, "document_name": "#\t"},
        "uner": {
            "token": 1,
            "tag": 2,
            "width": 5,
            "comment": "#",
            "sentence_id": "# sent_id = ",
            "document_name": "# newdoc id = ",
            "document": "# newdoc",
        },
        "mit": {"token": 1, "tag": 0},
        "mtl-bio": {"document": "-DOCSTART-"},
        "bionlp2004": {"document_name": "###MEDLINE:"},
        "broad-twitter": {"blank": "whitespace"},
        "kaznerd": {"delimiter": " "},
        "klue": {"comment": "##", "sentence_id": "## "},
        "multiconer": {"tag": 3, "width": 4, "delimiter": " ", "sentence_id": "# id "},
        "wikiser": {"sentence_start": "<s>", "sentence_end": "</s>"},
    }
)


def preset_options(name: str) -> Options:
    """
    Return the options of `Columns` for the corpus of that name.

    Raises UsageError for a name that is not in the table.
    """
    if name not in PRESETS:
        message = f"no dialect is called {name!r}"
        raise UsageError(message, f"use Columns(...), or one of {', '.join(sorted(PRESETS))}")
    return PRESETS[name]
