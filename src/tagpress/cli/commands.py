"""The command line's commands, as one table."""

from typing import Final

import click

from tagpress.cli import corpora, corrections, exports, forgotten, previews, releases, serving, withdrawals

COMMANDS: Final = (
    corpora.new,
    corpora.check,
    corpora.build,
    corrections.correct,
    forgotten.forget,
    releases.publish,
    releases.diff,
    releases.verify,
    withdrawals.withdraw,
    exports.export,
    previews.preview,
    exports.croissant,
    serving.hub,
)


_BEGIN: Final = """\b
Begin with what you have, a file, files or a folder:
  tagpress check CORPUS       what is in it, and every problem
  tagpress new NAME CORPUS    the script that says what is published
  tagpress publish NAME.py    the release; here, until you say --hub hf
"""


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    commands=COMMANDS,
    epilog=_BEGIN,
    invoke_without_command=True,
)
@click.version_option(package_name="tagpress")
@click.pass_context
def cli(context: click.Context) -> None:
    """Publish a tagged text corpus on the Hugging Face Hub: checked, split without leakage, released, verified."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())
