"""The commands that speak to a Hub: publish, diff, verify."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import click

from tagpress.cli.hubs import HUB_ROOT, LOCAL, Destination, destination_of, hub_of
from tagpress.cli.hubs import hub_root as root_of
from tagpress.cli.options import (
    RUNS_SCRIPT,
    config_option,
    corpus_options,
    declared,
    engine_of,
    engine_options,
    hub_options,
    json_option,
    release_options,
)
from tagpress.cli.output import answer, progress_bar, show_findings, show_table, tell, tell_outcome
from tagpress.corpus.addresses import HUB_PORT

if TYPE_CHECKING:
    from tagpress.corpus.splits import Grouping
    from tagpress.diff import Diff
    from tagpress.release.results import Release
    from tagpress.release.verify import Verification

_SERVED = f"http://127.0.0.1:{HUB_PORT}"  # where `tagpress hub` listens unless it is told otherwise
BUILDS = Path(".tagpress/builds")


@click.command(epilog=RUNS_SCRIPT)
@click.argument("what", metavar="SCRIPT|DIR|URL")
@corpus_options
@engine_options
@click.option(
    "-o",
    "--out",
    metavar="DIR|URL",
    help=f"Where the build goes; {BUILDS}/NAME by default.",
)
@hub_options
@click.option("--repo", metavar="NAMESPACE/NAME", help="The repository; on the embedded Hub local/NAME by default.")
@click.option("--version", help="The version; replaces the script's.")
@release_options
def publish(
    *,
    what: str,
    source: tuple[str, ...],
    group: "Grouping | None",
    salt: str | None,
    workers: int | None,
    engine: str,
    master: str | None,
    out: str | None,
    as_json: bool,
    where: str | None,
    hub_root: Path | None,
    repo: str | None,
    version: str | None,
    private: bool,
    gated: str | None,
    collection: str | None,
    dry_run: bool,
    open_pr: bool,
    replace_card: bool,
) -> None:
    """
    Build, plan, push, verify and tag: one atomic release.

    Run the same command again to finish a release that was interrupted. Nothing goes to the public Hub without
    --hub hf.
    """
    from tagpress.errors import UsageError
    from tagpress.release.checked_build import build_store, is_build, load_manifest
    from tagpress.release.commands import default_repo, open_hub, publish_corpus
    from tagpress.release.publish import publish_build

    how: Any = {
        "private": private,
        "gated": gated,
        "collection": collection,
        "dry_run": dry_run,
        "open_pr": open_pr,
        "replace_card": replace_card,
    }
    steps = None if as_json else tell
    if is_build(what):
        if source or group or salt is not None or version or out or workers:
            hint = "SOURCE, --group, --salt, --version, --out and --workers go with a script"
            raise UsageError(f"{what} is a finished build", hint)
        home = where or LOCAL
        target = Destination(
            hub=home, root=root_of(hub_root), repo=repo or default_repo(home, load_manifest(build_store(what)).name)
        )
        with (
            engine_of(engine, master, workers) as runs,
            open_hub(target.hub, target.root, tell) as hub,
            progress_bar(quiet=as_json) as progress,
        ):
            released = publish_build(
                what, hub=hub, repo=target.repo, engine=runs, progress=progress, steps=steps, **how
            )
    else:
        declaration = declared(Path(what), source, group, salt, version)
        target = destination_of(where, hub_root, repo, declaration.any)
        with (
            engine_of(engine, master, workers) as runs,
            open_hub(target.hub, target.root, tell) as hub,
            progress_bar(quiet=as_json) as progress,
        ):
            released = publish_corpus(
                declaration,
                hub=hub,
                repo=target.repo,
                out=out or BUILDS / declaration.name,
                workers=workers,
                engine=runs,
                progress=progress,
                steps=steps,
                **how,
            )
    if target.hub == LOCAL:
        released = replace(released, url=_served(released.url))
    lines = loading_lines(released, target.hub)
    answer(released, partial(_show_release, lines=lines, target=target, dry_run=dry_run), as_json=as_json, load=lines)


def _served(url: str) -> str:
    """Return where `tagpress hub` serves what an embedded Hub has, which ends with the command, at `url`."""
    return _SERVED + urlsplit(url).path


def loading_lines(released: "Release", where: str) -> list[str]:
    """Return the three lines that load a release by name and version."""
    endpoint = {"local": _SERVED, "hf": "https://huggingface.co"}.get(where, where)
    config = f'"{released.default_config}", ' if released.default_config else ""
    return [
        f'import os; os.environ["HF_ENDPOINT"] = "{endpoint}"',
        "from datasets import load_dataset",
        f'corpus = load_dataset("{released.repo}", {config}revision="{released.tag or released.commit}")',
    ]


def _show_release(released: "Release", *, lines: list[str], target: Destination, dry_run: bool) -> None:
    if released.built is not None:
        show_findings(released.built.report, everything=f"{released.built.out}.problems.jsonl has all")
        tell_outcome(released.built)
    if released.plan is not None:
        files = released.plan.added
        rows = [("add", path, f"{size:,}") for path, size in files.items()]
        rows += [("keep", path, "") for path in released.plan.kept]
        rows += [("delete", path, "") for path in released.plan.deleted]
        show_table(f"{released.repo} {released.version}", ("", "file", "bytes"), rows)
    for setting in released.settings:
        tell(f"{'would be ' * (dry_run and setting.changed)}{setting}")
    if dry_run:
        tell("a dry run: nothing was changed")
    if released.commit is None:
        return
    state = "already published" if released.already_published else "published" if released.tag else "pull request open"
    tell(f"{state}: {released.repo} {released.tag or released.version} at {released.commit}")
    for sentence in released.checked:
        tell(f"checked: {sentence}")
    if target.hub == LOCAL:
        root = "" if target.root == HUB_ROOT else f" --hub-root {target.root}"
        tell(f"See it, or load it, while `tagpress hub{root}` runs:")
    tell(released.url)
    for line in lines if released.tag else ():
        click.echo(line)


@click.command(epilog=RUNS_SCRIPT)
@click.argument("old")
@click.argument("new")
@click.option(
    "--changes",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write every sentence that changed to a file, a JSON object a line: its tokens, and its tags before and after.",
)
@config_option
@hub_options
@json_option
def diff(
    *,
    old: str,
    new: str,
    changes: Path | None,
    config: str | None,
    where: str | None,
    hub_root: Path | None,
    as_json: bool,
) -> None:
    """
    Show what changed, and the smallest honest version bump.

    OLD and NEW are directories, URLs of builds, REPO or REPO@REV, in any mix.
    """
    from tagpress.release.commands import diff_releases

    with hub_of([old, new], where, hub_root) as (hub, (before, after)):
        found = diff_releases(before, after, hub=hub, changes=changes, config=config)
    answer(found, partial(_show_diff, changes=changes), as_json=as_json)


def _show_diff(found: "Diff", *, changes: Path | None) -> None:
    from tagpress.corpus.problems import counted

    if found.old > found.new:
        tell(f"OLD is {found.old} and NEW is {found.new}: this is the way back")
    for line in found.lines:
        tell(line)
    tell(f"smallest honest bump: {found.bump}")
    _show_changed(found)
    if changes is not None:
        tell(f"{changes} has every sentence that changed: {found.changed:,}")
    elif found.changed:
        tell(f"{counted(found.changed, 'sentence')} changed; --changes FILE writes all")


_KINDS: Final = ("added", "removed", "relabelled", "moved_in")


def _show_changed(found: "Diff") -> None:
    """Show how many sentences of each configuration changed, and how often each name of a changed layer is there now."""
    if found.configs:
        header = ("configuration", *(kind.removesuffix("_in") for kind in _KINDS))
        rows = [(name, *(f"{one.total(kind):,}" for kind in _KINDS)) for name, one in found.configs.items()]
        show_table("changed sentences", header, rows, numbers=len(_KINDS))
    for config, one in found.configs.items() or [("", found)]:
        for name, layer in one.layers.items():
            counts = [(each, f"{before:,}", f"{now:,}") for each, (before, now) in layer.counts.items()]
            if counts:
                show_table(
                    f"layer {config}/{name}" if config else f"layer {name}", ("name", "was", "is"), counts, numbers=2
                )


@click.command(epilog=RUNS_SCRIPT)
@click.argument("what", metavar="REPO[@REV]")
@hub_options
@click.option("--deep", is_flag=True, help="Download everything and check rows, labels and loading by name too.")
@json_option
def verify(*, what: str, where: str | None, hub_root: Path | None, deep: bool, as_json: bool) -> int:
    """Check that the Hub holds exactly what was released."""
    from tagpress.release.verify import verify_release

    with hub_of([what], where, hub_root) as (hub, (name,)):
        repo, _, revision = name.partition("@")
        found = verify_release(repo, revision or None, hub=hub, deep=deep)
    answer(found, _show_verification, as_json=as_json)
    return 0 if found.ok else 1


def _show_verification(found: "Verification") -> None:
    from tagpress.corpus.problems import counted

    for problem in found.problems:
        tell(problem)
    for sentence in found.checked:
        tell(f"checked: {sentence}")
    if found.withdrawn and not found.withdrawn.final:
        tell(f"warning: {found.withdrawn}")
    state = "exactly what was released" if found.ok else counted(len(found.problems), "problem")
    tell(f"{found.repo} at {found.commit}: {counted(found.files_checked, 'file')} checked, {state}")
