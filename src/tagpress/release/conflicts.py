"""What is said when a release stops because of somebody else's work, or because of its own version number."""

import difflib
from collections.abc import Iterator

from tagpress.corpus.manifest import CARD_NAME, Manifest
from tagpress.corpus.version import Version
from tagpress.diff import Diff
from tagpress.errors import ConflictError
from tagpress.release.plan import Plan, least_version
from tagpress.release.state import RepoState

_UNCHANGED = "Nothing was changed on the Hub."
_DIFF_LINES = 120


def version_taken(repo: str, version: Version, diff: Diff | None) -> ConflictError:
    """Return the error for a version that is on the Hub with other content; `diff` is from the newest release."""
    taken = f"Version {version} of {repo} is released already, with other content. {_UNCHANGED}"
    return _ask_for_version(taken, diff) if diff else ConflictError(taken, "Publish under another version.")


def refuse_other_name(repo: str, name: str, held: Manifest | None) -> None:
    """
    Refuse to release a dataset where another one is: it would replace the other's every row under a minor version.

    Raises:
        ConflictError: the repository holds a release of another name.

    """
    if held is not None and held.name != name:
        message = f"{repo} holds {held.name} {held.version} ({held.rows:,} sentences), and this is {name}. {_UNCHANGED}"
        hint = f"Publish to a repository of its own (--repo), or set NAME = {held.name!r} if it is the same dataset."
        raise ConflictError(message, hint)


def tag_elsewhere(repo: str, version: Version, there: RepoState) -> ConflictError:
    """Return the error for a tag that is on a commit which is not this version."""
    found = f"version {there.manifest.version}" if there.manifest else "no release"
    message = f"The tag {version.tag} of {repo} points at {there.sha}, which holds {found}. A tag is never moved."
    return ConflictError(message, "Delete the tag on the Hub if it is wrong, or publish under another version.")


def refuse_version(version: Version, diff: Diff) -> None:
    """
    Refuse a version that promises less than the diff shows.

    Raises:
        ConflictError: it is too small a step.

    """
    if version >= least_version(diff):
        return
    step = "is not newer than" if version <= diff.old else "is too small a step from"
    raise _ask_for_version(f"Version {version} {step} the released {diff.old}. {_UNCHANGED}", diff)


def somebody_released(repo: str, mine: Manifest, base: Manifest | None, theirs: Manifest | None) -> ConflictError:
    """Return the error for a release that appeared on the Hub after this run had planned its own."""
    before = f"on top of {base.version}" if base else "as the first release"
    message = [f"Somebody else changed the release of {repo} while {mine.version} was prepared {before}."]
    if theirs is None:
        message.append("Theirs: the release is gone from the branch.")
    else:
        known = set(base.changelog) if base else set()
        new = [entry for entry in theirs.changelog if entry not in known]
        message += [f"Theirs: {entry.version}: {' '.join(entry.lines)}" for entry in new]
    message.append(f"Yours: {mine.version}: {mine.rows:,} sentences{_types(mine)}.")
    message.append("Nothing of yours was committed.")
    return ConflictError("\n".join(message), "Take over their changes, or publish yours on top as the next version.")


def _types(mine: Manifest) -> str:
    return f", {len(mine.entity_types)} entity types" if mine.entity_types else ""


def refuse_obstacles(plan: Plan, remote: RepoState, released: RepoState | None) -> None:
    """
    Refuse a plan that would lose somebody else's work; the card's changes are shown.

    Raises:
        ConflictError: the plan has obstacles; all are named.

    """
    if not plan.obstacles:
        return
    paths = [obstacle.path for obstacle in plan.obstacles]
    lines = [f"{plan.repo} holds what this release must not overwrite. {_UNCHANGED}", *map(str, plan.obstacles)]
    hint = "Undo these changes on the Hub, or delete these files there, then publish again."
    if CARD_NAME in paths:
        lines += _card_changes(plan, remote, released)
        hint = f"Take the changes over into your card and add --replace-card. {hint if len(paths) > 1 else ''}".strip()
    raise ConflictError("\n".join(lines), hint)


def _ask_for_version(fault: str, diff: Diff) -> ConflictError:
    needed = least_version(diff)
    reasons = diff.reasons or ["The card, the script or the description of the data changed."]
    kinds = [str(example) for example in diff.examples]
    lines = [fault, f"These changes need at least {needed}:", *(f"  {line}" for line in [*reasons, *kinds])]
    return ConflictError(
        "\n".join(lines), f'Set VERSION = datasets.Version("{needed}"), or publish --version {needed}.'
    )


def _card_changes(plan: Plan, remote: RepoState, released: RepoState | None) -> Iterator[str]:
    """Yield the unified diff from the card as it was released, or as it would be, to what the Hub holds."""
    mine = plan.finished.contents[CARD_NAME]
    assert isinstance(mine, bytes)
    before = released.read(CARD_NAME) if released and CARD_NAME in released.files else mine
    label = "as released" if before is not mine else "to be published"
    now = remote.read(CARD_NAME)
    changes = difflib.unified_diff(
        before.decode(errors="replace").splitlines(),
        now.decode(errors="replace").splitlines(),
        f"{CARD_NAME} {label}",
        f"{CARD_NAME} on the Hub",
        lineterm="",
    )
    for number, line in enumerate(changes):
        if number == _DIFF_LINES:
            yield "..."
            return
        yield line
