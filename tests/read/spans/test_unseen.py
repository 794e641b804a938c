"""What tools write besides the usual: each is read rightly, or a problem names it. Nothing is lost without a count."""

import json
from typing import NamedTuple

import pytest

from read.spans.reading import marked
from tagpress.read.spans.dialect import Spans


class Case(NamedTuple):
    """An export, how it is read, the spans (begin, stop, type) of each record, the faults, and what is counted."""

    dialect: Spans
    text: str
    spans: list[list[tuple[int, int, str]]]
    faults: tuple[str, ...] = ()
    aside: dict[str, int] | None = None


def lines(*rows: object) -> str:
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)


def task(text: str, *results: dict[str, object]) -> str:
    return json.dumps([{"id": 1, "data": {"text": text}, "annotations": [{"result": list(results)}]}])


def tsv(*sentences: str, layer: str = "custom.NamedEntity|identifier|value") -> str:
    return "\n".join([f"#FORMAT=WebAnno TSV 3.3\n#T_SP={layer}\n\n", *sentences]) + "\n"


def xmi(*elements: str, text: str = "Ada  ran") -> str:
    """Return a file of XMI in which every element is a member of the view."""
    core = "de/tudarmstadt/ukp/dkpro/core/api"
    spaces = {
        "xmi": "http://www.omg.org/XMI",
        "cas": "http:///uima/cas.ecore",
        "seg": f"http:///{core}/segmentation/type.ecore",
        "ner": f"http:///{core}/ner/type.ecore",
    }
    named = " ".join(f'xmlns:{name}="{address}"' for name, address in spaces.items())
    sofa = f'<cas:Sofa xmi:id="1" sofaNum="1" sofaID="_InitialView" sofaString="{text}"/>'
    return f'<xmi:XMI {named} xmi:version="2.0">{"".join(elements)}{sofa}<cas:View sofa="1" members="2 3 4"/></xmi:XMI>'


ADA = [0, 3, "PER"]
DOCCANO, PUBTATOR, WEBANNO = (Spans(format=name) for name in ("doccano", "pubtator", "webanno"))
STUDIO, TRAIN = Spans(format="label-studio"), Spans(format="spacy-train-data")
GLOBAL = {"start": "/p", "end": "/p", "globalOffsets": {"start": 0, "end": 3}, "hypertextlabels": ["PER"]}
UNSEEN: dict[str, Case] = {
    "doccano, classes of the text beside entities": Case(
        DOCCANO,
        lines({"text": "Ada", "label": ["news"], "entities": [ADA]}, {"text": "Bo", "label": ["x", "y"], "entities": []}),
        [[(0, 3, "PER")], []],
        aside={"values of label": 3},
    ),
    "doccano, an empty list before the filled one": Case(
        DOCCANO,
        lines({"text": "Ada", "label": [], "entities": [ADA]}, {"text": "Ada", "label": [ADA], "entities": []}),
        [[(0, 3, "PER")], [(0, 3, "PER")]],
    ),
    "doccano, two filled lists": Case(
        DOCCANO,
        lines({"text": "Ada", "label": [ADA], "entities": [ADA]}),
        [[]],
        ("a record with spans in several lists, label, entities; declare spans=",),
    ),
    "one of two lists is declared": Case(
        Spans(spans="entities"), lines({"text": "Ada", "entities": [ADA], "spans": [ADA, ADA]}), [[(0, 3, "PER")]], aside={"values of spans": 2}
    ),
    "TRAIN_DATA with categories and links": Case(
        TRAIN,
        json.dumps([["Ada", {"entities": [ADA], "cats": {"a": 1}, "links": {}}]]),
        [[(0, 3, "PER")]],
        aside={"values of cats": 1},
    ),
    "Label Studio, hypertext that does not say its text": Case(
        STUDIO,
        task("<p>Ada</p>", {"type": "hypertextlabels", "value": GLOBAL}),
        [[]],
        ("the annotation PER 0-3, which counts in the text that its page shows, and does not say what stands there",),
    ),
    "Label Studio, hypertext of a plain text": Case(
        STUDIO, task("Ada", {"type": "hypertextlabels", "value": GLOBAL}), [[(0, 3, "PER")]]
    ),
    "PubTator, a mention in two parts": Case(
        PUBTATOR,
        "1|t|Ada, Bo\n1|a|\n1\t0,5\t3,7\tAda Bo\tGene\t7\n1\tCID\tD1\tD2\n",
        [[]],
        ("the annotation Gene 0,5-3,7, which has gaps, or places that are none",),
        {"relations": 1},
    ),
    "WebAnno, over the end of a sentence": Case(
        WEBANNO,
        tsv("#Text=Ada met\n1-1\t0-3\tAda\t_\t_\t\n1-2\t4-7\tmet\t*[1]\tPER[1]\t\n", "#Text=Bo\n2-1\t8-10\tBo\t*[1]\tPER[1]\t\n"),
        [[], []],
        tuple(f"the annotation PER {place}, which reaches over the end of a sentence" for place in ("4-7", "0-2")),
    ),
    "WebAnno, numbers that begin again": Case(
        WEBANNO,
        tsv("#Text=Ada met\n1-1\t0-3\tAda\t*[1]\tPER[1]\t\n1-2\t4-7\tmet\t_\t_\t\n", "#Text=Bo\n2-1\t8-10\tBo\t*[1]\tLOC[1]\t\n"),
        [[(0, 3, "PER")], [(0, 2, "LOC")]],
    ),
    "WebAnno, one number with a gap": Case(
        WEBANNO,
        tsv("#Text=Ada or Bo\n1-1\t0-3\tAda\t*[1]\tPER[1]\t\n1-2\t4-6\tor\t_\t_\t\n1-3\t7-9\tBo\t*[1]\tPER[1]\t\n"),
        [[]],
        ("the annotation PER 0-9, which has gaps",),
    ),
    "WebAnno, other features of the layer": Case(
        WEBANNO,
        tsv("#Text=Ada Bo\n1-1\t0-3\tAda\thttp://x[1]\tPER[1]\t\n1-2\t4-6\tBo\thttp://x[1]\tPER[1]\t\n"),
        [[(0, 6, "PER")]],
        aside={"values of identifier": 1},
    ),
    "BioC, concepts of an annotation": Case(
        Spans(format="bioc-json"),
        json.dumps({"documents": [{"id": "1", "passages": [{"offset": 4, "text": "Ada", "annotations": [{"id": "a", "infons": {"type": "PER", "identifier": "Q7"}, "text": "Ada", "locations": [{"offset": 4, "length": 3}]}]}]}]}),
        [[(0, 3, "PER")]],
        aside={"values of identifier": 1},
    ),
    "XMI, another feature, and text that is in no sentence": Case(
        Spans(format="xmi"),
        xmi('<seg:Sentence xmi:id="2" sofa="1" begin="0" end="3"/><seg:Token xmi:id="3" sofa="1" begin="0" end="3"/>', '<ner:NamedEntity xmi:id="4" sofa="1" begin="0" end="3" value="PER" identifier="Q7"/>'),
        [[(0, 3, "PER")]],
        aside={"values of identifier": 1, "stretches of text in no sentence": 1},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", UNSEEN)
def test_an_unseen_export_is_read_rightly_or_named(name: str) -> None:
    case = UNSEEN[name]
    parsed = case.dialect.parse(case.text.encode())
    assert marked(parsed) == case.spans
    assert tuple(parsed.annotations.values()) == case.faults
    assert dict(parsed.aside) == (case.aside or {})
