"""What becomes of spans that do not fit, that overlap, or that are broken, under each policy; and what a release says."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from made_corpora import declare
from tagpress.build.corpus import build_corpus, check_corpus
from tagpress.build.report import Report
from tagpress.corpus.manifest import Manifest
from tagpress.corpus.policies import Policies
from tagpress.corpus.splits import HashSplits
from tagpress.errors import DataError, ScriptError
from tagpress.read.spans.dialect import Spans
from tagpress.read.standoff import Standoff

TYPES = {"PER": "x", "LOC": "x", "ORG": "x"}
FIT = {"id": 1, "text": "Ada wrote.", "label": [[0, 3, "PER"]]}


def declared(folder: Path, rows: list[object], policy: dict[str, str] | None = None, **options: str):
    (folder / "a.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return declare(
        folder,
        sources="*.jsonl",
        dialect=Spans(**{"format": "doccano", "tokens": "whitespace", **options}),
        entity_types=TYPES,
        splits=HashSplits(train=1, validation=0, test=0),
        policies=Policies({"type-missing-in-split": "warn", **(policy or {})}),
    )


def read(
    folder: Path, label: list[object], text: str, code: str, policy: str
) -> tuple[Report, list[dict[str, object]]]:
    """Return the report of two records, and the rows that are published."""
    declaration = declared(folder, [FIT, {"text": text, "label": label}], {code: policy})
    report = check_corpus(declaration)
    if not report.ok:
        return report, []
    declaration = declared(folder, [FIT, {"text": text, "label": label}], {code: policy})
    built = build_corpus(declaration, folder / "out")
    return built.report, pq.read_table(next((folder / "out" / "data").iterdir())).to_pylist()


def labels(rows: list[dict[str, object]], text: str) -> list[str]:
    names = ["O", *(f"{letter}-{kind}" for kind in TYPES for letter in "BI")]
    (tags,) = [row["ner_tags"] for row in rows if row["tokens"] == text.split()]
    return [names[tag] for tag in tags]


TEXT = "We met Ada Lovelace-King in London."
LOOSE = [[7, 19, "PER"], [28, 34, "LOC"]]  # Ada Lovelace | -King, and London without its full stop


def test_a_span_that_does_not_fit_is_an_error_that_shows_it_and_what_is_around_it(tmp_path):
    report, _ = read(tmp_path, LOOSE, TEXT, "unaligned-annotation", "error")
    assert not report.ok
    first, second = [one for one in report.problems if one.code == "unaligned-annotation"]
    line = (tmp_path / "a.jsonl").read_text().split("\n")[1]
    places = [f"a.jsonl:2:{line.index(shown) + 1}" for shown in ("[7, 19", "[28, 34")]
    assert [first.place, second.place] == places
    assert first.found == (
        "the annotation PER 7-19 'Ada Lovelace', which ends before the last part of a token, '-King',"
        " among the tokens 'We' 'met' 'Ada' 'Lovelace-King' 'in' 'London.'"
    )
    assert second.found == (
        "the annotation LOC 28-34 'London', which ends before the last part of a token, '.',"
        " among the tokens 'Lovelace-King' 'in' 'London.'"
    )


FATES = {
    "expand": ["O", "O", "B-PER", "I-PER", "O", "B-LOC"],
    "shrink": ["O", "O", "B-PER", "O", "O", "O"],
}


def test_expanded_spans_cover_all_tokens_that_they_touch(tmp_path):
    report, rows = read(tmp_path, LOOSE, TEXT, "unaligned-annotation", "expand")
    assert labels(rows, TEXT) == FATES["expand"]
    assert [one.severity for one in report.problems if one.code == "unaligned-annotation"] == ["repaired"] * 2
    assert report.published == 2


def test_shrunk_spans_cover_the_tokens_wholly_inside_them(tmp_path):
    _, rows = read(tmp_path, LOOSE[:1], TEXT, "unaligned-annotation", "shrink")
    assert labels(rows, TEXT) == FATES["shrink"]


def test_a_span_that_shrinks_to_nothing_is_no_repair_but_an_error(tmp_path):
    report, _ = read(tmp_path, LOOSE, TEXT, "unaligned-annotation", "shrink")
    (found,) = [one for one in report.problems if one.severity == "error"]
    assert found.code == "broken-annotation"
    assert found.found.endswith("among the tokens 'Lovelace-King' 'in' 'London.': no token is wholly inside it")


def test_a_sentence_whose_span_does_not_fit_can_be_left_out(tmp_path):
    report, rows = read(tmp_path, LOOSE, TEXT, "unaligned-annotation", "drop")
    assert [row["tokens"] for row in rows] == [["Ada", "wrote."]]
    assert (report.published, report.rejected) == (1, 1)


def test_white_space_at_an_end_does_not_fit_either(tmp_path):
    report, _ = read(tmp_path, [[6, 11, "PER"]], TEXT, "unaligned-annotation", "error")
    (found,) = [one for one in report.problems if one.code == "unaligned-annotation"]
    assert "which begins before its first token, ' ' and ends behind its last token, ' ', among" in found.found


NESTED = "The University of Oslo won"
OVER = [[18, 22, "LOC"], [4, 22, "ORG"]]


def test_an_overlap_is_an_error(tmp_path):
    report, _ = read(tmp_path, OVER, NESTED, "overlapping-annotation", "error")
    (found,) = [one for one in report.problems if one.code == "overlapping-annotation"]
    assert found.found == "the annotation LOC 18-22 'Oslo', which overlaps ORG 4-22 'University of Oslo'"
    assert not report.ok


def test_of_spans_that_overlap_the_longest_can_stay(tmp_path):
    report, rows = read(tmp_path, OVER, NESTED, "overlapping-annotation", "repair")
    assert labels(rows, NESTED) == ["O", "B-ORG", "I-ORG", "I-ORG", "O"]
    assert report.problem_counts["overlapping-annotation"] == 1


def test_spans_that_overlap_only_when_expanded_are_reported(tmp_path):
    label = [[0, 3, "PER"], [4, 9, "LOC"]]
    declaration = declared(
        tmp_path, [FIT, {"text": "Ada-Paris left", "label": label}], {"unaligned-annotation": "expand"}
    )
    assert check_corpus(declaration).problem_counts == {
        "overlapping-annotation": 1,
        "type-missing-in-split": 2,
        "unaligned-annotation": 2,
    }


@pytest.mark.parametrize("policy", ["warn", "repair"])
def test_no_policy_publishes_what_does_not_fit_as_it_is(policy):
    with pytest.raises(ScriptError, match="none of error, drop, expand, shrink"):
        Policies({"unaligned-annotation": policy})


def test_rejected_records_are_counted_and_left_out(tmp_path):
    rows = [{**FIT, "answer": "accept", "spans": []}, {"text": "Bad one", "spans": [], "answer": "ignore"}]
    report = check_corpus(declared(tmp_path, rows, format="prodigy"))
    assert report.problem_counts["rejected-record"] == 1
    (found,) = [one for one in report.problems if one.code == "rejected-record"]
    assert (found.severity, found.found, found.line) == ("dropped", "a record that its annotator skipped", 2)
    assert (report.sentences, report.published) == (2, 1)


def test_what_is_besides_is_counted_in_the_report(tmp_path):
    rows = [{**FIT, "relations": [{"id": 1}, {"id": 2}], "meta": {}}, {"text": "", "label": []}]
    report = check_corpus(declared(tmp_path, rows))
    assert report.to_json()["aside"] == {"relations": 2}
    assert report.unread == ("meta",)
    assert report.problem_counts["empty-sentence"] == 1


def test_a_release_says_how_its_texts_were_cut(tmp_path):
    build_corpus(declared(tmp_path, [FIT], tokens=r"\w+|\S"), tmp_path / "out")
    document = json.loads((tmp_path / "out" / "release.json").read_bytes())["tokenisation"]
    assert (document["tokens"], document["sentences"]) == (r"\w+|\S", "record")
    assert document["unicode"].count(".") == 2
    assert Manifest.load(tmp_path / "out").sole.tokenisation == document


def test_errors_stop_a_build(tmp_path):
    with pytest.raises(DataError):
        build_corpus(declared(tmp_path, [{"text": TEXT, "label": LOOSE}]), tmp_path / "out")


@pytest.mark.parametrize(("policy", "expected"), [("expand", ["B-PER", "I-PER", "O"]), ("shrink", ["B-PER", "O", "O"])])
def test_an_annotation_of_brat_is_moved_by_the_same_policies(tmp_path, policy, expected):
    (tmp_path / "a.txt").write_text("Ada Lovelace wrote\n")
    (tmp_path / "a.ann").write_text("T1\tPER 0 8\tAda Love\n")
    declaration = declare(
        tmp_path,
        dialect=Standoff(),
        entity_types=TYPES,
        splits=HashSplits(train=1, validation=0, test=0),
        policies=Policies({"unaligned-annotation": policy}),
    )
    built = build_corpus(declaration, tmp_path / "out")
    rows = pq.read_table(next((tmp_path / "out" / "data").iterdir())).to_pylist()
    assert labels(rows, "Ada Lovelace wrote") == expected
    (found,) = [one for one in built.report.problems if one.code == "unaligned-annotation"]
    assert found.severity == "repaired"
    assert found.found.endswith(", at a.ann:1")
