"""The page as bytes: what it holds, which sentences, and that it is the same every time."""

import base64
import hashlib
import json
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from preview.awkward import CORPUS, HIDDEN, RAGGED, large_build, numbered, warned_build
from tagpress.corpus.identity import sentence_key
from tagpress.corpus.manifest import Manifest
from tagpress.corpus.schema import Labels
from tagpress.errors import BuildError, ManifestError, UsageError, WriteError
from tagpress.preview import write_preview
from tagpress.preview.entries import Entries
from tagpress.preview.page import embed
from tagpress.preview.problems import choose_left_out, read_problems, shared_folder
from tagpress.preview.sample import lowest, ranks_of, shares
from tagpress.preview.subject import beside, read_notes, subject_of_build

TYPES = ("Person", "Place")
NAMES = ("O", "B-Person", "I-Person", "B-Place", "I-Place")


def data_of(page: Path) -> Any:
    """What the page's script reads."""
    match = re.search(r'<script type="application/json" id="data">(.*?)</script>', page.read_text("utf-8"))
    assert match
    return json.loads(match[1])


def test_every_sentence_is_there_with_its_entities_and_problems(build: Path, tmp_path: Path) -> None:
    preview = write_preview(build, tmp_path / "page.html")
    found = data_of(tmp_path / "page.html")
    published = [entry for entry in found["sentences"] if entry[0] < found["published"]]
    assert {tuple(entry[3]) for entry in published} == {tuple(token for token, _ in row) for row in CORPUS}
    [hidden] = [entry for entry in published if "zero" in entry[3]]
    assert hidden[3:-1] == [
        [token for token, _ in HIDDEN],
        [2, 3, found["types"].index("Device"), 5, 6, found["types"].index("Language")],
        ["control-character", "whitespace-in-token"],
        "",
    ]
    count, *numbers = hidden[-1]
    assert (count, len(numbers)) == (5, 5)
    first = found["problems"][numbers[0]]
    assert (first["code"], first["found"]) == ("control-character", "U+200B in the token '\\u200b'")
    left_out, ragged = (entry for entry in found["sentences"] if entry[0] == found["published"])
    assert left_out[5] == ["duplicate"]
    assert left_out[1].startswith("<b>.txt:")
    assert (ragged[5], ragged[6].splitlines()[1:-1]) == (["ragged-line"], RAGGED.splitlines()[1:-1])
    assert preview.to_json() == {
        "out": str(tmp_path / "page.html"),
        "bytes": (tmp_path / "page.html").stat().st_size,
        "sentences": len(CORPUS),
        "shown": len(CORPUS),
        "rejected": 2,
        "rejected_shown": 2,
        "problems": len((build.parent / "build.problems.jsonl").read_text("utf-8").splitlines()),
        "compared_with": None,
        "verdict": None,
    }


def test_the_marks_are_the_problems_that_a_check_finds(build: Path, tmp_path: Path) -> None:
    """What the page sees in the tokens themselves is what the build reported about its sources."""
    write_preview(build, tmp_path / "page.html")
    found = data_of(tmp_path / "page.html")
    marked = sum("whitespace-in-token" in entry[5] for entry in found["sentences"])
    reported = {problem["line"] for problem in found["problems"] if problem["code"] == "whitespace-in-token"}
    assert marked == 2
    assert len(reported) == 5  # tokens: two of the hostile sentence, three of the hidden one


def test_same_build_same_bytes_wherever_it_stands(build: Path, tmp_path: Path) -> None:
    shutil.copytree(build.parent, tmp_path / "copy")
    pages = [tmp_path / "one.html", tmp_path / "deep" / "two.html", tmp_path / "three.html"]
    write_preview(build, pages[0])
    write_preview(build, pages[1])
    write_preview(tmp_path / "copy" / "build", pages[2])
    assert len({hashlib.sha256(page.read_bytes()).hexdigest() for page in pages}) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy", "deep", "one.html", "three.html"]


def test_the_page_needs_nothing_and_allows_nothing_but_its_own_style_and_script(page_file: Path) -> None:
    text = page_file.read_text("utf-8")
    match = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', text)
    assert match
    policy = match[1].replace("&#39;", "'")
    assert policy.startswith("default-src 'none'; ")
    for element in ("style", "script"):
        inner = re.search(rf"<{element}>(.*?)</{element}>", text, re.DOTALL)
        assert inner
        digest = base64.b64encode(hashlib.sha256(inner[1].encode()).digest()).decode()
        assert f"{element}-src 'sha256-{digest}'" in policy
    assert not re.search(r"<(link|img|iframe|script src|[^>]* (href|src)=\"(?!#))", text)
    assert text.count("<script") == text.count("</script") == 2


@given(st.recursive(st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_embedded_values_cannot_end_their_block(value: Any) -> None:
    assert json.loads(embed(value)) == value
    assert not set("<>&\u2028\u2029") & set(embed(value))


def test_a_sample_has_every_split_type_and_problem_and_is_part_of_a_larger_one(tmp_path: Path) -> None:
    build = large_build(tmp_path, 3_000)
    pages = {limit: tmp_path / f"{limit}.html" for limit in (10, 300, 2_000, 3_000)}
    shown = {limit: write_preview(build, page, limit=limit).shown for limit, page in pages.items()}
    assert shown[3_000] == 3_000
    assert all(limit - 2 <= shown[limit] <= limit + 20 for limit in pages)
    ids: set[str] = set()
    for page in pages.values():
        sentences = data_of(page)["sentences"]
        assert {(entry[0], kind) for entry in sentences for kind in entry[4][2::3]} == {(0, 0), (0, 1), (1, 0), (1, 1)}
        assert ids <= {entry[2] for entry in sentences}
        ids = {entry[2] for entry in sentences}


def test_the_sentences_that_a_build_warned_of_are_marked_and_no_others(tmp_path: Path) -> None:
    build = warned_build(tmp_path, 40)
    write_preview(build, tmp_path / "page.html")
    found = data_of(tmp_path / "page.html")
    marks = {(entry[0], entry[2]): entry[5] for entry in found["sentences"] if entry[5]}
    long = {sentence_key([word] * 4).hex() for word in numbered("l", 40)}
    other = sentence_key(["other"]).hex()
    warned = {name: ["overlong-sentence"] for name in long}
    warned |= {f"{sentence_key(['same']).hex()}-2": ["duplicate"]}  # the first of the two is no copy
    warned |= {other: ["conflicting-duplicate"], f"{other}-2": ["conflicting-duplicate"]}
    assert {name: codes for (_, name), codes in marks.items()} == warned
    assert {split for split, name in marks if name in long} == {0, 1, 2}  # every split has some
    assert len(found["sentences"]) == 84


def test_a_small_page_lists_the_first_problems_and_marks_what_it_shows(tmp_path: Path) -> None:
    total = write_preview(warned_build(tmp_path, 600), tmp_path / "page.html", limit=10).problems
    found = data_of(tmp_path / "page.html")
    assert all(entry[5] == ["overlong-sentence"] for entry in found["sentences"] if len(entry[3]) == 4)
    assert {entry[0] for entry in found["sentences"] if entry[5] == ["overlong-sentence"]} == {0, 1, 2}
    assert sum(problem["code"] == "overlong-sentence" for problem in found["problems"]) == 500
    assert f"Listed are {len(found['problems'])} of {total} problems" in (tmp_path / "page.html").read_text("utf-8")


def test_a_downloaded_release_has_no_notes_and_the_page_says_so(build: Path, tmp_path: Path) -> None:
    shutil.copytree(build, tmp_path / "release")
    preview = write_preview(tmp_path / "release", tmp_path / "page.html")
    assert (preview.problems, preview.rejected, preview.rejected_shown) == (None, 2, 0)
    text = (tmp_path / "page.html").read_text("utf-8")
    assert "No list of problems stands beside this build" in text
    assert "This is a sample" not in text  # all that is published is there
    assert "2 sentences left out of this release cannot be shown" in text


def test_the_notes_stand_where_a_build_puts_them(build: Path) -> None:
    assert beside(build, "rejected").is_file()
    subject = subject_of_build(build)
    assert subject.left_out
    assert choose_left_out(subject.left_out(), 1, 1)[0]["reasons"] == ["duplicate"]
    assert subject.problems
    problems = read_problems(subject.problems())
    assert problems.total == len(problems.listed)


def test_paths_are_shown_below_the_folder_that_they_share() -> None:
    assert shared_folder(["/corpora/small/train/a.txt", "/corpora/small/b.txt", "script.py"]) == "/corpora/small/"
    assert shared_folder(["a.txt", "b.txt"]) == shared_folder(["/a.txt", "/b/c.txt"]) == shared_folder([]) == ""


def left_out(reasons: list[str]) -> list[dict[str, Any]]:
    known = {"path": "a.txt", "doc_id": "a", "tokens": ["x"], "tags": ["O"]}
    return [{**known, "line": line, "reasons": [reason]} for line, reason in enumerate(reasons)]


def test_sentences_left_out_are_sampled_with_every_reason() -> None:
    entries = left_out(["duplicate"] * 500 + ["empty-token"])
    found = choose_left_out(iter(entries), 1_000, 10_000)
    assert 100 <= len(found) <= 102
    assert {entry["reasons"][0] for entry in found} == {"duplicate", "empty-token"}
    assert [entry["line"] for entry in found] == sorted(entry["line"] for entry in found)


@pytest.mark.parametrize(("published", "shown"), [(1_000, 10), (60, 40), (0, 100)])
def test_sentences_left_out_fill_a_page_that_is_not_full(published: int, shown: int) -> None:
    """The more errors a corpus has, the more of them the page shows; the rare reason comes on top."""
    found = choose_left_out(left_out(["duplicate"] * 500 + ["empty-token"]), 100, published)
    assert shown <= len(found) <= shown + 2


@given(st.lists(st.sampled_from("abc"), max_size=30), st.integers(1, 40), st.integers(0, 40))
def test_what_is_left_out_is_chosen_like_a_sort_by_rank(reasons: list[str], limit: int, published: int) -> None:
    entries = left_out(reasons)
    size = max(1, limit // 10, limit - published)
    ranks = ranks_of([f"a:{entry['line']}" for entry in entries]).tolist()
    first = sorted(range(len(entries)), key=lambda place: ranks[place])[:size]
    chosen = sorted({*first, *(reasons.index(one) for one in reasons)})
    assert [entry["line"] for entry in choose_left_out(entries, limit, published)] == chosen


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", r"b\.problems\.jsonl:1: not JSON"),
        ("[]", r":1: no code, severity, path"),
        ('{"code": "x"}', r":1: no severity, path"),
    ],
)
def test_notes_that_no_build_wrote(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "b.problems.jsonl").write_text(f"{text}\n", "utf-8")
    with pytest.raises(BuildError, match=message):
        list(read_notes(tmp_path / "b.problems.jsonl", ("code", "severity", "path")))


def test_what_cannot_be_shown_is_refused(build: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="a page of 0 sentences"):
        write_preview(build, tmp_path / "page.html", limit=0)
    with pytest.raises(ManifestError, match="is not a build"):
        write_preview(tmp_path, tmp_path / "page.html")
    (tmp_path / "taken").mkdir()
    with pytest.raises(WriteError, match="taken cannot be written"):
        write_preview(build, tmp_path / "taken")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


@given(st.lists(st.sampled_from(NAMES), max_size=12))
def test_valid_tags_come_back_from_their_spans(tags: list[str]) -> None:
    valid = [
        f"B{tag[1:]}" if tag[0] == "I" and (not i or tags[i - 1][1:] != tag[1:]) else tag for i, tag in enumerate(tags)
    ]
    spans = Entries(TYPES, ("train",)).spans(valid)
    back = ["O"] * len(valid)
    for begin, end, kind in zip(spans[0::3], spans[1::3], spans[2::3], strict=True):
        back[begin:end] = [NAMES[2 * kind + 1]] + [NAMES[2 * kind + 2]] * (end - begin - 1)
    assert back == valid


@pytest.mark.parametrize(
    ("tags", "spans"),
    [
        (["I-Person", "I-Place"], [0, 1, 0, 1, 2, 1]),
        (["S-Person", "O"], [0, 1, "S-Person"]),
        (["B-Person", "X", "I-Person"], [0, 1, 0, 1, 2, "X", 2, 3, 0]),
    ],
)
def test_tags_of_sentences_left_out_are_shown_as_they_are(tags: list[str], spans: list[Any]) -> None:
    assert Entries(TYPES, ("train",)).spans(tags) == spans


@given(st.dictionaries(st.text(max_size=3), st.integers(1, 5_000), min_size=1, max_size=5), st.integers(10, 4_000))
def test_shares_fill_a_page_and_leave_no_split_out(rows: dict[str, int], limit: int) -> None:
    found = shares(rows, limit)
    assert all(1 <= found[split] <= count for split, count in rows.items())
    assert min(limit, sum(rows.values())) - len(rows) <= sum(found.values()) <= max(limit, len(rows))


@given(st.lists(st.integers(0, 2**64 - 1), unique=True), st.integers(0, 30), st.integers(1, 10))
def test_the_lowest_do_not_depend_on_the_cut(ranks: list[int], cut: int, size: int) -> None:
    first, second = (np.array(part, np.uint64) for part in (ranks[:cut], ranks[cut:]))
    both = lowest(lowest(np.zeros(0, np.uint64), first, size), second, size)
    assert sorted(both.tolist()) == sorted(ranks)[:size]


def test_every_type_of_the_manifest_is_in_the_legend(build: Path, tmp_path: Path) -> None:
    write_preview(build, tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text("utf-8")
    for place, name in enumerate(Labels.from_names(Manifest.load(build).sole.label_names).entity_types):
        assert re.search(rf'class="chip t{place}"><input [^>]*><bdi>{name}\b', text)
