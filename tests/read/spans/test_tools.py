"""What tools' own libraries write and read: spaCy and dkpro-cassis, where they are installed (the extra `tools`)."""

import importlib
import importlib.util
import json
import sys
from typing import Any

import pytest

from made_corpora import declare
from read.spans.made import KINDS, Made, corpus, xmi
from read.spans.reading import found, marked
from tagpress.build.corpus import build_corpus
from tagpress.corpus.policies import Policies
from tagpress.errors import SourceError, UsageError
from tagpress.export import DocBinTarget, export_build
from tagpress.read.columns import Columns
from tagpress.read.spans import spacy_extra
from tagpress.read.spans.dialect import Spans

pytestmark = pytest.mark.tools


def needs(name: str) -> Any:
    absent = importlib.util.find_spec(name) is None
    return pytest.mark.skipif(absent, reason=f"the extra tagpress[tools] is absent, which has {name}")


def docbin(made: list[Made], **more: Any) -> bytes:
    spacy = importlib.import_module("spacy")
    packed = spacy.tokens.DocBin(store_user_data=True, attrs=["ENT_IOB", "ENT_TYPE", "SENT_START", "SPACY"])
    nlp = spacy.blank("en")
    for one in made:
        doc = nlp.make_doc(one.text)
        doc.ents = [span for a, b, kind in one.spans if (span := doc.char_span(a, b, kind)) is not None]
        for key, value in more.items():
            doc.spans[key] = [doc.char_span(*place) for place in value]
        packed.add(doc)
    return packed.to_bytes()


@needs("spacy")
def test_the_docs_of_a_docbin_are_read_as_spacy_has_them():
    spacy = importlib.import_module("spacy")
    data = docbin(corpus(4, gaps=(" ", "  ", "\n", "\t", "\r\n")))
    docs = list(spacy.tokens.DocBin().from_bytes(data).get_docs(spacy.blank("en").vocab))
    parsed = Spans(format="spacy").parse(data)
    assert parsed.marks.texts == tuple(doc.text for doc in docs)
    assert [one.tokens for one in found(parsed)] == [[token.text for token in doc] for doc in docs]
    assert marked(parsed) == [[(e.start_char, e.end_char, e.label_) for e in doc.ents] for doc in docs]
    assert sum(map(len, marked(parsed))) > 100
    assert parsed.account.bytes == len(data)


@needs("spacy")
def test_a_doc_is_cut_where_it_says_and_a_group_of_spans_can_be_read(tmp_path):
    spacy = importlib.import_module("spacy")
    nlp = spacy.blank("en")
    doc = spacy.tokens.Doc(
        nlp.vocab,
        words=["Ada", "ran", ".", "Bo", "too"],
        spaces=[True, False, True, True, False],
        sent_starts=[1, 0, 0, 1, 0],
    )
    doc.spans["sc"] = [
        spacy.tokens.Span(doc, 0, 2, "A"),
        spacy.tokens.Span(doc, 0, 1, "B"),
        spacy.tokens.Span(doc, 1, 4, "C"),
    ]
    data = spacy.tokens.DocBin(store_user_data=True, attrs=["SENT_START", "SPACY"], docs=[doc]).to_bytes()
    parsed = Spans(format="spacy", spans="sc").parse(data)
    assert parsed.marks.texts == ("Ada ran. ", "Bo too")
    assert marked(parsed) == [[(0, 7, "A"), (0, 3, "B")], []]
    assert list(parsed.annotations.values()) == ["the annotation C 4-11, which reaches over the end of a sentence"]
    assert Spans(format="spacy").parse(data).aside == {"spans of sc": 3}
    (tmp_path / "a.spacy").write_bytes(data)
    assert Columns.sniff(tmp_path / "a.spacy").spelled() == "Spans(format='spacy', tokens='file', spans='sc')"


@needs("spacy")
def test_new_reads_a_docbin_and_another_file_of_that_name_is_refused(tmp_path):
    (tmp_path / "a.spacy").write_bytes(docbin([Made("Ada met Bo", [], [(0, 3, "PER")])]))
    assert Columns.sniff(tmp_path / "a.spacy").spelled() == "Spans(format='spacy', tokens='file')"
    with pytest.raises(SourceError, match="this is no DocBin that can be read"):
        Spans(format="spacy").parse(b"nothing")


@needs("spacy")
def test_texts_go_round_by_docbin_exactly(tmp_path):
    made = [
        Made("  Ada  ran,\tfast ", [], [(2, 5, "PER")]),
        *corpus(4, size=240, gaps=(" ", "  ", "\t", "\u00a0", "\r\n")),
    ]
    rows = [
        {"text": one.text, "label": [(a, b, kind.replace(" ", "_")) for a, b, kind in one.spans]}
        for one in made
        if one.text
    ]
    (tmp_path / "train.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    policies = Policies({"type-missing-in-split": "warn", "unaligned-annotation": "drop"})
    options = {"entity_types": {kind.replace(" ", "_"): "x" for kind in KINDS}, "text": True, "policies": policies}
    dialect = Spans(format="doccano", tokens=r"\w+")  # so that a text has more than its tokens, and white space
    first = build_corpus(
        declare(tmp_path, dialect=dialect, sources={"train": "*.jsonl"}, **options), tmp_path / "a", workers=1
    )
    (file,) = export_build(first.out, DocBinTarget(), f"{tmp_path}/back/").files
    again = declare(tmp_path / "back", dialect=Spans(format="spacy"), sources={"train": file.path.name}, **options)
    second = build_corpus(again, tmp_path / "b", workers=1)
    pq = importlib.import_module("pyarrow.parquet")
    rows_of = [
        sorted((r["text"], *r["offsets"], *r["ner_tags"]) for r in pq.read_table(out / "data").to_pylist())
        for out in (first.out, second.out)
    ]
    assert rows_of[0] == rows_of[1]
    assert len(rows_of[0]) > 100


@needs("spacy")
def test_a_language_of_spacy_cuts_texts_and_is_named_in_the_release(tmp_path):
    spacy = importlib.import_module("spacy")
    texts = [one.text for one in corpus(6, gaps=(" ", "  ", "\n", "\t"))] + ["Don't go to U.K.'s, e.g. $5-10!"]
    data = "".join(f"{json.dumps({'text': text, 'label': []})}\n" for text in texts).encode()
    dialect = Spans(format="doccano", tokens="spacy:en")
    nlp = spacy.blank("en")
    wanted = [[token.text for token in nlp.make_doc(text) if not token.is_space] for text in texts]
    assert [one.tokens for one in found(dialect.parse(data))] == wanted
    assert dialect.tokenisation["spacy"] == spacy.__version__
    with pytest.raises(UsageError, match="spaCy has no language 'nope'"):
        Spans(format="doccano", tokens="spacy:nope")


def test_without_spacy_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "spacy", None)
    monkeypatch.setitem(sys.modules, "spacy.tokens", None)
    spacy_extra.blank.cache_clear()
    with pytest.raises(UsageError, match="a DocBin needs spaCy, which cannot be imported") as caught:
        Spans(format="spacy").parse(b"")
    assert "pip install 'tagpress[spacy]'" in caught.value.hint
    with pytest.raises(UsageError, match="the tokenisation 'spacy:en' needs spaCy"):
        Spans(tokens="spacy:en")


@needs("cassis")
def test_cassis_finds_the_same_entities_in_xmi():
    cassis = importlib.import_module("cassis")
    made = [one for one in corpus(11, size=60) if one.words]
    data = xmi(made)
    types = cassis.TypeSystem()
    names = ["segmentation.type.Sentence", "segmentation.type.Token", "ner.type.NamedEntity"]
    kinds = [types.create_type(f"de.tudarmstadt.ukp.dkpro.core.api.{name}") for name in names]
    types.create_feature(kinds[2], "value", "uima.cas.String")
    cas = cassis.load_cas_from_xmi(data, typesystem=types)
    wanted = [(one.get_covered_text(), one.value) for one in cas.select(kinds[2].name)]
    parsed = Spans(format="xmi").parse(data.encode())
    marks = parsed.marks
    texts = [
        marks.texts[record][slice(*place)] for record, place in zip(marks.record, marks.place.tolist(), strict=True)
    ]
    ours = list(zip(texts, [marks.types[kind] for kind in marks.type], strict=True))
    assert sorted(ours) == sorted(wanted)
    assert len(ours) > 50
    # And what cassis itself writes is read back.
    again = Spans(format="xmi").parse(cas.to_xmi().encode())
    assert marked(again) == marked(parsed)
    assert [one.tokens for one in found(again)] == [one.tokens for one in found(parsed)]
