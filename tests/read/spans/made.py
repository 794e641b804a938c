"""Make a corpus of spans that is hard to count in, and write it as each tool would."""

import json
import random
from collections.abc import Callable
from itertools import accumulate, pairwise
from typing import NamedTuple

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


WRITERS: dict[str, Callable[[list[Made]], str]] = {
    "doccano": doccano,
    "label-studio": label_studio,
    "label-studio-min": label_studio_min,
    "prodigy": prodigy,
    "spacy-train-data": train_data,
    "pubtator": pubtator,
    "webanno": webanno,
}
