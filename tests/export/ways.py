"""Formats that a corpus comes in and nothing exports: how each is written, how `tagpress` reads it, and a reader of a few lines."""

import csv
import importlib
import io
import json
import random
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Any, NamedTuple

from read.spans.made import Made
from tagpress.read.columns import Columns
from tagpress.read.dialect import Dialect
from tagpress.read.spans.dialect import Spans

Read = list[tuple[str, list[tuple[str, str]]]]  # texts, and of each the texts and types of its spans
Places = Iterable[tuple[int, int, str]]


class Way(NamedTuple):
    """
    A format: its dialect, what writes a corpus, what reads it back, and whether spans may lie over each other in it.

    A corpus is one file, or several by their names, of which `*.in` are the sources.
    """

    dialect: Dialect
    write: Callable[[list[Made]], Any]
    read: Callable[[Any], Read]
    overlaps: bool = True
    gaps: tuple[str, ...] = (" ", "  ", "\t", "\u00a0", "\r\n", "\n")
    target: str = "doccano"


def cut(records: Iterable[tuple[str, Places]]) -> Read:
    return [(text, [(text[a:b], kind) for a, b, kind in places]) for text, places in records]


def of_lines(record: Callable[[Made], Any], places: Callable[[Any], tuple[str, Places]], dialect: Spans) -> Way:
    """Return a format with an object on each line."""
    return Way(
        dialect,
        lambda made: "".join(f"{json.dumps(record(one), ensure_ascii=False)}\n" for one in made).encode(),
        lambda data: cut(map(places, map(json.loads, data.decode().split("\n")[:-1]))),
    )


def of_document(
    whole: Callable[[list[Made]], Any], records: Callable[[Any], Iterable[tuple[str, Places]]], dialect: Spans
) -> Way:
    """Return a format that is one value of JSON."""
    return Way(
        dialect,
        lambda made: json.dumps(whole(made), indent=1).encode(),
        lambda data: cut(records(json.loads(data))),
    )


def objects(begin: str, stop: str, label: str, last: int = 0) -> Callable[[Made], list[dict[str, Any]]]:
    """Return what makes objects of spans, whose ends may be in them."""
    return lambda one: [{begin: a, stop: b - last, label: kind} for a, b, kind in one.spans]


def placed(spans: Any, begin: str, stop: str, label: str) -> list[tuple[int, int, str]]:
    return [(int(one[begin]), int(one[stop]), one[label]) for one in spans or ()]


def spec(format: str = "json", **options: Any) -> Spans:  # noqa: A002 - as the dialect calls it
    return Spans(format=format, tokens="words", sentences="record", **options)


def sheet(made: list[Made], delimiter: str) -> bytes:
    out = io.StringIO(newline="")
    rows = [
        [f"d{i}", one.text, *place] for i, one in enumerate(made) if one.text for place in one.spans or [("", "", "")]
    ]
    csv.writer(out, delimiter=delimiter).writerows([["doc", "text", "start", "end", "label"], *rows])
    return out.getvalue().encode()


def of_sheet(data: bytes, delimiter: str) -> Read:
    rows = csv.DictReader(io.StringIO(data.decode(), newline=""), delimiter=delimiter)
    found = [(key, list(own)) for key, own in groupby(rows, lambda row: (row["doc"], row["text"]))]
    return cut(
        (text, placed([row for row in own if row["start"]], "start", "end", "label")) for (_, text), own in found
    )


def shuffled(made: list[Made]) -> list[dict[str, Any]]:
    rows = [
        {"doc": f"d{i}", "text": one.text, "start": a, "end": b, "label": k}
        for i, one in enumerate(made)
        for a, b, k in one.spans or [(None, None, None)]
        if one.text
    ]
    return random.Random(3).sample(rows, len(rows))


def of_shuffled(rows: list[dict[str, Any]]) -> Iterator[tuple[str, Places]]:
    for (_, text), own in groupby(
        sorted(rows, key=lambda row: (row["doc"], row["text"])), lambda row: (row["doc"], row["text"])
    ):
        yield text, sorted((row["start"], row["end"], row["label"]) for row in own if row["label"])


def clue(one: Made) -> dict[str, Any]:
    label: dict[str, dict[str, list[list[int]]]] = {}
    for a, b, kind in one.spans:
        label.setdefault(kind, {}).setdefault(one.text[a:b], []).append([a, b - 1])
    return {"text": one.text, "label": label}


def of_clue(row: dict[str, Any]) -> tuple[str, Places]:
    named = ((kind, place) for kind, names in row["label"].items() for places in names.values() for place in places)
    return row["text"], sorted((a, b + 1, kind) for kind, (a, b) in named)


def big(one: Made, number: int) -> dict[str, Any]:
    entities = [{"type": k, "text": [one.text[a:b]], "offsets": [[a, b]]} for a, b, k in one.spans]
    passages = [{"id": "p", "type": "text", "text": [one.text], "offsets": [[0, len(one.text)]]}]
    return {"id": f"r{number}", "document_id": f"d{number}", "passages": passages, "entities": entities}


def words(one: Made) -> list[str]:
    return [one.text[a:b] for a, b in one.words]


def in_words(one: Made) -> list[tuple[int, int, str]]:
    """Return spans that count in words, half-open."""
    first, last = ({place[end]: i for i, place in enumerate(one.words)} for end in (0, 1))
    return [(first[a], last[b] + 1, kind) for a, b, kind in one.spans]


def of_words(tokens: list[str], spans: Places) -> tuple[str, list[tuple[str, str]]]:
    return " ".join(tokens), [(" ".join(tokens[a:b]), kind) for a, b, kind in spans]


def biluo(one: Made) -> list[str]:
    tags = ["O"] * len(one.words)
    for a, b, kind in in_words(one):
        tags[a:b] = [f"U-{kind}"] if b - a == 1 else [f"B-{kind}", *[f"I-{kind}"] * (b - a - 2), f"L-{kind}"]
    return tags


def of_biluo(tags: list[str]) -> Places:
    begin = 0
    for i, tag in enumerate(tags):
        begin = i if tag[0] in "BU" else begin
        if tag[0] in "UL":
            yield begin, i + 1, tag[2:]


def spacy_2(made: list[Made]) -> bytes:
    sentences = [
        [{"id": i, "orth": word, "ner": tag} for i, (word, tag) in enumerate(zip(words(one), biluo(one), strict=True))]
        for one in made
        if one.words
    ]
    return json.dumps([{"id": i, "paragraphs": [{"sentences": [{"tokens": one}]}]} for i, one in enumerate(sentences)]).encode()  # fmt: skip


def of_spacy_2(data: bytes) -> Read:
    each = (one["paragraphs"][0]["sentences"][0]["tokens"] for one in json.loads(data))
    return [of_words([t["orth"] for t in one], of_biluo([t["ner"] for t in one])) for one in each]


def iob(made: list[Made]) -> bytes:
    """Return a spreadsheet with a token in each row, and the number of its sentence where that begins."""
    out = io.StringIO(newline="")
    rows: list[list[str]] = [["Sentence #", "Word", "Tag"]]
    for number, one in enumerate(made):
        tags = [tag.replace("U-", "B-").replace("L-", "I-") for tag in biluo(one)]
        heads = [f"Sentence: {number}", *[""] * len(tags)]
        rows += [[head, word, tag] for head, word, tag in zip(heads, words(one), tags, strict=False)]
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def of_iob(data: bytes) -> Read:
    found: list[tuple[list[str], list[tuple[int, int, str]]]] = []
    for row in csv.DictReader(io.StringIO(data.decode(), newline="")):
        if row["Sentence #"]:
            found.append(([], []))
        tokens, spans = found[-1]
        tokens.append(row["Word"])
        if row["Tag"][0] == "B":
            spans.append((len(tokens) - 1, len(tokens), row["Tag"][2:]))
        elif row["Tag"][0] == "I":
            spans[-1] = (spans[-1][0], len(tokens), spans[-1][2])
    return [of_words(*one) for one in found]


def docbin(made: list[Made]) -> bytes:
    spacy = importlib.import_module("spacy")
    nlp, packed = spacy.blank("en"), spacy.tokens.DocBin(attrs=["ENT_IOB", "ENT_TYPE", "SPACY"])
    for one in made:
        doc = nlp.make_doc(one.text)
        doc.ents = [span for a, b, kind in one.spans if (span := doc.char_span(a, b, kind)) is not None]
        packed.add(doc)
    return bytes(packed.to_bytes())


def of_docbin(data: bytes) -> Read:
    spacy = importlib.import_module("spacy")
    docs = spacy.tokens.DocBin().from_bytes(data).get_docs(spacy.blank("en").vocab)
    return [(doc.text, [(span.text, span.label_) for span in doc.ents]) for doc in docs]


_STUFF = objects("start", "end", "label")
WAYS: dict[str, Way] = {
    "rows of CSV": Way(spec("rows"), lambda made: sheet(made, ","), lambda data: of_sheet(data, ",")),
    "rows of TSV": Way(spec("rows", container="tsv", sentence_id="doc"), lambda made: sheet(made, "\t"), lambda data: of_sheet(data, "\t")),
    "dataturks": of_lines(
        lambda one: {"content": one.text, "annotation": [{"label": [k], "points": [{"start": a, "end": b - 1, "text": one.text[a:b]}]} for a, b, k in one.spans] or None},
        lambda row: (row["content"], [(p["start"], p["end"] + 1, note["label"][0]) for note in row["annotation"] or () for p in note["points"]]),
        spec("dataturks"),
    ),
    "vertex": of_lines(
        lambda one: {"textContent": one.text, "textSegmentAnnotations": objects("startOffset", "endOffset", "displayName")(one)},
        lambda row: (row["textContent"], placed(row["textSegmentAnnotations"], "startOffset", "endOffset", "displayName")),
        spec("vertex"),
    ),
    "automl": of_lines(
        lambda one: {"text_snippet": {"content": one.text}, "annotations": [{"text_extraction": {"text_segment": {"start_offset": a, "end_offset": b}}, "display_name": k} for a, b, k in one.spans]},
        lambda row: (row["text_snippet"]["content"], [(*note["text_extraction"]["text_segment"].values(), note["display_name"]) for note in row["annotations"]]),
        spec("automl"),
    ),
    "ground truth": of_lines(
        lambda one: {"source": one.text, "job": {"annotations": {"entities": objects("startOffset", "endOffset", "label")(one)}}},
        lambda row: (row["source"], placed(row["job"]["annotations"]["entities"], "startOffset", "endOffset", "label")),
        spec(text="source", spans="job.annotations.entities", begin="startOffset", end="endOffset"),
    ),
    "pubannotation": of_lines(
        lambda one: {"text": one.text, "denotations": [{"span": {"begin": a, "end": b}, "obj": k} for a, b, k in one.spans]},
        lambda row: (row["text"], [(*note["span"].values(), note["obj"]) for note in row["denotations"]]),
        spec(spans="denotations", begin="span.begin", end="span.end", label="obj"),
    ),
    "cluener": of_lines(clue, of_clue, spec("cluener")),
    "lighttag": of_document(
        lambda made: {"examples": [{"content": one.text, "annotations": objects("start", "end", "tag")(one)} for one in made]},
        lambda whole: ((row["content"], placed(row["annotations"], "start", "end", "tag")) for row in whole["examples"]),
        spec("lighttag"),
    ),
    "ubiai": of_document(
        lambda made: [{"document": one.text, "tokens": objects("start", "end", "entityLabel")(one)} for one in made],
        lambda whole: ((row["document"], placed(row["tokens"], "start", "end", "entityLabel")) for row in whole),
        spec("ubiai"),
    ),
    "rasa": of_document(
        lambda made: {"rasa_nlu_data": {"common_examples": [{"text": one.text, "intent": "x", "entities": objects("start", "end", "entity")(one)} for one in made]}},
        lambda whole: ((row["text"], placed(row["entities"], "start", "end", "entity")) for row in whole["rasa_nlu_data"]["common_examples"]),
        spec("rasa"),
    ),
    "argilla": of_document(
        lambda made: [{"id": str(i), "fields": {"text": one.text}, "responses": {"ner": [{"value": _STUFF(one), "user_id": "ann", "status": "submitted"}]}} for i, one in enumerate(made)],
        lambda whole: ((row["fields"]["text"], placed(row["responses"]["ner"][0]["value"], "start", "end", "label")) for row in whole),
        spec("argilla"),
    ),
    "keyed": of_document(
        lambda made: {f"doc{i}": {"text": one.text, "entities": _STUFF(one)} for i, one in enumerate(made)},
        lambda whole: ((row["text"], placed(row["entities"], "start", "end", "label")) for row in whole.values()),
        spec(container="keyed", sentence_id="id"),
    ),
    "bigbio": of_document(
        lambda made: [big(one, i) for i, one in enumerate(made)],
        lambda whole: ((row["passages"][0]["text"][0], [(*e["offsets"][0], e["type"]) for e in row["entities"]]) for row in whole),
        spec("bigbio", container="array"),
    ),
    "labelbox": of_document(
        lambda made: [{"ID": str(i), "Labeled Data": one.text, "Label": {"objects": [{"title": k, "value": k.lower(), "data": {"location": {"start": a, "end": b - 1}}} for a, b, k in one.spans]}} for i, one in enumerate(made)],
        lambda whole: ((row["Labeled Data"], [(o["data"]["location"]["start"], o["data"]["location"]["end"] + 1, o["title"]) for o in row["Label"]["objects"]]) for row in whole),
        spec(container="array", text="Labeled Data", spans="Label.objects", begin="data.location.start", end="data.location.end", label="title", ends="last"),
    ),
    "rows of JSON, shuffled": of_document(shuffled, of_shuffled, spec("rows", container="array", sentence_id="doc")),
    "SpERT": Way(
        Spans(format="token-spans", tokens="file"),
        lambda made: "".join(json.dumps({"tokens": words(one), "entities": [{"type": k, "start": a, "end": b} for a, b, k in in_words(one)]}) + "\n" for one in made).encode(),
        lambda data: [of_words(row["tokens"], [(e["start"], e["end"], e["type"]) for e in row["entities"]]) for row in map(json.loads, data.splitlines())],
        target="gliner",
    ),
    "DyGIE": Way(
        Spans(format="dygie", tokens="file"),
        lambda made: "".join(json.dumps({"doc_key": str(i), "sentences": [words(one)], "ner": [[[a, b - 1, k] for a, b, k in in_words(one)]]}) + "\n" for i, one in enumerate(made) if one.words).encode(),
        lambda data: [of_words(row["sentences"][0], [(a, b + 1, k) for a, b, k in row["ner"][0]]) for row in map(json.loads, data.splitlines())],
        target="gliner",
    ),
    "spaCy 2": Way(Spans(format="spacy-json", tokens="file"), spacy_2, of_spacy_2, overlaps=False, target="gliner"),
    "a token a row": Way(Columns(delimiter=",", quote='"', sentence=0, token=1, tag=2, header=True), iob, of_iob, overlaps=False, target="gliner"),
    "DocBin": Way(Spans(format="spacy"), docbin, of_docbin, overlaps=False, target="prodigy"),
}  # fmt: skip
