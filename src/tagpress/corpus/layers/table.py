"""Which kinds of layers are there? A new one is a module, and a row here."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from tagpress.corpus.layers.flat_spans import FlatSpans
from tagpress.corpus.layers.layer import MAIN, Layer
from tagpress.corpus.layers.token_classes import TokenClasses
from tagpress.corpus.layers.token_texts import TokenTexts
from tagpress.corpus.records import ConfigRecord, LayerRecord
from tagpress.corpus.schema import COLUMNS, SOURCE_ID
from tagpress.errors import ManifestError, ScriptError

# The kind's name in a manifest: its class, and what makes one of the names that were published.
KINDS: Final[Mapping[str, tuple[type, Callable[[tuple[str, ...]], Layer]]]] = MappingProxyType(
    {
        TokenClasses.kind: (TokenClasses, TokenClasses),
        FlatSpans.kind: (FlatSpans, lambda names: FlatSpans([name[2:] for name in names[1::2]])),
        TokenTexts.kind: (TokenTexts, lambda _: TokenTexts()),
    }
)
_FOREIGN: Final = "No tagpress wrote it: ask whoever published it."


def is_layer(value: object) -> bool:
    """Return whether a value is a layer."""
    return any(type(value) is kind for kind, _ in KINDS.values())


def check_layers(layers: Mapping[str, Layer], kept: Sequence[str]) -> None:
    """
    Check what a script declares as layers, given the columns that its dialect keeps.

    Raises:
        ScriptError: a name that is taken, or a column that the dialect does not keep.

    """
    for name, layer in layers.items():
        if not name or name in {*COLUMNS, SOURCE_ID}:
            hint = "call it otherwise; ENTITY_TYPES are the types of ner_tags"
            raise ScriptError(f"LAYERS has a layer called {name!r}, and that name is taken", hint)
        missing = [column for column in layer.sources(name) if column not in {MAIN, *kept}]
        if missing:
            known = ", ".join(map(repr, (MAIN, *kept)))
            message = f"the layer {name!r} is read from the column {missing[0]!r}, which the dialect does not give"
            hint = f"it gives {known}: name it in extra= of DIALECT, or say column= of the layer"
            raise ScriptError(message, hint)


def layers_of(config: ConfigRecord) -> dict[str, Layer]:
    """
    Return the layers of a release, as far as it tells of them, in the order of its columns.

    Raises:
        ManifestError: a kind that we do not know, or names that its kind cannot have.

    """
    records = config.layers or {}
    return {name: _published(name, records[name]) for name in (MAIN, *config.extra) if name in records}


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
