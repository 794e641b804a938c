"""
The parts of a card that only a publication can write: where the dataset is, and what changed.

A build does not know its repository or its predecessor, so these parts stand between comments in the rendered card and
are written anew when the build is published. Everything else of the card stays byte for byte.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from tagpress.card.markdown import plain
from tagpress.corpus.layers.layer import Layer
from tagpress.corpus.manifest import ChangelogEntry
from tagpress.corpus.schema import NO_LAYERS, TAGS, is_nested
from tagpress.corpus.version import Version

_UNPUBLISHED: Final = "This build is not published yet."


def with_publication(
    card: bytes,
    *,
    name: str,
    repo: str,
    version: Version,
    splits: Collection[str],
    changelog: tuple[ChangelogEntry, ...],
    configs: Sequence[str] = (),
    default: str = "",
    labels: bool = True,
    layers: Mapping[str, Layer] = NO_LAYERS,
) -> bytes:
    """
    Return the card with these parts written for this repository and this history, newest entry first.

    A card whose template does not show such a part is returned without it. Twice is once.
    """
    text = card.decode()
    load = load_block(
        name=name,
        repo=repo,
        version=version,
        splits=splits,
        configs=configs,
        default=default,
        labels=labels,
        layers=layers,
    )
    for part, content in (("load", load), ("changelog", changelog_block(changelog))):
        # A marker is a line of its own; text from the corpus never is, because it stands in tables.
        between = re.compile(rf"^<!-- tagpress:{part} -->$.*?^<!-- /tagpress:{part} -->$", re.MULTILINE | re.DOTALL)
        text = between.sub(lambda _, content=content: content, text)  # type: ignore[misc]  # a default binds the loop's value
    return text.encode()


def load_block(
    *,
    name: str,
    repo: str | None,
    version: Version,
    splits: Collection[str],
    configs: Sequence[str] = (),
    default: str = "",
    labels: bool = True,
    layers: Mapping[str, Layer] = NO_LAYERS,
) -> str:
    """
    Return how to load and to verify exactly this release.

    `configs` are its named configurations, of which the `default` one, whose splits these are, is loaded; `labels` says
    whether that has a column of labels, else what is shown of a sentence is the first of its `layers`.
    """
    where = repo or f"<namespace>/{name}"
    split = "train" if "train" in splits else min(splits)
    chosen = f'"{default}", ' if configs else ""
    known = f"The configurations are {', '.join(configs)}; without a name, `{default}` is loaded.\n" if configs else ""
    return _part(
        "load",
        f"""\
```python
from datasets import load_dataset

repo, release = "{where}", "{version.tag}"
corpus = load_dataset(repo, {chosen}revision=release)  # every split, on disk
stream = load_dataset(repo, {chosen}revision=release, split="{split}", streaming=True)  # row by row, from the Hub

{_printing(split, TAGS if labels else next(iter(layers)), layers)}
```

{known}The revision pins the release: without it, `load_dataset` follows the newest one.
To check that the Hub still holds exactly what was released:

```sh
tagpress verify {where}@{version.tag}
```""",
    )


def _printing(split: str, column: str, layers: Mapping[str, Layer]) -> str:
    """Return the code that prints a sentence with what a column says of it."""
    if column != TAGS and is_nested(layers[column].arrow):
        return f"""\
row = corpus["{split}"][0]
print([(row["tokens"][span["start"] : span["end"]], span["type"]) for span in row["{column}"]])"""
    if column != TAGS and not layers[column].names:
        return f"""\
row = corpus["{split}"][0]
print(list(zip(row["tokens"], row["{column}"])))"""
    return f"""\
names = corpus["{split}"].features["{column}"].feature.names
row = corpus["{split}"][0]
print([(token, names[tag]) for token, tag in zip(row["tokens"], row["{column}"])])"""


def changelog_block(changelog: tuple[ChangelogEntry, ...]) -> str:
    """Return what each release changed, newest first."""
    return _part("changelog", "\n".join(line for entry in changelog for line in _entry(entry)) or _UNPUBLISHED)


def _entry(entry: ChangelogEntry) -> list[str]:
    bump = "" if entry.bump == "none" else f" ({entry.bump})"
    return [f"- **{entry.version}**{bump}", *(f"  - {plain(line)}" for line in entry.lines)]


def _part(name: str, content: str) -> str:
    return f"<!-- tagpress:{name} -->\n\n{content}\n\n<!-- /tagpress:{name} -->"
