"""Exports of rarer tools, as they write them."""

import json
from typing import Any
from xml.sax.saxutils import escape

from read.spans.made import Made


def tokens_of(one: Made, begin: int, stop: int) -> list[int]:
    return [number for number, (first, last) in enumerate(one.words) if begin <= first and last <= stop]


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def w2ner(made: list[Made]) -> str:
    rows = [
        {
            "sentence": [one.text[a:b] for a, b in one.words],
            "ner": [{"index": tokens_of(one, a, b), "type": kind} for a, b, kind in one.spans],
            "word": [],
        }
        for one in made
    ]
    return json.dumps(rows, ensure_ascii=False)


def label_of(one: Made, who: str = "ann") -> dict[str, Any]:
    objects = [
        {
            "name": kind,
            "value": kind.lower(),
            "annotation_kind": "TextEntity",
            "classifications": [],
            "location": {"start": units(one.text[:a]), "end": units(one.text[:b]) - 1, "token": one.text[a:b]},
        }
        for a, b, kind in one.spans
    ]
    more = {"classifications": [{"name": "good"}], "relationships": []}
    return {"label_kind": "Default", "label_details": {"created_by": who}, "annotations": {"objects": objects, **more}}


def row_of(text: str, *labels: dict[str, Any]) -> dict[str, Any]:
    return {"data_row": {"id": "c1", "row_data": text}, "projects": {"p1": {"name": "n", "labels": list(labels)}}}


def datasaur(made: list[Made]) -> str:
    cells = [
        {"line": line, "index": 0, "content": one.text, "tokens": [one.text[a:b] for a, b in one.words]}
        for line, one in enumerate(made)
    ]
    labels = []
    for line, one in enumerate(made):
        for a, b, kind in one.spans:
            own = tokens_of(one, a, b)
            last = one.text[slice(*one.words[own[-1]])]
            starts = {"startCellLine": line, "startCellIndex": 0, "startTokenIndex": own[0], "startCharIndex": 0}
            ends = {"endCellLine": line, "endCellIndex": 0, "endTokenIndex": own[-1], "endCharIndex": units(last) - 1}
            labels.append({"type": "SPAN", "layer": 0, "labelSetItemId": f"id of {kind}", **starts, **ends})
    kinds = sorted({kind for one in made for *_, kind in one.spans})
    items = [{"id": f"id of {kind}", "labelName": kind} for kind in kinds]
    return json.dumps({"cells": cells, "labels": labels, "labelSets": [{"index": 0, "labelItems": items}]})


CORE = "de.tudarmstadt.ukp.dkpro.core.api"


def cas(one: Made, sentences: list[tuple[int, int]] | None = None) -> dict[str, Any]:
    """Return a text as INCEpTION writes it, with its words as tokens, and its sentences, or all of it as one."""

    def at(number: int, name: str, begin: int, stop: int, **more: str) -> dict[str, Any]:
        begin, stop = units(one.text[:begin]), units(one.text[:stop])
        return {"%ID": number, "%TYPE": f"{CORE}.{name}", "@sofa": 1, "begin": begin, "end": stop, **more}

    sofa = {"%ID": 1, "%TYPE": "uima.cas.Sofa", "sofaNum": 1, "sofaID": "_InitialView", "sofaString": one.text}
    words = [at(100_000 + n, "segmentation.type.Token", a, b) for n, (a, b) in enumerate(one.words)]
    names = [
        at(500_000 + n, "ner.type.NamedEntity", a, b, value=k, identifier="Q1") for n, (a, b, k) in enumerate(one.spans)
    ]
    gone = at(900_000, "ner.type.NamedEntity", 0, 1, value="DELETED")
    bounds = enumerate(sentences or [(0, len(one.text))], 2)
    whole = [at(n, "segmentation.type.Sentence", *place) for n, place in bounds]
    members = [held["%ID"] for held in (*whole, *words, *names)]
    views = {"_InitialView": {"%SOFA": 1, "%MEMBERS": members}}
    return {"%TYPES": {}, "%FEATURE_STRUCTURES": [sofa, *whole, *words, *names, gone], "%VIEWS": views}


def gate(one: Made, *more: str) -> str:
    """Return a document of GATE: a node before each place where a span begins or ends."""
    places = sorted({0, len(one.text), *(place for a, b, _ in one.spans for place in (a, b))})
    pieces = [escape(one.text[a:b]) for a, b in zip([0, *places], places, strict=False)]
    text = "".join(
        f'{piece}<Node id="{units(one.text[:place])}" />' for piece, place in zip(pieces, places, strict=True)
    )
    marks = "".join(
        f'<Annotation Id="{n}" Type="{kind}" StartNode="{units(one.text[:a])}" EndNode="{units(one.text[:b])}">'
        "<Feature><Name>rule</Name><Value>R</Value></Feature></Annotation>"
        for n, (a, b, kind) in enumerate(one.spans)
    )
    token = '<Annotation Id="99" Type="Token" StartNode="0" EndNode="0"/>'
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<GateDocument version="3">\n<TextWithNodes>{text}</TextWithNodes>\n'
        f"<AnnotationSet>{marks}{token}</AnnotationSet>{''.join(more)}</GateDocument>\n"
    )
