"""Which corrections does a corpus have, and which of them can be, given its layers and their types?"""

from collections.abc import Collection, Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Final

from tagpress.build.declaration import Declaration
from tagpress.corpus.config_names import DEFAULT_CONFIG
from tagpress.corpus.corrections import Correction, CorrectionFault, Corrections, Spans, read_corrections
from tagpress.corpus.layers.flat_spans import FlatSpans
from tagpress.corpus.layers.layer import MAIN
from tagpress.corpus.layers.nested_spans import NestedSpans
from tagpress.corpus.problems import few, quoted

FLAT: Final = "flat"


def with_corrections(declaration: Declaration, name: str, data: bytes, configs: Collection[str]) -> Declaration:
    """
    Return a declaration with the corrections of a file, which messages call `name`.

    Types are taken by the names that they had. `configs` are the configurations of the corpus: a line names the one it is
    about, where there are several.
    """
    items, faults = read_corrections(data)
    items = tuple(_with_names(one, declaration) for one in items)
    wrong = [fault for one in items for fault in _faults(one, declaration, configs)]
    bad = {fault.line for fault in wrong}
    own = tuple(one for one in items if one.line not in bad and one.config in ("", declaration.config))
    if configs and declaration.config != next(iter(configs)):
        # What is wrong with the lines themselves is said once, by the first configuration.
        faults, wrong = (), []
    return replace(declaration, corrections=Corrections(name, own, tuple(sorted([*faults, *wrong]))))


def _with_names(one: Correction, declaration: Declaration) -> Correction:
    """Return a correction with the names that its types have now."""
    names = declaration.spelled_types.get(one.layer, {})
    before, after = (
        tuple(sorted((start, end, names.get(kind, kind)) for start, end, kind in spans))
        for spans in (one.before, one.after)
    )
    return replace(one, before=before, after=after)


def _faults(one: Correction, declaration: Declaration, configs: Collection[str]) -> Iterator[CorrectionFault]:
    if one.config and one.config not in (configs or (DEFAULT_CONFIG,)):
        known = few(configs) if configs else "there are none"
        yield CorrectionFault(
            line=one.line, found=f"the configuration {quoted(one.config)}", expected=f"one of {known}"
        )
        return
    if configs and not one.config:
        expected = f'"config": one of {few(configs)}'
        yield CorrectionFault(line=one.line, found="a correction that names no configuration", expected=expected)
        return
    if one.config in ("", declaration.config):
        found = next(_layer_faults(one, declaration), None)
        if found is not None:
            yield CorrectionFault(line=one.line, found=found[0], expected=found[1])


def _layer_faults(one: Correction, declaration: Declaration) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the layer, the types and the spans of a correction, and what was expected."""
    known = correctable(declaration)
    if one.layer not in known:
        yield f"the layer {quoted(one.layer)}", f"a layer of spans that is read from the sources: {few(known)}"
        return
    types = declaration.types_of(one.layer)
    unknown = [kind for _, _, kind in (*one.before, *one.after) if kind not in types]
    if unknown:
        yield f"the type {quoted(unknown[0])}", f"a type of {one.layer}: {few(types)}"
    if known[one.layer] == FLAT and any(map(_overlap, (one.before, one.after))):
        yield f"spans that overlap in the flat layer {one.layer}", "spans side by side"


def correctable(declaration: Declaration) -> dict[str, str]:
    """Return the kind of each layer that corrections can be about: spans that are not made of another layer."""
    found = {MAIN: FLAT} if declaration.entity_types and MAIN not in declaration.layers else {}
    for name, layer in declaration.layers.items():
        if isinstance(layer, NestedSpans) or (isinstance(layer, FlatSpans) and layer.of is None):
            found[name] = layer.kind
    return found


def _overlap(spans: Spans) -> bool:
    return any(first[1] > second[0] for first, second in pairwise(spans))
