"""
spaCy's DocBin, which is no text: its Docs are read by spaCy itself (the extra `tagpress[spacy]`).

A line for each sentence stands for the file: messages about the third one say line 3. A Doc that says where its sentences begin is
cut there. What our own export keeps in `user_data`, because a Doc cannot say it, is read from there.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from tagpress.errors import SourceError
from tagpress.read.spans.record import Placed, Record, RecordReading, Span
from tagpress.read.spans.spacy_extra import blank, docbin

GROUP: Final = "spans of "
"""What begins the name of a group of spans, where it is counted among what is not read."""


def load(data: bytes, reading: RecordReading) -> tuple[bytes, list[Placed]]:
    """
    Return the sentences of all Docs, and a text with a line for each.

    Raises SourceError for a file that is no DocBin, and UsageError where spaCy is not installed.
    """
    packed, vocab = docbin(), blank("xx").vocab
    try:
        docs = list(packed.from_bytes(data).get_docs(vocab))
    except Exception as error:
        message = f"this is no DocBin that can be read: {type(error).__name__}: {error}"
        raise SourceError(message, "write it with DocBin.to_disk of spaCy 3") from error
    placed: list[Placed] = []
    lines: list[bytes] = []
    at = 0
    for record in (one for doc in docs for one in _records(doc, reading)):
        line = " ".join(record.text.split()).encode(errors="replace")
        placed.append(Placed(at, at + len(line), record))
        lines.append(line + b"\n")
        at += len(lines[-1])
    return b"".join(lines), placed


def _records(doc: Any, reading: RecordReading) -> Iterator[Record]:  # noqa: ANN401 - spaCy may be absent: no types
    """Yield the sentences of a Doc."""
    text, begins = doc.user_data.get("text", doc.text), doc.user_data.get("offsets")
    begins = [token.idx for token in doc] if begins is None else list(begins)
    places = [(begin, begin + len(token.text)) for begin, token in zip(begins, doc, strict=True)]
    spans = doc.spans.get(reading.spans, ()) if reading.spans else doc.ents
    others = {f"{GROUP}{name}": len(group) for name, group in doc.spans.items() if name != reading.spans}
    aside = tuple(Counter(others | ({"entities": len(doc.ents)} if reading.spans else {})).elements())
    cuts = [sentence.start for sentence in doc.sents] if doc.has_annotation("SENT_START") else []
    cuts = cuts or [0]
    for first, last in zip(cuts, [*cuts[1:], len(doc)], strict=True):
        begin = places[first][0] if first else 0
        stop = places[last][0] if last < len(doc) else len(text)
        yield Record(
            text[begin:stop],
            [_span(one, places, begin, last) for one in spans if first <= one.start < last],
            tokens=[(one - begin, other - begin) for one, other in places[first:last]],
            id=str(doc.user_data.get(reading.id or "id", "")),
            document=str(doc.user_data.get("doc_id", "")),
            aside=aside if first == cuts[0] else (),
        )


def _span(one: Any, places: list[tuple[int, int]], begin: int, last: int) -> Span:  # noqa: ANN401 - as above
    fault = "reaches over the end of a sentence" if one.end > last else ""
    return Span(places[one.start][0] - begin, places[one.end - 1][1] - begin, one.label_, fault=fault)
