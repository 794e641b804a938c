"""From a build and a repository to a plan that may be carried out: the reading and downloading that a plan needs."""

from functools import partial

from tagpress.diff import Diff, diff_builds, entry, first_entry
from tagpress.engine import Shuffling
from tagpress.release.checked_build import CheckedBuild
from tagpress.release.cluster import compare_on
from tagpress.release.conflicts import refuse_obstacles, refuse_version
from tagpress.release.finish import finish
from tagpress.release.forgotten import refuse_remembered, without_texts
from tagpress.release.locate import base_release
from tagpress.release.plan import Plan, make_plan
from tagpress.release.sides import side_in, side_of
from tagpress.release.state import RepoState
from tagpress.release.withdrawn import only_withdrawn, withdrawals_of


def diff_from_last(build: CheckedBuild, remote: RepoState, engine: Shuffling | None = None) -> Diff | None:
    """
    Return what the build changes in the last release, if there is one; only shards that differ are downloaded.

    On an `engine` its executors download and compare them.
    """
    released = base_release(remote)
    if released is None or released.manifest is None:
        return None
    with side_of(released) as old, side_in(build.store, build.manifest) as new:
        diff = diff_builds(old, new, compare=partial(compare_on, engine, released, build) if engine else None)
        return without_texts(diff, build)


def prepare(build: CheckedBuild, remote: RepoState, *, replace_card: bool, engine: Shuffling | None = None) -> Plan:
    """
    Plan the release of a new version; on an `engine` its executors compare the shards.

    Raises:
        ConflictError: its number is too small a step for what changed, it no longer forgets what the last release does, or it
            would overwrite somebody else's work.

    """
    repo, base, diff = remote.repository.repo, remote.manifest, diff_from_last(build, remote, engine)
    if diff is not None:
        refuse_version(build.manifest.version, diff)
    refuse_remembered(build, remote)
    listed = [file for file in base.files if file.path in remote.files] if base else []
    edited = {file.path for file in listed if remote.differs(file) and not only_withdrawn(file, remote)}
    finished = finish(
        build,
        repository=remote.repository,
        changelog=(entry(diff), *base.changelog) if base and diff else (first_entry(build.manifest),),
        base=base,
        held=[file.path for file in listed if file.path not in edited],
        withdrawals=withdrawals_of(remote),
    )
    plan = make_plan(
        finished,
        repo=repo,
        parent=remote.sha,
        held=remote.files,
        base=base,
        edited=edited,
        diff=diff,
        replace_card=replace_card,
    )
    refuse_obstacles(plan, remote, base_release(remote))
    return plan
