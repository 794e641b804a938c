"""BioC and XMI: what their tools write beyond the plain case, and where a broken file breaks."""

import json
import zipfile
from pathlib import Path

import pytest

from read.spans.made import bioc, corpus, xmi
from read.spans.reading import found, marked
from tagpress.errors import SourceError
from tagpress.read.columns import Columns
from tagpress.read.parsed import Parsed
from tagpress.read.sources.archives import members
from tagpress.read.spans.dialect import Spans

BIOC, XMI = Spans(format="bioc"), Spans(format="xmi")


def told(parsed: Parsed) -> list[tuple[int, int, str]]:
    """Return line, column and words of each fault but empty sentences."""
    rows = parsed.faults.rows()
    return [
        (*parsed.locate(at), parsed.annotations[detail]) for code, at, _, detail in rows if code != "empty-sentence"
    ]


def document(*passages: str, more: str = "", head: str = "") -> bytes:
    return f"{head}<collection>\n<document><id>12</id>{''.join(passages)}{more}</document>\n</collection>".encode()


def passage(offset: int, text: str, *marks: str) -> str:
    return f"<passage><offset>{offset}</offset><text>{text}</text>{''.join(marks)}</passage>"


def mark(begin: int, length: int, said: str, kind: str = "Gene") -> str:
    where = f'<location offset="{begin}" length="{length}"/>'
    return f'<annotation id="T1"><infon key="type">{kind}</infon>{where}<text>{said}</text></annotation>'


def test_passages_are_records_and_count_from_the_beginning_of_their_document() -> None:
    parsed = BIOC.parse(
        document(passage(0, "The p53."), passage(9, "It &amp; Rb", mark(14, 2, "Rb")), more="<relation/><relation/>")
    )
    assert marked(parsed) == [[], [(5, 7, "Gene")]]
    assert parsed.documents == ("12",)
    assert dict(parsed.aside) == {"relations": 2}
    assert told(parsed) == []


def test_an_annotation_beside_passages_or_sentences_is_that_of_the_one_it_points_into() -> None:
    sentences = "<sentence><offset>3</offset><text>Ab c.</text></sentence><sentence><offset>9</offset><text>Rb</text></sentence>"
    parsed = BIOC.parse(
        document(f"<passage><offset>3</offset>{sentences}{mark(9, 2, 'Rb')}</passage>", mark(3, 2, "Ab"))
    )
    assert marked(parsed) == [[(0, 2, "Gene")], [(0, 2, "Gene")]]
    assert told(parsed) == []


FAULTS = {
    mark(0, 3, "p53").replace("<text>", '<location offset="5" length="1"/><text>'): "has gaps",
    mark(0, 3, "p53").replace('<location offset="0" length="3"/>', ""): "has no location",
    mark(0, 3, "p54"): "says 'p54', and 'p53' stands there",
    mark(0, 99, "p53"): "points at no place in its text",
    '<annotation id="T1"><location offset="0" length="3"/></annotation>': "has no label",
}


@pytest.mark.parametrize("annotation", FAULTS)
def test_an_annotation_that_is_none_is_named_at_its_line_and_column(annotation: str) -> None:
    parsed = BIOC.parse(document("\n" + passage(0, "p53 is", "\n  " + annotation)))
    ((line, column, words),) = told(parsed)
    assert (line, column) == (4, 3)
    assert words.startswith("the annotation 'T1' (")
    assert words.endswith(f", which {FAULTS[annotation]}")


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
REST = ", and nothing behind it is read"
BROKEN = {
    document(passage(0, "a")).decode()[:-20]: (3, 0, "no XML: "),
    document(passage(0, "a &nbsp; b")).decode(): (2, 0, "no XML: undefined entity"),
    document(passage(0, "&b;"), head=BOMB).decode(): (1, 0, "the declaration of the entity 'a', which is not read"),
    document(passage(0, "&b;"), head='<!DOCTYPE x SYSTEM "BioC.dtd">').decode(): (
        2,
        0,
        "the entity 'b', which the file does not say",
    ),
    "<collection>" + "<a>" * 200: (1, 310, "elements that are more than 100 deep in each other"),
    "nothing": (1, 1, "no XML: syntax error"),
}


@pytest.mark.parametrize("text", BROKEN)
def test_xml_that_breaks_is_named_where_it_does_and_what_stands_before_is_read(text: str) -> None:
    parsed = BIOC.parse(text.encode())
    line, column, words = BROKEN[text]
    place = [one for one in told(parsed) if one[2].endswith(REST)]
    assert len(place) == 1
    assert (place[0][0], place[0][1] if column else 0) == (line, column) or words == "no XML: "
    assert place[0][2].startswith(words)


def test_a_file_outside_is_never_fetched(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    head = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{(tmp_path / "secret.txt").as_uri()}">]>'
    parsed = BIOC.parse(document(passage(0, "&e;"), head=head))
    assert b"secret" not in b"".join(str(text).encode() for text in parsed.tokens.to_pylist())
    assert len(told(parsed)) == 1


def test_many_documents_are_read_one_after_the_other() -> None:
    made = corpus(5, size=3000, gaps=(" ",))
    parsed = BIOC.parse(bioc(made).encode())
    assert marked(parsed) == [one.spans for one in made]


def test_json_of_bioc_is_a_collection_or_documents() -> None:
    one = {
        "id": "1",
        "passages": [
            {"offset": 0, "text": "Ab", "annotations": []},
            {
                "offset": 3,
                "text": "Rb x",
                "annotations": [
                    {"id": "2", "infons": {"type": "Gene"}, "text": "Rb", "locations": [{"offset": 3, "length": 2}]}
                ],
            },
        ],
    }
    whole = Spans(format="bioc-json").parse(json.dumps({"documents": [one, {**one, "id": "7"}]}, indent=1).encode())
    assert marked(whole) == [[], [(0, 2, "Gene")]] * 2
    assert whole.documents == ("1", "7")
    for data, options in (
        ("\n".join(map(json.dumps, [one, one])), {"container": "lines"}),
        (json.dumps({"PubTator3": [one, one]}), {"container": "array", "inside": "PubTator3"}),
        (json.dumps([one, one]), {"container": "array"}),
    ):
        assert marked(Spans(format="bioc-json", **options).parse(data.encode())) == [[], [(0, 2, "Gene")]] * 2


def test_xmi_counts_in_utf16_from_the_beginning_of_its_text() -> None:
    made = [one for one in corpus(2, size=40) if one.words]
    parsed = XMI.parse(xmi(made).encode())
    assert marked(parsed) == [one.spans for one in made]
    assert [one.tokens for one in found(parsed)] == [[one.text[a:b] for a, b in one.words] for one in made]
    assert told(parsed) == []


NER = "http:///de/tudarmstadt/ukp/dkpro/core/api/ner/type.ecore"
CUSTOM = "http:///webanno/custom.ecore"


def cas(*elements: str, text: str = "Ada met Bo", space: str = NER) -> bytes:
    head = f'<xmi:XMI xmlns:xmi="http://www.omg.org/XMI" xmlns:cas="http:///uima/cas.ecore" xmlns:n="{space}" xmlns:t="http:///de/tudarmstadt/ukp/dkpro/core/api/segmentation/type.ecore">'
    sofa = f'<cas:Sofa xmi:id="1" sofaNum="1" sofaString="{text}"/>'
    return "\n".join([head, *elements, sofa, "</xmi:XMI>"]).encode()


def entity(begin: int, end: int, name: str = "NamedEntity", sofa: int = 1, **features: str) -> str:
    more = "".join(f' {key}="{value}"' for key, value in features.items())
    return f'<n:{name} xmi:id="{begin + 10}" sofa="{sofa}" begin="{begin}" end="{end}"{more}/>'


def test_xmi_without_tokens_or_sentences_is_one_text() -> None:
    words = Spans(format="xmi", tokens="words")
    parsed = words.parse(cas(entity(0, 3, value="PER"), entity(0, 3, sofa=2, value="X")))
    assert marked(parsed) == [[(0, 3, "PER")]]
    assert dict(parsed.aside) == {"annotations of other views": 1}
    lines = Spans(format="xmi", tokens="words", sentences="lines")
    two = lines.parse(cas(entity(0, 3, value="PER"), entity(4, 6, value="PER"), text="Ada&#10;Bo"))
    assert [one.tokens for one in found(two)] == [["Ada"], ["Bo"]]


def test_xmi_of_a_layer_of_ones_own() -> None:
    data = cas(entity(0, 3, "Name", kind="PER", note="x"), entity(0, 7, "Claim", stance="pro"), space=CUSTOM)
    for layer in ("Name|kind", "webanno.custom.Name|kind"):
        parsed = Spans(format="xmi", tokens="words", layer=layer).parse(data)
        assert marked(parsed) == [[(0, 3, "PER")]]
        assert dict(parsed.aside) == {"Claim annotations": 1, "values of note": 1}
    with pytest.raises(SourceError, match=r"not clear which layer .* among webanno.custom.Claim, webanno.custom.Name"):
        Spans(format="xmi", tokens="words").parse(data)
    with pytest.raises(SourceError, match="there is no layer 'Nome'"):
        Spans(format="xmi", layer="Nome").parse(data)


def test_an_annotation_of_xmi_that_is_in_no_sentence_is_named_where_it_stands() -> None:
    sentence = '<t:Sentence xmi:id="5" sofa="1" begin="0" end="3"/>\n<t:Token xmi:id="6" sofa="1" begin="0" end="3"/>'
    parsed = XMI.parse(cas(sentence, " " + entity(0, 7, value="PER")))
    assert told(parsed) == [(4, 2, "the annotation PER 0-7, which is not in one sentence")]


def test_what_no_view_has_is_not_there() -> None:
    both = entity(0, 3, value="PER"), entity(8, 10, value="PER"), '<cas:View sofa="1" members="18"/>'
    parsed = Spans(format="xmi", tokens="words").parse(cas(*both))
    assert marked(parsed) == [[(8, 10, "PER")]]
    assert dict(parsed.aside) == {"NamedEntity annotations": 1}


def test_xmi_that_is_cut_or_has_no_text_is_one_broken_record() -> None:
    whole = cas(entity(0, 3, value="PER"))
    assert told(XMI.parse(whole[:-20]))[0][2].endswith("and nothing of the text is read")
    assert told(XMI.parse(b'<xmi:XMI xmlns:xmi="http://www.omg.org/XMI"/>')) == [(1, 1, "a file of XMI without a text")]


def test_an_archive_of_inception_is_its_xmi(tmp_path: Path) -> None:
    made = [one for one in corpus(2, size=20) if one.words]
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("doc1.xmi", xmi(made))
        archive.writestr("TypeSystem.xml", "<typeSystemDescription/>")
    sniffed = Columns.sniff(tmp_path / "a.zip")
    assert sniffed.spelled() == "Spans(format='xmi', tokens='file')"
    assert list(members((tmp_path / "a.zip").read_bytes(), "a.zip")) == ["doc1.xmi"]


SNIFFED = {
    "a.xml": (bioc([]), "Spans(format='bioc', tokens='words')"),
    "a.xmi": (
        cas(entity(0, 3, value="PER"), entity(8, 10, value="PER"), text="Ada&#10;met Bo").decode(),
        "Spans(format='xmi', tokens='words', sentences='lines')",
    ),
}


@pytest.mark.parametrize("name", SNIFFED)
def test_new_sees_how_xml_is_cut(tmp_path: Path, name: str) -> None:
    text, spelled = SNIFFED[name]
    if name == "a.xml":
        text = document(passage(0, "Ada met Bo", mark(0, 3, "Ada"))).decode()
    (tmp_path / name).write_text(text)
    assert Columns.sniff(tmp_path / name).spelled() == spelled


@pytest.mark.parametrize("dialect", [BIOC, XMI], ids=["BioC", "XMI"])
@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b" ", b"\n"])
def test_a_file_with_nothing_in_it_is_broken_at_its_first_byte(dialect: Spans, data: bytes) -> None:
    parsed = dialect.parse(data)
    assert all(at >= 0 for _, at, _, _ in parsed.faults.rows())
    assert len(parsed.faults) > 0
