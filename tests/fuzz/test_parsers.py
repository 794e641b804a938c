"""Every parser of foreign bytes keeps its law on its seeds, and on what a few edits make of them."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fuzz.edits import KINDS, PLACES, edited
from fuzz.parsers import PARSERS
from tagpress.read.spans.formats.table import FORMATS

FOUND = sorted(path for path in (Path(__file__).parent / "found").glob("*/*"))
one = st.tuples(st.sampled_from(KINDS), st.integers(0, PLACES - 1), st.integers(1, 64), st.integers(0, 255))


def test_every_format_of_spans_has_a_row():
    without = {"spacy"}  # which spaCy itself reads
    assert {f"spans-{name}" for name in FORMATS.keys() - without} <= PARSERS.keys()


@pytest.mark.parametrize("name", PARSERS)
def test_a_seed_is_taken(name):
    assert all(PARSERS[name].takes(seed) for seed in PARSERS[name].seeds())


@pytest.mark.parametrize("name", PARSERS)
@pytest.mark.parametrize("data", [b"", b"\n", b"\xef\xbb\xbf", b"\0"])
def test_nothing_is_refused_or_read(name, data):
    PARSERS[name].judge(data)


few = settings(max_examples=8, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
damage = {"seed": st.integers(0, 63), "edits": st.lists(one, min_size=1, max_size=4)}


@pytest.mark.parametrize("name", PARSERS)
@few
@given(**damage)
def test_what_is_damaged_is_refused_or_read(name, seed, edits):
    seeds = PARSERS[name].seeds()
    PARSERS[name].judge(edited(seeds[seed % len(seeds)], edits))


@pytest.mark.slow
@pytest.mark.parametrize("name", PARSERS)
@settings(few, max_examples=80)
@given(**damage)
def test_what_is_damaged_more_often_is_refused_or_read(name, seed, edits):
    seeds = PARSERS[name].seeds()
    PARSERS[name].judge(edited(seeds[seed % len(seeds)], edits))


@pytest.mark.parametrize("path", FOUND, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_was_found_once_is_refused_or_read(path):
    PARSERS[path.parent.name].judge(path.read_bytes())
