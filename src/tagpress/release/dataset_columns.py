"""How are tables in memory read: as tokens and tags, or as texts with spans? And which of their columns is saved for it?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tagpress.errors import SourceError, UsageError
from tagpress.read.guess.sniff_records import ROWS, parallel
from tagpress.read.guess.spans_in_memory import spans_in_memory
from tagpress.read.hubarrow import HubArrow
from tagpress.read.in_memory import Tables
from tagpress.read.saved_tables import save_sentences, with_names
from tagpress.read.spans.dialect import Spans


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The columns that a caller names: those of tokens and tags, or those of texts and spans, and what goes with each."""

    tokens: str | None = None
    tags: str | None = None
    names: Sequence[str] = ()
    document: str | None = None
    extra: Sequence[str] = ()
    text: str | None = None
    spans: str | None = None
    tokenisation: str | None = None
    sentence_id: str | None = None
    split: str | None = None
    untagged: bool = False
    """Whether there are no tags of entities, so that none are looked for."""

    def named(self, *names: str) -> str:
        """Return the first of some options that is given."""
        return next((name for name in names if getattr(self, name)), "")


def saved(held: Tables, folder: Path, asked: Asked, steps: Callable[[str], None]) -> HubArrow | Spans:
    """
    Save the tables, and return how they are read; what is found is told to `steps`.

    Raises:
        UsageError: a column is not there, is of another kind, or is asked of both kinds of tables.
        SourceError: there is nothing to publish in the columns.

    """
    of_tags = asked.named("tokens", "tags", "names", "document", "extra")
    of_spans = asked.named("text", "spans", "tokenisation")
    if of_tags and of_spans:
        hint = "name tokens and tags, or text and spans"
        raise UsageError(f"{of_tags}= and {of_spans}= are of two kinds of tables", hint)
    if of_spans:
        return _of_spans(held, folder, asked, steps)
    try:
        if asked.untagged:
            tokens, tags = asked.tokens or "tokens", None
        else:
            tokens, tags = (asked.tokens, asked.tags) if asked.tokens and asked.tags else _parallel(held)
    except SourceError:
        if of_tags:
            raise
        return _of_spans(held, folder, asked, steps)
    dialect = HubArrow(
        tokens=asked.tokens or tokens,
        tags=asked.tags or tags,
        names=tuple(asked.names),
        sentence_id=asked.sentence_id,
        document=asked.document,
        split=asked.split,
        extra=tuple(asked.extra),
    )
    dialect = with_names(dialect, held)
    _tell_columns(dialect, held, steps)
    save_sentences(held, dialect, folder)
    return dialect


def _of_spans(held: Tables, folder: Path, asked: Asked, steps: Callable[[str], None]) -> Spans:
    options = {
        "text": asked.text,
        "spans": asked.spans,
        "tokens": asked.tokenisation,
        "sentence_id": asked.sentence_id,
        "split": asked.split,
    }
    found = spans_in_memory(held, folder, {name: value for name, value in options.items() if value})
    steps(f"texts with spans are in {', '.join(found.columns)}")
    if found.others:
        steps(f"not published: {', '.join(found.others)}")
    for words in found.told:
        steps(words)
    return found.dialect


def _parallel(held: Tables) -> tuple[str, str]:
    """Return the columns of the tokens and of the tags, by what is in the first table."""
    split, table = next(iter(held.tables.items()))
    return parallel(table.slice(0, ROWS).to_pylist(), split)


def _tell_columns(dialect: HubArrow, held: Tables, steps: Callable[[str], None]) -> None:
    steps(f"tokens are in {dialect.tokens}, {f'tags in {dialect.tags}' if dialect.tags else 'and there are no tags'}")
    there = dict.fromkeys(name for table in held.tables.values() for name in table.column_names)
    others = [name for name in there if name not in dialect.used]
    if others:
        steps(f"not published: {', '.join(others)}; sentence_id=, document= and extra= keep columns")
