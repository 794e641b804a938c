"""What is known of small corpora that were once guessed wrongly."""

import json
import random
import time
import zipfile
from pathlib import Path, PurePosixPath

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tagpress.errors import SourceError
from tagpress.read.columns import Columns
from tagpress.read.guess.files import gather
from tagpress.read.guess.label_names import labels_in
from tagpress.read.guess.sniff import Sniffed

LEMMAS = (
    "was N(ev) [was] O\nin VZ [in] O\nAlmere SPEC [Almere] B-LOC\n. LET [.] O\n\nwas WW(pv) [zijn] O\nin VZ [inne] O\n"
)
LAYERS = {"a.tsv": "The\tB-ORG\tO\tO\nBank\tI-ORG\tO\tO\n", "b.tsv": "A\tO\tO\tO\tO\nBank\tB-ORG\tO\tO\tO\nWales\tI-ORG\tO\tO\tO\n"}  # fmt: skip
CASES: dict[str, tuple[dict[str, str | bytes], str, tuple[str, ...]]] = {
    # name: (files, the dialect as spelled, its types)
    "types without prefixes": ({"a.txt": "Hi\tO\nto\tO\nJohn\tNAME\n\nParis\tPLACE\n"}, "Columns(scheme='IO')", ("NAME", "PLACE")),
    "types with spaces": ({"a.txt": "x\tB-Phone Number\ny\tI-Phone Number\nz\tO\n"}, "Columns()", ("Phone Number",)),
    "ill-formed, but with B-": (
        {"a.txt": "a O\nb I-PER\nc I-PER\n\nd B-PER\ne I-LOC\nf O\n\ng B-LOC\n"}, "Columns(delimiter=' ')", ("LOC", "PER"),
    ),
    "a space in a token": (
        {"a.conll": "Name _ O B-PER\nLast Name _ O I-PER\nsings _ O O\n\nOslo _ O B-LOC\n"}, "Columns(tag=3, delimiter=' ')", ("LOC", "PER"),
    ),
    "a document line of fewer columns": (
        {"a.txt": "-DOCSTART- -X- O\n\n" + 9 * "Oslo NNP B-NP B-LOC\nis V O O\n\n"}, "Columns(tag=3, delimiter=' ', document='-DOCSTART-')", ("LOC",),
    ),
    "the word before its lemma": ({"a.bio": LEMMAS}, "Columns(tag=3, delimiter=' ')", ("LOC",)),
    "layers of other depth": (LAYERS, "Columns(width=(4, 5))", ("ORG",)),
    "a column of sentence numbers": (
        {"a.tsv": "s1\tAnna\tB-PER\n\truns\tO\n\tfar\tO\ns2\tOslo\tB-LOC\n\tshines\tO\n"}, "Columns(token=1, tag=2, sentence=0)", ("LOC", "PER"),
    ),
    "brat": ({"a.txt": "Barack Obama came.\n", "a.ann": "T1\tPER 0 12\tBarack Obama\n"}, "Standoff()", ("PER",)),
}  # fmt: skip


def sniff(folder: Path, files: dict[str, str | bytes]) -> Sniffed:
    for name, text in files.items():
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return Columns.sniff("*", base=folder)


@pytest.mark.parametrize("name", CASES)
def test_what_is_known(tmp_path: Path, name: str) -> None:
    files, spelled, types = CASES[name]
    found = sniff(tmp_path, files)
    assert (found.spelled(), found.entity_types) == (spelled, types)


ERRORS: dict[str, tuple[str, str]] = {
    # what is said: (file, its text)
    "the tags have prefixes and no type: 'O' (1x), 'B' (1x)": ("a.tsv", "Anna\tB\nsaw\tO\n"),
    "every tag is O: 'O' (2x)": ("a.tsv", "Anna\tO\nsaw\tO\n"),
    "the tags are numbers, and nothing says what they mean: 'O' (2x), '1' (1x)": ("a.tsv", "Anna\t1\nsaw\tO\nit\tO\n"),
    "ner_tags of a.jsonl holds the numbers 0, 1, 3, and nothing says what they mean": (
        "a.jsonl", '{"id":"0","tokens":["Anna"],"ner_tags":[1]}\n{"id":"1","tokens":["Oslo"],"ner_tags":[3]}\n{"id":"2","tokens":[],"ner_tags":[]}\n{"id":"3","tokens":["a"],"ner_tags":[0]}\nno\n',
    ),
    "ner_tags of a.jsonl holds the numbers -100, 0, 1, and nothing says what they mean": (
        "a.jsonl", '{"tokens": ["a", "b"], "ner_tags": [1, 0]}\n{"tokens": ["c"], "ner_tags": [-100]}\n',
    ),
}  # fmt: skip


@pytest.mark.parametrize("message", ERRORS)
def test_tags_that_say_no_type_are_shown(tmp_path: Path, message: str) -> None:
    name, text = ERRORS[message]
    with pytest.raises(SourceError) as caught:
        sniff(tmp_path, {name: text})
    assert caught.value.message == message
    assert caught.value.hint


def test_the_last_column_is_shown_where_none_reads_like_tags(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        sniff(tmp_path, {"a.tsv": "Anna\t1\nsaw\t0\nOslo\t2\n"})
    assert caught.value.message.endswith("the last column holds '1' (1x), '0' (1x), '2' (1x)")


NUMBERS = '{"tokens": ["a", "b"], "ner_tags": [1, 2]}\n{"tokens": ["c"], "ner_tags": [0]}\n{"no": "tokens"}\n'
NAMES = ["O", "B-PER", "I-PER"]
FEATURE = {"ner_tags": {"feature": {"names": NAMES, "_type": "ClassLabel"}, "_type": "List"}}
CARD = """\
---
dataset_info:
  features:
  - name: tokens
    sequence: string
  - name: ner_tags
    sequence:
      class_label:
        names:
          '0': O
          '1': B-PER
          '2': I-PER
---
"""
BESIDE = {
    "train.names.json": json.dumps(NAMES),
    "labels.names.json": json.dumps({"names": NAMES}),
    "dataset_info.json": json.dumps({"features": FEATURE}),
    "dataset_infos.json": json.dumps({"default": {"features": FEATURE}}),
    "README.md": CARD,
    "../README.md": CARD,
    "label2id.json": json.dumps({name: number for number, name in enumerate(NAMES)}),
    "../label.json": json.dumps({"B-PER": 1, "I-PER": 2, "O": 0}),
    "id2label.json": json.dumps(dict(enumerate(NAMES))),
    "labels.txt": "O\nB-PER\nI-PER\n",
    "tags.json": json.dumps(NAMES),
}


@pytest.mark.parametrize("file", BESIDE)
def test_names_of_numbers_come_from_a_file_beside_them(tmp_path: Path, file: str) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "train.jsonl").write_text(NUMBERS)
    (folder / file).write_text(BESIDE[file])
    found = Columns.sniff("train.jsonl", base=folder)
    assert found.spelled() == "JsonLines(names=('O', 'B-PER', 'I-PER'))"
    assert any(f"{Path(file).name} says what the numbers of ner_tags mean" in str(reason) for reason in found.reasons)


@pytest.mark.parametrize("file", BESIDE)
def test_names_of_numbers_come_from_a_file_in_the_same_archive(tmp_path: Path, file: str) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("in/data/train.jsonl", NUMBERS)
        archive.writestr(str(PurePosixPath("in/data", file)).replace("data/../", ""), BESIDE[file])
    found = Columns.sniff("a.zip::in/data/train.jsonl", base=tmp_path)
    assert found.spelled() == "JsonLines(names=('O', 'B-PER', 'I-PER'))"
    assert any(f"{Path(file).name} says what the numbers of ner_tags mean" in str(reason) for reason in found.reasons)
    left = {PurePosixPath(path).name for path, _ in gather([str(tmp_path / "a.zip")]).left_out}
    assert left == {Path(file).name}


@pytest.mark.parametrize("file", ["label2id.json", "../labels.txt", "train.names.json"])
def test_names_of_numbers_come_from_a_file_in_the_same_folder_of_a_url(tmp_path: Path, file: str) -> None:
    memory = fsspec.filesystem("memory")
    texts = {
        "data/train.jsonl": NUMBERS,
        str(PurePosixPath("data", file)).replace("data/../", ""): BESIDE[file.removeprefix("../")],
    }
    for name, text in texts.items():
        memory.pipe(f"/{tmp_path.name}/{name}", text.encode())
    found = Columns.sniff(f"memory://{tmp_path.name}/data/train.jsonl")
    assert found.spelled() == "JsonLines(names=('O', 'B-PER', 'I-PER'))"
    assert any(f"{Path(file).name} says what the numbers" in str(reason) for reason in found.reasons)


@pytest.mark.parametrize("member", ["id2label", "label2id", "label_list"])
def test_names_of_numbers_come_from_the_document_itself(tmp_path: Path, member: str) -> None:
    names = {
        "id2label": dict(enumerate(NAMES)),
        "label2id": {name: n for n, name in enumerate(NAMES)},
        "label_list": NAMES,
    }
    rows = [json.loads(line) for line in NUMBERS.splitlines()]
    (tmp_path / "a.json").write_text(json.dumps({member: names[member], "data": rows}))
    found = Columns.sniff("a.json", base=tmp_path)
    assert found.spelled() == "JsonArray(names=('O', 'B-PER', 'I-PER'), inside='data')"


def test_a_file_beside_numbers_that_does_not_say_them(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("---\n: : :\n---\n")
    (tmp_path / "dataset_info.json").write_text("[]")
    (tmp_path / "train.jsonl").write_text(NUMBERS)
    with pytest.raises(SourceError, match="nothing says what they mean"):
        Columns.sniff("train.jsonl", base=tmp_path)


def test_files_that_say_other_names_say_none_and_numbers_with_gaps_are_no_order(tmp_path: Path) -> None:
    (tmp_path / "train.jsonl").write_text(NUMBERS)
    for file, names in {
        "labels.txt": "O\nB-PER\nI-PER",
        "label2id.json": json.dumps({"O": 0, "B-LOC": 1, "I-LOC": 2}),
    }.items():
        (tmp_path / file).write_text(names)
    with pytest.raises(SourceError, match="nothing says what they mean"):
        Columns.sniff("train.jsonl", base=tmp_path)
    (tmp_path / "labels.txt").unlink()
    assert Columns.sniff("train.jsonl", base=tmp_path).spelled() == "JsonLines(names=('O', 'B-LOC', 'I-LOC'))"
    for other in ({"O": 0, "B-LOC": 2}, {"O": 1, "B-LOC": 2}, {"O": 0, "B LOC": 1}, {"a": 0, "b": 1}, ["O", "O"]):
        (tmp_path / "label2id.json").write_text(json.dumps(other))
        assert labels_in(str(tmp_path / "label2id.json")) == ()


def test_a_file_of_labels_is_no_file_of_the_corpus(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "corpus.jsonl").write_text(NUMBERS)
    (tmp_path / "in" / "label.json").write_text(json.dumps({"O": 0, "B-PER": 1, "I-PER": 2}))
    assert gather([str(tmp_path / "in")]).left_out == ((str(tmp_path / "in" / "label.json"), "it is about a dataset"),)


def test_parquet_has_no_encoding_and_takes_its_names_from_beside_it_too(tmp_path: Path) -> None:
    pq.write_table(pa.table({"tokens": [["Paris", "é"]], "ner_tags": [[1, 0]]}), tmp_path / "a.parquet")
    (tmp_path / "a.names.json").write_text(json.dumps(NAMES))
    found = Columns.sniff("*.parquet", base=tmp_path)
    assert (found.spelled(), found.doubts) == ("HubParquet(names=('O', 'B-PER', 'I-PER'))", ())


def test_files_in_two_encodings_are_named_and_none_is_guessed_for_both(tmp_path: Path) -> None:
    text = 9 * "Müller\tB-PER\nläuft\tO\n\n"
    found = sniff(tmp_path, {"a.txt": text.encode(), "b.txt": text.encode("cp1252")})
    assert found.spelled() == "Columns()"
    assert "encoding: b.txt are not UTF-8, iso8859-1 is a guess, and other files are UTF-8" in found.doubts[0]
    assert any(doubt.startswith("bad-encoding: will be reported") for doubt in found.doubts)


def test_another_column_of_words_is_a_doubt(tmp_path: Path) -> None:
    found = sniff(tmp_path, {"a.bio": LEMMAS})
    assert "tokens: the word is taken from column 0; look whether it is not in 1, 2" in found.doubts


def test_another_column_of_tags_can_be_kept_and_the_doubt_says_how(tmp_path: Path) -> None:
    found = sniff(tmp_path, {"a.tsv": "1\tx\tB-LOC\tO\n2\ty\tI-LOC\tB-PER\n3\tz\tO\tO\n"})
    assert "tags: column 3 holds tags too; extra={'column3': 3} keeps it as texts beside the labels" in found.doubts


def test_a_line_of_very_many_columns_is_read_in_time(tmp_path: Path) -> None:
    """It took a minute when every column was compared with every other."""
    found = sniff(tmp_path, {"a.tsv": "\t".join(["Ada", *["B-X"] * 999]) + "\n"})
    assert len(found.doubts) < 20


@pytest.mark.parametrize("delimiter", ["\t", ",", " "])
def test_a_line_of_far_too_many_columns_is_refused_in_time(tmp_path: Path, delimiter: str) -> None:
    """A million took minutes."""
    begun = time.process_time()
    with pytest.raises(SourceError, match=r"a.tsv:1 has 60,00[01] columns, and 1,000 are the most"):
        sniff(tmp_path, {"a.tsv": delimiter.join(["B-X"] * 60_000) + "\n", "b.tsv": "?\n"})
    assert time.process_time() - begun < 30


def test_what_is_no_text_is_refused_in_time(tmp_path: Path) -> None:
    """Bytes in no encoding took minutes: each format read them once more, with every byte a fault."""
    data = random.Random(0).randbytes(300_000)
    with pytest.raises(
        SourceError, match=r"a\.bin is no text: [0-9,]+ of its first 65,536 bytes are control characters"
    ):
        sniff(tmp_path, {"a.bin": data})


def test_types_that_are_as_many_as_texts_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"have 20,000 entity types, such as t0, t1, .* and 19,990 more; 16,383 are"):
        sniff(tmp_path, {"a.tsv": "".join(f"a\tB-t{i}\n" for i in range(20_000))})


def test_types_that_may_be_slips_are_looked_for_in_time(tmp_path: Path) -> None:
    lines = [f"a\tB-Common{i}\n" * 25 for i in range(300)] + [f"a\tB-Commen{i}\n" for i in range(3_000)]
    begun = time.process_time()
    assert len(sniff(tmp_path, {"a.tsv": "".join(lines)}).doubts) < 20
    assert time.process_time() - begun < 30


def test_objects_of_very_many_lists_are_read_in_time(tmp_path: Path) -> None:
    begun = time.process_time()
    row = {f"k{i}": ["a", "a"] for i in range(3_000)} | {"tokens": ["a", "c"], "ner_tags": ["O", "B-X"]}
    assert sniff(tmp_path, {"a.jsonl": f"{json.dumps(row)}\n" * 3}).spelled() == "JsonLines()"
    assert time.process_time() - begun < 30


def test_a_damaged_page_of_parquet_is_an_error(tmp_path: Path) -> None:
    pq.write_table(pa.table({"tokens": [["a"]], "ner_tags": [["O"]]}), tmp_path / "b.parquet")
    data = bytearray((tmp_path / "b.parquet").read_bytes())
    data[4:40] = b"\xff" * 36
    with pytest.raises(SourceError, match="is no Parquet file that can be read"):
        sniff(tmp_path, {"a.parquet": bytes(data)})


def test_numbers_where_most_objects_have_lists_are_no_tags(tmp_path: Path) -> None:
    rows = [{"tokens": ["a"], "ner_tags": [1]}] * 3 + [{"tokens": ["a"], "ner_tags": 7}]
    (tmp_path / "a.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    (tmp_path / "a.names.json").write_text('["O", "B-X"]')
    assert Columns.sniff("a.jsonl", base=tmp_path).spelled() == "JsonLines(names=('O', 'B-X'))"


def test_objects_that_are_nested_too_deeply_are_none(tmp_path: Path) -> None:
    for depth in range(900, 1000, 5):
        with pytest.raises(SourceError):
            sniff(tmp_path, {"a.json": f'[{{"tokens": {"[" * depth}{"]" * depth}}}]'})


def test_a_first_line_that_names_too_few_columns_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"the first line of a\.conllup names 2 columns, and lines have 3"):
        sniff(tmp_path, {"a.conllup": "# global.columns = ID NER\n1\ta\tB-X\n\n"})


HIPE = (
    "TOKEN\tNE-COARSE-LIT\tNE-FINE-LIT\tMISC\n# hipe2022:document_id = d1\n# hipe2022:language = en\n"
    "Ada\tB-pers\tB-pers.ind\t_\nran\tO\tO\tNoSpaceAfter\n.\tO\tO\tEndOfSentence\nOslo\tB-loc\tB-loc.adm\t_\n.\tO\tO\tEndOfSentence\n"
)


def test_names_of_columns_may_have_hyphens_and_a_column_that_ends_sentences_is_a_doubt(tmp_path: Path) -> None:
    found = sniff(tmp_path, {"a.tsv": HIPE})
    assert "header=True" in found.spelled()
    assert "document_name='# hipe2022:document_id = '" in found.spelled()
    assert found.entity_types == ("loc", "pers")
    said = (
        "sentences: column 3 says where they end (EndOfSentence), and is not read; put a blank line behind each: "
        "awk -F'\\t' '{print} $4 ~ /EndOfSentence/ {print \"\"}' OLD > NEW"
    )
    assert said in found.doubts
    parted = HIPE.replace("EndOfSentence\n", "EndOfSentence\n\n")
    (tmp_path / "b").mkdir()
    assert not any("EndOfSentence" in doubt for doubt in sniff(tmp_path / "b", {"a.tsv": parted}).doubts)


def test_a_first_row_that_is_a_sentence_names_no_columns(tmp_path: Path) -> None:
    rows = "Ada came .\tB-PER O O\nOslo is far .\tB-LOC O O O\nShe met Bo .\tO O B-PER O\n"
    with pytest.raises(SourceError) as caught:
        sniff(tmp_path, {"a.tsv": rows})
    assert caught.value.message == "the first row of a.tsv is a sentence, and does not name the columns"
    assert caught.value.hint == r"write a row above it, as of two columns: (printf 'tokens\tner_tags\n'; cat OLD) > NEW"
    found = sniff(tmp_path, {"a.tsv": "tokens\tner_tags\n" + rows})
    assert found.entity_types == ("LOC", "PER")


TYPES = (
    "Ada\tPER\nKing\tPER\nmet\tO\n\nThe\tO\nBank\tORG-B2\nin\tO\nOslo\tLOC\nis\tO\nbig\tO\n.\tO\n\nBo\tPER\nran\tO\n"
)
FIRST = {
    "tabs": TYPES,
    "a type with a hyphen": TYPES.replace("PER", "person-artist"),
    "commas": 'sent,word,tag\n1,Ada,PER\n1,King,PER\n1,met,O\n2,The,O\n2,"a,b",ORG\n2,in,O\n2,it,O\n3,Bo,PER\n3,ran,O\n3,far,O\n4,On,O\n4,we,O\n4,go,O\n',
    "commas, without names": '1,Ada,PER\n1,King,PER\n1,met,O\n2,The,O\n2,"a,b",ORG\n2,in,O\n2,it,O\n3,Bo,PER\n3,ran,O\n3,far,O\n4,On,O\n4,we,O\n4,go,O\n',
}


@pytest.mark.parametrize("name", FIRST)
def test_a_first_line_with_a_type_that_comes_again_names_no_columns(tmp_path: Path, name: str) -> None:
    found = sniff(tmp_path, {"a.txt": FIRST[name]})
    parsed = found.dialect.parse((tmp_path / "a.txt").read_bytes())
    assert parsed.tokens.to_pylist()[0][:2] == ["Ada", "King"]
    assert ("header=True" in found.spelled()) == (name == "commas")
