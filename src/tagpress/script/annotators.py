"""Who does a script say has annotated the same sentences? Which of them is published is what SOURCES and LAYERS say."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tagpress.build.declaration import Declaration
from tagpress.build.declared import Annotators
from tagpress.corpus.layers.layer import Layer
from tagpress.errors import ScriptError

_HINT = 'name two at least: ANNOTATORS = {"anna": "anna/*.txt", "ben": "ben/*.txt"}, or [["ner_anna", "ner_ben"]] for layers'


def annotators_of(
    declared: Mapping[str, Any] | Sequence[Sequence[str]],
    published: Declaration,
    read_as: Callable[[Mapping[str, Any]], Declaration],
) -> Annotators:
    """
    Return the annotators that ANNOTATORS declares, whose files are declared as the corpus is but for what is their own.

    `read_as` makes the declaration of the corpus with other attributes.

    Raises:
        ScriptError: there is but one of them, or layers are no layers, or not of one kind and the same types.

    """
    if not isinstance(declared, Mapping):
        from tagpress.build.agreement.sentences import layers_of  # noqa: PLC0415 - few scripts have annotators

        layers = layers_of(published)
        for group in declared:
            _require_alike(group, layers)
        return Annotators(layers=tuple(map(tuple, declared)))
    if len(declared) == 1:
        raise ScriptError(f"ANNOTATORS names {next(iter(declared))!r} alone, who agrees with nobody", _HINT)
    files = {name: _declaration(name, own, read_as) for name, own in declared.items()}
    return Annotators(files=files)


def _declaration(name: str, own: Any, read_as: Callable[[Mapping[str, Any]], Declaration]) -> Declaration:  # noqa: ANN401 - a checked value
    try:
        return read_as({**(own if isinstance(own, Mapping) else {"SOURCES": own}), "CORRECTIONS": ""})
    except ScriptError as error:
        raise ScriptError(f"annotator {name!r}: {error.message}", error.hint) from error


def _require_alike(group: Sequence[str], layers: Mapping[str, Layer]) -> None:
    """Stop where layers cannot be compared as those of several annotators."""
    if len(set(group)) < 2:  # noqa: PLR2004 - several
        raise ScriptError(f"ANNOTATORS has the group {list(group)}, and one layer agrees with nobody", _HINT)
    for name in group:
        if name not in layers:
            known = ", ".join(layers)
            raise ScriptError(f"ANNOTATORS names the layer {name!r:.60}, which there is not", f"there are {known}")
    first, *others = [(name, layers[name]) for name in group]
    if not first[1].names:
        hint = "TokenClasses, FlatSpans and NestedSpans can be compared"
        raise ScriptError(f"ANNOTATORS names the layer {first[0]!r}, which holds texts", hint)
    for name, layer in others:
        if layer.kind != first[1].kind or {*layer.meanings} != {*first[1].meanings}:
            message = (
                f"ANNOTATORS compares the layers {first[0]!r} and {name!r}, which have not the same kind and types"
            )
            raise ScriptError(
                message, "declare both with the same class and the same names; SOURCE_TYPES maps another spelling"
            )
