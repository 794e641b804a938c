"""Turn facts into the blocks that a template may show: tables and sentences with every number computed."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from tagpress.card.agreement import agreement_block
from tagpress.card.doubts import doubts_block
from tagpress.card.facts import CardFacts
from tagpress.card.markdown import code, number, plain, share, size, table
from tagpress.card.pictures import PICTURES, alt_texts, can_draw, placed
from tagpress.card.publication import changelog_block, load_block
from tagpress.corpus.field_splits import FieldSplits
from tagpress.corpus.folds import fold_configs
from tagpress.corpus.layers.flat_spans import FlatSpans
from tagpress.corpus.layers.layer import MAIN, Layer
from tagpress.corpus.layers.rules import RULES as CHOICES
from tagpress.corpus.policies import RULES
from tagpress.corpus.splits import Folds, Hashed, streaming_plan
from tagpress.corpus.tally import Histogram, Tally
from tagpress.corpus.tally.examples import EXAMPLE_CHARS

_QUANTILES: Final = {
    "shortest": 0,
    "5 %": 5,
    "25 %": 25,
    "median": 50,
    "75 %": 75,
    "95 %": 95,
    "99 %": 99,
    "longest": 100,
}
_PAIRS_SHOWN: Final = 10
OF_ENTITIES: Final = ("with an entity", "Tokens", "Entities")
"""The columns in a table of splits that count tokens and entities."""


def _splits(facts: CardFacts) -> str:
    """Return the sentences, tokens and entities of each split, and how many ranks can stream it."""
    rows = [(name, split.tally, split.shard_bytes) for name, split in facts.ordered]
    every = tuple(count for _, _, sizes in rows for count in sizes)
    cells = [_split_row(*row) for row in [*rows, ("all", facts.total, every)]]
    header = ["Split", "Sentences", *OF_ENTITIES, "Shards", "Size"]
    kept = range(len(header)) if facts.labels.published else without_entities(header)
    counts = table(
        [header[place] for place in kept],
        [[row[place] for place in kept] for row in cells],
        numbers=range(1, len(kept)),
    )
    plan = streaming_plan({name: len(split.shard_bytes) for name, split in facts.ordered})
    return f"{counts}\n\nStreaming: {plan}"


def without_entities(header: Sequence[str]) -> list[int]:
    """Return the places of the columns of a table of splits that say nothing of entities, for where there are no types."""
    return [place for place, name in enumerate(header) if name not in (OF_ENTITIES[0], OF_ENTITIES[2])]


def _split_row(name: str, tally: Tally, sizes: tuple[int, ...]) -> list[str]:
    counts = (tally.sentences, tally.annotated, tally.tokens, sum(tally.labels[1::2]), len(sizes))
    return [name, *map(number, counts), size(sum(sizes))]


def _entity_types(facts: CardFacts) -> str:
    """Return the entity types: meaning, entities per split, examples; nothing where there are none."""
    if not facts.labels.published:
        return ""
    splits = facts.ordered
    rows = [
        [
            code(name),
            plain(facts.descriptions[name]),
            *(number(split.tally.entities[name]) for _, split in splits),
            _examples(facts.total, place),
        ]
        for place, name in enumerate(facts.labels.entity_types)
    ]
    header = ["Entity type", "Meaning", *(name for name, _ in splits), "Examples"]
    return table(header, rows, numbers=range(2, 2 + len(splits)))


def _examples(tally: Tally, place: int) -> str:
    texts = (example.text for example in tally.examples[place])
    return ", ".join(code(f"{text}…" if len(text) == EXAMPLE_CHARS else text) for text in texts) or "none"


def _layers(facts: CardFacts) -> str:
    """Return a table of each layer: its names, what they mean, and how often each split has them; nothing without layers."""
    return "\n\n".join(_layer(name, layer, facts) for name, layer in facts.layers.items())


def _layer(name: str, layer: Layer, facts: CardFacts) -> str:
    head = f"### {code(name)}\n\nThe layer {code(name)} is {layer.called}.{_rule(layer)}"
    if name == MAIN or not layer.names:  # the main tags have tables of their own
        return head
    counts = {split: part.layers[name] for split, part in facts.ordered}
    rows = [
        [code(one), plain(layer.meanings.get(one, "")), *(number(layer.spans(counts[split], one)) for split in counts)]
        for one in layer.meanings
    ]
    header = [layer.heading, "Meaning", *counts]
    return f"{head} The order of its names is fixed.\n\n{table(header, rows, numbers=range(2, 2 + len(counts)))}"


def _rule(layer: Layer) -> str:
    if not isinstance(layer, FlatSpans) or layer.of is None or layer.rule is None:
        return ""
    return f" It is made of the layer {code(layer.of)} by the rule {code(layer.rule)}: {CHOICES[layer.rule].words}."


def _labels(facts: CardFacts) -> str:
    """Return the label ids and how many tokens have each; nothing without entity types."""
    if not facts.labels.published:
        return ""
    counts = zip(facts.labels.names, facts.total.labels, strict=True)
    rows = [[str(place), code(name), number(count)] for place, (name, count) in enumerate(counts)]
    return table(["Id", "Label", "Tokens"], rows, numbers=[0, 2])


def _lengths(facts: CardFacts) -> str:
    """Return the quantiles of sentence and entity lengths."""
    rows = [["Tokens in a sentence", *_quantiles(facts.total.sentence_lengths)]]
    if facts.labels.published:
        rows.append(["Tokens in an entity", *_quantiles(facts.total.entity_lengths)])
    return table(["", *_QUANTILES], rows, numbers=range(1, 1 + len(_QUANTILES)))


def _quantiles(lengths: Histogram) -> list[str]:
    return [number(lengths.quantile(percent)) if lengths.total else "n/a" for percent in _QUANTILES.values()]


def _transitions(facts: CardFacts) -> str:
    """Return which entities follow each other without a token between them; nothing without entity types."""
    if not facts.labels.published:
        return ""
    types = facts.labels.entity_types
    entities, touching = sum(facts.total.labels[1::2]), sum(facts.total.adjacent)
    if not touching:
        return "No entity begins right after another one."
    ranked = sorted((-count, pair) for pair, count in enumerate(facts.total.adjacent) if count)[:_PAIRS_SHOWN]
    rows = [[code(types[pair // len(types)]), code(types[pair % len(types)]), number(-count)] for count, pair in ranked]
    begin = "entity begins" if touching == 1 else "entities begin"
    lead = f"{number(touching)} {begin} right after another one ({share(touching, entities)}); the most frequent pairs:"
    return f"{lead}\n\n{table(['First', 'Second', 'Times'], rows, numbers=[2])}"


def _rejected(facts: CardFacts) -> str:
    """Return what was read and not published, and why."""
    left_out = facts.read - facts.published
    lead = f"Of {number(facts.read)} sentences read, {number(facts.published)} are published and {number(left_out)} are left out"
    if facts.corrections:
        are = "correction was" if facts.corrections == 1 else "corrections were"
        lead += f"; {number(facts.corrections)} {are} applied to what the sources say (see `corrections/`)"
    if facts.forgotten:
        are = "sentence is" if facts.forgotten == 1 else "sentences are"
        lead += f"; {number(facts.forgotten)} {are} to be forgotten (by digest, in `forgotten/`)"
    if not left_out:
        return f"{lead}."
    rows = [[code(reason), RULES[reason].meaning, number(count)] for reason, count in sorted(facts.rejected.items())]
    both = "" if sum(facts.rejected.values()) == left_out else " A sentence with two reasons counts for both."
    return f"{lead}.{both}\n\n{table(['Reason', 'What it is', 'Sentences'], rows, numbers=[2])}"


def _licenses(facts: CardFacts) -> str:
    """Return under which licences the sources are; nothing where nobody has declared any."""
    if not facts.licenses:
        return ""
    rows = [[code(name), number(files), number(count)] for name, (files, count) in facts.licenses.items()]
    return table(["Licence", "Sources", "Sentences read"], rows, numbers=[1, 2])


def _agreement(facts: CardFacts) -> str:
    """Return how far annotators agree; nothing where there is but one."""
    return agreement_block(facts.agreement)


def _split_rule(facts: CardFacts) -> str:
    """Return how the splits were made, and how far one nearly has what another has."""
    return f"{_rule_in_words(facts)}{_near_duplicates(facts)}"


def _near_duplicates(facts: CardFacts) -> str:
    if not facts.near:
        return ""
    pairs = ", ".join(f"{number(count)} of {one} in {other}" for (one, other), count in sorted(facts.near.items()))
    return (
        "\n\nSentences of one split that another has too, but for case, digits, white space or token ends:"
        f" {pairs}. A score on them is flattered."
    )


def _said_in_words(rule: FieldSplits, where: str | int | None) -> str:
    named = f"column {where}" if isinstance(where, int) else f"field {code(where or '')}"
    others = [f"{code(value)} is {code(split)} here" for value, split in rule.values.items() if value != split]
    return f"The splits are those of the source, as its {named} says them{': ' * bool(others)}{', '.join(others)}."


def _rule_in_words(facts: CardFacts) -> str:
    rule = facts.split_rule
    if isinstance(rule, FieldSplits):
        return _said_in_words(rule, facts.split_field)
    if not isinstance(rule, Hashed):
        return "The splits are those of the source."
    if isinstance(rule, Folds):
        configs = fold_configs(facts.config, rule.names)
        first, *_, last = configs
        return (
            f"A hash of each {rule.group}, salted with {code(rule.salt)}, decides its fold, of {rule.count}. Each of the"
            f" configurations {code(first)} to {code(last)} tests on one fold and trains on all others; no sentence is"
            f" published twice. Adding, removing or reordering other {rule.group}s never moves it."
        )
    weights = " : ".join(str(rule.weights[name]) for name in rule.names)
    return (
        f"A hash of each {rule.group}, salted with {code(rule.salt)}, decides its split, in the proportions {weights}"
        f" ({' : '.join(rule.names)}). Adding, removing or reordering other {rule.group}s never moves it."
    )


def _integrity(facts: CardFacts) -> str:
    """Return the row digests and what they mean."""
    rows = [[name, number(split.tally.sentences), code(split.row_digest)] for name, split in facts.ordered]
    return (
        "`release.json` lists every file with its size and SHA-256. The row digest of a split is the sum, modulo 2^256,"
        " of the SHA-256 of its rows: it changes with any token, tag, id or document, and with nothing else, so it stays the same"
        f" however the rows are ordered, cut into shards or encoded.\n\n{table(['Split', 'Rows', 'Row digest'], rows, numbers=[1])}"
    )


def _load(facts: CardFacts) -> str:
    """Return how to load this release."""
    return load_block(
        name=facts.name,
        repo=facts.repo,
        version=facts.version,
        splits=facts.splits,
        configs=(facts.config, *facts.folds) if facts.folds else (),
        default=facts.config,
        labels=bool(facts.labels.published),
        layers=facts.layers,
    )


def _changelog(facts: CardFacts) -> str:
    """Return what each release changed."""
    return changelog_block(facts.changelog)


def _picture(name: str) -> Callable[[CardFacts], str]:
    """
    Return what shows a picture, with its numbers as the text for those who cannot see it.

    It is nothing if none can be drawn, or where there are no entity types to draw.
    """
    path = PICTURES[name].path

    def shown(facts: CardFacts) -> str:
        if name == "entity-types" and not facts.labels.published:
            return ""
        text = plain(alt_texts({split: part.tally for split, part in facts.ordered})[path])
        return f"![{text}]({placed(path, facts.config)})" if can_draw() else ""

    return shown


_PICTURES: Final[Mapping[str, Callable[[CardFacts], str]]] = {
    "entity_types_picture": _picture("entity-types"),
    "sentence_lengths_picture": _picture("sentence-lengths"),
}
PICTURE_BLOCKS: Final = frozenset(_PICTURES)
"""The blocks that need tagpress[plots]."""

BLOCKS: Final[Mapping[str, Callable[[CardFacts], str]]] = {
    "splits": _splits,
    "entity_types": _entity_types,
    "labels": _labels,
    "layers": _layers,
    "lengths": _lengths,
    "transitions": _transitions,
    "rejected": _rejected,
    "licenses": _licenses,
    "doubts": doubts_block,
    "agreement": _agreement,
    "split_rule": _split_rule,
    "integrity": _integrity,
    "load": _load,
    "changelog": _changelog,
    **_PICTURES,
}
