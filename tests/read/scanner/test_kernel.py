import subprocess
import sys
from typing import Any

from tagpress.columnar.loops import compiled


def test_machine_code_that_cannot_be_kept_is_made_all_the_same() -> None:
    # A function without a file has no folder to be cached in, like one in a folder that cannot be written.
    names: dict[str, Any] = {}
    exec("def add(x): return x + 1", names)
    assert compiled(names["add"])(1) == 2


def test_numba_waits_until_columns_are_read() -> None:
    program = (
        "import sys; from tagpress.read import columns, pieces, presets; from tagpress.read.guess import sniff\n"
        "assert 'numba' not in sys.modules\n"
        "columns.Columns().parse(b'a\\tO\\n')\n"
        "assert 'numba' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=120)
