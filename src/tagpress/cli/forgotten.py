"""The command that has later builds leave a sentence out."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tagpress.cli.options import RUNS_SCRIPT, json_option
from tagpress.cli.output import answer, tell

if TYPE_CHECKING:
    from tagpress.script.forget import ForgottenNow


@click.command(epilog=RUNS_SCRIPT)
@click.argument("script", type=click.Path(path_type=Path))
@click.argument("ids", metavar="ID...", nargs=-1, required=True)
@click.option("--why", default="", help="Why; it is published.")
@json_option
def forget(*, script: Path, ids: tuple[str, ...], why: str, as_json: bool) -> None:
    """
    Leave sentences out of all later builds, by their ids.

    A digest of each is written to forgotten.jsonl beside the script, and no text. Earlier releases keep them: see withdraw.
    """
    from tagpress.script.forget import forget_sentences

    answer(forget_sentences(script, ids, why=why), _show, as_json=as_json)


def _show(done: "ForgottenNow") -> None:
    for key, places in done.places.items():
        known = "" if key in done.added else "; it was forgotten before"
        tell(f"{key}: {', '.join(places) or 'no sentence of the sources has it now'}{known}")
    for place in done.beside:
        tell(f"{place} has its text: take that line out")
    tell(f"{done.file} says so to all later builds; the sources and earlier releases still have what they had")
