"""What is done where a command is given a corpus, and there is no script for it?"""

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tagpress.cli.options import declared, with_rule
from tagpress.cli.output import tell

if TYPE_CHECKING:
    from tagpress.build.declared import Declared
    from tagpress.corpus.splits import Grouping
    from tagpress.script.look import Look

_SCRIPT: Final = ".py"
_SHOWN: Final = 5  # files that a line names


def is_script(what: str) -> bool:
    """Return whether this is the name of a script, there or not."""
    return what.endswith(_SCRIPT)


def is_corpus(what: str) -> bool:
    """Return whether this is files or a folder, perhaps with `SPLIT=` before, and neither a script nor a build."""
    from glob import glob

    from tagpress.read.sources.arguments import part_of
    from tagpress.release.checked_build import is_build

    if is_script(what) or is_build(what):
        return False
    path = part_of(what)[2]
    return Path(path).exists() or bool(glob(path))  # noqa: PTH207 - a pattern may be absolute


def corpus_of(
    what: str,
    source: tuple[str, ...],
    group: "Grouping | None",
    salt: str | None,
    *,
    engine: str = "local",
    config: str | None = None,
) -> "tuple[Declared, Look | None]":
    """
    Return what a script declares, or what is inferred of a corpus without one, and the look at it.

    Raises:
        ScriptError, UsageError, SourceError: as `declared` and `look_without_script` raise them.

    """
    if is_script(what):
        return declared(Path(what), source, group, salt, engine=engine, config=config), None
    look = look_without_script([what, *source])
    return with_rule(look.declared().only(config), group, salt), look


def look_without_script(sources: Sequence[str]) -> "Look":
    """
    Look at a corpus that has no script, as `new` does, and find a salt that fills its splits.

    Raises:
        ScriptError: the first source is a build, the name of a script without its end, or a folder that has a script.
        SourceError: a source cannot be read, or nothing in it looks like tags.

    """
    from tagpress.script.look import look_at, read_once
    from tagpress.script.misnamed import refuse_misnamed

    refuse_misnamed(Path(sources[0]))
    look, _ = read_once(look_at(_name(sources[0]), Path(sources[0]), sources))
    return look


def _name(source: str) -> str:
    """Return what a corpus may be called after its first source."""
    from tagpress.errors import UsageError
    from tagpress.read.sources.arguments import part_of
    from tagpress.script.corpus_name import name_after

    try:
        return name_after(part_of(source)[2])
    except UsageError:
        return "corpus"


def show_look(look: "Look") -> None:
    """Say what was inferred of a corpus, and from which lines."""
    tell(f"dialect: {look.dialect}")
    for config in look.guessed.own:
        own = (f"{name} {value.removeprefix('tagpress.')}" for name, value in look.guessed.declared(config).items())
        tell(f"{config} has its own: {'; '.join(own)}")
    for reason in look.guessed.reasons:
        tell(f"  {reason}")
    for name, layer in look.guessed.layered.spelled().items():
        tell(f"layer {name}: {layer}")
    if look.configs:
        tell(f"configurations: {', '.join(look.configs)}; {look.configs[0]} is the default one")
    for split, files in look.splits.items():
        tell(f"split {split}: {_first_of(files)}")
    for why in dict.fromkeys(why for _, why in look.left_out):
        tell(f"left out ({why}): {_first_of([path for path, other in look.left_out if other == why])}")


def show_doubts(look: "Look") -> None:
    """Say what is in doubt of what was inferred."""
    for doubt in look.draft.doubts:
        tell(f"in doubt: {doubt}")


def tell_no_script(look: "Look", sources: Sequence[str]) -> None:
    """Say that nothing of what was inferred is kept, and what keeps it."""
    again = shlex.join(["tagpress", "new", look.draft.name, *sources])
    tell(
        f"no script was read: the dialect, the types and the splits were inferred; to keep and to change them: {again}"
    )


def _first_of(files: Sequence[str]) -> str:
    """Name the first of many files, and count the others; `--json` has them all."""
    more = f" and {len(files) - _SHOWN:,} more" if len(files) > _SHOWN else ""
    return ", ".join(files[:_SHOWN]) + more
