"""Which annotators does a corpus have, and what of theirs can be compared?"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from tagpress.build.agreement.annotator import Annotator
from tagpress.build.agreement.compare import compare
from tagpress.build.agreement.found import FoundAgreement
from tagpress.build.agreement.sentences import (
    BY_ROW,
    BY_TEXT,
    of_configuration,
    of_files,
    of_layers,
    together,
)
from tagpress.build.declared import Annotators, Declared
from tagpress.build.moves import moves_on
from tagpress.build.parts import ConfigPart
from tagpress.build.read_all import Reading, Surveys, piece_problems, read_pieces
from tagpress.corpus.agreement import Agreement, Agreements
from tagpress.corpus.problem_table import ProblemTable
from tagpress.engine import Engine
from tagpress.engine.progress import Progress
from tagpress.errors import UsageError
from tagpress.store import Store


def find_agreement(
    declared: Declared,
    parts: Sequence[ConfigPart],
    runs: Engine,
    scratch: Store,
    *,
    configurations: bool,
    progress: Progress,
) -> FoundAgreement:
    """
    Compare the annotators that a corpus declares, and with `configurations` also these with each other.

    Raises:
        SourceError: a file of an annotator cannot be found or read.
        UsageError: configurations are to be compared, and have no layer in common.

    """
    found: list[Agreement] = []
    left: list[str] = []
    problems: list[ProblemTable] = []
    files: dict[str, Mapping[str, Surveys]] = {}
    several = configurations and len(parts) > 1
    if several:
        each = [of_configuration(part.config, part.reading) for part in parts]
        found += _compared(each, left, between="configurations", by=BY_TEXT)
        if not found:
            message = f"the configurations of {declared.name} have no layer in common that could be compared"
            raise UsageError(message, "; ".join(left) or "give them entity types, or layers of the same name and kind")
    for number, part in enumerate(parts):
        own = declared.annotators.get(part.config)
        if own is None:
            continue
        named = "" if declared.is_flat else part.config
        for names in own.layers:
            annotators = of_layers(names, part.reading)
            found.append(compare(annotators, together(names), between="layers", by=BY_ROW, config=named))
        if own.files:
            read = files[part.config] = _read(own, runs, scratch.below(f"annotators/{number}"), progress)
            by, annotators = of_files(read)
            found += _compared(annotators, left, between="annotators", by=by, config=named)
            problems += _problems(read, part.reading)
    agreements = Agreements(tuple(found), tuple(left)) if found or left else None
    return FoundAgreement(agreements, ProblemTable.joined(problems), files)


def _read(own: Annotators, runs: Engine, scratch: Store, progress: Progress) -> dict[str, Surveys]:
    """Read the files of annotators; of copies none is dropped."""
    return {
        name: read_pieces(one, moves_on(runs, scratch.below(str(number))), progress)
        for number, (name, one) in enumerate(own.files.items())
    }


def _compared(
    annotators: Sequence[Annotator], left: list[str], *, between: str, by: str, config: str = ""
) -> Iterator[Agreement]:
    """Compare annotators in each layer that several have; say what cannot be compared."""
    for layer in dict.fromkeys(name for one in annotators for name in one.layers):
        some = [one for one in annotators if layer in one.layers]
        kinds = {one.layers[layer].kind for one in some}
        why = ""
        if len(some) == 1:
            why = f"only {some[0].name} has it"
        elif len(kinds) > 1:
            why = f"it is of several kinds: {', '.join(f'{one.layers[layer].kind} of {one.name}' for one in some)}"
        elif any(not one.layers[layer].names for one in some):
            why = "it holds texts"
        if why:
            left.append(f"{config + ': ' if config else ''}{layer} between {between}: {why}")
            continue
        if missing := [one.name for one in annotators if layer not in one.layers]:
            left.append(f"{config + ': ' if config else ''}{layer} of {', '.join(missing)}: there is none")
        yield compare(some, layer, between=between, by=by, config=config)


def _problems(read: Mapping[str, Surveys], published: Reading) -> Iterator[ProblemTable]:
    """Yield what is wrong in the files of annotators; of those that are published as they are read here, it is said already."""
    known = {path for piece in published.pieces for path in piece.files.paths}
    for one in read.values():
        own, other = one.declaration, published.declaration
        alike = all(getattr(own, name) == getattr(other, name) for name in _READ_BY)
        yield from piece_problems(one, known if alike else ())


# What the problems of a piece depend on.
_READ_BY: Final = ("dialect", "entity_types", "source_types", "former", "layers", "policies", "max_tokens")
