"""Which layer of spans does an export write, and which layers would it leave out in silence?"""

from collections.abc import Sequence

from tagpress.corpus.layers.flat_spans import FlatSpans
from tagpress.corpus.layers.layer import MAIN
from tagpress.corpus.layers.table import layers_of
from tagpress.corpus.records import ReleasedConfig
from tagpress.corpus.schema import is_nested
from tagpress.errors import UsageError
from tagpress.export.target import Target


def chosen_spans(config: ReleasedConfig, target: Target, without: Sequence[str]) -> str:
    """
    Return the layer whose spans are written where a target holds those of one: the main tags, unless they are made of a nested one.

    Raises:
        UsageError: no such layer is there to leave out, or one would be left out and nobody said so.

    """
    _refuse_unknown(config, target, without)
    chosen = next(iter(_spans(config, target, without)), None)
    _refuse_tags(config, target, chosen)
    made = {name for name, record in (config.layers or {}).items() if chosen and _source(record.rule) == chosen}
    written = {chosen, *made, *without} if target.holds_spans else {*without, MAIN}
    layers = {name: layer for name, layer in layers_of(config).items() if name not in written}
    lost = [name for name, layer in layers.items() if not target.holds(name, layer)]
    lost += [MAIN] * (target.holds_spans and bool(config.label_names) and MAIN not in {*written, *lost})
    if lost:
        options = " ".join(f"--without {name}" for name in lost)
        message = f"{target.name} cannot hold the layer {', '.join(map(repr, lost))} of this build"
        raise UsageError(message, f"to leave it out, say so: {options}")
    return chosen or MAIN


def _spans(config: ReleasedConfig, target: Target, without: Sequence[str]) -> list[str]:
    """Return the layers of spans that could be written, the first one first."""
    layers = {name: layer for name, layer in layers_of(config).items() if name not in without}
    nested = [name for name, layer in layers.items() if is_nested(layer.arrow)] if target.holds_spans else []
    flat = [name for name, layer in layers.items() if isinstance(layer, FlatSpans) and name != MAIN]
    record = (config.layers or {}).get(MAIN)
    is_made = record is not None and _source(record.rule) in nested
    main = [MAIN] if config.label_names and MAIN not in without and not is_made else []
    return [*main, *nested, *(flat if target.holds_spans else [])]


def _source(rule: str | None) -> str | None:
    """Return the layer of which one is made by a rule, as the release says it: `outermost of entities`."""
    return rule.partition(" of ")[2] if rule else None


def _refuse_unknown(config: ReleasedConfig, target: Target, without: Sequence[str]) -> None:
    known = [*config.layer_columns, *([MAIN] if config.label_names and target.holds_spans else [])]
    unknown = [name for name in without if name not in known]
    if MAIN in unknown and config.label_names:
        message = f"{target.name} would be written without {MAIN}, and no other spans take their place"
        raise UsageError(message, "name a dialect without tags, such as Columns(tag=None, extra=...)")
    if unknown:
        raise UsageError(f"{config.title} has no layer {unknown[0]!r}", f"it has {', '.join(known) or 'no layers'}")


def _refuse_tags(config: ReleasedConfig, target: Target, chosen: str | None) -> None:
    """Stop where there are no spans for what holds them, or where the tags that there are would be left out."""
    layers = ", ".join(config.layer_columns)
    if target.needs_tags and chosen is None:
        message = f"{target.name} holds entities, and this build has no {MAIN}, only the layers {layers}"
        hint = "write jsonl or conllu, or columns by a script whose DIALECT has tag=None and keeps the layers"
        raise UsageError(message, hint)
    if config.label_names and not target.has_tags:
        raise UsageError(f"the dialect has no tags, and this build has {MAIN}", "name their column, or their key")
