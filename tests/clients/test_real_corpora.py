"""Does every `datasets` load what corpora really have, layers, nested spans, languages, with every label and span as in their sources?"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from clients.released import run
from clients.test_old_clients import VERSIONS
from configs.test_new import read_uner
from layers import reader
from layers.made import corpus, naively_read
from layers.test_corpora import GERMEVAL, KINDS
from layers.test_nested import TYPES, brat_corpus
from made_corpora import declare
from read.corpora import CORPORA
from tagpress import Columns, FlatSpans, NestedSpans, publish_corpus
from tagpress.build.declared import Declared
from tagpress.corpus.policies import Policies
from tagpress.hub import Hub
from tagpress.localhub import LocalHub

pytestmark = [
    pytest.mark.clients,
    pytest.mark.skipif(not CORPORA.is_dir(), reason="the public corpora are not beside the repository"),
]
# A sentence as it is compared: its tokens, and by its columns what stands in them.
Sentence = tuple[tuple[str, ...], str]
LEFT_OUT = Policies(dict.fromkeys(("ragged-line", "split-leakage", "duplicate", "conflicting-duplicate"), "drop"))
LANGUAGES = ("uner-en-ewt", "uner-zh-gsdsimp")


def conll(folder: Path) -> tuple[Any, set[Sentence]]:
    declaration = corpus(folder)
    read = naively_read(folder)
    columns = ("pos_tags", "chunk_tags", "lemma", "ner_tags")
    return declaration, {shown(tokens, dict(zip(columns, values, strict=True))) for tokens, values in read.items()}


def brat(folder: Path) -> tuple[Any, set[Sentence]]:
    declaration = brat_corpus(
        folder, {"entities": NestedSpans(TYPES), "ner_tags": FlatSpans(of="entities", rule="longest")}
    )
    read = set()
    for path in folder.glob("*.txt"):
        text = path.read_text()
        places = [match.span() for match in re.finditer(r"\w+|[^\w\s]", text)]
        spans = reader.brat(folder, places, path.stem)
        read.add(shown(tuple(text[a:b] for a, b in places), {"entities": spans}))
    return declaration, read


def germeval(folder: Path) -> tuple[Any, set[Sentence]]:
    folder.mkdir()
    for split in ("dev", "test"):
        (folder / f"{split}.txt").symlink_to(GERMEVAL / f"NER-de-{split}.tsv")
    declaration = declare(
        folder,
        entity_types=dict.fromkeys(KINDS, "a type"),
        dialect=Columns(token=1, tag=2, width=4, document_name="#\t", extra={"ner_inner": 3}),
        sources={"validation": "dev.txt", "test": "test.txt"},
        layers={"entities": NestedSpans(KINDS, columns=("ner_tags", "ner_inner"))},
        policies=LEFT_OUT,
    )
    read = reader.germeval(GERMEVAL / "NER-de-dev.tsv") | reader.germeval(GERMEVAL / "NER-de-test.tsv")
    return declaration, {shown(tokens, {"entities": sorted(spans)}) for tokens, spans in read.items()}


def languages(folder: Path) -> tuple[Any, Mapping[str, set[Sentence]]]:
    configs = {}
    for name in LANGUAGES:
        own = folder / name
        own.mkdir(parents=True)
        for path in (CORPORA / name).glob("*.iob2"):
            (own / f"{path.stem.rpartition('-')[2]}.txt").symlink_to(path)
        splits = {"train": "train", "validation": "dev", "test": "test"}
        configs[name] = declare(
            own,
            config=name,
            entity_types=dict.fromkeys(("PER", "ORG", "LOC"), "a type"),
            dialect=Columns.preset("uner"),
            sources={split: f"{file}.txt" for split, file in splits.items() if (own / f"{file}.txt").exists()},
            policies=Policies(dict.fromkeys(("split-leakage", "duplicate"), "drop") | {"control-character": "warn"}),
        )
    read = {
        name: {
            shown(tokens, {"ner_tags": tags})
            for path in (CORPORA / name).glob("*.iob2")
            for tokens, tags in read_uner(path)
        }
        for name in LANGUAGES
    }
    return Declared(configs=configs, default=LANGUAGES[0]), read


def shown(tokens: tuple[str, ...], columns: Mapping[str, Any]) -> Sentence:
    """Return a sentence so that it can be compared: values as the document of JSON shows them."""
    plain = {name: [list(one) if isinstance(one, tuple) else one for one in values] for name, values in columns.items()}
    return tokens, str(dict(sorted(plain.items())))


@pytest.fixture(scope="module")
def released(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[LocalHub, dict[tuple[str, str], set[Sentence]]]]:
    """Every corpus on an embedded Hub that stays; and what is in each configuration, as a reader of a dozen lines has it."""
    folder = tmp_path_factory.mktemp("real")
    read: dict[tuple[str, str], set[Sentence]] = {}
    with LocalHub(folder / "hub") as hub:
        connected = Hub(endpoint=hub.endpoint, token=hub.token)
        for made in (conll, brat, germeval, languages):
            name = made.__name__
            declaration, found = made(folder / name)
            assert publish_corpus(declaration, hub=connected, repo=f"me/{name}", out=folder / f"{name}-build").tag
            read |= {
                (name, config): own for config, own in (found if isinstance(found, Mapping) else {"-": found}).items()
            }
        yield hub, read


EVERY = [("conll", "-"), ("brat", "-"), ("germeval", "-"), *(("languages", name) for name in LANGUAGES)]
COLUMNS = {"conll": ("pos_tags", "chunk_tags", "lemma", "ner_tags"), "languages": ("ner_tags",)}
SIZES = {"conll": 60, "brat": 60, "germeval": 7_000, "languages": 3_500}


@pytest.mark.parametrize("version", [*VERSIONS, "here"])
@pytest.mark.parametrize(("name", "config"), EVERY)
def test_every_label_and_span_is_that_of_the_source(
    released, tmp_path: Path, name: str, config: str, version: str
) -> None:
    hub, read = released
    seen = run(version, "loading_real.py", f"me/{name}", "v1.0.0", config, home=tmp_path, hub=hub.endpoint)
    assert version == "here" or seen["datasets"] == version
    for way in ("map-style", "streaming"):
        rows = [row for part in seen[way].values() for row in part]
        columns = COLUMNS.get(name, ("entities",))
        found = Counter(
            shown(tuple(row["tokens"]), {column: ordered(row[column]) for column in columns}) for row in rows
        )
        assert len(rows) >= SIZES[name]
        assert found.keys() <= read[name, config]
        if name != "germeval":  # which has a ragged line, and sentences twice with other tags
            assert {tokens for tokens, _ in found} == {tokens for tokens, _ in read[name, config]}
    assert seen["map-style"] == seen["streaming"]


def ordered(values: list[Any]) -> list[Any]:
    return sorted(values) if values and isinstance(values[0], list) else values
