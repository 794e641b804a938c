"""Objects that have tags and no two lists: they are called by their form, and what the message says to type makes a corpus."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tagpress.errors import SourceError
from tagpress.read.columns import Columns, sniff_sources
from tagpress.read.jsonarray import JsonArray
from tagpress.read.sources.finding import find

SENTENCES = [[(f"Ada{i}", "B-PER"), ("saw", "O"), ("Oslo", "B-LOC")] for i in range(9)]
WORDS = [" ".join(word for word, _ in one) for one in SENTENCES]
TAGS = [" ".join(tag for _, tag in one) for one in SENTENCES]
TOKENS = [[{"word": word, "pos": "X", "ner": tag} for word, tag in one] for one in SENTENCES]
FORMS: dict[str, Any] = {
    "its words in the text 'tokens', and its tags in the text 'tags'": [
        {"tokens": words, "tags": tags} for words, tags in zip(WORDS, TAGS, strict=True)
    ],
    "its words in the text 'sentence', and its tags in 'labels'": [
        {"id": 1, "sentence": words, "labels": tags.split()} for words, tags in zip(WORDS, TAGS, strict=True)
    ],
    "a list for each token, in 'pairs'": [{"pairs": [list(pair) for pair in one]} for one in SENTENCES],
    "an object for each token, in 'tokens'": [{"id": 1, "tokens": one} for one in TOKENS],
    "sentences with an object for each token, as CoreNLP writes them": [
        {"sentences": [{"index": 0, "tokens": one}]} for one in TOKENS
    ],
}
HELD = {
    "lines": lambda rows: "".join(f"{json.dumps(row)}\n" for row in rows),
    "an array": lambda rows: json.dumps(rows, indent=1),
    "a member": lambda rows: json.dumps({"my-data": {"rows": rows}}),
}


@pytest.mark.skipif(not shutil.which("jq"), reason="jq, which the message names, is absent")
@pytest.mark.parametrize("held", HELD)
@pytest.mark.parametrize("form", FORMS)
def test_what_a_message_says_to_type_makes_a_corpus(tmp_path: Path, form: str, held: str) -> None:
    (tmp_path / "OLD").write_text(HELD[held](FORMS[form]))
    with pytest.raises(SourceError) as caught:
        Columns.sniff("OLD", base=tmp_path)
    assert caught.value.message == f"OLD has {form}"
    command = str(caught.value.hint).partition("a line: ")[2]
    subprocess.run(["bash", "-euo", "pipefail", "-c", command], cwd=tmp_path, check=True)
    found = Columns.sniff("NEW.jsonl", base=tmp_path)
    parsed = found.dialect.parse((tmp_path / "NEW.jsonl").read_bytes())
    assert [" ".join(one) for one in parsed.tokens.to_pylist()] == WORDS
    assert [parsed.tag_names[tag] for tag in parsed.tags] == " ".join(TAGS).split()


def test_texts_with_marks_in_objects_are_to_be_taken_out(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(HELD["lines"]([{"id": 1, "text": "<PER>Ada</PER> ran"}] * 9))
    with pytest.raises(SourceError) as caught:
        Columns.sniff("a.jsonl", base=tmp_path)
    assert caught.value.message == "a.jsonl has texts with their marks in them, in 'text'"
    assert caught.value.hint == "take the texts out: jq -r '.text' OLD > NEW.txt"


def test_a_table_with_several_spans_in_a_row_is_called_so(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text,start_1,end_1,label_1,start_2,end_2,label_2\n" + "Ada ran,0,3,PER,,,\n" * 9)
    with pytest.raises(SourceError, match=r"a table with several spans in each row: .* each needs a row of its own"):
        Columns.sniff("a.csv", base=tmp_path)


def test_an_answer_of_the_viewer_of_the_hub_is_read_with_the_names_of_its_labels(tmp_path):
    names = ["O", "B-PER", "I-PER"]
    label = {
        "feature_idx": 1,
        "name": "ner_tags",
        "type": {"feature": {"names": names, "_type": "ClassLabel"}, "_type": "List"},
    }
    rows = [
        {"row_idx": n, "row": {"tokens": ["Ada", str(n)], "ner_tags": [1, 0]}, "truncated_cells": []} for n in range(9)
    ]
    (tmp_path / "rows.json").write_text(json.dumps({"features": [label], "rows": rows, "num_rows_total": 9}))
    sniffed = sniff_sources(find(["rows.json"], tmp_path))
    assert sniffed.dialect == JsonArray(tokens="row.tokens", tags="row.ner_tags", names=tuple(names), inside="rows")
    assert sniffed.entity_types == ("PER",)
