"""
Who may see the repository of a release, who may read its files, and where is it shown?

    visibility      in the request that creates it, so that nothing is ever public for a moment; one that is public is refused
    gate            before the first byte is sent; what is there already is left alone
    collection      when the release is tagged

Each is read back after it was set. A run that dies between them is finished by running it again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from tagpress.errors import NotOnHubError, UsageError
from tagpress.hub import (
    SLUG,
    UNCHANGED,
    Access,
    Collection,
    Repository,
    add_to_collection,
    create,
    find_collection,
    make_collection,
    require_private,
    set_gate,
)

GATES: Final = ("off", "auto", "manual")
_NOTHING_SENT: Final = "nothing of the release was sent"
_TAGGED: Final = "the release is there, verified and tagged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """
    What a repository is to be: private, `gated` (off, auto or manual) and in a `collection`; None leaves it as it is.

    A collection is named by its address, NAMESPACE/NAME-ID, or by its title in the namespace of the repository.
    """

    private: bool = False
    gated: str | None = None
    collection: str | None = None

    def __post_init__(self) -> None:
        if self.gated not in {None, *GATES}:
            raise UsageError(f"a repository cannot be gated {self.gated!r}", f"give one of {', '.join(GATES)}")
        if self.collection is not None and not self.collection.strip():
            raise UsageError(
                "a collection without a name was given", "give its title, or its address NAMESPACE/NAME-ID"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What was asked for, how it was before (None where there was nothing), and how it is now, or would be."""

    name: str
    before: str | None
    after: str

    @property
    def changed(self) -> bool:
        """Return whether this run changed it, or would."""
        return self.before != self.after

    def __str__(self) -> str:
        if not self.changed:
            return f"{self.name}: {self.after}, as before"
        return f"{self.name}: {self.after}" + (f", before: {self.before}" if self.before else "")

    def to_json(self) -> dict[str, Any]:
        """Return what `--json` prints of it."""
        return {"name": self.name, "before": self.before, "after": self.after, "changed": self.changed}


class Placing:
    """What is wanted of one repository, and what became of it so far; in a dry run only looked at."""

    def __init__(self, repository: Repository, wanted: Wanted, *, dry_run: bool, steps: Callable[[str], None]) -> None:
        self._repository = repository
        self._wanted = wanted
        self._dry_run = dry_run
        self._steps = steps
        self._found: dict[str, Setting] = {}

    @property
    def found(self) -> tuple[Setting, ...]:
        """What was asked for, in the order in which it was seen to."""
        return tuple(self._found.values())

    def create(self) -> None:
        """
        Create the repository, with the visibility that is wanted.

        Raises:
            UsageError: it is public in spite of that: nothing goes there.

        """
        create(self._repository, private=self._wanted.private)
        if self._wanted.private:
            require_private(self._repository, state="it was created a moment ago, and is empty")
            self._note("visibility", None, "private")

    def require(self) -> None:
        """
        Look at the visibility of a repository that is there.

        Raises:
            UsageError: it is public, and private is wanted.

        """
        if self._wanted.private and "visibility" not in self._found:
            require_private(self._repository)
            self._note("visibility", "private", "private")

    def restrict(self) -> None:
        """
        Set the gate, or in a dry run look at it; the second time there is nothing to do.

        Raises:
            VerifyError: the Hub does not say what was set.

        """
        wanted = self._wanted.gated
        if self._dry_run and self._wanted.private and "visibility" not in self._found:
            self._note("visibility", None, "private")
        if wanted is None or "gated" in self._found:
            return
        access = self._access()
        if not self._dry_run and access is not None and access.gated != wanted:
            self._steps(f"setting gated: {wanted}")
            set_gate(self._repository, wanted, state=_NOTHING_SENT)
        self._note("gated", access.gated if access else None, wanted)

    def shelve(self, *, tagged: bool) -> None:
        """
        Put the repository into its collection, which is made where there is none of its title, or in a dry run look for it.

        Raises:
            NotOnHubError: there is no collection at the address that was given.
            VerifyError: the Hub does not list the repository there.

        """
        named = self._wanted.collection
        if named is None:
            return
        if not tagged and not self._dry_run:
            self._steps("the collection waits for the tag: run the same command again when the pull request is merged")
            return
        repository, namespace = self._repository, self._repository.repo.partition("/")[0]
        state = UNCHANGED if self._dry_run else _TAGGED
        found = find_collection(repository.hub, named, namespace=namespace, state=state)
        if found is not None and repository.repo in found.datasets:
            self._note("collection", found.slug, found.slug)
            return
        if not self._dry_run:
            found = found or self._make(named, namespace)
            self._steps(f"adding to the collection {found.slug}")
            add_to_collection(repository, found.slug, state=_TAGGED)
        self._note("collection", None, found.slug if found else f"{named} (a new one)")

    def _make(self, title: str, namespace: str) -> Collection:
        self._steps(f"making the collection {title}")
        private = self._repository.access(state=_TAGGED).private
        return make_collection(self._repository.hub, title, namespace=namespace, private=private, state=_TAGGED)

    def check(self) -> None:
        """
        See, before anything is sent, that a collection that was named by its address is there.

        Raises:
            NotOnHubError: it is not.

        """
        named = self._wanted.collection
        if named is not None and SLUG.fullmatch(named):
            find_collection(self._repository.hub, named, namespace="")

    def _access(self) -> Access | None:
        try:
            return self._repository.access()
        except NotOnHubError:
            if not self._dry_run:
                raise
            return None

    def _note(self, name: str, before: str | None, after: str) -> None:
        self._found[name] = Setting(name=name, before=before, after=after)
