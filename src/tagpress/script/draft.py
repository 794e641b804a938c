"""What does `tagpress new` write? A script, a card and a test, as text, from what was found out about a corpus."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from tagpress.build.report import Report
from tagpress.corpus.policies import RULES
from tagpress.corpus.problem_rule import Policy
from tagpress.corpus.splits import Grouping
from tagpress.read.guess.sniff import spell
from tagpress.read.guess.type_names import published_types
from tagpress.script.several import Guessed

_MILDEST: Final = (Policy.EXPAND, Policy.SHRINK, Policy.REPAIR, Policy.DROP, Policy.WARN)
# What else may be done about a problem: in the dialect.
_DECLARED: Final = {
    "ambiguous-comment": ('or say ambiguous="token" or ambiguous="comment" in DIALECT',),
    "several-annotations": ("or say whose count, with annotator= in DIALECT",),
    "bad-encoding": ("or say another encoding= in DIALECT",),
}
_POS: Final = frozenset({"pos_tags", "upos", "xpos"})
OPEN: Final = "[More Information Needed]"
_ENVIRONMENT: Final = Environment(
    loader=PackageLoader("tagpress.script"),
    undefined=StrictUndefined,
    autoescape=False,  # noqa: S701 - Python and Markdown are written, not HTML
    keep_trailing_newline=True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """
    A script and its card before they are written.

    `patterns` are those of each split as they stand in the script, or those of None where splits are computed, by
    configuration, which is None where there is one without a name; `notes` are doubts besides the dialect's;
    `stops` counts the problems of each code that stop a build.
    """

    name: str
    guessed: Guessed
    patterns: Mapping[str | None, Mapping[str | None, tuple[str, ...]]]
    card_name: str
    group: Grouping
    salt: str = "1"
    notes: tuple[str, ...] = ()
    stops: Mapping[str, int] = field(default_factory=dict)

    @property
    def choices(self) -> dict[str, tuple[str, ...]]:
        """Return what may be done about each code that stops a build, what loses least first."""
        ranked = {code: [policy for policy in _MILDEST if policy in RULES[code].accepts] for code in self.stops}
        return {code: tuple(map(str, policies)) for code, policies in ranked.items() if policies}

    @property
    def given(self) -> bool:
        """Return whether the corpus came with its splits."""
        return all(None not in own for own in self.patterns.values())

    @property
    def computed(self) -> bool:
        """Return whether splits are computed: neither files nor a field say them."""
        return not self.given and not self.guessed.sniffed.splits

    @property
    def types(self) -> dict[str, str]:
        """Return the name to publish for each type that was found: one without spaces and what cannot be seen."""
        return published_types(self.guessed.sniffed.entity_types)

    @property
    def doubts(self) -> tuple[str, ...]:
        """Return all doubts, those about a configuration with its name."""
        own = (f"{config}: {doubt}" for config, one in self.guessed.own.items() for doubt in _doubts(one))
        return (*_doubts(self.guessed), *own, *self.notes)

    def script(self) -> bytes:
        """Return the builder script."""
        return self._filled("script.py.jinja")

    def card(self) -> bytes:
        """Return the card's template."""
        return self._filled("card.md.jinja")

    def test(self, report: Report, script_name: str) -> bytes:
        """Return a test of the corpus, with what `report` counted pinned and its problems accepted, but for errors."""
        stops = {found.code for found in report.problems if found.severity == "error"}
        return _rendered(
            "test.py.jinja",
            {
                "name": self.name,
                "script": script_name,
                "sentences": report.sentences,
                "tokens": report.tokens,
                "entities": {label[2:]: often for label, often in report.labels.items() if label.startswith("B-")},
                "accepted": {code: often for code, often in report.problem_counts.items() if code not in stops},
            },
        )

    def _filled(self, template: str) -> bytes:
        return _rendered(template, self._values())

    def _values(self) -> dict[str, Any]:
        words = [word for word in re.split(r"[^0-9A-Za-z]+", self.name) if word]
        capital = [word.capitalize() for word in words]
        configs = {config: _sources(own) for config, own in self.patterns.items()}
        return {
            "name": self.name,
            "class_name": "".join(capital) if capital[0][0].isalpha() else f"Corpus{''.join(capital)}",
            "title": " ".join(words).capitalize(),
            "dialect": spell(self.guessed.layered.dialect),
            "layers": self.guessed.layered.spelled(),
            "types": list(self.types.values()),
            "task_id": self._task_id,
            "source_types": {spelled: name for spelled, name in self.types.items() if spelled != name},
            "sources": configs.get(None),
            "configs": {
                config: {"SOURCES": repr(own), **self.guessed.declared(config)}
                for config, own in configs.items()
                if config is not None
            },
            "given": self.given,
            "field_splits": dict(self.guessed.sniffed.splits),
            "group": self.group,
            "salt": self.salt,
            "card": self.card_name,
            "text": self.guessed.layered.dialect.has_text,
            "reasons": [str(reason) for reason in self.guessed.reasons],
            "doubts": [*self.doubts],
            "choices": [self._choice(code, *policies) for code, policies in self.choices.items()],
            "open": OPEN,
        }

    @property
    def _task_id(self) -> str | None:
        """Return what the Hub calls the task; nothing of layers for which it has no word."""
        if self.types:
            return "named-entity-recognition"
        return "part-of-speech" if _POS & self.guessed.layered.layers.keys() else None

    def _choice(self, code: str, first: str, *others: str) -> str:
        """Return a line of POLICY, with what it is about."""
        rule, often = RULES[code], self.stops[code]
        also = [f"or {', '.join(map(repr, others))}"] if others else []
        said = "; ".join(
            [f"{often:,} {'time' if often == 1 else 'times'}: {rule.meaning}", *also, *_DECLARED.get(code, ())]
        )
        return f'"{code}": "{first}",  # {said}'


def _doubts(guessed: Guessed) -> list[str]:
    """Return the doubts about a dialect, but those about columns that are layers now."""
    gone = tuple(f"tags: column {column} holds tags too" for column in guessed.layered.columns)
    return [doubt for doubt in guessed.sniffed.doubts if not (gone and doubt.startswith(gone))]


def _rendered(template: str, values: Mapping[str, Any]) -> bytes:
    return _ENVIRONMENT.get_template(template).render(values).encode()


def _sources(patterns: Mapping[str | None, tuple[str, ...]]) -> object:
    """Return what stands behind SOURCES: patterns by split, or without one; a pattern by itself is a text."""
    said = {split: own[0] if len(own) == 1 else own for split, own in patterns.items()}
    return said.get(None, said)
