"""What a page does not show, in words: nobody should take a part for the whole."""

from collections.abc import Iterator

from tagpress.corpus.problems import counted
from tagpress.preview.subject import Subject


def scope(subject: Subject, *, shown: int, left_out: int) -> tuple[str, ...]:
    """Return what must be said where a page has `shown` published sentences and `left_out` that were left out."""
    unnoted = (f"Of labels in doubt: {line.removeprefix('... and ')}." for line in subject.unnoted)
    return (*_published(subject, shown), *_left_out(subject, left_out), *unnoted)


def _published(subject: Subject, shown: int) -> Iterator[str]:
    if shown == subject.published:
        return
    yield (
        f"This is a sample: {shown:,} of {subject.published:,} published sentences, always the same ones. "
        + ("Every entity type of every split is among them" if subject.label_names else "Every split is among them")
        + (
            "; which sentences have problems is not known here."
            if subject.problems is None
            else ", and every kind of problem that a published sentence of a split has."
        )
    )


def _left_out(subject: Subject, shown: int) -> Iterator[str]:
    if shown == subject.rejected:
        return
    count = counted(subject.rejected, "sentence")
    if subject.left_out is None:
        yield f"{count} left out of this release cannot be shown: only the build has them, in the file beside it."
    else:
        yield f"Of {count} left out, {shown:,} are shown, always the same ones. Every reason is among them."
