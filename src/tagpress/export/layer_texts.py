"""What does a layer say of each token, as a text? That of a nested one are brackets, as CoNLL-2012 writes them."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from tagpress.corpus.schema import is_nested
from tagpress.export.refusals import Refusal
from tagpress.export.rows import Rows

Span = tuple[int, int, str]  # first token, token behind the last, type
_UNFIT: Final = re.compile(r"[()*\s]")
_PARTS: Final = 3


def nested_spans(rows: Rows, layer: str) -> list[list[Span]]:
    """Return the spans of a nested layer in each sentence, in order."""
    names = rows.kinds[layer].names
    each = ([*zip(*[iter(values)] * _PARTS, strict=True)] for values in rows.layers[layer].to_pylist())
    return [[(begin, end, names[kind]) for begin, end, kind in spans] for spans in each]


def token_texts(rows: Rows, layer: str) -> list[list[str]]:
    """Return what a layer says of each token of each sentence; a nested one that crosses is refused before."""
    if not is_nested(rows.kinds[layer].arrow):
        return rows.shown(layer)
    lengths = (rows.offsets[1:] - rows.offsets[:-1]).tolist()
    return [_brackets(spans, length) for spans, length in zip(nested_spans(rows, layer), lengths, strict=True)]


def bracket_faults(rows: Rows) -> Iterator[tuple[int, Refusal]]:
    """Yield each row that has spans in a nested layer which brackets cannot say."""
    for layer in rows.layers:
        if is_nested(rows.kinds[layer].arrow):
            for row, spans in enumerate(nested_spans(rows, layer)):
                if fault := _fault(spans):
                    yield (
                        row,
                        Refusal(f"has in the layer {layer} {fault}", "write prodigy or doccano, which hold any spans"),
                    )


def _fault(spans: Sequence[Span]) -> str:
    """Return what of some spans brackets cannot say, if anything."""
    unfit = next((kind for _, _, kind in spans if _UNFIT.search(kind)), None)
    if unfit is not None:
        return f"the type {unfit!r}, which brackets would cut"
    open_ends: list[Span] = []
    for span in spans:
        while open_ends and open_ends[-1][1] <= span[0]:
            open_ends.pop()
        if open_ends and open_ends[-1][1] < span[1]:
            shown = " and ".join(f"{kind} {begin}-{end}" for begin, end, kind in (open_ends[-1], span))
            return f"spans that cross, {shown}, which brackets cannot say"
        open_ends.append(span)
    return ""


def _brackets(spans: Sequence[Span], tokens: int) -> list[str]:
    opened, closed = [""] * tokens, [0] * tokens
    for begin, end, kind in spans:
        opened[begin] += f"({kind}"
        closed[end - 1] += 1
    return [f"{before}*{')' * after}" for before, after in zip(opened, closed, strict=True)]
