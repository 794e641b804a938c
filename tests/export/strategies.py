"""What hypothesis draws: sentences with tokens that no dialect likes, and targets to write them with."""

from hypothesis import reject
from hypothesis import strategies as st

from export.builds import LABELS
from tagpress.corpus.tags import SCHEMES
from tagpress.errors import UsageError
from tagpress.export import ColumnsTarget, ConlluTarget, JsonLinesTarget, target_of
from tagpress.export.spans import TOOLS
from tagpress.read.columns import Columns
from tagpress.read.conllu import ConllU
from tagpress.read.jsonl import JsonLines
from tagpress.read.spans.dialect import Spans

FRAGMENTS = [
    *("a", "b", "Ada", "é", "😀", "\u2028", "\x85", "\u00a0", "\x0b", "\x1c", "\x00", "\ufeff", "\u200e"),
    *("\t", " ", "\r", "\n", "|", "||", "_", "O", "-", "\t_", '"', "\\"),
    *("<s>", "</s>", "<s>\tO", "#", "# id = ", "# doc = ", "-DOCSTART-", "EOS", "--", "1", "name=", "│"),
]
tokens = st.lists(st.sampled_from(FRAGMENTS), max_size=3).map("".join)


@st.composite
def sentences(draw, words=tokens, *, most=5):
    """(tokens, valid IOB2 tags), where spans often touch."""
    found = draw(st.lists(words, min_size=1, max_size=most))
    tags: list[str] = []
    for _ in found:
        label = draw(st.sampled_from(["O", "O", *(f"B-{name}" for name in LABELS.entity_types), "go on"]))
        going = tags and tags[-1] != "O"
        tags.append(f"I-{tags[-1][2:]}" if label == "go on" and going else "O" if label == "go on" else label)
    return found, tags


corpora = st.lists(sentences(), min_size=1, max_size=6)

BOUNDS = [{}, {}, {"sentence_start": "<s>", "sentence_end": "</s>"}, {"sentence_start": "--"}, {"sentence_end": "EOS"}]
DOCUMENTS = [
    {},
    {},
    {"document": "-DOCSTART-"},
    {"document_name": "# doc = "},
    {"document": "#", "document_name": "# doc = "},
]
COMMENTS = [{}, {}, {"comment": "#"}, {"sentence_id": "# id = "}, {"sentence_id": "# id = ", "comment": "#"}]
COLUMNS = [
    *({}, {}, {"token": 1, "tag": 0}, {"token": 1, "tag": 3}, {"tag": -1, "width": (2, 4)}),
    *({"token": 2, "tag": 0, "width": 4}, {"token": -1, "tag": -2, "width": (1, 3)} | {"width": (2, 3)}),
]
DELIMITERS = ["\t", "\t", " ", None, "||", "|", "│", "_|", " ||| "]


@st.composite
def columns(draw):
    drawn = [draw(st.sampled_from(table)) for table in (BOUNDS, DOCUMENTS, COMMENTS, COLUMNS)]
    delimiter = draw(st.sampled_from(DELIMITERS))
    dialect = Columns(
        **{name: value for options in drawn for name, value in options.items()},
        delimiter=delimiter,
        quote=draw(st.sampled_from([None, '"', "_"])) if delimiter in {"\t", "||", "|"} else None,
        blank=draw(st.sampled_from(["empty", "delimiters", "whitespace"])),
        header=draw(st.booleans()),
        scheme=draw(st.sampled_from(sorted(SCHEMES))),
        joiner=draw(st.sampled_from(["-", "-", "_", "=", "|", " "])),
        encoding=draw(st.sampled_from(["utf-8", "utf-8", "latin-1", "cp1252", "shift_jis", "gb18030"])),
    )
    try:
        return ColumnsTarget(dialect=dialect, filler=draw(st.sampled_from(["X", "#", "-DOCSTART-", "<s>"])))
    except UsageError:  # its own lines would be misread
        reject()


SPELLED = {"scheme": st.sampled_from(sorted(SCHEMES)), "joiner": st.sampled_from(["-", "_", "|", "=", "\t", "\n", "B"])}
conllu = st.builds(
    ConlluTarget,
    dialect=st.builds(ConllU, key=st.sampled_from(["name", "NER", "a.b"]), outside=st.sampled_from("O_"), **SPELLED),
    documents=st.booleans(),
)
json_lines = st.builds(
    JsonLinesTarget,
    dialect=st.builds(
        JsonLines, sentence_id=st.sampled_from([None, "id"]), document=st.sampled_from([None, "doc"]), **SPELLED
    ),
)
spans = st.builds(
    lambda name, sentence_id, **options: target_of(
        Spans(format=name, sentence_id=sentence_id if TOOLS[name].sentence_id else None, **options)
    ),
    st.sampled_from(sorted(TOOLS)),
    tokens=st.sampled_from([None, "words", "whitespace", r"\w+|\S"]),
    sentence_id=st.sampled_from([None, "id"]),
)
targets = st.one_of(columns(), columns(), columns(), conllu, json_lines, spans)
