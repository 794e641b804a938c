"""
Publish a build as one atomic, verified, tagged release; check one; compare two.

    publish_build(DIR | URL, hub=, repo=) -> Release    plan -> push -> verify -> tag; run it again to finish what died
    verify_release(repo, rev, hub=) -> Verification     does the Hub hold exactly what was released?
    open_side(DIR | URL | REPO@REV, hub=) -> Side       for `tagpress.diff.diff_builds`
    build_store, load_manifest                          a build in a directory or at a URL
"""

from tagpress.release.local import build_store, load_manifest
from tagpress.release.plan import Plan
from tagpress.release.publish import publish_build
from tagpress.release.results import Release
from tagpress.release.sides import open_side
from tagpress.release.verify import Verification, verify_release

__all__ = [
    "Plan",
    "Release",
    "Verification",
    "build_store",
    "load_manifest",
    "open_side",
    "publish_build",
    "verify_release",
]
