"""
What can a script say of how its data came about and may be used? The properties of Croissant RAI 1.0, as one table.

They are published in `croissant.json` of a release: http://mlcommons.org/croissant/RAI/1.0
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from difflib import get_close_matches
from typing import Final, Literal

from tagpress.errors import ScriptError

Kind = Literal["text", "texts", "dates"]
Answers = Mapping[str, str | Sequence[str]]

QUESTIONS: Final[Mapping[str, tuple[Kind, str]]] = {
    "dataCollection": ("text", "How the data was collected."),
    "dataCollectionType": ("texts", "Of which kind that was, such as Document analysis or Web Scraping."),
    "dataCollectionMissingData": ("text", "What is missing, and why."),
    "dataCollectionRawData": ("text", "What the source of the data is."),
    "dataCollectionTimeframe": ("dates", "When collecting began, and when it ended."),
    "dataImputationProtocol": ("text", "How gaps were filled."),
    "dataManipulationProtocol": ("text", "How the data was changed."),
    "dataPreprocessingProtocol": ("texts", "What was done to make it readable by a model, step by step."),
    "dataAnnotationProtocol": ("text", "How the labels were made: by whom, to which guidelines."),
    "dataAnnotationPlatform": ("texts", "With which tools people annotated."),
    "dataAnnotationAnalysis": ("texts", "How annotations became labels, and what was done where people disagreed."),
    "annotationsPerItem": ("text", "How many annotations a sentence has."),
    "annotatorDemographics": ("texts", "Who the annotators are."),
    "machineAnnotationTools": ("texts", "Which programs annotated."),
    "dataReleaseMaintenancePlan": ("text", "Who keeps it up to date, when, and what becomes of old versions."),
    "personalSensitiveInformation": ("texts", "Which personal or sensitive information is in it."),
    "dataSocialImpact": ("text", "What its use may do to people."),
    "dataBiases": ("texts", "Which biases it has."),
    "dataLimitations": ("texts", "What it is not good for."),
    "dataUseCases": ("texts", "What it is meant for, such as training or evaluation."),
}
"""By property, without its prefix `rai:`: what is an answer, one text or several, and what it says."""
_EXPECTED: Final[Mapping[Kind, str]] = {
    "text": "a text",
    "texts": "a text, or a list of them",
    "dates": 'a date, or a list of them, such as ["2024-01-15", "2024-06-30"]',
}


def check_answers(declared: Answers) -> None:
    """
    Check what a script declares as RAI, all of it in one go.

    Raises:
        ScriptError: a property that Croissant RAI 1.0 does not have, or an answer of another kind.

    """
    faults = [fault for name, answer in declared.items() for fault in _faults(name, answer)]
    if faults:
        raise ScriptError("; ".join(faults), "the documentation has all properties: Declare a corpus, RAI")


def _faults(name: str, answer: object) -> Iterator[str]:
    if name not in QUESTIONS:
        near = get_close_matches(name, QUESTIONS, 1)
        yield f"RAI has {name!r:.60}, which Croissant RAI 1.0 has not" + (f"; did you mean {near[0]}?" if near else "")
        return
    kind = QUESTIONS[name][0]
    one = isinstance(answer, str)
    parts = [answer] if one else list(answer) if isinstance(answer, list | tuple) and kind != "text" else []
    if not parts or not all(_is_answer(part, kind) for part in parts):
        yield f"RAI[{name!r}] is {answer!r:.60}; write {_EXPECTED[kind]}"


def _is_answer(part: object, kind: Kind) -> bool:
    if not isinstance(part, str) or not part.strip():
        return False
    if kind != "dates":
        return True
    try:
        datetime.fromisoformat(part)
    except ValueError:
        return False
    return True
