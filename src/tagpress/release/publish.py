"""
The release, as one act: plan, push, verify, tag.

Nothing is remembered between runs but on the Hub itself, so a run that died is finished by running it again. Every run
begins by asking what the Hub holds:

    the version is tagged, with this content            nothing to do
    the version is committed, with this content         verify the commit and tag it
    the version is there, with other content            conflict
    the version is new                                  plan, push, verify, tag

A push that finds the branch moved asks again. It goes on where only foreign files changed, and stops where somebody
else released: their rows would be lost without a word.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

from tagpress.corpus.manifest import MANIFEST_NAME, Manifest
from tagpress.engine import Engine, Shuffling
from tagpress.engine.progress import Progress, silent
from tagpress.errors import ConflictError, HubRefusedError, HubUnreachableError, VerifyError
from tagpress.hub import Change, Hub, Repository, set_tag
from tagpress.release.checked_build import CheckedBuild, build_store, open_build
from tagpress.release.cluster import content_of, send_shards
from tagpress.release.conflicts import refuse_other_name, somebody_released, tag_elsewhere, version_taken
from tagpress.release.finish import Finished, finish
from tagpress.release.journal import Journal
from tagpress.release.load_check import load
from tagpress.release.locate import base_release, where_released
from tagpress.release.plan import Plan
from tagpress.release.prepare import diff_from_last, prepare
from tagpress.release.proof import Loader
from tagpress.release.push import Pushed, needs_pull, push
from tagpress.release.results import Release
from tagpress.release.settings import Placing, Wanted
from tagpress.release.standing import refuse_lost_main, require_standing
from tagpress.release.state import RepoState, held_at, read_remote
from tagpress.release.steps import AT_ONCE, size_of
from tagpress.release.stored_file import Stored
from tagpress.release.verify import Check, require_verified
from tagpress.release.withdrawn import withdrawals_of

_PLANS: Final = 5  # tries; each needs somebody else's commit in between


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """
    How to publish; without a `check` a commit is verified by its files alone, and without an `engine` all is done here.

    `checked` says what was looked at before, in a pull request.
    """

    settings: Placing
    dry_run: bool
    open_pr: bool
    replace_card: bool
    check: Check | None
    engine: Shuffling | None
    progress: Progress
    steps: Callable[[str], None]
    checked: tuple[str, ...] = ()


def publish_build(
    where: Path | str,
    *,
    hub: Hub,
    repo: str,
    private: bool = False,
    gated: str | None = None,
    collection: str | None = None,
    dry_run: bool = False,
    open_pr: bool = False,
    replace_card: bool = False,
    engine: Engine | None = None,
    seen: RepoState | None = None,
    progress: Progress = silent,
    steps: Callable[[str], None] | None = None,
    loader: Loader | None = None,
) -> Release:
    """
    Publish the build in a directory or at a URL as one release, or finish the release that an earlier run began.

    `gated` (off, auto or manual) says who may read its files, `collection` where it is shown, by address or title: see
    `settings`. Where the `engine` is a cluster, its executors check the files of the build, which they must reach, send the shards,
    and read them back; this process makes the commit. `seen` is what the Hub held a while ago, if anybody has looked:
    what is still so is not asked again. `progress` is told how far they are, `steps` each step in words.
    `loader` replaces what loads the commit by name for the last check.

    Raises:
        UsageError: a setting is none, or the repository is public and `private` is asked for.
        BuildError: there is no build, or not what its manifest says.
        ConflictError: the version is taken or too small a step, somebody else's work is in the way, or the repository
            holds another dataset.
        VerifyError: the Hub does not give back what was sent; the commit is not tagged.
        HubError: the Hub refused or could not be reached.

    """
    wanted = Wanted(private=private, gated=gated, collection=collection)
    tell = steps or (lambda _: None)
    tell("checking the build")
    build = open_build(build_store(where), repo=repo, engine=engine)
    cluster = engine.cluster if engine else None
    repository = Repository(hub=hub, repo=repo)
    settings = Placing(repository, wanted, dry_run=dry_run, steps=tell)
    options = Options(
        settings=settings,
        dry_run=dry_run,
        open_pr=open_pr,
        replace_card=replace_card,
        check=Check(loader=loader or load, engine=cluster),
        engine=cluster,
        progress=progress,
        steps=tell,
    )
    settings.check()
    notes = Journal.of(where, repository)
    released = _publish(build, repository, notes, options, seen)
    if not dry_run:
        notes.forget()
    settings.shelve(tagged=released.tag is not None)
    released = replace(released, settings=settings.found)
    return released if build.manifest.is_flat else replace(released, default_config=build.manifest.default_config)


def _publish(
    build: CheckedBuild, repository: Repository, notes: Journal, options: Options, seen: RepoState | None
) -> Release:
    remote = _opened(repository, build, options, seen)
    base = remote.manifest
    refuse_other_name(repository.repo, build.manifest.name, base)
    for _ in range(_PLANS):
        done = _on_hub(build, remote, options)
        if done is not None:
            options.settings.restrict()
            return done
        refuse_lost_main(remote, build.manifest.name)
        if remote.manifest != base:
            raise somebody_released(repository.repo, build.manifest, base, remote.manifest)
        options.steps("comparing with the last release")
        plan = prepare(build, remote, replace_card=options.replace_card, engine=options.engine)
        options.settings.restrict()
        if options.dry_run:
            return _dry(plan, repository)
        _finish_base(remote, options)
        pushed = _pushed(plan, remote, notes, options)
        if pushed is not None and not pushed.merged:
            return _tagged(plan, remote, pushed, options)
        if pushed is not None:  # what was merged was loaded before; its files are still compared where they are now
            options = replace(options, check=None, checked=pushed.checked)
        remote = _opened(repository, build, options, remote)
    message = f"{repository.repo} was changed by others during each of {_PLANS} tries; nothing of ours was committed."
    raise ConflictError(message, "Run the same command again when it is quiet.")


def _pushed(plan: Plan, remote: RepoState, notes: Journal, options: Options) -> Pushed | None:
    """Send and push; None if the branch has moved, or the Hub has lost what an earlier run had sent."""
    noted, records = notes.known(), {file.path: file for file in plan.finished.manifest.files}
    known = noted
    shards = [(records[path], file) for path, file in plan.new.items() if isinstance(file, Stored)]
    total = size_of(shards)
    apart = options.engine is not None or total > AT_ONCE
    ahead = [(record, file) for record, file in shards if apart or file.place is None]
    if ahead:
        options.steps(f"sending {len(ahead)} shards" + " from the executors" * (options.engine is not None))
        known |= send_shards(
            [(record, file) for record, file in ahead if record.sha256 not in noted],
            remote.repository,
            options.engine,
            total=total,
            as_pull=needs_pull(plan, open_pr=options.open_pr),
            notes=notes,
            progress=partial(options.progress, "upload"),
        )
    adds = {path: content_of(file, records.get(path), known) for path, file in plan.new.items()}
    change = Change(adds=adds, deletes=plan.deleted)
    try:
        return push(plan, change, remote, open_pr=options.open_pr, check=options.check, steps=options.steps)
    except HubRefusedError:
        if not noted:
            raise
        notes.forget()
        return None


def _opened(repository: Repository, build: CheckedBuild, options: Options, seen: RepoState | None) -> RepoState:
    """Return what `main` holds; a repository that does not exist is created, except in a dry run."""
    remote = read_remote(repository, build.known, seen=seen)
    if remote is None and options.dry_run:
        return RepoState(repository=repository)
    if remote is None:
        options.steps(f"creating {repository.repo}")
        options.settings.create()
        remote = read_remote(repository, build.known)
    else:
        options.settings.require()
    if remote is None:
        message = f"{repository.repo} exists, but the Hub does not show it: it is new, or this token may not see it."
        raise HubUnreachableError(message, "Run the same command again, or use a token that may see the repository.")
    return remote


def _on_hub(build: CheckedBuild, remote: RepoState, options: Options) -> Release | None:
    """Return the release if the Hub has it, verified and tagged now if it was not; None for a new version."""
    version, repository = build.manifest.version, remote.repository
    there = where_released(version, remote)
    if there is None:
        return None
    if there.manifest is None or there.manifest.version != version:
        raise tag_elsewhere(repository.repo, version, there)
    finished = _finished_like(build, there, there.manifest)
    if not finished.is_release(there.manifest):
        raise version_taken(repository.repo, version, diff_from_last(build, remote))
    if withdrawn := withdrawals_of(remote).of(version):
        options.steps(str(withdrawn))
    tagged = version.tag in remote.tags
    checked: tuple[str, ...] = ()
    if tagged:
        checked = require_standing(replace(there, known=finished.known), there.manifest, remote)
    elif not options.dry_run:
        checked = _verify_and_tag(replace(there, known=finished.known), there.manifest, options)
    return Release(
        repo=repository.repo,
        version=str(version),
        tag=None if options.dry_run and not tagged else version.tag,
        commit=there.sha,
        url=f"{repository.url}/tree/{version.tag}",
        already_published=tagged,
        checked=checked,
        kept=tuple(sorted([MANIFEST_NAME, *(file.path for file in there.manifest.files)])),
    )


def _finished_like(build: CheckedBuild, there: RepoState, released: Manifest) -> Finished:
    """Finish the build with the changelog and the shards of a release: if it is that release, the manifests are equal."""
    held = [file.path for file in released.data_files()]
    return finish(
        build,
        repository=there.repository,
        changelog=released.changelog,
        base=released,
        held=held,
        withdrawals=withdrawals_of(there),
    )


def _finish_base(remote: RepoState, options: Options) -> None:
    """Tag the last release if the run that committed it died before; one that cannot be verified stays untagged."""
    released = base_release(remote)
    if released is None or released.manifest is None or released.manifest.version.tag in remote.tags:
        return
    try:
        _verify_and_tag(released, released.manifest, options)
    except VerifyError as error:
        options.steps(f"{released.manifest.version} stays without a tag: {error.message}")


def _verify_and_tag(there: RepoState, manifest: Manifest, options: Options) -> tuple[str, ...]:
    """Verify a commit, tag it, and return in words what was checked."""
    assert there.sha is not None
    options.steps(f"verifying {there.sha}")
    checked = require_verified(there, manifest, options.check)
    tag = manifest.version.tag
    options.steps(f"tagging {tag}")
    set_tag(there.repository, tag, there.sha)
    return options.checked or checked


def _tagged(plan: Plan, remote: RepoState, pushed: Pushed, options: Options) -> Release:
    """Verify and tag what was just committed; a pull request was verified and waits for its merge."""
    repository, version, checked = remote.repository, plan.version, pushed.checked
    if pushed.pull is not None:
        page, tag = f"discussions/{pushed.pull.number}", None
    else:
        page, tag = f"tree/{version.tag}", version.tag
        there = held_at(repository, pushed.sha, remote.tags, plan.finished.known)
        checked = _verify_and_tag(there, plan.finished.manifest, options)
    return Release(
        repo=plan.repo,
        version=str(version),
        tag=tag,
        commit=pushed.sha,
        url=f"{repository.url}/{page}",
        plan=plan,
        checked=checked,
    )


def _dry(plan: Plan, repository: Repository) -> Release:
    return Release(repo=plan.repo, version=str(plan.version), tag=None, commit=None, url=repository.url, plan=plan)
