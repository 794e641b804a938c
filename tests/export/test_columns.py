import pytest

from export.builds import parsed, rows
from export.reading import faults, written
from tagpress.errors import ScriptError, UsageError
from tagpress.export import ColumnsTarget
from tagpress.read.columns import Columns

ADA = "Ada/B-Person wrote/O Notes/B-creative-work on/I-creative-work it/I-creative-work"
BOB = "Bob/B-Person Eve/B-Person"

# name: (dialect, filler, documents, what is written); the rows are ADA and BOB.
GOLDEN = {
    "blank lines": (
        Columns(), "_", "xx",
        ("Ada\tB-Person\nwrote\tO\nNotes\tB-creative-work\non\tI-creative-work\nit\tI-creative-work\n\n"
        "Bob\tB-Person\nEve\tB-Person\n\n"),
    ),
    "markers": (
        Columns(sentence_start="<s>", sentence_end="</s>", scheme="BIOES", joiner="_"), "_", "xx",
        ("<s>\nAda\tS_Person\nwrote\tO\nNotes\tB_creative-work\non\tI_creative-work\nit\tE_creative-work\n</s>\n"
        "<s>\nBob\tS_Person\nEve\tS_Person\n</s>\n"),
    ),
    "CoNLL-2003": (
        Columns(delimiter=" ", tag=3, document="-DOCSTART-", scheme="IOB1"), "-X-", "xy",
        ("-DOCSTART- -X- -X- O\n\n"
        "Ada -X- -X- I-Person\nwrote -X- -X- O\nNotes -X- -X- I-creative-work\non -X- -X- I-creative-work\n"
        "it -X- -X- I-creative-work\n\n"
        "-DOCSTART- -X- -X- O\n\n"
        "Bob -X- -X- I-Person\nEve -X- -X- B-Person\n\n"),
    ),
    "a document line as it is given": (
        Columns(delimiter=" ", document="-DOCSTART- -X- O"), "_", "xx",
        ("-DOCSTART- -X- O\n\nAda B-Person\nwrote O\nNotes B-creative-work\non I-creative-work\nit I-creative-work\n\n"
        "Bob B-Person\nEve B-Person\n\n"),
    ),
    "names and ids": (
        Columns(sentence_start="--", sentence_id="# id = ", document_name="# doc = ", comment="#", document="##"),
        "_", "xy",
        ("# doc = x\n# id = id0\n--\n"
        "Ada\tB-Person\nwrote\tO\nNotes\tB-creative-work\non\tI-creative-work\nit\tI-creative-work\n"
        "# doc = y\n# id = id1\n--\nBob\tB-Person\nEve\tB-Person\n"),
    ),
    "header, tag first, extra columns": (
        Columns(token=2, tag=0, width=4, header=True, extra={"pos": -1}, sentence_end="EOS"), "", "xx",
        ("tag\tcolumn1\ttoken\tpos\n"
        "B-Person\t\tAda\t\nO\t\twrote\t\nB-creative-work\t\tNotes\t\nI-creative-work\t\ton\t\n"
        "I-creative-work\t\tit\t\nEOS\nB-Person\t\tBob\t\nB-Person\t\tEve\t\nEOS\n"),
    ),
    "any white space, a range of widths": (
        Columns(delimiter=None, tag=-1, width=(2, 4)), "_", "xx",
        ("Ada B-Person\nwrote O\nNotes B-creative-work\non I-creative-work\nit I-creative-work\n\n"
        "Bob B-Person\nEve B-Person\n\n"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", GOLDEN)
def test_golden(name):
    dialect, filler, documents, expected = GOLDEN[name]
    target = ColumnsTarget(dialect=dialect, filler=filler)
    some = rows([parsed(ADA), parsed(BOB)], doc_ids=list(documents))
    assert faults(target, [some]) == []
    assert written(target, [some]).decode() == expected


def test_nothing():
    assert written(ColumnsTarget(dialect=Columns()), []) == b""
    assert written(ColumnsTarget(dialect=Columns(header=True)), []) == b"token\ttag\n"


MARKED = {"sentence_start": "<s>", "sentence_end": "</s>"}
TOKENS = [
    # dialect, token, what is said about it; None where it can be written
    ({}, "", "is empty"),
    ({}, "a\tb", r"has the delimiter '\t' in it"),
    ({}, "a\nb", "has a line end in it"),
    ({}, "a\rb", None),
    ({}, "a\r", None),
    ({"token": 1, "tag": 0}, "a\r", "ends its line with a carriage return, which reads as part of the line end"),
    ({"token": 1, "tag": 0}, "a\tb", r"has the delimiter '\t' in it"),
    ({}, " ", None),
    ({}, "\u2028\x85\u00a0\ufeff", None),
    ({"delimiter": " "}, "a b", "has the delimiter ' ' in it"),
    ({"delimiter": " "}, "a\u00a0b", None),
    ({"delimiter": None}, "a\tb", "has a space or a tab in it, which delimit columns"),
    ({"delimiter": None}, "\u2003", None),
    ({"delimiter": "||"}, "a|", "has the delimiter '||' in it, or runs into it"),
    ({"delimiter": "||"}, "|a", None),
    ({"delimiter": "||", "token": 1, "tag": 0}, "a|", None),
    ({"encoding": "latin-1"}, "é", None),
    ({"encoding": "latin-1"}, "€", "cannot be written in iso8859-1"),
    (MARKED, "<s>", None),
    ({"sentence_start": "<s>\tO"}, "<s>", r"makes a line that reads as sentence_start='<s>\tO'"),
    ({"comment": "#"}, "#tag", "makes a line that reads as comment='#'"),
    ({"comment": "#", "ambiguous": "token"}, "#tag", None),
    ({"comment": "#", "ambiguous": "token", "scheme": "BIOES"}, "#", None),
    ({"comment": "#", "ambiguous": "comment"}, "#tag", "makes a line that reads as comment='#'"),
    (MARKED | {"comment": "#"}, "#tag", None),
    ({"sentence_start": "<s>", "comment": "#"}, "#tag", "makes a line that reads as comment='#'"),
    ({"token": 1, "tag": 0, "comment": "#"}, "#tag", None),
    ({"sentence_id": "# id = "}, "# id = 7", "makes a line that reads as sentence_id='# id = '"),
    ({"document_name": "# doc"}, "# doc", "makes a line that reads as document_name='# doc'"),
    (MARKED | {"document_name": "-DOC"}, "-DOCSTART-", "makes a line that reads as document_name='-DOC'"),
]


@pytest.mark.parametrize(("options", "token", "reason"), TOKENS)
def test_token(options, token, reason):
    found = faults(ColumnsTarget(dialect=Columns(**options)), [rows([([token], ["O"])])])
    assert found == ([] if reason is None else [f"train id0 tokens[0] {token!r} {reason}"])


def test_csv():
    target = ColumnsTarget(dialect=Columns(delimiter=",", quote='"', header=True))
    some = rows([(['Ada "A." B', '"', ",", "it's", '"x"'], ["B-Person", "O", "O", "O", "O"])])
    assert faults(target, [some]) == []
    expected = 'token,tag\nAda "A." B,B-Person\n"""",O\n",",O\nit\'s,O\n"""x""",O\n\n'
    assert written(target, [some]).decode() == expected


def test_a_comment_sign_is_data_inside_a_sentence():
    target = ColumnsTarget(dialect=Columns(comment="#", document="-DOC"))
    assert faults(target, [rows([parsed("a #b #c")])]) == []
    assert faults(target, [rows([parsed("a -DOC")])]) == [
        "train id0 tokens[1] '-DOC' makes a line that reads as document='-DOC'"
    ]


def test_a_byte_order_mark_at_the_start_of_the_file():
    first, second = rows([parsed("\ufeffa b")]), rows([parsed("a"), parsed("\ufeffb")])
    said = "train id0 begins the file with U+FEFF, which reads as a byte order mark"
    assert faults(ColumnsTarget(dialect=Columns()), [first, second]) == [said]
    assert faults(ColumnsTarget(dialect=Columns()), [second, first]) == []
    assert faults(ColumnsTarget(dialect=Columns(header=True)), [first]) == []
    assert faults(ColumnsTarget(dialect=Columns(**MARKED)), [first]) == []


TAGS = [
    ({"scheme": "IO"}, BOB, 1, "begins an entity right behind one of its type, and IO would join the two"),
    ({"delimiter": "-"}, BOB, 0, "has the tag 'B-Person', which has the delimiter '-' in it"),
    (
        {"delimiter": None, "joiner": " "},
        "a/O b/B-O",
        1,
        "has the tag 'B O', which has a space or a tab in it, which delimit columns",
    ),
    ({"joiner": "B"}, "a/O b/B-O", 1, "has the tag 'BBO', which reads back as another"),
    ({"joiner": "→", "encoding": "ascii"}, "a/O b/B-O", 1, "has the tag 'B→O', which cannot be written in ascii"),
]


@pytest.mark.parametrize(("options", "sentence", "at", "reason"), TAGS)
def test_tag(options, sentence, at, reason):
    tokens, tags = parsed(sentence)
    found = faults(ColumnsTarget(dialect=Columns(**options)), [rows([(tokens, tags)])])
    assert found[0] == f"train id0 tokens[{at}] {tokens[at]!r} {reason}"


ROWS = [
    ({}, {}, [], "has no tokens"),
    (
        {"sentence_id": "# id = "},
        {"ids": ["a\tb"]},
        ["a"],
        r"has the id 'a\tb', which a line of sentence_id cannot hold",
    ),
    (
        {"document_name": "# = "},
        {"doc_ids": [" a"]},
        ["a"],
        "has the document id ' a', which a line of document_name cannot hold",
    ),
    (
        {"document_name": "# = "},
        {"doc_ids": [""]},
        ["a"],
        "has the document id '', which a line of document_name cannot hold",
    ),
    (
        {"document_name": "# = ", "encoding": "ascii"},
        {"doc_ids": ["é"]},
        ["a"],
        "has the document id 'é', which a line of document_name cannot hold",
    ),
    (
        {"sentence_start": "# = y", "document_name": "# = "},
        {"doc_ids": ["y"]},
        ["a"],
        "has the document id 'y', which a line of document_name cannot hold",
    ),
]


@pytest.mark.parametrize(("options", "names", "tokens", "reason"), ROWS)
def test_row(options, names, tokens, reason):
    some = rows([(tokens, ["O"] * len(tokens))], **names)
    assert faults(ColumnsTarget(dialect=Columns(**options)), [some]) == [
        f"train {some.ids[0] if names.get('ids') is None else repr(some.ids[0])} {reason}"
    ]


UNNAMED = [
    # documents of the sentences, the sentences, what is said
    ("xxy", ["a", "b", "c"], []),
    ("xyx", ["a", "b", "c"], ["train id2 is of the document 'x', which other documents interrupt"]),
    ("xy", ["a", "a"], ["train id1 begins the document 'y', which begins like 'x'"]),
    (
        "xxxxyyyyz",
        ["a", "b", "c", "d", "a", "b", "c", "e", "f"],
        ["train id4 begins the document 'y', which begins like 'x'"],
    ),
    ("xxxyyyz", ["a", "b", "c", "a", "b", "d", "e"], []),
]


@pytest.mark.parametrize(("documents", "sentences", "said"), UNNAMED)
def test_documents_without_names(documents, sentences, said):
    batches = [
        rows([parsed(sentence)], doc_ids=[document], ids=[f"id{i}"])
        for i, (document, sentence) in enumerate(zip(documents, sentences, strict=True))
    ]
    assert faults(ColumnsTarget(dialect=Columns(document="-DOCSTART-")), batches) == said
    assert faults(ColumnsTarget(dialect=Columns(document_name="-DOCSTART-")), batches) == []


BAD = {
    "the joiner is empty": ({"joiner": ""}, "_"),
    "encoding='utf-16' cannot be written line by line": ({"encoding": "utf-16"}, "_"),
    "the delimiter '│' cannot be written in ascii": ({"encoding": "ascii", "delimiter": "│"}, "_"),
    "the filler 'a b' has a space or a tab in it, which delimit columns": ({"delimiter": None}, "a b"),
    "the filler '' is empty": ({"delimiter": None}, ""),
    "the line '# id = x' of sentence_id reads as document": ({"sentence_id": "# id = ", "document": "#"}, "_"),
    "the line '\\t' of sentence_end reads as a blank line": ({"sentence_end": "\t", "blank": "delimiters"}, "_"),
    "the line '»' of sentence_end cannot be written in ascii": ({"sentence_end": "»", "encoding": "ascii"}, "_"),
    "token=0 and tag=0 are one column": ({"tag": 0, "width": (2, 3)}, "_"),
    "the header row 'token\\ttag\\té' cannot be written": (
        {"header": True, "extra": {"é": 2}, "encoding": "ascii"},
        "_",
    ),
}


@pytest.mark.parametrize("message", BAD)
def test_a_target_that_could_not_be_read_back(message):
    options, filler = BAD[message]
    with pytest.raises(UsageError) as caught:
        ColumnsTarget(dialect=Columns(**options), filler=filler)
    assert caught.value.message == message
    assert caught.value.hint


def test_an_unknown_scheme():
    with pytest.raises(ScriptError, match="no tag scheme is named 'BIOX'"):
        ColumnsTarget(dialect=Columns(scheme="BIOX"))
