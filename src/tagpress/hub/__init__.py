"""
The only door to a Hub: whatever speaks to huggingface_hub is in here, and nothing else imports it.

    Hub                     where, who, how patiently
    Repository              one dataset on it: refs, files, read, download, history, pull
    read_range              a part of a large file
    create commit open_pull merge set_tag       the writes of a release
    set_gate find_collection make_collection add_to_collection      who may read it, and where it is shown
    check_shard             is a file that came from it what its manifest promises? (and its parts: footer, group, rows)
    upload_files            content sent ahead of its commit, by whoever has it; is a part of it known: `knows_parts`
    Change                  what one commit adds and deletes
    listed_once             a process that reads one commit through the client library need not ask twice

Reads are repeated until they succeed or patience ends. A write is never blindly repeated.
"""

from tagpress.hub.answers import SLUG
from tagpress.hub.collection import add_to_collection, find_collection, make_collection
from tagpress.hub.connection import (
    PUBLIC_ENDPOINT,
    UNCHANGED,
    Hub,
    cache_home,
    default_endpoint,
    is_offline,
    silent_about,
)
from tagpress.hub.one_commit import listed_once
from tagpress.hub.ranges import read_range
from tagpress.hub.repository import Repository
from tagpress.hub.retry import Retry
from tagpress.hub.shards import MAX_FOOTER, check_footer, check_group, check_rows, check_shard, checked_rows, extent
from tagpress.hub.transport import Timeouts
from tagpress.hub.upload import knows_parts, upload_files
from tagpress.hub.values import (
    MAIN,
    Access,
    Change,
    Collection,
    Commit,
    Content,
    Pull,
    Refs,
    RemoteFile,
    Uploaded,
    git_blob_id,
)
from tagpress.hub.writing import (
    commit,
    create,
    find_pull,
    merge,
    open_pull,
    require_name,
    require_private,
    set_gate,
    set_tag,
)

__all__ = [
    "MAIN",
    "MAX_FOOTER",
    "PUBLIC_ENDPOINT",
    "SLUG",
    "UNCHANGED",
    "Access",
    "Change",
    "Collection",
    "Commit",
    "Content",
    "Hub",
    "Pull",
    "Refs",
    "RemoteFile",
    "Repository",
    "Retry",
    "Timeouts",
    "Uploaded",
    "add_to_collection",
    "cache_home",
    "check_footer",
    "check_group",
    "check_rows",
    "check_shard",
    "checked_rows",
    "commit",
    "create",
    "default_endpoint",
    "extent",
    "find_collection",
    "find_pull",
    "git_blob_id",
    "is_offline",
    "knows_parts",
    "listed_once",
    "make_collection",
    "merge",
    "open_pull",
    "read_range",
    "require_name",
    "require_private",
    "set_gate",
    "set_tag",
    "silent_about",
    "upload_files",
]
