"""Does a document have its records in several lists, such as one for each split? One is read, and the others are not lost in silence."""

from itertools import islice
from typing import Any, Final

from tagpress.corpus.problems import few
from tagpress.errors import SourceError
from tagpress.read.dialect import Dialect
from tagpress.read.guess.samples import Sample
from tagpress.read.json_items import items, lists_beside
from tagpress.read.sources import text

_ALIKE: Final = 0.5  # share of the fields of two records that both have, of records of one kind


def refuse_several(sample: Sample, dialect: Dialect, encoding: str) -> None:
    """
    Refuse a document whose other lists have the same fields as the one that would be read.

    Raises:
        SourceError: it has such lists.

    """
    inside = getattr(dialect, "inside", None)
    if inside is None:
        return
    decoded = text.decode(sample.data, encoding)
    document = decoded.characters
    own = _fields(document, inside)
    others = [path for path in lists_beside(document, inside) if _are_alike(own, _fields(document, path))]
    if others:
        message = f"{sample.source.name} has records in several lists: {few([inside, *others])}"
        hint = f"write each into a file of its own, and name all of them, such as: jq -c '.{inside}[]' OLD > {inside}.jsonl"
        raise SourceError(message, hint)


def _fields(document: str, path: str) -> set[Any]:
    found = next((item.value for item in islice(items(document, path), 1) if isinstance(item.value, dict)), {})
    return set(found)


def _are_alike(own: set[Any], other: set[Any]) -> bool:
    return bool(own) and len(own & other) >= _ALIKE * len(own | other)
