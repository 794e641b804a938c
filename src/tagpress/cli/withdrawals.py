"""The command that takes a released version back."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tagpress.cli.hubs import LOCAL, existing_hub
from tagpress.cli.options import hub_options, json_option
from tagpress.cli.output import answer, tell

if TYPE_CHECKING:
    from tagpress.release.withdraw import Withdrawn


@click.command()
@click.argument("what", metavar="REPO@VERSION")
@click.option("--why", default="", help="Why, in one line; it is published.")
@click.option("--final", is_flag=True, help="It is not to be used at all: load and stream refuse it.")
@click.option("--undo", is_flag=True, help="Take the withdrawal back.")
@hub_options
@json_option
def withdraw(
    *, what: str, why: str, final: bool, undo: bool, where: str | None, hub_root: Path | None, as_json: bool
) -> None:
    """
    Take a released version back: say so to all who use it.

    Nothing is deleted and no tag is moved: it is said in withdrawn.json and on the card of main. Nothing goes to the public Hub
    without --hub hf.
    """
    from tagpress.errors import UsageError
    from tagpress.release.withdraw import withdraw_release

    repo, _, version = what.partition("@")
    if not version:
        raise UsageError(f"{what} names no version", f"tagpress withdraw {what}@1.0.0 --why REASON")
    if undo and (why or final):
        raise UsageError("--undo takes a withdrawal back, and --why and --final make one", "choose one of them")
    with existing_hub(where or LOCAL, hub_root) as hub:
        done = withdraw_release(repo, version, hub=hub, why=why, final=final, undo=undo)
    answer(done, _show, as_json=as_json)


def _show(done: "Withdrawn") -> None:
    said = str(done.withdrawal) if done.withdrawal else f"{done.version} is not withdrawn"
    tell(f"{done.repo} {said}")
    tell(f"said in {done.commit} on main" if done.commit else "that is what main says already: nothing was changed")
    if done.withdrawal:
        tell("tagpress tells whoever uses it; load_dataset tells nobody, who sees it only on the card of main")
    if done.withdrawal and done.on_main:
        tell(f"main still holds {done.version}, and load_dataset without a revision gives it: publish a later version")
