"""The card's pictures: their numbers in words, their bytes, and that any words can be in them."""

import hashlib
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from tagpress.card.pictures import PICTURES, alt_texts, draw, shown_in
from tagpress.corpus.schema import Labels
from tagpress.corpus.tally import Tally, tally

TYPES, LENGTHS = (picture.path for picture in PICTURES.values())
SVG = "{http://www.w3.org/2000/svg}"


def of(lengths: list[int], entities: list[int], labels: Labels) -> Tally:
    """A tally of sentences of these lengths, with entities of these types at the beginning."""
    tokens = pa.array([["x"] * length for length in lengths], pa.list_(pa.string()))
    tags = np.zeros(sum(lengths), np.int64)
    tags[: len(entities)] = [labels.begin(one) for one in entities]
    return tally(tokens, tags, labels)


def tallies(*names: str) -> dict[str, Tally]:
    labels = Labels(names)
    everything = [place for place in range(len(names)) for _ in range(place + 1)]
    return {
        "train": of([3, 5, 8, 300, len(everything)], everything, labels),
        "test": of([4, 4], [0, 0, 0], labels),
    }


def words(svg: bytes) -> list[str]:
    return [text.text or "" for text in ET.fromstring(svg).iter(f"{SVG}text")]


def test_the_pictures_say_their_numbers_in_words() -> None:
    assert alt_texts(tallies("A", "B_c", "D", "E")) == {
        "assets/entity-types.svg": (
            "Bar chart of 13 entities of 4 types by split. The most have A with 4 (train 1, test 3), E with 4 (train 4,"
            " test 0), D with 3 (train 3, test 0); the fewest has B_c with 2 (train 2, test 0)."
        ),
        "assets/sentence-lengths.svg": (
            "Histogram of the lengths of 7 sentences: half have at most 5 tokens, nine in ten have 3 to 300, and the"
            " longest has 300."
        ),
    }


def test_the_bars_are_the_counts_the_most_frequent_first() -> None:
    found = words(draw(tallies("A", "B_c", "D", "E"))[TYPES])
    names = [word for word in found if word in {"A", "B_c", "D", "E"}]
    assert names == ["A", "E", "D", "B_c"]
    assert found[found.index("B_c") + 1 :] == ["4", "4", "3", "2", "train", "test"]


def test_the_last_bar_of_the_lengths_has_the_tail_and_says_so() -> None:
    labels = Labels(("A",))
    [svg] = draw({"train": of([*range(1, 200), 900], [], labels)}, [LENGTHS]).values()
    found = words(svg)
    assert "tokens in a sentence; the last bar has all of 196 and more" in found
    assert {"half: up to 100", "95 %: up to 190"} <= set(found)
    [short] = draw({"train": of([1, 2, 3], [], labels)}, [LENGTHS]).values()
    assert "tokens in a sentence" in words(short)


def test_any_name_is_drawn_as_it_is() -> None:
    names = ("$x^2$", "日本語", "שפה", "<b>&amp;", "a" * 60)
    assert {*names[:-1], "a" * 29 + "…"} <= set(words(draw(tallies(*names))[TYPES]))


def test_types_without_entities_are_counted_in_words() -> None:
    labels = Labels(("A", "B", "C", "D", "E"))
    for entities, end in (([0], "; 4 types have none."), ([0, 1, 2, 3], "; 1 type has none.")):
        found = alt_texts({"train": of([5], entities, labels)})[TYPES]
        assert found.startswith(f"Bar chart of {len(entities)} entit{'y' if len(entities) == 1 else 'ies'} of 5 types")
        assert found.endswith(end)


def test_of_many_types_the_rarest_share_a_bar() -> None:
    found = words(draw(tallies(*(f"T{place}" for place in range(50))), [TYPES])[TYPES])
    assert "11 others" in found
    assert "T10" not in found
    assert {"T11", "T49"} <= set(found)


@pytest.mark.parametrize("path", [TYPES, LENGTHS])
def test_an_empty_split_can_be_drawn(path: str) -> None:
    empty = {"train": Tally.empty(Labels(("A", "B")))}
    assert set(draw(empty, [path])) == {path}
    assert alt_texts(empty)[path].endswith(("no split has an entity.", "there is no sentence."))


def test_only_what_a_card_shows() -> None:
    card = f"![a chart]({TYPES})\n\nassets/sentence-lengths.svg (not shown)".encode()
    assert shown_in(card) == (TYPES,)
    assert set(draw(tallies("A"), shown_in(card))) == {TYPES}


def test_same_numbers_same_bytes_whatever_the_process_and_its_settings(tmp_path: Path) -> None:
    matplotlib = pytest.importorskip("matplotlib")
    found = draw(tallies("A", "B"))
    with matplotlib.rc_context({"font.size": 30, "svg.fonttype": "path", "axes.grid": True}):
        assert draw(tallies("A", "B")) == found
        assert matplotlib.rcParams["font.size"] == 30
    script = (
        "import hashlib, sys; sys.path[:0] = sys.argv[1:]; from card.test_pictures import draw, tallies;"
        "print(hashlib.sha256(b''.join(draw(tallies('A', 'B')).values())).hexdigest())"
    )
    (tmp_path / "matplotlibrc").write_text("font.size: 30\nsvg.hashsalt: other\n")
    environment = {
        "PYTHONHASHSEED": "7",
        "MPLCONFIGDIR": str(tmp_path),
        "MATPLOTLIBRC": str(tmp_path),
        "TZ": "Asia/Tokyo",
    }
    command = [sys.executable, "-c", script, str(Path(__file__).parents[1])]
    other = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert other.stdout.strip() == hashlib.sha256(b"".join(found.values())).hexdigest()


def test_what_draws_is_loaded_beside_other_work() -> None:
    pytest.importorskip("matplotlib")
    script = (
        "import sys, threading; from tagpress.card.pictures import load_beside; load_beside();"
        "[one.join() for one in threading.enumerate() if one.name == 'tagpress-pictures'];"
        "sys.exit('matplotlib.backends.backend_svg' not in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_no_date_no_version_no_machine() -> None:
    for svg in draw(tallies("A")).values():
        assert b"dc:date" not in svg
        assert b"atplotlib v" not in svg
        assert b'href="http' not in svg


def test_the_package_loads_without_matplotlib() -> None:
    script = "import sys, tagpress.card.pictures; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
