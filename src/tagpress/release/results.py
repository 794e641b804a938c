"""What publishing did, for a program and for a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tagpress.build.corpus import Build
from tagpress.release.plan import Plan
from tagpress.release.settings import Setting


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """
    The answer to `tagpress publish`.

    `commit` is None after a dry run. `tag` is None until the commit is tagged: after a dry run, or while the pull
    request at `url` is open. `plan` is None where an earlier run had committed everything; `built` is what this run built
    first, None where it was given a finished build. `default_config` is the one of named configurations that is loaded where
    none is named. `checked` says in words what was looked at on the Hub, `settings` what was asked of the repository itself.
    """

    repo: str
    version: str
    tag: str | None
    commit: str | None
    url: str
    already_published: bool = False
    kept: tuple[str, ...] = ()
    plan: Plan | None = None
    built: Build | None = None
    default_config: str | None = None
    checked: tuple[str, ...] = ()
    settings: tuple[Setting, ...] = ()

    @property
    def files(self) -> Mapping[str, tuple[str, ...]]:
        """The paths of the files that were added, kept and deleted."""
        if self.plan is None:
            return {"added": (), "kept": self.kept, "deleted": ()}
        return {"added": tuple(self.plan.added), "kept": self.plan.kept, "deleted": self.plan.deleted}

    @property
    def uploaded_bytes(self) -> int:
        """The size of the files that were added."""
        return self.plan.uploaded_bytes if self.plan else 0

    def to_json(self) -> dict[str, Any]:
        """Return the document that `--json` prints."""
        return {
            "repo": self.repo,
            "version": self.version,
            "tag": self.tag,
            "commit": self.commit,
            "url": self.url,
            "already_published": self.already_published,
            "files": {action: list(paths) for action, paths in self.files.items()},
            "uploaded_bytes": self.uploaded_bytes,
            "checked": list(self.checked),
            "settings": [setting.to_json() for setting in self.settings],
            "plan": self.plan.to_json() if self.plan else None,
            "build": self.built.to_json() if self.built else None,
        }
