"""What a publication writes into a finished card."""

from dataclasses import replace

from tagpress.card import CardFacts, Template, render, with_publication
from tagpress.corpus.manifest import ChangelogEntry
from tagpress.corpus.version import Version


def published(card: bytes, facts: CardFacts) -> bytes:
    assert facts.repo
    return with_publication(
        card,
        name=facts.name,
        repo=facts.repo,
        version=facts.version,
        splits=facts.splits,
        changelog=facts.changelog,
    )


def test_publishing_a_build_gives_the_card_of_the_release(
    template: Template, facts: CardFacts, unpublished: CardFacts
) -> None:
    build = render(template, unpublished)
    assert b"<namespace>/small-corpus" in build
    assert b"This build is not published yet." in build
    assert published(build, facts) == render(template, facts)


def test_twice_is_once(template: Template, facts: CardFacts) -> None:
    once = published(render(template, facts), facts)
    assert published(once, facts) == once


def test_a_later_release_replaces_what_was_published(template: Template, facts: CardFacts) -> None:
    later = replace(
        facts,
        repo="you/other",
        changelog=(ChangelogEntry(version=Version(2, 0, 0), bump="major", lines=("x",)), *facts.changelog),
    )
    assert published(published(render(template, facts), facts), later) == render(template, later)


def test_a_card_without_such_parts_stays_as_it_is(template: Template, facts: CardFacts) -> None:
    card = render(replace(template, body="# Bare\n"), facts)
    assert published(card, facts) == card


def test_a_changelog_line_stays_a_line(template: Template, facts: CardFacts) -> None:
    text = render(template, facts).decode()
    assert "- **1.1.0** (minor)\n  - Sentences added: 3 (train 3).\n  - &lt;b&gt; &amp; \\|\n- **1.0.0**\n" in text
