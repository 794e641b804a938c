"""`tagpress` and `python -m tagpress`: the command line, where what it needs is installed."""

import sys

from tagpress.errors import NotInstalledError
from tagpress.extras import needed_for


def main() -> None:
    """Run the command line and leave with its exit code."""
    try:
        with needed_for("the command tagpress", "publish"):
            from tagpress.cli import main as run  # noqa: PLC0415 - who only loads and streams has not installed it
    except NotInstalledError as error:
        sys.stderr.write(f"error {error.code}: {error.message}\n      {error.hint}\n")
        sys.exit(error.exit_code)
    run()


if __name__ == "__main__":
    main()
