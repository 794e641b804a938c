"""
A page from values: HTML in which nothing from a corpus can be anything but text.

What the template prints is escaped by Jinja. What the script reads is JSON in a block that no browser runs, without
the characters that could end the block. Only the page's own style and script, known by their hashes, may act; the
policy forbids all else, the network included.
"""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from tagpress.corpus.problems import counted
from tagpress.corpus.schema import Labels
from tagpress.corpus.tally import Tally
from tagpress.diff import KINDS, Diff
from tagpress.preview.entries import Change, Entries, Entry, has_spans
from tagpress.preview.pictures import HEIGHT, WIDTH
from tagpress.preview.problems import Problems
from tagpress.preview.scope import scope
from tagpress.preview.subject import Note, Subject
from tagpress.preview.tables import changes, problem_counts, statistics

_ESCAPES: Final = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}
_LINES: Final = ("solid", "dashed", "dotted", "double")  # neighbours among the types differ in more than their colour
_FORBIDDEN: Final = "base-uri 'none'; form-action 'none'"  # default-src says nothing about these two


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """
    Everything on a page.

    `notes` are the problems that the page shows: first those that `problems` lists, then those that only stand with their
    sentence. `changed` are sentences of the `diff`.
    """

    subject: Subject
    tallies: Mapping[str, Tally]
    sentences: Sequence[Entry]
    entries: Entries
    problems: Problems | None
    notes: Sequence[Note]
    diff: Diff | None
    changed: Sequence[Change]

    @property
    def published(self) -> int:
        """Return how many published sentences are shown."""
        return sum(entry[0] < len(self.entries.splits) for entry in self.sentences)

    @property
    def left_out(self) -> int:
        """Return how many sentences that were left out are shown."""
        return len(self.sentences) - self.published


def render_page(content: Content) -> bytes:
    """Return the page: UTF-8, the same for the same values."""
    subject, problems, diff = content.subject, content.problems, content.diff
    style, script = (
        _file("style.css") + _type_styles(len(content.entries.types)),
        _file("corrections.js") + _file("preview.js"),
    )
    labels = Labels.from_names(subject.label_names)
    total = sum(content.tallies.values(), start=Tally.empty(labels))
    values: dict[str, Any] = {
        "policy": f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; {_FORBIDDEN}",
        "style": Markup(style),  # noqa: S704  # the page's own file
        "script": Markup(script),  # noqa: S704  # the page's own file
        "data": Markup(embed(_data(content))),  # noqa: S704  # escaped by embed
        "subject": subject,
        "types": labels.entity_types,
        "correctable": _correctable(subject),
        "layered": _layered(labels, subject),
        "total": total,
        "groups": _groups(content),
        "codes": _codes(content.sentences),
        "scope": scope(subject, shown=content.published, left_out=content.left_out),
        "statistics": statistics(subject, {**content.tallies, "all": total}),
        "problems": problems,
        "problem_table": None if problems is None else problem_counts(problems),
        "folder": content.entries.folder,
        "diff": diff,
        "changed": len(content.changed),
        "kinds": [kind for kind in KINDS if any(kind in one[0] for one in content.changed)],
        "change_tables": () if diff is None else changes(diff),
        "width": WIDTH,
        "height": HEIGHT,
    }
    return _environment().from_string(_file("page.html")).render(values).encode()


def _layered(labels: Labels, subject: Subject) -> str:
    """Return in a few words what is annotated: how many entity types, or where there are none, which layers."""
    if labels.published:
        return counted(len(labels.entity_types), "entity type")
    return f"the {'layer' if len(subject.layers) == 1 else 'layers'} {', '.join(subject.layers)}"


def embed(value: object) -> str:
    r"""
    Return JSON that can stand in a script block of any page.

    >>> embed("</script>&")
    '"\\u003c/script\\u003e\\u0026"'

    """
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES)


def _data(content: Content) -> dict[str, Any]:
    """Return what the script needs to know; it knows nothing else."""
    subject = content.subject
    return {
        "types": content.entries.types,
        "groups": content.entries.groups,
        "published": len(content.entries.splits),
        "placed": content.entries.placed,
        "sample": len(content.sentences) < subject.published + subject.rejected,
        "shown": [content.published, content.left_out],
        "sentences": content.sentences,
        "problems": content.notes,
        "listed": 0 if content.problems is None else len(content.problems.listed),
        "errors": [] if content.problems is None else sorted(content.problems.errors),
        "changes": content.changed,
        "correctable": _correctable(subject),
        "config": subject.config,
        "layers": [[name, has_spans(layer)] for name, layer in subject.layers.items()],
    }


def _correctable(subject: Subject) -> int:
    """Return how many of the types, which come first, corrections can be about."""
    return len(Labels.from_names(subject.label_names).entity_types) if subject.correctable else 0


def _groups(content: Content) -> list[tuple[str, int]]:
    """Return the splits, and what stands for one, with the sentences that are shown of each."""
    return [
        (name, sum(one[0] == place for one in content.sentences)) for place, name in enumerate(content.entries.groups)
    ]


def _codes(sentences: Sequence[Entry]) -> dict[str, int]:
    """Count the sentences with each problem code, sorted by code."""
    codes = [code for entry in sentences for code in entry[5]]
    return {code: codes.count(code) for code in sorted(set(codes))}


def _type_styles(count: int) -> str:
    """Return a hue, as far from the others as can be, and a line for each entity type."""
    return "".join(
        f".t{place} {{ --hue: {25 + 360 * place // count}; --line: {_LINES[place % len(_LINES)]}; }}\n"
        for place in range(count)
    )


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _file(name: str) -> str:
    return files("tagpress.preview").joinpath(name).read_text("utf-8")


def _environment() -> Environment:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"number": "{:,}".format, "counted": counted}
    return environment
