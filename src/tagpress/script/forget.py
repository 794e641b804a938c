"""How does one forget a sentence? A digest of it is written beside the script, and no later build has it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tagpress.build.found_sentences import places_of
from tagpress.corpus.corrections import read_corrections
from tagpress.corpus.forgotten import Forgotten, forgotten_key
from tagpress.errors import UsageError
from tagpress.script.builder import load_script
from tagpress.script.corrections_file import corrections_path
from tagpress.script.forgotten_file import forgotten_path, load_forgotten
from tagpress.store.whole_file import write_file


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgottenNow:
    """
    The answer to `tagpress forget`: where each sentence is in the sources, by its id, and the file that names all.

    `added` were not in the file before. `beside` are lines of corrections that still have the text of one of them.
    """

    places: dict[str, tuple[str, ...]]
    added: tuple[str, ...]
    file: Path
    beside: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the document that `forget --json` prints."""
        return {
            "sentences": {key: list(places) for key, places in self.places.items()},
            "added": list(self.added),
            "file": str(self.file),
            "beside": list(self.beside),
        }


def forget_sentences(script: Path, ids: Sequence[str], *, why: str) -> ForgottenNow:
    """
    Have later builds leave sentences out, by their ids, and say why; the file beside the script has no text of them.

    Raises:
        UsageError: an id that is none of a sentence, or no reason. Nothing is written.
        ScriptError: the script or the file cannot be used.

    """
    keys = {text: forgotten_key(text) for text in ids}
    wrong = [text for text, key in keys.items() if key is None]
    if wrong or not ids:
        message = f"{wrong[0]!r:.80} is no id of a sentence" if wrong else "no sentence was named"
        raise UsageError(message, "an id stands in the data, in each problem, and in what `tagpress correct` shows")
    if not why.strip():
        raise UsageError("whoever is told that a sentence was left out has to know why", "add --why REASON")
    declared = load_script(script).declared()
    wanted = {key: why for key in keys.values() if key is not None}
    places = defaultdict[str, list[str]](list)
    for declaration in declared:
        for key, place in places_of(declaration, wanted):
            places[key].append(place)
    known, file = load_forgotten(script), forgotten_path(script)
    added = tuple(sorted(wanted.keys() - known.whys.keys()))
    write_file(file, Forgotten(whys={**known.whys, **wanted}).to_bytes())
    corrections = corrections_path(script, declared.any)
    return ForgottenNow(
        places={key: tuple(dict.fromkeys(places[key])) for key in sorted(wanted)},
        added=added,
        file=file,
        beside=tuple(_beside(corrections, wanted)),
    )


def _beside(path: Path, wanted: dict[str, str]) -> list[str]:
    items, _ = read_corrections(path.read_bytes()) if path.is_file() else ((), ())
    return [f"{path}:{one.line}" for one in items if one.key in wanted]
