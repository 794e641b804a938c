"""A model of an early release stays right on later ones: types are renamed twice, reordered, and merged, on an embedded Hub."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import datasets
import pytest

import tagpress
from consume.align.vocabularies import word_piece
from layers.made import CONLL
from made_corpora import declare
from release.publisher import publish_here
from tagpress.build.corpus import build_corpus
from tagpress.corpus.former_names import FormerNames
from tagpress.corpus.layers.flat_spans import FlatSpans
from tagpress.corpus.layers.nested_spans import NestedSpans
from tagpress.corpus.layers.token_classes import TokenClasses
from tagpress.corpus.manifest import Manifest
from tagpress.diff import diff_builds, directory
from tagpress.errors import UsageError
from tagpress.localhub import LocalHub

REPO = "me/living"
# What each release calls the tags of 1.0.0; the sources of 2.0.0 still spell them as in 1.0.0.
WORDS = {"Ada": "Person", "CUDA": "MISC", "Oslo": "Place", "saw": "O"}
SENTENCES = [(f"n{n}", *[("Ada", "CUDA", "Oslo", "saw")[(n >> i) % 4] for i in range(4)]) for n in range(60)]


def write_source(folder: Path, spelled: Mapping[str, str]) -> None:
    folder.mkdir(parents=True)
    text = ""
    for sentence in SENTENCES:
        for word in sentence:
            kind = spelled.get(WORDS.get(word, "O"), WORDS.get(word, "O"))
            tag = "O" if kind == "O" else f"B-{kind}"
            chunk = f"B-{spelled.get('NP', 'NP')}" if tag != "O" else "O"
            text += f"{word} {spelled.get('NN', 'NN') if tag != 'O' else 'VB'} {chunk} {word} {tag}\n"
        text += "\n"
    (folder / "a.txt").write_text(text)


def build_of(folder: Path, version: str, types: Sequence[str], **changes: Any) -> Path:
    spelled: Mapping[str, str] = changes.pop("spelled", {})
    former = FormerNames(renamed=changes.pop("renamed", {}), merged=changes.pop("merged", {}))
    phrase, noun = ("NP", "NN") if version == "1.0.0" else ("Nominal", "NOUN")
    write_source(folder / version, spelled)
    layers = {
        "pos_tags": TokenClasses(["VB", noun] if version > "2" else [noun, "VB"]),
        "chunk_tags": FlatSpans([phrase]),
        "spans": NestedSpans(list(types), columns=("ner_tags",)),
    }
    declaration = declare(
        folder / version,
        version=version,
        entity_types=dict.fromkeys(types, ""),
        dialect=CONLL,
        layers={name: layers[name] for name in ("pos_tags", "chunk_tags", "spans")},
        former=former,
    )
    out = folder / f"build-{version}"
    build_corpus(declaration, out, workers=1)
    return out


@dataclass(frozen=True)
class Living:
    builds: Mapping[str, Path]
    hub: LocalHub

    def load(self, version: str, **options: Any) -> Any:
        return tagpress.load(REPO, version, endpoint=self.hub.endpoint, token=self.hub.token, **options)


@pytest.fixture(scope="module")
def living(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
    folder = tmp_path_factory.mktemp("living")
    second = {"NP": "Nominal", "NN": "NOUN"}
    builds = {
        "1.0.0": build_of(folder, "1.0.0", ("Person", "MISC", "Place")),
        "2.0.0": build_of(folder, "2.0.0", ("Person", "Other", "Place"), renamed={"MISC": "Other", **second}),
        "3.0.0": build_of(
            folder,
            "3.0.0",
            ("Place", "Rest", "Person"),
            renamed={"Other": "Rest"},  # what 2.0.0 said of MISC is known from there
            spelled={"MISC": "Rest", **second},
        ),
        "4.0.0": build_of(
            folder,
            "4.0.0",
            ("Rest", "Person"),
            renamed={"Other": "Rest"},
            merged={"Place": "Rest"},
            spelled={"MISC": "Other", **second},
        ),
    }
    with LocalHub(folder / "hub") as hub:
        for version, build in builds.items():
            done = publish_here(hub.endpoint, hub.token, build, REPO)
            assert done.get("tag") == f"v{version}", done
        yield Living(builds, hub)


def rows_of(dataset: Any) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for part in dataset.values() for row in part}


def without_places(rows: Mapping[str, Mapping[str, Any]]) -> list[Any]:
    return sorted(
        (row["tokens"], row["ner_tags"], row["pos_tags"], row["chunk_tags"], row["spans"]) for row in rows.values()
    )


@pytest.mark.parametrize("version", ["2.0.0", "3.0.0"])
def test_every_label_of_a_later_release_has_the_id_that_the_model_knows(living: Living, version: str) -> None:
    first, later = living.load("1.0.0"), living.load(version, labels_of="1.0.0")
    assert later["train"].features == first["train"].features
    assert later["train"].features["ner_tags"].feature.names[3] == "B-MISC"
    assert without_places(rows_of(later)) == without_places(rows_of(first))


def test_a_stream_has_the_same_labels_from_a_hub_and_from_builds(living: Living) -> None:
    wanted = {row["id"]: row for row in living.load("3.0.0", split="train", labels_of="1.0.0")}
    asked = {"endpoint": living.hub.endpoint, "token": living.hub.token, "rank": 0, "world_size": 1}
    for stream in (
        tagpress.stream(REPO, "3.0.0", "train", labels_of="1.0.0", **asked),
        tagpress.stream(living.builds["2.0.0"], None, "train", labels_of=living.builds["1.0.0"], rank=0, world_size=1),
    ):
        assert stream.label_names[3] == "B-MISC"
        assert datasets.Features.from_arrow_schema(stream.schema)["chunk_tags"].feature.names[1] == "B-NP"
        rows = [row for batch in stream for row in batch.to_pylist()]
        assert [row["ner_tags"] for row in rows] == [wanted[row["id"]]["ner_tags"] for row in rows]
        assert [row["spans"] for row in rows] == [wanted[row["id"]]["spans"] for row in rows]


def test_load_streams_them_too(living: Living, monkeypatch: pytest.MonkeyPatch) -> None:
    first = {tuple(row["tokens"]): row["ner_tags"] for row in rows_of(living.load("1.0.0")).values()}
    part = living.load("3.0.0", split="train", labels_of="1.0.0", streaming=True)
    assert [first[tuple(row["tokens"])] for row in part] == [row["ner_tags"] for row in part]


def test_plain_datasets_take_the_map(living: Living) -> None:
    known = tagpress.label_map(REPO, "3.0.0", labels_of="1.0.0", endpoint=living.hub.endpoint, token=living.hub.token)
    plain = datasets.load_dataset("parquet", data_dir=str(living.builds["3.0.0"] / "data"), split="train")
    mapped = plain.map(known, batched=True, features=known.features(plain.features))
    wanted = living.load("3.0.0", split="train", labels_of="1.0.0")
    assert mapped.features == wanted.features
    assert {row["id"]: row for row in mapped} == {row["id"]: row for row in wanted}


def test_a_merge_leads_back_to_nothing_that_is_certain(living: Living) -> None:
    with pytest.raises(UsageError) as raised:
        living.load("4.0.0", labels_of="1.0.0")
    assert raised.value.message == (
        "small 4.0.0 cannot have the labels of 1.0.0: Rest was MISC and Place in 1.0.0; "
        "the layer spans: Rest was MISC and Place in 1.0.0"
    )
    # The other way each old label has one that the model knows.
    older = rows_of(living.load("1.0.0", labels_of="4.0.0"))
    assert without_places(older) == without_places(rows_of(living.load("4.0.0")))


def test_a_type_that_came_later_has_no_counterpart(living: Living, tmp_path: Path) -> None:
    more = build_of(
        tmp_path,
        "2.1.0",
        ("Person", "Other", "Place", "Product"),
        renamed={"MISC": "Other", "NP": "Nominal"},
        spelled={"NN": "NOUN"},
    )
    with pytest.raises(UsageError) as raised:
        tagpress.label_map(more, None, labels_of=living.builds["2.0.0"])
    assert raised.value.message == (
        "small 2.1.0 cannot have the labels of 2.0.0: Product has no counterpart in 2.0.0; "
        "the layer spans: Product has no counterpart in 2.0.0"
    )


def test_a_diff_says_what_was_renamed_and_merged(living: Living) -> None:
    one, two, three, four = (directory(build) for build in living.builds.values())
    renamed = diff_builds(one, two)
    assert renamed.bump == "major"
    assert renamed.lines[0].startswith("Entity type renamed: MISC to Other (sentences: train ")
    assert not renamed.total("relabelled") + renamed.total("added") + renamed.total("removed")
    tagged = sum(WORDS.get(word, "O") != "O" for sentence in SENTENCES for word in sentence)
    assert renamed.layers["pos_tags"].lines("pos_tags") == [
        f"Types renamed in the layer pos_tags: NN to NOUN ({tagged}).",
        "Ids of the layer pos_tags changed: the order of its names is another.",
    ]
    assert renamed.layers["spans"].renamed == {"MISC": "Other"}
    merged = diff_builds(three, four)
    assert merged.labels.merged == {"Place": "Rest"}
    assert merged.lines[0].startswith("Entity type merged: Place into Rest (sentences: train ")
    assert (merged.total("relabelled"), merged.labels.removed) == (0, ())
    assert merged.to_json()["merged"] == merged.total("merged") > 0


def test_a_release_says_its_names_and_an_old_one_says_nothing(living: Living) -> None:
    first, second = (Manifest.load(living.builds[version]).config() for version in ("1.0.0", "2.0.0"))
    assert (first.renamed, first.merged) == (None, None)
    assert b"renamed" not in (living.builds["1.0.0"] / "release.json").read_bytes()
    assert second.renamed == {
        "ner_tags": {"MISC": "Other"},
        "pos_tags": {"NN": "NOUN"},
        "chunk_tags": {"NP": "Nominal"},
        "spans": {"MISC": "Other"},
    }


def test_a_name_that_was_given_up_is_not_taken_again(living: Living, tmp_path: Path) -> None:
    again = build_of(
        tmp_path, "5.0.0", ("Rest", "Person", "MISC"), merged={"Place": "Rest"}, spelled={"NN": "NOUN", "NP": "Nominal"}
    )
    refused = publish_here(living.hub.endpoint, living.hub.token, again, REPO)
    assert refused["error"]["code"] == "conflict"
    assert "'MISC' is an entity type again" in refused["error"]["message"]


def test_an_aligner_gives_the_labels_of_the_model(living: Living) -> None:
    known = tagpress.label_map(living.builds["3.0.0"], None, labels_of=living.builds["2.0.0"])
    assert known.columns["ner_tags"].ids == (0, 5, 6, 3, 4, 1, 2)
    aligner = tagpress.Aligner(word_piece(), labels_of=known)
    here, there = (
        next(iter(tagpress.stream(living.builds["3.0.0"], None, "train", labels_of=labels_of, rank=0, world_size=1)))
        for labels_of in (None, living.builds["2.0.0"])
    )
    wanted = tagpress.align_labels(there, word_piece())
    plain = {"tokens": here["tokens"].to_pylist(), "ner_tags": here["ner_tags"].to_pylist()}
    for batch in (here, there, plain):  # what has the names already is taken as it is
        found = aligner(batch)["labels"]
        assert [row.tolist() for row in found] == [row.tolist() for row in wanted["labels"]]
    other = {"tokens": plain["tokens"], "other": plain["ner_tags"]}
    with pytest.raises(UsageError, match="says nothing of the column 'other'"):
        tagpress.align_labels(other, word_piece(), labels="other", labels_of=known)
