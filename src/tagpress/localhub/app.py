"""Which requests does the Hub know? One row each, first match wins."""

from typing import Final

from starlette.types import ASGIApp

from tagpress.localhub import (
    branches,
    collection,
    commit,
    git_http,
    info,
    lfs,
    listing,
    preupload,
    pulls,
    repos,
    resolve,
    xet,
)
from tagpress.localhub.dispatch import Dispatcher, Route
from tagpress.localhub.pages import views
from tagpress.localhub.wire import Body, ServedHub, anybody, file_reader, owner, writer

MAX_README: Final = 4 << 20  # bytes of a card with its quotes, sent to be checked
MAX_LIST: Final = 4 << 20  # bytes of a list of paths, with samples of the files
_API: Final = "/api/{kind}/{namespace}/{name}"
_COLLECTION: Final = "/api/collections/{namespace}/{slug}"
_PAGES: Final = ("/{kind}/{namespace}/{name}", "/{namespace}/{name}")  # a model has no prefix
_CLONED: Final = tuple(f"{page}{suffix}" for suffix in (".git", "") for page in _PAGES)
_GIT: Final = (
    ("GET", "/info/refs", git_http.references),
    ("POST", "/git-upload-pack", git_http.upload_pack),
    ("GET", "/HEAD", git_http.head),
    ("GET", "/objects/{path*}", git_http.git_object),
)
_VIEWS: Final = {  # what follows the address of a repository's page -> the page in a browser
    "": views.repository,
    "/tree/{revision}": views.tree,
    "/tree/{revision}/{path*}": views.tree,
    "/blob/{revision}/{path*}": views.blob,
    "/commits/{revision}": views.commits,
    "/commit/{oid}": views.commit,
    "/discussions": views.discussions,
    "/discussions/{number}": views.discussion,
}

ROUTES: Final = (
    Route("GET", "/api/whoami-v2", info.whoami, owner),
    Route("POST", "/api/validate-yaml", info.validate_yaml, anybody, limit=lambda _: MAX_README),
    Route("POST", "/api/repos/create", repos.create, owner),
    Route("DELETE", "/api/repos/delete", repos.delete, owner),
    Route("POST", "/api/repos/move", repos.move, owner),
    Route("GET", "/api/collections", collection.collections, anybody),
    Route("POST", "/api/collections", collection.create, owner),
    Route("GET", _COLLECTION, collection.details, anybody),
    Route("DELETE", _COLLECTION, collection.delete, owner),
    Route("POST", f"{_COLLECTION}/items", collection.add_item, owner),
    Route("DELETE", f"{_COLLECTION}/items/{{item}}", collection.delete_item, owner),
    Route("GET", "/api/{kind}", info.list_repos, anybody),
    Route("GET", "/api/{kind}/{name}", info.no_repository, anybody),
    Route("GET", _API, info.repo_info),
    Route("GET", f"{_API}/revision/{{revision}}", info.repo_info),
    Route("GET", f"{_API}/auth-check", info.auth_check, file_reader),
    Route("GET", f"{_API}/auth-check/write", info.auth_check, writer),
    Route("PUT", f"{_API}/settings", repos.update_settings, writer),
    Route("GET", f"{_API}/tree/{{revision}}", listing.tree),
    Route("GET", f"{_API}/tree/{{revision}}/{{path*}}", listing.tree),
    Route("POST", f"{_API}/paths-info/{{revision}}", listing.paths_info, limit=lambda _: MAX_LIST),
    Route("GET", f"{_API}/commits/{{revision}}", listing.commits),
    Route("GET", f"{_API}/refs", branches.refs),
    Route("POST", f"{_API}/branch/{{branch}}", branches.create_branch, writer),
    Route("DELETE", f"{_API}/branch/{{branch}}", branches.delete_branch, writer),
    Route("POST", f"{_API}/tag/{{revision}}", branches.create_tag, writer),
    Route("DELETE", f"{_API}/tag/{{tag}}", branches.delete_tag, writer),
    Route("POST", f"{_API}/super-squash/{{branch}}", branches.squash, writer),
    Route("POST", f"{_API}/preupload/{{revision}}", preupload.preupload, writer, limit=lambda _: MAX_LIST),
    Route("POST", f"{_API}/commit/{{revision}}", commit.commit, writer, Body.DRAFT, lambda _: commit.MAX_COMMIT),
    Route("GET", f"{_API}/discussions", pulls.list_threads),
    Route("POST", f"{_API}/discussions", pulls.create, writer),
    Route("GET", f"{_API}/discussions/{{number}}", pulls.details),
    Route("POST", f"{_API}/discussions/{{number}}/comment", pulls.add_comment, writer),
    Route("POST", f"{_API}/discussions/{{number}}/title", pulls.change_title, writer),
    Route("POST", f"{_API}/discussions/{{number}}/status", pulls.change_status, writer),
    Route("POST", f"{_API}/discussions/{{number}}/merge", pulls.merge, writer),
    *(Route("POST", f"{page}.git/info/lfs/objects/batch", lfs.batch, git_http.git_reader) for page in _PAGES),
    *(Route("POST", f"{page}.git/info/lfs/objects/verify", lfs.verify, writer) for page in _PAGES),
    Route("PUT", "/lfs/{sha256}/{size}/{grant}", lfs.put, lfs.granted, Body.DRAFT, lfs.promised_size),
    Route("GET", "/lfs/{sha256}/{size}/{grant}", lfs.get, lfs.granted),
    *(
        Route(method, f"{page}{rest}", handler, git_http.git_reader)
        for page in _CLONED
        for method, rest, handler in _GIT
    ),
    Route("GET", f"{_API}/xet-write-token/{{revision}}", xet.write_token, writer),
    Route("GET", "/xet/v1/chunks/{prefix}/{chunk}", xet.unknown_chunk, xet.granted),
    Route("POST", "/xet/v1/xorbs/{prefix}/{xorb}", xet.put_xorb, xet.granted, Body.DRAFT, lambda _: xet.MAX_XORB),
    Route("POST", "/xet/v1/shards", xet.put_shard, xet.granted, Body.DRAFT, lambda _: xet.MAX_SHARD),
    Route("GET", "/api/{path*}", info.no_such_call, anybody),
    *(Route("GET", f"{page}/resolve/{{revision}}/{{path*}}", resolve.resolve, file_reader) for page in _PAGES),
    Route("GET", "/", views.home, anybody),
    Route("GET", "/favicon.ico", views.icon, anybody),
    Route("GET", "/login", views.login, anybody),
    Route("GET", "/{kind}", views.home, anybody),
    *(Route("GET", f"{page}{rest}", view) for page in _PAGES for rest, view in _VIEWS.items()),
    Route("GET", "/collections/{namespace}/{slug}", views.collection, anybody),
)


def make_app(hub: ServedHub) -> ASGIApp:
    """Return the Hub as an ASGI application."""
    return Dispatcher(hub, ROUTES, views.refused)
