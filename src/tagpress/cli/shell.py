"""The edge of the command line: the one place that catches errors, prints documents and picks exit codes."""

import os
import sys
import traceback
import warnings
from collections.abc import Sequence
from typing import Any, Final, TextIO

import click

from tagpress.cli.output import print_document, show_error, show_problems, tell
from tagpress.cli.temporary import require_temporary_folder
from tagpress.errors import DataError, RenamedWarning, TagpressError, WithdrawnWarning, without_secrets
from tagpress.extras import needed_for

BUG: Final = 70  # EX_SOFTWARE of sysexits.h
INTERRUPTED: Final = 130  # 128 + SIGINT, as shells count
_ASIDE: Final = frozenset({"-h", "--help", "--version"})  # with which nothing is done


def run(cli: click.Group, arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; errors are shown as a document where `--json` was asked for."""
    with warnings.catch_warnings():
        warnings.showwarning = _show_warning
        return _run(cli, arguments, as_json="--json" in arguments)


def _run(cli: click.Group, arguments: Sequence[str], *, as_json: bool) -> int:
    try:
        with needed_for("this command"):
            if not _ASIDE.intersection(arguments):
                require_temporary_folder()
            return int(cli.main(list(arguments), prog_name="tagpress", standalone_mode=False) or 0)
    except TagpressError as error:
        if isinstance(error, DataError) and not as_json:
            show_problems(error.problems, everything="`tagpress check SCRIPT --problems FILE` writes all")
        return _fail(_document(error), error.exit_code, as_json=as_json)
    except click.ClickException as error:
        return _fail(_error("usage", error.format_message(), _usage_hint(error)), 2, as_json=as_json)
    except (KeyboardInterrupt, click.Abort):
        return _fail(_error("interrupted", "interrupted", "run the same command again"), INTERRUPTED, as_json=as_json)
    except BrokenPipeError:
        # The reader of our output has left (`| head`): nothing more can be said to it, not even by Python's own flush.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001 - the last resort
        return _unforeseen(error, as_json=as_json)


def _show_warning(  # noqa: PLR0917 - the signature is Python's
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """Say what tagpress warns of in a line of its own; where in the code that was, is for other warnings."""
    if issubclass(category, (RenamedWarning, WithdrawnWarning)):
        tell(f"warning: {message}")
    else:
        click.echo(warnings.formatwarning(message, category, filename, lineno, line), err=True, file=file, nl=False)


def _unforeseen(error: Exception, *, as_json: bool) -> int:
    """Say which file cannot be used; anything else is a bug of ours, and is reported as one, with its trace."""
    if isinstance(error, OSError) and error.filename is not None:
        message = f"{os.fsdecode(error.filename)}: {error.strerror or error}"
        hint = "see that it is there and may be written, or name another place"
        return _fail(_error("file", message, hint), 1, as_json=as_json)
    trace = without_secrets("".join(traceback.format_exception(error)))
    document = _error("bug", f"{type(error).__name__}: {error}", "this is a bug of tagpress: please report it")
    return _fail(document, BUG, as_json=as_json, trace=trace)


def _error(code: str, message: str, hint: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": without_secrets(message), "hint": hint}}


def _document(error: TagpressError) -> dict[str, Any]:
    """Return an error's document; bad data bring their problems along, so that none has to be asked for again."""
    document: dict[str, Any] = error.to_json()
    if isinstance(error, DataError) and error.problems:
        from tagpress.corpus.problem_table import first_of_each

        kept, left = first_of_each(error.problems)
        document |= {"problems": [found.to_json() for found in kept], "problems_left_out": left}
    return document


def _usage_hint(error: click.ClickException) -> str:
    context = getattr(error, "ctx", None)
    return f"see `{context.command_path} --help`" if context else "see `tagpress --help`"


def _fail(document: dict[str, Any], code: int, *, as_json: bool, trace: str = "") -> int:
    if as_json:
        print_document(document)
        if trace:
            click.echo(trace, err=True)
    else:
        show_error(document, trace)
    return code
