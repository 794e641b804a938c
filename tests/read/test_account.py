"""Every line and byte of a source is counted, once; what was read apart adds up."""

import bz2
import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from read.corpora import CORPORA, needs_corpora
from read.strategies import dirty
from tagpress.read.account import LineAccount, total
from tagpress.read.columns import Columns
from tagpress.read.conllu import ConllU, ConllUPlus
from tagpress.read.dialect import Dialect
from tagpress.read.hubparquet import HubParquet
from tagpress.read.jsonl import JsonLines
from tagpress.read.pieces import parse_piece, pieces
from tagpress.read.sources.apart import expand
from tagpress.read.sources.text import decode
from tagpress.read.standoff import Standoff

LINES = {"document_name": "# doc = ", "sentence_id": "# id = ", "comment": "#", "document": "-DOCSTART-"}
DIALECTS: list[Dialect] = [
    *(Columns(), Columns(delimiter=None, header=True), Columns(blank="delimiters", extra={"same": 0})),
    *(Columns(**LINES, blank="whitespace"), Columns(**LINES, sentence_start="<s>", sentence_end="</s>")),
    *(Columns(**LINES, sentence_start="<s>", ambiguous="comment"), Columns(sentence_end="</s>", ambiguous="token")),
    *(Columns(quote="x"), Columns(width=(1, 4), tag=-1), ConllU(), JsonLines()),
    *(Columns(encoding=name, **LINES) for name in ("latin-1", "cp1252", "utf-16", "utf-16-be", "gb18030", "shift_jis")),
    *(JsonLines(encoding="latin-1"), Columns(width=3, sentence=2, blank="delimiters")),
]


def lines_of(data: bytes, encoding: str) -> int:
    """Return how many lines there are, the last one perhaps without its end."""
    text = decode(data, encoding)
    return text.data.count(b"\n") + bool(text.data[text.begin :].rpartition(b"\n")[2])


@pytest.mark.parametrize("dialect", DIALECTS, ids=range(len(DIALECTS)))
@settings(max_examples=60)
@given(dirty, st.integers(1, 40))
def test_the_sum_is_the_source_and_the_sum_of_its_parts(dialect: Dialect, data: bytes, step: int) -> None:
    if dialect.encoding.startswith("utf-16"):
        data = data.decode(errors="replace").encode(dialect.encoding) + data[:1]
    whole = dialect.parse(data).account
    assert (whole.lines, whole.bytes) == (lines_of(data, dialect.encoding), len(data))
    parts, start = [], 0
    while (cut := dialect.boundary(data, start + step)) is not None and cut < len(data):
        parts.append(dialect.parse(data[start:cut], start).account)
        start = cut
    assert total([*parts, dialect.parse(data[start:], start).account]) == whole


CASES: dict[str, tuple[Dialect, str, dict[str, tuple[int, int]]]] = {
    "lines": (
        Columns(**LINES, header=True),
        "\ufeffw\tt\n# doc = 1\n-DOCSTART-\n\n# id = 1\n# x\na\tO\r\n#b\tO\nc\n\n\n",
        {
            "rows": (2, 10), "faulty": (1, 2), "blank": (3, 3), "documents": (2, 21), "ids": (1, 9), "comments": (1, 4),
            "headers": (1, 4), "marks": (0, 3),
        },
    ),
    "markers": (
        Columns(sentence_start="<s>", sentence_end="</s>", blank="whitespace"),
        "<s>\na\tO\n\n</s>\n\t \n</s>\nb\tO",
        {"rows": (2, 7), "faulty": (1, 1), "blank": (1, 3), "markers": (3, 14)},
    ),
    "UTF-16": (Columns(encoding="utf-16"), "é\tO\n\n", {"rows": (1, 8), "blank": (1, 2), "marks": (0, 2)}),
    "Latin-1": (Columns(encoding="latin-1"), "é\tO\n\n", {"rows": (1, 4), "blank": (1, 1)}),
    "a treebank": (
        ConllUPlus(tag="NER"),
        "# global.columns = ID FORM NER\n# text = é\n1-2\té\tO\n1\té\tO\n2\te\t_\n",
        {"rows": (2, 13), "comments": (1, 12), "headers": (1, 31), "no-words": (1, 9)},
    ),
    "a treebank in Latin-1": (
        ConllUPlus(tag="NER", encoding="latin-1"),
        "# global.columns = ID FORM NER\n1-2\té\tO\n1\té\tO\n",
        {"rows": (1, 6), "headers": (1, 31), "no-words": (1, 8)},
    ),
    "JSON lines": (
        JsonLines(),
        '\ufeff{"tokens": ["é"], "ner_tags": ["O"]}\n\n \t\n[]\n{"tokens": [], "ner_tags": []}',
        {"records": (2, 68), "faulty": (1, 3), "blank": (2, 4), "marks": (0, 3)},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_kinds(name: str) -> None:
    dialect, text, expected = CASES[name]
    data = text.encode(dialect.encoding)
    account = dialect.parse(data).account
    assert account == LineAccount(expected)
    assert account.bytes == len(data)
    assert list(account.to_json()) == [*expected, "sum"]


def test_a_line_end_that_cannot_be_decoded_ends_no_line() -> None:
    data = b"a\tO\n\x8f\n"
    account = Columns(encoding="euc_jp").parse(data).account
    assert account == LineAccount({"rows": (1, 4), "faulty": (1, 2)})


def test_brat(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("\ufeffAda é\n \n--\nO\n".encode())
    (tmp_path / "a.ann").write_bytes(b"T1\tPER 0 3\tAda\nR1\tx Arg1:T1 Arg2:T1\nwhat\n\n")
    dialect = Standoff(token=r"\w+")
    (source,) = expand(("a.txt",), tmp_path)
    (piece,) = pieces(source, dialect)
    account = parse_piece(piece, dialect).account
    assert account == LineAccount(
        {
            "text": (2, 9),
            "annotations": (1, 15),
            "faulty": (1, 5),
            "blank": (2, 3),
            "unread": (2, 24),
            "marks": (0, 3),
        }
    )
    assert account.bytes == sum(path.stat().st_size for path in tmp_path.iterdir())


def test_parquet(tmp_path: Path) -> None:
    columns = {"tokens": [["a"], ["b"], ["c"]], "ner_tags": [["O"], ["O"], []], "x": [1, 2, 3]}
    pq.write_table(pa.table(columns), tmp_path / "a.parquet", row_group_size=2)
    data = (tmp_path / "a.parquet").read_bytes()
    account = HubParquet().parse(data).account
    assert (account.lines, account.bytes) == (3, len(data))
    assert {kind: lines for kind, (lines, _) in account.kinds.items()} == {
        "records": 2, "faulty": 1, "unread": 0, "structure": 0,
    }  # fmt: skip
    assert account.kinds["records"][1] > account.kinds["unread"][1] > 0


@pytest.mark.parametrize(("suffix", "pack"), [(".gz", gzip.compress), (".bz2", bz2.compress)])
def test_packed_sources_count_unpacked(tmp_path: Path, suffix: str, pack: Callable[[bytes], bytes]) -> None:
    data = b"a\tO\n\nb\tO\n"
    (tmp_path / f"a.txt{suffix}").write_bytes(pack(data))
    (source,) = expand(("*",), tmp_path)
    (piece,) = pieces(source, Columns())
    assert parse_piece(piece, Columns()).account == LineAccount({"rows": (2, 8), "blank": (1, 1)})


OF_CORPORA = {
    # files: (dialect, some of the kinds)
    "wikiser-small/*": (Columns.preset("wikiser"), {"rows": 592_898, "markers": 31_968}),
    "seed/*": (Columns.preset("wikiser"), {"rows": 428, "markers": 40}),
    "broad-twitter/*": (Columns.preset("broad-twitter"), {"rows": 150_388}),
    "germeval14/*": (Columns.preset("germeval14"), {"rows": 138_151, "faulty": 1, "documents": 7_300}),
    "kaznerd-kk/*": (Columns.preset("kaznerd"), {"rows": 259_047}),
    "klue-ner-ko/*": (Columns.preset("klue"), {"rows": 285_929}),
    "mtl-bio/*/*": (Columns.preset("mtl-bio"), {"rows": 877_207}),
    "uner-en-ewt/*": (Columns.preset("uner"), {"rows": 50_246, "ids": 4_078}),
    "uner-zh-gsdsimp/*": (Columns.preset("uner"), {"rows": 123_291, "ids": 4_997}),
    "wnut17/*": (Columns.preset("wnut17"), {"rows": 125_251}),
}


@needs_corpora
@pytest.mark.parametrize("files", OF_CORPORA)
def test_every_byte_of_a_corpus(files: str) -> None:
    dialect, expected = OF_CORPORA[files]
    accounts = []
    for source in expand((files,), CORPORA):
        data = (CORPORA / source.name).read_bytes()
        parts = [parse_piece(piece, dialect).account for piece in pieces(source, dialect, 200_000)]
        account = total(parts)
        assert (account.lines, account.bytes) == (lines_of(data, dialect.encoding), len(data))
        assert account == dialect.parse(data).account
        accounts.append(account)
    lines = {kind: lines for kind, (lines, _) in total(accounts).kinds.items()}
    assert lines.items() >= expected.items()
    assert lines.get("faulty", 0) == expected.get("faulty", 0)


COMMENTED = {"klue-ner-ko/*": 5_005, "uner-en-ewt/*": 8_790, "uner-zh-gsdsimp/*": 10_162}


@needs_corpora
@pytest.mark.parametrize("files", COMMENTED)
def test_comments_are_as_many_as_an_independent_count_says(files: str) -> None:
    dialect, _ = OF_CORPORA[files]
    kinds = total(dialect.parse((CORPORA / one.name).read_bytes()).account for one in expand((files,), CORPORA)).kinds
    assert sum(kinds.get(kind, (0, 0))[0] for kind in ("comments", "ids", "documents")) == COMMENTED[files]


def test_what_nothing_is_read_from() -> None:
    assert Columns(token=1, tag=-1, width=(3, 5), extra={"pos": 2}).parse(b"").unread == ("column 0", "column 3")
    assert ConllU(extra=("UPOS",)).parse(b"").unread == ("LEMMA", "XPOS", "FEATS", "HEAD", "DEPREL", "DEPS")
    rows = [{"tokens": ["a"], "ner_tags": ["O"], "id": "1", "x": 1}] * 150 + [
        {"tokens": ["a"], "ner_tags": ["O"], "y": 2}
    ]
    data = "".join(json.dumps(row) + "\n" for row in rows).encode()
    assert JsonLines(sentence_id="id").parse(data).unread == ("x", "y")
    assert JsonLines(sentence_id="id").parse(data.replace(b'"O"', b'"O", "O"', 1)).unread == ("x", "y")
