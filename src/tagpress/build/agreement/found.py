"""Is there anybody to compare? Few corpora have annotators, and what compares them is loaded only for one that has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tagpress.build.declared import Declared
from tagpress.build.parts import ConfigPart
from tagpress.build.read_all import Surveys
from tagpress.corpus.agreement import Agreements
from tagpress.corpus.problem_table import ProblemTable
from tagpress.engine import Engine
from tagpress.engine.progress import Progress
from tagpress.errors import UsageError
from tagpress.store import Store


@dataclass(frozen=True, slots=True)
class FoundAgreement:
    """
    How far annotators agree, None where there are none; and what is wrong in files that were read for it alone.

    `read` has by configuration what was read of each annotator's files.
    """

    agreements: Agreements | None
    problems: ProblemTable
    read: Mapping[str, Mapping[str, Surveys]]


def refuse_nobody(declared: Declared) -> None:
    """
    Stop where agreement is asked for and there is nobody to agree.

    Raises:
        UsageError: there is one configuration, and no annotators are declared.

    """
    if len(declared.configs) == 1 and not declared.annotators:
        message = f"{declared.name} has one configuration, {declared.default}, and agreement is between several"
        hint = 'name annotators in the script: ANNOTATORS = {"anna": "anna/*.txt", "ben": "ben/*.txt"}, or each as one of CONFIGS'
        raise UsageError(message, hint)


def agreement_of(
    declared: Declared,
    parts: Sequence[ConfigPart],
    runs: Engine,
    scratch: Store,
    *,
    configurations: bool,
    progress: Progress,
) -> FoundAgreement:
    """
    Compare the annotators that a corpus declares, and with `configurations` also these with each other, where there are several.

    Raises what `find_agreement` raises.
    """
    if not declared.annotators and not (configurations and len(parts) > 1):
        return FoundAgreement(None, ProblemTable.joined([]), {})
    from tagpress.build.agreement.find import find_agreement  # noqa: PLC0415 - see above

    return find_agreement(declared, parts, runs, scratch, configurations=configurations, progress=progress)
