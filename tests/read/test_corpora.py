"""Every public corpus, read twice: by the package and by a plain loop."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from read import reference
from read.corpora import CORPORA, needs_corpora
from read.values import sentences
from tagpress.read.columns import Columns
from tagpress.read.pieces import parse_piece, pieces
from tagpress.read.sources.apart import expand

pytestmark = needs_corpora


@dataclass(frozen=True)
class Corpus:
    """A corpus: its dialect, the same for the plain loop, its size, and the faults in its lines."""

    preset: str
    files: str
    sentences: int
    tokens: int
    options: dict[str, Any] = field(default_factory=dict)
    faults: tuple[tuple[str, str, int], ...] = ()
    read: Callable[..., Any] = reference.by_blank_lines


GERMEVAL = {"token": 1, "width": 4, "comment": "#\t"}
UNER = {"token": 1, "tag": 2, "width": 5, "comment": "# "}
EMPTY = tuple(
    ("empty-token", f"broad-twitter/{name}.conll", line)
    for name, line in [("f", 13046), ("f", 16304), ("h", 22918), ("h", 30879), ("h", 30881)]
)
TORN = (("ragged-line", "germeval14/NER-de-test.tsv", 19728),)

CASES = [
    Corpus("wikiser", "wikiser-small/*", 15_984, 592_898, read=reference.by_markers),
    Corpus("wikiser", "seed/*", 20, 428, read=reference.by_markers),
    Corpus("broad-twitter", "broad-twitter/*", 9_340, 150_388, {"rule": "whitespace"}, faults=EMPTY),
    Corpus("germeval14", "germeval14/*", 7_300, 138_151, {**GERMEVAL, "tag": 2}, faults=TORN),
    Corpus("germeval14-inner", "germeval14/*", 7_300, 138_151, {**GERMEVAL, "tag": 3}, faults=TORN),
    Corpus("kaznerd", "kaznerd-kk/*", 22_474, 259_047, {"delimiter": " "}),
    Corpus("klue", "klue-ner-ko/*", 5_000, 285_929, {"comment": "##"}),
    Corpus("mtl-bio", "mtl-bio/*/*", 34_107, 877_207, {"document": "-DOCSTART-"}),
    Corpus("uner", "uner-en-ewt/*", 4_078, 50_246, UNER),
    Corpus("uner", "uner-zh-gsdsimp/*", 4_997, 123_291, UNER),
    Corpus("wnut17", "wnut17/*", 6_977, 125_251, {"rule": "delimiters"}),
]


@pytest.mark.parametrize("corpus", CASES, ids=lambda corpus: f"{corpus.preset}:{corpus.files}")
def test_equal_to_the_reference(corpus: Corpus) -> None:
    dialect = Columns.preset(corpus.preset)
    counts, faults, read = Counter[str](), [], 0
    found = expand((corpus.files,), CORPORA)
    assert found, f"nothing matches {corpus.files}"
    for source in found:
        expected, lines = corpus.read((CORPORA / source.name).read_bytes(), **corpus.options)
        parts = [parse_piece(piece, dialect) for piece in pieces(source, dialect, 200_000)]
        assert [sentence for part in parts for sentence in sentences(part)] == expected
        base = 0
        for part in parts:
            faults += [(code, source.name, base + part.locate(at)[0]) for code, at, _, _ in part.faults.rows()]
            base += part.lines
        assert sorted(lines) == [(code, line) for code, name, line in faults if name == source.name]
        counts.update(tag for _, tags in expected for tag in tags)
        read += len(expected)
    assert (read, sum(counts.values())) == (corpus.sentences, corpus.tokens)
    assert tuple(faults) == corpus.faults


def test_documents_and_ids() -> None:
    (source,) = expand(("uner-zh-gsdsimp/*dev*",), CORPORA)
    parsed = Columns.preset("uner").parse((CORPORA / source.name).read_bytes())
    assert len(parsed.documents) == 17
    assert parsed.sentence_ids is not None
    assert parsed.sentence_ids[0].as_py() == f"{parsed.documents[0]}-0001"
    assert len(set(parsed.sentence_ids.to_pylist())) == len(parsed)


# The other corpora are sniffed by tests/test_new.py.
GUESSES = {
    "seed/*": "Columns(sentence_start='<s>', sentence_end='</s>')",
    "mtl-bio/JNLPBA/*": "Columns(document='-DOCSTART-')",
    "mtl-bio/BC5CDR-IOB/*": "Columns()",
    "mtl-bio/NCBI-disease-IOBES/*": "Columns(scheme='BIOES')",
}


@pytest.mark.parametrize(
    "files", [files if files == "seed/*" else pytest.param(files, marks=pytest.mark.slow) for files in GUESSES]
)
def test_sniff(files: str) -> None:
    assert Columns.sniff(files, base=CORPORA).spelled() == GUESSES[files]
