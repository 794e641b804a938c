"""What a reader who knows nothing of tagpress sees on a Hub."""

from dataclasses import dataclass

from huggingface_hub import HfApi
from huggingface_hub.hf_api import RepoFile

from tagpress.localhub import LocalHub


@dataclass(frozen=True)
class View:
    head: str
    tree: dict[str, str]
    tags: dict[str, str]
    titles: list[str]


def api(hub: LocalHub) -> HfApi:
    return HfApi(endpoint=hub.endpoint, token=hub.token)


def view(hub: LocalHub, repo: str) -> View | None:
    client = api(hub)
    if not client.repo_exists(repo, repo_type="dataset"):
        return None
    refs = client.list_repo_refs(repo, repo_type="dataset")
    commits = client.list_repo_commits(repo, repo_type="dataset")
    entries = client.list_repo_tree(repo, repo_type="dataset", recursive=True)
    return View(
        head=refs.branches[0].target_commit,
        tree={entry.path: entry.blob_id for entry in entries if isinstance(entry, RepoFile)},
        tags={tag.name: tag.target_commit for tag in refs.tags},
        titles=[commit.title for commit in commits],
    )
