"""
What does a function that a script gives as SOURCES return? Tables, which become files that are read as all others are.

The files are in a folder of this process, called by their digest: a function that returns the same rows again gives the same
declaration, and no second copy.
"""

import hashlib
import shutil
import sys
import traceback
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout, suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import Any, Final, TypeAlias

from tagpress.build.declaration import SourceGlobs, held_sources
from tagpress.errors import ScriptError, SourceError, TagpressError, UsageError
from tagpress.read.dialect import Dialect
from tagpress.read.in_memory import Tables, tables_of
from tagpress.read.sources.source import sha256
from tagpress.script.attributes import source_globs

Function: TypeAlias = Callable[[], Any]
# Has the tables of a function; without one, no function is called.
TablesOf: TypeAlias = Callable[[Function], Tables] | None
_IN_MEMORY: Final = (None, "arrow", "parquet")
"""The containers of a dialect of spans that stand for tables."""


def read_with(own: Any, script: Path, config: str, tables: TablesOf) -> tuple[Dialect, tuple[SourceGlobs, ...]]:  # noqa: ANN401 - what `vars_of` returns
    """
    Return the dialect of a configuration, of which `own` has the attributes, and where its sources are.

    Raises ScriptError, UsageError or SourceError for what `source_globs` and `held_in` refuse.
    """
    if not callable(own.SOURCES):
        return own.DIALECT, source_globs(own.SOURCES, script.parent)
    return held_in(tables(own.SOURCES), own.DIALECT, config) if tables else (own.DIALECT, ())


def called(function: Function, script: Path) -> Tables:
    """
    Return the tables that a function of a script makes.

    Raises ScriptError, with the line, where it fails, and for what holds no tables.
    """
    name = getattr(function, "__name__", repr(function))
    try:
        with redirect_stdout(sys.stderr):  # what it prints is no part of what a command prints
            returned = function()
    except Exception as error:
        message = (
            f"{script}:{_line(error, function, script)}: {name}() of SOURCES fails: {type(error).__name__}: {error}"
        )
        raise ScriptError(message, "mend the function: it is called without arguments") from error
    if returned is None:
        raise ScriptError(f"{script}: {name}() of SOURCES returns None", "end it with the tables: return ...")
    try:
        return tables_of(returned)
    except UsageError as error:
        raise ScriptError(f"{script}: what {name}() of SOURCES returns: {error.message}", error.hint) from error


def _line(error: Exception, function: Function, script: Path) -> int:
    """Return the last line of the script that an error came through, or where its function begins."""
    lines = [one.lineno for one in traceback.extract_tb(error.__traceback__) if Path(one.filename) == script]
    code = getattr(function, "__code__", None)
    return (lines[-1] if lines else None) or (code.co_firstlineno if code else 1)


def held_in(tables: Tables, dialect: Dialect, config: str) -> tuple[Dialect, tuple[SourceGlobs, ...]]:
    """
    Write tables into files, and return the dialect that reads them, and where they are.

    Raises:
        ScriptError: the dialect reads no tables.
        UsageError: there is no such column, or it is of another kind.
        SourceError: a table cannot be written.

    """
    from tagpress.read.hubparquet import HubParquet  # noqa: PLC0415 - few scripts have a function as SOURCES
    from tagpress.read.saved_tables import require_columns, save_records, save_sentences, with_names  # noqa: PLC0415 - the same
    from tagpress.read.spans.dialect import Spans  # noqa: PLC0415 - the same

    folder = Path(mkdtemp(dir=_folder().name))
    if isinstance(dialect, HubParquet):
        named = with_names(dialect, tables)
        save_sentences(tables, named, folder, unread=True)
        found: Dialect = named
    elif isinstance(dialect, Spans) and dialect.container in _IN_MEMORY:
        found = replace(dialect, container="arrow")
        columns = [
            one.partition(".")[0] for one in (dialect.text, dialect.spans, dialect.sentence_id, dialect.split) if one
        ]
        require_columns(columns, tables, "text=, spans=, sentence_id=, split=")
        save_records(tables, sorted({name for one in tables.tables.values() for name in one.column_names}), folder)
    else:
        message = (
            f"SOURCES is a function, which gives tables, and DIALECT is {type(dialect).__name__}, which reads files"
        )
        raise ScriptError(message, f"declare how the columns are read: {_proposed(tables, folder)}")
    sources = held_sources(tables, folder, config=config)
    return found, held_sources(tables, _kept(folder, sources), config=config)


def _kept(folder: Path, sources: Sequence[SourceGlobs]) -> Path:
    """Return where the files of a folder are kept, which may be there already."""
    digests = [f"{found.doc_id} {sha256(found)}" for globs in sources for found in globs.find()]
    place = folder.with_name(hashlib.sha256("\n".join(digests).encode()).hexdigest())
    try:
        folder.rename(place)
    except OSError:  # the same rows are there
        shutil.rmtree(folder)
    return place


@cache
def _folder() -> TemporaryDirectory[str]:
    """Return the folder of this process, which goes with it."""
    return TemporaryDirectory(prefix="tagpress-")


def _proposed(tables: Tables, folder: Path) -> str:
    """Return the dialect that the columns look like, as a script declares it; what guesses is loaded only for this."""
    from tagpress.read.guess.sniff import spell  # noqa: PLC0415 - see above
    from tagpress.read.guess.sniff_records import ROWS, parallel  # noqa: PLC0415 - the same
    from tagpress.read.guess.spans_in_memory import spans_in_memory  # noqa: PLC0415 - the same

    split, table = next(iter(tables.tables.items()))
    with suppress(SourceError):
        tokens, tags = parallel(table.slice(0, ROWS).to_pylist(), split)
        return f"DIALECT = tagpress.HubArrow(tokens={tokens!r}, tags={tags!r})"
    with suppress(TagpressError):
        return f"DIALECT = tagpress.{spell(spans_in_memory(tables, folder, {}).dialect)}"
    return 'DIALECT = tagpress.HubArrow(tokens="tokens", tags="ner_tags"), or tagpress.Spans(text="text", spans="entities")'
