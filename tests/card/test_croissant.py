"""The Croissant file of a release: valid, complete, and enough to read the release by."""

import hashlib
import json
import logging
import re
import urllib.request
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from huggingface_hub import HfApi

from release.builds import write_build
from release.publisher import publish_here
from tagpress.card.croissant import croissant
from tagpress.card.described import answers_of, citation_of, type_descriptions
from tagpress.corpus.manifest import Manifest
from tagpress.corpus.responsible import QUESTIONS
from tagpress.errors import ScriptError
from tagpress.hub import Hub
from tagpress.localhub import LocalHub
from tagpress.release import finish as finishing
from tagpress.release.commands import write_croissant
from tagpress.release.verify import verify_release
from tagpress.script.builder import load_script

CARD = {"pretty_name": "Toys", "license": "cc-by-4.0", "language": ["en"], "tags": ["toy"], "viewer": False}
MEANINGS = {"Algorithm": "A way to do it.", "Language": "A way to say it."}


@pytest.fixture
def build(tmp_path: Path) -> Path:
    return write_build(tmp_path / "build")


@pytest.fixture
def document(build: Path) -> Any:
    return json.loads(croissant(Manifest.load(build), repo="me/toys", descriptions={"default": MEANINGS}, card=CARD))


def named(document: Any, part: str) -> dict[str, Any]:
    return {one["@id"]: one for one in document[part]}


def test_the_label_names_are_kept_in_the_order_of_their_ids(document: Any) -> None:
    labels = named(document, "recordSet")["labels"]["data"]
    assert labels[:3] == [
        {"labels/id": 0, "labels/name": "O", "labels/meaning": ""},
        {"labels/id": 1, "labels/name": "B-Algorithm", "labels/meaning": "A way to do it."},
        {"labels/id": 2, "labels/name": "I-Algorithm", "labels/meaning": "A way to do it."},
    ]
    assert [label["labels/id"] for label in labels] == list(range(5))


def test_every_shard_is_pinned_by_tag_and_hash(build: Path, document: Any) -> None:
    manifest, files = Manifest.load(build), named(document, "distribution")
    for record in manifest.data_files():
        assert files[record.path]["sha256"] == record.sha256
        assert files[record.path]["contentSize"] == f"{record.bytes} B"
        assert (
            files[record.path]["contentUrl"] == f"https://huggingface.co/datasets/me/toys/resolve/v1.0.0/{record.path}"
        )
    assert files["repo"]["contentUrl"].endswith("/datasets/me/toys/tree/refs%2Ftags%2Fv1.0.0")
    assert document["version"] == "1.0.0"


def test_the_card_gives_licence_languages_and_tags(build: Path, document: Any) -> None:
    assert (document["license"], document["inLanguage"], document["keywords"]) == ("cc-by-4.0", ["en"], ["toy"])
    assert document["alternateName"] == ["me/toys", "Toys"]
    assert "viewer" not in document
    other = {"license": "other", "license_link": "https://example.org/licence"}
    found = json.loads(croissant(Manifest.load(build), repo="me/toys", card=other))
    assert found["license"] == "https://example.org/licence"
    bare = json.loads(croissant(Manifest.load(build), repo="me/toys", endpoint="http://127.0.0.1:1"))
    assert "license" not in bare
    assert bare["url"] == "http://127.0.0.1:1/datasets/me/toys"
    assert "labels/meaning" not in json.dumps(bare)
    assert "citeAs" not in bare


@pytest.mark.parametrize(
    "script",
    [
        "class Toys(Base):\n    ENTITY_TYPES = {types}\n",
        "class Toys(Base):\n    ENTITY_TYPES: ClassVar[dict[str, str]] = {types}\n",
        "ENTITY_TYPES = {{'Other': 'Another corpus.'}}\nclass Toys(Base):\n    ENTITY_TYPES = {types}\n",
    ],
)
def test_what_a_type_means_is_read_from_the_script_of_the_release(script: str) -> None:
    assert type_descriptions(script.format(types=MEANINGS).encode(), list(MEANINGS)) == MEANINGS


@pytest.mark.parametrize(
    "script",
    [
        "the script",
        "ENTITY_TYPES = {'Algorithm': 'One of two.'}",
        "ENTITY_TYPES = {'Language': 'In another order.', 'Algorithm': 'So not these.'}",
        "ENTITY_TYPES = {'Algorithm': 1, 'Language': 2}",
        "ENTITY_TYPES = described()",
        "ENTITY_TYPES: dict",
        "ENTITY_TYPES = {[]: 1}",
        "OTHER = {'Algorithm': 'A way to do it.', 'Language': 'A way to say it.'}",
        "",
        "\0",
    ],
)
def test_a_script_that_does_not_spell_its_types_out_is_not_run_for_them(script: str) -> None:
    assert type_descriptions(script.encode(), list(MEANINGS)) == {}


@pytest.mark.parametrize(
    ("card", "found"),
    [
        ("# Toys\n\n```bibtex\n@misc{toys,\n  title = {Toys}\n}\n```\n", "@misc{toys,\n  title = {Toys}\n}"),
        ("~~~~ BibTeX\n@misc{a}\n```\n@misc{b}\n~~~~\n", "@misc{a}\n```\n@misc{b}"),
        ("```bibtex\n@misc{a}\n```\nand\n```bibtex\n@misc{b}\n```\n", "@misc{a}\n\n@misc{b}"),
        ("```python\n@misc{a}\n```\n", None),
        ("```bibtex\n```\n", None),
        ("```bibtex\n@misc{a}\n", None),
        ("", None),
    ],
)
def test_the_citation_is_the_bibtex_of_the_card(card: str, found: str | None) -> None:
    assert citation_of(card.encode()) == found


def test_same_release_same_bytes(build: Path) -> None:
    one, other = (croissant(Manifest.load(build), repo="me/toys", card=CARD) for _ in range(2))
    assert one == other
    assert one.endswith(b"}\n")


@pytest.mark.filterwarnings("ignore")  # mlcroissant's own, which are not ours to mend
def test_mlcroissant_finds_no_fault_and_reads_the_rows(
    build: Path, document: Any, caplog: pytest.LogCaptureFixture
) -> None:
    mlcroissant = pytest.importorskip("mlcroissant", reason="mlcroissant is not installed")
    with caplog.at_level(logging.WARNING):
        found = mlcroissant.Dataset(jsonld=document, mapping={"repo": build})
    issues = found.metadata.issues
    assert issues.errors == set()
    assert {warning.partition('"')[2].partition('"')[0].rpartition("/")[2] for warning in issues.warnings} == {
        "citeAs",  # only people know it
        "datePublished",  # the same release gives the same bytes
    }
    caplog.clear()
    rows = {row["sentences/id"].decode(): row for row in found.records("sentences")}
    assert not caplog.records
    labels = {row["labels/id"]: row["labels/name"] for row in found.records("labels")}
    published = 0
    for record in Manifest.load(build).data_files():
        for expected in pq.read_table(build / record.path).to_pylist():
            row = rows[expected["id"]]
            assert [token.decode() for token in row["sentences/tokens"]] == expected["tokens"]
            assert list(row["sentences/ner_tags"]) == expected["ner_tags"]
            assert row["sentences/doc_id"].decode() == expected["doc_id"]
            assert row["sentences/split"].decode() == record.path.split("/")[1].split("-")[0]
            assert set(row["sentences/ner_tags"]) <= set(labels)
            published += 1
    assert published == len(rows) > 0
    assert [labels[place] for place in range(len(labels))] == list(Manifest.load(build).sole.label_names)


@pytest.mark.filterwarnings("ignore")  # as above
def test_a_release_is_read_by_its_description_alone(tmp_path: Path) -> None:
    """From the Hub over HTTP: each shard from its own URL, and what people wrote from the script and the card."""
    mlcroissant = pytest.importorskip("mlcroissant", reason="mlcroissant is not installed")
    script = f"class Toys:\n    ENTITY_TYPES = {MEANINGS}\n"
    text = "```bibtex\n@misc{toys, title = {Toys}}\n```"
    build = write_build(tmp_path / "build", script=script, text=text)
    with LocalHub(tmp_path / "hub") as hub:
        assert publish_here(hub.endpoint, hub.token, build, "me/toys")["tag"] == "v1.0.0"
        document = json.loads(write_croissant("me/toys@v1.0.0", hub=Hub(endpoint=hub.endpoint, token=hub.token)))
        for file in document["distribution"]:
            if file["@id"].endswith(".parquet"):
                fetched = tmp_path / "fetched" / file["@id"]
                fetched.parent.mkdir(parents=True, exist_ok=True)
                with urllib.request.urlopen(file["contentUrl"]) as answered:
                    fetched.write_bytes(answered.read())
                assert hashlib.sha256(fetched.read_bytes()).hexdigest() == file["sha256"]
    found = mlcroissant.Dataset(jsonld=document, mapping={"repo": tmp_path / "fetched"})
    assert found.metadata.issues.errors == set()
    assert found.metadata.cite_as == "@misc{toys, title = {Toys}}"
    labels = [{name: record[name] for name in ("labels/name", "labels/meaning")} for record in found.records("labels")]
    assert labels[:2] == [
        {"labels/name": "O", "labels/meaning": ""},
        {"labels/name": "B-Algorithm", "labels/meaning": "A way to do it."},
    ]
    assert len(list(found.records("sentences"))) == sum(
        split.rows for split in Manifest.load(build).sole.splits.values()
    )


SCRIPT = '''
import tagpress

class Toys(tagpress.CorpusBuilder):
    """Toys."""
    NAME = "toy-entities"
    VERSION = "1.0.0"
    ENTITY_TYPES = {"Algorithm": "A way to do it.", "Language": "A way to say it."}
    SOURCES = "*.txt"
    RAI = %s
'''
ANSWERS = {
    "dataCollection": "Picked by hand.",
    "dataCollectionTimeframe": ["2024-01-15", "2024-06-30T12:00:00"],
    "dataAnnotationProtocol": "By two people, each alone.",
    "personalSensitiveInformation": ["Names.", "None else."],
    "dataUseCases": "Training",
}


def declared(folder: Path, said: str) -> Path:
    (folder / "toys.py").write_text(SCRIPT % said)
    return folder / "toys.py"


def test_a_release_has_its_description_at_its_tag_and_nothing_else_changes_with_it(tmp_path: Path) -> None:
    """The same whatever port the Hub has, and none of it makes a new version or a conflict."""
    script = SCRIPT % repr(ANSWERS)
    build, later = write_build(tmp_path / "build", script=script), write_build(tmp_path / "later", script=script)
    said = []
    for _ in range(2):
        with LocalHub(tmp_path / "hub") as hub:
            done = publish_here(hub.endpoint, hub.token, build, "me/toys")
            where = f"{hub.endpoint}/datasets/me/toys/resolve/v1.0.0"
            with urllib.request.urlopen(f"{where}/croissant.json") as answered:
                said.append(answered.read())
            with urllib.request.urlopen(f"{where}/release.json") as answered:
                manifest = Manifest.from_bytes(answered.read())
            assert verify_release("me/toys", None, hub=Hub(endpoint=hub.endpoint, token=hub.token)).ok
            again = publish_here(hub.endpoint.replace("127.0.0.1", "localhost"), hub.token, later, "me/toys")
            assert again["already_published"]
    assert (done["already_published"], said[0]) == (True, said[1])
    assert manifest.file("croissant.json").sha256 == hashlib.sha256(said[0]).hexdigest()
    document = json.loads(said[0])
    assert document["url"] == "http://127.0.0.1:8790/datasets/me/toys"
    assert document["conformsTo"] == ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"]
    assert {name: document[f"rai:{name}"] for name in ANSWERS} == ANSWERS


def test_a_release_that_was_made_before_releases_had_descriptions_stays_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build = write_build(tmp_path / "build")
    with LocalHub(tmp_path / "hub") as hub:
        with monkeypatch.context() as before:
            before.setattr(finishing, "_described", lambda *_, **__: {})
            first = publish_here(hub.endpoint, hub.token, build, "me/toys")
        assert "croissant.json" not in first["files"]["added"]
        again = publish_here(hub.endpoint, hub.token, build, "me/toys")
        assert (again["already_published"], again["commit"]) == (True, first["commit"])
        corrected = write_build(tmp_path / "corrected", text="Corrected.", version="1.0.1")
        done = publish_here(hub.endpoint, hub.token, corrected, "me/toys")
        assert (done["tag"], "croissant.json" in done["files"]["added"]) == ("v1.0.1", True)
        assert done["plan"]["bump"] == "none"


def test_a_description_that_somebody_else_made_is_not_overwritten(tmp_path: Path) -> None:
    with LocalHub(tmp_path / "hub") as hub:
        client = HfApi(endpoint=hub.endpoint, token=hub.token)
        client.create_repo("me/toys", repo_type="dataset")
        theirs = {"path_or_fileobj": b"{}", "path_in_repo": "croissant.json", "repo_id": "me/toys"}
        client.upload_file(**theirs, repo_type="dataset")
        refused = publish_here(hub.endpoint, hub.token, write_build(tmp_path / "build"), "me/toys")
        assert refused["exit_code"] == 4
        assert "croissant.json is on the Hub already, and no release listed it" in refused["error"]["message"]


@pytest.mark.filterwarnings("ignore")  # mlcroissant's own
def test_mlcroissant_reads_the_answers_of_a_script(tmp_path: Path, build: Path) -> None:
    mlcroissant = pytest.importorskip("mlcroissant", reason="mlcroissant is not installed")
    script = declared(tmp_path, repr(ANSWERS))
    assert load_script(script).declaration().name == "toy-entities"
    answers = answers_of(script.read_bytes())
    assert answers == ANSWERS
    document = json.loads(croissant(Manifest.load(build), repo="me/toys", answers=answers))
    found = mlcroissant.Dataset(jsonld=document, mapping={"repo": build}).metadata
    assert found.issues.errors == set()
    assert found.data_collection == "Picked by hand."
    assert found.data_annotation_protocol == ["By two people, each alone."]
    assert found.personal_sensitive_information == ["Names.", "None else."]
    assert found.data_use_cases == ["Training"]


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        (
            '{"dataCollecton": "x"}',
            "RAI has 'dataCollecton', which Croissant RAI 1.0 has not; did you mean dataCollection",
        ),
        ('{"dataCollection": ["a", "b"]}', "RAI['dataCollection'] is ['a', 'b']; write a text"),
        ('{"dataBiases": []}', "RAI['dataBiases'] is []; write a text, or a list of them"),
        ('{"dataBiases": ["a", ""]}', "write a text, or a list of them"),
        ('{"dataCollectionTimeframe": "last year"}', "write a date, or a list of them"),
        ('{"dataBiases": 1, "dataUseCases": None}', "RAI['dataBiases'] is 1"),
        ('"text"', "RAI is 'text'; write it as"),
        ('dict(dataCollection="x")', "toys.py computes its RAI"),
    ],
)
def test_an_answer_that_cannot_be_published_stops_the_script(tmp_path: Path, said: str, fault: str) -> None:
    with pytest.raises(ScriptError) as refused:
        load_script(declared(tmp_path, said)).declaration()
    assert fault in refused.value.message


def test_the_documentation_has_every_question() -> None:
    page = (Path(__file__).parents[2] / "docs/pages/how-to/machines.md").read_text()
    rows = dict(re.findall(r"^\| `(\w+)` \| .*? \| (.*) \|$", page, re.MULTILINE))
    assert rows == {name: meaning for name, (_, meaning) in QUESTIONS.items()}
    example = re.search(r"```python\n(RAI = .*?)```", page, re.DOTALL)
    assert example is not None
    assert len(answers_of(example[1].encode())) == 5
