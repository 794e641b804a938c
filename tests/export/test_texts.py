"""Texts with spans go round: read, published, exported for a tool, read again, and nothing of them is another."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export.builds import rows
from export.reading import faults, written
from made_corpora import declare
from read.spans.made import KINDS, Made, corpus
from read.spans.reading import found, marked
from tagpress.build.corpus import build_corpus
from tagpress.corpus.policies import Policies
from tagpress.corpus.splits import GivenSplits
from tagpress.errors import DataError, UsageError
from tagpress.export import BratTarget, export_build, target_named
from tagpress.export.rows import Rows
from tagpress.read.pair import pair
from tagpress.read.spans.dialect import Spans
from tagpress.read.standoff import Standoff

TYPES = {kind.replace(" ", "_"): "x" for kind in KINDS}
# The tools that keep a text, and how each is read again where the release was cut into words.
KEPT: dict[str, Spans | Standoff] = {
    "bioc-json": Spans(format="bioc-json"),
    "brat": Standoff(token="words"),
    "doccano": Spans(format="doccano"),
    "label-studio": Spans(format="label-studio"),
    "prodigy": Spans(format="prodigy"),
    "spacy-train-data": Spans(format="spacy-train-data"),
    "webanno": Spans(format="webanno"),
}
POLICIES = Policies(
    {"type-missing-in-split": "warn", "unaligned-annotation": "drop", "overlapping-annotation": "repair"}
)
Row = tuple[str, list[int], list[str], list[int]]


def released(folder: Path, texts: Sequence[Made], **options: Any) -> Path:
    """Return a build of texts, of which those without words are no sentences."""
    folder.mkdir()
    lines = [{"text": one.text, "label": [(a, b, kind.replace(" ", "_")) for a, b, kind in one.spans]} for one in texts]
    (folder / "train.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    declaration = declare(
        folder,
        dialect=Spans(format="doccano", **options),
        sources={"train": "*.jsonl"},
        entity_types=TYPES,
        text=True,
        policies=POLICIES,
        splits=GivenSplits(names=("train",), group="document"),
    )
    return Path(build_corpus(declaration, folder / "out", workers=1).out)


def rows_of(build: Path) -> list[Row]:
    table = pq.read_table(sorted((build / "data").glob("*.parquet")))
    return sorted((row["text"], row["offsets"], row["tokens"], row["ner_tags"]) for row in table.to_pylist())


@pytest.mark.parametrize("name", KEPT)
@pytest.mark.parametrize("overlaps", [False, True])
def test_hundreds_of_texts_come_back_exactly(name, overlaps, tmp_path):
    gaps = (
        (" ", "  ", "\t", "\u00a0", "\r\n")
        if name in {"doccano", "prodigy", "bioc-json"}
        else (" ", "  ", "\t", "\u00a0")
    )
    build = released(tmp_path / "in", corpus(8, size=260, gaps=gaps, overlaps=overlaps))
    before = rows_of(build)
    assert len(before) > 200
    export_build(build, target_named(name), f"{tmp_path}/back/")
    patterns = "back/**/*.txt" if name == "brat" else "back/train.*"
    again = declare(
        tmp_path, dialect=KEPT[name], sources={"train": patterns}, entity_types=TYPES, text=True, policies=POLICIES
    )
    assert rows_of(Path(build_corpus(again, tmp_path / "again", workers=1).out)) == before


def test_lines_of_a_document_are_a_text_of_brat_and_a_document_of_bioc(tmp_path):
    texts = [Made(f"Ada{i} ran.\n\nBo met Ada{i}", [], [(0, 4, "PER")]) for i in range(10)]
    build = released(tmp_path / "in", texts, sentences="lines")
    export_build(build, target_named("brat"), tmp_path / "brat")
    files = sorted((tmp_path / "brat").iterdir())
    assert len(files) == 20
    assert sum(path.read_text().count("\n") for path in files if path.suffix == ".txt") == 20
    (file,) = export_build(build, target_named("bioc-json"), tmp_path / "all.json").files
    documents = json.loads(file.path.read_bytes())["documents"]
    assert [len(one["passages"]) for one in documents] == [2] * 10
    assert all(one["passages"][1]["offset"] == len(one["passages"][0]["text"]) + 1 for one in documents)


GOLDEN = rows(
    [(["Ada", "\U0001f680", "ran"], ["B-Person", "I-Person", "O"]), (["Bo"], ["B-O"])], doc_ids=["a/b", "a/b"]
)
TEXTS = replace(GOLDEN, texts=[" Ada\t\U0001f680, ran_", "Bo"], starts=np.array([1, 5, 8, 0]))


def test_golden_webanno():
    assert written(target_named("webanno"), [TEXTS]).decode() == (
        "#FORMAT=WebAnno TSV 3.3\n#T_SP=de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity|value\n\n\n"
        "#Text= Ada\\t\U0001f680, ran_\n1-1\t1-4\tAda\tPerson[1]\t\n1-2\t5-7\t\U0001f680\tPerson[1]\t\n1-3\t9-12\tran\t_\t\n\n"
        "#Text=Bo\n2-1\t14-16\tBo\tO\t\n"
    )


def test_golden_brat():
    assert BratTarget().files([TEXTS]) == {
        "a/b.txt": " Ada\t\U0001f680, ran_\nBo\n".encode(),
        "a/b.ann": "T1\tPerson 1 6\tAda\t\U0001f680\nT2\tO 13 15\tBo\n".encode(),
    }


def test_golden_bioc():
    (document,) = json.loads(written(target_named("bioc-json"), [TEXTS]))["documents"]
    first, second = document["passages"]
    assert (document["id"], first["offset"], second["offset"], second["infons"]) == ("a/b", 0, 13, {"id": "id1"})
    assert second["annotations"] == [
        {"id": "1", "infons": {"type": "O"}, "text": "Bo", "locations": [{"offset": 13, "length": 2}]}
    ]


def test_names_of_documents_that_cannot_be_files_are_told_apart():
    some = rows([(["x"], ["O"])] * 6, doc_ids=["a", "A", "../a", "a:b", "a?b", ""])
    assert [name for name in BratTarget().files([some]) if name.endswith(".txt")] == [
        "a.txt",
        "A-2.txt",
        "___a.txt",
        "a_b.txt",
        "a_b-2.txt",
        "_.txt",
    ]


REFUSED = {
    ("webanno", "#Ada", 1): "has more than white space before its first token, which takes the place of its text",
    ("brat", "Ada\nran", 0): "has a text that is no line by itself",
    ("brat", "Ada\r", 0): "has a text that is no line by itself",
    ("brat", "\ufeffAda", 1): "has a text that is no line by itself",
    ("brat", "#Ada", 1): "would be cut into other tokens, as token='whitespace' says",
    ("bioc-json", "#Ada", 1): "would be cut into other tokens, as tokens='whitespace' says",
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_a_tool_cannot_hold_is_refused(case):
    name, text, start = case
    some = replace(rows([(["Ada"], ["O"])]), texts=[text], starts=np.array([start]))
    assert faults(target_named(name), [some]) == [f"train id0 {REFUSED[case]}"]


def test_a_folder_that_is_not_empty_is_not_written_to(tmp_path):
    build = released(tmp_path / "in", [Made("Ada ran", [], [(0, 3, "PER")])])
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "left.ann").touch()
    for place, message in (("old", "is not empty"), ("old/left.ann", "is a file"), ("in/out/new", "is in the build")):
        with pytest.raises(UsageError, match=message):
            export_build(build, target_named("brat"), tmp_path / place)
    (folder,) = export_build(build, target_named("brat"), tmp_path / "new").files
    assert (folder.path, folder.rows, folder.bytes) == (tmp_path / "new", 1, len("Ada ran\nT1\tPER 0 3\tAda\n"))
    with pytest.raises(UsageError, match="cannot be written"):
        target_named("brat", between=r"\.")


def test_a_release_that_was_cut_by_a_pattern_says_so_to_who_writes_it(tmp_path):
    build = released(tmp_path / "in", [Made("Ada-Bo ran!", [], [(0, 6, "PER")])], tokens=r"[\w-]+")
    for name, target in (("doccano", target_named("doccano")), ("brat", target_named("brat"))):
        export_build(build, target, f"{tmp_path}/{name}/")
    with pytest.raises(DataError, match="would be cut into other tokens, as tokens='words' says"):
        export_build(build, target_named("doccano", tokens="words"), f"{tmp_path}/words/")


words = st.text(st.sampled_from("ab1_\u00e9\u0301\U0001f680\u05d0[]|*\\-.,"), min_size=1, max_size=4)
gaps = st.text(st.sampled_from(" \t\u00a0\u3000"), min_size=1, max_size=2)


@st.composite
def texts(draw: st.DrawFn) -> Rows:
    """Rows whose texts have any white space between their tokens, and before and behind them."""
    sentences, given, starts = [], [], []
    for _ in range(draw(st.integers(1, 4))):
        tokens = draw(st.lists(words, min_size=1, max_size=5))
        tags: list[str] = []
        for _ in tokens:
            goes_on = [f"I-{tags[-1][2:]}"] if tags and tags[-1] != "O" else []
            tags.append(draw(st.sampled_from(["O", "B-Person", "B-creative-work", *goes_on])))
        text = draw(st.sampled_from(["", " "]))
        for token in tokens:
            starts.append(len(text))
            text += token + draw(gaps)
        sentences.append((tokens, tags))
        given.append(text)
    return replace(rows(sentences), texts=given, starts=np.array(starts), rule="whitespace")


@settings(max_examples=150, deadline=None)
@given(texts(), st.sampled_from(sorted(KEPT)))
def test_any_texts_come_back_or_are_refused(some: Rows, name: str) -> None:
    target: Any = target_named(name)
    if faults(target, [some]):
        return
    if isinstance(target, BratTarget):
        files = target.files([some])
        parsed = target.dialect.parse(pair(files["doc.txt"], files["doc.ann"]))
    else:
        parsed = target.dialect.parse(written(target, [some]))
    assert not len(parsed.faults)
    assert parsed.texts.each() == some.texts
    assert parsed.texts.starts(parsed.tokens.offsets.to_numpy()).tolist() == some.starts.tolist()
    labels = [some.labels.names[label] for label in some.label_ids.tolist()]
    assert [parsed.tag_names[tag] for tag in parsed.tags.tolist()] == labels
    assert [one.tokens for one in found(parsed)] == [
        some.tokens[a:b].to_pylist() for a, b in zip(some.offsets[:-1].tolist(), some.offsets[1:].tolist(), strict=True)
    ]
    assert sum(map(len, marked(parsed))) == sum(tag.startswith("B-") for tag in labels)
