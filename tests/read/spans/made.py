"""Make a corpus of spans that is hard to count in, and write it as each tool would."""

import json
import random
from collections.abc import Callable
from itertools import accumulate, pairwise
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

WORDS = (
    "Ada",
    "Zoe\u0308",
    "🚀",
    "👩\u200d🚀",
    "القاهرة",
    "हिन्दी",
    "São",
    "x,y",
    'say"so"',
    "a\\b",
    "漢字",
    "B.",
    "o'clock",
    "_",
    "|",
    "[1]",
)
GAPS = (" ", " ", "  ", "\t", "\u00a0")
KINDS = ("PER", "LOC", "A B", "X_Y")


class Made(NamedTuple):
    """A text, the places of its words, and spans (begin, stop, type) in code points: side by side, or over each other."""

    text: str
    words: list[tuple[int, int]]
    spans: list[tuple[int, int, str]]


def corpus(seed: int, size: int = 220, *, gaps: tuple[str, ...] = GAPS, overlaps: bool = False) -> list[Made]:
    """Return texts; every tenth is empty."""
    chance = random.Random(seed)
    return [_text(chance, gaps, overlaps=overlaps) if number % 10 else Made("", [], []) for number in range(size)]


def _text(chance: random.Random, gaps: tuple[str, ...], *, overlaps: bool) -> Made:
    words = [chance.choice(WORDS) + str(chance.randrange(99)) for _ in range(chance.randrange(1, 12))]
    parts = [part for word in words for part in (chance.choice(gaps), word)][1:]
    bounds = list(pairwise([0, *accumulate(map(len, parts))]))[::2]
    spans, at = [], 0
    while at < len(words):
        stop = min(at + chance.randrange(1, 4), len(words))
        if chance.random() < 0.5:
            spans.append((bounds[at][0], bounds[stop - 1][1], chance.choice(KINDS)))
            if overlaps and stop - at > 1:
                spans.append((bounds[at + 1][0], bounds[stop - 1][1], chance.choice(KINDS)))
        at = stop
    return Made("".join(parts), bounds, spans)


def units(text: str, place: int) -> int:
    """Return a place in UTF-16 units."""
    return len(text[:place].encode("utf-16-le")) // 2


def doccano(made: list[Made]) -> str:
    return "".join(
        json.dumps({"id": i, "text": one.text, "label": one.spans}, ensure_ascii=i % 2 == 0) + "\n"
        for i, one in enumerate(made)
    )


def label_studio(made: list[Made]) -> str:
    return json.dumps(
        [
            {
                "id": i,
                "data": {"text": one.text},
                "annotations": [
                    {
                        "result": [
                            {"type": "labels", "value": {"start": a, "end": b, "text": one.text[a:b], "labels": [kind]}}
                            for a, b, kind in one.spans
                        ]
                    }
                ],
            }
            for i, one in enumerate(made)
        ],
        indent=1,
        ensure_ascii=False,
    )


def label_studio_min(made: list[Made]) -> str:
    return json.dumps(
        [
            {"id": i, "text": one.text, "label": [{"start": a, "end": b, "labels": [kind]} for a, b, kind in one.spans]}
            for i, one in enumerate(made)
        ]
    )


def prodigy(made: list[Made]) -> str:
    rows = []
    for one in made:
        tokens = [{"text": one.text[a:b], "start": a, "end": b, "id": i} for i, (a, b) in enumerate(one.words)]
        firsts, lasts = ({place[end]: i for i, place in enumerate(one.words)} for end in (0, 1))
        spans = [
            {"start": a, "end": b, "label": kind, "token_start": firsts[a], "token_end": lasts[b]}
            for a, b, kind in one.spans
        ]
        rows.append(json.dumps({"text": one.text, "tokens": tokens, "spans": spans, "answer": "accept"}) + "\r\n")
    return "".join(rows)


def train_data(made: list[Made]) -> str:
    return json.dumps([[one.text, {"entities": one.spans}] for one in made])


def pubtator(made: list[Made]) -> str:
    blocks = []
    for i, one in enumerate(made):
        mentions = [f"{i}\t{a}\t{b}\t{' '.join(one.text[a:b].split())}\t{kind}\tX" for a, b, kind in one.spans]
        blocks.append("\r\n".join([f"{i}|t|{one.text}", f"{i}|a|", *mentions, "", ""]))
    return "".join(blocks)


_ESCAPES = str.maketrans({c: f"\\{c}" for c in "\\[]|_*"} | {"\t": "\\t"})


def webanno(made: list[Made]) -> str:
    lines = ["#FORMAT=WebAnno TSV 3.3", "#T_SP=webanno.custom.NamedEntity|value", "", ""]
    offset = number = 0
    for sentence, one in enumerate(made, 1):
        if not one.words:
            continue
        lines.append(f"#Text={one.text.translate(_ESCAPES)}")
        numbers = {i: number + i for i in range(len(one.spans))}
        number += len(one.spans)
        for i, (a, b) in enumerate(one.words):
            values = [
                f"{kind.translate(_ESCAPES)}[{numbers[j]}]"
                for j, (c, d, kind) in enumerate(one.spans)
                if c <= a and b <= d
            ]
            place = f"{offset + units(one.text, a)}-{offset + units(one.text, b)}"
            lines.append(
                f"{sentence}-{i + 1}\t{place}\t{one.text[a:b].translate(_ESCAPES)}\t{'|'.join(values) or '_'}\t"
            )
        lines.append("")
        offset += units(one.text, len(one.text)) + 1
    return "\n".join(lines) + "\n"


def bioc(made: list[Made]) -> str:
    parts = ['<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE collection SYSTEM "BioC.dtd">\n<collection><source/>']
    for i, one in enumerate(made):
        notes = "".join(
            f'<annotation id="T{j}"><infon key="type">{escape(kind)}</infon>'
            f'<location offset="{7 + a}" length="{b - a}"/><text>{_in_xml(one.text[a:b])}</text></annotation>\n'
            for j, (a, b, kind) in enumerate(one.spans)
        )
        passage = f"<passage><offset>7</offset><text>{_in_xml(one.text)}</text>{notes}</passage>"
        parts.append(f"<document><id>{i}</id>\n{passage}</document>\n")
    return "".join([*parts, "</collection>\n"])


def bioc_json(made: list[Made]) -> str:
    documents = [
        {
            "id": str(i),
            "passages": [
                {
                    "offset": 7,
                    "text": one.text,
                    "annotations": [
                        {
                            "id": str(j),
                            "infons": {"type": kind},
                            "text": one.text[a:b],
                            "locations": [{"offset": 7 + a, "length": b - a}],
                        }
                        for j, (a, b, kind) in enumerate(one.spans)
                    ],
                }
            ],
            "relations": [],
        }
        for i, one in enumerate(made)
    ]
    return json.dumps({"source": "made", "date": "", "key": "", "infons": {}, "documents": documents}, indent=1)


def _in_xml(text: str) -> str:
    return escape(text, {"\r": "&#13;", "\n": "&#10;", "\t": "&#9;"})


def xmi(made: list[Made]) -> str:
    spaces = {
        "xmi": "http://www.omg.org/XMI",
        "cas": "http:///uima/cas.ecore",
        "seg": "http:///de/tudarmstadt/ukp/dkpro/core/api/segmentation/type.ecore",
        "ner": "http:///de/tudarmstadt/ukp/dkpro/core/api/ner/type.ecore",
        "pos": "http:///de/tudarmstadt/ukp/dkpro/core/api/lexmorph/type/pos.ecore",
    }
    whole = "\n".join(one.text for one in made)
    elements, offset = [], 0
    for one in made:
        if one.words:
            marks = [("seg:Sentence", 0, len(one.text), ""), *(("seg:Token", a, b, "") for a, b in one.words)]
            marks += [("ner:NamedEntity", a, b, f" value={quoteattr(kind)}") for a, b, kind in one.spans]
            elements += [(f, units(whole, offset + a), units(whole, offset + b), more) for f, a, b, more in marks]
        offset += len(one.text) + 1
    lines = [f'<xmi:XMI {" ".join(f"xmlns:{n}={u!r}" for n, u in spaces.items())} xmi:version="2.0">']
    lines += [
        f'<{name} xmi:id="{i}" sofa="1" begin="{a}" end="{b}"{more}/>'
        for i, (name, a, b, more) in enumerate(elements, 2)
    ]
    text = quoteattr(whole, {"\r": "&#13;"})
    head = 'xmi:id="1" sofaNum="1" sofaID="_InitialView" mimeType="text"'
    lines.append(f"<cas:Sofa {head} sofaString={text}/>")
    members = " ".join(str(i) for i, _ in enumerate(elements, 2))
    lines.append(f'<cas:View sofa="1" members="{members}"/></xmi:XMI>')
    return "\n".join(lines)


WRITERS: dict[str, Callable[[list[Made]], str]] = {
    "doccano": doccano,
    "label-studio": label_studio,
    "label-studio-min": label_studio_min,
    "prodigy": prodigy,
    "spacy-train-data": train_data,
    "pubtator": pubtator,
    "webanno": webanno,
    "bioc": bioc,
    "bioc-json": bioc_json,
    "xmi": xmi,
}
