"""Texts with their marks in them: what is left without the marks is the text, and what is wrong with a mark is named."""

from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from read.spans.made import Made, corpus
from read.spans.reading import marked
from tagpress.read.columns import Columns
from tagpress.read.spans.dialect import Spans
from tagpress.read.spans.formats.inline import style_of

MADE = [one for one in corpus(23, 200, gaps=(" ", "  "), overlaps=True) if one.text]


def elements(one: Made, spelled: str) -> str:
    """Return a text with elements around its spans, the outer ones first."""
    begins = sorted(one.spans, key=lambda span: (span[0], -span[1]))
    stops = sorted(one.spans, key=lambda span: (span[1], -span[0]))
    name = spelled.split(maxsplit=1)[0]
    opened = {
        place: "".join(f"<{spelled.format(k)}>" for a, _, k in begins if a == place) for place in range(len(one.text))
    }
    closed = {
        place: "".join(f"</{name.format(k)}>" for _, b, k in stops if b == place) for place in range(len(one.text) + 1)
    }
    return "".join(
        closed[place] + opened.get(place, "") + escape(one.text[place : place + 1])
        for place in range(len(one.text) + 1)
    )


@pytest.mark.parametrize("spelled", ['ENAMEX TYPE="{}" STATUS="OPT"', "T.{}"])
def test_elements_of_xml_are_spans_of_the_text_without_them(tmp_path: Path, spelled: str) -> None:
    kinds = {k: f"T.{k.replace(' ', '-')}" if spelled == "T.{}" else k for one in MADE for *_, k in one.spans}
    own = [
        one._replace(spans=[(a, b, k.replace(" ", "-") if spelled == "T.{}" else k) for a, b, k in one.spans])
        for one in MADE
    ]
    path = tmp_path / "a.txt"
    path.write_text("".join(f"{elements(one, spelled)}\r\n" for one in own), encoding="utf-8", newline="")
    dialect = Columns.sniff(path).dialect
    assert isinstance(dialect, Spans)
    assert dialect.format == "inline-xml"
    parsed = dialect.parse(path.read_bytes())
    assert parsed.marks is not None
    assert list(parsed.marks.texts) == [one.text for one in MADE]
    assert list(map(set, marked(parsed))) == [{(a, b, kinds[k]) for a, b, k in one.spans} for one in MADE]
    assert not parsed.annotations


STYLES = {
    "opennlp": "<START:PER> Ada King <END> met <START:PER> Bo <END> .",
    "inline-brackets": "[Ada King](PER) met [Bo](PER) .",
    "inline-types": "[PER Ada King ] met [PER Bo] .",
}


@pytest.mark.parametrize("name", STYLES)
def test_other_marks_are_spans_too(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.txt"
    path.write_text(f"{STYLES[name]}\n\n{STYLES[name]}\nNothing .\n")
    dialect = Columns.sniff(path).dialect
    assert isinstance(dialect, Spans)
    assert dialect.format == name
    parsed = dialect.parse(path.read_bytes())
    assert parsed.marks is not None
    assert list(parsed.marks.texts) == ["Ada King met Bo .", "Ada King met Bo .", "Nothing ."]
    assert marked(parsed) == [[(0, 8, "PER"), (13, 15, "PER")]] * 2 + [[]]


MUC = """<DOC>
<DOCNO> 12 </DOCNO>
<TEXT><p>
<ENAMEX TYPE="PERSON">Ada</ENAMEX> met <b/>AT&amp;T on <TIMEX TYPE="DATE">Monday</TIMEX>.
</p></TEXT>
"""


def test_elements_that_only_hold_a_text_together_are_counted(tmp_path: Path) -> None:
    (tmp_path / "a.sgm").write_text(MUC)
    found = Columns.sniff("a.sgm", base=tmp_path)
    assert found.entity_types == ("DATE", "PERSON")
    parsed = found.dialect.parse(MUC.encode())
    assert parsed.marks is not None
    assert list(parsed.marks.texts) == ["Ada met AT&T on Monday."]
    assert parsed.aside == {"lines of marks alone": 2, "lines of <DOCNO>": 1, "marks without a text": 1}
    only = Spans(format="inline-xml", layer="PERSON").parse(MUC.encode())
    assert marked(only) == [[(0, 3, "PERSON")]]
    assert only.aside["marks of other types"] == 1


FAULTS = {
    "<PER>Ada met Bo": "the annotation 'PER', which is not closed in its line",
    "Ada</PER> met Bo": "the annotation 'PER', which ends where nothing was begun",
    "<PER>Ada</LOC> met</PER> Bo": "the annotation 'LOC', which ends where PER was begun last",
}


@pytest.mark.parametrize("line", FAULTS)
def test_a_mark_that_is_none_is_named_at_its_line(line: str) -> None:
    parsed = Spans(format="inline-xml").parse(f"<PER>Ada</PER>\n{line}\n".encode())
    (code, at, _, detail), *more = parsed.faults.rows()
    assert not more
    assert (code, parsed.annotations[detail], parsed.locate(at)) == ("broken-annotation", FAULTS[line], (2, 1))


PLAIN = {
    "a table": "1\t<PER>Ada</PER>\n" * 3,
    "a document of XML": "<?xml version='1.0'?>\n" + "<PER>Ada</PER>\n" * 3,
    "prose": "This is <b>prose</b>.\n" + "This is prose.\n" * 3,
    "links": "See [this](http://a.org/b) page.\n" * 3,
    "JSON": '{"text": "<PER>Ada</PER>"}\n' * 3,
}


@pytest.mark.parametrize("name", PLAIN)
def test_what_only_looks_like_marks_is_no_text_with_marks(name: str) -> None:
    assert style_of(PLAIN[name].splitlines()) is None


LONG = {
    "marks that never end": "<START:" * 9_000,
    "marks that begin and are not closed": "<START:PER> Ada " * 4_000,
    "spaces in an element": "<a" + " " * 60_000,
    "names of attributes": "<ENAMEX " + "a" * 60_000 + ">",
    "spaces": "<START:PER> " + " " * 60_000,
    "brackets": "[A " * 20_000,
}


@pytest.mark.parametrize("name", LONG)
def test_a_long_line_with_marks_that_are_none_is_one_sentence(name: str) -> None:
    line = f"Bo {LONG[name]} Bo"  # with the square of its length, each would take minutes
    assert style_of([line] * 3) in {None, "opennlp", "inline-xml"}
    for format_ in ("inline-xml", "opennlp", "inline-brackets", "inline-types"):
        assert len(Spans(format=format_).parse(line.encode())) == 1
