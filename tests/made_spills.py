"""A small corpus, surveyed in this process: its spills are in a folder, as between two moves of a build."""

from collections.abc import Sequence
from pathlib import Path

from made_corpora import Tagged, declare, words, write_document
from tagpress.build.account import Account, account_for
from tagpress.build.declaration import Declaration
from tagpress.build.moves import ReadingMoves, survey_tasks
from tagpress.build.parts import full_report
from tagpress.build.read_all import Reading, read_corpus, sources_of
from tagpress.build.report import Report
from tagpress.build.shard_counts import shard_counts
from tagpress.build.survey import Surveyed, survey
from tagpress.corpus.policies import Policies
from tagpress.engine import LocalEngine
from tagpress.engine.progress import silent
from tagpress.read.pieces import pieces
from tagpress.store import Folder

SAME = words("the", "same")
ANIMALS = ("ant", "bee", "cat", "dog", "eel", "fox", "gnu", "hen", "ibex", "jay", "koi", "lynx")


def small_corpus(folder: Path, **changes: object) -> Declaration:
    """Two documents with two copies of one sentence, an empty sentence, a ragged one, and many plain ones."""
    documents: dict[str, Sequence[Tagged]] = {
        "a": [words("An", animal) for animal in ANIMALS] + [SAME, []],
        "b": [SAME, [("ragged line", "O\textra")], *(words("no", animal, "here") for animal in ANIMALS)],
    }
    for name, sentences in documents.items():
        write_document(folder / f"{name}.txt", sentences)
    return declare(folder, **{"policies": Policies({"ragged-line": "drop"}), **changes})


def surveyed(declaration: Declaration, store: Folder, target: int = 1 << 20) -> list[Surveyed]:
    """Survey every piece, of about so many bytes, in this process."""
    found = [
        ((piece,), split)
        for source, split in sources_of(declaration)
        for piece in pieces(source, declaration.dialect, target)
    ]
    return [survey(task) for task in survey_tasks(found, declaration, store)]


def reading_of(declaration: Declaration, store: Folder) -> Reading:
    """Read and settle a corpus."""
    with LocalEngine(1) as engine:
        moves = ReadingMoves(engine, store)
        return read_corpus(declaration, moves, progress=silent)


def account_of(reading: Reading) -> Account:
    """Say what became of its sentences."""
    with LocalEngine(1) as engine:
        return account_for(reading, engine)


def report_of(reading: Reading) -> Report:
    """Return the report of a corpus as `check` has it."""
    account = account_of(reading)
    return full_report(reading, account, shard_counts(reading, account.rows))
