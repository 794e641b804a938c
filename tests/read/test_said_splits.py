"""Every dialect that has fields or columns says the split of each sentence, by one of them."""

import io
import json

import datasets
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tagpress.errors import SourceError, UsageError
from tagpress.read.columns import Columns
from tagpress.read.csvlists import CsvLists
from tagpress.read.dialect import Dialect
from tagpress.read.hubarrow import HubArrow
from tagpress.read.hubparquet import HubParquet
from tagpress.read.jsonarray import JsonArray
from tagpress.read.jsonl import JsonLines
from tagpress.read.parsed import Parsed
from tagpress.read.spans.dialect import Spans

SAID = ["train", "dev", "train", ""]
ROWS = [{"tokens": ["a", str(n)], "ner_tags": ["O", "O"], "split": one or None} for n, one in enumerate(SAID)]
IN_META = [
    {"tokens": ["a", str(n)], "ner_tags": ["O", "O"], "meta": {"split": one or None}} for n, one in enumerate(SAID)
]
SPANS = [{"text": f"Ada {n}", "label": [[0, 3, "PER"]], "meta": {"split": one}} for n, one in enumerate(SAID)]


def said(parsed: Parsed) -> list[str]:
    assert parsed.split is not None
    return [parsed.split.values[code] for code in parsed.split.code]


def lines(rows: list[dict[str, object]]) -> bytes:
    return "".join(f"{json.dumps(row)}\n" for row in rows).encode()


def table(kind: datasets.ClassLabel | datasets.Value) -> pa.Table:
    labels = datasets.Sequence(datasets.ClassLabel(names=["O", "B-PER"]))
    features = datasets.Features(tokens=datasets.Sequence(datasets.Value("string")), ner_tags=labels, split=kind)
    rows = {"tokens": [["a", "b"]] * 4, "ner_tags": [[0, 0]] * 4, "split": [one or None for one in SAID]}
    found = datasets.Dataset.from_dict(rows, features=features)
    return found.with_format("arrow")[:].replace_schema_metadata(found.features.arrow_schema.metadata)


def in_parquet(held: pa.Table) -> bytes:
    file = io.BytesIO()
    pq.write_table(held, file)
    return file.getvalue()


def in_arrow(held: pa.Table) -> bytes:
    file = io.BytesIO()
    with pa.ipc.new_stream(file, held.schema) as writer:
        writer.write_table(held)
    return file.getvalue()


NAMED = table(datasets.ClassLabel(names=["dev", "train"]))
TEXTS = table(datasets.Value("string"))
CODED = TEXTS.set_column(2, "split", TEXTS["split"].dictionary_encode())  # a category of pandas
CSV = "tokens,ner_tags,split\n" + "".join(f"a {n},O O,{one}\n" for n, one in enumerate(SAID))
IN_ROWS = "text,start,end,label,split\n" + "".join(f"Ada {n},0,3,PER,{one}\n" * 2 for n, one in enumerate(SAID))


@pytest.mark.parametrize(
    ("dialect", "data"),
    [
        (JsonLines(split="split"), lines(ROWS)),
        (JsonLines(split="split"), lines([*ROWS[:3], {"tokens": ["a"], "ner_tags": ["O"]}])),
        (JsonLines(split="split", document="split"), lines(ROWS)),
        (JsonArray(split="split"), json.dumps(ROWS).encode()),
        (JsonArray(split="split", columns=True), json.dumps({k: [row[k] for row in ROWS] for k in ROWS[0]}).encode()),
        (JsonLines(split="meta.split"), lines(IN_META)),
        (JsonLines(split="meta.split"), lines([*IN_META[:3], {"tokens": ["a"], "ner_tags": ["O"], "meta": 1}])),
        (JsonLines(split="meta.split"), lines([*IN_META[:3], {"tokens": ["a"], "ner_tags": ["O"]}])),
        (JsonLines(split="meta.split"), lines([{**row, "meta.split": row["meta"]["split"]} for row in IN_META])),
        (JsonArray(split="meta.split"), json.dumps(IN_META).encode()),
        (HubParquet(split="meta.split"), in_parquet(pa.Table.from_pylist(IN_META))),
        (HubArrow(split="meta.split"), in_arrow(pa.Table.from_pylist(IN_META))),
        (CsvLists(split="split", words=("tokens", "ner_tags")), CSV.encode()),
        (CsvLists(split="split", document="split", words=("tokens", "ner_tags")), CSV.encode()),
        (HubParquet(split="split"), in_parquet(TEXTS)),
        (HubParquet(split="split"), in_parquet(CODED)),
        (HubParquet(split="split"), in_parquet(NAMED)),
        (HubArrow(split="split"), in_arrow(NAMED)),
        (Spans(format="doccano", split="meta.split"), lines(SPANS)),
        (Spans(format="doccano", split="meta.split"), lines([*SPANS[:3], {**SPANS[3], "meta": 1}])),
        (Spans(format="json", split="meta.split", label="2", begin="0", end="1", spans="label"), lines(SPANS)),
        (Spans(format="json", split="meta.split", container="array"), json.dumps(SPANS).encode()),
        (Spans(format="rows", split="split"), IN_ROWS.encode()),
        (
            Spans(format="prodigy", tokens="words", split="meta.split"),
            lines([{"text": row["text"], "spans": [], "meta": row["meta"]} for row in SPANS]),
        ),
    ],
)
def test_the_split_of_each_sentence_is_read(dialect: Dialect, data: bytes) -> None:
    parsed = dialect.parse(data)
    assert said(parsed) == SAID
    assert not {"split", "meta.split"} & set(parsed.unread)
    assert parsed.split is not None
    assert parsed.split.at.tolist() == parsed.sentence_at.tolist()
    assert parsed.split.others == ()


def test_a_fast_reader_and_a_slow_one_say_the_same_of_numbers() -> None:
    rows = [{"tokens": ["a"], "ner_tags": ["O"], "split": number} for number in (0, 1, 0)]
    assert said(JsonLines(split="split").parse(lines(rows))) == ["0", "1", "0"]
    assert said(JsonLines(split="split").parse(lines([*rows, {"tokens": [], "ner_tags": 1}]))) == ["0", "1", "0", ""]


def test_the_rest_of_an_object_that_says_a_split_is_not_read() -> None:
    rows = [{**row, "meta": {"split": "dev", "of": {"split": "x"}}} for row in IN_META]
    assert JsonLines(split="meta.split").parse(lines(rows)).unread == ("meta.of",)
    assert HubParquet(split="meta.split").parse(in_parquet(pa.Table.from_pylist(rows))).unread == ("meta.of",)


def test_a_path_that_leads_to_nothing_is_refused_where_columns_have_names() -> None:
    with pytest.raises(SourceError, match=r"there is no column 'meta\.set', only tokens, ner_tags, meta"):
        HubParquet(split="meta.set").parse(in_parquet(pa.Table.from_pylist(IN_META)))
    assert said(JsonLines(split="meta.set").parse(lines(IN_META))) == [""] * 4


def test_tokens_tags_and_ids_may_be_in_objects_too() -> None:
    rows = [{"row": {"id": 7, "words": ["a", "b"], "tags": ["O", "B-X"]}, "n": 1}]
    dialect = JsonLines(tokens="row.words", tags="row.tags", sentence_id="row.id", document="row.doc")
    for data in (lines(rows), lines([*rows, {"row": []}])):
        parsed = dialect.parse(data)
        assert parsed.tokens[0].as_py() == ["a", "b"]
        assert [parsed.tag_names[tag] for tag in parsed.tags] == ["O", "B-X"]
        assert parsed.sentence_ids is not None
        assert parsed.sentence_ids[0].as_py() == "7"
        assert parsed.unread == ("n",)


def test_each_line_of_a_text_has_the_split_of_its_record() -> None:
    rows = [{"text": "a\nb\nc", "label": [], "split": "test"}, {"text": "d", "label": [], "split": "train"}]
    parsed = Spans(format="doccano", sentences="lines", split="split").parse(lines(rows))
    assert said(parsed) == ["test", "test", "test", "train"]


def test_a_text_in_two_splits_is_two_records_of_rows() -> None:
    rows = "text,start,end,label,split\nAda ran,0,3,PER,train\nAda ran,4,7,X,train\nAda ran,0,3,PER,test\n"
    parsed = Spans(format="rows", split="split").parse(rows.encode())
    assert (said(parsed), parsed.tokens.to_pylist()) == (["train", "test"], [["Ada", "ran"]] * 2)


def test_columns_say_the_split_in_the_first_row_of_a_sentence() -> None:
    text = "token\ttag\tsplit\na\tO\ttrain\nb\tO\ttrain\n\nc\tO\ttest\nd\tO\t\n\ne\tO\t\nf\tO\tdev\n\ng\tO\tdev\nh\tO\ttest\n"
    parsed = Columns(split=2, header=True).parse(text.encode())
    assert said(parsed) == ["train", "test", "", "dev"]
    assert parsed.split is not None
    assert [parsed.locate(at) for at in parsed.split.at] == [(2, 5), (5, 5), (8, 5), (11, 5)]
    assert [(number, parsed.locate(at), value) for number, at, value in parsed.split.others] == [
        (2, (9, 5), "dev"),
        (3, (12, 5), "test"),
    ]
    assert (parsed.extra, parsed.extra_at, parsed.unread) == ({}, {}, ())


@pytest.mark.parametrize("quote", [None, '"'])
def test_a_column_of_splits_stands_beside_one_of_sentences(quote: str | None) -> None:
    text = "1,a,O,train\n,b,O,train\n2,c,O,dev\n,d,O,\n3,e,O,train\n"
    dialect = Columns(token=1, tag=2, sentence=0, split=3, delimiter=",", quote=quote, extra={"again": 1})
    parsed = dialect.parse(text.encode())
    assert said(parsed) == ["train", "dev", "train"]
    assert parsed.extra["again"].to_pylist() == [["a", "b"], ["c", "d"], ["e"]]
    assert parsed.split is not None
    assert not parsed.split.others


def test_sentences_without_a_line_say_nothing() -> None:
    dialect = Columns(split=2, sentence_start="<s>", sentence_end="</s>")
    assert said(dialect.parse(b"<s>\n</s>\n<s>\na\tO\tdev\n</s>\n<s>\n</s>\n")) == ["", "dev", ""]
    assert said(dialect.parse(b"")) == said(JsonLines(split="split").parse(b"")) == []


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: JsonLines(split="tokens"), "split='tokens' is a field of lists"),
        (lambda: HubParquet(split="pos", extra=("pos",)), "split='pos' is a column of lists"),
        (lambda: Spans(format="webanno", split="x"), "split='x', and webanno has no fields that could say a split"),
        (lambda: Columns(split=4, width=3), "leaves split=4 outside"),
    ],
)
def test_what_cannot_say_a_split_is_refused(make, message) -> None:
    with pytest.raises(UsageError, match=message):
        make()
