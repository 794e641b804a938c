"""Render the body of a card: a Jinja template that can say only what it is told."""

from collections.abc import Sequence
from functools import cache, lru_cache
from types import TracebackType
from typing import Any

import jinja2
from jinja2 import StrictUndefined, TemplateError, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from tagpress.card.blocks import BLOCKS
from tagpress.card.every import every_block
from tagpress.card.facts import CardFacts, EveryFacts
from tagpress.card.markdown import number, share, size
from tagpress.card.template import Template
from tagpress.card.vocabulary import nearest
from tagpress.corpus.tally import Tally
from tagpress.errors import CardError


class _Missing(StrictUndefined):
    """A name without a value; Jinja raises with this message when a template uses it."""

    @property
    def _undefined_message(self) -> str:
        near = (
            nearest(str(self._undefined_name), self._undefined_obj) if isinstance(self._undefined_obj, dict) else None
        )
        return f"{self._undefined_name} has no value in this build" + (f"; did you mean {near!r}?" if near else "")


class _Count(int):
    """A number that prints itself with thousands separators."""

    def __str__(self) -> str:
        return number(self)


def render_body(template: Template, facts: CardFacts | EveryFacts) -> str:
    """
    Return the body with its values.

    Raises:
        CardError: a value that is missing or cannot be printed, or an expression that fails.

    """
    values = _values_of_every(template, facts) if isinstance(facts, EveryFacts) else _values(template, facts)
    try:
        return compiled(template.body).render(values)
    except (TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        line = template.body_line + _line(error.__traceback__) - 1
        raise CardError(f"{template.path}:{line}: {error}", "see the table of values that a card can show") from error


@lru_cache(maxsize=2)
def compiled(body: str) -> jinja2.Template:
    """Return what renders a body; it is asked for before a build reads anything, and again at its end."""
    return environment().from_string(body)


@cache
def environment() -> ImmutableSandboxedEnvironment:
    """Return the environment of every card: no loader, no global function, no chance."""
    # Markdown is not HTML: what comes from the corpus is escaped where a block is made.
    environment = ImmutableSandboxedEnvironment(
        autoescape=False,  # see above
        keep_trailing_newline=True,
        undefined=_Missing,
        finalize=_printable,
    )
    environment.globals.clear()
    environment.filters.pop("random")  # same facts, same bytes
    environment.filters |= {"number": number, "share": share, "size": size}
    return environment


def _printable(value: object) -> object:
    """Let through what a card can print; an object's address or None would be nonsense."""
    if isinstance(value, Undefined):
        value._fail_with_undefined_error()  # noqa: SLF001  # Jinja's own way to say which name it was
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise TypeError(f"a {type(value).__name__} cannot be printed; choose a part of it, or a filter such as join")
    return value


def _line(trace: TracebackType | None) -> int:
    """Return the line of the template where an error came from; Jinja rewrites the traceback to say it."""
    line = 1
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _values(template: Template, facts: CardFacts) -> dict[str, Any]:
    """Return what a template may show."""
    return {
        "name": facts.name,
        "version": str(facts.version),
        "tag": facts.version.tag,
        "types": _Count(len(facts.labels.entity_types)),
        "sources": _Count(facts.sources),
        "read": _Count(facts.read),
        "published": _Count(facts.published),
        "rejected": _Count(facts.read - facts.published),
        "metadata": dict(template.metadata),
        "total": _counts(facts.total),
        "splits": {name: _counts(split.tally) for name, split in facts.ordered},
        "blocks": {name: block(facts) for name, block in BLOCKS.items()},
    }


def _values_of_every(template: Template, facts: EveryFacts) -> dict[str, Any]:
    """Return what a template may show of several configurations: the sums of what each of them has."""
    every = [_values(template, one) for one in facts.configs]
    sums = {name: _Count(sum(one[name] for one in every)) for name in ("sources", "read", "published", "rejected")}
    return {
        **every[0],
        **sums,
        "types": _Count(len({name for one in facts.configs for name in one.labels.entity_types})),
        "total": _added([one["total"] for one in every]),
        "splits": {
            split: _added([one["splits"][split] for one in every if split in one["splits"]]) for split in facts.splits
        },
        "blocks": every_block(facts),
    }


def _added(counts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    types = dict.fromkeys(name for one in counts for name in one["of"])
    return {
        **{name: _Count(sum(one[name] for one in counts)) for name in counts[0] if name != "of"},
        "of": {name: _Count(sum(one["of"].get(name, 0) for one in counts)) for name in types},
    }


def _counts(tally: Tally) -> dict[str, Any]:
    return {
        "sentences": _Count(tally.sentences),
        "annotated": _Count(tally.annotated),
        "tokens": _Count(tally.tokens),
        "entities": _Count(sum(tally.labels[1::2])),
        "of": {name: _Count(count) for name, count in tally.entities.items()},
    }
