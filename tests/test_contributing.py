"""The map, the walks and the names of CONTRIBUTING.md: they name the rooms and functions that there are, and each once."""

import ast
import re
from pathlib import Path
from pkgutil import resolve_name

import pytest

import tagpress

PAGE = (Path(__file__).parents[1] / ".github" / "CONTRIBUTING.md").read_text("utf-8")
MAP, WALKS = (re.search(rf"## {name}\n(.*?)\n## ", PAGE, re.DOTALL)[1] for name in ("The map", "Three walks"))
NAMED = sorted(set(re.findall(r"`([a-z_]+(?:\.[A-Za-z_0-9]+)+)`", WALKS)))


def rooms() -> set[str]:
    """Return the packages and modules at the top, but for what Python itself calls."""
    found = {path.stem for path in Path(tagpress.__file__).parent.iterdir() if path.suffix == ".py" or path.is_dir()}
    return {name for name in found if not name.startswith("__")}


def test_the_map_has_exactly_the_rooms_that_there_are_each_with_its_question():
    listed = re.findall(r"^\| `(\w+)` \| [^|]+\?[^|]* \|$", MAP, re.MULTILINE)
    assert sorted(listed) == sorted(rooms())


def test_every_walk_has_its_steps():
    assert len(re.findall(r"^### ", WALKS, re.MULTILINE)) == 3
    assert len(NAMED) > 40


@pytest.mark.parametrize("name", NAMED)
def test_a_function_on_the_way_is_there(name):
    assert callable(resolve_name(f"tagpress.{name}"))


def test_what_is_not_there_is_found_out():
    for name in ("build.settle.unsettle", "build.nowhere.settle", "read.parsed.Parsed.nothing"):
        with pytest.raises((AttributeError, ImportError)):
            resolve_name(f"tagpress.{name}")


def test_a_class_name_stands_for_one_thing():
    places = {}
    for path in sorted(Path(tagpress.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef):
                places.setdefault(node.name, []).append(path.name)
    assert len(places) > 300
    assert {name: paths for name, paths in places.items() if len(paths) > 1} == {}
