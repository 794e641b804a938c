"""Who annotated a corpus, as far as its tool says it? Where several did, whose annotations count is for the owner to say."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from tagpress.corpus.problems import few
from tagpress.read.spans.dialect import Spans
from tagpress.read.spans.formats import argilla, label_studio, prodigy

_WHO: Final[Mapping[str, Callable[[Any], Sequence[str]]]] = {
    "label-studio": label_studio.annotators,
    "label-studio-min": lambda value: (
        [str(value["annotator"])] if isinstance(value, dict) and "annotator" in value else []
    ),
    "argilla": argilla.annotators,
    "prodigy": prodigy.annotators,
}


def layers(dialect: Spans, values: Iterable[Any]) -> list[str]:
    """Return a doubt if regions were made with several controls of Label Studio: they may be layers, and are read as one."""
    if dialect.format != "label-studio":
        return []
    found = Counter(name for value in values for name in label_studio.controls(value))
    if len(found) < 2:  # noqa: PLR2004 - several
        return []
    ranked = found.most_common()
    shown = few(f"{name!r} ({count:,}x)" for name, count in ranked)
    return [f"layers: regions are of {len(found)} controls, {shown}; layer={ranked[0][0]!r} reads but one of them"]


def doubts(dialect: Spans, values: Iterable[Any]) -> list[str]:
    """Return a doubt if several people annotated the values of a source."""
    who = _WHO.get(dialect.format)
    found = Counter(name for value in values for name in who(value)) if who else Counter[str]()
    if len(found) < 2:  # noqa: PLR2004 - several
        return []
    ranked = found.most_common()
    shown = few(f"{name!r} ({count:,}x)" for name, count in ranked)
    return [f"annotators: {len(found)} are seen, {shown}; annotator={ranked[0][0]!r} in DIALECT reads but one of them"]
