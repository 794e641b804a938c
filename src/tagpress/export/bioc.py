"""Write BioC as JSON: a collection of documents, a passage of one for each sentence, its entities as annotations."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any, ClassVar

from tagpress.export.rows import Rows
from tagpress.export.sentences import Sentence, sentences_of
from tagpress.export.spans import SpansTarget, written

_HEAD = '{"source": "tagpress", "date": "", "key": "", "infons": {}, "documents": ['


@dataclass(frozen=True, slots=True, kw_only=True)
class BiocTarget(SpansTarget):
    """
    A collection for each split; what follows one another in a split and has one document is one.

    Without `documents`, each sentence is a document by itself.
    """

    suffix: ClassVar[str] = ".json"

    def write(self, batches: Iterable[Rows]) -> Iterator[bytes]:
        """Yield the file of a split, document by document."""
        yield _HEAD.encode()
        named = groupby(sentences_of(batches), lambda one: one.doc_id if self.documents else one.id)
        for number, (document, own) in enumerate(named):
            value = {"id": document, "infons": {}, "passages": list(_passages(own)), "relations": []}
            yield ((",\n" if number else "\n") + written(value)).encode()
        yield b"\n]}\n"


def _passages(sentences: Iterable[Sentence]) -> Iterator[dict[str, Any]]:
    offset = entities = 0
    for one in sentences:
        marks = [
            {
                "id": str(number),
                "infons": {"type": kind},
                "text": one.text[begin:stop],
                "locations": [{"offset": offset + begin, "length": stop - begin}],
            }
            for number, (begin, stop, kind) in enumerate(one.characters(), entities)
        ]
        plain = {"offset": offset, "infons": {"id": one.id}, "text": one.text}
        yield plain | {"sentences": [], "annotations": marks, "relations": []}
        offset += len(one.text) + 1
        entities += len(marks)
