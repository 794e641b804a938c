"""A corpus that cannot be built is looked at as it was read: every sentence, its place, and what is wrong with it."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from made_corpora import Tagged, declare, words, write_document
from preview.test_preview import data_of
from tagpress.build.corpus import build_corpus, check_corpus
from tagpress.build.declaration import Declaration
from tagpress.corpus.policies import Policies
from tagpress.errors import DataError, SourceError, UsageError
from tagpress.preview import Preview, write_corpus_preview, write_preview
from tagpress.preview import corpus as module
from tagpress.preview.scope import scope
from tagpress.preview.subject import subject_of_build
from tagpress.read.columns import Columns

GOOD: Sequence[Tagged] = [
    words("Rust", "is", "a", word) for word in ("tongue", "tool", "metal", "game", "fungus", "way")
]
BAD: Sequence[Tagged] = [
    [("Ada", "B-Person"), ("and", "O"), ("C", "B-Language")],
    [("on", "I-Device"), ("it", "O")],
]


def corpus(folder: Path, **changes: Any) -> Declaration:
    """A corpus of two files, the second with an unknown tag, an impossible one, a copy, and a line outside sentences."""
    write_document(folder / "a.txt", GOOD)
    write_document(folder / "b.txt", [*BAD, GOOD[0]])
    with (folder / "b.txt").open("a", encoding="utf-8") as file:
        file.write("stray\n")
    return declare(folder, **changes)


def previewed(folder: Path, **changes: Any) -> tuple[Preview, Any]:
    found = write_corpus_preview(corpus(folder / "corpus", **changes), folder / "page.html")
    return found, data_of(folder / "page.html")


def test_a_corpus_with_errors_is_shown_though_it_cannot_be_built(tmp_path: Path) -> None:
    preview, found = previewed(tmp_path)
    declaration = corpus(tmp_path / "corpus")
    with pytest.raises(DataError):
        build_corpus(declaration, tmp_path / "build", workers=1)
    report = check_corpus(declaration, workers=1)
    assert preview.to_json() == {
        "out": str(tmp_path / "page.html"),
        "bytes": (tmp_path / "page.html").stat().st_size,
        "sentences": report.published,
        "shown": report.published,
        "rejected": report.rejected,
        "rejected_shown": report.rejected,
        "problems": len(report.problems),
        "compared_with": None,
        "verdict": report.verdict,
    }
    assert len(found["sentences"]) == report.sentences == 10
    assert found["shown"] == [report.published, report.rejected]
    text = (tmp_path / "page.html").read_text("utf-8")
    assert f"I{report.verdict[1:]}." in text
    assert "10 sentences read: 6 could be published" in text


def test_every_faulty_sentence_comes_first_with_its_place_and_what_is_wrong(tmp_path: Path) -> None:
    _, found = previewed(tmp_path)
    faulty = [entry for entry in found["sentences"] if entry[0] == found["published"]]
    assert found["sentences"][: len(faulty)] == faulty
    assert [entry[1] for entry in faulty] == ["b.txt:1", "b.txt:6", "b.txt:10", "b.txt:16"]
    reasons = ["unknown-tag"], ["invalid-transition"], ["duplicate"], ["ragged-line", "stray-line"]
    assert [entry[5] for entry in faulty] == [*reasons]
    assert faulty[0][4] == [0, 1, "B-Person", 2, 3, found["types"].index("Language")]
    ((count, number), (_, other), *_) = (entry[7] for entry in faulty)
    assert count == 1
    problem = found["problems"][number]
    assert (problem["path"], problem["line"], problem["col"]) == ("b.txt", 2, 5)
    assert problem["found"].startswith("the tag 'B-Person'")
    assert found["problems"][other]["found"] == "the tag 'I-Device' at the start of a sentence"
    assert found["errors"] == ["invalid-transition", "ragged-line", "stray-line", "unknown-tag"]


def test_the_others_stand_in_the_order_of_the_sources(tmp_path: Path) -> None:
    _, found = previewed(tmp_path)
    published = [entry for entry in found["sentences"] if entry[0] < found["published"]]
    assert [entry[1] for entry in published] == [f"a.txt:{line}" for line in range(1, 37, 6)]
    assert [entry[3][-1] for entry in published] == [row[-1][0] for row in GOOD]
    assert found["placed"]


def test_a_sound_corpus_has_the_sentences_and_numbers_of_its_build(tmp_path: Path) -> None:
    """Also a warning is at its sentence, and a second copy that stays has its number."""
    write_document(tmp_path / "corpus" / "a.txt", [*GOOD, words("x", "x", "x", "x", "x"), GOOD[0]])
    policies = Policies({"duplicate": "warn"})
    declaration = declare(tmp_path / "corpus", policies=policies, max_tokens=4)
    build_corpus(declaration, tmp_path / "build", workers=1)
    write_preview(tmp_path / "build", tmp_path / "build.html")
    preview = write_corpus_preview(declaration, tmp_path / "page.html")
    assert preview.verdict == "it can be built"
    built, read = data_of(tmp_path / "build.html"), data_of(tmp_path / "page.html")
    assert sorted([row[0], *row[2:7]] for row in built["sentences"]) == sorted(
        [row[0], *row[2:7]] for row in read["sentences"]
    )
    assert sum(bool(row[7]) for row in read["sentences"]) == sum(bool(row[5]) for row in read["sentences"]) == 2


def test_the_cut_and_the_workers_leave_no_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    declaration = corpus(tmp_path)
    write_corpus_preview(declaration, tmp_path / "one.html", workers=1)
    monkeypatch.setattr(module, "_BATCH", 2)
    write_corpus_preview(declaration, tmp_path / "two.html", workers=2)
    assert (tmp_path / "one.html").read_bytes() == (tmp_path / "two.html").read_bytes()


def test_where_nothing_can_be_published_the_page_is_full_of_what_is_wrong(tmp_path: Path) -> None:
    write_document(tmp_path / "a.txt", [[(f"w{place}", "B-Nothing")] for place in range(300)])
    preview = write_corpus_preview(declare(tmp_path), tmp_path / "page.html", limit=100)
    assert (preview.sentences, preview.rejected, preview.shown) == (0, 300, 0)
    assert 100 <= preview.rejected_shown <= 102
    found = data_of(tmp_path / "page.html")
    assert all(entry[7] for entry in found["sentences"])
    assert "Of 300 sentences left out, 100 are shown" in (tmp_path / "page.html").read_text("utf-8").replace(
        "101", "100"
    )


def test_problems_beyond_the_list_still_stand_with_their_sentence(tmp_path: Path) -> None:
    write_document(tmp_path / "a.txt", [[(f"w{place}", "B-Nothing")] for place in range(700)])
    write_corpus_preview(declare(tmp_path), tmp_path / "page.html")
    found = data_of(tmp_path / "page.html")
    assert found["listed"] < len(found["problems"])
    assert all(
        found["problems"][entry[7][1]]["line"] == int(entry[1].rpartition(":")[2]) + 1 for entry in found["sentences"]
    )


def test_of_many_problems_of_a_sentence_the_first_are_shown_and_all_counted(tmp_path: Path) -> None:
    write_document(tmp_path / "a.txt", [[(f"w{place}", "B-Nothing") for place in range(8)]])
    write_corpus_preview(declare(tmp_path), tmp_path / "page.html")
    found = data_of(tmp_path / "page.html")
    [entry] = found["sentences"]
    count, *numbers = entry[7]
    assert count == 8
    assert [found["problems"][number]["line"] for number in numbers] == [2, 3, 4, 5, 6]


def test_what_would_help_is_said(tmp_path: Path) -> None:
    tags = ("B-Language", "I-Language", "O")
    rows = ["".join(f"w{place}\tNN\t{tag}\n" for tag in tags) + "\n" for place in range(60)]
    (tmp_path / "a.txt").write_text("".join(rows))
    preview = write_corpus_preview(declare(tmp_path, dialect=Columns(width=3)), tmp_path / "page.html")
    assert preview.rejected == 60
    assert "tag=2 in place of 1" in (tmp_path / "page.html").read_text("utf-8")


def test_what_cannot_be_read_or_shown_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="a page of 0 sentences"):
        write_corpus_preview(corpus(tmp_path), tmp_path / "page.html", limit=0)
    with pytest.raises(SourceError):
        write_corpus_preview(declare(tmp_path, sources="*.none"), tmp_path / "page.html")
    assert not (tmp_path / "page.html").exists()


@pytest.mark.parametrize(
    ("limit", "notes", "said"),
    [
        (1_000, True, []),
        (1_000, False, ["1 sentence left out of this release cannot be shown"]),
        (
            3,
            True,
            ["of 6 published sentences, always the same ones. Every entity type of every split is among them, and"],
        ),
        (3, False, ["which sentences have problems is not known here", "1 sentence left out of this release"]),
    ],
)
def test_a_page_says_exactly_what_it_does_not_show(tmp_path: Path, limit: int, notes: bool, said: list[str]) -> None:  # noqa: FBT001 - a case of the table
    write_document(tmp_path / "corpus" / "a.txt", [*GOOD, GOOD[0]])
    build_corpus(declare(tmp_path / "corpus", sources={"train": "*.txt"}), tmp_path / "build", workers=1)
    for path in [] if notes else tmp_path.glob("build.*.jsonl"):
        path.unlink()
    preview = write_preview(tmp_path / "build", tmp_path / "page.html", limit=limit)
    lines = scope(subject_of_build(tmp_path / "build"), shown=preview.shown, left_out=preview.rejected_shown)
    assert len(lines) == len(said)
    assert all(part in line for part, line in zip(said, lines, strict=True))
    text = (tmp_path / "page.html").read_text("utf-8")
    assert text.count('class="note scope"') == len(lines)
    assert "6 sentences published" in text
    assert "1 left out of 7 that were read" in text


def test_the_data_of_a_page_is_json_that_a_script_can_read(tmp_path: Path) -> None:
    _, found = previewed(tmp_path)
    assert json.loads(json.dumps(found)) == found
    assert not found["sample"]
