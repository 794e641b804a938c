"""Which formats are there, and what does each leave undeclared?"""

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import Final

from tagpress.read.spans.formats import (
    argilla,
    beside_texts,
    bigbio,
    bioc,
    by_type,
    cas_json,
    chunks,
    cluener,
    datasaur,
    docbin,
    docred,
    gate,
    gliner,
    google,
    inline,
    items,
    kili,
    label_studio,
    labelbox,
    luis,
    mae,
    mrc,
    parts,
    prodigy,
    pubtator,
    rasa_text,
    row_marks,
    spacy_json,
    span_rows,
    token_spans,
    train_data,
    w2ner,
    webanno,
    xmi,
    xml_marks,
    xml_places,
    xml_words,
)
from tagpress.read.spans.record import PARTS, Format

_ARRAYS: Final[Mapping[str, str | None]] = {
    "lighttag": "examples",
    "ubiai": None,
    "rasa": "rasa_nlu_data.common_examples",
}
"""The tools whose records are in an array, and in which member; those of others are on lines."""


def _of_parts(name: str, own: parts.Parts) -> Format:
    """Return the row of a tool of which the parts are all that is to be known."""
    container, inside = ("array", _ARRAYS[name]) if name in _ARRAYS else ("lines", None)
    return Format(read=parts.reader(own), container=container, inside=inside, parts=PARTS, fields=parts.fields(own))


_of_tokens: Final = partial(Format, tokens="file", counted=True, has_text=False)
"""The row of a tool whose records are tokens: their text is made of these."""
_in_utf16: Final = partial(Format, units="utf16", tokens="file", counted=True)
"""The row of a tool of Java or JavaScript that has cut its texts into tokens itself."""
_of_chunks: Final = partial(Format, counted=True, parts=frozenset({"label"}))
"""The row of a tool that cuts a text where its spans begin and end: no place is counted by it."""


FORMATS: Final[Mapping[str, Format]] = MappingProxyType(
    {
        "json": Format(read=items.plain, bulk=items.bulk, container="lines", parts=PARTS, fields=items.FIELDS),
        "doccano": Format(read=items.plain, bulk=items.bulk, container="lines", fields=items.FIELDS),
        "prodigy": Format(read=prodigy.read, container="lines", tokens="file", fields=prodigy.FIELDS),
        "label-studio": Format(read=label_studio.task, container="array", fields=label_studio.FIELDS),
        "label-studio-min": Format(read=label_studio.minimal, container="array", fields=label_studio.MINIMAL),
        "spacy-train-data": Format(read=train_data.read, container="array"),
        "gliner": _of_tokens(read=gliner.read, container="array", fields=gliner.FIELDS),
        "argilla": Format(read=argilla.read, container="array", fields=argilla.FIELDS, endings=argilla.ENDINGS),
        "spacy-json": _of_tokens(read=spacy_json.read, container="array", several=True, fields=spacy_json.FIELDS),
        "token-spans": _of_tokens(read=token_spans.read, container="lines", parts=PARTS, fields=token_spans.FIELDS),
        "dygie": _of_tokens(
            read=token_spans.read_dygie, container="lines", several=True, fields=token_spans.DYGIE_FIELDS
        ),
        "bigbio": Format(read=bigbio.read, container="lines", sentences="lines", fields=bigbio.FIELDS),
        "cluener": Format(read=cluener.read, container="lines", fields=cluener.FIELDS),
        "by-type": Format(read=by_type.read, container="lines", parts=PARTS - {"label"}, fields=by_type.FIELDS),
        "rows": Format(group=span_rows.grouped, container="csv", parts=PARTS, fields=span_rows.FIELDS),
        "w2ner": _of_tokens(read=w2ner.read, container="array", fields=w2ner.FIELDS),
        "labelbox": Format(read=labelbox.read, container="lines", fields=labelbox.FIELDS),
        "kili": Format(read=kili.read, container="array", units="utf16", fields=kili.FIELDS),
        "luis": Format(read=luis.read, container="array", units="utf16", fields=luis.FIELDS),
        "google": Format(read=google.read, container="whole", several=True, fields=google.FIELDS),
        "dialogflow": _of_chunks(read=chunks.read_dialogflow, container="array", fields=chunks.DIALOGFLOW_FIELDS),
        "snips": _of_chunks(
            read=chunks.read_snips, container="whole", several=True, fields=chunks.SNIPS_FIELDS, endings=chunks.ENDINGS
        ),
        "docred": _of_tokens(read=docred.read, container="array", several=True, fields=docred.FIELDS),
        "mrc": _of_tokens(group=mrc.grouped, container="array", fields=mrc.FIELDS),
        "datasaur": _in_utf16(read=datasaur.read, container="whole", several=True, fields=datasaur.FIELDS),
        "cas-json": _in_utf16(read=cas_json.read, container="whole", several=True, fields=cas_json.FIELDS),
        "gate": Format(find=gate.find, sentences="lines", counted=True),
        "mae": Format(find=mae.find, sentences="lines"),
        **{name: Format(find=partial(inline.find, name=name)) for name in inline.NAMES},
        "rasa-text": Format(find=rasa_text.find),
        "i2b2": _of_tokens(join=beside_texts.i2b2, beside="*.txt>*.con"),
        "chemdner": Format(join=beside_texts.chemdner, beside="*abstracts.txt>*annotations.txt", sentences="lines"),
        "comprehend": Format(join=beside_texts.comprehend, beside="*.txt>annotations.csv", sentences="lines"),
        "azure-ner": Format(join=beside_texts.azure, beside="*.txt>labels.json", sentences="lines", units="utf16"),
        "row-marks": Format(join=row_marks.beside, beside="*.txt>annotations.tsv", sentences="lines", parts=PARTS),
        "drugprot": Format(join=row_marks.in_rows, beside="*abstracts.tsv>*entities.tsv", parts=PARTS),
        "pubtator": Format(find=pubtator.find, sentences="lines"),
        "bioc": Format(find=bioc.find),
        "bioc-json": Format(read=bioc.read, container="array", inside="documents", several=True, fields=bioc.FIELDS),
        "spacy": Format(load=docbin.load, tokens="file", counted=True),
        "xml-places": Format(find=xml_places.find, parts=frozenset({"label"})),
        **{name: Format(find=partial(xml_marks.find, name=name)) for name in xml_marks.LAYOUTS},
        **{name: _of_tokens(find=partial(xml_words.find, name=name)) for name in xml_words.NAMES},
        "xmi": _in_utf16(find=xmi.find),
        "webanno": _in_utf16(find=webanno.find),
        **{name: _of_parts(name, own) for name, own in parts.TOOLS.items()},
    }
)
"""The formats by the name that `Spans(format=...)` gives them."""
