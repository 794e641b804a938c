"""Every format, all the way: read, published to a Hub, loaded, exported, read again; and a reader of a few lines finds the same."""

import importlib
import json
import re
from collections.abc import Callable
from itertools import accumulate
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pyarrow.parquet as pq
import pytest

from export.more_ways import BARE, MORE_WAYS, bare
from export.ways import WAYS, Read
from made_corpora import declare
from read.spans.made import WRITERS, Made, corpus
from release.publisher import QUICK, SHORT
from tagpress.build.corpus import build_corpus
from tagpress.consume.load import load
from tagpress.corpus.policies import Policies
from tagpress.corpus.splits import GivenSplits
from tagpress.export import export_build, target_named
from tagpress.hub import Hub
from tagpress.localhub import LocalHub
from tagpress.read.dialect import Dialect
from tagpress.read.spans.dialect import Spans
from tagpress.read.standoff import Standoff
from tagpress.release.publish import publish_build

TYPES = dict.fromkeys(("PER", "LOC", "A_B", "X_Y"), "x")
POLICIES = Policies({"type-missing-in-split": "warn", "overlapping-annotation": "repair"})
OWN = ("prodigy", "webanno", "xmi")  # the tokens are those of the file


def gliner(made: list[Made]) -> str:
    rows = []
    for one in made:
        at = {place: i for i, place in enumerate(one.words)}
        first, last = ({place[end]: i for place, i in at.items()} for end in (0, 1))
        ner = [[first[a], last[b], kind] for a, b, kind in one.spans]
        rows.append({"tokenized_text": [one.text[a:b] for a, b in one.words], "ner": ner})
    return json.dumps(rows)


def of_records(records: Any) -> Read:
    return [(text, [(text[a:b], kind) for a, b, kind in spans]) for text, spans in records]


def of_tasks(tasks: Any) -> Read:
    values = [(one["data"]["text"], [each["value"] for each in one["annotations"][0]["result"]]) for one in tasks]
    return of_records((text, [(v["start"], v["end"], v["labels"][0]) for v in found]) for text, found in values)


def of_mentions(block: str) -> tuple[str, list[tuple[str, str]]]:
    title, _, *lines = block.split("\r\n")
    text, cells = title.split("|", 2)[2], (line.split("\t") for line in lines)
    return text, [(text[int(a) : int(b)], kind) for _, a, b, _, kind, *_ in cells]


def of_tsv(block: str) -> tuple[str, list[tuple[str, str]]]:
    head, *lines = block.split("\n")
    text = plain(head.removeprefix("#Text="))
    base, spans = int(lines[0].split("\t")[1].split("-")[0]), dict[str, list[int]]()
    for _, place, _, values in (line.split("\t")[:4] for line in lines):
        for value in values.split("|") if values != "_" else ():
            spans.setdefault(value, []).extend(int(one) - base for one in place.split("-"))
    units = text.encode("utf-16-le")
    cut = ((units[2 * places[0] : 2 * places[-1]].decode("utf-16-le"), value) for value, places in spans.items())
    return text, [(one, plain(value).partition("[")[0]) for one, value in cut]


def plain(text: str) -> str:
    return re.sub(r"\\(.)", lambda match: {"t": "\t"}.get(match[1], match[1]), text)


def of_xmi(root: ET.Element) -> Read:
    found = [(one.tag.rpartition("}")[2], one.attrib) for one in root]
    text = next(given["sofaString"] for name, given in found if name == "Sofa").encode("utf-16-le")
    cut = lambda one: text[2 * int(one["begin"]) : 2 * int(one["end"])].decode("utf-16-le")  # noqa: E731
    inside = lambda one, all_: int(all_["begin"]) <= int(one["begin"]) < int(all_["end"])  # noqa: E731
    marks = [given for name, given in found if name == "NamedEntity"]
    sentences = [given for name, given in found if name == "Sentence"]
    return [(cut(one), [(cut(mark), mark["value"]) for mark in marks if inside(mark, one)]) for one in sentences]


PLAIN: dict[str, Callable[[str], Read]] = {
    "doccano": lambda text: of_records((row["text"], row["label"]) for row in map(json.loads, text.split("\n")[:-1])),
    "label-studio": lambda text: of_tasks(json.loads(text)),
    "label-studio-min": lambda text: of_records(
        (row["text"], [(v["start"], v["end"], v["labels"][0]) for v in row["label"]]) for row in json.loads(text)
    ),
    "prodigy": lambda text: of_records(
        (row["text"], [(v["start"], v["end"], v["label"]) for v in row["spans"]])
        for row in map(json.loads, text.split("\n")[:-1])
    ),
    "spacy-train-data": lambda text: of_records((one, notes["entities"]) for one, notes in json.loads(text)),
    "pubtator": lambda text: [of_mentions(block) for block in text.split("\r\n\r\n")[:-1]],
    "webanno": lambda text: [of_tsv(block.strip("\n")) for block in text.split("\n\n")[1:] if block.strip()],
    "bioc": lambda text: [
        (
            p.findtext("text") or "",
            [(a.findtext("text") or "", a.findtext("infon") or "") for a in p.iter("annotation")],
        )
        for p in ET.fromstring(text).iter("passage")
    ],
    "bioc-json": lambda text: [
        (p["text"], [(a["text"], a["infons"]["type"]) for a in p["annotations"]])
        for document in json.loads(text)["documents"]
        for p in document["passages"]
    ],
    "xmi": lambda text: of_xmi(ET.fromstring(text)),
    "gliner": lambda text: [
        (
            " ".join(row["tokenized_text"]),
            [(" ".join(row["tokenized_text"][a : b + 1]), kind) for a, b, kind in row["ner"]],
        )
        for row in json.loads(text)
    ],
}
# Where a release goes that cannot be written in the format that it came in.
TARGETS = {"label-studio-min": "label-studio", "pubtator": "doccano", "bioc": "bioc-json", "xmi": "webanno"}


def texts_of(name: str) -> list[Made]:
    gaps = {"pubtator": (" ", "  "), "gliner": (" ",)}.get(name, (" ", "  ", "\t", "\u00a0"))
    gaps += ("\r\n", "\n") if name in {"doccano", "prodigy", "spacy-train-data", "bioc-json", "label-studio"} else ()
    made = corpus(11, size=240, gaps=gaps, overlaps=True)
    made = [Made(one.text, one.words, [(a, b, kind.replace(" ", "_")) for a, b, kind in one.spans]) for one in made]
    return [one for one in made if one.words or name not in {"webanno", "xmi"}]


def kept(spans: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Leave out the spans that stand at the end of the one before them, as the policy does."""
    return [
        one
        for before, one in zip([("", ""), *spans], spans, strict=False)
        if not (before[0].endswith(one[0]) and before[0] != one[0])
    ]


def spans_of(row: dict[str, Any], names: list[str]) -> list[tuple[str, str]]:
    """Return the texts and types of the spans of a published row."""
    spans: list[tuple[int, int, str]] = []
    stops = [begin + len(token) for begin, token in zip(row["offsets"], row["tokens"], strict=True)]
    for begin, stop, tag in zip(row["offsets"], stops, (names[number] for number in row["ner_tags"]), strict=True):
        if tag.startswith("B-"):
            spans.append((begin, stop, tag[2:]))
        elif tag.startswith("I-"):
            spans.append((spans.pop()[0], stop, tag[2:]))
    return [(row["text"][a:b], kind) for a, b, kind in spans]


def spaced(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row without a text as if it were its tokens with spaces between."""
    stops = [*accumulate(len(token) + 1 for token in row["tokens"])]
    return row | {"text": " ".join(row["tokens"]), "offsets": [0, *stops[:-1]]}


def rows_of(build: Path | str) -> list[tuple[Any, ...]]:
    columns = ("tokens", "ner_tags", "text", "offsets")
    rows = pq.read_table(sorted((Path(build) / "data").glob("*.parquet"))).to_pylist()
    return sorted(tuple(row[name] for name in columns if name in row) for row in rows)


@pytest.mark.slow
@pytest.mark.parametrize("name", [*WRITERS, "gliner"])
def test_a_format_goes_all_the_way_round(name: str, local: LocalHub, tmp_path: Path) -> None:
    written = (gliner if name == "gliner" else WRITERS[name])(texts_of(name))
    (tmp_path / "train.in").write_bytes(written.encode())
    dialect = Spans(format=name, tokens="file" if name in (*OWN, "gliner") else "words", sentences="record")
    goes_round(dialect, PLAIN[name](written), TARGETS.get(name, name), local, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.tools if name == "DocBin" else ()) for name in (*WAYS, *MORE_WAYS)]
)
def test_what_nothing_exports_goes_round_in_another_format(name: str, local: LocalHub, tmp_path: Path) -> None:
    if name == "DocBin":
        pytest.importorskip("spacy", reason="the extra tagpress[tools] is absent, which has spacy")
    way = (WAYS | MORE_WAYS)[name]
    made = corpus(12, size=240, gaps=way.gaps, overlaps=way.overlaps)
    made = [Made(one.text, one.words, [(a, b, kind.replace(" ", "_")) for a, b, kind in one.spans]) for one in made]
    made = list(map(bare, made)) if name in BARE else made
    written = way.write(made)
    for file, data in (written if isinstance(written, dict) else {"train.in": written}).items():
        (tmp_path / file).write_bytes(data)
    wanted = way.read(written)
    assert sum(len(spans) for _, spans in wanted) == sum(len(one.spans) for one in made) - (
        name == "DocBin" and apart(made)
    )
    goes_round(way.dialect, wanted, way.target, local, tmp_path)


def apart(made: list[Made]) -> int:
    """Count the spans that a blank pipeline of spaCy does not begin and end with its tokens."""
    nlp = importlib.import_module("spacy").blank("en")
    return sum(nlp.make_doc(one.text).char_span(*place) is None for one in made for place in one.spans)


@pytest.mark.slow
@pytest.mark.parametrize("units", ["codepoints", "utf16", "bytes"])
def test_brat_goes_all_the_way_round(units: str, local: LocalHub, tmp_path: Path) -> None:
    """A text has a line for each sentence, and the file beside it has the places in all of it."""
    made = [one for one in corpus(13, size=240, gaps=(" ", "  ", "\t", "\u00a0"), overlaps=True) if one.words]
    places = [
        (offset + a, offset + b, kind.replace(" ", "_")) for offset, one in offsets(made) for a, b, kind in one.spans
    ]
    text = "".join(f"{one.text}\n" for one in made)
    size = {
        "codepoints": len,
        "utf16": lambda part: len(part.encode("utf-16-le")) // 2,
        "bytes": lambda part: len(part.encode()),
    }[units]
    notes = [
        f"T{i}\t{kind} {size(text[:a])} {size(text[:b])}\t{text[a:b]}\n" for i, (a, b, kind) in enumerate(places, 1)
    ]
    (tmp_path / "train.in").write_text(text, newline="")
    (tmp_path / "train.ann").write_text("".join(notes), newline="")
    plain = [
        (one.text, [(text[a:b], kind) for a, b, kind in places if offset <= a < offset + len(one.text)])
        for offset, one in offsets(made)
    ]
    goes_round(Standoff(units=units), plain, "brat", local, tmp_path)


def offsets(made: list[Made]) -> list[tuple[int, Made]]:
    """Return each text with its place where each is a line."""
    return [*zip(accumulate((len(one.text) + 1 for one in made), initial=0), made, strict=False)]


def goes_round(dialect: Dialect, plain: Read, target: str, local: LocalHub, folder: Path) -> None:
    """Have a file published, loaded, exported and read again: it is what a plain reader found."""
    declared = {"entity_types": TYPES, "policies": POLICIES, "text": dialect.has_text}
    splits = GivenSplits(names=("train",), group="document")
    out = build_corpus(
        declare(folder, dialect=dialect, sources={"train": "*.in"}, splits=splits, **declared),
        folder / "out",
        workers=1,
    ).out
    hub = Hub(endpoint=local.endpoint, token=local.token, retry=QUICK, timeouts=SHORT)
    publish_build(out, hub=hub, repo="me/round")
    rows = load("me/round", "1.0.0", split="train", endpoint=local.endpoint, token=local.token)
    names = rows.features["ner_tags"].feature.names
    published = [row if dialect.has_text else spaced(row) for row in rows]
    found = sorted((row["text"].strip(), sorted(spans_of(row, names))) for row in published)
    wanted = {text.strip(): sorted(kept(spans)) for text, spans in plain if text.strip()}
    assert len(found) > 180
    assert found == sorted(wanted.items())

    export_build(out, target_named(target), f"{folder}/back/")
    back: Dialect = Standoff()
    if target != "brat":
        back = Spans(format=target, tokens="file" if target in (*OWN, "gliner") else "words", sentences="record")
    files = "back/**/*.txt" if target == "brat" else "back/train.*"
    again = declare(folder, dialect=back, sources={"train": files}, splits=splits, **declared)
    second = build_corpus(again, folder / "again", workers=1).out
    assert rows_of(second) == rows_of(out)
