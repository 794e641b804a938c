"""What became of the corrections of a corpus: how many were applied, which cannot be, and which the sources have made themselves?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tagpress.build.declaration import Declaration
from tagpress.build.read_all import Reading
from tagpress.corpus.corrections import ALREADY, APPLIED, BROKEN, NEEDLESS, OTHER, Correction, shown
from tagpress.corpus.place import placed
from tagpress.corpus.problems import Problem, problem, quoted

_UNKNOWN, _OUTDATED = "unknown-correction", "outdated-correction"


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a correction; `found` says which spans its sentence has, at `place`, where they are others."""

    outcome: str
    found: str = ""
    place: str = ""


def fates(reading: Reading) -> dict[int, Fate]:
    """Return what became of each correction that met a sentence, by its line; of several copies the best counts."""
    order = (APPLIED, ALREADY, OTHER, "")
    found: dict[int, Fate] = {}
    for one, piece in zip(reading.surveyed, reading.pieces, strict=True):
        for path, met in ((file.piece.source.name, met) for file in one.files for met in file.corrected):
            place = placed(path, met.sentence + piece.lines)
            known = found.get(met.line)
            if known is None or order.index(met.outcome) < order.index(known.outcome):
                found[met.line] = Fate(met.outcome, met.found, place)
    return found


def applied(reading: Reading) -> list[Correction]:
    """Return the corrections that were applied, in the order of their lines."""
    known = fates(reading)
    return [one for one in reading.declaration.corrections.items if known.get(one.line, Fate("")).outcome == APPLIED]


def correction_counts(reading: Reading) -> dict[str, int]:
    """Return how many corrections were applied, and how many the sources have made themselves; nothing where there are none."""
    if not reading.declaration.corrections.items:
        return {}
    outcomes = [fate.outcome for fate in fates(reading).values()]
    return {name: outcomes.count(name) for name in (APPLIED, ALREADY)}


def correction_problems(reading: Reading) -> Iterator[Problem]:
    """Yield what is wrong with corrections, each at its line."""
    declaration, known = reading.declaration, fates(reading)
    for fault in declaration.corrections.faults:
        yield _problem(declaration, fault.line, fault.code, fault.found, fault.expected)
    for one in declaration.corrections.items:
        yield from _of(declaration, one, known)


def _of(declaration: Declaration, one: Correction, known: Mapping[int, Fate]) -> Iterator[Problem]:
    fate = known.get(one.line)
    text = f", {quoted(' '.join(one.tokens))}" if one.tokens else ""
    if fate is None:
        yield _problem(declaration, one.line, _UNKNOWN, f"the id {one.id}{text}, which no sentence of the sources has")
    elif not fate.outcome:
        yield _problem(
            declaration, one.line, BROKEN, f"a span behind the end of its sentence, which is at {fate.place}"
        )
    elif fate.outcome == ALREADY:
        yield _problem(declaration, one.line, NEEDLESS, f"{fate.found}, which the sentence at {fate.place} has already")
    elif fate.outcome == OTHER:
        what = f"{fate.found} in the sentence at {fate.place}{text}"
        yield _problem(declaration, one.line, _OUTDATED, what, shown(one.before))


def _problem(declaration: Declaration, line: int, code: str, found: str, expected: str = "") -> Problem:
    policy = declaration.policies[code]
    return problem(code, policy, path=declaration.corrections.name, place=(line, 1), found=found, expected=expected)
