import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagpress.corpus import tags
from tagpress.corpus.schema import Labels
from tagpress.errors import ScriptError

LABELS = Labels(("A", "B", "C"))

# One sentence of spans A A | B, C, in every scheme; spans (0, 2, A), (2, 3, A), (4, 5, B), (5, 7, C).
SPELLED = {
    "IOB1": "I-A I-A B-A O I-B I-C I-C",
    "IOB2": "B-A I-A B-A O B-B B-C I-C",
    "IOE1": "I-A E-A I-A O I-B I-C I-C",
    "IOE2": "I-A E-A E-A O E-B I-C E-C",
    "BIOES": "B-A E-A S-A O S-B B-C E-C",
    "BILOU": "B-A L-A U-A O U-B B-C L-C",
    "BMES": "B-A E-A S-A O S-B B-C E-C",
}
SPANS = [(0, 2, 0), (2, 3, 0), (4, 5, 1), (5, 7, 2)]


def spans_of(label_ids, offsets):
    """Return each sentence's spans as half-open (start, end, type), from valid IOB2 label ids."""
    found = [[] for _ in offsets[1:]]
    for start in np.flatnonzero(label_ids % 2 == 1):
        sentence = int(np.searchsorted(offsets, start, side="right")) - 1
        begin, end = int(offsets[sentence]), start + 1
        while end < offsets[sentence + 1] and label_ids[end] == label_ids[start] + 1:
            end += 1
        found[sentence].append((int(start) - begin, int(end) - begin, int(label_ids[start] - 1) // 2))
    return found


# Tags that break their scheme, and the tokens at which they do; "end" is the last token that cannot end a sentence.
BROKEN = [
    ("IOB2", "I-A", [0], []),
    ("IOB2", "O I-A", [1], []),
    ("IOB2", "B-A I-B", [1], []),
    ("IOB1", "B-A", [0], []),
    ("IOB1", "I-A B-B", [1], []),
    ("IOE1", "E-A", [], [0]),
    ("IOE1", "E-A O", [1], []),
    ("IOE2", "I-A", [], [0]),
    ("IOE2", "I-A O", [1], []),
    ("IOE2", "I-A E-B", [1], []),
    ("BIOES", "B-A", [], [0]),
    ("BIOES", "B-A O", [1], []),
    ("BIOES", "I-A E-A", [0], []),
    ("BIOES", "E-A", [0], []),
    ("BIOES", "B-A E-B", [1], []),
    ("BIOES", "S-A I-A E-A", [1], []),
]


def convert(scheme_name: str, text: str, bounds: list[int] | None = None) -> tags.Converted:
    scheme = tags.scheme_named(scheme_name)
    spelled = text.split()
    read = [tags.read_tag(tag, scheme, LABELS) for tag in spelled]
    roles = np.array([role for role, _ in read], dtype=np.int8)
    types = np.array([kind for _, kind in read], dtype=np.int16)
    return tags.to_iob2(np.arange(len(roles)), roles, types, np.array(bounds or [0, len(spelled)]), scheme)


@pytest.mark.parametrize("scheme", SPELLED)
def test_every_scheme_reads_the_same_spans(scheme):
    converted = convert(scheme, SPELLED[scheme])
    assert spans_of(converted.label_ids, np.array([0, 7])) == [SPANS]
    assert not len(converted.invalid)
    assert not len(converted.unfinished)


def test_io_joins_neighbours_of_one_type():
    converted = convert("IO", "I-A I-A I-B O I-B")
    assert spans_of(converted.label_ids, np.array([0, 5])) == [[(0, 2, 0), (2, 3, 1), (4, 5, 1)]]


@pytest.mark.parametrize(("scheme", "text", "invalid", "unfinished"), BROKEN)
def test_what_breaks_a_scheme_is_found_at_its_token(scheme, text, invalid, unfinished):
    converted = convert(scheme, text)
    assert converted.invalid.tolist() == invalid
    assert converted.unfinished.tolist() == unfinished


def test_sentences_do_not_touch():
    converted = convert("IOB2", "B-A I-A I-A O I-B", [0, 2, 2, 5])
    assert converted.invalid.tolist() == [2, 4]
    assert converted.label_ids.tolist() == [1, 2, 1, 0, 3]


def test_no_tokens_at_all():
    converted = convert("BIOES", "", [0, 0, 0])
    assert converted.label_ids.tolist() == []
    assert converted.invalid.tolist() == []


@pytest.mark.parametrize("alias", ["BIO", "bio", "IOBES", "bilou", "BMEWO"])
def test_aliases(alias):
    assert tags.scheme_named(alias).name in tags.SCHEMES


def test_an_unknown_scheme_is_refused_with_the_known_ones():
    with pytest.raises(ScriptError, match="no tag scheme is named 'BIOX'") as caught:
        tags.scheme_named("BIOX")
    assert "BIOES" in caught.value.hint


@pytest.mark.parametrize("tag", ["B-D", "X-A", "A", "", "B", "B-", "o", "B_A", "E-A"])
def test_an_unknown_tag_is_never_guessed(tag):
    assert tags.read_tag(tag, tags.scheme_named("IOB2"), LABELS) == (tags.UNKNOWN, tags.UNKNOWN)


def test_another_joiner_and_a_type_with_a_joiner_in_it():
    labels = Labels(("creative-work",))
    scheme = tags.scheme_named("IOB2")
    assert tags.read_tag("B-creative-work", scheme, labels) == (tags.B, 0)
    assert tags.read_tag("I_creative-work", scheme, labels, joiner="_") == (tags.I, 0)


def test_io_may_be_written_without_its_prefix():
    assert tags.read_tag("B", tags.scheme_named("IO"), LABELS) == (tags.I, 1)
    assert tags.read_tag("Type B", tags.scheme_named("IO"), LABELS, types={"Type B": "B"}) == (tags.I, 1)
    assert tags.read_tag("I-Type B", tags.scheme_named("IOB2"), LABELS, types={"Type B": "B"}) == (tags.I, 1)
    assert tags.read_tag("B", tags.scheme_named("IOB2"), LABELS) == (tags.UNKNOWN, tags.UNKNOWN)


@st.composite
def sentences_of_spans(draw):
    """Sentences as (length, spans); spans are disjoint, ordered, and may touch."""
    result = []
    for _ in range(draw(st.integers(0, 5))):
        at, spans = 0, []
        for _ in range(draw(st.integers(0, 5))):
            start = at + draw(st.integers(0, 2))
            end = start + draw(st.integers(1, 3))
            spans.append((start, end, draw(st.integers(0, 2))))
            at = end
        result.append((at + draw(st.integers(0, 2)), spans))
    return result


def write(scheme: str, spans: list[tuple[int, int, int]], length: int) -> list[str]:
    """A slow, separate writer: each token's tag from the span around it."""
    spelled = ["O"] * length
    for start, end, kind in spans:
        name = LABELS.entity_types[kind]
        touches = any(other[1] == start and other[2] == kind for other in spans)
        touched = any(other[0] == end and other[2] == kind for other in spans)
        for i in range(start, end):
            first, last = i == start, i == end - 1
            letter = {
                "IOB1": "B" if first and touches else "I",
                "IOB2": "B" if first else "I",
                "IOE1": "E" if last and touched else "I",
                "IOE2": "E" if last else "I",
                "BIOES": "S" if first and last else "B" if first else "E" if last else "I",
                "BILOU": "U" if first and last else "B" if first else "L" if last else "I",
                "BMES": "S" if first and last else "B" if first else "E" if last else "M",
            }[scheme]
            spelled[i] = f"{letter}-{name}"
    return spelled


@given(sentences_of_spans(), st.sampled_from(sorted(SPELLED)))
def test_spans_to_tags_to_spans_is_identity(sentences, scheme):
    spelled = [write(scheme, spans, length) for length, spans in sentences]
    bounds = np.cumsum([0, *(len(tags_) for tags_ in spelled)])
    converted = convert(scheme, " ".join(tag for tags_ in spelled for tag in tags_), bounds.tolist())
    assert not len(converted.invalid)
    assert not len(converted.unfinished)
    assert spans_of(converted.label_ids, bounds) == [spans for _, spans in sentences]
    for (length, spans), start in zip(sentences, bounds, strict=False):
        assert label_ids(spans, length) == converted.label_ids[start : start + length].tolist()


def label_ids(spans, length):
    """IOB2, the plain way."""
    ids = [0] * length
    for start, end, entity_type in spans:
        ids[start:end] = [2 * entity_type + 1, *[2 * entity_type + 2] * (end - start - 1)]
    return ids


@given(
    st.lists(st.lists(st.sampled_from(["O", "B-A", "I-A", "B-B", "I-B"]), max_size=6), max_size=5),
)
def test_what_comes_out_is_always_valid_iob2(sentences):
    bounds = np.cumsum([0, *(len(sentence) for sentence in sentences)])
    converted = convert("IOB2", " ".join(tag for sentence in sentences for tag in sentence), bounds.tolist())
    again = [LABELS.names[i] for i in converted.label_ids]
    assert not len(convert("IOB2", " ".join(again), bounds.tolist()).invalid)
