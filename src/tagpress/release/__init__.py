"""
How does a build become a release on a Hub? Planned, pushed as one change, verified, tagged; and checked, whenever asked.

    publish.publish_build(DIR | URL, hub=, repo=) -> Release     plan -> push -> verify -> tag; run it again to finish what died
    verify.verify_release(repo, rev, hub=) -> Verification       does the Hub hold exactly what was released?
    sides.open_side(DIR | URL | REPO@REV, hub=) -> Side          for `tagpress.diff.diff_builds`
    checked_build.build_store, load_manifest                     a build in a directory or at a URL
    commands                                                     the whole way from a declared corpus to a release

Nothing large is imported here: the check by loading runs as a child process, which is to start in a quarter of a second.
"""

from tagpress.extras import require_newer

require_newer("a release")
