"""Which kinds of layers are there? A new one is a module, and a row here."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from tagpress.corpus.layers.flat_spans import FlatSpans
from tagpress.corpus.layers.layer import MAIN, Layer
from tagpress.corpus.layers.nested_spans import NestedSpans
from tagpress.corpus.layers.token_classes import TokenClasses
from tagpress.corpus.layers.token_texts import TokenTexts
from tagpress.corpus.records import ConfigRecord, LayerRecord
from tagpress.corpus.schema import RESERVED
from tagpress.errors import ManifestError, ScriptError

# The kind's name in a manifest: its class, and what makes one of the names that were published.
KINDS: Final[Mapping[str, tuple[type, Callable[[tuple[str, ...]], Layer]]]] = MappingProxyType(
    {
        TokenClasses.kind: (TokenClasses, TokenClasses),
        FlatSpans.kind: (FlatSpans, lambda names: FlatSpans([name[2:] for name in names[1::2]])),
        NestedSpans.kind: (NestedSpans, NestedSpans),
        TokenTexts.kind: (TokenTexts, lambda _: TokenTexts()),
    }
)
_FOREIGN: Final = "No tagpress wrote it: ask whoever published it."


def is_layer(value: object) -> bool:
    """Return whether a value is a layer."""
    return any(type(value) is kind for kind, _ in KINDS.values())


def settled_layers(layers: Mapping[str, Layer]) -> dict[str, Layer]:
    """
    Return layers with the types of those that are made of another.

    Raises:
        ScriptError: there is no such nested layer, or it has other types.

    """
    return {name: _settled(name, layer, layers) for name, layer in layers.items()}


def _settled(name: str, layer: Layer, layers: Mapping[str, Layer]) -> Layer:
    if not isinstance(layer, FlatSpans) or layer.of is None:
        return layer
    nested = layers.get(layer.of)
    if not isinstance(nested, NestedSpans):
        known = ", ".join(repr(name) for name, one in layers.items() if isinstance(one, NestedSpans)) or "none"
        message = f"the layer {name!r} is made of {layer.of!r}, which is no nested layer"
        raise ScriptError(message, f"the nested layers of LAYERS are {known}")
    if layer.types and tuple(layer.types) != nested.names:
        message = f"the layer {name!r} has other types than {layer.of!r}, of which it is made"
        raise ScriptError(message, "leave its types out: they are those of the nested layer")
    return FlatSpans(nested.types, of=layer.of, rule=layer.rule)


def check_layers(layers: Mapping[str, Layer], given: Sequence[str]) -> None:
    """
    Check what a script declares as layers, given the columns of its dialect, with that of the tags if there is one.

    Raises:
        ScriptError: a name that is taken, or a column that the dialect does not keep.

    """
    for name, layer in layers.items():
        if not name or (name in RESERVED and not (name == MAIN and getattr(layer, "of", None))):
            hint = f"call it otherwise; {MAIN} can only be made of a nested layer: FlatSpans(of=, rule=)"
            raise ScriptError(f"LAYERS has a layer called {name!r}, and that name is taken", hint)
        missing = [column for column in layer.sources(name) if column not in given]
        if missing:
            known = ", ".join(map(repr, given)) or "no column but the tokens"
            message = f"the layer {name!r} is read from the column {missing[0]!r}, which the dialect does not give"
            hint = f"it gives {known}: name it in extra= of DIALECT, or say column= of the layer"
            raise ScriptError(message, hint)
    if MAIN in layers and not any(MAIN in layer.sources(name) for name, layer in layers.items()):
        message = f"{MAIN} is made of another layer, and no layer is read from the tags of the dialect"
        raise ScriptError(message, f'name {MAIN} among the columns of the nested layer: columns=("{MAIN}", ...)')


def rule_of(layer: Layer) -> str | None:
    """Return how a layer is made of another, as the release says it."""
    return f"{layer.rule} of {layer.of}" if isinstance(layer, FlatSpans) and layer.of else None


def in_order(layers: Mapping[str, Layer]) -> dict[str, Layer]:
    """Return layers so that each stands behind that of which it is made."""
    return dict(sorted(layers.items(), key=lambda item: getattr(item[1], "of", None) is not None))


def layers_of(config: ConfigRecord) -> dict[str, Layer]:
    """
    Return the layers of a release, as far as it tells of them, in the order of its columns.

    Raises:
        ManifestError: a kind that we do not know, or names that its kind cannot have.

    """
    records = config.layers or {}
    return {name: _published(name, records[name]) for name in config.extra if name in records}


def _published(name: str, record: LayerRecord) -> Layer:
    if record.kind not in KINDS:
        message = f"the layer {name!r:.60} is of the kind {record.kind!r:.60}; this tagpress knows {', '.join(KINDS)}"
        raise ManifestError(message, "A newer tagpress may read it: pip install --upgrade tagpress")
    try:
        layer = KINDS[record.kind][1](record.names)
    except ScriptError as error:
        raise ManifestError(f"the layer {name!r:.60} has impossible names: {error.message}", _FOREIGN) from error
    if layer.names != record.names:
        raise ManifestError(f"the layer {name!r:.60} has names that no {record.kind} layer has", _FOREIGN)
    return layer
