"""Lines and objects of kinds that are known and not read: each is called by its name, and what the message says to type makes a corpus."""

import json
import re
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest

from tagpress.errors import SourceError
from tagpress.read.columns import Columns
from tagpress.read.guess.files import gather
from tagpress.script.new import new_corpus

SENTENCES = [[(f"Ada{i}", "B-PER"), ("de", "I-PER"), ("saw", "O"), ("Oslo", "B-LOC")] for i in range(9)]
NOTHING = [("no", "O"), ("one", "O")]
ALL = [*SENTENCES, NOTHING, *SENTENCES]
WORDS = [" ".join(word for word, _ in one) for one in ALL]
TAGS = [" ".join(tag for _, tag in one) for one in ALL]


def conll04() -> str:
    found = []
    for number, one in enumerate(ALL):
        rows = (
            [("Per", "Ada/de".replace("Ada", one[0][0])), ("O", "saw"), ("Loc", "Oslo")]
            if len(one) > 2
            else [("O", "no"), ("O", "one")]
        )
        lines = [f"{number}\t{kind}\t{n}\tO\tNN\t{word}\tO\tO\tO\n" for n, (kind, word) in enumerate(rows)]
        found.append("".join(lines) + "\n0\t2\tLive_In\n\n")
    return "".join(found)


def nested() -> str:
    spans = ["0,2 PER|3,4 LOC" if len(one) > 2 else "" for one in ALL]
    return "".join(
        f"{words}\n{' '.join(['NN'] * len(words.split()))}\n{marks}\n\n"
        for words, marks in zip(WORDS, spans, strict=True)
    )


UIE = [
    {"content": words, "prompt": kind, "result_list": [{"text": words[a:b], "start": a, "end": b}] if b else []}
    for words, one in zip(dict.fromkeys(WORDS), ALL, strict=False)
    for kind, a, b in (("PER", 0, 7 if len(one) > 2 else 0), ("LOC", 12, 16 if len(one) > 2 else 0))
]
BARE = [
    {"text": words, "PER": [[0, 7]] if "saw" in words else [], "LOC": [[12, 16]] if "saw" in words else []}
    for words in WORDS
]
BRAT = [
    {
        "text": words,
        "entities": [["T1", "PER", [[0, 7]]], ["T2", "LOC", [[12, 16]]]] if "saw" in words else [],
        "relations": [],
    }
    for words in WORDS
]
COMMANDS = {
    "utterances of ATIS with BOS and EOS around them, and the intent behind their tags": "".join(
        f"BOS {words} EOS\tO {tags} atis_flight\n" for words, tags in zip(WORDS, TAGS, strict=True)
    ),
    "sentences with their tagged words behind ####": "".join(
        f"{words}####{' '.join(f'{word}={tag}' for word, tag in one)}\n" for words, one in zip(WORDS, ALL, strict=True)
    ),
    "rows of CoNLL04, an entity in each, with slashes between its words": conll04(),
    "sentences of three lines: words, parts of speech, and spans that count words": nested(),
    "sentences in a list for each document, in 'sentences'": json.dumps(
        {"documents": [{"id": 1, "sentences": [{"tokens": words.split(), "labels": tags.split()} for words, tags in zip(WORDS, TAGS, strict=True)]}]}
    ),
    "sentences in lists for each document, in 'sentences' and 'labels'": "".join(
        f"{json.dumps({'id': n, 'sentences': [words.split()], 'labels': [tags.split()]})}\n" for n, (words, tags) in enumerate(zip(WORDS, TAGS, strict=True))
    ),
    "tags of entities in FEATS, as lines of CoNLL-U have features of a word": "".join(
        "".join(f"{n}\t{word}\t_\tX\t_\tCase=Nom|NE={tag}|X=y\t0\t_\t_\t_\n" for n, (word, tag) in enumerate(one, 1)) + "\n" for one in ALL
    ),
    "prompts of UIE, a record for each type of a text": "".join(f"{json.dumps(row)}\n" for row in UIE),
    "places without a label, in a list for each type: 'PER', 'LOC'": json.dumps(BARE),
    "texts with their spans in a list for each document, in 'body'": json.dumps(
        {"lang": "en", "docs": [{"id": 1, "body": [{"text": words, "marks": [{"start": 0, "end": 7, "type": "PER"}, {"start": 12, "end": 16, "type": "LOC"}] if "saw" in words else []} for words in WORDS]}]}
    ),
    "documents of brat as JSON": "".join(f"{json.dumps(row)}\n" for row in BRAT),
    "several tags for each token, in 'tags', of which one can be published, such as the first": "".join(
        f"{json.dumps({'tokens': words.split(), 'tags': [[tag, 'O'] for tag in tags.split()]})}\n" for words, tags in zip(WORDS, TAGS, strict=True)
    ),
}  # fmt: skip
AS_TOKENS = {"B-Per": "B-PER", "I-Per": "I-PER", "B-Loc": "B-LOC"}


@pytest.mark.skipif(not shutil.which("jq") or not shutil.which("awk"), reason="what the messages name is absent")
@pytest.mark.parametrize("called", COMMANDS)
def test_what_a_message_says_to_type_makes_a_corpus(tmp_path: Path, called: str) -> None:
    (tmp_path / "OLD").write_text(COMMANDS[called])
    with pytest.raises(SourceError) as caught:
        Columns.sniff("OLD", base=tmp_path)
    assert caught.value.message == f"OLD has {called}"
    command = re.search(r"(?:sed|awk|jq|\(printf) .*", str(caught.value.hint))
    assert command is not None
    subprocess.run(["bash", "-euo", "pipefail", "-c", command[0]], cwd=tmp_path, check=True)
    (made,) = tmp_path.glob("NEW*")
    parsed = Columns.sniff(made.name, base=tmp_path).dialect.parse(made.read_bytes())
    read = [
        (tuple(tokens), tuple(tags))
        for tokens, tags in zip(parsed.tokens.to_pylist(), _tags(parsed), strict=True)
        if tokens
    ]
    expected = [(tuple(words.split()), tuple(tags.split())) for words, tags in zip(WORDS, TAGS, strict=True)]
    assert sorted(set(read) if "UIE" in called else read) == sorted(set(expected) if "UIE" in called else expected)


def _tags(parsed: object) -> list[list[str]]:
    bounds = parsed.tokens.offsets.to_pylist()  # type: ignore[attr-defined]  # of a piece
    names = [AS_TOKENS.get(parsed.tag_names[tag], parsed.tag_names[tag]) for tag in parsed.tags]  # type: ignore[attr-defined]  # as above
    return [names[begin:stop] for begin, stop in pairwise(bounds)]


CALLED = {
    "sentences with triples or pairs of them behind ####": "Good food .####[([1], [0], 'POS')]\n" * 9,
    "entities of coreference in MISC, `Entity=`": "1\tAda\t_\tX\t_\t_\t0\t_\t_\tEntity=(1-person)\n2\tran\t_\tX\t_\t_\t0\t_\t_\t_\n\n" * 9,
    "names with their types before them, and no sentences": "PER Ada Lovelace\nLOC Oslo\n" * 9,
    "names with their types, and no sentences": "Text,Type\nAda Lovelace,PERSON\n" * 9,
    "words with links of entities, as AIDA CoNLL-YAGO has them, and no types": "-DOCSTART- (1 EU)\nAda\tB\tAda\tAda\thttp://x\t1\nran\n\n" * 9,
    "entities in prompts and answers of a language model, and not where they are": json.dumps([{"instruction": "x", "input": "Ada ran", "output": "Ada: PER"}] * 9),
    "utterances of MTOP": "1\tIN:GET_X\t0:3:SL:WHO\tAda ran\tx\ten_XX\t[IN:GET_X ]\t{}\n" * 9,
    "utterances of TOP": "Ada ran\tAda ran\t[IN:GET_X [SL:WHO Ada ] ran ]\n" * 9,
    "mentions of BioCreative II": "P0001A0001|0 5|p53\n" * 9,
    "entities of BSNLP, without their places": "cs-1\nOslo\tOslo\tLOC\tGPE-Oslo\nAda\tAda\tPER\tPER-Ada\n",
    "annotations of Recogito, whose texts are in other files": "UUID,FILE,QUOTE_TRANSCRIPTION,ANCHOR,TYPE,URI\n1,a.txt,Ada,char-offset:0,PERSON,\n",
    "texts with the place of each marked character": 'spans,text\n"[0, 1, 2]",Ada ran\n[],no\n',
}  # fmt: skip


@pytest.mark.parametrize("called", CALLED)
def test_what_no_command_can_mend_is_called_by_its_name(tmp_path: Path, called: str) -> None:
    (tmp_path / "a.txt").write_text(CALLED[called])
    with pytest.raises(SourceError, match=re.escape(f"a.txt has {called}")) as caught:
        Columns.sniff("a.txt", base=tmp_path)
    assert caught.value.hint


def test_sentences_of_semeval_are_to_be_taken_out_of_their_lines(tmp_path: Path) -> None:
    line = '{}\t"The <e1>fire</e1> came from {} <e2>gas</e2>."\nOther\nComment:\n\n'
    (tmp_path / "OLD").write_text("".join(line.format(n, n) for n in range(9)))
    with pytest.raises(SourceError, match="sentences of SemEval 2010, task 8") as caught:
        Columns.sniff("OLD", base=tmp_path)
    command = str(caught.value.hint).partition(": ")[2]
    subprocess.run(["bash", "-euo", "pipefail", "-c", command], cwd=tmp_path, check=True)
    assert Columns.sniff("NEW.txt", base=tmp_path).entity_types == ("e1", "e2")


def test_abstracts_of_ncbi_become_lines_with_marks(tmp_path: Path) -> None:
    (tmp_path / "OLD").write_text(
        '17\tThe <category="Modifier">APC</category> gene.\tNo <category="SpecificDisease">colon cancer</category>.\n'
        * 9
    )
    with pytest.raises(SourceError, match="abstracts of the NCBI disease corpus") as caught:
        Columns.sniff("OLD", base=tmp_path)
    command = str(caught.value.hint).partition(": ")[2]
    subprocess.run(["bash", "-euo", "pipefail", "-c", command], cwd=tmp_path, check=True)
    found = Columns.sniff("NEW.txt", base=tmp_path)
    assert found.entity_types == ("Modifier", "SpecificDisease")
    assert found.dialect.parse((tmp_path / "NEW.txt").read_bytes()).tokens[0].as_py() == ["The", "APC", "gene", "."]


def test_mentions_of_s800_become_a_table_beside_texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("c").mkdir()
    for n in range(4):
        Path("c", f"bact{n}.txt").write_text("E. coli grew.\n")
    Path("OLD").write_text("".join(f"562\tbact{n}:17{n}\t0\t6\tE. coli\n" for n in range(4)))
    with pytest.raises(SourceError, match="mentions of S800") as caught:
        Columns.sniff("OLD", base=tmp_path)
    command = str(caught.value.hint).rpartition(": ")[2]
    subprocess.run(["bash", "-euo", "pipefail", "-c", command], cwd=tmp_path, check=True)
    Path("NEW.tsv").rename("c/NEW.tsv")
    assert new_corpus("x", ["c"], tmp_path / "out").report.labels["B-562"] == 4


def test_a_treebank_with_entities_of_coreference_is_a_treebank(tmp_path: Path) -> None:
    rows = [("The", "DET", "_"), ("cat", "NOUN", "Entity=(1-animal)"), ("sat", "VERB", "_"), (".", "PUNCT", "_")]
    lines = "".join(f"{n}\t{word}\t_\t{kind}\t_\t_\t0\t_\t_\t{more}\n" for n, (word, kind, more) in enumerate(rows, 1))
    (tmp_path / "a.conllu").write_text(f"{lines}\n" * 9)
    assert Columns.sniff("a.conllu", base=tmp_path).spelled() == "ConllU(key=None, extra=('UPOS',))"


def test_a_text_whose_marks_are_in_a_file_of_their_own_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for n in range(3):
        Path(f"{n}.txt").write_text("Ada saw Bo .\n")
        Path(f"{n}.txt.ann").write_text("[@Ada#PER*] saw [@Bo#PER*] .\n")
    found = gather(["."])
    assert [file.path for file in found.files] == ["0.txt.ann", "1.txt.ann", "2.txt.ann"]
    assert found.left_out[0] == ("0.txt", "it is in its .ann file too, with its marks")


def test_decimal_numbers_in_columns_are_no_spans(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("12,5 O\n3,1 O\nOslo B-LOC\n\n" * 9)
    assert Columns.sniff("a.txt", base=tmp_path).entity_types == ("LOC",)


@pytest.mark.parametrize("text", ["Ada/nr saw/v Oslo/ns\n", "The/at Fulton/np-tl said/vbd ./.\n"])
def test_classes_of_words_behind_a_slash_are_called_so(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.txt").write_text(text * 9)
    with pytest.raises(SourceError, match="sentences whose words have their classes behind a slash") as caught:
        Columns.sniff("a.txt", base=tmp_path)
    assert "sed -E" in str(caught.value.hint)


@pytest.mark.parametrize("sign", [" ", "+", "|", ",", ";", "/"])
def test_several_tags_in_one_are_a_doubt(tmp_path: Path, sign: str) -> None:
    (tmp_path / "a.tsv").write_text(f"Ada\tB-PER{sign}B-OCC\nsaw\tO\n\n" * 9)
    doubts = Columns.sniff("a.tsv", base=tmp_path).doubts
    assert any("types look like several tags in one" in doubt for doubt in doubts)


def test_names_are_not_in_the_column_of_clauses(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Ada\tNN\tB_PER\tB_CLS\nsaw\tVV\tO\tI_CLS\nBo\tNN\tB_PER\tE_CLS\n\n" * 9)
    found = Columns.sniff("a.txt", base=tmp_path)
    assert (found.entity_types, found.dialect.tag) == (("PER",), 2)  # type: ignore[attr-defined]  # of columns


def test_a_type_is_written_behind_tags_of_json_by_a_command_for_it(tmp_path: Path) -> None:
    rows = [{"document": ["Deep", "nets", "learn"], "doc_bio_tags": ["B", "I", "O"]}] * 9
    (tmp_path / "OLD").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    with pytest.raises(SourceError, match="the tags have prefixes and no type") as caught:
        Columns.sniff("OLD", base=tmp_path)
    command = str(caught.value.hint).partition("B-Name: ")[2]
    assert command.startswith("jq -c '.doc_bio_tags |= map(")
    if shutil.which("jq"):
        subprocess.run(["bash", "-euo", "pipefail", "-c", command], cwd=tmp_path, check=True)
        assert Columns.sniff("NEW.jsonl", base=tmp_path).entity_types == ("Name",)


@pytest.mark.parametrize(
    ("line", "format_", "types"),
    [
        ("[@Ada#PER*] saw [$Bo Li#LOC*] .\n", "yedda", ("LOC", "PER")),
        ("[person : Ada] saw [place_name : Bo Li]\n", "inline-colon", ("person", "place_name")),
        ("[PER : Ada] saw [LOC : Bo Li]\n", "inline-colon", ("LOC", "PER")),
    ],
)
def test_more_marks_in_text_are_read(tmp_path: Path, line: str, format_: str, types: tuple[str, ...]) -> None:
    (tmp_path / "a.ann").write_text(line * 9)
    found = Columns.sniff("a.ann", base=tmp_path)
    assert (found.dialect.format, found.entity_types) == (format_, types)  # type: ignore[attr-defined]  # of spans
    parsed = found.dialect.parse((tmp_path / "a.ann").read_bytes())
    assert [tokens[:4] for tokens in parsed.tokens.to_pylist()] == [["Ada", "saw", "Bo", "Li"]] * 9
