"""The commands that speak to a Hub: publish, diff, verify, and the embedded Hub itself."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from tagpress.cli.hubs import HUB_ROOT, LOCAL, Destination, destination_of, hub_of
from tagpress.cli.hubs import hub_root as root_of
from tagpress.cli.options import (
    HUB_PORT,
    RUNS_SCRIPT,
    config_option,
    corpus_options,
    declared,
    engine_of,
    engine_options,
    hub_options,
    hub_root_option,
    json_option,
)
from tagpress.cli.output import answer, print_document, progress_bar, show_findings, show_table, tell, tell_outcome

if TYPE_CHECKING:
    from tagpress.corpus.splits import Grouping
    from tagpress.diff import Diff
    from tagpress.localhub import StorageCheck
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
@click.option("--private", is_flag=True, help="Make a new repository private, and refuse a public one.")
@click.option("--dry-run", is_flag=True, help="Show the plan and change nothing.")
@click.option("--pr", "open_pr", is_flag=True, help="Stop with the pull request open.")
@click.option("--replace-card", is_flag=True, help="Replace a README that was edited on the Hub.")
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
    from tagpress.release.checked_build import build_store, load_manifest, names_build
    from tagpress.release.commands import default_repo, open_hub, publish_corpus
    from tagpress.release.publish import publish_build

    how: Any = {"private": private, "dry_run": dry_run, "open_pr": open_pr, "replace_card": replace_card}
    steps = None if as_json else tell
    if names_build(what):
        if source or group or salt is not None or version or out or workers:
            hint = "SOURCE, --group, --salt, --version, --out and --workers go with a script"
            raise UsageError(f"{what} is a finished build", hint)
        home = where or LOCAL
        target = Destination(
            hub=home, root=root_of(hub_root), repo=repo or default_repo(home, load_manifest(build_store(what)).name)
        )
        with (
            engine_of(engine, master, workers) as runs,
            open_hub(target.hub, target.root) as hub,
            progress_bar(quiet=as_json) as progress,
        ):
            released = publish_build(
                what, hub=hub, repo=target.repo, engine=runs, progress=progress, steps=steps, **how
            )
    else:
        declaration = declared(Path(what), source, group, salt, version, engine=engine)
        target = destination_of(where, hub_root, repo, declaration.any)
        with (
            engine_of(engine, master, workers) as runs,
            open_hub(target.hub, target.root) as hub,
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
    answer(released, partial(_show_release, lines=lines, target=target), as_json=as_json, load=lines)


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


def _show_release(released: "Release", *, lines: list[str], target: Destination) -> None:
    if released.built is not None:
        show_findings(released.built.report, everything=f"{released.built.out}.problems.jsonl has all")
        tell_outcome(released.built)
    if released.plan is not None:
        files = released.plan.added
        rows = [("add", path, f"{size:,}") for path, size in files.items()]
        rows += [("keep", path, "") for path in released.plan.kept]
        rows += [("delete", path, "") for path in released.plan.deleted]
        show_table(f"{released.repo} {released.version}", ("", "file", "bytes"), rows)
    if released.commit is None:
        tell("a dry run: nothing was changed")
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
    if changes is not None:
        tell(f"{changes} has every sentence that changed: {found.changed:,}")
    elif found.changed:
        tell(f"{counted(found.changed, 'sentence')} changed; --changes FILE writes all")


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
    for problem in found.problems:
        tell(problem)
    for sentence in found.checked:
        tell(f"checked: {sentence}")
    if found.withdrawn and not found.withdrawn.final:
        tell(f"warning: {found.withdrawn}")
    state = "exactly what was released" if found.ok else f"{len(found.problems)} problems"
    tell(f"{found.repo} at {found.commit}: {found.files_checked} files checked, {state}")


@click.command()
@hub_root_option
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=HUB_PORT, show_default=True, help="0 takes a free one.")
@click.option(
    "--allow-host",
    "names",
    multiple=True,
    metavar="NAME",
    help="Another name by which clients call it, such as that of a container; may be repeated.",
)
@click.option("--check", "check_only", is_flag=True, help="Read all that is stored, say what is damaged, and end.")
@json_option
def hub(*, hub_root: Path | None, host: str, port: int, names: tuple[str, ...], check_only: bool, as_json: bool) -> int:
    """Serve the embedded Hub, and print what its clients must set."""
    from tagpress.localhub import LocalHubAddress, check_storage, serve

    root = root_of(hub_root)
    if check_only:
        checked = check_storage(root)
        answer(checked, _show_check, as_json=as_json)
        return 0 if checked.ok else 1

    warnings = _exposure(host)

    def announce(address: LocalHubAddress) -> None:
        settings = {"HF_ENDPOINT": address.endpoint, "HF_TOKEN": address.token}
        if as_json:
            document = {"endpoint": address.endpoint, "token": address.token, "root": str(root), "set": settings}
            print_document({**document, "warnings": warnings})
            return
        tell(f"The Hub of {root} listens, in a browser too; its clients set:")
        for name, value in settings.items():
            click.echo(f"export {name}={value}")
        for warning in warnings:
            tell(f"warning: {warning}")

    serve(root, host=host, port=port, names=names, announce=announce)
    return 0


def _exposure(host: str) -> list[str]:
    """Return what it means to listen on an address that other machines can reach."""
    if host in ("127.0.0.1", "localhost", "::1"):
        return []
    meaning = (
        f"on {host} every machine that reaches this one can read all public repositories here; "
        "the token that writes, and private data, travel unencrypted: use it in a network that you trust only"
    )
    return [meaning]


def _show_check(checked: "StorageCheck") -> None:
    for problem in checked.problems:
        tell(problem)
    state = "all is as it was stored" if checked.ok else f"{len(checked.problems)} problems"
    tell(f"{checked.root}: {checked.repositories} repositories, {checked.large_files} large files read, {state}")
