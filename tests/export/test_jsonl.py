import pytest

from export.builds import parsed, rows
from export.reading import faults, written
from tagpress.errors import UsageError
from tagpress.export import JsonLinesTarget
from tagpress.read.jsonl import JsonLines


def test_golden():
    some = rows([parsed("Ada/B-Person Lovelace/I-Person é"), (['\n\u2028\x85\u2029\ufeff\x0b\t"\\\r '], ["B-O"])])
    assert faults(JsonLinesTarget(), [some]) == []
    assert written(JsonLinesTarget(), [some]).decode() == (
        '{"id": "id0", "doc_id": "doc", "tokens": ["Ada", "Lovelace", "é"], "tags": ["B-Person", "I-Person", "O"]}\n'
        '{"id": "id1", "doc_id": "doc", "tokens": ["\\n\\u2028\\u0085\\u2029\ufeff\\u000b\\t\\"\\\\\\r "], "tags": ["B-O"]}\n'
    )


def test_other_fields_and_another_scheme():
    target = JsonLinesTarget(dialect=JsonLines(tokens="words", scheme="BIOES", joiner="_"))
    assert written(target, [rows([parsed("Ada/B-Person")])]) == b'{"words": ["Ada"], "ner_tags": ["S_Person"]}\n'


BAD = {
    "the field 'id' is given two things to hold": {"sentence_id": "id", "document": "id"},
    "JSON lines cannot be written in iso8859-1": {"encoding": "latin-1"},
    "the joiner is empty": {"joiner": ""},
}


@pytest.mark.parametrize("message", BAD)
def test_a_target_that_could_not_be_read_back(message):
    with pytest.raises(UsageError) as caught:
        JsonLinesTarget(dialect=JsonLines(**BAD[message]))
    assert caught.value.message == message
    assert caught.value.hint


def test_faults():
    some = rows([parsed("Ada/B-Person Eve/B-Person"), ([""], ["O"]), ([], [])])
    assert faults(JsonLinesTarget(dialect=JsonLines(scheme="IO")), [some]) == [
        "train id2 has no tokens",
        "train id0 tokens[1] 'Eve' begins an entity right behind one of its type, and IO would join the two",
        "train id1 tokens[0] '' is empty",
    ]
