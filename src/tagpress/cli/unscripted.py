"""What is done where a command is given a corpus, and there is no script for it?"""

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tagpress.cli.options import SCRIPT, declared, with_rule
from tagpress.cli.output import tell

if TYPE_CHECKING:
    from tagpress.build.declared import Declared
    from tagpress.corpus.splits import Grouping
    from tagpress.script.infer import InferredCorpus

_SHOWN: Final = 5  # files that a line names


def is_script(what: str) -> bool:
    """Return whether this is the name of a script, there or not."""
    return what.endswith(SCRIPT)


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
    config: str | None = None,
) -> "tuple[Declared, InferredCorpus | None]":
    """
    Return what a script declares, or what is inferred of a corpus without one, and how.

    Raises:
        ScriptError, UsageError, SourceError: as `declared` and `infer_corpus` raise them.

    """
    if is_script(what):
        return declared(Path(what), source, group, salt, config=config), None
    from tagpress.script.infer import infer_corpus

    inferred = infer_corpus(what, *source)
    return with_rule(inferred.declared().only(config), group, salt), inferred


def show_inferred(inferred: "InferredCorpus") -> None:
    """Say what was inferred of a corpus, and from which lines."""
    tell(f"dialect: {inferred.dialect}")
    for config in inferred.guessed.own:
        own = (f"{name} {value.removeprefix('tagpress.')}" for name, value in inferred.guessed.declared(config).items())
        tell(f"{config} has its own: {'; '.join(own)}")
    for reason in inferred.guessed.reasons:
        tell(f"  {reason}")
    for name, layer in inferred.guessed.layered.spelled().items():
        tell(f"layer {name}: {layer}")
    if inferred.configs:
        tell(f"configurations: {', '.join(inferred.configs)}; {inferred.configs[0]} is the default one")
    for split, files in inferred.splits.items():
        tell(f"split {split}: {_first_of(files)}")
    for why in dict.fromkeys(why for _, why in inferred.left_out):
        tell(f"left out ({why}): {_first_of([path for path, other in inferred.left_out if other == why])}")


def show_doubts(inferred: "InferredCorpus") -> None:
    """Say what is in doubt of what was inferred."""
    for doubt in inferred.draft.doubts:
        tell(f"in doubt: {doubt}")


def tell_no_script(inferred: "InferredCorpus", sources: Sequence[str]) -> None:
    """Say that nothing of what was inferred is kept, and what keeps it."""
    again = shlex.join(["tagpress", "new", inferred.draft.name, *sources])
    tell(
        f"no script was read: the dialect, the types and the splits were inferred; to keep and to change them: {again}"
    )


def _first_of(files: Sequence[str]) -> str:
    """Name the first of many files, and count the others; `--json` has them all."""
    more = f" and {len(files) - _SHOWN:,} more" if len(files) > _SHOWN else ""
    return ", ".join(files[:_SHOWN]) + more
