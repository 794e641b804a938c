"""Doubts of layers: flat and nested spans are looked at as the main tags are, and what is not looked at is named."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from made_corpora import declare
from tagpress.build.corpus import check_corpus
from tagpress.build.doubts.counted import together
from tagpress.build.doubts.judge import IN_PART, NO_TAG, TYPES_FROM, doubtful_edges
from tagpress.build.doubts.layers import looked_at
from tagpress.build.doubts.names import added_names, names_in_sentences
from tagpress.build.doubts.readings import WantedNames, names_of_piece
from tagpress.build.doubts.sentences import PieceSentences
from tagpress.build.doubts.spans import nested_spans
from tagpress.corpus.layers.flat_spans import FlatSpans
from tagpress.corpus.layers.nested_spans import NestedSpans
from tagpress.corpus.layers.token_texts import TokenTexts
from tagpress.corpus.splits import HashSplits
from tagpress.errors import UsageError
from tagpress.read.columns import Columns

ALL = HashSplits(train=1, validation=0, test=0)
CAN = ("runs", "waits", "stops", "hangs", "ends", "works")


def corpus(folder, sentences, layers, **changes):
    """Declare sentences whose tokens have an entity tag and two more columns."""
    lines = [line for sentence in sentences for line in (*(" ".join(row) for row in sentence), "")]
    (folder / "a.txt").write_text("\n".join(lines) + "\n")
    dialect = Columns(delimiter=" ", tag=1, extra={"one": 2, "two": 3})
    return declare(folder, **{"dialect": dialect, "layers": layers, "splits": ALL, **changes})


def said(one, two, verb):
    return [("we", "O", "O", "O"), ("saw", "O", "O", "O"), ("Oslo", "O", one, two), (verb, "O", "O", "O")]


def notes(declaration):
    report = check_corpus(declaration, workers=1, doubts=True)
    assert report.ok
    return [found for found in report.problems if found.severity == "note"]


def test_a_layer_of_flat_spans_is_looked_at_and_named(tmp_path):
    sentences = [*(said("B-LOC", "O", verb) for verb in CAN), said("O", "O", "sleeps")]
    (note,) = notes(corpus(tmp_path, sentences, {"places": FlatSpans(["LOC"], column="one")}))
    assert (note.code, note.line) == ("doubtful-gap", 31)
    assert note.found == "'Oslo' without a tag, at token 3 of the layer places"
    assert note.expected.startswith("LOC, as in 6 places such as a.txt:1, a.txt:6")


def test_a_layer_of_nested_spans_is_looked_at_whatever_stands_around_a_name(tmp_path):
    inside = [
        [
            ("the", "O", "B-ORG", "O"),
            ("Oslo", "O", "I-ORG", "B-LOC"),
            ("Bank", "O", "I-ORG", "O"),
            (verb, "O", "O", "O"),
        ]
        for verb in CAN[:3]
    ]
    sentences = [*inside, *(said("B-LOC", "O", verb) for verb in CAN[3:]), said("O", "O", "sleeps")]
    (note,) = notes(corpus(tmp_path, sentences, {"all": NestedSpans(["LOC", "ORG"], columns=("one", "two"))}))
    assert note.found == "'Oslo' without a tag, at token 3 of the layer all"
    assert note.expected.startswith("LOC, as in 6 places")


def test_near_copies_with_other_spans_in_a_layer_are_in_doubt(tmp_path):
    sentences = [
        [("Oslo", "O", tag, "O"), ("in", "O", "O", "O"), (year, "O", "O", "O")]
        for tag, year in (("B-LOC", "2015"), ("O", "2018"))
    ]
    (note,) = notes(corpus(tmp_path, sentences, {"places": FlatSpans(["LOC"], column="one")}))
    assert note.code == "doubtful-copy"
    assert note.found.endswith("'Oslo' as LOC of the layer places")


def test_layers_are_looked_at_without_any_entities(tmp_path):
    sentences = [*(said("B-LOC", "O", verb) for verb in CAN), said("O", "O", "sleeps")]
    dialect = Columns(delimiter=" ", tag=None, extra={"one": 2, "two": 3})
    layers = {"one": FlatSpans(["LOC"])}
    (note,) = notes(corpus(tmp_path, sentences, layers, dialect=dialect, entity_types={}))
    assert note.code == "doubtful-gap"


def test_a_corpus_with_neither_spans_nor_classes_is_refused(tmp_path):
    sentences = [said("NN", "x", verb) for verb in CAN]
    alone = {"dialect": Columns(delimiter=" ", tag=None, extra={"one": 2, "two": 3}), "entity_types": {}}
    declaration = corpus(tmp_path, sentences, {"one": TokenTexts()}, **alone)
    with pytest.raises(UsageError, match="among entities, other spans and classes, and small has none"):
        check_corpus(declaration, workers=1, doubts=True)


def test_what_is_made_of_a_nested_layer_is_looked_at_there(tmp_path):
    layers = {
        "all": NestedSpans(["Language", "Device"], columns=("ner_tags", "one")),
        "ner_tags": FlatSpans(of="all", rule="outermost"),
    }
    declaration = corpus(tmp_path, [], {**layers, "two": TokenTexts()})
    assert [one.name for one in looked_at(declaration)] == ["all"]


TOKENS = st.lists(st.sampled_from(["a", "b", "ab"]), min_size=1, max_size=8)


@st.composite
def nested(draw):
    """Return sentences of tokens, each with spans that may be in and across each other."""
    made = []
    for tokens in draw(st.lists(TOKENS, min_size=1, max_size=4)):
        ends = st.tuples(st.integers(0, len(tokens) - 1), st.integers(1, len(tokens)), st.integers(0, 1))
        spans = {(min(one, two - 1), max(one + 1, two), kind) for one, two, kind in draw(st.lists(ends, max_size=4))}
        made.append((tokens, sorted(spans, key=lambda span: (span[0], -span[1], span[2]))))
    return made


def found_by_columns(sentences):
    bounds = np.concatenate([[0], np.cumsum([len(tokens) for tokens, _ in sentences])])
    columns = PieceSentences(
        tokens=pa.array([token for tokens, _ in sentences for token in tokens], pa.string()),
        bounds=bounds,
        kept=np.ones(len(sentences), dtype=np.bool_),
        splits=np.zeros(len(sentences), dtype=np.int64),
        lines=np.arange(len(sentences)),
        keys=np.zeros((len(sentences), 16), dtype=np.uint8),
    )
    numbers = [[number for span in spans for number in span] for _, spans in sentences]
    spans = nested_spans(pa.array(numbers, pa.list_(pa.int32())), columns)
    names = added_names([names_in_sentences(columns, spans)])
    wanted = WantedNames.of(names, together([names.names.keys]), doubtful_edges(names.edges))
    wanted = replace(wanted, most=np.full(len(wanted.most), 1000))  # each place is worth knowing
    (_, readings, _, tokens, sizes), _ = names_of_piece(columns, spans, columns.hashes(), wanted)
    return Counter(zip(tokens.tolist(), sizes.tolist(), readings.tolist(), strict=True))


def found_plainly(sentences):
    names = {tuple(tokens[begin:end]) for tokens, spans in sentences for begin, end, _ in spans}
    found, first = Counter(), 0
    for tokens, spans in sentences:
        for start in range(len(tokens)):
            for stop in range(start + 1, len(tokens) + 1):
                own = [kind for begin, end, kind in spans if (begin, end) == (start, stop)]
                cut = any(begin < at < end for begin, end, _ in spans for at in (start, stop))
                if tuple(tokens[start:stop]) in names and (own or not cut):
                    some = any(begin < stop and start < end for begin, end, _ in spans)
                    reading = TYPES_FROM + own[0] if own else IN_PART if some else NO_TAG
                    found[first + start, stop - start, reading] += 1
        first += len(tokens)
    return found


@given(nested())
def test_every_place_of_every_name_is_found_with_its_reading_among_nested_spans(sentences):
    assert found_by_columns(sentences) == found_plainly(sentences)
