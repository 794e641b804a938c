from dataclasses import replace

import numpy as np
import pytest

from export.builds import parsed, rows
from export.reading import expected, faults, read_back, written
from tagpress.errors import UsageError
from tagpress.export import ConlluTarget
from tagpress.read.conllu import ConllU

FILLED = "\t_" * 7


def test_golden():
    some = rows([parsed("Ada/B-Person Lovelace/I-Person wrote"), parsed("it")], doc_ids=["a", "b"])
    assert faults(ConlluTarget(), [some]) == []
    assert written(ConlluTarget(), [some]).decode() == (
        "# newdoc id = a\n# sent_id = id0\n# text = Ada Lovelace wrote\n"
        f"1\tAda{FILLED}\tname=B-Person\n2\tLovelace{FILLED}\tname=I-Person\n3\twrote{FILLED}\tname=O\n\n"
        f"# newdoc id = b\n# sent_id = id1\n# text = it\n1\tit{FILLED}\tname=O\n\n"
    )


def test_another_key_and_scheme():
    target = ConlluTarget(dialect=ConllU(key="NER", scheme="BILOU", joiner="_"), documents=False)
    some = rows([parsed("Ada/B-Person")], doc_ids=[" odd"])
    assert faults(target, [some]) == []
    assert written(target, [some]).decode() == f"# sent_id = id0\n# text = Ada\n1\tAda{FILLED}\tNER=U_Person\n\n"


def test_nothing():
    assert written(ConlluTarget(), []) == b""


FAULTS = [
    ("a\tb", "has a tab or a line end in it"),
    ("a\nb", "has a tab or a line end in it"),
    ("", "is empty"),
    ("# text", None),
    ("a|b=c", None),
    (" ", None),
    ("\u2028\r", None),
]


@pytest.mark.parametrize(("token", "reason"), FAULTS)
def test_token(token, reason):
    said = [] if reason is None else [f"train id0 tokens[0] {token!r} {reason}"]
    assert faults(ConlluTarget(), [rows([([token], ["O"])])]) == said


def test_tags_and_ids():
    some = rows([parsed("Ada/B-Person"), ([], [])], ids=["a\tb", "c"], doc_ids=["x\n", "y"])
    assert faults(ConlluTarget(dialect=ConllU(joiner="|")), [some]) == [
        "train 'a\\tb' has the id 'a\\tb', which a comment cannot hold",
        "train 'a\\tb' has the document id 'x\\n', which a comment cannot hold",
        "train c has no tokens",
        "train 'a\\tb' tokens[0] 'Ada' has the tag 'B|Person', which MISC would cut",
    ]


def test_another_encoding():
    with pytest.raises(UsageError, match="CoNLL-U cannot be written in iso8859-1"):
        ConlluTarget(dialect=ConllU(encoding="latin-1"))


def test_a_published_text_is_told_with_its_spaces():
    some = rows([parsed("Ada/B-Person , no - one"), parsed("a b"), parsed("a b")])
    texts = ["Ada,  no-\u00a0one\t", "a (b", " a b"]
    given = replace(some, texts=texts, starts=np.array([0, 3, 6, 8, 10, 0, 3, 1, 3]))
    written_ = written(ConlluTarget(documents=False), [given]).decode()
    first, second, third = written_.split("\n\n")[:3]
    assert first.split("\n")[1:] == [
        "# text = Ada,  no-\u00a0one",
        "1\tAda" + "\t_" * 7 + "\tname=B-Person|SpaceAfter=No",
        "2\t," + "\t_" * 7 + "\tname=O|SpacesAfter=\\s\\s",
        "3\tno" + "\t_" * 7 + "\tname=O|SpaceAfter=No",
        "4\t-" + "\t_" * 7 + "\tname=O|SpacesAfter=\u00a0",
        "5\tone" + "\t_" * 7 + "\tname=O|SpacesAfter=\\t",
    ]
    assert all(part.split("\n")[1] == "# text = a b" for part in (second, third))  # what MISC cannot say is not said
    assert read_back(ConlluTarget(documents=False), written_.encode(), some.labels) == expected(
        ConlluTarget(documents=False), [some]
    )
