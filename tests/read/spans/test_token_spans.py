"""Spans that count in tokens, and entities in the brackets of Rasa."""

import json
from pathlib import Path
from typing import Any

import pytest

from read.spans.reading import found
from tagpress.read.columns import Columns
from tagpress.read.spans.dialect import Spans

TOKENS = ["Ada", "King", "Lovelace", "met", "Bob", "in", "Oslo"]
SPANS = [(0, 3, "PER"), (4, 5, "PER"), (6, 7, "LOC")]


def sniffed(path: Path, text: str) -> Spans:
    path.write_text(text, encoding="utf-8")
    dialect = Columns.sniff(path).dialect
    assert isinstance(dialect, Spans)
    return dialect


def record(ends: str, **more: Any) -> dict[str, Any]:
    last = int(ends == "last")
    spans = [{"type": kind, "start": first, "end": stop - last} for first, stop, kind in SPANS]
    return {"tokens": TOKENS, "entities": spans, "relations": [{"head": 0, "tail": 1}], "orig_id": 1, **more}


@pytest.mark.parametrize("ends", ["behind", "last"])
@pytest.mark.parametrize("more", [{}, {"text": " ".join(TOKENS)}])
def test_spans_of_tokens_are_known_and_so_are_their_ends(tmp_path: Path, ends: str, more: dict[str, str]) -> None:
    text = json.dumps([record(ends, **more)] * 5)
    dialect = sniffed(tmp_path / "a.json", text)
    options = {"ends": "last"} if ends == "last" else {}
    assert dialect == Spans(format="token-spans", tokens="file", container="array", **options)
    parsed = dialect.parse(text.encode())
    assert [(one.tokens, one.spans) for one in found(parsed)] == [(TOKENS, SPANS)] * 5
    assert parsed.aside == {"relations": 5}


def test_spans_of_tokens_may_be_lists_under_any_name(tmp_path: Path) -> None:
    text = "".join(json.dumps({"words": TOKENS, "gold": [[a, b, k] for a, b, k in SPANS]}) + "\n" for _ in range(5))
    dialect = sniffed(tmp_path / "a.jsonl", text)
    options = {"text": "words", "spans": "gold", "begin": "0", "end": "1", "label": "2"}
    assert dialect == Spans(format="token-spans", tokens="file", **options)
    assert [one.spans for one in found(dialect.parse(text.encode()))] == [SPANS] * 5


BROKEN = {
    "outside": ({"start": 6, "end": 8, "type": "LOC"}, "points at no tokens of 7"),
    "empty": ({"start": 6, "end": 6, "type": "LOC"}, "points at no tokens of 7"),
    "a text": ("Oslo", "is written as 'Oslo', where an object or a list belongs"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_span_of_no_tokens_is_named(case: str) -> None:
    item, said = BROKEN[case]
    parsed = Spans(format="token-spans").parse(json.dumps({"tokens": TOKENS, "entities": [item]}).encode())
    assert [words.partition(", which ")[2] for words in parsed.annotations.values()] == [said]


def test_spans_of_dygie_count_in_their_document(tmp_path: Path) -> None:
    ner = [[[0, 2, "PER"]], [], [[4, 4, "PER"], [6, 6, "LOC"]]]
    row = {"doc_key": "d1", "sentences": [TOKENS[:3], [TOKENS[3]], TOKENS[4:]], "ner": ner, "relations": [[], [], [1]]}
    text = json.dumps(row)
    dialect = sniffed(tmp_path / "a.json", text)
    parsed = dialect.parse(text.encode())
    assert dialect.format == "dygie"
    assert [one.spans for one in found(parsed)] == [[(0, 3, "PER")], [], [(0, 1, "PER"), (2, 3, "LOC")]]
    assert (parsed.documents, parsed.aside) == (("d1",), {"relations": 1})


def test_a_span_of_dygie_in_another_sentence_is_named() -> None:
    row = {"doc_key": "d1", "sentences": [TOKENS[:3], TOKENS[3:]], "ner": [[[4, 4, "PER"]], []]}
    (said,) = Spans(format="dygie").parse(json.dumps(row).encode()).annotations.values()
    assert said.endswith("points at no tokens of 3")


YAML = """version: "3.1"

nlu:
- intent: book
  examples: |
    - to [Oslo](city), and 🚀 from [New York]{"entity": "city", "role": "from", "value": "NYC"}
    - for [Ada](name:ada lovelace)
    - no [one] at all (really)
- synonym: NYC
  examples: |
    - New York
- intent: bye
  examples: |
    - bye
"""
MARKDOWN = "## intent:book\n- to [Oslo](city)\n\n## synonym:NYC\n- New York\n\n## intent:bye\n- bye [Ada](name)\n"


def test_examples_of_rasa_in_yaml_have_the_entities_in_their_brackets(tmp_path: Path) -> None:
    dialect = sniffed(tmp_path / "nlu.yml", YAML)
    parsed = dialect.parse(YAML.encode())
    assert dialect.format == "rasa-text"
    assert parsed.marks is not None
    assert parsed.marks.texts == (
        "to Oslo, and 🚀 from New York",
        "for Ada",
        "no [one] at all (really)",
        "bye",
    )
    assert [one.spans for one in found(parsed)] == [[(1, 2, "city"), (6, 8, "city")], [(1, 2, "name")], [], []]
    assert parsed.aside == {"lines of synonym": 1}
    assert not parsed.annotations


def test_examples_of_rasa_in_markdown_are_read_too(tmp_path: Path) -> None:
    dialect = sniffed(tmp_path / "nlu.md", MARKDOWN)
    assert [one.spans for one in found(dialect.parse(MARKDOWN.encode()))] == [[(1, 2, "city")], [(1, 2, "name")]]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("    - to [Oslo]{entity: city}\n", "which is written as '{entity: city}', which is no JSON"),
        ("    something else\n", "the line '    something else', which is no example"),
    ],
)
def test_what_rasa_would_not_read_is_named(line: str, said: str) -> None:
    data = f"nlu:\n- intent: a\n  examples: |\n    - bye\n{line}".encode()
    (words,) = Spans(format="rasa-text").parse(data).annotations.values()
    assert said in words
