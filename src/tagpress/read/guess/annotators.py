"""Who annotated a corpus, as far as its tool says it? Where several did, whose annotations count is for the owner to say."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from tagpress.corpus.problems import few
from tagpress.read.spans.dialect import Spans
from tagpress.read.spans.formats import argilla, datasaur, label_studio, labelbox, prodigy

_WHO: Final[Mapping[str, Callable[[Any], Sequence[str]]]] = {
    "label-studio": label_studio.annotators,
    "label-studio-min": lambda value: (
        [str(value["annotator"])] if isinstance(value, dict) and "annotator" in value else []
    ),
    "labelbox": labelbox.annotators,
    "argilla": argilla.annotators,
    "prodigy": prodigy.annotators,
}

_LAYERS: Final[Mapping[str, Callable[[Any], Sequence[str]]]] = {
    "label-studio": label_studio.controls,
    "datasaur": datasaur.layers,
}


def layers(dialect: Spans, values: Iterable[Any]) -> list[str]:
    """Return a doubt if spans were marked in several layers, or with several controls: they are read as one."""
    of = _LAYERS.get(dialect.format)
    found = Counter(name for value in values for name in of(value)) if of else Counter[str]()
    if len(found) < 2:  # noqa: PLR2004 - several
        return []
    ranked = found.most_common()
    shown = few(f"{name!r} ({count:,}x)" for name, count in ranked)
    what = "controls" if dialect.format == "label-studio" else "layers"
    return [f"layers: spans are of {len(found)} {what}, {shown}; layer={ranked[0][0]!r} reads but one of them"]


def doubts(dialect: Spans, values: Iterable[Any]) -> list[str]:
    """Return a doubt if several people annotated the values of a source."""
    who = _WHO.get(dialect.format)
    found = Counter(name for value in values for name in who(value)) if who else Counter[str]()
    if len(found) < 2:  # noqa: PLR2004 - several
        return []
    ranked = found.most_common()
    shown = few(f"{name!r} ({count:,}x)" for name, count in ranked)
    return [f"annotators: {len(found)} are seen, {shown}; annotator={ranked[0][0]!r} in DIALECT reads but one of them"]
