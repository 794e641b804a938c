import pytest

from read.values import sentences
from tagpress.errors import UsageError
from tagpress.read.columns import Columns, preset
from tagpress.read.presets import PRESETS

EXAMPLES = {
    # preset: (a source, its sentences, its documents without those named by their content)
    "conll2003": (
        "-DOCSTART- -X- -X- O\n\nEU NNP I-NP I-ORG\nrejects VBZ I-VP O\n\nPeter NNP I-NP I-PER\n",
        [(["EU", "rejects"], ["I-ORG", "O"]), (["Peter"], ["I-PER"])],
        None,
    ),
    "conll2002": (
        "Melbourne B-LOC\n\u00f1 O\n\nDe Art O\nminister N B-PER\n",
        [(["Melbourne", "\u00f1"], ["B-LOC", "O"]), (["De", "minister"], ["O", "B-PER"])],
        ("",),
    ),
    "wnut17": ("a\tO\n\t\nb\tB-group\n", [(["a"], ["O"]), (["b"], ["B-group"])], ("",)),
    "germeval14": (
        "#\thttp://a.de\t[2009]\n1\tDas\tO\tO\n2\tA-Team\tB-OTH\tB-LOC\n\n#\thttp://b.de\n1\t#\tO\tO\n",
        [(["Das", "A-Team"], ["O", "B-OTH"]), (["#"], ["O"])],
        ("http://a.de", "http://b.de"),
    ),
    "germeval14-inner": ("1\tA\tB-OTH\tB-LOC\n", [(["A"], ["B-LOC"])], ("",)),
    "uner": (
        "# newdoc id = d\n# sent_id = 1\n# text = a\n1\ta\tO\t-\t-\n\n# newdoc\n# sent_id = 2\n1\t#b\tB-PER\t-\tx\n",
        [(["a"], ["O"]), (["#b"], ["B-PER"])],
        None,
    ),
    "mit": ("O\twhat\nB-GENRE\tcomedy\n", [(["what", "comedy"], ["O", "B-GENRE"])], ("",)),
    "mtl-bio": ("-DOCSTART-\tO\n\nIL-2\tB-protein\n", [(["IL-2"], ["B-protein"])], None),
    "bionlp2004": ("###MEDLINE:9\n\nIL-2\tB-DNA\n\n", [(["IL-2"], ["B-DNA"])], ("9",)),
    "broad-twitter": ("a\tO\n \n \tO\n", [(["a"], ["O"]), ([" "], ["O"])], ("",)),
    "kaznerd": ("a O\n\nb B-ART\n", [(["a"], ["O"]), (["b"], ["B-ART"])], ("",)),
    "klue": ("## x : y\n## id-1\tab\na\tO\n \tO\n\n", [(["a", " "], ["O", "O"])], ("",)),
    "multiconer": ("# id 7\tdomain=en\na _ _ O\nb _ _ B-CW\n", [(["a", "b"], ["O", "B-CW"])], ("",)),
    "wikiser": ("<s>\na b\tO\n</s>\n", [(["a b"], ["O"])], ("",)),
}


@pytest.mark.parametrize("name", PRESETS)
def test_example(name: str) -> None:
    source, expected, documents = EXAMPLES[name]
    dialect = preset(name)
    parsed = dialect.parse(source.encode(dialect.encoding))
    assert sentences(parsed) == expected
    assert parsed.faults.rows() == []
    assert documents in (None, parsed.documents)


TAKEN_FOR_OTHERS = {
    "klue": ("## id\tab\n##\tO\na\tO\n", ["##", "a"]),
    "conll2003": ("-DOCSTART- -X- O O\n\n-DOCSTART-ish NN O O\na NN O O\n", ["-DOCSTART-ish", "a"]),
    "mtl-bio": ("-DOCSTART-\tO\n\n-DOCSTART-ish\tB-X\n", ["-DOCSTART-ish"]),
    "multiconer": ("# id 7 domain=en\n# id _ O\na _ _ O\n", ["#", "a"]),
}


@pytest.mark.parametrize("name", TAKEN_FOR_OTHERS)
def test_no_preset_eats_a_token(name: str) -> None:
    source, expected = TAKEN_FOR_OTHERS[name]
    parsed = preset(name).parse(source.encode())
    assert parsed.tokens.to_pylist() == [expected]
    assert [(code, sentence) for code, _, sentence, _ in parsed.faults.rows()] == [("ambiguous-comment", 0)]


def test_options_of_your_own() -> None:
    assert Columns.preset("conll2003", scheme="IOB2", encoding="latin-1") == Columns(
        tag=3, delimiter=" ", document="-DOCSTART-", encoding="iso8859-1", width=4
    )


def test_an_unknown_name() -> None:
    with pytest.raises(UsageError, match="no dialect is called 'conll2004'") as caught:
        Columns.preset("conll2004")
    assert "conll2003" in caught.value.hint
