"""Everything on a page, gathered from its subject in passes of bounded memory."""

from collections.abc import Iterator, Sequence

from tagpress.corpus.place import in_order
from tagpress.diff import ChangedSentence, Diff
from tagpress.preview.entries import PROBLEMS, Entries, Entry, Listing, has_spans
from tagpress.preview.look import Look, look_at
from tagpress.preview.page import Content
from tagpress.preview.problems import Problems, choose_left_out, read_problems, shared_folder
from tagpress.preview.subject import Note, Subject


def content_of(
    subject: Subject, limit: int, *, diff: Diff | None, changed: Sequence[ChangedSentence], old_types: Sequence[str]
) -> Content:
    """
    Return what a page of about `limit` sentences shows; `old_types` are the labels that begin the types of an older release.

    Raises:
        BuildError: a shard or a file of notes is not what a build writes.

    """
    problems = None if subject.problems is None else read_problems(subject.problems())
    left_out = () if subject.left_out is None else choose_left_out(subject.left_out(), limit, subject.published)
    look = look_at(subject, {} if problems is None else problems.ranks, limit)
    if problems is not None and subject.problems is not None:
        ids = {name for rows in look.rows for name in rows.ids}
        places = {(entry["path"], entry["line"]) for entry in left_out}
        problems = problems.with_shown(subject.problems(), frozenset(ids | places))
    of_layers = (name for layer in subject.layers.values() if has_spans(layer) for name in layer.meanings)
    types = dict.fromkeys([*(label[2:] for label in (*subject.label_names[1::2], *old_types)), *of_layers])
    folder = shared_folder(_paths(subject, look, left_out, problems))
    entries = Entries(tuple(types), tuple(look.tallies), folder, placed=subject.only_read, layers=subject.layers)
    listing = Listing(problems, entries)
    return Content(
        subject=subject,
        tallies=look.tallies,
        sentences=_sentences(subject, look, left_out, listing),
        entries=entries,
        problems=problems,
        notes=listing.notes,
        diff=diff,
        changed=tuple(entries.changed(changed)),
    )


def _paths(subject: Subject, look: Look, left_out: Sequence[Note], problems: Problems | None) -> Iterator[str]:
    """Yield the path of everything that the page shows with one."""
    yield from (entry["path"] for entry in left_out)
    if problems is not None:
        yield from (found["path"] for found in problems.listed)
        yield from (found["path"] for _, some in problems.of_shown.values() for found in some)
    if subject.only_read:
        yield from (place for rows in look.rows for place in rows.doc_ids)


def _sentences(subject: Subject, look: Look, left_out: Sequence[Note], listing: Listing) -> list[Entry]:
    """Return all entries with their problems: of a corpus, what is left out comes first, and then the sources in order."""
    published = list(listing.entries.published(look.rows, look.marks))
    for entry in published:
        entry[PROBLEMS] = listing.of(entry[2])
    rejected = list(listing.entries.left_out(left_out))
    for entry, note in zip(rejected, left_out, strict=True):
        entry[PROBLEMS] = listing.of((note["path"], note["line"]))
    return (
        [*rejected, *sorted(published, key=lambda entry: in_order(entry[1]))]
        if subject.only_read
        else [*published, *rejected]
    )
