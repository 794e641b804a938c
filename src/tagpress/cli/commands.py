"""The command line's commands, as one table."""

from typing import Final

import click

from tagpress.cli import corpora, corrections, exports, forgotten, releases, serving, withdrawals

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
    exports.preview,
    exports.croissant,
    serving.hub,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}, commands=COMMANDS)
@click.version_option(package_name="tagpress")
def cli() -> None:
    """Publish a tagged text corpus on the Hugging Face Hub: checked, split without leakage, released, verified."""
