"""XML of corpora: with marks in its text (TEI, TimeML, GENIA), with their places (ABSA, DDI), or with their words (FoLiA, TCF, NAF, CCL)."""

from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import pytest

from read.spans.made import Made, corpus
from read.spans.rarer import tokens_of
from read.spans.reading import found, marked
from tagpress.errors import SourceError
from tagpress.read.columns import Columns
from tagpress.read.parsed import Parsed
from tagpress.read.spans.dialect import Spans

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
MADE = [one for one in corpus(31, 220, gaps=(" ",)) if one.text]
FULL = [one for one in MADE if one.spans]


def inside(one: Made, element: Callable[[str], tuple[str, str]]) -> str:
    """Return a text with an element around each span."""
    parts, at = [], 0
    for begin, stop, kind in one.spans:
        head, tail = element(kind)
        parts += [escape(one.text[at:begin]), head, escape(one.text[begin:stop]), tail]
        at = stop
    return "".join([*parts, escape(one.text[at:])])


def tei(made: list[Made]) -> str:
    texts = (inside(one, lambda kind: (f"<rs\n  type={quoteattr(kind)}>", "</rs>")) for one in made)
    body = "\n".join(f"<p>\n      {text.replace(' ', chr(10), 1)}\n   </p>" for text in texts)
    return f'{HEAD}<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader><title>x</title></teiHeader><text><body>{body}</body></text></TEI>'


def genia(made: list[Made]) -> str:
    texts = (inside(one, lambda kind: (f'<cons lex="x" sem={quoteattr(kind)}>', "</cons>")) for one in made)
    body = "".join(f"<sentence>{text}</sentence>\n" for text in texts)
    return f'{HEAD}<!DOCTYPE set SYSTEM "gpml.dtd">\n<set><article><articleinfo>x</articleinfo><abstract>{body}</abstract></article></set>'


def absa(made: list[Made]) -> str:
    def sentence(one: Made) -> str:
        terms = (
            f'<aspectTerm term={quoteattr(one.text[a:b])} polarity={quoteattr(kind)} from="{a}" to="{b}"/>'
            for a, b, kind in one.spans
        )
        return f"<sentence><text>{escape(one.text)}</text><aspectTerms>{''.join(terms)}</aspectTerms></sentence>"

    return f"{HEAD}<sentences>{''.join(map(sentence, made))}</sentences>"


def reviews(made: list[Made]) -> str:
    def sentence(one: Made) -> str:
        marks = (
            f'<Opinion target={quoteattr(one.text[a:b])} category={quoteattr(kind)} polarity="x" from="{a}" to="{b}"/>'
            for a, b, kind in one.spans
        )
        return f"<sentence><text>{escape(one.text)}</text><Opinions>{''.join(marks)}</Opinions></sentence>"

    return f'{HEAD}<Reviews><Review rid="1"><sentences>{"".join(map(sentence, made))}</sentences></Review></Reviews>'


def ddi(made: list[Made], more: int = -1) -> str:
    def sentence(one: Made) -> str:
        marks = (
            f'<entity id="e" charOffset="{a}-{b + more}" type={quoteattr(kind)} text={quoteattr(one.text[a:b])}/>'
            for a, b, kind in one.spans
        )
        return f"<sentence text={quoteattr(one.text)}>{''.join(marks)}</sentence>"

    return f'{HEAD}<document id="d">{"".join(map(sentence, made))}</document>'


def folia(made: list[Made]) -> str:
    def sentence(number: int, one: Made) -> str:
        words = "".join(
            f'<w xml:id="{number}.{i}"><t>{escape(one.text[a:b])}</t></w>' for i, (a, b) in enumerate(one.words)
        )
        marks = (
            f'<entity class={quoteattr(kind)}>{"".join(f"""<wref id="{number}.{i}"/>""" for i in tokens_of(one, a, b))}</entity>'
            for a, b, kind in one.spans
        )
        return f"<s>{words}<entities>{''.join(marks)}</entities></s>"

    body = "\n".join(sentence(number, one) for number, one in enumerate(made))
    return f'{HEAD}<FoLiA xmlns="http://ilk.uvt.nl/folia"><metadata/><text><p>{body}</p></text></FoLiA>'


def tcf(made: list[Made]) -> str:
    tokens, sentences, marks = [], [], []
    for number, one in enumerate(made):
        tokens += [f'<token ID="t{number}.{i}">{escape(one.text[a:b])}</token>' for i, (a, b) in enumerate(one.words)]
        sentences.append(f'<sentence tokenIDs="{" ".join(f"t{number}.{i}" for i in range(len(one.words)))}"/>')
        for a, b, kind in one.spans:
            ids = " ".join(f"t{number}.{i}" for i in tokens_of(one, a, b))
            marks.append(f'<entity class={quoteattr(kind)} tokenIDs="{ids}"/>')
    layers = f"<tokens>{''.join(tokens)}</tokens><sentences>{''.join(sentences)}</sentences>"
    marked = f'<namedEntities type="x">{"".join(marks)}</namedEntities>'
    space = "http://www.dspin.de/data"
    return f'{HEAD}<D-Spin xmlns="{space}"><MetaData/><TextCorpus xmlns="{space}/textcorpus">{layers}{marked}</TextCorpus></D-Spin>'


def naf(made: list[Made]) -> str:
    words, terms, marks = [], [], []
    for number, one in enumerate(made):
        for i, (a, b) in enumerate(one.words):
            words.append(f'<wf id="w{number}.{i}" sent="{number + 1}">{escape(one.text[a:b])}</wf>')
            terms.append(f'<term id="t{number}.{i}"><span><target id="w{number}.{i}"/></span></term>')
        for a, b, kind in one.spans:
            targets = "".join(f'<target id="t{number}.{i}"/>' for i in tokens_of(one, a, b))
            marks.append(f"<entity type={quoteattr(kind)}><references><span>{targets}</span></references></entity>")
    return f"{HEAD}<NAF><text>{''.join(words)}</text><terms>{''.join(terms)}</terms><entities>{''.join(marks)}</entities></NAF>"


def ccl(made: list[Made]) -> str:
    def token(one: Made, begin: int, stop: int) -> str:
        spans = [(n, kind) for n, (a, b, kind) in enumerate(one.spans, 1) if a <= begin and stop <= b]
        marks = "".join(f"<ann chan={quoteattr(kind)}>{n}</ann>" for n, kind in spans) or '<ann chan="PER">0</ann>'
        return f"<tok><orth>{escape(one.text[begin:stop])}</orth><lex><base>x</base></lex>{marks}</tok>"

    body = "".join(f"<sentence>{''.join(token(one, *place) for place in one.words)}</sentence>" for one in made)
    return f'{HEAD}<!DOCTYPE chunkList SYSTEM "ccl.dtd">\n<chunkList><chunk id="c">{body}</chunk></chunkList>'


WRITERS = {"tei": tei, "genia": genia, "xml-places": absa, "folia": folia, "tcf": tcf, "naf": naf, "ccl": ccl}
PLACES = {"reviews": reviews, "ddi": ddi, "ddi, as others count": lambda made: ddi(made, 0)}


def told(parsed: Parsed) -> list[str]:
    return [*parsed.annotations.values()]


@pytest.mark.parametrize("name", [*WRITERS, *PLACES])
def test_a_corpus_is_read_as_it_was_written(tmp_path: Path, name: str) -> None:
    data = (WRITERS | PLACES)[name](MADE)
    (tmp_path / "corpus.xml").write_text(data, encoding="utf-8")
    sniffed = Columns.sniff("corpus.xml", base=tmp_path)
    dialect = sniffed.dialect
    assert isinstance(dialect, Spans)
    assert dialect.format == (name if name in WRITERS else "xml-places")
    parsed = dialect.parse((tmp_path / "corpus.xml").read_bytes())
    assert not parsed.annotations
    assert list(map(set, marked(parsed))) == [set(one.spans) for one in MADE]
    if dialect.tokens == "file":
        assert [one.tokens for one in found(parsed)] == [[one.text[a:b] for a, b in one.words] for one in MADE]
    assert sniffed.entity_types == tuple(sorted({kind for one in MADE for _, _, kind in one.spans}))
    assert parsed.account.bytes == len(data.encode())


@pytest.mark.parametrize("name", WRITERS)
def test_a_file_that_breaks_off_says_so_at_its_place(name: str) -> None:
    data = WRITERS[name](FULL[:20])
    parsed = Spans(format=name).parse(data[: len(data) // 2].encode())
    assert any("no XML" in words for words in told(parsed))
    assert "broken-record" in {code for code, *_ in parsed.faults.rows()}


def in_tei(body: str, **options: str) -> Parsed:
    data = f"<TEI><teiHeader><p><name>x</name></p></teiHeader><text>{body}</text></TEI>"
    return Spans(format="tei", tokens="words", **options).parse(data.encode())


def texts(parsed: Parsed) -> list[str]:
    assert parsed.marks is not None
    return list(parsed.marks.texts)


@pytest.mark.parametrize(
    ("body", "read", "spans"),
    [
        ("<p>\n  <persName>\n Ada </persName>\n ran</p>", ["Ada ran"], [[(0, 3, "persName")]]),
        ("<p>Ad<lb break='no'/>a <lb/>ran</p>", ["Ada ran"], [[]]),
        ("<p><choice><sic>Ado</sic><corr>Ada</corr></choice> ran</p>", ["Ada ran"], [[]]),
        ("<p><choice><orig>Ada</orig><unclear>x</unclear></choice></p>", ["Ada"], [[]]),
        ("<p>Ada<note>not <name>she</name></note> ran</p>", ["Ada ran"], [[]]),
        ("<p>Ada<p>ran</p>on</p>", ["Ada ran on"], [[]]),
        ("<div>loose <name type='LOC'>Oslo</name><p>more</p></div>", ["loose Oslo more"], [[(6, 10, "LOC")]]),
        ("<div><head>One</head><lg><l>two</l><l>three</l></lg></div>", ["One", "two", "three"], [[], [], []]),
        ("<p><s>One.</s> <s><name>Two</name>.</s></p>", ["One.", "Two."], [[], [(0, 3, "name")]]),
        ("<p><placeName><settlement>Oslo</settlement></placeName> <country>No</country></p>", ["Oslo No"], [[(0, 4, "placeName"), (5, 7, "country")]]),
        ("<persName>Ada</persName>", ["Ada"], [[(0, 3, "persName")]]),
        ("<p><w>Ada</w>\n<w>ran</w></p>", ["Ada ran"], [[]]),
        ("<p>a\u0301\u00a0<name>🚀 שלום</name></p>", ["a\u0301\u00a0🚀 שלום"], [[(3, 9, "name")]]),
    ],
)  # fmt: skip
def test_what_tei_writes(body: str, read: list[str], spans: list[list[tuple[int, int, str]]]) -> None:
    parsed = in_tei(body)
    assert texts(parsed) == read
    assert marked(parsed) == spans
    assert told(parsed) == []


def test_what_is_no_text_of_tei_is_counted() -> None:
    parsed = in_tei(
        "<p>Ada<note>x</note> <choice><sic>a</sic><corr>b</corr></choice> <name/></p><note>y</note><p>z</p>"
    )
    assert dict(parsed.aside) == {
        "elements <teiHeader>": 1,
        "elements <note>": 2,
        "other readings in <choice>": 1,
        "marks without a text": 1,
    }
    some = in_tei("<p><name type='PER'>Ada</name> <date>1 May</date></p>", layer="PER")
    assert marked(some) == [[(0, 3, "PER")]]
    assert some.aside["marks <date> that layer= leaves out"] == 1


def test_time_is_read_line_by_line() -> None:
    data = '<TimeML><DCT><TIMEX3>x</TIMEX3></DCT><TEXT>\nAda <EVENT eid="1">ran</EVENT>  on\n<TIMEX3 type="DATE">1 May</TIMEX3>.\n</TEXT><TLINK/></TimeML>'
    parsed = Spans(format="timeml", sentences="lines", tokens="words").parse(data.encode())
    assert [one.tokens for one in found(parsed)] == [["Ada", "ran", "on"], ["1", "May", "."]]
    assert [one.spans for one in found(parsed)] == [[(1, 2, "EVENT")], [(0, 2, "TIMEX3")]]


def test_marks_of_places_that_are_none_are_named_or_counted() -> None:
    marks = (
        '<Opinion target="NULL" category="X" from="0" to="0"/><aspectCategory category="c"/>'
        '<aspectTerm term="Ada" polarity="p" from="0" to="3"/><aspectTerm term="Ada" polarity="p" from="0" to="3"/>'
        '<aspectTerm term="Bo" polarity="p" from="0" to="2"/><entity type="T" charOffset="0-2;4-5" text="Ada"/><aspectTerm term="Ada" from="0" to="3"/>'
    )
    parsed = Spans(format="xml-places", tokens="words").parse(
        f"<sentences><sentence><text>Ada ran</text>{marks}</sentence><sentence/></sentences>".encode()
    )
    assert dict(parsed.aside) == {
        "<Opinion> without a place": 1,
        "<aspectCategory>": 1,
        "marks that stand there twice": 1,
    }
    assert sorted(words.rpartition(", which ")[2] for words in told(parsed)) == [
        "a sentence without a text",
        "has gaps",
        "has no type",
        "says 'Bo', and 'Ad' stands there",
    ]


def test_words_that_do_not_follow_each_other_are_named() -> None:
    def read(ids: str) -> list[str]:
        words = "".join(f'<token ID="{one}">{one}</token>' for one in "abcd")
        cut = '<sentence tokenIDs="a b c"/><sentence tokenIDs="d"/>'
        marks = f'<entity class="P" tokenIDs="{ids}"/>'
        layers = f"<tokens>{words}</tokens><sentences>{cut}</sentences><namedEntities>{marks}</namedEntities>"
        return told(Spans(format="tcf").parse(f"<D-Spin><TextCorpus>{layers}</TextCorpus></D-Spin>".encode()))

    assert read("a b") == read("c b") == []
    assert "has gaps" in read("a c")[0]
    assert "names words that are not in its sentence" in read("c d")[0]
    assert "names words that are not in its sentence" in read("x")[0]
    assert "names no words" in read("")[0]


def test_types_of_marks_can_be_chosen(tmp_path: Path) -> None:
    data = '<Reviews><Review rid="r"><sentences><sentence id="s"><text>Ada ran</text><Opinions><Opinion target="Ada" category="C" polarity="good" from="0" to="3"/></Opinions></sentence></sentences></Review></Reviews>'
    assert marked(Spans(format="xml-places").parse(data.encode())) == [[(0, 3, "C")]]
    assert marked(Spans(format="xml-places", label="polarity").parse(data.encode())) == [[(0, 3, "good")]]
    (tmp_path / "a.xml").write_text(data)
    assert any(one.startswith("types: what") for one in Columns.sniff("a.xml", base=tmp_path).doubts)


def test_a_document_of_another_kind_is_still_none(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text("<?xml version='1.0'?>\n<html><p>x</p></html>")
    with pytest.raises(SourceError, match="<html>, of a kind that is not known"):
        Columns.sniff("a.xml", base=tmp_path)
