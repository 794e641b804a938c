import pytest

from tagpress.errors import UsageError
from tagpress.export import (
    TARGETS,
    ColumnsTarget,
    ConlluTarget,
    JsonLinesTarget,
    target_named,
    target_of,
)
from tagpress.read.columns import Columns, preset
from tagpress.read.conllu import ConllU
from tagpress.read.hubparquet import HubParquet
from tagpress.read.jsonl import JsonLines
from tagpress.read.spans.dialect import Spans

FIELDS = JsonLines(sentence_id="id", document="doc_id", tags="tags")
NAMED = [
    (target_named("columns"), ColumnsTarget(dialect=Columns())),
    (
        target_named("columns", delimiter=" ", width=4, tag=3, filler="-X-"),
        ColumnsTarget(dialect=Columns(delimiter=" ", width=4, tag=3), filler="-X-"),
    ),
    (target_named("wikiser"), ColumnsTarget(dialect=preset("wikiser"))),
    (target_named("uner", documents=False).dialect.document_name, None),
    (target_named("conll2003", scheme="BIOES", documents=False).dialect, Columns(tag=3, delimiter=" ", width=4, scheme="BIOES")),
    (target_named("conllu", key="NER"), ConlluTarget(dialect=ConllU(key="NER"))),
    (target_named("conllu", documents=False), ConlluTarget(documents=False)),
    (target_named("jsonl"), JsonLinesTarget(dialect=FIELDS)),
    (target_named("jsonl", tags="ner", documents=False), JsonLinesTarget(dialect=JsonLines(sentence_id="id", tags="ner"))),
    (target_of(Columns(token=1, tag=0)), ColumnsTarget(dialect=Columns(token=1, tag=0))),
]  # fmt: skip


@pytest.mark.parametrize(("target", "expected"), NAMED)
def test_named(target, expected):
    assert target == expected


def test_every_name_but_docbin_is_a_target():
    assert TARGETS[-1] == "docbin"
    assert {name for name in TARGETS[:-1] if not target_named(name).suffix} == {"brat"}  # it is a folder


BAD = {
    "nothing can be exported to 'xml'": lambda: target_named("xml"),
    "delimiter means nothing to conllu": lambda: target_named("conllu", delimiter=" "),
    "filler means nothing to docbin": lambda: target_named("docbin", filler="_"),
    "scheme means nothing to docbin": lambda: target_named("docbin", scheme="IO"),
    "documents means nothing to docbin": lambda: target_named("docbin", documents=False),
    "filler means nothing here": lambda: target_named("jsonl", filler="_"),
    "HubParquet cannot be written": lambda: target_of(HubParquet()),
    "Spans(format='pubtator') cannot be written": lambda: target_of(Spans(format="pubtator")),
    "units means nothing to what is written as doccano": lambda: target_named("doccano", units="utf16"),
    "the file of doccano cannot be written in utf-16": lambda: target_named("doccano", encoding="utf-16"),
}


@pytest.mark.parametrize("message", BAD)
def test_refused(message):
    with pytest.raises(UsageError) as caught:
        BAD[message]()
    assert caught.value.message == message
    assert caught.value.hint
