"""
Write the computed part of the front matter: YAML that every `datasets` reads.

A list is a `sequence` there: `datasets` before version 4 takes the `list` of later ones for a feature without names.
"""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import yaml

from tagpress.card.facts import CardFacts, EveryFacts
from tagpress.card.vocabulary import size_category
from tagpress.corpus.config_names import DEFAULT_CONFIG
from tagpress.corpus.folds import Parts
from tagpress.corpus.schema import TAGS, extra_type


def computed_metadata(facts: CardFacts | EveryFacts) -> dict[str, Any]:
    """
    Return the fields that the data decides.

    The names in `dataset_info` win over those in the shards without a word, so both come from the same labels.
    """
    every = facts.configs if isinstance(facts, EveryFacts) else (facts,)
    named = isinstance(facts, EveryFacts) or any(one.folds for one in every)
    default = facts.default if isinstance(facts, EveryFacts) else facts.config
    made = [(one, name, parts) for one in every for name, parts in {one.config: _itself(one), **one.folds}.items()]
    infos = [{"config_name": name, **_dataset_info(one, parts)} for one, name, parts in made]
    return {
        "size_categories": [size_category(facts.published)],
        "configs": [_config(one, name, parts, default=named and name == default) for one, name, parts in made],
        "dataset_info": infos if named else _dataset_info(every[0], _itself(every[0])),
    }


def _itself(facts: CardFacts) -> Parts:
    """Return a configuration as it is published: every split is made of itself."""
    return {name: (name,) for name in facts.splits}


def _config(facts: CardFacts, name: str, parts: Parts, *, default: bool) -> dict[str, Any]:
    """Return where the files of a configuration are; a `default` one is marked, unless its name says so."""
    return {
        "config_name": name,
        "version": str(facts.version),
        **({"default": True} if default and name != DEFAULT_CONFIG else {}),
        "data_files": [{"split": split, "path": _paths(facts, own)} for split, own in parts.items()],
    }


def _paths(facts: CardFacts, parts: Sequence[str]) -> str | list[str]:
    paths = [facts.splits[part].data_files(part, facts.config) for part in parts]
    return paths[0] if len(paths) == 1 else paths


def _dataset_info(facts: CardFacts, parts: Parts) -> dict[str, Any]:
    names = {str(number): name for number, name in enumerate(facts.labels.published)}
    return {
        "features": [
            {"name": "id", "dtype": "string"},
            {"name": "doc_id", "dtype": "string"},
            {"name": "tokens", "sequence": "string"},
            *([{"name": TAGS, "sequence": {"class_label": {"names": names}}}] if names else []),
            *({"name": name, **_feature(name, facts)} for name in facts.extra),
        ],
        "splits": [
            {
                "name": name,
                "num_bytes": sum(facts.splits[one].num_bytes for one in own),
                "num_examples": sum(facts.splits[one].tally.sentences for one in own),
            }
            for name, own in parts.items()
        ],
        "download_size": sum(sum(split.shard_bytes) for _, split in facts.ordered),
        "dataset_size": sum(split.num_bytes for _, split in facts.ordered),
    }


def _feature(name: str, facts: CardFacts) -> dict[str, Any]:
    if name in facts.layers:
        return facts.layers[name].yaml
    kind = extra_type(name)
    is_list = pa.types.is_list(kind)
    return {"sequence" if is_list else "dtype": str(kind.value_type if is_list else kind)}


def front_matter(written: str, facts: CardFacts | EveryFacts) -> str:
    """Return the whole front matter between its fences: the hand-written fields as they are, then the computed ones."""
    computed = yaml.safe_dump(computed_metadata(facts), allow_unicode=True, sort_keys=False, width=120)
    return f"---\n{written.rstrip()}\n{computed}---\n"
