"""
How does a release describe itself to machines? As Croissant 1.1 (JSON-LD), with the label names.

    distribution    the repository at the release's tag, its shards as a set, and each shard with its SHA-256
    splits          a record a split; each named configuration has these three, as CONFIG/splits and so on
    labels          a record a label, if there is a column of them: id, name and, where it is known, what its entity type means
    sentences       a record a row: id, doc_id, tokens, ner_tags (which are ids of `labels`), layers and split

The Hub makes a Croissant file of every dataset on its own, in which the label ids have no names. The same release
gives the same bytes: there is no date in it. What entity types mean and how to cite the dataset are in the release
already, in the builder script and in the card, and are taken from there.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tagpress.card.croissant_terms import CONTEXT, CROISSANT, RAI
from tagpress.corpus.config_names import DEFAULT_CONFIG
from tagpress.corpus.layers.layer import Layer
from tagpress.corpus.layers.table import layers_of
from tagpress.corpus.manifest import Manifest
from tagpress.corpus.problems import counted
from tagpress.corpus.records import FileRecord, ReleasedConfig
from tagpress.corpus.responsible import Answers
from tagpress.corpus.schema import OFFSETS, SOURCE_ID, TAGS, TEXT, is_nested
from tagpress.corpus.shard_paths import shards_of

_SETS: Final = frozenset({"splits", "labels", "sentences", "shards"})  # what each configuration has of its own
_HUB: Final = "https://huggingface.co"
# A git repository has no SHA-256; this link is what Croissant's authors ask to be written in its place.
_NO_SHA256: Final = "https://github.com/mlcommons/croissant/issues/80"
# What the front matter of a card says, and how Croissant calls it.
_FROM_CARD: Final = {"license": "license", "language": "inLanguage", "tags": "keywords"}


def croissant(
    release: Manifest,
    *,
    repo: str,
    descriptions: Mapping[str, Mapping[str, str]] | None = None,
    card: Mapping[str, Any] | None = None,
    citation: str | None = None,
    answers: Answers | None = None,
    endpoint: str = _HUB,
) -> bytes:
    """
    Return the Croissant file of a release.

    `repo` is "namespace/name" at `endpoint`; `descriptions` has a line per entity type of each configuration; `card` is the front matter of
    the release's card, for its licence, languages and tags; `citation` is BibTeX;
    `answers` are those of Croissant RAI.
    """
    page, configs = f"{endpoint}/datasets/{repo}", list(release.released.values())
    front = dict(card or {})
    if front.get("license") == "other" and front.get("license_link"):
        front["license"] = front["license_link"]
    document = {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": [CROISSANT, RAI] if answers else CROISSANT,
        "name": release.name,
        "alternateName": [repo, *([front["pretty_name"]] if front.get("pretty_name") else ())],
        "description": _description(release),
        "url": page,
        "version": str(release.version),
        "isLiveDataset": False,
        **({"citeAs": citation} if citation else {}),
        **{term: front[name] for name, term in _FROM_CARD.items() if front.get(name)},
        **{f"rai:{name}": answer for name, answer in (answers or {}).items()},
        "distribution": [
            _repository(release, page),
            *(_called(_shards(config), config) for config in configs),
            *(_shard(file, f"{page}/resolve/{release.version.tag}/{file.path}") for file in release.data_files()),
        ],
        "recordSet": [
            _called(part, config)
            for config in configs
            for part in (
                _splits(config),
                *_labels(config, (descriptions or {}).get(config.config, {})),
                *(_names(name, layer) for name, layer in layers_of(config).items() if layer.names),
                _sentences(config),
            )
        ],
    }
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def _description(manifest: Manifest) -> str:
    tokens = sum(split.tokens for config in manifest.configs for split in config.splits.values())
    what = f"IOB2 labels of the entity types {', '.join(manifest.entity_types)}"
    if not manifest.entity_types:
        layers = dict.fromkeys(name for config in manifest.configs for name in config.layer_columns)
        what = f"the layers {', '.join(layers)}"
    return f"{counted(manifest.rows, 'sentence')} of {counted(tokens, 'token')} with {what}."


def entity_types(manifest: ReleasedConfig) -> tuple[str, ...]:
    """Return the entity types of a release, in the order of their label ids."""
    return tuple(name[2:] for name in manifest.label_names[1::2])


def _called(part: Any, config: ReleasedConfig) -> Any:  # noqa: ANN401 - a part of the document
    """Return a part of the document with its ids as they are called in a configuration: behind its name, if it has one."""
    if config.config == DEFAULT_CONFIG:
        return part
    if isinstance(part, dict):
        return {
            _id_in(key, config): _id_in(value, config)
            if key in {"@id", "name"} and isinstance(value, str)
            else _called(value, config)
            for key, value in part.items()
        }
    return [_called(one, config) for one in part] if isinstance(part, list) else part


def _id_in(text: str, config: ReleasedConfig) -> str:
    own = _SETS.union(f"{layer}_names" for layer in config.layer_columns)
    return f"{config.config}/{text}" if text.partition("/")[0] in own else text


def _repository(manifest: Manifest, page: str) -> dict[str, Any]:
    tag = manifest.version.tag
    return {
        "@type": "cr:FileObject",
        "@id": "repo",
        "name": "repo",
        "description": f"The repository at {tag}.",
        "contentUrl": f"{page}/tree/refs%2Ftags%2F{tag}",
        "encodingFormat": "git+https",
        "sha256": _NO_SHA256,
    }


def _shards(manifest: ReleasedConfig) -> dict[str, Any]:
    patterns = [
        f"{shards_of(manifest.config, split)}-*-of-{count:05d}.parquet" for split, count in manifest.shards.items()
    ]
    return {
        "@type": "cr:FileSet",
        "@id": "shards",
        "name": "shards",
        "description": "The shards of all splits.",
        "containedIn": {"@id": "repo"},
        "encodingFormat": "application/x-parquet",
        "includes": patterns,
    }


def _shard(file: FileRecord, url: str) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": file.path,
        "name": file.path,
        "contentUrl": url,
        "contentSize": f"{file.bytes} B",
        "encodingFormat": "application/x-parquet",
        "sha256": file.sha256,
    }


def _splits(manifest: ReleasedConfig) -> dict[str, Any]:
    return {
        **_record_set("splits", "The splits.", "name"),
        "dataType": "cr:Split",
        "field": [_field("splits/name", "sc:Text", "The name of the split.")],
        "data": [{"splits/name": split} for split in manifest.splits],
    }


def _labels(manifest: ReleasedConfig, descriptions: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Yield the record set of the labels, if there is a column of them."""
    if not manifest.label_names:
        return
    fields = [
        _field("labels/id", "sc:Integer", "The number that stands in ner_tags."),
        _field("labels/name", ["sc:Text", "sc:name"], "O, or B- or I- and an entity type."),
    ]
    data: list[dict[str, Any]] = [
        {"labels/id": place, "labels/name": name} for place, name in enumerate(manifest.label_names)
    ]
    if descriptions:
        meaning = _field("labels/meaning", "sc:Text", "What the entity type means; empty for O.")
        fields.append({**meaning, "equivalentProperty": "https://schema.org/description"})
        data = [label | {"labels/meaning": descriptions.get(label["labels/name"][2:], "")} for label in data]
    yield {
        **_record_set("labels", "The labels: O is outside of any entity, B- begins one, I- continues it.", "id"),
        "dataType": "sc:Enumeration",
        "field": fields,
        "data": data,
    }


def _names(name: str, layer: Layer) -> dict[str, Any]:
    """Return the record set of the names of a layer."""
    set_name = f"{name}_names"
    return {
        **_record_set(set_name, f"The names of the layer {name}, by the numbers that stand in it.", "id"),
        "dataType": "sc:Enumeration",
        "field": [
            _field(f"{set_name}/id", "sc:Integer", f"The number that stands in {name}."),
            _field(f"{set_name}/name", ["sc:Text", "sc:name"], f"A name of the layer {name}."),
        ],
        "data": [{f"{set_name}/id": place, f"{set_name}/name": one} for place, one in enumerate(layer.names)],
    }


def _layer_columns(manifest: ReleasedConfig, array: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the columns of layers; one of spans is said with the parts that each has."""
    for name, layer in layers_of(manifest).items():
        described = f"The layer {name}: {layer.called}"
        if is_nested(layer.arrow):
            column = {
                **_column(name, "sc:Integer", f"{described}, a number of the record set {name}_names."),
                "isArray": True,
                "arrayShape": "-1",
            }
            del column["dataType"]
            parts = [part.name for part in layer.arrow.value_type]
            yield {**column, "subField": [_part(name, part) for part in parts]}
        else:
            numbers = f"; a number is that of the record set {name}_names" if layer.names else ""
            yield {**_column(name, "sc:Integer" if layer.names else "sc:Text", f"{described}{numbers}."), **array}


def _part(name: str, part: str) -> dict[str, Any]:
    source = {"fileSet": {"@id": "shards"}, "extract": {"column": name}, "transform": {"jsonPath": part}}
    return {**_field(f"sentences/{name}/{part}", "sc:Integer", f"The {part} of a span."), "source": source}


def _sentences(manifest: ReleasedConfig) -> dict[str, Any]:
    names = "|".join(map(re.escape, manifest.splits))
    folder = re.escape(shards_of(manifest.config, ""))
    split = {
        "fileSet": {"@id": "shards"},
        "extract": {"fileProperty": "fullpath"},
        # It also matches the name alone: mlcroissant asks once more after the join with `splits`.
        "transform": {"regex": rf"(?:{folder})?({names})(?:-\d{{5}}-of-\d{{5}}\.parquet)?$"},
    }
    array = {"isArray": True, "arrayShape": "-1"}
    # No `references`: it is valid on an array, but mlcroissant joins single values only and then reads nothing.
    labels = {**_column(TAGS, "sc:Integer", "One label a token: labels/id of the record set labels."), **array}
    return {
        **_record_set("sentences", "The published sentences, a record each.", "id"),
        "field": [
            _column("id", "sc:Text", "The sentence's id, computed from its tokens."),
            _column("doc_id", "sc:Text", "The document that the sentence comes from."),
            {**_column("tokens", "sc:Text", "The words and punctuation marks, in order."), **array},
            *([labels] if manifest.label_names else []),
            *(column for name, column in _own_columns(array).items() if name in manifest.extra),
            *_layer_columns(manifest, array),
            {
                **_field("sentences/split", "sc:Text", "The split that the sentence is in."),
                "source": split,
                "references": {"field": {"@id": "splits/name"}},
            },
        ],
    }


def _own_columns(array: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the columns that only some releases have."""
    return {
        SOURCE_ID: _column(SOURCE_ID, "sc:Text", "The sentence's id in its source."),
        TEXT: _column(TEXT, "sc:Text", "The text of the sentence."),
        OFFSETS: {**_column(OFFSETS, "sc:Integer", "Where each token begins in text, in code points."), **array},
    }


def _record_set(name: str, description: str, key: str) -> dict[str, Any]:
    ids = {"@type": "cr:RecordSet", "@id": name, "name": name}
    return {**ids, "description": description, "key": {"@id": f"{name}/{key}"}}


def _field(name: str, data_type: str | list[str], description: str) -> dict[str, Any]:
    ids = {"@type": "cr:Field", "@id": name, "name": name}
    return {**ids, "description": description, "dataType": data_type}


def _column(name: str, data_type: str, description: str) -> dict[str, Any]:
    source = {"fileSet": {"@id": "shards"}, "extract": {"column": name}}
    return {**_field(f"sentences/{name}", data_type, description), "source": source}
