"""Readers of corpora with layers that share nothing with the package: each is a dozen lines, and slow."""

from pathlib import Path
from typing import Any

Spans = list[tuple[int, int, str]]


def spans_of(tags: list[str]) -> Spans:
    """Return the spans of valid IOB2 tags."""
    spans: Spans = []
    for place, tag in enumerate([*tags, "O"]):
        if spans and spans[-1][1] == -1 and not (tag[:2] == "I-" and tag[2:] == spans[-1][2]):
            spans[-1] = (spans[-1][0], place, spans[-1][2])
        if tag[:2] == "B-":
            spans.append((place, -1, tag[2:]))
    return spans


def germeval(path: Path) -> dict[tuple[str, ...], Spans]:
    """Return by its tokens the spans of each sentence of GermEval 2014, outer and inner ones together."""
    found: dict[tuple[str, ...], Spans] = {}
    for block in path.read_text(encoding="utf-8").split("\n\n"):
        rows = [line.split("\t") for line in block.split("\n") if line and not line.startswith("#\t")]
        if rows and all(len(row) == 4 for row in rows):
            _, tokens, *layers = zip(*rows, strict=True)
            found[tokens] = sorted({span for layer in layers for span in spans_of(list(layer))}, key=_order)
    return found


def brat(folder: Path, tokens: list[tuple[int, int]], name: str) -> Spans:
    """Return the spans of a document of brat, given where its tokens begin and stop."""
    spans: Spans = []
    for line in (folder / f"{name}.ann").read_text(encoding="utf-8").splitlines():
        kind, start, end = line.split("\t")[1].split(" ")
        inside = [place for place, (a, b) in enumerate(tokens) if a < int(end) and int(start) < b]
        spans.append((inside[0], inside[-1] + 1, kind))
    return sorted(spans, key=_order)


def named(spans: list[dict[str, Any]], names: list[str]) -> Spans:
    """Return published spans with the names of their types."""
    return [(span["start"], span["end"], names[span["type"]]) for span in spans]


def _order(span: tuple[int, int, str]) -> tuple[int, int]:
    return span[0], -span[1]
