"""What a card says of how far annotators agree: a table of pairs and one of types for each layer."""

from typing import Final

from tagpress.card.markdown import code, measure, number, table
from tagpress.corpus.agreement import Agreement, Agreements
from tagpress.corpus.layers.layer import MAIN

_COUNTED: Final = {"spans": ("F1 of exact spans", "Entity type"), "tokens": ("F1 of tokens", "Class")}
_WHO: Final = {
    "configurations": "Each annotator is a configuration.",
    "annotators": "The annotations of each annotator were read for this comparison; published is what the sources have.",
    "layers": "Each annotator is a layer.",
}


def agreement_block(found: Agreements | None) -> str:
    """Return how far annotators agree, and what was not compared; nothing where it was not looked for."""
    if found is None:
        return ""
    plain = [(one.between, one.layer) for one in found] == [("configurations", MAIN)]
    parts = [_agreement(one) if plain else f"{_heading(one)}\n\n{_agreement(one)}" for one in found]
    left = [f"- {one}" for one in found.not_compared]
    return "\n\n".join([*parts, *(["Not compared:\n\n" + "\n".join(left)] if left else [])])


def _heading(one: Agreement) -> str:
    where = f", of {code(one.config)}" if one.config else ""
    return f"**{' / '.join(map(code, one.layer.split(' / ')))}**{where}. {_WHO[one.between]} Sentences are matched by {one.by}."


def _agreement(one: Agreement) -> str:
    f1, kind = _COUNTED[one.unit]
    rows = [
        [
            pair.first,
            pair.second,
            number(pair.sentences),
            number(pair.only_first),
            number(pair.only_second),
            measure(pair.spans.f1),
        ]
        for pair in one.pairs
    ]
    header = ["First", "Second", "Sentences of both", "only first", "only second", f1]
    types = [[code(name), *_lowest(one, name), measure(alpha)] for name, alpha in one.types.items()]
    lowest = ["F1"] if len(one.pairs) == 1 else ["Lowest F1", "of"]
    return (
        f"{table(header, rows, numbers=range(2, 6))}\n\nKrippendorff's alpha over the types of the tokens of"
        f" {number(one.sentences)} sentences that two or more have is {measure(one.alpha)}; of each type against all else:"
        f"\n\n{table([kind, *lowest, 'Alpha'], types, numbers=[1, 1 + len(lowest)])}"
    )


def _lowest(one: Agreement, kind: str) -> list[str]:
    """Return the lowest F1 of a type, and of several pairs whose it is."""
    pair = one.lowest(kind)
    f1 = measure(pair.types[kind].f1 if pair else None)
    return [f1] if len(one.pairs) == 1 else [f1, f"{pair.first}, {pair.second}" if pair else ""]
