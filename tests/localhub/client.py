"""What most tests do with a real client."""

import os
from typing import Any

from huggingface_hub import CommitInfo, CommitOperationAdd, HfApi

KIND = {"repo_type": "dataset"}
LARGE = b"\0" + os.urandom(2 << 20)


def put(api: HfApi, repo: str, files: dict[str, bytes], **settings: Any) -> CommitInfo:
    operations = [CommitOperationAdd(path, content) for path, content in files.items()]
    return api.create_commit(repo, operations, commit_message="put", **KIND, **settings)
