"""How does one correct a sentence without an editor? It is found by its id or its words, and a line is written that says what changes."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from tagpress.build.declaration import Declaration
from tagpress.build.declared_corrections import FLAT, correctable
from tagpress.build.found_sentences import FoundSentence, find_sentences
from tagpress.corpus.corrections import Correction, Spans, merged, read_corrections, shown
from tagpress.corpus.layers.layer import MAIN
from tagpress.corpus.problems import few
from tagpress.errors import ConflictError, UsageError
from tagpress.script.builder import load_script
from tagpress.script.corrections_file import corrections_path
from tagpress.store.whole_file import write_file

_CHANGE: Final = re.compile(r"(?P<start>\d+)(?::(?P<end>\d+))?=(?P<type>.+)")
_NONE: Final = "O"
_MOST: Final = 10  # sentences that are listed


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """
    The sentences that were found, and where there was one and changes for it: the correction, and the file that has it now.

    With `more` there are others, which nobody has counted: the search ends where enough are found.
    """

    sentences: tuple[FoundSentence, ...]
    layer: str
    correction: Correction | None = None
    file: Path | None = None
    more: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the document that `correct --json` prints."""
        return {
            "sentences": [asdict(one) for one in self.sentences],
            "more": self.more,
            "layer": self.layer,
            "correction": asdict(self.correction) if self.correction else None,
            "file": str(self.file) if self.file else None,
        }


def correct_sentence(
    script: Path,
    sentence: str,
    changes: Sequence[str] = (),
    *,
    who: str = "",
    why: str = "",
    source: str = "",
    layer: str = MAIN,
    config: str | None = None,
) -> Corrected:
    """
    Find a sentence of a corpus by its id or by words of it, and write a line to the file of corrections beside the script.

    `changes` are spans as "3:5=Library", half-open in the tokens, or "3=Library" for one token; "3:5=O" takes away what is
    there. In a flat layer a span replaces all that it overlaps. Without changes, sentences are shown and nothing is written.

    Raises:
        UsageError: no such sentence, or several where one is changed; a change that cannot be, or that changes nothing.

    """
    builder = load_script(script)
    declared = builder.declared()
    if builder.CORRECTIONS == "":
        raise UsageError('CORRECTIONS is "", so that nothing would read the correction', "leave it out of the script")
    declaration = declared.config(config)
    if layer not in correctable(declaration):
        known = few(correctable(declaration))
        raise UsageError(f"the layer {layer!r:.60} cannot be corrected by spans", f"it is one of {known}")
    found = find_sentences(declaration, sentence, layer, most=_MOST + 1 if not changes else 2)
    if not found:
        raise UsageError(
            f"no sentence of {script} has {sentence!r:.80}", "give its id, or words as they follow each other"
        )
    if not changes:
        return Corrected(sentences=tuple(found[:_MOST]), layer=layer, more=len(found) > _MOST)
    if len(found) > 1:
        ids = ", ".join(one.id for one in found)
        raise UsageError(f"{sentence!r:.80} is in several sentences, such as {ids}", "name one by its id")
    if not who.strip() or not why.strip():
        raise UsageError("a correction says who makes it and why", "add --who NAME --why REASON")
    made = Correction(
        id=found[0].id,
        layer=layer,
        before=found[0].spans,
        after=_changed(declaration, found[0], changes, layer),
        who=who,
        why=why,
        source=source,
        tokens=found[0].tokens,
        config="" if declared.is_flat else declaration.config,
    )
    return Corrected(
        sentences=(found[0],), layer=layer, correction=made, file=_append(corrections_path(script, declaration), made)
    )


def _changed(declaration: Declaration, sentence: FoundSentence, changes: Sequence[str], layer: str) -> Spans:
    spans, is_flat = sentence.spans, correctable(declaration)[layer] == FLAT
    for text in changes:
        match = _CHANGE.fullmatch(text)
        if match is None:
            raise UsageError(
                f"{text!r:.60} is no change", "write START:END=TYPE, such as 3:5=Library, or 3:5=O for no span"
            )
        start = int(match["start"])
        end = start + 1 if match["end"] is None else int(match["end"])
        if not 0 <= start < end <= len(sentence.tokens):
            raise UsageError(
                f"{text}: the sentence has the tokens 0 to {len(sentence.tokens) - 1}",
                "END is the token behind the span",
            )
        kind = declaration.spelled_types.get(layer, {}).get(match["type"], match["type"])
        if kind not in (_NONE, *declaration.types_of(layer)):
            raise UsageError(
                f"{text}: {kind!r:.60} is no type of {layer}", f"it has {few(declaration.types_of(layer))}, and O"
            )
        gone = [
            one
            for one in spans
            if (one[0] < end and start < one[1] if is_flat else one[:2] == (start, end) and kind == _NONE)
        ]
        kept = [one for one in spans if one not in gone]
        spans = tuple(sorted({*kept, *([] if kind == _NONE else [(start, end, kind)])}))
    if spans == sentence.spans:
        raise UsageError(f"the sentence has {shown(spans)} already", "nothing was written")
    return spans


def _append(path: Path, made: Correction) -> Path:
    """Write a file of corrections with one more line, which must follow from those that are there."""
    known = path.read_bytes() if path.is_file() else b""
    data = known + (b"" if not known or known.endswith(b"\n") else b"\n") + made.to_line()
    last = data.count(b"\n")
    _, faults = read_corrections(data)
    for fault in faults:
        if fault.line == last:
            raise UsageError(
                f"{path.name} cannot have this line: found {fault.found}", "change the earlier line instead"
            )
    write_file(path, data)
    return path


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedCorrections:
    """Corrections of two people in one file."""

    file: Path
    corrections: int

    def to_json(self) -> dict[str, Any]:
        """Return the document that `correct --merge --json` prints."""
        return {"file": str(self.file), "corrections": self.corrections}


def merge_corrections(first: Path, second: Path, out: Path) -> MergedCorrections:
    """
    Write the corrections of two files into one, each once, those of the first before those of the second.

    Raises:
        UsageError: a file cannot be read, or has a line that is no correction.
        ConflictError: two corrections of the same spans of a sentence say something else; all are named, nothing is written.

    """
    items, faults = merged(_items(first), _items(second))
    if faults:
        raise ConflictError(
            "\n".join([f"{first} and {second} disagree:", *(f"  {second}:{one.line}: {one.found}" for one in faults)]),
            "take one of each pair out, and merge again; nothing was written",
        )
    write_file(out, b"".join(one.to_line() for one in items))
    return MergedCorrections(file=out, corrections=len(items))


def _items(path: Path) -> list[Correction]:
    try:
        items, faults = read_corrections(path.read_bytes())
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}", "name a file of corrections") from error
    if faults:
        lines = "\n".join(f"  {path}:{one.line}: {one.code}: found {one.found}" for one in faults)
        raise UsageError(f"{path} has lines that are no corrections:\n{lines}", "mend them, or take them out")
    return list(items)
