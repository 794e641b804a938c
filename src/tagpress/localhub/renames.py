"""
Which repository has another name now: whoever asks for the old one is sent on.

    <root>/moved/KIND/NAMESPACE/NAME.json      {"to": "namespace/name"}

A note counts only where there is no repository: one that takes the old name is what the name means from then on.
"""

from pathlib import Path
from typing import Final

from tagpress.localhub.names import RepoName
from tagpress.localhub.storage import HubStorage, read_json, sync_folder, write_json

_MOST: Final = 100  # notes in a row; `follow_moved` leaves no row of two, but for a moment


def note_move(store: HubStorage, old: RepoName, new: RepoName) -> None:
    """Note what a repository is about to be called; until it is, the old name is its own."""
    write_json(store, _note(store, old), {"to": new.id})


def follow_moved(store: HubStorage, old: RepoName, new: RepoName) -> None:
    """Have all names that led to `old` lead to `new`, where the repository is now."""
    forget(store, new)
    for note in _leading_to(store, old):
        write_json(store, note, {"to": new.id})


def forget(store: HubStorage, name: RepoName) -> None:
    """Let go of a name that a repository has taken, or has had."""
    note = _note(store, name)
    if note.exists():
        note.unlink()
        sync_folder(note.parent)


def forget_all(store: HubStorage, name: RepoName) -> None:
    """Let go of a repository that is deleted: nothing leads to it any more."""
    forget(store, name)
    for note in _leading_to(store, name):
        note.unlink()
        sync_folder(note.parent)


def name_now(store: HubStorage, old: RepoName) -> RepoName | None:
    """Return what a repository is called now, None if there is none that was called `old`."""
    name = old
    for _ in range(_MOST):
        note = read_json(_note(store, name))
        if note is None:
            return None
        name = RepoName(old.kind, *str(note["to"]).split("/"))
        if store.repository(name).exists():
            return name
    return None


def _note(store: HubStorage, name: RepoName) -> Path:
    return store.root / "moved" / name.kind / name.namespace / f"{name.name}.json"


def _leading_to(store: HubStorage, name: RepoName) -> list[Path]:
    notes = sorted((store.root / "moved" / name.kind).glob("*/*.json"))
    return [note for note in notes if (read_json(note) or {}).get("to") == name.id]
