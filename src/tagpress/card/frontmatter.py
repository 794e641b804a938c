"""
Write the computed part of the front matter: YAML that every `datasets` reads.

A list is a `sequence` there: `datasets` before version 4 takes the `list` of later ones for a feature without names.
"""

from typing import Any

import pyarrow as pa
import yaml

from tagpress.card.facts import CardFacts, EveryFacts
from tagpress.card.vocabulary import size_category
from tagpress.corpus.config_names import DEFAULT_CONFIG
from tagpress.corpus.schema import extra_type


def computed_metadata(facts: CardFacts | EveryFacts) -> dict[str, Any]:
    """
    Return the fields that the data decides.

    The names in `dataset_info` win over those in the shards without a word, so both come from the same labels.
    """
    several = isinstance(facts, EveryFacts)
    configs = facts.configs if isinstance(facts, EveryFacts) else (facts,)
    infos = [{"config_name": one.config, **_dataset_info(one)} for one in configs]
    return {
        "size_categories": [size_category(facts.published)],
        "configs": [
            _config(one, default=isinstance(facts, EveryFacts) and one.config == facts.default) for one in configs
        ],
        "dataset_info": infos if several else _dataset_info(configs[0]),
    }


def _config(facts: CardFacts, *, default: bool) -> dict[str, Any]:
    """Return where the files of a configuration are; a `default` one is marked, unless its name says so."""
    return {
        "config_name": facts.config,
        "version": str(facts.version),
        **({"default": True} if default and facts.config != DEFAULT_CONFIG else {}),
        "data_files": [{"split": name, "path": split.data_files(name, facts.config)} for name, split in facts.ordered],
    }


def _dataset_info(facts: CardFacts) -> dict[str, Any]:
    names = {str(number): name for number, name in enumerate(facts.labels.names)}
    return {
        "features": [
            {"name": "id", "dtype": "string"},
            {"name": "doc_id", "dtype": "string"},
            {"name": "tokens", "sequence": "string"},
            {"name": "ner_tags", "sequence": {"class_label": {"names": names}}},
            *({"name": name, **_feature(name, facts)} for name in facts.extra),
        ],
        "splits": [
            {"name": name, "num_bytes": split.num_bytes, "num_examples": split.tally.sentences}
            for name, split in facts.ordered
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
