"""Many problems in a table are the same problems: as they come, in order, by code, and with what is learned of them later."""

import json
import pickle
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagpress.corpus.problem_lines import problem_lines
from tagpress.corpus.problem_table import EACH, NOBODY, ProblemPacker, ProblemTable, first_of_each, grouped
from tagpress.corpus.problems import Problem

texts = st.sampled_from(["", "a", "b", "t[]", '"\n', "é", "\U0001f600", "\udcff"]) | st.text(max_size=3)
found_problems = st.builds(
    Problem,
    doubt=st.sampled_from([0.0, 0.0, 0.25, 0.5]),
    path=texts,
    line=st.integers(0, 3),
    col=st.integers(0, 3),
    code=st.sampled_from(["duplicate", "ragged-line", "doubtful-gap"]),
    severity=st.sampled_from(["error", "warning"]),
    found=texts,
    expected=texts,
    hint=texts,
    sentence=st.integers(0, 2),
    id=texts.filter(lambda text: text.isascii()),
).map(lambda one: replace(one, severity="note") if one.doubt else one)
some = st.lists(found_problems, max_size=12)


@given(some)
def test_a_table_has_its_problems_as_they_came(problems):
    table = pickle.loads(pickle.dumps(ProblemTable.of(problems)))
    assert [*table] == problems
    assert table == problems
    assert [table[number] for number in range(-len(problems), 0)] == problems
    assert table[1:3] == problems[1:3]
    assert ProblemTable.joined([table, table]) == [*problems, *problems]
    with pytest.raises(IndexError):
        table[len(problems)]


@given(some, st.none() | texts)
def test_lines_of_a_table_are_what_each_problem_says_of_itself(problems, config):
    own = {} if config is None else {"config": config}
    lines = [json.dumps({**one.to_json(), **own}, ensure_ascii=False, sort_keys=True) + "\n" for one in problems]
    assert [*problem_lines(ProblemTable.of(problems), config)] == lines


@given(some)
def test_a_table_sorts_as_problems_do(problems):
    assert ProblemTable.of(problems).in_order() == sorted(problems)


@given(some, st.integers(1, 3))
def test_the_first_of_each_code_are_those_of_a_plain_loop(problems, places):
    table = ProblemTable.of(sorted(problems))
    groups = {(group.severity, group.code): group for group in grouped(problems, places)}
    assert {key: group.count for key, group in groups.items()} == table.counts()
    for (severity, code), group in groups.items():
        same = [one for one in table if (one.severity, one.code) == (severity, code)]
        if severity == "note":
            same = [one for number, one in enumerate(same) if one.expected not in {o.expected for o in same[:number]}]
        assert [*group.first] == same[:places]


def test_a_document_has_the_first_of_each_code_and_how_many_it_leaves_out():
    one = Problem(path="a.txt", line=1, col=1, code="duplicate", severity="dropped", found="x", expected="y", hint="z")
    many = [replace(one, line=line, code=code) for line in range(1, EACH + 3) for code in ("duplicate", "ragged-line")]
    kept, left = first_of_each(many)
    assert left == 4
    assert kept == many[: 2 * EACH]


def test_a_problem_learns_where_it_is_and_what_its_sentence_is_called():
    one = Problem(path="a.txt", line=1, col=1, code="duplicate", severity="dropped", found="x", expected="y", hint="z")
    packer = ProblemPacker()
    for line in range(1, 4):
        packer.append(replace(one, line=line), (0, line) if line < 3 else NOBODY)
    ids = pa.array([b"aa", b"bb", b""], pa.large_binary())
    table = packer.table().of_sentences(np.array([7, 8, 0]), ids, np.array([5, 6, -1])).below(10).of_piece(4)
    assert table == [
        replace(one, line=11, sentence=17, id="aa"),
        replace(one, line=12, sentence=18, id="bb"),
        replace(one, line=13),
    ]
    assert [table.numbers(name).tolist() for name in ("piece", "row")] == [[4, 4, 4], [5, 6, -1]]
    assert [problem.id for problem in table.with_ids(np.array([True, True, False]), ["", "bb-2"])] == ["", "bb-2", ""]


def test_many_problems_take_little():
    one = Problem(
        path="a.txt",
        line=1,
        col=1,
        code="ragged-line",
        severity="error",
        found="3 columns in 'word\\tB-PER\\tx'",
        expected="2 columns, with a tab between them",
        hint="mend the line",
        sentence=1,
        id="0" * 32,
    )
    table = ProblemTable.of(replace(one, line=line) for line in range(20_000))
    assert table.table.nbytes < 20_000 * 200
