"""What several commands take, and what they make of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import wraps
from glob import glob
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

import click

if TYPE_CHECKING:
    from tagpress.build.declaration import Declaration, SourceGlobs
    from tagpress.build.declared import Declared
    from tagpress.corpus.splits import Grouping
    from tagpress.engine import Engine

Command = TypeVar("Command", bound=Callable[..., Any])

RUNS_SCRIPT: Final = (
    "A SCRIPT is a Python program, and is run, with all that you may do: read one that somebody else wrote first."
)
"""What the help says of every command that takes a script, or a script's name for its repository."""

SCRIPT: Final = ".py"
"""How the name of a script ends."""

_LOOKED_AT: Final = 1000  # files beside a script, at most, when its work is guessed

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document on standard output.")


config_option = click.option(
    "--config", metavar="NAME", help="The configuration, where there are several; by default all, or the default one."
)


def corpus_options(command: Command) -> Command:
    """Add what every command that reads a corpus takes, after its script; workers get ready before it begins."""
    return _all(
        _with_workers(command),
        click.argument("source", nargs=-1),
        click.option(
            "--group",
            type=click.Choice(["sentence", "document"]),
            help="What splits never tear; replaces the script's.",
        ),
        click.option("--salt", help="The salt of the split hash; replaces the script's."),
        click.option(
            "--workers",
            type=click.IntRange(min=1),
            help="Processes to use; by default one a core, and none for a small corpus.",
        ),
        json_option,
    )


def _with_workers(command: Command) -> Command:
    """Let workers get ready while the command still loads what it needs itself: that takes both of them a second."""

    @wraps(command)
    def begun(**given: Any) -> Any:  # noqa: ANN401 - whatever the command takes and returns
        script = str(given.get("script") or given.get("what"))
        of_this_machine = given.get("engine", "local") == "local" and given["workers"] != 1
        if of_this_machine and script.endswith(SCRIPT) and _much_to_read(Path(script), given["source"]):
            from tagpress.build import WARM
            from tagpress.engine import warm_up

            warm_up(WARM)
        return command(**given)

    return cast(Command, begun)


def engine_options(command: Command) -> Command:
    """Add what a command takes that can run on a cluster."""
    return _all(
        command,
        click.option(
            "--engine",
            type=click.Choice(["local", "spark"]),
            default="local",
            show_default=True,
            help="What runs it: the processes of this machine, or an Apache Spark cluster.",
        ),
        click.option(
            "--master", metavar="URL", help="The cluster, such as spark://HOST:7077; spark-submit knows its own."
        ),
    )


def release_options(command: Command) -> Command:
    """Add what a command takes that publishes, beside the corpus and the Hub."""
    return _all(
        command,
        click.option("--private", is_flag=True, help="Make a new repository private, and refuse a public one."),
        click.option(
            "--gated",
            type=click.Choice(["auto", "manual", "off"]),
            help="Who may read the files: whoever asks, whom you let in, or everybody; without it that stays as it is.",
        ),
        click.option(
            "--collection",
            metavar="TITLE|NAMESPACE/NAME-ID",
            help="The collection to be in; one of a new title is made in the repository's namespace.",
        ),
        click.option("--dry-run", is_flag=True, help="Show the plan and change nothing."),
        click.option("--pr", "open_pr", is_flag=True, help="Stop with the pull request open."),
        click.option("--replace-card", is_flag=True, help="Replace a README that was edited on the Hub."),
    )


@contextmanager
def engine_of(engine: str, master: str | None, workers: int | None) -> "Iterator[Engine | None]":
    """
    Yield the engine that a command names; None stands for this machine's.

    Raises:
        UsageError: options of one engine are given for the other.

    """
    from tagpress.errors import UsageError

    if engine == "local":
        if master is not None:
            raise UsageError("--master names a cluster, and --engine is local", "add --engine spark")
        yield None
        return
    from tagpress.engine.spark_session import spark_engine

    if workers is not None:
        raise UsageError("--workers are processes of this machine, and --engine is spark", "leave --workers out")
    with spark_engine(master) as found:
        yield found


def refuse_alone(option: str, value: object, needed: str, *, given: bool) -> None:
    """
    Stop where an option has a value and the one that it says more of is not given.

    Raises:
        UsageError: it is so.

    """
    from tagpress.errors import UsageError

    if value is not None and not given:
        raise UsageError(f"{option} says more of {needed}, which is not given", f"add {needed}, or leave {option} out")


doubts_option = click.option(
    "--doubts",
    is_flag=True,
    help="Also note labels in doubt: what the corpus itself says otherwise elsewhere. Notes never stop anything.",
)


personal_option = click.option(
    "--personal-data",
    is_flag=True,
    help="Also note what may belong to a person: mail, phone, account, card, IP address, key.",
)


def hub_options(command: Command) -> Command:
    """Add what every command that speaks to a Hub takes."""
    return _all(
        command,
        click.option(
            "--hub",
            "where",
            metavar="local|hf|URL",
            help="Which Hub: the embedded one (local, the default), the public one, or another.",
        ),
        hub_root_option,
    )


hub_root_option = click.option(
    "--hub-root",
    type=click.Path(path_type=Path),
    help="Where the files of the embedded Hub are: by default in .tagpress/hub, here or in the nearest folder above.",
)


def _all(command: Command, *options: Callable[[Command], Command]) -> Command:
    for option in reversed(options):
        command = option(command)
    return command


def declared(
    script: Path,
    sources: tuple[str, ...],
    group: "Grouping | None",
    salt: str | None,
    version: str | None = None,
    *,
    config: str | None = None,
) -> "Declared":
    """
    Return what a script declares, with what the command line replaces.

    Raises:
        UsageError: there is no such configuration, or sources are named for several.

    """
    from tagpress.errors import UsageError
    from tagpress.script.builder import load_script

    found = load_script(script).declared(sources=not sources).only(config)
    if sources and len(found.configs) > 1:
        message = (
            f"{script} declares the configurations {', '.join(found.configs)}, and SOURCE replaces the sources of one"
        )
        raise UsageError(message, "name it with --config, or change SOURCES in its CONFIGS")

    def changed(declaration: "Declaration") -> "Declaration":
        if sources:
            declaration = declaration.with_sources(_source_globs(sources, declaration))
        return replace(declaration, version=version or declaration.version)

    return with_rule(found.each(changed), group, salt)


def with_rule(found: "Declared", group: "Grouping | None", salt: str | None) -> "Declared":
    """Return the same with the parts of the split rule that the command line names."""

    def changed(declaration: "Declaration") -> "Declaration":
        splits = declaration.splits
        splits = replace(splits, group=group or splits.group, salt=splits.salt if salt is None else salt)
        return replace(declaration, splits=splits)

    return found.each(changed)


def _much_to_read(script: Path, sources: tuple[str, ...]) -> bool:
    """Guess, before anything is loaded, whether workers will be wanted: from the files named, or else beside the script."""
    from tagpress.engine import WORTH

    paths = [source.rpartition("=")[2] for source in sources]
    named = (Path(found) for path in paths for found in glob(path))  # noqa: PTH207 - a pattern may be absolute
    size = 0
    for path in (script.parent,) if not sources else named:
        for file in (path,) if path.is_file() else islice(path.rglob("*"), _LOOKED_AT):
            size += file.stat().st_size if file.is_file() else 0
            if size >= WORTH:
                return True
    return False


def _source_globs(sources: tuple[str, ...], declaration: "Declaration") -> tuple["SourceGlobs", ...]:
    """Read SOURCE... : a folder stands in for the script's own, so the script's file patterns are looked for in it."""
    from tagpress.build.declaration import SourceGlobs
    from tagpress.errors import UsageError
    from tagpress.read.sources.arguments import split_of

    names = sorted({Path(pattern).name for globs in declaration.sources for pattern in globs.patterns})
    patterns: dict[str | None, list[str]] = {}
    for source in sources:
        given, path = split_of(source)
        if Path(path).is_dir() and not names:
            message = f"{source} is a folder, and SOURCES of {declaration.script} has no patterns to look for in it"
            raise UsageError(message, "name files, or patterns of files")
        inside = [str(Path(path) / name) for name in names] if Path(path).is_dir() else [path]
        patterns.setdefault(given, []).extend(inside)
    if None in patterns and len(patterns) > 1:
        raise UsageError(
            "some SOURCE has a split and some has none", "write SPLIT=SOURCE for each of them, or for none"
        )
    return tuple(SourceGlobs(tuple(found), Path.cwd(), split) for split, found in patterns.items())
