import json

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from read.values import everything, sentences
from tagpress.errors import UsageError
from tagpress.read import jsonl
from tagpress.read.jsonl import JsonLines, _loaded
from tagpress.read.sources.text import decode

TEXT = """\ufeff{"tokens": ["a", "b"], "ner_tags": ["O", "B-X"], "id": "s1", "doc": 7}

{"tokens": ["a", "b"], "ner_tags": ["O"]}\r
nonsense
  {"tokens": ["", "\\ud83d"], "ner_tags": [1, 9], "id": 3}
[1]
{"tokens": [], "ner_tags": []}"""


def test_lines() -> None:
    parsed = JsonLines(names=("O", "B-Y"), sentence_id="id", document="doc").parse(TEXT.encode())
    assert sentences(parsed) == [
        *((["a", "b"], ["O", "B-X"]), ([], []), ([], [])),
        *((["", "\\ud83d"], ["B-Y", "9"]), ([], []), ([], [])),
    ]
    assert [(code, parsed.locate(at), row, detail) for code, at, row, detail in parsed.faults.rows()] == [
        ("ragged-line", (3, 1), 1, 1),
        ("empty-sentence", (3, 1), 1, 0),
        ("ragged-line", (4, 1), 2, 0),
        ("empty-sentence", (4, 1), 2, 0),
        ("empty-token", (5, 3), 3, 2),
        ("bad-encoding", (5, 3), 3, int(parsed.sentence_at[3])),
        ("ragged-line", (6, 1), 4, 0),
        ("empty-sentence", (6, 1), 4, 0),
        ("empty-sentence", (7, 1), 5, 0),
    ]
    assert parsed.sentence_ids is not None
    assert parsed.sentence_ids.to_pylist() == ["s1", "", "", "3", "", ""]
    assert [parsed.documents[i] for i in parsed.document] == ["7", "", "", "", "", ""]


def test_extra_fields() -> None:
    rows = [
        {"tokens": ["a", "b"], "ner_tags": ["O", "O"], "pos": ["X", "Y"]},
        {"tokens": ["c"], "ner_tags": ["O"], "pos": []},
    ]
    sound = "".join(f"{json.dumps(row)}\n" for row in rows)
    for data in (sound, sound + "nonsense\n"):
        parsed = JsonLines(extra=("pos",)).parse(data.encode())
        assert parsed.extra["pos"].to_pylist()[:2] == [["X", "Y"], []]
        assert [code for code, *_ in parsed.faults.rows()][:2] == ["ragged-line", "empty-sentence"]


def test_bad_bytes() -> None:
    # What is shown for the byte, \\xff, is no JSON: the line is ragged too.
    parsed = JsonLines().parse(b'{"tokens": ["\xff"], "ner_tags": ["O"]}\n')
    assert [code for code, *_ in parsed.faults.rows()] == ["ragged-line", "empty-sentence", "bad-encoding"]


ROWS = [
    *('{"tokens": ["a", "é"], "ner_tags": ["O", "B-X"], "id": "1"}', '{"tokens": ["b"], "ner_tags": ["I-X"]}'),
    *('{"tokens": ["b"], "ner_tags": [1], "id": 2}', '{"ner_tags": [0, 5], "tokens": ["c", ""]}'),
    *(
        '{"tokens": null, "ner_tags": []}',
        '{"tokens": ["a"], "ner_tags": ["O", "O"]}',
        '{"tokens": [], "ner_tags": []}',
    ),
    *(
        '{"tokens": ["\\ud83d\\ude00", "\\u0000"], "ner_tags": ["O", "O"]}',
        '{"tokens": ["\\ud83d"], "ner_tags": ["O"]}',
    ),
    *('{"tokens": ["a", null], "ner_tags": ["O", "O"]}', '{"tokens": ["a"], "ner_tags": [1.0]}', "[]", "{}", "{", "}"),
    *('{"tokens": ["a"], "ner_tags": ["O"], "id": true}', '{"tokens": ["a"], "tokens": ["b"], "ner_tags": ["O"]}'),
    *('{"tokens": ["a"], "ner_tags": ["O"], "x": NaN}', '{"tokens": "a", "ner_tags": ["O"]}', "", " ", "\r", "\t", "x"),
    *('{"tokens": ["a"], "ner_tags": ["O"]} {"tokens": ["b"], "ner_tags": ["O"]}', '{"id": "1", "tokens": ["a"]}'),
    '{"tokens": ["a"], "ner_tags": [99999999999999999999]}',
    f'{{"tokens": ["a"], "ner_tags": ["O"], "x": {"9" * 5_000}}}',
]
lines = st.lists(st.sampled_from(ROWS), max_size=6).map("\n".join)
sound = st.lists(st.sampled_from([*ROWS[:2], ROWS[6], ROWS[7], ROWS[-1], "", " \r"]), min_size=1, max_size=6).map(
    "\n".join
)


@settings(max_examples=300)
@given(st.one_of(lines, sound))
def test_both_readers_agree(text: str) -> None:
    dialect = JsonLines(names=("O", "B-Y"), sentence_id="id")
    decoded = decode(text.encode(), "utf-8")
    place = jsonl.line_places(decoded)
    fast = dialect._fast(decoded, *place)
    if fast is not None:
        slow = dialect._parsed(decoded, place, dialect._slow(_loaded(decoded, *place), place[0]))
        assert everything([(0, dialect._parsed(decoded, place, fast))]) == everything([(0, slow)])


def test_a_number_too_long_for_python_in_a_field_that_is_not_read_is_no_fault_whoever_reads_it() -> None:
    rows = [
        f'{{"tokens": ["a"], "ner_tags": ["O"], "x": {"9" * 5_000}}}',
        "{}",
    ]  # the second makes both go the slow way
    assert len(JsonLines().parse(rows[0].encode())) == 1
    assert everything([(0, JsonLines().parse("\n".join(rows).encode()))])[1][0][:2] == ("ragged-line", len(rows[0]) + 1)


def test_the_quick_reader_is_used() -> None:
    decoded = decode(f"{ROWS[0]}\n\n{ROWS[1]}\n".encode(), "utf-8")
    fast = JsonLines()._fast(decoded, *jsonl.line_places(decoded))
    assert fast is not None
    assert fast[0]["tokens"].equals(pa.array([["a", "é"], ["b"]]))


def test_nesting_beyond_any_stack() -> None:
    depth = 10**6
    text = '{"tokens": ["a"], "ner_tags": ["O"], "x": ' + "[" * depth + "]" * depth + "}"
    assert len(JsonLines().parse(text.encode())) == 1


@given(lines, st.integers(1, 60))
def test_parts_read_like_the_whole(text: str, step: int) -> None:
    data, dialect = text.encode(), JsonLines()
    parts, start = [], 0
    while start < len(data) or not parts:
        cut = dialect.boundary(data, start + step)
        parts.append((start, dialect.parse(data[start:cut], start)))
        start = cut
    assert everything(parts) == everything([(0, dialect.parse(data))])


corpora = st.lists(st.lists(st.tuples(st.text(), st.sampled_from(["O", "B-X"])), min_size=1))


@given(corpora)
def test_what_is_written_is_read(corpus: list[list[tuple[str, str]]]) -> None:
    rows = [{"words": [token for token, _ in row], "tags": [tag for _, tag in row]} for row in corpus]
    text = "".join(json.dumps(row) + "\n" for row in rows)
    read = sentences(JsonLines(tokens="words", tags="tags").parse(text.encode()))
    assert read == [(row["words"], row["tags"]) for row in rows]


@given(st.binary(max_size=60))
def test_no_bytes_stop_the_reader(data: bytes) -> None:
    parsed = JsonLines().parse(data)
    assert len(parsed) == sum(bool(line.strip(b" \t\r")) for line in parsed.data[parsed.text_at :].split(b"\n"))


def test_bad_options() -> None:
    with pytest.raises(UsageError, match="are both the field 'x'"):
        JsonLines(tokens="x", tags="x")
