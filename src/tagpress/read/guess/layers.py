"""
Which further columns of a corpus are layers? Those of classes, such as parts of speech, and of tags, such as chunks.

A column of classes has few different texts, none with a small letter but words like numbers and signs. A column of tags
whose types are those of the entities holds entities inside entities: it and the column of the tags are one nested layer.
Lists of a sentence along its tokens are looked at in the same way.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from typing import Any, Final

import pyarrow.compute as pc

from tagpress.corpus.layers.flat_spans import FlatSpans
from tagpress.corpus.layers.layer import MAIN, Layer
from tagpress.corpus.layers.nested_spans import NestedSpans
from tagpress.corpus.layers.token_classes import TokenClasses
from tagpress.corpus.schema import RESERVED
from tagpress.errors import ScriptError, SourceError
from tagpress.read.conllu import ConllU
from tagpress.read.csvlists import CsvLists
from tagpress.read.dialect import Dialect
from tagpress.read.guess.layout import are_chunks
from tagpress.read.guess.sniff_records import schema_of
from tagpress.read.guess.spelled_tags import TAG
from tagpress.read.guess.trial import some_of, try_out
from tagpress.read.guess.type_names import types_in_order
from tagpress.read.hubparquet import HubParquet, label_names
from tagpress.read.jsonarray import JsonArray
from tagpress.read.jsonl import JsonLines
from tagpress.read.pieces import parse_piece, pieces
from tagpress.read.sources.source import Source
from tagpress.read.tagged_lines import TaggedLines

_CLASS: Final = re.compile(r"[^a-z\s]{1,12}")
_NUMBER: Final = re.compile(r"[\d.,:/-]*\d[\d.,:/-]*")
_MOST: Final = 100  # classes of a layer
_FIELDS: Final = 20  # of a record that are looked at
_LEAST: Final = 3  # tokens for each class, on average: of fewer, a column is of words
_TREEBANK: Final[Mapping[str, str]] = {"upos": "UPOS", "xpos": "XPOS"}

_Lists = JsonLines | JsonArray | CsvLists | HubParquet


@dataclass(frozen=True, slots=True)
class Layered:
    """A dialect that keeps the columns of layers, and the layers; `columns` are those of the source, by number or name."""

    dialect: Dialect
    layers: Mapping[str, Layer]
    columns: tuple[int | str, ...] = ()

    def spelled(self) -> dict[str, str]:
        """Return each layer as a builder script spells it."""
        return {name: spelled_layer(layer) for name, layer in self.layers.items()}


def find_layers(dialect: Dialect, entity_types: Sequence[str], sources: Sequence[Source]) -> Layered:
    """Return a dialect that was guessed with the layers that its sources have besides the tags of these types."""
    found = Layered(dialect, {})
    if isinstance(dialect, ConllU):
        found = _of_treebank(dialect, sources)
    elif isinstance(dialect, _Lists) and dialect.has_tags:
        found = _of_lists(dialect, sources)
    elif isinstance(dialect, TaggedLines) and not (dialect.has_tags and (dialect.extra or dialect.quote)):
        found = _of_columns(dialect, entity_types, sources)
    return found if found.layers or dialect.has_tags else _of_kept(dialect, sources)


def _of_lists(dialect: _Lists, sources: Sequence[Source]) -> Layered:
    """Return the layers in further lists of a sentence: those along its tokens, of classes, or of tags as chunks have them."""
    first = next(some_of(sources))
    part = next(iter(pieces(first, dialect)))
    plain, schema = parse_piece(part, dialect), schema_of(dialect, first)
    layers: dict[str, Layer] = {}
    for name in [name for name in plain.unread if name not in RESERVED][:_FIELDS]:
        along = replace(dialect, extra=(name,))
        named = () if schema is None else label_names(schema, name)
        with suppress(SourceError, ScriptError):  # it is no list along the tokens, or of names that no layer can have
            if len(parse_piece(part, along).faults) > len(plain.faults):
                continue
            if layer := _of_list(name, along, named, sources):
                layers[name] = layer
    return Layered(replace(dialect, extra=tuple(layers)), layers, tuple(layers)) if layers else Layered(dialect, {})


def _of_list(name: str, along: _Lists, named: tuple[str, ...], sources: Sequence[Source]) -> Layer | None:
    """Return the layer that a list is, which a dialect keeps; its names are those of its labels, where it has numbers."""
    counts = _counts(along, sources)[name]
    if not _are_tags(counts):
        return TokenClasses(named) if named else TokenClasses(sorted(counts)) if _are_classes(counts) else None
    trial = try_out(replace(along, extra=(), tags=name, names=named), sources)
    found = [*types_in_order(named, trial.entity_types)]
    if not are_chunks(Counter(dict.fromkeys(found, 1))):
        return None  # other entities: which of the two lists is meant is not known
    spelled = {"scheme": trial.scheme, "joiner": trial.joiner}
    own: dict[str, Any] = {option: value for option, value in spelled.items() if value != getattr(along, option)}
    return FlatSpans(found, **own)


def _of_kept(dialect: Dialect, sources: Sequence[Source]) -> Layered:
    """
    Return what a dialect without tags keeps, a layer of classes each: without one, nothing would be published.

    Raises:
        SourceError: there are texts that no class can be called.

    """
    counts = _counts(dialect, sources)
    try:
        layers: dict[str, Layer] = {
            name.lower(): TokenClasses(sorted(own), column=None if name.islower() else name)
            for name, own in counts.items()
        }
    except ScriptError as error:
        raise SourceError(f"no column reads like tags, or like classes: {error.message}", error.hint) from error
    return Layered(dialect, layers, tuple(counts))


def _of_treebank(dialect: ConllU, sources: Sequence[Source]) -> Layered:
    counts = _counts(replace(dialect, extra=tuple(_TREEBANK.values())), sources)
    layers: dict[str, Layer] = {
        name: TokenClasses(sorted(counts[column]), column=column)
        for name, column in _TREEBANK.items()
        if _are_classes(counts[column])
    }
    kept = tuple(_TREEBANK[name] for name in layers)
    return Layered(replace(dialect, extra=kept), layers, kept) if layers else Layered(dialect, {})


def _of_columns(given: TaggedLines, entity_types: Sequence[str], sources: Sequence[Source]) -> Layered:
    used = [given.token] if given.tag is None else [given.token, given.tag]
    beside = [column for column in (given.sentence, given.split) if column is not None]
    width = given.width if given.width is not None else max(*used, *dict(given.extra).values(), *beside, 0) + 1
    if not isinstance(width, int) or min(used) < 0:
        return Layered(given, {})
    others = [column for column in range(width) if column not in {*used, *beside}]
    if not others:
        return Layered(given, {})  # without reading a thing
    dialect = replace(given, width=width)
    counts = _counts(replace(dialect, extra={f"column{one}": one for one in others}), sources)
    kept: dict[str, int] = {}
    layers: dict[str, Layer] = {}
    inner: list[str] = []
    types = dict.fromkeys(entity_types)
    for column in others:
        name, layer = _layer_of(column, counts[f"column{column}"], dialect, types, sources)
        if layer is None:
            continue
        name = name if name not in kept else f"{name}_{column}"
        kept[name] = column
        if isinstance(layer, NestedSpans):
            inner.append(name)
            types |= dict.fromkeys(layer.names)
        else:
            layers[name] = layer
    if inner:
        layers["entities"] = NestedSpans([*types], columns=(MAIN, *inner))
    if not layers:
        return Layered(given, {})
    return Layered(replace(dialect, extra=kept), layers, tuple(kept.values()))


def _layer_of(
    column: int, counts: Counter[str], dialect: TaggedLines, types: Mapping[str, None], sources: Sequence[Source]
) -> tuple[str, Layer | None]:
    """Return what a column may be called, and the layer that it is; a nested one for more entities."""
    if _are_classes(counts) and not _are_tags(counts):
        return "pos_tags", TokenClasses(sorted(counts))
    if not _are_tags(counts):
        return "", None
    try:
        trial = try_out(replace(dialect, tag=column), sources)
    except SourceError:
        return "", None
    spelled = {"scheme": trial.scheme, "joiner": trial.joiner}
    found = [*trial.entity_types]
    if not found or any(re.search(r"\s", name) for name in found):
        return "", None
    if set(found) & set(types) and spelled == {"scheme": dialect.scheme, "joiner": dialect.joiner}:
        return "ner_inner", NestedSpans(found, columns=("ner_inner",))
    chunks = are_chunks(Counter(dict.fromkeys(found, 1)))
    own: dict[str, Any] = {name: value for name, value in spelled.items() if value != getattr(dialect, name)}
    return "chunk_tags" if chunks else f"tags_{column}", FlatSpans(found, **own)


def _are_classes(counts: Counter[str]) -> bool:
    numbers = sum(_NUMBER.fullmatch(text) is not None for text in counts)
    few = 1 < len(counts) <= _MOST and counts.total() >= _LEAST * len(counts)
    return few and 2 * numbers < len(counts) and all(_CLASS.fullmatch(text) and text.isprintable() for text in counts)


def _are_tags(counts: Counter[str]) -> bool:
    matches = [TAG.fullmatch(text) for text in counts]
    return all(matches) and any(match and match["type"] for match in matches)


def _counts(dialect: Dialect, sources: Sequence[Source]) -> dict[str, Counter[str]]:
    """Count the texts of the columns that a dialect keeps, in as much of its sources as says enough."""
    found: dict[str, Counter[str]] = {}
    for source in some_of(sources):
        for piece in pieces(source, dialect):
            for name, column in parse_piece(piece, dialect).extra.items():
                texts = pc.value_counts(column.values).to_pylist()
                found.setdefault(name, Counter()).update({one["values"]: one["counts"] for one in texts})
    return {name: found.get(name, Counter()) for name in _names(dialect)}


def _names(dialect: Dialect) -> Iterator[str]:
    kept: Sequence[str | tuple[str, int]] = getattr(dialect, "extra", ())
    yield from (one if isinstance(one, str) else one[0] for one in kept)


def spelled_layer(layer: Any) -> str:  # noqa: ANN401 - any layer: they are dataclasses
    """Return the call that makes a layer, with the options that are not their defaults."""
    named = [one for one in fields(layer) if one.init and not one.kw_only]
    options = [one for one in fields(layer) if one.init and one.kw_only]
    names = [dict(said) if any(said.values()) else [*said] for one in named if (said := getattr(layer, one.name))]
    given = [f"{one.name}={getattr(layer, one.name)!r}" for one in options if getattr(layer, one.name) != one.default]
    return f"tagpress.{type(layer).__name__}({', '.join([*map(repr, names), *given])})"
