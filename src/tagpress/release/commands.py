"""The whole way from a declared corpus to a release, and where the Hub is that it goes to."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tagpress.build.corpus import build_corpus
from tagpress.build.declaration import Declaration
from tagpress.build.declared import Declared
from tagpress.corpus.manifest import CARD_NAME, MANIFEST_NAME
from tagpress.diff import Diff, compare_releases, write_changes
from tagpress.engine import WORTH, Engine
from tagpress.engine.progress import Progress, silent
from tagpress.errors import UsageError
from tagpress.hub import PUBLIC_ENDPOINT, Hub, Repository, silent_about
from tagpress.localhub import LocalHub
from tagpress.release.conflicts import refuse_other_name
from tagpress.release.description import described
from tagpress.release.load_check import EarlyLoader
from tagpress.release.publish import publish_build
from tagpress.release.results import Release
from tagpress.release.settings import Wanted
from tagpress.release.sides import open_side
from tagpress.release.state import read_remote

LOCAL: Final = "local"
LOCAL_OWNER: Final = "local"
"""The namespace of the embedded Hub's owner."""


def publish_corpus(
    declaration: Declaration | Declared,
    *,
    hub: Hub,
    repo: str,
    out: Path | str,
    workers: int | None = None,
    engine: Engine | None = None,
    private: bool = False,
    gated: str | None = None,
    collection: str | None = None,
    dry_run: bool = False,
    open_pr: bool = False,
    replace_card: bool = False,
    progress: Progress = silent,
    steps: Callable[[str], None] | None = None,
) -> Release:
    """
    Build a corpus to `out`, on the shard counts of its last release, and publish the build.

    `gated` (off, auto or manual) says who may read its files, `collection` where it is shown, by address or title; None
    leaves that as it is. Where the `engine` is a cluster, its executors also send the shards. `progress` is told how far the build is, `steps`
    each step of the release in words.

    Raises:
        UsageError: a source cannot be read, or the card cannot be used.
        DataError: the corpus has errors; nothing was sent.
        WriteError, UnderwayError, EngineError: the build could not be made; nothing was sent.
        ConflictError: the version is taken or too small a step, or somebody else's work is in the way.
        VerifyError: the Hub does not give back what was sent; the commit is not tagged.
        HubError: the Hub refused or could not be reached.

    """
    Wanted(private=private, gated=gated, collection=collection)  # what is none is refused before anything is built
    remote = read_remote(Repository(hub=hub, repo=repo))
    previous = remote.manifest if remote else None
    refuse_other_name(repo, Declared.of(declaration).name, previous)
    with EarlyLoader(hub.endpoint) as loader:
        told = progress if dry_run else _begun_early(loader, progress)
        built = build_corpus(declaration, out, workers=workers, engine=engine, previous=previous, progress=told)
        released = publish_build(
            out,
            hub=hub,
            repo=repo,
            private=private,
            gated=gated,
            collection=collection,
            dry_run=dry_run,
            open_pr=open_pr,
            replace_card=replace_card,
            engine=engine,
            seen=remote,
            progress=progress,
            steps=steps,
            loader=loader,
        )
    return replace(released, built=built)


def _begun_early(loader: EarlyLoader, progress: Progress) -> Progress:
    """
    Return what tells `progress`, and begins with loading by name where a small corpus is found to be without errors.

    A large one has work for every core until it is sent, and takes so long that nobody feels the difference.
    """
    sizes: list[int] = []

    def told(work: str, done: int, total: int) -> None:
        progress(work, done, total)
        if work == "survey" and not done:
            sizes.append(total)
        elif work == "press" and not done and 0 < sum(sizes) < WORTH:
            sizes.clear()  # once, however many configurations there are
            loader.begin()

    return told


def diff_releases(old: str, new: str, *, hub: Hub, changes: Path | None = None, config: str | None = None) -> Diff:
    """
    Compare two builds or releases, each a directory, a URL, `REPO` or `REPO@REV`; all of them, or one configuration.

    Every sentence that changed is written to the file `changes`, a JSON object a line.

    Raises:
        BuildError: a directory is not a build, or a shard of one is not what its manifest says.
        HubError: a repository or revision cannot be read.
        WriteError: the file cannot be written.

    """
    with ExitStack() as stack:
        sides = [stack.enter_context(open_side(where, hub=hub)) for where in (old, new)]
        compared = compare_releases(*sides, config=config)
        if changes is not None:
            write_changes(compared, changes)
        return compared.diff


def write_croissant(where: str, *, hub: Hub) -> bytes:
    """
    Return the Croissant description (JSON-LD) of a release, `REPO` or `REPO@REV`, with its label names.

    Licence, languages, tags and citation are those of its card, what each entity type means is from its builder script.

    Raises:
        UsageError: it is a directory, whose files have no address.
        HubError: the repository or revision cannot be read.
        VerifyError: the card or the script is not what was released.

    """
    if Path(where).is_dir():
        raise UsageError(
            f"{where} is a directory, and a description says where files can be fetched",
            "publish it, and give REPO or REPO@REV; where that is a directory too, run this elsewhere",
        )
    repo = where.partition("@")[0]
    with open_side(where, hub=hub) as side:
        # Any file of the manifest is fetched, with the SHA-256 that it says.
        paths = [CARD_NAME, *(file.path for file in side.manifest.files if file.path.startswith("builder/"))]
        files = [side.shard(path) for path in paths]
        card, *scripts = [file.read_bytes() if file.is_file() else b"" for file in files]
        return described(side.manifest, repo=repo, card=card, scripts=scripts, endpoint=hub.endpoint)


@contextmanager
def local_build(where: str, *, hub: Hub) -> Iterator[Path]:
    """
    Have a build on disk: a directory as it is, or the manifest and shards of a URL, `REPO` or `REPO@REV` for the block.

    Raises:
        ManifestError: there is no build at the URL.
        HubError: the repository or revision cannot be read.
        VerifyError: a shard is not what was released.
        WithdrawnError: its owner has withdrawn the version for good.

    """
    if Path(where).is_dir():
        yield Path(where)
        return
    with TemporaryDirectory(prefix="tagpress-") as folder, open_side(where, hub=hub, refuse_withdrawn=True) as side:
        corrections = [config.corrections.path for config in side.manifest.configs if config.corrections]
        for path in (*(file.path for file in side.manifest.data_files()), *corrections):
            place = Path(folder) / path
            place.parent.mkdir(parents=True, exist_ok=True)  # a folder for each configuration
            place.hardlink_to(side.shard(path))
        (Path(folder) / MANIFEST_NAME).write_bytes(side.manifest.to_bytes())
        yield Path(folder)


@contextmanager
def open_hub(where: str, root: Path, tell: Callable[[str], None] = silent_about) -> Iterator[Hub]:
    """
    Reach a Hub: `local` (the embedded one, whose files are in `root`, for as long as the block runs), `hf`, or a URL.

    `tell` is told of each wait for a Hub that does not answer.

    Raises:
        UsageError: `where` is none of them.

    """
    if where == LOCAL:
        with LocalHub(root) as local:
            yield Hub(endpoint=local.endpoint, token=local.token, tell=tell)
    elif where == "hf":
        yield Hub(endpoint=PUBLIC_ENDPOINT, tell=tell)
    elif "://" in where:
        yield Hub(endpoint=where, tell=tell)
    else:
        raise UsageError(f"there is no Hub called {where!r}", "use local, hf, or the URL of a Hub")


def default_repo(where: str, name: str) -> str:
    """
    Return the repository that a corpus goes to when none is named.

    Raises:
        UsageError: on every Hub but the embedded one, somebody has to say whose namespace it is.

    """
    if where != LOCAL:
        raise UsageError("no repository was named", f"name it: --repo NAMESPACE/{name}")
    return f"{LOCAL_OWNER}/{name}"
