"""Rendering: the golden card, pure, and strict about every value."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tagpress.card import PLAIN_CARD, CardFacts, Template, check_template, parse_template, render
from tagpress.card.body import _values
from tagpress.card.checks import _NAMES
from tagpress.errors import CardError


def with_body(template: Template, body: str) -> Template:
    return replace(template, body=body)


def test_the_golden_card(template: Template, facts: CardFacts, golden: Callable[[str, str], None]) -> None:
    assert not check_template(template)
    golden("golden/small.md", render(template, facts).decode())


def test_same_facts_same_bytes(template: Template, facts: CardFacts) -> None:
    reordered = replace(facts, rejected=dict(reversed(facts.rejected.items())))
    assert render(template, facts) == render(template, facts) == render(template, reordered)


def test_every_name_that_the_check_allows_has_a_value(template: Template, facts: CardFacts) -> None:
    values = _values(template, facts)
    assert values.keys() - {"metadata"} == _NAMES.keys()
    assert values["total"].keys() == values["splits"]["train"].keys() == _NAMES["total"].keys()
    assert values["splits"].keys() <= _NAMES["splits"].keys()
    assert values["blocks"].keys() == _NAMES["blocks"].keys()


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("a\n{{ splits.validation.tokens }}\n", "card.md:14: validation has no value in this build"),
        ("{{ total.of.Persn }}", "card.md:13: Persn has no value in this build; did you mean 'Person'?"),
        ("{% if true %}\n\n{{ none }}\n{% endif %}", "card.md:15: a NoneType cannot be printed"),
        ("{{ total.tokens / 7 }}", "card.md:13: a float cannot be printed"),
        ("{{ total.tokens // 0 }}", "card.md:13: integer division or modulo by zero"),
        ("{{ total.tokens == 3 }}", "card.md:13: a bool cannot be printed"),
        ("{{ name.upper }}", "card.md:13: a builtin_function_or_method cannot be printed"),
        ("{{ name.__class__.__mro__ }}", "card.md:13: __class__ has no value in this build"),
        ("{% include 'x' %}", "card.md:13: no loader for this environment specified"),
    ],
)
def test_a_value_that_cannot_be_shown_says_where(template: Template, facts: CardFacts, body: str, message: str) -> None:
    with pytest.raises(CardError) as caught:
        render(replace(template, path="card.md", body=body, body_line=13), facts)
    assert caught.value.message.startswith(message)


def test_a_card_with_faults_is_not_rendered_and_lists_them_all(template: Template, facts: CardFacts) -> None:
    broken = replace(template, metadata={**template.metadata, "license": "mitt"}, body="{{ tokens }} TODO")
    with pytest.raises(CardError) as caught:
        render(broken, facts)
    assert [line.removeprefix("template.md:").split(";")[0] for line in caught.value.message.splitlines()] == [
        "4: error: license: 'mitt' is not a licence identifier of the Hub",
        "13: error: TODO is left in its beginning",
        "13: error: {{ tokens }} is unknown",
    ]


def test_a_warning_does_not_stop_a_build(template: Template, facts: CardFacts) -> None:
    assert b"[More Information Needed]" in render(with_body(template, "[More Information Needed]"), facts)


def test_a_build_without_entities_or_rejections_has_a_card(template: Template, facts: CardFacts) -> None:
    split = facts.splits["train"]
    empty = replace(
        split.tally,
        labels=(split.tally.tokens, 0, 0, 0, 0),
        adjacent=(0, 0, 0, 0),
        examples=((), ()),
        annotated=0,
        entity_lengths=type(split.tally.entity_lengths)(),
    )
    bare = replace(facts, splits={"train": replace(split, tally=empty)}, read=3, rejected={})
    text = render(
        with_body(
            template, "{{ blocks.entity_types }}{{ blocks.lengths }}{{ blocks.transitions }}{{ blocks.rejected }}"
        ),
        bare,
    ).decode()
    assert "| `Person` | A person, \\| &lt;b&gt;real&lt;/b&gt; or not. | 0 | none |" in text
    assert "| Tokens in an entity | n/a |" in text
    assert "No entity begins right after another one." in text
    assert "Of 3 sentences read, 3 are published and 0 are left out." in text


def test_the_real_card_of_the_project_is_sound(root: Path) -> None:
    assert not check_template(parse_template((root / "dataset_card.md").read_text("utf-8"), "dataset_card.md"))


@pytest.mark.parametrize(
    "change",
    [
        {"splits": {}},
        {"descriptions": {"Person": "x"}},
        {"read": 3},
    ],
)
def test_facts_that_contradict_each_other_cannot_exist(facts: CardFacts, change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        replace(facts, **change)  # type: ignore[arg-type]


def test_a_split_has_shards_and_a_digest(facts: CardFacts) -> None:
    for change in ({"shard_bytes": ()}, {"row_digest": "AB"}):
        with pytest.raises(ValueError, match="shards and a row digest"):
            replace(facts.splits["train"], **change)


def test_a_corpus_without_a_card_has_a_plain_one(facts: CardFacts) -> None:
    plain = parse_template(PLAIN_CARD.read_text("utf-8"), "plain.md")
    assert all(fault.warning for fault in check_template(plain))
    assert render(plain, facts).decode().count("\n## ") == 5
