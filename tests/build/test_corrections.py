"""Corrections beside a script: applied, counted, kept in the release and taken back; and each that cannot be is named."""

import json
from pathlib import Path

import datasets
import pyarrow.parquet as pq
import pytest

from corrected_news import ADA, BONN, EU, SCRIPT, UNIX, correction, labels, write, write_news
from made_corpora import shas
from tagpress.build.corpus import Build, build_corpus, check_corpus
from tagpress.corpus.policies import RULES
from tagpress.corpus.problems import SEVERITY
from tagpress.errors import DataError, ScriptError, UsageError
from tagpress.export import export_build, target_named
from tagpress.script.builder import load_script

NEEDLESS = SEVERITY[RULES["needless-correction"].default]
MISC_EU = [[0, 1, "MISC"], [2, 3, "MISC"]]
ORG_EU = [[0, 1, "ORG"], [2, 3, "MISC"]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_news(tmp_path)


def built(folder: Path, out: str = "build", workers: int = 1) -> Build:
    return build_corpus(load_script(folder / "news.py").declared(), folder / out, workers=workers)


def told(folder: Path) -> list[tuple[str, str, str]]:
    problems = check_corpus(load_script(folder / "news.py").declared(), workers=1).problems
    return [(one.place, one.code, one.severity) for one in problems if one.code.endswith("-correction")]


def test_a_correction_is_applied_counted_kept_and_taken_back(folder: Path) -> None:
    plain = built(folder, "plain")
    assert b"corrections" not in (folder / "plain/release.json").read_bytes()
    write(
        folder,
        correction(EU, MISC_EU, ORG_EU, tokens=["EU", "rejects", "German", "call"], source="guidelines, 3.2"),
        correction(EU, MISC_EU, ORG_EU, layer="nested"),
        correction(ADA, [[0, 2, "NP"], [2, 3, "VP"]], [[0, 3, "NP"]], layer="chunks"),
    )
    made = built(folder)
    config = made.manifest.config()
    assert config.corrections is not None
    assert (config.corrections.path, config.corrections.applied) == ("corrections/corrections.jsonl", 3)
    assert made.report.to_json()["corrections"] == {"applied": 3, "already": 0}
    assert "3 corrections applied" in made.report.summary
    before, after = labels(folder / "plain"), labels(folder / "build")
    assert after == {**before, EU: [3, 0, 5, 0]}
    kept = (folder / "build/corrections/corrections.jsonl").read_text().splitlines()
    assert json.loads(kept[0])["source"] == "guidelines, 3.2"
    (row,) = [
        row
        for row in datasets.load_dataset(
            "parquet", data_files=str(next((folder / "build").glob("data/train-*"))), split="train"
        )
        if row["id"] == EU
    ]
    assert [span["type"] for span in row["nested"]] == [1, 2]
    assert plain.manifest.config().splits["test"].row_digest == config.splits["test"].row_digest

    target = target_named("columns", documents=False)
    for name, build, corrected in (("a", "plain", True), ("b", "build", False), ("c", "build", True)):
        export_build(
            folder / build,
            target,
            folder / f"{name}.txt",
            splits=["train"],
            without=("nested", "chunks"),
            corrected=corrected,
        )
    one, back, other = ((folder / f"{name}.txt").read_bytes() for name in "abc")
    assert one == back != other
    jsonl = target_named("jsonl")
    for name, build, corrected in (("a", "plain", True), ("b", "build", False)):
        export_build(
            folder / build, jsonl, folder / f"{name}.jsonl", splits=["train"], without=("nested",), corrected=corrected
        )
    assert (folder / "a.jsonl").read_bytes() == (folder / "b.jsonl").read_bytes()


def test_the_workers_change_no_byte(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tagpress.read.pieces.pieces.__defaults__", (60,))
    write(folder, correction(EU, MISC_EU, ORG_EU), correction(ADA, [[0, 2, "PER"]], []))
    for workers in (1, 2):
        built(folder, f"out-{workers}", workers=workers)
    assert shas(folder / "out-1") == shas(folder / "out-2")


def test_each_that_cannot_be_applied_is_named_at_its_line(folder: Path) -> None:
    write(
        folder,
        correction(EU, MISC_EU, ORG_EU),
        correction(EU, MISC_EU, []),
        correction("0" * 32, [], [[0, 1, "PER"]]),
        correction(UNIX, [[0, 1, "PER"]], []),
        correction(ADA, [[0, 2, "PER"]], [[0, 1, "LOC"]]),
        correction(BONN, [], [[0, 3, "PER"]]),
        correction(ADA, [], [[0, 1, "NP"]], layer="lemma"),
        correction(ADA, [], [[0, 2, "PER"]]),
        correction(EU, [[0, 1, "ORG"]], [[0, 2, "PER"], [1, 2, "ORG"]]),
    )
    place = "corrections.jsonl:{}:1".format
    assert told(folder) == [
        (place(2), "conflicting-correction", "error"),
        (place(3), "unknown-correction", "error"),
        (place(4), "outdated-correction", "error"),
        (place(5), "broken-correction", "error"),
        (place(6), "broken-correction", "error"),
        (place(7), "broken-correction", "error"),
        (place(8), "needless-correction", NEEDLESS),
        (place(9), "broken-correction", "error"),
    ]
    with pytest.raises(DataError) as raised:
        built(folder)
    said = {one.line: one.found for one in raised.value.problems if one.path == "corrections.jsonl"}
    assert said[4] == "0:1=ORG in the sentence at test.txt:1"
    assert said[6] == "a span behind the end of its sentence, which is at train.txt:10"
    assert said[8] == "0:2=PER, which the sentence at train.txt:6 has already"


def test_a_correction_that_the_source_has_made_stops_nothing(folder: Path) -> None:
    write(folder, correction(ADA, [], [[0, 2, "PER"]]))
    made = built(folder)
    assert made.report.to_json()["corrections"] == {"applied": 0, "already": 1}
    assert made.manifest.config().corrections is None
    assert made.report.problem_counts["needless-correction"] == 1


def test_a_policy_lets_a_build_go_on_without_it(folder: Path) -> None:
    text = SCRIPT.replace('"type-missing', '"unknown-correction": "warn", "type-missing')
    (folder / "news.py").write_text(text)
    write(folder, correction("0" * 32, [], [[0, 1, "PER"]]))
    assert built(folder).report.problem_counts["unknown-correction"] == 1


def test_old_names_of_types_are_known(folder: Path) -> None:
    (folder / "news.py").write_text(SCRIPT.replace('"MISC"', '"Other"') + '    RENAMED = {"MISC": "Other"}\n')
    write(folder, correction(EU, MISC_EU, ORG_EU))
    built(folder)
    assert labels(folder / "build")[EU] == [3, 0, 5, 0]


def test_the_builder_of_datasets_gives_the_corrected_rows(folder: Path) -> None:
    write(folder, correction(EU, MISC_EU, ORG_EU))
    for after in (ORG_EU, []):  # an edited file is no reason to give what was kept
        write(folder, correction(EU, MISC_EU, after))
        builder = load_script(folder / "news.py")(cache_dir=str(folder / "cache"))
        builder.download_and_prepare()
        rows = {row["id"]: row["ner_tags"] for row in builder.as_dataset(split="train")}
        assert rows[EU] == ([3, 0, 5, 0] if after else [0, 0, 0, 0])


def test_a_file_that_is_declared_must_be_there(folder: Path) -> None:
    (folder / "news.py").write_text(SCRIPT + '    CORRECTIONS = "mine.jsonl"\n')
    with pytest.raises(ScriptError, match=r"CORRECTIONS names mine\.jsonl, and there is no such file"):
        load_script(folder / "news.py").declared()
    write(folder, correction(EU, MISC_EU, ORG_EU), name="mine.jsonl")
    built(folder)
    (folder / "news.py").write_text(SCRIPT + '    CORRECTIONS = ""\n')
    write(folder, correction(EU, [], ORG_EU))
    assert told(folder) == []


def test_configurations_have_each_their_own_lines(folder: Path) -> None:
    text = SCRIPT + '    CONFIGS = {"de": {}, "en": {"SOURCES": {"train": "test.txt", "test": "train.txt"}}}\n'
    (folder / "news.py").write_text(text)
    write(
        folder,
        correction(EU, MISC_EU, ORG_EU, config="de"),
        correction(EU, MISC_EU, ORG_EU),
        correction(EU, MISC_EU, ORG_EU, config="fr"),
    )
    assert [(place, code) for place, code, _ in told(folder)] == [
        ("corrections.jsonl:2:1", "broken-correction"),
        ("corrections.jsonl:3:1", "broken-correction"),
    ]
    write(folder, correction(EU, MISC_EU, ORG_EU, config="de"))
    made = built(folder)
    assert [config.corrections and config.corrections.path for config in made.manifest.configs] == [
        "corrections/de.jsonl",
        None,
    ]
    assert labels(folder / "build", "de/train")[EU] == [3, 0, 5, 0]
    assert labels(folder / "build", "en/test")[EU] == [5, 0, 5, 0]


def test_a_layer_that_is_made_of_a_corrected_one_is_not_taken_back(folder: Path) -> None:
    text = SCRIPT.replace(
        "    SOURCES", '    LAYERS["flat"] = tagpress.FlatSpans(of="nested", rule="outermost")\n    SOURCES'
    )
    (folder / "news.py").write_text(text)
    write(folder, correction(EU, MISC_EU, ORG_EU, layer="nested"))
    built(folder)
    row = next(
        row for row in pq.read_table(next((folder / "build").glob("data/train-*"))).to_pylist() if row["id"] == EU
    )
    assert row["flat"] == [3, 0, 5, 0]  # made of what was corrected
    with pytest.raises(UsageError, match="the layer flat is made of nested, which was corrected"):
        export_build(
            folder / "build",
            target_named("jsonl"),
            folder / "x.jsonl",
            splits=["train"],
            without=("nested",),
            corrected=False,
        )
