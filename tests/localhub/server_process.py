"""A server in a process of its own, to be stopped or killed."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

SCRIPT = """
import sys
from pathlib import Path
from tagpress.localhub import serve
serve(Path(sys.argv[1]), token=sys.argv[2], announce=lambda address: print(address.endpoint, flush=True))
"""


@contextlib.contextmanager
def server_process(root: Path, token: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Run a server until the block ends or kills it; give its endpoint and its process."""
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(root), token], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip(), process
        finally:
            process.kill()
