import gzip
import json
import random
from collections.abc import Callable
from pathlib import Path

import datasets
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tagpress.errors import SourceError
from tagpress.read.columns import Columns
from tagpress.read.guess.sniff import Sniffed, spell

Sentence = list[tuple[str, str]]
WORDS = [
    "der",
    "die",
    "Haus",
    "Berlin",
    "läuft",
    "sehr",
    "schön",
    "über",
    "Straße",
    "nach",
    "Müller",
    "and",
    "the",
    "of",
    "run",
    ",",
    ".",
    "(",
    ")",
]


def corpus(sentences: int = 60, seed: int = 1) -> list[Sentence]:
    """Return sentences with names of one to three words here and there."""
    draw = random.Random(seed)
    made: list[Sentence] = []
    for _ in range(sentences):
        sentence: Sentence = []
        while len(sentence) < draw.randrange(3, 14):
            if draw.random() < 0.15:
                kind = draw.choice(["PER", "LOC", "ORG"])
                sentence += [(draw.choice(WORDS), f"{prefix}-{kind}") for prefix in "BII"[: draw.randrange(1, 4)]]
            else:
                sentence.append((draw.choice(WORDS), "O"))
        made.append(sentence)
    return made


S = corpus()


def lines(
    spell_row: Callable[[int, str, str], str] = lambda _, word, tag: f"{word}\t{tag}",
    *,
    between: str = "\n",
    sentences: list[Sentence] = S,
) -> str:
    rows = ["".join(f"{spell_row(i, *pair)}\n" for i, pair in enumerate(sentence, 1)) for sentence in sentences]
    return between.join(rows) + between


def retagged(change: Callable[[str], str]) -> list[Sentence]:
    return [[(word, change(tag)) for word, tag in sentence] for sentence in S]


def objects(change: Callable[[str], object]) -> str:
    rows = [
        {"id": i, "tokens": [w for w, _ in s], "pos": ["N"] * len(s), "ner_tags": [change(t) for _, t in s]}
        for i, s in enumerate(S)
    ]
    return "".join(json.dumps(row) + "\n" for row in rows)


def bilou(sentence: Sentence) -> Sentence:
    following = [tag for _, tag in sentence[1:]] + ["O"]
    ends = {"B": "U", "I": "L", "O": "O"}
    return [
        (word, tag if after.startswith("I") else ends[tag[0]] + tag[1:])
        for (word, tag), after in zip(sentence, following, strict=True)
    ]


TWO_TO_FOUR = [lines(), lines(lambda _, w, t: f"{w}\tN\t{t}"), lines(lambda _, w, t: f"{w}\tN\tB-NP\t{t}")]
UNPARTED = "sentences: nothing seems to part them"

CASES: dict[str, tuple[dict[str, str | bytes], str, list[str]]] = {
    # name: (files, the dialect as spelled, how its doubts begin)
    "plain": ({"a.txt": lines()}, "Columns()", []),
    "latin-1": ({"a.txt": lines().encode("latin-1")}, "Columns(encoding='iso8859-1')", ["encoding: not UTF-8, iso8859-1 is a guess"]),
    "cp1252": (
        {"a.txt": (lines() + "“x”\tO\n").encode("cp1252")}, "Columns(encoding='cp1252')", ["encoding: not UTF-8, cp1252 is a guess"],
    ),
    "CESU-8": (
        {"a.txt": lines().encode() + b"\xed\xa0\xbd\xed\xb8\x80\tO\n"}, "Columns()",
        ["encoding: UTF-8 with bytes that are none", "bad-encoding: will be reported 1 times, first at a.txt:441:1"],
    ),
    "UTF-16": ({"a.txt": lines().encode("utf-16")}, "Columns(encoding='utf-16')", []),
    "UTF-16 without a mark": ({"a.txt": lines().encode("utf-16-be")}, "Columns(encoding='utf-16-be')", ["encoding: a.txt has a zero"]),
    "slips in tags": (
        {"a.txt": lines() + "x\tB-PRE\ny\tb-PER\nz\t0\n"}, "Columns()",
        ["tags: 2 are not spelled like O or B-Type: 'b-PER' (1x), '0' (1x)", "tags: the type 'PRE' is there 1 times; is 'PER' meant?"],
    ),
    "no boundaries": ({"a.txt": lines(between="")}, "Columns()", [UNPARTED]),
    "tabs and spaces": ({"a.txt": lines(lambda i, w, t: f"{w}{' ' if i % 2 else chr(9)}{t}")}, "Columns(delimiter=None)", []),
    "tabs or spaces": ({"a.txt": lines(), "b.txt": lines(lambda _, w, t: f"{w} {t}")}, "Columns(delimiter=None)", []),
    "two to four columns": (
        {f"{i}.txt": text for i, text in enumerate(TWO_TO_FOUR)}, "Columns(tag=-1, width=(2, 4))", ["columns: files have from 2 to 4"],
    ),
    "two to four in one file": ({"a.txt": "".join(TWO_TO_FOUR)}, "Columns(tag=-1, width=(2, 4))", ["columns: files have from 2 to 4"]),
    "layers": (
        {"a.txt": lines(lambda i, w, t: f"{i}\t{w}\t{t}\t{'B-LOC' if i == 9 else 'O'}")}, "Columns(token=1, tag=2, width=4)",
        ["tags: column 3 holds tags too"],
    ),
    "chunks": ({"a.txt": lines(lambda i, w, t: f"{w} NN {'B' if i % 2 else 'I'}-NP {t}")}, "Columns(tag=3, delimiter=' ')", ["tags: column 2"]),
    "a long sentence": ({"a.txt": "<s>\n" + lines(between="", sentences=[corpus(1)[0] * 2000]) + "</s>\n"}, "Columns(sentence_start='<s>', sentence_end='</s>')", []),
    "many files": ({f"{i:03}.txt": lines(sentences=S[:2]) for i in range(200)}, "Columns()", []),
    "tag first": ({"a.txt": lines(lambda _, w, t: f"{t}\t{w}")}, "Columns(token=1, tag=0)", []),
    "header": ({"a.txt": "word\tlabel\n" + lines()}, "Columns(header=True)", []),
    "bare types": ({"a.txt": lines(sentences=retagged(lambda t: t[2:] or "O"))}, "Columns(scheme='IO')", ["tags: without prefixes"]),
    "IO": ({"a.txt": lines(sentences=retagged(lambda t: t.replace("B-", "I-")))}, "Columns(scheme='IO')", []),
    "BILOU": ({"a.txt": lines(sentences=[bilou(s) for s in S])}, "Columns(scheme='BILOU')", []),
    "another joiner": ({"a.txt": lines(sentences=retagged(lambda t: t.replace("-", "_")))}, "Columns(joiner='_')", []),
    "end marker": ({"a.txt": lines(between="EOS\n")}, "Columns(sentence_end='EOS')", []),
    "hash tokens": ({"a.txt": lines(sentences=[[("#x", "O"), *s] for s in S])}, "Columns()", []),
    "start marker": ({"a.txt": "--\n" + lines(between="--\n").removesuffix("--\n")}, "Columns(sentence_start='--')", []),
    "unusual markers": (
        {"a.txt": "[\n" + lines(between="]\n[\n").removesuffix("[\n")}, "Columns(sentence_start='[', sentence_end=']')", [],
    ),
    "comments and hash tokens": (
        {"a.txt": lines(between="\n# note\n") + "\n# x\tO\n"}, "Columns(comment='# ')",
        ["ambiguous-comment: will be reported 1 times, first at a.txt:502:1"],
    ),
    "compressed": ({"a.txt.gz": gzip.compress(lines().encode())}, "Columns()", []),
    "comments": ({"a.txt": lines(between="\n# note\n")}, "Columns(comment='# ')", []),
    "CoNLL-U": ({"a.conllu": lines(lambda i, w, t: f"{i}\t{w}{chr(9) + '_':_<2}" + "\t_" * 6 + f"\tx=y|NER={t}")}, "ConllU(key='NER')", []),
    "CoNLL-U Plus": ({"a.txt": "# global.columns = ID FORM NER\n" + lines(lambda i, w, t: f"{i}\t{w}\t{t}")}, "ConllUPlus(tag='NER')", []),
    "JSON lines": ({"a.jsonl": objects(str)}, "JsonLines(sentence_id='id')", []),
    "a JSON list": ({"a.json": f"\ufeff [{objects(str).strip().replace(chr(10), ',')}]"}, "JsonArray(sentence_id='id')", []),
    "a JSON list over lines": ({"a.json": json.dumps([json.loads(one) for one in objects(str).splitlines()], indent=2)}, "JsonArray(sentence_id='id')", []),
    "a stranger": (
        {"a.txt": lines(lambda _, w, t: f"{w} {t}"), "README.md": "All about it.\n" * 9}, "Columns(delimiter=' ')",
        ["files: README.md does not look tagged", "empty-sentence: ", "ragged-line: will be reported 9 times, first at README.md:1:1"],
    ),
}  # fmt: skip


def sniff(folder: Path, files: dict[str, str | bytes], pattern: str = "*") -> Sniffed:
    for name, text in files.items():
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return Columns.sniff(pattern, base=folder)


@pytest.mark.parametrize("name", CASES)
def test_guess(tmp_path: Path, name: str) -> None:
    files, spelled, doubts = CASES[name]
    found = sniff(tmp_path, files)
    assert found.spelled() == spelled
    assert [doubt[: len(begin)] for doubt, begin in zip(found.doubts, doubts, strict=True)] == doubts
    assert spell(found.dialect) == spelled


def test_reasons_name_their_lines(tmp_path: Path) -> None:
    found = sniff(tmp_path, {"a.txt": "<s>\nBerlin\tB-LOC\nist\tO\n</s>\n"})
    assert [str(reason) for reason in found.reasons] == [
        "tabs part the columns; the token is in column 0, its tag in 1 (a.txt:2: 'Berlin\\tB-LOC')",
        "the line '<s>' begins a sentence (a.txt:1: '<s>')",
        "the line '</s>' ends a sentence (a.txt:4: '</s>')",
        "tags fit the scheme IOB2 best: 0 do not, at least 1 in any other",
        "read so, there are 1 sentences, 2 tokens, 1 entity types",
    ]
    assert found.entity_types == ("LOC",)


def test_brat(tmp_path: Path) -> None:
    found = sniff(tmp_path, {"a.txt": "Barack Obama came.\n", "a.ann": "T1\tPER 0 12\tBarack Obama\n"}, "*.txt")
    assert (found.spelled(), found.entity_types) == ("Standoff()", ("PER",))


def test_parquet(tmp_path: Path) -> None:
    rows = {"id": ["1"], "tokens": [["Paris", "!"]], "pos": [["N", "P"]], "ner_tags": [["B-LOC", "O"]]}
    pq.write_table(pa.table(rows), tmp_path / "a.parquet")
    found = Columns.sniff("*", base=tmp_path)
    assert (found.spelled(), found.entity_types) == ("HubParquet(sentence_id='id')", ("LOC",))


LABELS = {
    "as they are published": (["O", "B-PER", "I-PER", "B-LOC", "I-LOC"], ("PER", "LOC"), ()),
    "another order": (
        ["O", "B-PER", "B-LOC", "I-PER", "I-LOC"],
        ("PER", "LOC"),
        ("B-LOC is 2 there and 3 here, I-PER is 3 there and 2 here",),
    ),
    "a type that nothing has": (
        ["O", "B-MISC", "I-MISC", "B-LOC", "I-LOC", "B-PER", "I-PER"],
        ("MISC", "LOC", "PER"),
        (),
    ),
    "types alone": (
        ["O", "PER", "LOC"],
        ("PER", "LOC"),
        ("PER is 1 there and no label here, LOC is 2 there and no label here",),
    ),
}


@pytest.mark.parametrize("write", ["json", "parquet", "arrow"])
@pytest.mark.parametrize("said", LABELS)
def test_types_stand_in_the_order_of_the_numbers_of_the_source(tmp_path, write, said):
    """A model that was trained on the numbers of the source goes on with those of the release, or one is told."""
    labels, types, doubts = LABELS[said]
    first, second = (label for label in ("PER", "LOC"))
    spelled = [labels.index(label if label in labels else f"B-{label}") for label in (first, second)]
    rows = [{"tokens": ["Ada", "came", f"{i}"], "ner_tags": [spelled[0], 0, 0]} for i in range(5)]
    rows += [{"tokens": ["Oslo", "is", f"{i}"], "ner_tags": [spelled[1], 0, 0]} for i in range(5)]
    dataset = datasets.Dataset.from_list(rows).cast_column("ner_tags", datasets.List(datasets.ClassLabel(names=labels)))
    if write == "json":
        (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        (tmp_path / "a.names.json").write_text(json.dumps(labels))
    elif write == "parquet":
        dataset.to_parquet(tmp_path / "a.parquet")
    else:
        dataset.save_to_disk(tmp_path / "saved")
    found = Columns.sniff({"json": "a.jsonl", "parquet": "a.parquet", "arrow": "saved/*.arrow"}[write], base=tmp_path)
    assert found.entity_types == types
    renumbered = [doubt.partition("published with: ")[2] for doubt in found.doubts if doubt.startswith("labels: ")]
    assert renumbered == list(doubts)


def test_lists_beside_the_tokens_are_not_taken_for_them(tmp_path: Path) -> None:
    rows = [{"pos": ["N", "V"], "tokens": [f"a{i}", "b"], "ner_tags": ["B-X", "O"]} for i in range(9)]
    rows[4]["ner_tags"] = ["O"]  # so only pos is as long as the tokens everywhere
    found = sniff(tmp_path, {"a.jsonl": "".join(json.dumps(row) + "\n" for row in rows)})
    assert found.spelled() == "JsonLines()"


ERRORS: dict[str, dict[str, str | bytes]] = {
    "no column reads like tags; a.txt:1 is 'This is prose.'": {"a.txt": "This is prose.\n" * 9},
    "a.txt:1 is sentences whose tokens have their tags behind a slash: 'Berlin/B-LOC ist/O'": {
        "a.txt": "Berlin/B-LOC ist/O\n" * 9
    },
    "the lines of a.txt end in CR alone": {"a.txt": lines().replace("\n", "\r")},
    "there is nothing in the sources": {"a.txt": ""},
    "a.json has no list of tokens with a list of tags beside it; its fields are tokens": {
        "a.json": '[\n{"tokens": []}]'
    },
    "a.jsonl has no list of tokens with a list of tags beside it; its fields are text": {"a.jsonl": '{"text": "x"}\n'},
    "a.parquet is no Parquet file that can be read": {"a.parquet": b"PAR1 no"},
}


@pytest.mark.parametrize("message", ERRORS)
def test_error(tmp_path: Path, message: str) -> None:
    with pytest.raises(SourceError) as caught:
        sniff(tmp_path, ERRORS[message])
    assert caught.value.message.startswith(message)
    assert caught.value.hint


@pytest.mark.parametrize("data", [b"\xef\xbb\xbf", gzip.compress(b"", mtime=0), b"\n\n \n", b"\xff\xfe"])
def test_a_file_without_a_line(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.txt").write_bytes(data)
    with pytest.raises(SourceError, match="there is no line with anything on it"):
        Columns.sniff("a.txt", base=tmp_path)


@pytest.mark.parametrize("outside", [0.1, 0.4, 0.6])
@pytest.mark.parametrize(
    ("row", "head", "expected"),
    [
        ("{1}\t{2}\n", "", "Columns(scheme='IO')"),
        ("{2} {1}\n", "", "Columns(token=1, tag=0, delimiter=' ', scheme='IO')"),
        ("{0}\t{1}\tNN\t{2}\n", "n\tword\tpos\ttag\n", "Columns(token=1, tag=3, header=True, scheme='IO')"),
    ],
)
def test_types_without_prefixes_are_tags_however_few_tokens_have_none(
    tmp_path: Path, outside: float, row: str, head: str, expected: str
) -> None:
    draw = random.Random(1)
    tagged = [
        [
            (f"{word}{draw.randrange(9)}", "O" if draw.random() < outside else draw.choice(["PER", "LOC", "Cell-Type"]))
            for word, _ in sentence
        ]
        for sentence in S
    ]
    texts = ["".join(row.format(i, *pair) for i, pair in enumerate(sentence)) for sentence in tagged]
    path = tmp_path / "corpus.txt"
    path.write_text(head + "\n".join(texts))
    found = Columns.sniff(path)
    assert (found.spelled(), found.entity_types) == (expected, ("Cell-Type", "LOC", "PER"))
    assert any("without prefixes" in doubt for doubt in found.doubts)


def test_a_column_of_classes_without_o_is_none_of_types(tmp_path: Path) -> None:
    path = tmp_path / "corpus.txt"
    path.write_text(lines(lambda i, word, _: f"{word}{i}\t{['NA', 'VX', 'DQ'][i % 3]}\n"))
    with pytest.raises(SourceError, match="no column reads like tags"):
        Columns.sniff(path)


BY_SPLIT = {
    "tokens": {"tokens": ["Ada", "came"], "ner_tags": ["B-PER", "O"]},
    "spans": {"text": "Ada came", "entities": [[0, 3, "PER"]]},
}


@pytest.mark.parametrize("name", BY_SPLIT)
def test_a_document_with_a_list_for_each_split_is_not_read_in_part(tmp_path, name):
    document = {"version": {"of": [1]}, "train": [BY_SPLIT[name]] * 5, "test": [{**BY_SPLIT[name], "id": 1}] * 3}
    (tmp_path / "a.json").write_text(json.dumps(document))
    with pytest.raises(SourceError, match=r"^a\.json has records in several lists: train, test$"):
        Columns.sniff("a.json", base=tmp_path)
    document["test"] = [{"url": "x"}]
    (tmp_path / "a.json").write_text(json.dumps(document))
    found = Columns.sniff("a.json", base=tmp_path)
    unread = found.dialect.parse((tmp_path / "a.json").read_bytes()).unread
    assert unread == ("the list version.of", "the list test")


def test_an_object_of_sentences_by_their_ids_is_told_from_one_of_columns(tmp_path):
    rows = {f"s{i}": BY_SPLIT["tokens"] for i in range(9)}
    columns = {name: {key: row[name] for key, row in rows.items()} for name in ("tokens", "ner_tags")}
    spelled = {"rows": "JsonArray(sentence_id='key', keyed=True)", "columns": "JsonArray(columns=True)"}
    for name, document in (("rows", rows), ("columns", columns)):
        (tmp_path / f"{name}.json").write_text(json.dumps(document))
        assert Columns.sniff(f"{name}.json", base=tmp_path).spelled() == spelled[name]


def test_a_column_of_parts_of_speech_is_none_of_tags(tmp_path: Path) -> None:
    path = tmp_path / "corpus.txt"
    path.write_text(lines(lambda i, word, _: f"{word}{i}\t{['NN', 'VB', 'DT'][i % 3]}\n"))
    found = Columns.sniff(path)
    assert found.dialect == Columns(tag=None, extra={"pos_tags": 1})
    assert found.entity_types == ()
