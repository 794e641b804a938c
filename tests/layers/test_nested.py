"""Spans in spans: from several columns, several tags a token, brackets, and tools; and flat layers made of them by a rule."""

import json
import random
from dataclasses import replace
from pathlib import Path

import datasets
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.made import rows_of
from made_corpora import declare, shas
from shuffler import Shuffler
from tagpress.build.corpus import build_corpus, check_corpus
from tagpress.consume.streaming.stream import stream
from tagpress.corpus.front_matter import cut_card
from tagpress.corpus.layers.flat_spans import FlatSpans
from tagpress.corpus.layers.layer import MAIN, Layer
from tagpress.corpus.layers.nested_spans import NestedSpans
from tagpress.corpus.layers.rules import RULES, flat_labels
from tagpress.corpus.policies import Policies
from tagpress.diff import diff_builds, directory
from tagpress.errors import DataError, ScriptError, VerifyError
from tagpress.hub import Hub, check_shard
from tagpress.localhub import LocalHub
from tagpress.read.columns import Columns
from tagpress.read.standoff import Standoff
from tagpress.release.load_check import row_digest
from tagpress.release.publish import publish_build
from tagpress.release.verify import verify_release

TYPES = ("PER", "ORG")
GERMEVAL = Columns(tag=1, extra={"ner_inner": 2})
NESTED = NestedSpans(TYPES, columns=("ner_tags", "ner_inner"))
TWO: dict[str, Layer] = {"entities": NESTED}
MADE: dict[str, Layer] = {"entities": NESTED, MAIN: FlatSpans(of="entities", rule="outermost")}
OUTER = ("B-ORG", "I-ORG", "I-ORG", "O", "B-PER")
INNER = ("O", "B-PER", "O", "O", "O")


def nested_corpus(folder: Path, layers: dict[str, Layer], **changes):
    folder.mkdir(exist_ok=True)
    if not (folder / "a.txt").exists():
        lines = [
            "".join(f"{word}{i}\t{outer}\t{inner}\n" for word, outer, inner in zip("abcde", OUTER, INNER, strict=True))
            for i in range(60)
        ]
        (folder / "a.txt").write_text("\n".join(lines))
    types = dict.fromkeys(TYPES, "a type")
    return declare(folder, **{"entity_types": types, "dialect": GERMEVAL, "layers": layers, **changes})


EXPECTED = [
    {"start": 0, "end": 3, "type": 1},
    {"start": 1, "end": 2, "type": 0},
    {"start": 4, "end": 5, "type": 0},
]


def test_two_columns_of_tags_are_one_layer(tmp_path):
    made = build_corpus(nested_corpus(tmp_path / "in", TWO), tmp_path / "out", workers=1)
    rows = rows_of(tmp_path / "out")
    assert len(rows) == 60
    assert all(row["entities"] == EXPECTED for row in rows)
    assert made.manifest.sole.extra == ("entities",)
    assert made.manifest.sole.layers["entities"].columns == ("ner_tags", "ner_inner")
    for split, totals in made.manifest.sole.splits.items():
        assert totals.layers["entities"].counts == {"PER": 2 * totals.rows, "ORG": totals.rows}
        assert row_digest(rows_of(tmp_path / "out", split), ["entities"]) == (totals.rows, totals.row_digest)


def test_every_datasets_is_told_a_list_of_spans(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    build_corpus(nested_corpus(tmp_path / "in", TWO), tmp_path / "out", workers=1)
    loaded = datasets.load_dataset(str(tmp_path / "out"), cache_dir=str(tmp_path / "cache"), split="train")
    assert loaded.features["entities"].feature["type"].names == list(TYPES)
    assert loaded[0]["entities"] == EXPECTED
    described = json.loads(pq.read_schema(next((tmp_path / "out" / "data").iterdir())).metadata[b"huggingface"])
    assert isinstance(described["info"]["features"]["entities"], list)
    card = cut_card((tmp_path / "out" / "README.md").read_text())
    features = {one["name"]: one for one in yaml.safe_load(card.yaml)["dataset_info"]["features"]}
    assert [part["name"] for part in features["entities"]["list"]] == ["start", "end", "type"]


def test_the_main_tags_can_be_made_of_a_layer_and_the_rule_is_said(tmp_path):
    made = build_corpus(nested_corpus(tmp_path / "in", MADE), tmp_path / "out", workers=1)
    assert {tuple(row["ner_tags"]) for row in rows_of(tmp_path / "out")} == {(3, 4, 4, 0, 1)}
    assert made.manifest.sole.layers[MAIN].rule == "outermost of entities"
    assert "It is made of the layer `entities` by the rule `outermost`" in (tmp_path / "out" / "README.md").read_text()
    inner = {"entities": NESTED, MAIN: FlatSpans(of="entities", rule="innermost")}
    again = build_corpus(nested_corpus(tmp_path / "in", inner), tmp_path / "inner", workers=1)
    assert {tuple(row["ner_tags"]) for row in rows_of(tmp_path / "inner")} == {(0, 1, 0, 0, 1)}
    diff = diff_builds(directory(tmp_path / "out"), directory(tmp_path / "inner"))
    assert diff.layers[MAIN].rule == again.manifest.sole.layers[MAIN].rule == "innermost of entities"
    assert diff.total("relabelled") == 60


def test_the_bytes_do_not_depend_on_workers_or_engine(tmp_path):
    declaration = nested_corpus(tmp_path / "in", MADE)
    build_corpus(declaration, tmp_path / "one", workers=1)
    build_corpus(declaration, tmp_path / "two", workers=2)
    build_corpus(declaration, tmp_path / "sent", engine=Shuffler())
    assert shas(tmp_path / "one") == shas(tmp_path / "two") == shas(tmp_path / "sent")


@pytest.mark.slow
def test_a_nested_release_is_verified_and_streamed(tmp_path):
    build_corpus(nested_corpus(tmp_path / "in", MADE), tmp_path / "out", workers=1)
    with LocalHub(tmp_path / "hub") as local:
        hub = Hub(endpoint=local.endpoint, token=local.token)
        publish_build(tmp_path / "out", hub=hub, repo="me/nested")
        found = verify_release("me/nested", "v1.0.0", hub=hub, deep=True)
    assert (found.ok, found.problems) == (True, ())
    batches = stream(tmp_path / "out", None, "train", shuffle=True, columns=("tokens", "entities"))
    rows = pa.Table.from_batches(list(batches)).to_pylist()
    assert {tuple(row["tokens"]) for row in rows} == {
        tuple(row["tokens"]) for row in rows_of(tmp_path / "out", "train")
    }
    assert all(row["entities"] == EXPECTED for row in rows)


@pytest.mark.parametrize(
    ("spans", "message"),
    [
        ([(0, 6, 0)], "a span that its sentence does not have"),
        ([(2, 2, 0)], "a span of no tokens"),
        ([(-1, 2, 0)], "a span of no tokens"),
        ([(0, 1, 2)], "the id 2, and there are 2 names"),
        ([(1, 2, 0), (0, 1, 0)], "spans that are not in order"),
        ([(0, 1, 0), (0, 2, 0)], "spans that are not in order"),
        ([(0, None, 0)], "a span without a place or a type"),
    ],
)
def test_a_shard_with_spans_that_cannot_be_is_refused(spans, message, tmp_path):
    made = build_corpus(nested_corpus(tmp_path / "in", TWO), tmp_path / "out", workers=1)
    record = next(file for file in made.manifest.data_files() if "train" in file.path)
    table = pq.read_table(tmp_path / "out" / record.path)
    place = table.schema.get_field_index("entities")
    wrong = [dict(zip(("start", "end", "type"), span, strict=True)) for span in spans]
    values = pa.array([wrong, *table["entities"].to_pylist()[1:]], table.schema.field(place).type)
    pq.write_table(table.set_column(place, table.schema.field(place), values), tmp_path / "out" / record.path)
    record = replace(record, bytes=(tmp_path / "out" / record.path).stat().st_size)
    with pytest.raises(VerifyError, match=f"its layer entities has {message}"):
        check_shard(tmp_path / "out" / record.path, record, made.manifest.sole)


def test_a_span_that_two_columns_have_is_said_and_published_once(tmp_path):
    (tmp_path / "in").mkdir()
    sentence = "a{0}\tB-PER\tB-PER\nb{0}\tO\tB-PER\n"
    (tmp_path / "in" / "a.txt").write_text("\n".join(sentence.format(i) for i in range(60)))
    declaration = nested_corpus(tmp_path / "in", TWO)
    report = check_corpus(declaration, workers=1)
    [first, *_] = [one for one in report.problems if one.code == "repeated-span"]
    assert (first.severity, first.line, first.col) == ("repaired", 1, 10)
    assert "found a span of 1 tokens of the type PER in entities again" in first.message
    build_corpus(declaration, tmp_path / "out", workers=1)
    assert rows_of(tmp_path / "out")[0]["entities"] == [
        {"start": 0, "end": 1, "type": 0},
        {"start": 1, "end": 2, "type": 0},
    ]


def _check(tmp_path, dialect, layer, text, **changes):
    """Build 60 sentences of one kind, made distinct by their tokens, and return the spans of one."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("\n".join(text.replace("#", str(i)) for i in range(60)))
    layers = {"entities": layer, MAIN: FlatSpans(of="entities", rule="longest")}
    return nested_corpus(tmp_path / "in", layers, dialect=dialect, **changes)


def test_several_tags_a_token_are_spans_of_each_type(tmp_path):
    layer = NestedSpans(TYPES, separator=",")
    text = "a#\tB-ORG,B-PER\nb\tI-ORG\nc\tI-ORG,B-PER\nd\tO\n"
    build_corpus(_check(tmp_path, Columns(), layer, text), tmp_path / "out", workers=1)
    [row, *_] = rows_of(tmp_path / "out")
    assert row["entities"] == [
        {"start": 0, "end": 3, "type": 1},
        {"start": 0, "end": 1, "type": 0},
        {"start": 2, "end": 3, "type": 0},
    ]
    assert row["ner_tags"] == [3, 4, 4, 0]


def test_brackets_are_spans(tmp_path):
    layer = NestedSpans(TYPES, brackets=True)
    text = "a#\t(ORG(PER*\nb\t*)\nc\t*)\nd\t(PER)\ne\t*\n"
    build_corpus(_check(tmp_path, Columns(), layer, text), tmp_path / "out", workers=1)
    assert rows_of(tmp_path / "out")[0]["entities"] == [
        {"start": 0, "end": 3, "type": 1},
        {"start": 0, "end": 2, "type": 0},
        {"start": 3, "end": 4, "type": 0},
    ]


@pytest.mark.parametrize(
    ("layer", "tag", "code", "found"),
    [
        (NestedSpans(TYPES, separator=","), "B-ORG,B-LOC", "unknown-tag", "the tag 'B-ORG,B-LOC'"),
        (NestedSpans(TYPES, separator=","), "B-ORG,I-ORG", "unknown-tag", "the tag 'B-ORG,I-ORG'"),
        (NestedSpans(TYPES, separator=","), "B-ORG,O", "unknown-tag", "the tag 'B-ORG,O'"),
        (NestedSpans(TYPES, separator=","), "I-ORG,B-PER", "invalid-transition", "at the start of a sentence"),
        (NestedSpans(TYPES, brackets=True), "(LOC*", "unknown-tag", "'(LOC*' in ner_tags"),
        (NestedSpans(TYPES, brackets=True), "(PER*", "invalid-transition", "the span is not closed in its sentence"),
        (NestedSpans(TYPES, brackets=True), "*)", "invalid-transition", "no span is open"),
        (NestedSpans(TYPES, brackets=True), "", "unknown-tag", "'' in ner_tags"),
    ],
)
def test_what_is_wrong_is_named_at_its_place(layer, tag, code, found, tmp_path):
    outside = "*" if layer.brackets else "O"
    declaration = _check(tmp_path, Columns(), layer, f"a#\t{outside}\n")
    (tmp_path / "in" / "b.txt").write_text(f"odd\t{tag}\n")
    [problem] = [one for one in check_corpus(declaration, workers=1).problems if one.severity == "error"]
    assert (problem.code, problem.path, problem.line, problem.col) == (code, "b.txt", 1, 5)
    assert found in problem.message


BRAT = "Der FC Bayern{0} spielt.\n"


def brat_corpus(folder: Path, layers: dict[str, Layer], **changes):
    """One document a sentence: a person in an organisation, and one that crosses it."""
    folder.mkdir()
    for i in range(60):
        text = BRAT.format(i)
        (folder / f"{i:02}.txt").write_text(text)
        notes = [("ORG", 4, 13 + len(str(i))), ("PER", 7, 13 + len(str(i))), ("PER", 0, 6)]
        lines = [f"T{n}\t{kind} {a} {b}\t{text[a:b]}\n" for n, (kind, a, b) in enumerate(notes, 1)]
        (folder / f"{i:02}.ann").write_text("".join(lines))
    types = dict.fromkeys(TYPES, "a type")
    return declare(folder, entity_types=types, dialect=Standoff(), layers=layers, **changes)


def test_overlapping_annotations_of_brat_are_a_nested_layer(tmp_path):
    layers = {"entities": NestedSpans(TYPES), MAIN: FlatSpans(of="entities", rule="longest")}
    made = build_corpus(brat_corpus(tmp_path / "in", layers), tmp_path / "out", workers=1)
    assert made.report.problem_counts.keys() <= {"near-duplicate", "type-missing-in-split"}
    for row in rows_of(tmp_path / "out"):
        assert row["tokens"][:2] == ["Der", "FC"]
        assert row["entities"] == [
            {"start": 0, "end": 2, "type": 0},
            {"start": 1, "end": 3, "type": 1},
            {"start": 2, "end": 3, "type": 0},
        ]
        # Of two of the same length the one that begins first is taken, and then what does not overlap it.
        assert row["ner_tags"] == [1, 2, 1, 0, 0]


def test_flat_tags_that_are_made_by_no_rule_still_lose_nothing_in_silence(tmp_path):
    declaration = brat_corpus(tmp_path / "in", {"entities": NestedSpans(TYPES)})
    assert check_corpus(declaration, workers=1).problem_counts["overlapping-annotation"] == 60
    with pytest.raises(DataError):
        build_corpus(declaration, tmp_path / "out", workers=1)
    repaired = replace(declaration, policies=Policies({"overlapping-annotation": "repair"}))
    build_corpus(repaired, tmp_path / "out", workers=1)
    assert all(len(row["entities"]) == 3 for row in rows_of(tmp_path / "out"))


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        (lambda: {MAIN: FlatSpans(of="entities", rule="longest")}, "is made of 'entities', which is no nested layer"),
        (lambda: {MAIN: FlatSpans(TYPES)}, "that name is taken"),
        (lambda: {"entities": NestedSpans(TYPES, columns=("ner_inner",)), MAIN: FlatSpans(of="entities", rule="longest")}, "no layer is read from the tags of the dialect"),
        (lambda: {"entities": NESTED, MAIN: FlatSpans(["LOC"], of="entities", rule="longest")}, "has other types than 'entities'"),
        (lambda: {"entities": NestedSpans(["PER"]), MAIN: FlatSpans(of="entities", rule="longest")}, "ner_tags is made of other types"),
        (lambda: {"a": FlatSpans(of="entities")}, "FlatSpans has of='entities' and rule=None"),
        (lambda: {"a": FlatSpans(of="entities", rule="best")}, "FlatSpans has rule='best'"),
        (lambda: {"a": NestedSpans(TYPES, columns="ner_tags")}, "NestedSpans has columns='ner_tags'"),
        (lambda: {"a": NestedSpans(TYPES, separator="|", brackets=True)}, r"separator='\|' and brackets=True"),
    ],
)  # fmt: skip
def test_what_cannot_be_declared_is_one_clear_error(layers, message, tmp_path):
    with pytest.raises(ScriptError, match=message):
        nested_corpus(tmp_path / "in", layers())


def _naively_chosen(spans, rule):
    """The rules in plain words, one span after the other."""
    order = {
        "outermost": lambda span: (span[0], -span[1], span[2]),
        "innermost": lambda span: (span[1] - span[0], span[0], span[2]),
        "longest": lambda span: (span[0] - span[1], span[0], span[2]),
    }[rule]
    taken = []
    for span in sorted(spans, key=order):
        if all(span[1] <= other[0] or other[1] <= span[0] for other in taken):
            taken.append(span)
    return taken


_SPANS = st.lists(
    st.tuples(st.integers(0, 9), st.integers(1, 4), st.integers(0, 2)).map(lambda s: (s[0], s[0] + s[1], s[2])),
    max_size=8,
    unique=True,
)


@given(_SPANS, st.sampled_from([*RULES]))
@settings(max_examples=200, deadline=None)
def test_a_rule_takes_what_its_words_say(spans, rule):
    begin, end, kind = np.array(spans, dtype=np.int64).reshape(-1, 3).T
    expected = np.zeros(14, dtype=np.int16)
    for start, stop, of in _naively_chosen(spans, rule):
        expected[start:stop] = 2 * of + 2
        expected[start] = 2 * of + 1
    assert flat_labels(begin, end, kind, 14, rule).tolist() == expected.tolist()


@given(_SPANS)
@settings(max_examples=100, deadline=None)
def test_what_is_published_reads_back(spans):
    ordered = sorted(spans, key=lambda span: (span[0], -span[1], span[2]))
    numbers = pa.array([[part for span in ordered for part in span], []], pa.list_(pa.int32()))
    layer = NestedSpans(("A", "B", "C"))
    column = layer.published(numbers)
    assert column.type.equals(layer.arrow)
    assert layer.numbers(column).equals(numbers)
    assert layer.numbers(column.slice(1)).to_pylist() == [[]]
    assert not layer.fault(column, np.array([0, 14, 15]))


def test_random_columns_are_read_as_a_plain_reader_reads_them(tmp_path):
    """Each of three columns of tags, nested or crossing at random."""
    chance = random.Random(7)
    (tmp_path / "in").mkdir()
    expected, text = {}, ""
    for number in range(120):
        length = chance.randint(3, 9)
        columns, spans = [], set()
        for _ in range(3):
            tags, at = [], 0
            while at < length:
                size, kind = chance.randint(1, length - at), chance.choice(["O", *TYPES])
                tags += ["O"] * size if kind == "O" else [f"B-{kind}", *[f"I-{kind}"] * (size - 1)]
                spans |= set() if kind == "O" else {(at, at + size, TYPES.index(kind))}
                at += size
            columns.append(tags)
        words = [f"w{number}-{place}" for place in range(length)]
        text += "".join("\t".join(line) + "\n" for line in zip(words, *columns, strict=True)) + "\n"
        expected[tuple(words)] = spans
    (tmp_path / "in" / "a.txt").write_text(text)
    dialect = Columns(tag=1, extra={"second": 2, "third": 3})
    layers = {"entities": NestedSpans(TYPES, columns=("ner_tags", "second", "third"))}
    build_corpus(nested_corpus(tmp_path / "in", layers, dialect=dialect), tmp_path / "out", workers=2)
    for row in rows_of(tmp_path / "out"):
        found = [(span["start"], span["end"], span["type"]) for span in row["entities"]]
        assert found == sorted(expected.pop(tuple(row["tokens"])), key=lambda span: (span[0], -span[1], span[2]))
    assert not expected
