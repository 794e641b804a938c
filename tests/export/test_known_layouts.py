"""Every known layout goes round: `new` knows its documents, they stay whole and in order, and the export reads back equal."""

from itertools import pairwise
from pathlib import Path

import pytest

from tagpress.build.corpus import build_corpus
from tagpress.export import export_build, target_of
from tagpress.read.columns import Columns
from tagpress.read.presets import PRESETS
from tagpress.script.builder import load_script
from tagpress.script.new import new_corpus

Sentence = tuple[tuple[str, str], ...]
DOCUMENTS, SENTENCES = 40, 6


def corpus() -> list[list[Sentence]]:
    """Return documents of sentences, in an order that no hash has."""
    first = "B-PER"  # at the start of a sentence, in every scheme but IOB1
    return [
        [(("Anna", first), ("saw", "O"), (f"w{document}x{number}", "O"), (".", "O")) for number in range(SENTENCES)]
        for document in range(DOCUMENTS)
    ]


def spelled(dialect: Columns) -> str:
    """Write the corpus as the owners of a layout do."""
    narrow = dialect.width if isinstance(dialect.width, int) else (dialect.width or (2,))[0]
    width = max(narrow, *(column + 1 for column in (dialect.token, dialect.tag)))
    lines: list[str] = []
    for number, document in enumerate(corpus()):
        if dialect.document:
            lines += [
                dialect.document if dialect.document.startswith("#") else _row(dialect, dialect.document, "O", width)
            ]
            lines += [""] * (not dialect.document.startswith("#"))
        for place, sentence in enumerate(document):
            if dialect.document_name and place == 0:
                lines.append(f"{dialect.document_name}http://d{number}.org")
            if dialect.sentence_id:
                lines.append(f"{dialect.sentence_id}s{number}-{place}")
            lines += [dialect.sentence_start] * (dialect.sentence_start is not None)
            lines += [
                _row(dialect, word, tag.replace("B-", "I-") if dialect.scheme == "IOB1" else tag, width)
                for word, tag in sentence
            ]
            lines.append(dialect.sentence_end or "")
    return "\n".join(lines) + "\n"


def _row(dialect: Columns, word: str, tag: str, width: int) -> str:
    row = ["_"] * width
    row[dialect.token], row[dialect.tag] = word, tag
    return (dialect.delimiter or " ").join(row)


def read(dialect: Columns, data: bytes) -> list[list[tuple[str, ...]]]:
    """Return the sentences of each document, as they stand in a file."""
    parsed = dialect.parse(data)
    assert parsed.faults.rows() == []
    found: dict[int, list[tuple[str, ...]]] = {}
    tokens = parsed.tokens.values.to_pylist()
    for document, (begin, stop) in zip(
        parsed.document.tolist(), pairwise(parsed.tokens.offsets.to_pylist()), strict=True
    ):
        found.setdefault(document, []).append(tuple(tokens[begin:stop]))
    return list(found.values())


@pytest.mark.parametrize("name", PRESETS)
def test_a_known_layout_goes_round(tmp_path: Path, name: str) -> None:
    dialect = Columns.preset(name)
    (tmp_path / "a.conll").write_text(spelled(dialect))
    made = new_corpus("small", [str(tmp_path / "a.conll")], tmp_path)
    assert not made.report.problem_counts.keys() - {"type-missing-in-split", "near-duplicate"}
    declaration = load_script(made.script).declaration()
    documents = bool(dialect.document or dialect.document_name)
    assert declaration.splits.group == ("document" if documents else "sentence")
    build = build_corpus(declaration, tmp_path / "out").out
    words = [[tuple(word for word, _ in sentence) for sentence in document] for document in corpus()]
    for target in (dialect, declaration.dialect):
        files = export_build(build, target_of(target), tmp_path / "{split}.txt").files
        found = [document for file in files for document in read(target, file.path.read_bytes())]
        if documents:
            assert sorted(found) == sorted(words)
        else:
            assert sorted(sentence for one in found for sentence in one) == sorted(
                sentence for one in words for sentence in one
            )
