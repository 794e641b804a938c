"""
The command line: a skin that parses words, calls one public function, and turns its answer into an exit code.

Exit codes: 0 done; 1 the data has errors; 2 wrong usage; 3 the Hub refused or could not be reached; 4 conflict;
70 a bug of ours; 130 interrupted.
"""

import atexit
import gc
import os
import sys
from typing import Final

from tagpress.cli.commands import cli
from tagpress.cli.lean import spare_help
from tagpress.cli.shell import BUG, run

__all__ = ["cli", "main"]

# Objects between two searches for garbage. Python's 700 would have it searched hundreds of times while `datasets` loads,
# which makes many objects and no garbage: an eighth of that time. What a build makes stays below this.
_GARBAGE: Final = 600_000

# Seconds that a thread may go on while others wait. Python's 0.005 is long for the one that hands work to the workers
# while others load what draws and write what was noted.
_TURN: Final = 0.0005


def main() -> None:
    """Run the command line and leave with its exit code."""
    code = BUG
    gc.set_threshold(_GARBAGE)
    sys.setswitchinterval(_TURN)
    spare_help()

    def leave() -> None:
        # Python would take every object apart first, which takes longer than many a command (numba alone half a second).
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)

    atexit.register(leave)  # the first to be registered is the last to run: everybody else has cleaned up by then
    code = run(cli, sys.argv[1:])
    sys.exit(code)
