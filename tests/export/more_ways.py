"""More formats that nothing exports, in the form of `ways`: those of assistants and of rarer tools, and texts with a file beside them."""

import json
import re
from collections.abc import Iterator
from html import escape, unescape
from itertools import accumulate, groupby, pairwise
from typing import Any
from xml.etree import ElementTree as ET

from export.ways import (
    Places,
    Read,
    Way,
    cut,
    in_words,
    objects,
    of_document,
    of_lines,
    of_words,
    placed,
    spec,
    words,
)
from read.spans import rarer
from read.spans.made import Made, units
from tagpress.read.parallel import ParallelLines
from tagpress.read.spans.dialect import Spans

_LINE = (" ", "  ", "\u00a0")
_FLAT = ("\t", *_LINE)  # in formats whose texts are lines
_GAPS = (*_FLAT, "\r\n", "\n")


def chunks(one: Made, name: str) -> list[dict[str, str]]:
    """Return a text in chunks: spans lie side by side."""
    ends = sorted({0, len(one.text), *(place for a, b, _ in one.spans for place in (a, b))})
    kinds = {(a, b): kind for a, b, kind in one.spans}
    pieces = pairwise(ends)
    return [{"text": one.text[a:b]} | ({name: kinds[a, b]} if (a, b) in kinds else {}) for a, b in pieces]


def of_chunks(held: list[dict[str, str]], name: str) -> tuple[str, Places]:
    bounds = [0, *accumulate(len(one["text"]) for one in held)]
    places = zip(bounds, bounds[1:], held, strict=False)
    return "".join(one["text"] for one in held), [(a, b, one[name]) for a, b, one in places if name in one]


def in_units(one: Made, begin: str, stop: str, label: str, last: int = 0) -> list[dict[str, Any]]:
    return [{begin: units(one.text, a), stop: units(one.text, b) - last, label: kind} for a, b, kind in one.spans]


def of_units(text: str, spans: Any, begin: str, stop: str, label: str, *, last: int = 0) -> tuple[str, Places]:
    """Return a text and its spans, with places in code points."""
    wide = text.encode("utf-16-le")
    point = lambda at: len(wide[: 2 * at].decode("utf-16-le"))  # noqa: E731
    return text, [(point(one[begin]), point(one[stop] + last), one[label]) for one in spans]


def kili(one: Made, number: int) -> dict[str, Any]:
    spans = [
        {"beginOffset": one_["a"], "content": one.text[a:b], "categories": [{"name": one_["k"], "confidence": 100}]}
        for one_, (a, b, _) in zip(in_units(one, "a", "b", "k"), one.spans, strict=True)
    ]
    label = {"author": {"email": "a@x.org"}, "labelType": "DEFAULT", "jsonResponse": {"JOB": {"annotations": spans}}}
    return {"id": f"c{number}", "externalId": "x", "content": one.text, "labels": [label]}


def of_kili(row: dict[str, Any]) -> tuple[str, Places]:
    wide = row["content"].encode("utf-16-le")
    own = row["labels"][0]["jsonResponse"]["JOB"]["annotations"]
    begins = [len(wide[: 2 * one["beginOffset"]].decode("utf-16-le")) for one in own]
    both = zip(begins, own, strict=True)
    return row["content"], [(a, a + len(one["content"]), one["categories"][0]["name"]) for a, one in both]


def google(made: list[Made]) -> dict[str, Any]:
    """Return all texts as sentences of one document, and mentions that count in its bytes."""
    begins = [0, *accumulate(len(one.text.encode()) + 1 for one in made)]
    sentences = [
        {"text": {"content": one.text, "beginOffset": at}} for at, one in zip(begins, made, strict=False) if one.text
    ]
    mentions = [
        (kind, {"text": {"content": one.text[a:b], "beginOffset": at + len(one.text[:a].encode())}, "type": "PROPER"})
        for at, one in zip(begins, made, strict=False)
        for a, b, kind in one.spans
    ]
    return {
        "sentences": sentences,
        "entities": [{"name": "x", "type": kind, "mentions": [one]} for kind, one in mentions],
    }


def of_google(whole: dict[str, Any]) -> Iterator[tuple[str, Places]]:
    for sentence in whole["sentences"]:
        text, at = sentence["text"]["content"], sentence["text"]["beginOffset"]
        own = [(one["mentions"][0]["text"], one["type"]) for one in whole["entities"]]
        inside = [(said["beginOffset"] - at, said["content"], kind) for said, kind in own]
        begins = [
            (len(text.encode()[:a].decode()), said, kind) for a, said, kind in inside if 0 <= a < len(text.encode())
        ]
        yield text, [(a, a + len(said), kind) for a, said, kind in begins]


def docred(made: list[Made]) -> list[dict[str, Any]]:
    full = [one for one in made if one.words]
    mentions = [
        [{"name": "x", "pos": [a, b], "sent_id": number, "type": kind}]
        for number, one in enumerate(full)
        for a, b, kind in in_words(one)
    ]
    return [{"title": "All", "sents": [words(one) for one in full], "vertexSet": mentions, "labels": []}]


def of_docred(data: bytes) -> Read:
    (whole,) = json.loads(data)
    own = [mention for entity in whole["vertexSet"] for mention in entity]
    return [
        of_words(tokens, [(*one["pos"], one["type"]) for one in own if one["sent_id"] == number])
        for number, tokens in enumerate(whole["sents"])
    ]


def mrc(made: list[Made]) -> bytes:
    rows = []
    for number, one in enumerate(made):
        for each, kind in enumerate(("PER", "LOC", "A_B", "X_Y"), 1):
            own = [(a, b - 1) for a, b, own in in_words(one) if own == kind]
            places = {"start_position": [a for a, _ in own], "end_position": [b for _, b in own]}
            places |= {"span_position": [f"{a};{b}" for a, b in own]}
            row = {"context": " ".join(words(one)), "entity_label": kind, "qas_id": f"{number}.{each}", "query": "q"}
            rows += [row | places] if one.words else []
    return json.dumps(rows).encode()


def of_mrc(data: bytes) -> Read:
    found = []
    for _, own in groupby(json.loads(data), lambda row: row["qas_id"].partition(".")[0]):
        rows = list(own)
        pairs = [(one.split(";"), row["entity_label"]) for row in rows for one in row["span_position"]]
        spans = sorted((int(a), int(b) + 1, kind) for (a, b), kind in pairs)
        found.append(of_words(rows[0]["context"].split(" "), spans))
    return found


def tags_of(one: Made) -> list[str]:
    tags = ["O"] * len(one.words)
    for a, b, kind in in_words(one):
        tags[a:b] = [f"B-{kind}", *[f"I-{kind}"] * (b - a - 1)]
    return tags


def of_tags(tokens: list[str], tags: list[str]) -> tuple[str, list[tuple[str, str]]]:
    spans: list[tuple[int, int, str]] = []
    for at, tag in enumerate(tags):
        if tag[0] == "B":
            spans.append((at, at + 1, tag[2:]))
        elif tag[0] == "I":
            spans[-1] = (spans[-1][0], at + 1, spans[-1][2])
    return of_words(tokens, spans)


def in_two_files(made: list[Made]) -> dict[str, bytes]:
    tokens, tags = ("\r\n".join(" ".join(each(one)) for one in made).encode() for each in (words, tags_of))
    return {"train.in": tokens, "train.tags": tags}


def of_two_files(files: dict[str, bytes]) -> Read:
    lines = [files[name].decode().split("\r\n") for name in ("train.in", "train.tags")]
    return [of_tags(one.split(), other.split()) for one, other in zip(*lines, strict=True)]


def i2b2(made: list[Made]) -> dict[str, bytes]:
    full = [one for one in made if one.words]
    notes = [
        f'c="{" ".join(words(one)[a:b]).lower()}" {number}:{a} {number}:{b - 1}||t="{kind}"\n'
        for number, one in enumerate(full, 1)
        for a, b, kind in in_words(one)
    ]
    text = "".join(" ".join(words(one)) + "\n" for one in full)
    return {"train.in": text.encode(), "train.con": "".join(notes).encode()}


def of_i2b2(files: dict[str, bytes]) -> Read:
    lines = [line.split(" ") for line in files["train.in"].decode().split("\n")[:-1]]
    spans: list[list[tuple[int, int, str]]] = [[] for _ in lines]
    for line, a, b, kind in re.findall(r' (\d+):(\d+) \d+:(\d+)\|\|t="(.*)"', files["train.con"].decode()):
        spans[int(line) - 1].append((int(a), int(b) + 1, kind))
    return [of_words(*both) for both in zip(lines, spans, strict=True)]


def comprehend(made: list[Made]) -> dict[str, bytes]:
    rows = [f"train.in,{number},{a},{b},{k}\n" for number, one in enumerate(made) for a, b, k in one.spans]
    head = "File,Line,Begin Offset,End Offset,Type\n"
    return {"train.in": "".join(f"{one.text}\n" for one in made).encode(), "notes.csv": "".join([head, *rows]).encode()}


def of_comprehend(files: dict[str, bytes]) -> Read:
    lines = files["train.in"].decode().split("\n")[:-1]
    rows = [row.split(",") for row in files["notes.csv"].decode().split("\n")[1:-1]]
    own = [[(int(a), int(b), kind) for _, at, a, b, kind in rows if int(at) == number] for number in range(len(lines))]
    return cut(zip(lines, own, strict=True))


def azure(made: list[Made]) -> dict[str, bytes]:
    text = "".join(f"{one.text}\n" for one in made)
    begins = [0, *accumulate(len(one.text) + 1 for one in made)]
    places = [(at + a, at + b, k) for at, one in zip(begins, made, strict=False) for a, b, k in one.spans]
    labels = [
        {"category": k, "offset": units(text, a), "length": units(text, b) - units(text, a)} for a, b, k in places
    ]
    region = {"regionOffset": 0, "regionLength": units(text, len(text)), "labels": labels}
    documents = [{"location": "train.in", "language": "en", "entities": [region]}]
    whole = {"metadata": {"projectKind": "CustomEntityRecognition"}, "assets": {"documents": documents}}
    return {"train.in": text.encode(), "labels.json": json.dumps(whole).encode()}


def of_azure(files: dict[str, bytes]) -> Read:
    text = files["train.in"].decode()
    wide = text.encode("utf-16-le")
    point = lambda at: len(wide[: 2 * at].decode("utf-16-le"))  # noqa: E731
    labels = json.loads(files["labels.json"])["assets"]["documents"][0]["entities"][0]["labels"]
    places = [(point(one["offset"]), point(one["offset"] + one["length"]), one["category"]) for one in labels]
    begin, found = 0, []
    for line in text.split("\n")[:-1]:
        inside = [(a - begin, b - begin, k) for a, b, k in places if begin <= a < begin + len(line)]
        found.append((line, inside))
        begin += len(line) + 1
    return cut(found)


def chemdner(made: list[Made]) -> dict[str, bytes]:
    both = [*zip(made[::2], made[1::2], strict=True)]
    lines = [f"{number}\t{one.text}\t{other.text}\n" for number, (one, other) in enumerate(both)]
    notes = [
        f"{number}\t{part}\t{a}\t{b}\t{own.text[a:b]}\t{kind}\n"
        for number, pair in enumerate(both)
        for part, own in zip("TA", pair, strict=True)
        for a, b, kind in own.spans
    ]
    return {"train.in": "".join(lines).encode(), "train.annotations": "".join(notes).encode()}


def of_chemdner(files: dict[str, bytes]) -> Read:
    rows = [line.split("\t") for line in files["train.annotations"].decode().split("\n")[:-1]]
    found: list[tuple[str, Places]] = []
    for line in files["train.in"].decode().split("\n")[:-1]:
        number, *texts = line.split("\t")
        for part, text in zip("TA", texts, strict=True):
            found.append((text, [(int(r[2]), int(r[3]), r[5]) for r in rows if r[:2] == [number, part]]))
    return cut(found)


def xml_text(made: list[Made]) -> tuple[str, list[tuple[int, int, str]]]:
    """Return all texts as lines of one, with their places in it; what XML reads as another line end is left out."""
    text = "".join(f"{one.text}\n" for one in made)
    begins = [0, *accumulate(len(one.text) + 1 for one in made)]
    return text, [(at + a, at + b, k) for at, one in zip(begins, made, strict=False) for a, b, k in one.spans]


def by_lines(text: str, places: list[tuple[int, int, str]]) -> Read:
    begin, found = 0, []
    for line in text.split("\n"):
        inside = sorted((a - begin, b - begin, k) for a, b, k in places if begin <= a < begin + len(line))
        found.append((line, inside))
        begin += len(line) + 1
    return cut(found)


def mae(made: list[Made]) -> bytes:
    text, places = xml_text(made)
    marks = "".join(
        f'<{kind} id="{kind}{n}" spans="{a}~{b}" text="{escape(text[a:b])}"/>' for n, (a, b, kind) in enumerate(places)
    )
    return f"<?xml version='1.0'?>\n<T><TEXT><![CDATA[{text}]]></TEXT><TAGS>{marks}</TAGS></T>".encode()


def of_mae(data: bytes) -> Read:
    root = ET.fromstring(data)
    spans = [(*map(int, one.attrib["spans"].split("~")), one.tag) for one in root.find("TAGS") or ()]
    return by_lines(root.findtext("TEXT") or "", spans)  # type: ignore[arg-type]  # two places and a type


def gate(made: list[Made]) -> bytes:
    text, places = xml_text(made)
    return rarer.gate(Made(text, [], places)).encode()


def of_gate(data: bytes) -> Read:
    root = ET.fromstring(data)
    held = root.find("TextWithNodes")
    assert held is not None
    text, at = held.text or "", {}
    for node in held:
        at[node.attrib["id"]] = len(text)
        text += node.tail or ""
    marks = [one.attrib for one in root.iter("Annotation") if one.attrib["Type"] != "Token"]
    return by_lines(text, [(at[one["StartNode"]], at[one["EndNode"]], one["Type"]) for one in marks])


def datasaur(data: bytes) -> Read:
    whole = json.loads(data)
    names = {one["id"]: one["labelName"] for held in whole["labelSets"] for one in held["labelItems"]}
    found = []
    for cell in whole["cells"]:
        own = [one for one in whole["labels"] if one["startCellLine"] == cell["line"]]
        spans = [(one["startTokenIndex"], one["endTokenIndex"] + 1, names[one["labelSetItemId"]]) for one in own]
        found.append((cell["content"], cell["tokens"], spans))
    return [
        (text, [(text[begins[a] : begins[b - 1] + len(tokens[b - 1])], kind) for a, b, kind in spans])
        for text, tokens, spans in found
        for begins in [token_begins(text, tokens)]
    ]


def token_begins(text: str, tokens: list[str]) -> list[int]:
    at, begins = 0, []
    for token in tokens:
        begins.append(text.index(token, at))
        at = begins[-1] + len(token)
    return begins


def cas(made: list[Made]) -> bytes:
    """Return all texts as sentences of one CAS."""
    text, places = xml_text(made)
    begins = [0, *accumulate(len(one.text) + 1 for one in made)]
    own = [(at + a, at + b) for at, one in zip(begins, made, strict=False) for a, b in one.words]
    sentences = [(at, at + len(one.text)) for at, one in zip(begins, made, strict=False) if one.words]
    return json.dumps(rarer.cas(Made(text, own, places), sentences)).encode()


def of_cas(data: bytes) -> Read:
    held = json.loads(data)["%FEATURE_STRUCTURES"]
    text = held[0]["sofaString"]
    wide = text.encode("utf-16-le")
    point = lambda at: len(wide[: 2 * at].decode("utf-16-le"))  # noqa: E731
    marks = [one for one in held[1:] if one["%TYPE"].endswith("NamedEntity") and one["value"] != "DELETED"]
    return by_lines(text, [(point(one["begin"]), point(one["end"]), one["value"]) for one in marks])


def inline(opens: str, closes: str, *, quote: bool = False) -> Any:
    """Return what writes a line for each text, a mark before and behind each span, with its type in either."""

    def write(made: list[Made]) -> bytes:
        lines = []
        for one in made:
            parts = []
            for chunk in chunks(one, "k"):
                said = escape(chunk["text"], quote=False) if quote else chunk["text"]
                kind = chunk.get("k", "")
                parts.append(f"{opens.format(k=kind)}{said}{closes.format(k=kind)}" if kind else said)
            lines.append("".join(parts) + "\n")
        return "".join(lines).encode()

    return write


def of_inline(pattern: str, *, unquote: bool = False) -> Any:
    """Return what reads it: the pattern has the groups `t` and `k`."""

    def read(data: bytes) -> Read:
        found: Read = []
        plain = unescape if unquote else str
        for line in data.decode().split("\n")[:-1]:
            text = plain(re.sub(pattern, lambda match: match["t"], line))
            found.append((text, [(plain(one["t"]), one["k"]) for one in re.finditer(pattern, line)]))
        return found

    return read


def bare(one: Made) -> Made:
    """Return a text without what marks a mark, as long as it was."""
    return Made(re.sub(r"[\[\]<>&(){}|]", "-", one.text), one.words, one.spans)


def rasa(made: list[Made]) -> bytes:
    lines = inline("[", "]({k})")(made).decode().split("\n")[:-1]
    kept = "".join(f"    - {line}\n" for line in lines if line)
    return f'version: "3.1"\nnlu:\n- intent: x\n  examples: |\n{kept}'.encode()


def of_rasa(data: bytes) -> Read:
    lines = [line.removeprefix("    - ") for line in data.decode().split("\n")[4:-1]]
    return of_inline(r"\[(?P<t>[^\]]*)\]\((?P<k>[^)]*)\)")("".join(f"{line}\n" for line in lines).encode())  # type: ignore[no-any-return]


def _of_lines(**options: Any) -> Spans:
    return Spans(tokens="words", **options)


MORE_WAYS: dict[str, Way] = {
    "Dialogflow": of_document(
        lambda made: [{"id": str(i), "data": chunks(one, "meta"), "isTemplate": False, "count": 0} for i, one in enumerate(made)],
        lambda whole: (of_chunks(row["data"], "meta") for row in whole),
        spec("dialogflow"),
    )._replace(overlaps=False),
    "Snips": of_document(
        lambda made: {"A": [{"data": chunks(one, "entity")} for one in made[::2]], "B": [{"data": chunks(one, "entity")} for one in made[1::2]]},
        lambda whole: (of_chunks(row["data"], "entity") for rows in whole.values() for row in rows),
        spec("snips"),
    )._replace(overlaps=False),
    "LUIS": of_document(
        lambda made: {"luis_schema_version": "7.0.0", "entities": [{"name": "x"}], "utterances": [{"text": one.text, "intent": "x", "entities": in_units(one, "startPos", "endPos", "entity", 1)} for one in made]},
        lambda whole: (of_units(row["text"], row["entities"], "startPos", "endPos", "entity", last=1) for row in whole["utterances"]),
        spec("luis", container="array", inside="utterances"),
    ),
    "CLU": of_document(
        lambda made: {"assets": {"entities": [{"category": "x"}], "utterances": [{"text": one.text, "intent": "x", "entities": objects("offset", "end", "category")(one)} for one in made]}},
        lambda whole: ((row["text"], placed(row["entities"], "offset", "end", "category")) for row in whole["assets"]["utterances"]),
        spec(container="array", inside="assets.utterances", spans="entities", begin="offset", end="end", label="category"),
    ),
    "Kili": of_document(
        lambda made: [kili(one, i) for i, one in enumerate(made)], lambda whole: map(of_kili, whole), spec("kili", sentence_id="id"),
    ),
    "Google": of_document(google, of_google, spec("google", units="bytes")),
    "DocRED": Way(Spans(format="docred", tokens="file"), lambda made: json.dumps(docred(made)).encode(), of_docred, target="gliner"),
    "MRC-NER": Way(Spans(format="mrc"), mrc, of_mrc, target="webanno"),
    "two files": Way(ParallelLines(beside=".tags"), in_two_files, of_two_files, overlaps=False, target="gliner"),
    "i2b2": Way(Spans(format="i2b2", beside=".con"), i2b2, of_i2b2, target="webanno"),
    "Comprehend": Way(_of_lines(format="comprehend", beside="*.in>notes.csv"), comprehend, of_comprehend, gaps=_FLAT),
    "Azure": Way(_of_lines(format="azure-ner", beside="*.in>labels.json"), azure, of_azure, gaps=_FLAT),
    "CHEMDNER": Way(_of_lines(format="chemdner", beside=".annotations"), chemdner, of_chemdner, gaps=_LINE),
    "MAE": Way(_of_lines(format="mae"), mae, of_mae, gaps=_FLAT),
    "GATE": Way(_of_lines(format="gate"), gate, of_gate, gaps=_FLAT),
    "Datasaur": Way(Spans(format="datasaur"), lambda made: rarer.datasaur([one for one in made if one.words]).encode(), datasaur, target="webanno"),
    "CAS as JSON": Way(Spans(format="cas-json"), cas, of_cas, gaps=_FLAT, target="webanno"),
    "Labelbox, a row a line": of_lines(
        lambda one: rarer.row_of(one.text, rarer.label_of(one)),
        lambda row: of_units(row["data_row"]["row_data"], [one["location"] | {"k": one["name"]} for one in row["projects"]["p1"]["labels"][0]["annotations"]["objects"]], "start", "end", "k", last=1),
        spec("labelbox", units="utf16"),
    ),
    "W2NER": Way(
        Spans(format="w2ner"),
        lambda made: rarer.w2ner([one for one in made if one.words]).encode(),
        lambda data: [of_words(row["sentence"], [(one["index"][0], one["index"][-1] + 1, one["type"]) for one in row["ner"]]) for row in json.loads(data)],
        target="gliner",
    ),
    "XML in text": Way(_of_lines(format="inline-xml"), inline("<{k}>", "</{k}>", quote=True), of_inline(r"<(?P<k>\w+)>(?P<t>[^<]*)</\w+>", unquote=True), overlaps=False, gaps=_FLAT),
    "OpenNLP": Way(_of_lines(format="opennlp"), inline("<START:{k}> ", " <END>"), of_inline(r"<START:(?P<k>\w+)> (?P<t>.*?) <END>"), overlaps=False, gaps=_FLAT),
    "brackets": Way(_of_lines(format="inline-brackets"), inline("[", "]({k})"), of_inline(r"\[(?P<t>[^\]]*)\]\((?P<k>[^)]*)\)"), overlaps=False, gaps=_FLAT),
    "types in brackets": Way(_of_lines(format="inline-types"), inline("[{k} ", "]"), of_inline(r"\[(?P<k>\w+) (?P<t>[^\]]*)\]"), overlaps=False, gaps=_FLAT),
    "Rasa, in YAML": Way(_of_lines(format="rasa-text"), rasa, of_rasa, overlaps=False, gaps=(" ", "  ", "\u00a0")),
}  # fmt: skip
"""A tab stands in no text of CHEMDNER, and no line end in one that is a line; marks in text stand side by side, and a text with marks has no brackets."""
BARE = ("brackets", "types in brackets", "Rasa, in YAML", "OpenNLP", "MAE")
"""The formats whose texts are made without the signs of marks: nothing says there that one is meant as it is; MAE's CDATA ends at ]]>."""
