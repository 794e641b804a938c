"""Who annotated a corpus, as far as its tool says it? Where several did, whose annotations count is for the owner to say."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

from tagpress.corpus.problems import few
from tagpress.read.spans.dialect import Spans
from tagpress.read.spans.formats import argilla, chunks, datasaur, kili, label_studio, labelbox, prodigy

_Names: TypeAlias = Callable[[Any], Sequence[str]]

_WHO: Final[Mapping[str, _Names]] = {
    "label-studio": label_studio.annotators,
    "label-studio-min": lambda value: (
        [str(value["annotator"])] if isinstance(value, dict) and "annotator" in value else []
    ),
    "kili": kili.annotators,
    "labelbox": labelbox.annotators,
    "argilla": argilla.annotators,
    "prodigy": prodigy.annotators,
}

_LAYERS: Final[Mapping[str, _Names]] = {
    "label-studio": label_studio.controls,
    "datasaur": datasaur.layers,
    "kili": kili.jobs,
}
_CALLED: Final[Mapping[str, str]] = {"label-studio": "controls", "kili": "jobs"}
"""What a tool calls its layers."""


def all_doubts(dialect: Spans, values: Sequence[Any]) -> list[str]:
    """Return what is in doubt about who annotated values of a source, in which layers, and by which names."""
    return [*doubts(dialect, values), *layers(dialect, values), *labels(dialect, values)]


def layers(dialect: Spans, values: Iterable[Any]) -> list[str]:
    """Return a doubt if spans were marked in several layers, or with several controls: they are read as one."""
    what = _CALLED.get(dialect.format, "layers")
    return [
        f"layers: spans are of {count} {what}, {shown}; layer={first!r} reads but one of them"
        for count, shown, first in _several(_LAYERS.get(dialect.format), values)
    ]


def labels(dialect: Spans, values: Iterable[Any]) -> list[str]:
    """Return a doubt if entities have two names each, of which one is read."""
    if dialect.format not in {"dialogflow", "snips"}:
        return []
    found = Counter(name for value in values for name in chunks.slots(value))
    return [
        f"labels: {count:,} entities have the name of a {'parameter' if name == 'alias' else 'slot'} too; "
        f"label={name!r} in DIALECT reads that"
        for name, count in found.items()
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
