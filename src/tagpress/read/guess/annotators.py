"""Who annotated a corpus, as far as its tool says it? Where several did, whose annotations count is for the owner to say."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

from tagpress.corpus.problems import few
from tagpress.read.spans.dialect import Spans
from tagpress.read.spans.formats import argilla, datasaur, label_studio, labelbox, prodigy

_Names: TypeAlias = Callable[[Any], Sequence[str]]

_WHO: Final[Mapping[str, _Names]] = {
    "label-studio": label_studio.annotators,
    "label-studio-min": lambda value: (
        [str(value["annotator"])] if isinstance(value, dict) and "annotator" in value else []
    ),
    "labelbox": labelbox.annotators,
    "argilla": argilla.annotators,
    "prodigy": prodigy.annotators,
}

_LAYERS: Final[Mapping[str, _Names]] = {
    "label-studio": label_studio.controls,
    "datasaur": datasaur.layers,
}


def layers(dialect: Spans, values: Iterable[Any]) -> list[str]:
    """Return a doubt if spans were marked in several layers, or with several controls: they are read as one."""
    what = "controls" if dialect.format == "label-studio" else "layers"
    return [
        f"layers: spans are of {count} {what}, {shown}; layer={first!r} reads but one of them"
        for count, shown, first in _several(_LAYERS.get(dialect.format), values)
    ]


def doubts(dialect: Spans, values: Iterable[Any]) -> list[str]:
    """Return a doubt if several people annotated the values of a source."""
    return [
        f"annotators: {count} are seen, {shown}; annotator={first!r} in DIALECT reads but one of them"
        for count, shown, first in _several(_WHO.get(dialect.format), values)
    ]


def _several(names_in: _Names | None, values: Iterable[Any]) -> Iterator[tuple[int, str, str]]:
    """Yield how many names values have, these in words, and the most frequent one, if there are two at least."""
    found = Counter(name for value in values for name in names_in(value)) if names_in else Counter[str]()
    if len(found) > 1:
        ranked = found.most_common()
        yield len(found), few(f"{name!r} ({count:,}x)" for name, count in ranked), ranked[0][0]
