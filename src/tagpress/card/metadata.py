"""Check the hand-written front matter: every field, against the words that the Hub accepts."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tagpress.card.template import Fault, Template
from tagpress.card.vocabulary import (
    ANNOTATION_CREATORS,
    MULTILINGUALITIES,
    TEXT_CREATORS,
    languages,
    licenses,
    nearest,
    nearest_language,
    task_ids,
    tasks,
)

TASK: Final = "token-classification"
COMPUTED: Final = ("size_categories", "configs", "dataset_info")
_DATASET: Final = re.compile(r"original|extended(\|[\w.-]+(/[\w.-]+)?)?|[\w.-]+(/[\w.-]+)?")
_BCP47: Final = re.compile(
    r"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|\d{3}))?(-([A-Za-z0-9]{5,8}|\d[A-Za-z0-9]{3}))*"
)
_PLACEHOLDER: Final = re.compile(r"\b(TODO|TBD|FIXME|XXX)\b|\[More Information Needed\]|\{\{|\{%|^\{[\w .-]+\}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Field:
    """
    What a field may hold: text, or a list of texts (`many`), from `words` or like `pattern`.

    A field with `kinds` holds any value of one of them. `what` completes "is not ...".
    """

    required: bool = False
    many: bool = True
    kinds: tuple[type, ...] = ()
    words: Callable[[], Collection[str]] | None = None
    pattern: re.Pattern[str] | None = None
    near: Callable[[str, Collection[str]], str | None] = nearest
    what: str = "text"
    hint: str = ""


_FIELDS: Final[Mapping[str, _Field]] = {
    "license": _Field(
        required=True,
        words=licenses,
        what="a licence identifier of the Hub",
        hint="see https://huggingface.co/docs/hub/repositories-licenses, or write other with license_name and license_link",
    ),
    "license_name": _Field(many=False),
    "license_link": _Field(many=False),
    "license_details": _Field(many=False),
    "language": _Field(
        required=True,
        words=languages,
        near=lambda word, _: nearest_language(word),
        what="an ISO 639 language code",
        hint="use two or three letters; BCP 47 tags belong into language_details",
    ),
    "language_details": _Field(pattern=_BCP47, what="a BCP 47 tag", hint="write a tag such as en-US"),
    "language_bcp47": _Field(pattern=_BCP47, what="a BCP 47 tag", hint="write a tag such as en-US"),
    "pretty_name": _Field(required=True, many=False, hint="write the name that people read"),
    "annotations_creators": _Field(required=True, words=lambda: ANNOTATION_CREATORS, what="a kind of annotator"),
    "language_creators": _Field(words=lambda: TEXT_CREATORS, what="a kind of author"),
    "multilinguality": _Field(words=lambda: MULTILINGUALITIES, what="a kind of multilinguality"),
    "source_datasets": _Field(
        required=True,
        pattern=_DATASET,
        what="original, extended or a dataset's name",
        hint="write original, extended|NAME, NAME or OWNER/NAME",
    ),
    "task_categories": _Field(required=True, words=tasks, what="a task category of the Hub"),
    "task_ids": _Field(
        required=True, words=task_ids, what="a task id of the Hub", hint="named-entity-recognition is the usual one"
    ),
    "tags": _Field(),
    "paperswithcode_id": _Field(many=False),
    "thumbnail": _Field(many=False),
    "viewer": _Field(kinds=(bool,)),
    "gated": _Field(kinds=(bool, str)),
    "train-eval-index": _Field(kinds=(list,)),
    "extra_gated_prompt": _Field(many=False),
    "extra_gated_heading": _Field(many=False),
    "extra_gated_description": _Field(many=False),
    "extra_gated_button_content": _Field(many=False),
    "extra_gated_fields": _Field(kinds=(dict,)),
}


def metadata_faults(template: Template) -> Iterator[Fault]:
    """Yield everything wrong with the front matter, in the order of the table above."""
    for name, message, hint, warning in _findings(template.metadata):
        yield Fault(template.path, template.lines.get(name, 1), f"{name}: {message}", hint, warning)


_KINDS: Final = {bool: "a boolean", int: "a number", float: "a number", str: "text", dict: "a mapping", list: "a list"}
_Finding = tuple[str, str, str, bool]


def _findings(metadata: Mapping[str, Any]) -> Iterator[_Finding]:
    for name, field in _FIELDS.items():
        if _empty(metadata.get(name)):
            if field.required or name in metadata:
                # What is not said is left open, which a reader can see; what is said wrongly misleads.
                missing = name not in metadata
                yield name, "the field is missing" if missing else "the field is empty", field.hint, missing
        elif field.kinds:
            if not isinstance(metadata[name], field.kinds):
                wanted = " or ".join(_KINDS[kind] for kind in field.kinds)
                yield name, f"expected {wanted}, found {_kind(metadata[name])}", field.hint, False
        else:
            yield from ((name, message, hint, False) for message, hint in _wrong(metadata[name], field))
    yield from _strange(metadata)
    yield from _disagreements(metadata)


def _empty(value: object) -> bool:
    return value in (None, [], {}) or (isinstance(value, str) and not value.strip())


def _wrong(value: object, field: _Field) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the values of one field."""
    if isinstance(value, list) and not field.many:
        yield "expected text, found a list", field.hint
        return
    for item in value if isinstance(value, list) else [value]:
        if not isinstance(item, str):
            yield f"expected text, found {_kind(item)}", _QUOTE_HINT
        elif _PLACEHOLDER.search(item):
            yield f"{item!r} is a placeholder", "write the real value"
        elif field.words is not None and item not in field.words():
            near = field.near(item, field.words())
            yield f"{item!r} is not {field.what}", f"did you mean {near!r}?" if near else field.hint or _one_of(field)
        elif field.pattern is not None and not field.pattern.fullmatch(item):
            yield f"{item!r} is not {field.what}", field.hint


_QUOTE_HINT: Final = "put it in quotes: YAML reads no, on, 1.0 and dates as other things than text"


def _kind(value: object) -> str:
    return f"{value!r}, {_KINDS.get(type(value), 'something else')}"


def _one_of(field: _Field) -> str:
    words = sorted(field.words()) if field.words else []
    return f"write one of {', '.join(words)}" if len(words) < 10 else ""  # noqa: PLR2004  # more is no help


def _strange(metadata: Mapping[str, Any]) -> Iterator[_Finding]:
    """Yield fields that are computed, misspelled or unknown."""
    for name in metadata:
        near = nearest(name, [*_FIELDS, *COMPUTED])
        if name in COMPUTED:
            yield name, "the field is computed from the data", "remove it from the card", False
        elif name not in _FIELDS and near:
            yield name, "the Hub knows no such field", f"did you mean {near!r}?", False
        elif name not in _FIELDS:
            yield name, "the Hub knows no such field", "it will be kept, and read by no one", True


def _disagreements(metadata: Mapping[str, Any]) -> Iterator[_Finding]:
    """Yield fields that contradict each other."""
    if "other" in listed(metadata, "license"):
        for name in ("license_name", "license_link"):
            if not metadata.get(name):
                yield (
                    name,
                    "the field is missing, and the licence is other",
                    "name the licence and link to its text",
                    False,
                )
    categories = listed(metadata, "task_categories")
    if categories and TASK not in categories:
        yield "task_categories", f"{TASK} is not listed", "every corpus of tagged tokens serves it", False
    for name in listed(metadata, "task_ids"):
        owners = [category for category, names in tasks().items() if name in names]
        if owners and not set(owners) & set(categories):
            yield "task_ids", f"{name!r} belongs to {' or '.join(owners)}", "add it to task_categories", False


def listed(metadata: Mapping[str, Any], name: str) -> list[str]:
    """Return a field's texts, whether it is a list or one of them."""
    value = metadata.get(name) or []
    return [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, str)]
