"""What may be decoded: the texts of a row group must fit into memory, and only what they really have counts."""

import hashlib

import pyarrow as pa
import pytest

from tagpress.corpus.records import ConfigRecord, FileRecord, SplitRule
from tagpress.errors import VerifyError
from tagpress.hub import check_rows

_RECORD = FileRecord(
    path="data/train-00000-of-00001.parquet",
    bytes=1,
    sha256=hashlib.sha256().hexdigest(),
    rows=1,
    row_digest=hashlib.sha256().hexdigest(),
)
_CONFIG = ConfigRecord(
    label_names=("O",),
    split_rule=SplitRule(kind="given", group="sentence", salt=""),
    shards={},
    splits={},
    sources=(),
    counts={"read": 0, "published": 0, "rejected": 0},
    rejected={},
)
_MEGABYTE = 1 << 20


def _rows(words: list[str], places: list[int]) -> pa.Table:
    tokens = pa.DictionaryArray.from_arrays(pa.array(places, pa.int32()), pa.array(words), safe=False)
    lists = pa.ListArray.from_arrays(pa.array([0, len(places)], pa.int32()), tokens)
    tags = pa.ListArray.from_arrays(lists.offsets, pa.array([0] * len(places)))
    return pa.table({"id": ["a"], "tokens": lists, "ner_tags": tags})


def test_one_long_word_among_many_short_ones_is_no_bomb() -> None:
    """The longest word in each place would take a hundred megabytes; it stands in one."""
    check_rows(_rows(["x" * _MEGABYTE, "y"], [0] + [1] * 100), 1, _RECORD, _CONFIG)


def test_a_long_word_in_many_places_is_refused() -> None:
    """What it takes is said."""
    with pytest.raises(VerifyError, match=r"would take 105,906,178 in memory"):
        check_rows(_rows(["x" * _MEGABYTE, "y"], [1] + [0] * 101), 1, _RECORD, _CONFIG)


@pytest.mark.parametrize("code", [-1, 2])
def test_a_code_without_a_text_is_refused(code: int) -> None:
    """It would be the place of some other text, or of none."""
    with pytest.raises(VerifyError, match="its column tokens has a code without a text"):
        check_rows(_rows(["x", "y"], [0, code, 1]), 1, _RECORD, _CONFIG)


def test_texts_of_a_slice_are_those_of_its_rows() -> None:
    """A plain column counts what its rows have, not what lies in its buffers."""
    ids = pa.chunked_array([pa.array(["x" * (80 * _MEGABYTE), "b"])]).slice(1)
    check_rows(pa.table({"id": ids}), 1, _RECORD, _CONFIG)
