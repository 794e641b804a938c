"""What stands in `builder/` of a release that no script made? Who published it from memory, what was declared, and how to do it again."""

import re
from collections.abc import Mapping

from tagpress.build.declaration import Declaration
from tagpress.read.guess.layers import spelled_layer
from tagpress.read.guess.sniff import spell
from tagpress.read.in_memory import SUFFIX


def dataset_script(declaration: Declaration, *, kind: str, rows: Mapping[str, int], policy: Mapping[str, str]) -> bytes:
    """Return a builder script that says that there was none, and makes the same release from the tables as files."""
    given = [globs.split for globs in declaration.sources if globs.split]
    sources = {split: f"{split}{SUFFIX}" for split in given} if given else next(iter(rows)) + SUFFIX
    counts = ", ".join(f"{name} ({count:,} rows)" for name, count in rows.items())
    split = f"tagpress.{declaration.splits!r}" if not given else _grouping(declaration)
    layers = [f"{name!r}: {spelled_layer(layer)}" for name, layer in declaration.layers.items()]
    attributes = {
        "NAME": repr(declaration.name),
        "VERSION": f"datasets.Version({declaration.version!r})",
        **({"ENTITY_TYPES": repr(declaration.entity_types)} if declaration.entity_types else {}),
        "SOURCE_TYPES": repr(dict(declaration.source_types)),
        "DIALECT": f"tagpress.{spell(declaration.dialect)}",
        **({"LAYERS": f"{{{', '.join(layers)}}}"} if layers else {}),
        **({"TEXT": "True"} if declaration.text else {}),
        "SOURCES": repr(sources),
        "SPLITS": split,
        "CARD": repr(declaration.card and declaration.card.name),
        "POLICY": repr(dict(policy)),
        "MAX_TOKENS": repr(declaration.max_tokens),
    }
    lines = [f"    {name} = {value}" for name, value in attributes.items()]
    return "\n".join(
        [
            '"""',
            "No script made this release: it was published from memory, by `tagpress.publish_dataset`.",
            "",
            f"It was given a {kind}: {counts}.",
            "Where that came from is not known here. The versions of the libraries are in release.json. What was declared",
            "stands below, and makes the same rows from the same tables, each saved as a stream of Arrow in the file named.",
            '"""',
            "",
            "import datasets",
            "",
            "import tagpress",
            "",
            "",
            f"class {_class_name(declaration.name)}(tagpress.CorpusBuilder):",
            f"    {declaration.description!r}",
            "",
            *lines,
            "",
        ]
    ).encode()


def _grouping(declaration: Declaration) -> str:
    return f"tagpress.HashSplits(group={declaration.splits.group!r}, salt={declaration.splits.salt!r})"


def _class_name(name: str) -> str:
    words = "".join(word.capitalize() for word in re.split(r"[^0-9a-z]+", name))
    return words if words[0].isalpha() else f"Corpus{words}"
