"""
The command line: a skin that parses words, calls one public function, and turns its answer into an exit code.

Exit codes: 0 done; 1 the data has errors; 2 wrong usage; 3 the Hub refused or could not be reached; 4 conflict;
70 a bug of ours; 130 interrupted.
"""

import sys

from tagpress.cli.commands import cli
from tagpress.cli.shell import run

__all__ = ["cli", "main"]


def main() -> None:
    """Run the command line and leave with its exit code."""
    sys.exit(run(cli, sys.argv[1:]))
