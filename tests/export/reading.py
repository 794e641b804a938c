"""What the reader makes of an exported file: (tokens, label ids, document, id) of each sentence, or None for a fault."""

from itertools import pairwise
from typing import Any

import numpy as np

from tagpress.corpus import tags
from tagpress.corpus.schema import Labels
from tagpress.export import ConlluTarget, JsonLinesTarget, SpansTarget, Target
from tagpress.export.rows import Rows

Row = tuple[list[str], list[int], str | int | None, str | None]


def written(target: Target, batches: list[Rows]) -> bytes:
    return b"".join(target.write(batches))


def faults(target: Target, batches: list[Rows]) -> list[str]:
    return [line for some in target.faults(batches) for line in some.lines()]


def round_trip(target: Target, batches: list[Rows]) -> list[Row] | None:
    """Write whatever there is, fit or not, and read it; None where something is wrong with it."""
    try:
        data = written(target, batches)
    except UnicodeEncodeError:
        return None
    return read_back(target, data, batches[0].labels)


def read_back(target: Any, data: bytes, labels: Labels) -> list[Row] | None:
    dialect = target.dialect
    parsed = dialect.parse(data)
    if len(parsed.faults):
        return None
    offsets = parsed.tokens.offsets.to_pylist()
    spelled = [parsed.tag_names[tag] for tag in parsed.tags]
    ids = parsed.sentence_ids.to_pylist() if parsed.sentence_ids is not None else [None] * len(parsed)
    found, order = [], dict[str, int]()
    for i, tokens in enumerate(parsed.tokens.to_pylist()):
        read = label_ids(spelled[offsets[i] : offsets[i + 1]], dialect.scheme, dialect.joiner, labels)
        if read is None:
            return None
        document = parsed.documents[parsed.document[i]]
        number = order.setdefault(document, len(order))
        found.append((tokens, read, {"names": document, "numbers": number, "none": None}[documents(target)], ids[i]))
    return found


def documents(target: Any) -> str:
    """How documents come back: by name, as bare numbers, or not at all."""
    if isinstance(target, ConlluTarget):
        return "names" if target.documents else "none"
    if isinstance(target, SpansTarget):
        return "none"
    if isinstance(target, JsonLinesTarget):
        return "names" if target.dialect.document else "none"
    if target.dialect.document_name:
        return "names"
    return "numbers" if target.dialect.document else "none"


def expected(target: Any, batches: list[Rows]) -> list[Row]:
    """What should come back."""
    numbers = dict[str, int]()
    with_ids = isinstance(target, ConlluTarget) or target.dialect.sentence_id is not None
    found = []
    for rows in batches:
        for i, (begin, stop) in enumerate(pairwise(rows.offsets.tolist())):
            name = rows.doc_ids[i]
            number = numbers.setdefault(name, len(numbers))
            document = {"names": name, "numbers": number, "none": None}[documents(target)]
            row_id = rows.ids[i] if with_ids else None
            found.append((rows.tokens[begin:stop].to_pylist(), rows.label_ids[begin:stop].tolist(), document, row_id))
    return found


def label_ids(spelled: list[str], scheme: str, joiner: str, labels: Labels) -> list[int] | None:
    """Read the tags of one sentence, or return None for an unknown one or a wrong transition."""
    found = [tags.read_tag(tag, tags.scheme_named(scheme), labels, joiner) for tag in spelled]
    roles, types = (np.array(column) for column in zip(*found, strict=True))
    if (roles == tags.UNKNOWN).any():
        return None
    converted = tags.to_iob2(np.arange(len(roles)), roles, types, np.array([0, len(roles)]), tags.scheme_named(scheme))
    return None if len(converted.invalid) or len(converted.unfinished) else converted.label_ids.tolist()
