"""The pictures in the tables show the numbers beside them."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagpress.corpus.tally import Histogram
from tagpress.preview import write_preview
from tagpress.preview.pictures import HEIGHT, WIDTH, bar, histogram
from tagpress.preview.tables import Table


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=5), st.integers(1, 10**7))
def test_a_bar_is_as_long_as_its_parts_and_they_touch(sizes: list[int], more: int) -> None:
    most = sum(sizes) + more
    shapes = bar(sum(sizes), most, [(size, "bar") for size in sizes]).shapes
    assert sum(float(width) for _, _, width, _, _ in shapes) == pytest.approx(WIDTH * sum(sizes) / most, abs=0.05)
    ends = [float(x) + float(width) for x, _, width, _, _ in shapes]
    assert [float(x) for x, *_ in shapes[1:]] == pytest.approx(ends[:-1], abs=0.02)


@given(st.dictionaries(st.integers(1, 500), st.integers(1, 10**6), min_size=1), st.integers(1, 300))
def test_a_histogram_is_as_high_as_its_counts_and_stays_in_its_frame(counts: dict[int, int], longest: int) -> None:
    lengths = Histogram(tuple(sorted(counts)), tuple(counts[value] for value in sorted(counts)))
    shapes = histogram(lengths, longest).shapes
    heights = [float(height) for *_, height, _ in shapes]
    assert max(heights) == HEIGHT
    assert all(float(x) + float(width) <= WIDTH for x, _, width, _, _ in shapes)
    assert all(
        float(y) + height == pytest.approx(HEIGHT, abs=0.02) for (_, y, *_), height in zip(shapes, heights, strict=True)
    )


def test_a_histogram_says_what_is_most_frequent() -> None:
    assert histogram(Histogram((1, 2, 9), (1, 5, 2)), 9).words == "most often 2"
    assert histogram(Histogram((1, 50), (5, 1)), 48).words == "most often 1 to 2"


def test_a_table_has_a_picture_for_each_row() -> None:
    with pytest.raises(ValueError, match="not as many pictures as rows"):
        Table("x", ("a",), (("1",), ("2",)), (bar(1, 1),))


def test_the_statistics_are_drawn_without_any_style_or_script(build: Path, tmp_path: Path) -> None:
    write_preview(build, tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text("utf-8")
    assert text.count("<svg") > 10
    assert " style=" not in text
    assert 'class="t0"' in text
