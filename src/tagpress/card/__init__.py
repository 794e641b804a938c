"""
Render a hand-written card with the numbers of a build.

A card begins with its hand-written front matter, to which the computed fields are added. The rest is a Jinja template
that may use:

    {{ name }} {{ version }} {{ tag }}        "software-entities", "1.0.0", "v1.0.0"
    {{ metadata.pretty_name }}                any hand-written field of the front matter
    {{ types }} {{ sources }}                 how many entity types and source files there are
    {{ read }} {{ published }} {{ rejected }} sentences
    {{ total.sentences }}                     also .annotated (with an entity) .tokens .entities .of.TYPE
    {{ splits.train.sentences }}              the same of one split
    {{ blocks.splits }}                       sentences, tokens, entities, shards and size per split
    {{ blocks.entity_types }}                 meaning, entities per split, and examples of each type
    {{ blocks.labels }}                       label ids and their tokens
    {{ blocks.layers }}                       names, meaning and frequency of each layer; empty without layers
    {{ blocks.lengths }}                      quantiles of sentence and entity lengths
    {{ blocks.transitions }}                  which entities follow each other directly
    {{ blocks.rejected }}                     what was left out, and why
    {{ blocks.licenses }}                     the declared licences of the sources; empty without LICENSES
    {{ blocks.doubts }}                       labels in doubt, counted; a card that shows it has them looked for
    {{ blocks.agreement }}                    how far configurations agree on the sentences that they share
    {{ blocks.split_rule }}                   how the splits were made
    {{ blocks.integrity }}                    row digests and what they mean
    {{ blocks.load }} {{ blocks.changelog }}  how to load this release, what each release changed; see `publication`

    {{ blocks.entity_types_picture }}         a picture of the entities of each type; needs tagpress[plots]
    {{ blocks.sentence_lengths_picture }}     a picture of the sentence lengths of each split; the same

    Of several configurations, values are the sums, and blocks have a table with a row for each, or a section for each.

    Filters: {{ a | number }} 1,234,567; {{ a | share(b) }} 33.3 %; {{ a | size }} 5.6 MB
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tagpress.card.body import render_body
from tagpress.card.checks import body_faults, undrawn_pictures
from tagpress.card.facts import CardFacts, EveryFacts, SplitFacts
from tagpress.card.frontmatter import front_matter
from tagpress.card.metadata import metadata_faults
from tagpress.card.pictures import EXTRA_HINT
from tagpress.card.publication import with_publication
from tagpress.card.template import Fault, Template, parse_template
from tagpress.card.withdrawn import with_withdrawals
from tagpress.corpus.problem_rule import Policy
from tagpress.corpus.split_names import SPLITS
from tagpress.errors import CardError

PLAIN_CARD: Final = Path(__file__).parent / "plain.md"
"""The card of a corpus that has none of its own: computed numbers and nothing else."""
PLAIN_LAYERS_CARD: Final = PLAIN_CARD.with_name("plain-layers.md")
"""The same where there are no entity types."""

__all__ = [
    "PLAIN_CARD",
    "PLAIN_LAYERS_CARD",
    "CardFacts",
    "EveryFacts",
    "Fault",
    "SplitFacts",
    "Template",
    "check_template",
    "parse_template",
    "read_card",
    "render",
    "with_publication",
    "with_withdrawals",
]


def check_template(template: Template, splits: Sequence[str] = SPLITS) -> tuple[Fault, ...]:
    """
    Return everything wrong with a card that can be known before there is data, in order of the lines.

    `splits` are names that it may use besides those of computed splits.
    """
    return tuple(sorted([*metadata_faults(template), *body_faults(template, (*SPLITS, *splits))]))


def read_card(
    path: Path | None, splits: Sequence[str] = SPLITS, *, pictures: Policy = Policy.WARN, entities: bool = True
) -> tuple[Template, tuple[str, ...]]:
    """
    Return the card's template and what it still leaves open; without one of its own a corpus has a plain card.

    `splits` are names that it may use besides those of computed splits; `pictures` is what happens to pictures that
    nothing here can draw; `entities` says whether there are entity types, of which the plain card speaks.

    Raises:
        CardError: the card cannot be read, or has faults; all of them are named.

    """
    path = path or (PLAIN_CARD if entities else PLAIN_LAYERS_CARD)
    try:
        template = parse_template(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise CardError(
            f"the card {path} cannot be read: {error}", "set CARD to the path of a Markdown file"
        ) from error
    warnings = _refuse_faults(template, splits)
    undrawn = [str(fault) for fault in sorted(undrawn_pictures(template))]
    if undrawn and pictures is Policy.ERROR:
        raise CardError("\n".join(undrawn), EXTRA_HINT)
    return template, warnings


def render(template: Template, facts: CardFacts | EveryFacts) -> bytes:
    """
    Return the README.md of a build: the same facts give the same bytes.

    Raises:
        CardError: the template has faults (all are listed), or shows a value that the build does not have.

    """
    _refuse_faults(template, tuple(facts.splits))
    return (front_matter(template.front, facts) + render_body(template, facts).rstrip() + "\n").encode()


def _refuse_faults(template: Template, splits: Sequence[str]) -> tuple[str, ...]:
    """Stop at a card that has errors; return its warnings."""
    faults = check_template(template, splits)
    errors = [str(fault) for fault in faults if not fault.warning]
    if errors:
        raise CardError("\n".join(errors), "mend the card")
    return tuple(str(fault) for fault in faults)
