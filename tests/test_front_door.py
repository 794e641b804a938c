import ast
import subprocess
import sys
from pathlib import Path

import tagpress


def test_the_front_door_is_sorted_and_every_name_opens():
    assert tagpress.__all__ == sorted(tagpress.__all__)
    assert dir(tagpress) == tagpress.__all__
    for name in tagpress.__all__:
        assert getattr(tagpress, name) is not None
    assert set(tagpress._HOMES) == set(tagpress.__all__)


def test_type_checkers_see_every_name_from_where_it_lives():
    tree = ast.parse(Path(tagpress.__file__).read_text("utf-8"))
    checked = next(node for node in tree.body if isinstance(node, ast.If))
    seen = {alias.name: node.module for node in checked.body for alias in node.names}
    assert seen == tagpress._HOMES


def test_importing_the_package_loads_nothing_heavy():
    heavy = ("datasets", "pyarrow", "numpy", "numba", "huggingface_hub", "starlette", "rich")
    code = f"import sys, tagpress; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_an_unknown_name_is_an_attribute_error():
    assert not hasattr(tagpress, "Corpus")
