import importlib.util
import sys
from dataclasses import replace

import numpy as np
import pytest

from export.builds import LABELS, parsed, rows
from export.reading import expected, faults, written
from tagpress.errors import UsageError
from tagpress.export import DocBinTarget, JsonLinesTarget

pytestmark = pytest.mark.tools
needs_spacy = pytest.mark.skipif(
    importlib.util.find_spec("spacy") is None, reason="the extra tagpress[spacy] is absent"
)


def test_without_spacy(monkeypatch):
    monkeypatch.setitem(sys.modules, "spacy", None)
    monkeypatch.setitem(sys.modules, "spacy.tokens", None)
    with pytest.raises(UsageError, match="a spaCy DocBin needs spaCy, which cannot be imported") as caught:
        DocBinTarget()
    assert "pip install 'tagpress[spacy]'" in caught.value.hint


@needs_spacy
def test_round_trip():
    spacy = importlib.import_module("spacy")
    odd = ["Ada", " ", "\n", "a\tb", "\ufeff", "\u2028\x85", "😀"]
    tags = ["B-Person", "I-Person", "B-Person", "O", "B-creative-work", "I-creative-work", "B-O"]
    batches = [rows([(odd, tags), parsed("a")]), rows([parsed("Eve/B-Person")], ids=["id2"])]
    assert faults(DocBinTarget(), batches) == []
    data = written(DocBinTarget(), batches)
    assert data == written(DocBinTarget(), batches)
    found = [
        (
            [token.text for token in doc],
            [LABELS.names.index(f"{t.ent_iob_}-{t.ent_type_}" if t.ent_type_ else "O") for t in doc],
            doc.user_data["doc_id"],
            doc.user_data["id"],
        )
        for doc in importlib.import_module("spacy.tokens").DocBin().from_bytes(data).get_docs(spacy.blank("en").vocab)
    ]
    assert found == expected(JsonLinesTarget(), batches)


@needs_spacy
def test_a_text_is_that_of_the_doc_or_stands_beside_it():
    spacy = importlib.import_module("spacy")
    texts = ["Ada, no-one ", " Ada  ran"]
    some = rows([parsed("Ada/B-Person , no - one"), parsed("Ada/B-Person ran")])
    given = replace(some, texts=texts, starts=np.array([0, 3, 5, 7, 8, 1, 6]))
    docs = list(
        importlib.import_module("spacy.tokens")
        .DocBin()
        .from_bytes(written(DocBinTarget(), [given]))
        .get_docs(spacy.blank("en").vocab)
    )
    assert docs[0].text == texts[0]
    assert "text" not in docs[0].user_data
    assert (docs[1].user_data["text"], list(docs[1].user_data["offsets"])) == (texts[1], [1, 6])


@needs_spacy
def test_nothing_and_faults():
    assert written(DocBinTarget(), [])
    assert faults(DocBinTarget(), [rows([([""], ["O"]), ([], [])])]) == [
        "train id1 has no tokens",
        "train id0 tokens[0] '' is empty",
    ]
