"""Lines that read like no tags: what is said of them, and what it says to type makes a corpus."""

import re
import subprocess
from pathlib import Path

import pytest

from tagpress.errors import SourceError
from tagpress.read.columns import Columns

ROWS = [("Ada", "B-PER"), ("King", "I-PER"), ("ran", "O"), ("to", "O"), ("Oslo", "B-LOC"), ("now", "O"), (".", "O")] * 5


def said(folder: Path, text: str) -> SourceError:
    (folder / "OLD").write_text(text)
    with pytest.raises(SourceError) as caught:
        Columns.sniff("OLD", base=folder)
    return caught.value


@pytest.mark.parametrize("outside", ["0", "o", "-", "_", "*", "", "OUT"])
@pytest.mark.parametrize("between", ["\t", " "])
def test_what_stands_where_o_belongs_is_named_and_can_be_replaced(tmp_path: Path, outside: str, between: str) -> None:
    if not outside and between == " ":
        between = "\t"  # else nothing would stand there
    lines = [f"{word}{between}{outside if tag == 'O' else tag}\n" for word, tag in ROWS]
    error = said(tmp_path, "".join(lines))
    assert error.message.endswith(f"; where no entity is, the last column has {outside!r}, and not O")
    command = str(error.hint).partition("write O there: ")[2]
    subprocess.run(["bash", "-euo", "pipefail", "-c", command], cwd=tmp_path, check=True)
    found = Columns.sniff("NEW", base=tmp_path)
    parsed = found.dialect.parse((tmp_path / "NEW").read_bytes())
    read = [parsed.tag_names[tag] for tag in parsed.tags]
    assert list(zip(parsed.tokens.values.to_pylist(), read, strict=True)) == ROWS


def test_types_alone_have_an_outside_too(tmp_path: Path) -> None:
    error = said(tmp_path, "".join(f"{word}\t{'OTHER' if tag == 'O' else tag[2:]}\n" for word, tag in ROWS))
    assert "the last column has 'OTHER', and not O" in error.message


BRACKETS = "Ada\t(PER*\nKing\t*)\nran\t*\nto\t*\nOslo\t(LOC)\n.\t*\n\n"


def test_names_in_brackets_are_called_so(tmp_path: Path) -> None:
    error = said(tmp_path, BRACKETS * 5)
    assert error.message == "OLD has names in brackets in column 1, as CoNLL-2012 writes them, and no tags"
    assert error.hint == (
        "publish them as a layer of spans: DIALECT = tagpress.Columns(token=0, tag=None, extra={'names': 1}) and "
        "LAYERS = {'names': tagpress.NestedSpans([...], columns=('names',), brackets=True)}"
    )


def test_a_document_of_xml_is_called_by_its_root(tmp_path: Path) -> None:
    text = '<?xml version="1.0"?>\n<colHAREM>\n' + "<P><EM CATEG='X'>Ada</EM> ran.</P>\n" * 9 + "</colHAREM>\n"
    error = said(tmp_path, text)
    assert error.message == "OLD is a document of XML, <colHAREM>, of a kind that is not known"
    assert re.search("known are TEI, FoLiA, NAF, TCF, BioC", str(error.hint))


SPELLED = {
    "small letters": {"B": "b", "I": "i"},
    "words": {"B": "Begin", "I": "Inside"},
    "words in capitals": {"B": "BEGIN", "I": "IN"},
}


@pytest.mark.parametrize("name", SPELLED)
@pytest.mark.parametrize("outside", ["O", "o"])
def test_prefixes_in_another_spelling_are_no_types(tmp_path: Path, name: str, outside: str) -> None:
    tags = [outside if tag == "O" else SPELLED[name][tag[0]] + tag[1:] for _, tag in ROWS]
    error = said(tmp_path, "".join(f"{word}\t{tag}\n" for (word, _), tag in zip(ROWS, tags, strict=True)))
    if outside == "O":
        assert error.message.startswith("the tags have their prefixes in another spelling: 'O' (20x), ")
    command = "sed" + str(error.hint).partition("sed")[2]
    subprocess.run(["bash", "-euo", "pipefail", "-c", command], cwd=tmp_path, check=True)
    (tmp_path / "OLD").unlink()
    (tmp_path / "NEW").rename(tmp_path / "OLD")
    found = Columns.sniff("OLD", base=tmp_path)
    parsed = found.dialect.parse((tmp_path / "OLD").read_bytes())
    assert [parsed.tag_names[tag] for tag in parsed.tags] == [tag for _, tag in ROWS]


def test_pieces_of_a_model_are_a_doubt(tmp_path: Path) -> None:
    sentence = "[CLS]\tO\nAda\tB-PER\n##line\tI-PER\nran\tO\n[SEP]\tO\n\n"
    (tmp_path / "a.tsv").write_text(sentence * 9)
    (doubt,) = [one for one in Columns.sniff("a.tsv", base=tmp_path).doubts if one.startswith("tokens:")]
    assert doubt.startswith("tokens: 27 are of a model's tokenizer, such as '[CLS]' (9x), and are published so")
    (tmp_path / "b.tsv").write_text("#\tO\nAda\tB-PER\n#one\tO\n\n" * 9)
    assert not [one for one in Columns.sniff("b.tsv", base=tmp_path).doubts if "tokenizer" in one]


@pytest.mark.parametrize(
    ("token", "doubt", "mended"),
    [
        ("AT&amp;T", "tokens: 1 have characters as HTML writes them, such as 'AT&amp;T'", "AT&T"),
        ("王0", "tokens: most have a number behind them, such as '王0'", "王"),
    ],
)
def test_tokens_with_more_in_them_than_their_text_are_a_doubt(
    tmp_path: Path, token: str, doubt: str, mended: str
) -> None:
    (tmp_path / "OLD").write_text(f"{token}\tB-ORG\n{token}\tO\n.\tO\n\n" * 9)
    (said,) = [one for one in Columns.sniff("OLD", base=tmp_path).doubts if one.startswith(doubt)]
    command = re.search(r"sed .*?> NEW", said)
    assert command is not None
    subprocess.run(["bash", "-euo", "pipefail", "-c", command[0]], cwd=tmp_path, check=True)
    found = Columns.sniff("NEW", base=tmp_path)
    assert found.dialect.parse((tmp_path / "NEW").read_bytes()).tokens[0].as_py() == [mended, mended, "."]
    assert not [one for one in found.doubts if one.startswith("tokens")]


@pytest.mark.parametrize("piece", ["liv@@", "￭s", "▁Ada"])
def test_pieces_of_other_tokenizers_are_a_doubt_too(tmp_path: Path, piece: str) -> None:
    (tmp_path / "a.tsv").write_text(f"{piece}\tB-ORG\nran\tO\n.\tO\n\n" * 9)
    assert any("of a model's tokenizer" in one for one in Columns.sniff("a.tsv", base=tmp_path).doubts)
