"""
The blocks of a card whose build has named configurations: readable with three of them, and with dozens.

What is to be compared stands in one table, with a row a configuration. All else is said of each in a section of its own,
which a reader opens; those that say the same share one.
"""

from collections.abc import Callable, Mapping
from typing import Final

from tagpress.card.agreement import agreement_block
from tagpress.card.blocks import BLOCKS, OF_ENTITIES, without_entities
from tagpress.card.facts import CardFacts, EveryFacts
from tagpress.card.markdown import code, number, size, table
from tagpress.card.publication import changelog_block, load_block
from tagpress.corpus.splits import streaming_plan


def every_block(facts: EveryFacts) -> dict[str, str]:
    """Return every block of a card."""
    return {name: _OWN[name](facts) if name in _OWN else _sections(facts, block) for name, block in BLOCKS.items()}


def _sections(facts: EveryFacts, block: Callable[[CardFacts], str]) -> str:
    """Return a block of each configuration, in sections that a reader opens; those with one text share one."""
    shown = _by_text({one.config: block(one) for one in facts.configs})
    return "\n\n".join(
        f"<details><summary>{', '.join(names)}</summary>\n\n{text}\n\n</details>" for text, names in shown.items()
    )


def _once(facts: EveryFacts, block: Callable[[CardFacts], str]) -> str:
    """Return a block that says nothing of one configuration alone: once, where they agree."""
    texts = _by_text({one.config: block(one) for one in facts.configs})
    return next(iter(texts), "") if len(texts) == 1 else _sections(facts, block)


def _by_text(texts: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the names of those that say the same, by what they say; who says nothing is left out."""
    names: dict[str, list[str]] = {}
    for name, text in texts.items():
        if text:
            names.setdefault(text, []).append(name)
    return names


def _split_rule(facts: EveryFacts) -> str:
    """Return how the splits were made."""
    return _once(facts, BLOCKS["split_rule"])


def _rejected(facts: EveryFacts) -> str:
    """Return what was read and not published, of all configurations and of each."""
    read, published = sum(one.read for one in facts.configs), facts.published
    lead = f"Of {number(read)} sentences read, {number(published)} are published and {number(read - published)} are left out."
    return f"{lead}\n\n{_sections(facts, BLOCKS['rejected'])}"


def _splits(facts: EveryFacts) -> str:
    """Return the sentences of each split, and the tokens and entities, of each configuration."""
    rows = [_row(one.config, [one], facts.splits) for one in facts.configs]
    rows.append(_row("all", list(facts.configs), facts.splits))
    header = ["Configuration", *facts.splits, *OF_ENTITIES, "Shards", "Size"]
    kept = without_entities(header) if not any(one.labels.published for one in facts.configs) else range(len(header))
    counts = table(
        [header[place] for place in kept], [[row[place] for place in kept] for row in rows], numbers=range(1, len(kept))
    )
    return f"{counts}\n\n{_once(facts, _streaming)}"


def _streaming(facts: CardFacts) -> str:
    return f"Streaming: {streaming_plan({name: len(split.shard_bytes) for name, split in facts.ordered})}"


def _row(name: str, configs: list[CardFacts], splits: tuple[str, ...]) -> list[str]:
    totals = [one.total for one in configs]
    sizes = [bytes_ for one in configs for split in one.splits.values() for bytes_ in split.shard_bytes]
    counts = (
        *(sum(one.splits[split].tally.sentences for one in configs if split in one.splits) for split in splits),
        sum(tally.annotated for tally in totals),
        sum(tally.tokens for tally in totals),
        sum(sum(tally.labels[1::2]) for tally in totals),
        len(sizes),
    )
    return [name, *map(number, counts), size(sum(sizes))]


def _integrity(facts: EveryFacts) -> str:
    """Return the row digests of all splits in one table, under the words of one configuration."""
    words = BLOCKS["integrity"](facts.any).partition("\n\n")[0]
    rows = [
        [one.config, name, number(split.tally.sentences), code(split.row_digest)]
        for one in facts.configs
        for name, split in one.ordered
    ]
    return f"{words}\n\n{table(['Configuration', 'Split', 'Rows', 'Row digest'], rows, numbers=[2])}"


def _agreement(facts: EveryFacts) -> str:
    """Return how far annotators agree, configurations and those that each has declared."""
    return agreement_block(facts.agreement)


def _load(facts: EveryFacts) -> str:
    """Return how to load a configuration of this release."""
    one, default = facts.any, next(one for one in facts.configs if one.config == facts.default)
    configs = tuple(name for one in facts.configs for name in (one.config, *one.folds))
    return load_block(
        name=one.name,
        repo=one.repo,
        version=one.version,
        splits=default.splits,
        configs=configs,
        default=facts.default,
        labels=bool(default.labels.published),
        layers=default.layers,
    )


def _changelog(facts: EveryFacts) -> str:
    """Return what each release changed."""
    return changelog_block(facts.any.changelog)


_OWN: Final[Mapping[str, Callable[[EveryFacts], str]]] = {
    "splits": _splits,
    "split_rule": _split_rule,
    "rejected": _rejected,
    "agreement": _agreement,
    "integrity": _integrity,
    "load": _load,
    "changelog": _changelog,
}
