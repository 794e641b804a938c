"""
Which documents stand in several splits that were given, in files or in a field?

A document is what the source calls so. Its name is the same document in every file, unless it is a number of few digits:
files count their documents anew, each from its first.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tagpress.build.read_all import Reading
from tagpress.build.survey import Surveyed
from tagpress.corpus.place import placed
from tagpress.corpus.problems import Problem, counted, problem
from tagpress.corpus.split_names import leak_ranks

CODE: Final = "torn-document"
_EXAMPLES: Final = 3  # documents that a message names
_COUNT: Final = 5  # digits of a number that only counts


@dataclass(frozen=True, slots=True)
class _Part:
    """What one split has of one document; of its first sentence `path` and `line` are the place."""

    sentences: int
    path: str
    line: int

    def __add__(self, other: "_Part") -> "_Part":
        first = min(self, other, key=lambda part: (part.path, part.line))
        return _Part(self.sentences + other.sentences, first.path, first.line)

    @property
    def place(self) -> str:
        return placed(self.path, self.line)


def torn_documents(reading: Reading) -> Iterator[Problem]:
    """Report for each pair of splits the documents of which both have sentences, at the first that should not be there."""
    declaration = reading.declaration
    splits, found = declaration.splits.names, _in_several(reading)
    ranks = leak_ranks(splits)
    pairs = defaultdict[tuple[int, int], list[str]](list)
    for document, parts in found.items():
        keeper = max(parts, key=ranks.__getitem__)
        for split in parts.keys() - {keeper}:
            pairs[split, keeper].append(document)
    for (split, keeper), documents in sorted(pairs.items()):
        ordered = sorted(documents, key=lambda name: (found[name][split].path, found[name][split].line))
        names = (declaration.called(splits[split]), splits[keeper])
        first = found[ordered[0]][split]
        yield problem(
            CODE,
            declaration.policies[CODE],
            path=first.path,
            place=(first.line, 1),
            found=_told(names, [(name, found[name][split], found[name][keeper]) for name in ordered]),
        )


def _told(names: tuple[str, str], torn: Sequence[tuple[str, _Part, _Part]]) -> str:
    """Return what a message says of documents that two splits have."""
    split, keeper = names
    examples = ", ".join(
        f"{name!r} ({counted(own.sentences, 'sentence')} of {split}, {other.sentences:,} of {keeper} from {other.place} on)"
        for name, own, other in torn[:_EXAMPLES]
    )
    such = "" if len(torn) <= _EXAMPLES else "such as "
    there = "is" if len(torn) == 1 else "are"
    return f"{counted(len(torn), 'document')} of {split} that {there} in {keeper} too: {such}{examples}"


def _in_several(reading: Reading) -> dict[str, dict[int, _Part]]:
    """Return by document what each split has of it, where several have any."""
    names = [_names(one) for one in reading.surveyed]
    first: dict[str, int] = {}
    torn = set[str]()
    for one, own in zip(reading.surveyed, names, strict=True):
        for split, document in zip(one.in_splits.split.tolist(), one.in_splits.document.tolist(), strict=True):
            if first.setdefault(own[document], split) != split:
                torn.add(own[document])
    torn -= {""}
    parts = defaultdict[str, dict[int, _Part]](dict)
    for one, piece, own in zip(reading.surveyed, reading.pieces, names, strict=True) if torn else ():
        found = one.in_splits
        columns = (found.split, found.document, found.sentences, found.line)
        for split, document, count, line in zip(*(column.tolist() for column in columns), strict=True):
            if (name := own[document]) in torn:
                part, before = _Part(count, *piece.place(line)), parts[name].get(split)
                parts[name][split] = before + part if before else part
    return parts


def _names(one: Surveyed) -> list[str]:
    """Return which documents of all those of a piece are."""
    sources = [one.files[file].piece.source.doc_id for file in one.doc_files.tolist()]
    return [_document(doc_id, source) for doc_id, source in zip(one.doc_ids, sources, strict=True)]


def _document(doc_id: str, source: str) -> str:
    """
    Return which document one of a source is, of all; nothing where the source itself is the document.

    >>> _document("train#d1", "train"), _document("train#17", "train"), _document("train", "train")
    ('d1', 'train#17', '')

    """
    name = doc_id.removeprefix(source).removeprefix("#")
    return doc_id if name.isdecimal() and len(name) <= _COUNT else name
