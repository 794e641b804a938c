"""Every kind of store, empty."""

from uuid import uuid4

import pytest

from objects import BUCKET, object_store
from tagpress.store import Folder, UrlStore


@pytest.fixture(scope="session")
def bucket():
    with object_store():
        yield f"s3://{BUCKET}"


@pytest.fixture(params=["folder", "local", "memory", "s3"])
def store(request, tmp_path):
    """A folder; a system of folders, objects in this process, and objects behind HTTP, each as fsspec reaches it."""
    if request.param == "folder":
        return Folder(tmp_path / "store")
    if request.param == "local":
        return UrlStore(f"file://{tmp_path}/store")
    above = request.getfixturevalue("bucket") if request.param == "s3" else "memory://stores"
    return UrlStore(f"{above}/{uuid4().hex}")
