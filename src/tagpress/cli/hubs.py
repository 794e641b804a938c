"""Which Hub, and what on it? What a command line says, what a script declares, and what lies in this folder and above."""

import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tagpress.build.declaration import Declaration
    from tagpress.hub import Hub

HUB_ROOT: Final = Path(".tagpress/hub")
LOCAL: Final = "local"


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where a release goes: the Hub, the folder of the embedded one, and the repository."""

    hub: str
    root: Path
    repo: str


def hub_root(given: Path | None) -> Path:
    """Return the folder of the embedded Hub: the one given, or the nearest here or above, or else one to be made here."""
    if given is not None:
        return given
    above = (folder / HUB_ROOT for folder in (Path.cwd(), *Path.cwd().parents))
    nearest = next((root for root in above if root.is_dir()), HUB_ROOT)
    return HUB_ROOT if nearest == Path.cwd() / HUB_ROOT else nearest


def destination_of(hub: str | None, root: Path | None, repo: str | None, declaration: "Declaration") -> Destination:
    """
    Return where the release of a script goes: the command line's words come before the script's.

    Raises:
        UsageError: the script is at home on the public Hub, to which nothing goes that was not told to; or nobody says in
            whose namespace the repository is.

    """
    from tagpress.errors import UsageError
    from tagpress.release.commands import default_repo

    if hub is None and declaration.hub not in {None, LOCAL}:
        message = (
            f"the script says HUB = {declaration.hub!r}, and nothing leaves this machine unless the command says so"
        )
        raise UsageError(message, f"add --hub {declaration.hub}, or --hub local to try it here first")
    where = hub or declaration.hub or LOCAL
    return Destination(
        hub=where, root=hub_root(root), repo=repo or declaration.repo or default_repo(where, declaration.name)
    )


@contextmanager
def hub_of(names: Sequence[str], hub: str | None, root: Path | None) -> "Iterator[tuple[Hub, list[str]]]":
    """
    Reach the Hub that has what `names` mean, for the block; a SCRIPT.py means the releases of its corpus.

    Nothing is made: where there is no embedded Hub, there is none to read.

    Raises:
        UsageError: there is no embedded Hub here, the scripts are at home on different ones, or a file is named.

    """
    from tagpress.errors import UsageError
    from tagpress.hub import Hub
    from tagpress.release.checked_build import names_build

    for name in names:
        if Path(name).is_file() and not name.endswith(".py"):
            hint = f"if it is a corpus: tagpress new {shlex.quote(name)} writes a script for it, and tagpress build a build"
            raise UsageError(f"{name} is a file, and neither a build nor a release", hint)
    homes = [_released_by(name) if name.endswith(".py") else (name, None) for name in names]
    asked = [name for name, _ in homes]
    if all(map(names_build, asked)):
        yield Hub(), asked  # which nobody will ask
        return
    declared = {home for _, home in homes if home}
    if hub is None and len(declared) > 1:
        raise UsageError(f"the scripts are at home on {' and '.join(sorted(declared))}", "choose one with --hub")
    with existing_hub(hub or next(iter(declared), LOCAL), root) as found:
        yield found, asked


@contextmanager
def existing_hub(where: str, root: Path | None) -> "Iterator[Hub]":
    """
    Reach a Hub for the block; the embedded one is not made.

    Raises:
        UsageError: there is no embedded Hub here.

    """
    from tagpress.cli.output import tell
    from tagpress.errors import UsageError
    from tagpress.release.commands import open_hub

    folder = hub_root(root)
    if where == LOCAL and not folder.is_dir():
        message = f"there is no embedded Hub in {folder}, here or in any folder above, so nothing was published to it"
        raise UsageError(message, "go to the folder you published from, name it with --hub-root, or add --hub hf")
    with open_hub(where, folder, tell) as found:
        yield found


def _released_by(script: str) -> tuple[str, str | None]:
    """Return the repository that a script publishes to, and its Hub."""
    from tagpress.release.commands import default_repo
    from tagpress.script.builder import load_script

    declaration = load_script(Path(script)).declared(sources=False).any
    repo = declaration.repo or default_repo(declaration.hub or LOCAL, declaration.name)
    return repo, declaration.hub or LOCAL
