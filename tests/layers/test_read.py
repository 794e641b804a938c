"""Where the texts of layers come from: labels of a dataset that exists already, and columns of every dialect."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from layers.made import rows_of
from made_corpora import declare
from tagpress.build.corpus import build_corpus, check_corpus
from tagpress.corpus.layers.flat_spans import FlatSpans
from tagpress.corpus.layers.token_classes import TokenClasses
from tagpress.errors import SourceError
from tagpress.read.conllu import ConllU
from tagpress.read.csvlists import CsvLists
from tagpress.read.hubparquet import HubParquet
from tagpress.read.jsonl import JsonLines

POS = ["NN", "VB"]


def parquet(folder, pos=((0, 1), (1, 0)), names=POS):
    """Write a dataset with parts of speech as labels, as `datasets` does."""
    folder.mkdir()
    features = {
        "tokens": {"feature": {"dtype": "string", "_type": "Value"}, "_type": "Sequence"},
        "ner_tags": {"feature": {"names": ["O", "B-Language"], "_type": "ClassLabel"}, "_type": "Sequence"},
        "pos_tags": {
            "feature": {"names": names, "_type": "ClassLabel"} if names else {"dtype": "int64"},
            "_type": "Sequence",
        },
    }
    rows = 60
    table = pa.table(
        {
            "tokens": [[f"a{i}", "b"] for i in range(rows)],
            "ner_tags": [[0, 1]] * rows,
            "pos_tags": [list(pos[i % 2]) for i in range(rows)],
        }
    ).replace_schema_metadata({"huggingface": json.dumps({"info": {"features": features}})})
    pq.write_table(table, folder / "a.parquet")
    return folder


def test_labels_of_a_dataset_that_exists_are_a_layer(tmp_path):
    layers = {"pos_tags": TokenClasses(["VB", "NN"])}
    dialect = HubParquet(extra=("pos_tags",))
    declaration = declare(parquet(tmp_path / "in"), dialect=dialect, layers=layers, sources="*.parquet")
    build_corpus(declaration, tmp_path / "out", workers=1)
    rows = {row["tokens"][0]: row["pos_tags"] for row in rows_of(tmp_path / "out")}
    assert rows == {f"a{i}": [1, 0] if i % 2 == 0 else [0, 1] for i in range(60)}


def test_a_label_without_a_name_is_an_unknown_tag(tmp_path):
    folder = parquet(tmp_path / "in", pos=((0, 1), (0, 7)))
    layers = {"pos_tags": TokenClasses(POS)}
    declaration = declare(folder, dialect=HubParquet(extra=("pos_tags",)), layers=layers, sources="*.parquet")
    problems = [one for one in check_corpus(declaration, workers=1).problems if one.severity == "error"]
    assert len(problems) == 30
    assert "the class '7' in pos_tags" in problems[0].message
    assert problems[0].line == 2


def test_numbers_that_nobody_names_are_refused(tmp_path):
    folder = parquet(tmp_path / "in", names=None)
    declaration = declare(folder, dialect=HubParquet(extra=("pos_tags",)), sources="*.parquet")
    with pytest.raises(SourceError, match="column pos_tags holds numbers, and the file does not say what they mean"):
        check_corpus(declaration, workers=1)


_JSON = "".join(json.dumps({"tokens": [f"a{i}", "b"], "ner_tags": ["O", "B-Language"], "pos": ["NN", "VB"], "chunk": ["B-NP", "I-NP"]}) + "\n" for i in range(60))  # fmt: skip
_CSV = "tokens,ner_tags,pos,chunk\n" + "".join(f"\"['a{i}', 'b']\",\"['O', 'B-Language']\",\"['NN', 'VB']\",\"['B-NP', 'I-NP']\"\n" for i in range(60))  # fmt: skip
_CONLLU = "".join(f"1\ta{i}\t_\tNN\tB-NP\t_\t0\t_\t_\tname=O\n2\tb\t_\tVB\tI-NP\t_\t0\t_\t_\tname=B-Language\n\n" for i in range(60))  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text", "dialect", "columns"),
    [
        ("a.jsonl", _JSON, JsonLines(extra=("pos", "chunk")), ("pos", "chunk")),
        ("a.csv", _CSV, CsvLists(extra=("pos", "chunk")), ("pos", "chunk")),
        ("a.conllu", _CONLLU, ConllU(extra=("UPOS", "XPOS")), ("UPOS", "XPOS")),
    ],
)
def test_columns_of_every_dialect_are_layers(name, text, dialect, columns, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / name).write_text(text)
    layers = {"pos": TokenClasses(POS, column=columns[0]), "chunk": FlatSpans(["NP"], column=columns[1])}
    declaration = declare(tmp_path / "in", dialect=dialect, layers=layers, sources=name)
    build_corpus(declaration, tmp_path / "out", workers=1)
    rows = rows_of(tmp_path / "out")
    assert len(rows) == 60
    assert all((row["pos"], row["chunk"], row["ner_tags"]) == ([0, 1], [1, 2], [0, 1]) for row in rows)


def test_a_fault_in_a_treebank_stands_at_its_own_column(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.conllu").write_text(_CONLLU.replace("a7\t_\tNN", "a7\t_\tXX"))
    layers = {"pos": TokenClasses(POS, column="UPOS")}
    declaration = declare(tmp_path / "in", dialect=ConllU(extra=("UPOS",)), layers=layers, sources="a.conllu")
    [problem] = [one for one in check_corpus(declaration, workers=1).problems if one.severity == "error"]
    assert (problem.code, problem.line, problem.col) == ("unknown-tag", 22, 8)
