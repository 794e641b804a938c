"""Long stretches without an entity, which nobody may have annotated yet, are named wherever files and pieces are cut."""

from itertools import groupby
from pathlib import Path

import pytest

from made_corpora import declare, words, write_document
from tagpress.build.corpus import check_corpus
from tagpress.build.declaration import Declaration
from tagpress.build.marked import LEAST
from tagpress.corpus.layers.nested_spans import NestedSpans
from tagpress.corpus.policies import Policies
from tagpress.read.columns import Columns

Found = list[tuple[str, str]]


def write(path: Path, marked: list[bool], begin: int = 0) -> None:
    """Write sentences of two tokens, which differ; of each marked one the first is an entity."""
    write_document(path, [words("Rust" if one else "rust", f"w{begin + n}") for n, one in enumerate(marked)])


def line(sentence: int) -> int:
    """Return the line at which a sentence begins."""
    return 4 * sentence + 1


def stretches(declaration: Declaration, workers: int = 1) -> Found:
    report = check_corpus(declaration, workers=workers)
    return [(one.place, one.found) for one in report.problems if one.code == "unmarked-stretch"]


def expected(marked: list[bool], name: str = "a.txt") -> Found:
    """Find them by a plain loop; chance is left to the caller."""
    found, at = [], 0
    for one, group in groupby(marked):
        count = len(list(group))
        if not one and count >= LEAST:
            found.append((f"{name}:{line(at)}:1", count, f"{name}:{line(at + count - 1)}"))
        at += count
    others = len(marked)
    return [
        (
            place,
            f"{count} sentences without an entity, to {last}; of the other {others - count}, {sum(marked)} have one",
        )
        for place, count, last in found
    ]


TAIL = [True, False, True] * 30 + [False] * 60
INNER = [False] * 70 + [True] * 400 + [False] * (LEAST - 1) + [True] + [False] * LEAST + [True, False]


@pytest.mark.parametrize("target", [8 << 20, 400, 60])
@pytest.mark.parametrize("marked", [TAIL, INNER, [True] * 90])
def test_stretches_are_those_of_a_plain_loop_however_pieces_are_cut(tmp_path, monkeypatch, marked, target):
    monkeypatch.setattr("tagpress.read.pieces.pieces.__defaults__", (target,))
    write(tmp_path / "a.txt", marked)
    assert stretches(declare(tmp_path)) == expected(marked)


def test_two_workers_find_what_one_finds(tmp_path, monkeypatch):
    monkeypatch.setattr("tagpress.read.pieces.pieces.__defaults__", (400,))
    write(tmp_path / "a.txt", INNER)
    assert stretches(declare(tmp_path), workers=2) == expected(INNER)


def test_a_stretch_goes_on_in_the_next_file(tmp_path):
    write(tmp_path / "a.txt", [True] * 80 + [False] * 30)
    write(tmp_path / "b.txt", [False] * 30, begin=200)
    assert stretches(declare(tmp_path)) == [
        (f"a.txt:{line(80)}:1", f"60 sentences without an entity, to b.txt:{line(29)}; of the other 80, 80 have one")
    ]


def test_what_chance_leaves_out_is_none(tmp_path):
    write(tmp_path / "a.txt", ([True] + [False] * 9) * 40 + [False] * LEAST)  # 1 in 10: 50 come once in 200 corpora
    assert stretches(declare(tmp_path)) == []


def test_a_corpus_of_which_nothing_is_marked_has_no_stretch(tmp_path):
    write(tmp_path / "a.txt", [False] * 200)
    assert stretches(declare(tmp_path)) == []


def test_it_can_be_made_an_error(tmp_path):
    write(tmp_path / "a.txt", TAIL)
    report = check_corpus(declare(tmp_path, policies=Policies({"unmarked-stretch": "error"})), workers=1)
    assert report.counts_of("error") == {"unmarked-stretch": 1}


def test_nested_spans_are_entities_too(tmp_path):
    lines = [f"rust O {'B-Language' if n < 60 else 'O'}\nw{n} O O\n\n" for n in range(120)]
    (tmp_path / "a.conll").write_text("".join(lines))
    declaration = declare(
        tmp_path,
        sources="*.conll",
        dialect=Columns(delimiter=" ", extra={"inner": 2}),
        entity_types={},
        layers={"entities": NestedSpans(["Language"], columns=("ner_tags", "inner"))},
    )
    assert stretches(declaration) == [
        ("a.conll:181:1", "60 sentences without an entity, to a.conll:358; of the other 60, 60 have one")
    ]
