"""The command that corrects a sentence, or merges the corrections of two people."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tagpress.cli.options import RUNS_SCRIPT, config_option, json_option
from tagpress.cli.output import answer, tell

if TYPE_CHECKING:
    from tagpress.script.correct import Corrected, MergedCorrections


@click.command(epilog=RUNS_SCRIPT)
@click.argument("words", metavar="SCRIPT SENTENCE | --merge FILE FILE", nargs=-1, required=True)
@click.option(
    "--set",
    "changes",
    metavar="START:END=TYPE",
    multiple=True,
    help="The span that the sentence shall have, half-open in its tokens; O takes spans away. May be repeated.",
)
@click.option("--who", default="", help="Who makes the correction; it is published.")
@click.option("--why", default="", help="Why; it is published.")
@click.option("--source", default="", help="Where it comes from, such as a guideline, a paper or an issue.")
@click.option("--layer", metavar="LAYER", default="ner_tags", show_default=True, help="The layer of spans.")
@config_option
@click.option("--merge", is_flag=True, help="Write the corrections of two files into one, or name their conflicts.")
@click.option("-o", "--out", type=click.Path(path_type=Path), help="With --merge: the file to write.")
@json_option
def correct(
    *,
    words: tuple[str, ...],
    changes: tuple[str, ...],
    who: str,
    why: str,
    source: str,
    layer: str,
    config: str | None,
    merge: bool,
    out: Path | None,
    as_json: bool,
) -> None:
    """
    Correct the spans of a sentence, for all later builds.

    A line is written to corrections.jsonl beside the script, which builds apply.

    SENTENCE is its id, or words of it as they follow each other. Without --set, sentences are shown with their tokens numbered.
    """
    from tagpress.errors import UsageError
    from tagpress.script.correct import correct_sentence, merge_corrections

    if merge:
        if len(words) != 2 or out is None or changes:  # noqa: PLR2004 - of two people
            raise UsageError(
                "--merge takes two files of corrections", "tagpress correct --merge A.jsonl B.jsonl -o FILE"
            )
        answer(merge_corrections(Path(words[0]), Path(words[1]), out), _show_merged, as_json=as_json)
        return
    script, sentence = Path(words[0]), " ".join(words[1:])
    if not sentence or out is not None:
        raise UsageError("a correction is of one sentence", 'tagpress correct SCRIPT "words of it" --set 3:5=Library')
    made = correct_sentence(script, sentence, changes, who=who, why=why, source=source, layer=layer, config=config)
    answer(made, partial(_show, script=script), as_json=as_json)


def _show(made: "Corrected", *, script: Path) -> None:
    from tagpress.corpus.corrections import shown

    for one in made.sentences:
        tell(f"{one.id} at {one.place}")
        tell("  " + "  ".join(f"{number} {token}" for number, token in enumerate(one.tokens)))
        tell(f"  {made.layer}: {shown(one.spans)}")
    if made.more:
        tell("... and more that have these words; give more of them, or an id")
    if made.correction is not None:
        tell(f"  becomes {shown(made.correction.after)}")
        tell(f"wrote it to {made.file}; next: tagpress check {script}")
    else:
        tell("to correct one: --set START:END=TYPE --who NAME --why REASON")


def _show_merged(made: "MergedCorrections") -> None:
    tell(f"wrote {made.corrections:,} corrections to {made.file}")
