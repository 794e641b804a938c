"""An exported build, built again from its export, has the same rows in the same splits."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from made_corpora import declare, words, write_document
from tagpress.build.corpus import build_corpus
from tagpress.corpus.splits import HashSplits
from tagpress.errors import DataError
from tagpress.export import TARGETS, export_build, target_named
from tagpress.export.spans import TOOLS

ODD = [("\u2028", "O"), ("\x85", "B-Device"), ("B\ufeff", "I-Device"), ("\u00a0", "B-Device"), ("é😀", "O")]

# The build has a token that is white space, which these cannot say.
WITHOUT_TOKENS = ("brat", "bioc-json", "doccano", "label-studio", "spacy-train-data")
NO_TARGETS = {"docbin", *WITHOUT_TOKENS}


@pytest.fixture(scope="module")
def build(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpus")
    for i in range(12):
        sentences = [words("We", "like", "Python", f"and{i}", f"C{j}") for j in range(i + 1)]
        write_document(folder / f"article {i}.txt", [*sentences, [(f"It{i}", "O"), *ODD]])
    splits = HashSplits(train=50, validation=25, test=25, group="document", salt="1")
    return build_corpus(declare(folder, splits=splits), folder / "build", workers=1).out


def rows_of(build: Path, split: str) -> list[tuple[object, ...]]:
    table = pq.read_table(sorted((build / "data").glob(f"{split}-*.parquet")))
    return sorted((row["id"], row["doc_id"], *row["tokens"], *row["ner_tags"]) for row in table.to_pylist())


@pytest.mark.parametrize("name", [name for name in TARGETS if name not in NO_TARGETS])
def test_every_target(build, tmp_path, name):
    encoding = {} if name in {"conllu", "jsonl", *TOOLS} else {"encoding": "utf-8"}
    target = target_named(name, **encoding)
    files = export_build(build, target, f"{tmp_path}/").files
    sources = {file.split: file.path.name for file in files}
    again = build_corpus(declare(tmp_path, dialect=target.dialect, sources=sources), tmp_path / "build", workers=1).out
    named = name in {"conllu", "jsonl"} or getattr(target.dialect, "document_name", None) is not None
    for split in sources:
        before, after = rows_of(build, split), rows_of(again, split)
        assert [(row[0], *row[2:]) for row in after] == [(row[0], *row[2:]) for row in before]
        assert len({row[1] for row in after}) == (1 if not marked(target) else len({row[1] for row in before}))
        if named:
            assert [row[1] for row in after] == [f"{split}#{row[1]}" for row in before]


@pytest.mark.parametrize("name", WITHOUT_TOKENS)
def test_a_token_of_white_space_is_refused_where_tokens_are_not_kept(build, tmp_path, name):
    with pytest.raises(DataError, match=r"would be cut into other tokens, as tokens?='whitespace' says"):
        export_build(build, target_named(name), f"{tmp_path}/")
    assert not list(tmp_path.iterdir())


def marked(target: object) -> bool:
    """Whether the files say where a document begins."""
    dialect = target.dialect
    return any(getattr(dialect, name, None) for name in ("document", "document_name", "key"))
