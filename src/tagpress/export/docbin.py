"""
Write spaCy's DocBin: one Doc a sentence, its entities as `doc.ents`, its ids in `doc.user_data`.

The words of a Doc have one space or none behind each. A text of the release that has more is in `doc.user_data`, with the
places of its tokens. spaCy is an extra (`tagpress[spacy]`) and is imported only to write. A DocBin is one compressed message, so a split is
held in memory as a whole: 32 bytes a token, and what spaCy keeps for each distinct word.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar

from tagpress.export.refusals import Refusals, row_faults, token_faults
from tagpress.export.rows import Rows
from tagpress.export.target import OfEntities, empty_rows, empty_tokens
from tagpress.read.spans.spacy_extra import spacy


@dataclass(frozen=True, slots=True, kw_only=True)
class DocBinTarget(OfEntities):
    """
    A `.spacy` file, as `spacy train` takes it. Entities are spans in it, so there is no tag scheme.

    Raises UsageError where spaCy is not installed.
    """

    name: ClassVar[str] = "a spaCy DocBin"
    suffix: ClassVar[str] = ".spacy"
    packed: ClassVar[bool] = True

    def __post_init__(self) -> None:
        spacy(self.name)

    def faults(self, batches: Iterable[Rows]) -> Iterator[Refusals]:
        """Yield what would not read back equal: of each batch rows as a whole, then tokens."""
        for rows in batches:
            yield row_faults(rows, empty_rows(rows))
            yield token_faults(rows, empty_tokens(rows))

    def write(self, batches: Iterable[Rows]) -> Iterator[bytes]:
        """Yield the file of a split, in one part."""
        library = spacy(self.name)
        vocab = library.blank("xx").vocab
        bin_ = library.tokens.DocBin(attrs=["ENT_IOB", "ENT_TYPE", "SENT_START"], store_user_data=True)
        for rows in batches:
            for doc in _docs(rows, library.tokens.Doc, vocab):
                bin_.add(doc)
        yield bin_.to_bytes()


def _docs(rows: Rows, make: Any, vocab: Any) -> Iterator[Any]:  # noqa: ANN401 - spaCy may be absent: no types
    tokens = rows.tokens.to_pylist()
    tags = [rows.labels.names[label_id] for label_id in rows.label_ids.tolist()]
    bounds = pairwise(rows.offsets.tolist())
    source_ids = rows.source_ids or [""] * len(rows)
    named = zip(rows.ids, rows.doc_ids, source_ids, bounds, strict=True)
    for row, (row_id, doc_id, source_id, (begin, stop)) in enumerate(named):
        starts = [True] + [False] * (stop - begin - 1)
        ids = {"id": row_id, "doc_id": doc_id} | ({"source_id": source_id} if rows.source_ids else {})
        spaces, text = _spaces(rows, row, tokens[begin:stop])
        yield make(
            vocab,
            words=tokens[begin:stop],
            spaces=spaces,
            ents=tags[begin:stop],
            sent_starts=starts,
            user_data=ids | text,
        )


def _spaces(rows: Rows, row: int, words: Sequence[str]) -> tuple[list[bool], dict[str, Any]]:
    """Return which words of a row have a space behind them, and its text where that does not say it all."""
    if not rows.texts:
        return [True] * len(words), {}
    text, begins = rows.texts[row], rows.starts[slice(*rows.offsets[row : row + 2])].tolist()
    ends = [begin + len(word) for begin, word in zip(begins, words, strict=True)]
    follows = [*begins[1:], len(text)]
    spaces = [end < behind for end, behind in zip(ends, follows, strict=True)]
    said = "".join(word + " " * space for word, space in zip(words, spaces, strict=True))
    return spaces, {} if said == text else {"text": text, "offsets": begins}
