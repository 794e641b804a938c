"""Every request fails once, in every way a network can: the release is the same."""

from collections.abc import Callable
from pathlib import Path

import pytest

from release.cases import first, large, second
from release.publisher import publish_here, publisher
from release.seam import Fault, Request, Seam, answer, drop_after, drop_before
from release.view import view
from tagpress.localhub import LocalHub

FAULTS: dict[str, Fault] = {
    "429": answer(429, {"retry-after": "1"}),
    "429 with a window": answer(429, {"ratelimit": '"api";r=0;t=1'}),
    "500": answer(500),
    "502 page": answer(502, {"content-type": "text/html"}, b"<html>Bad Gateway</html>"),
    "503": answer(503, {"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}),
    "408": answer(408),
    "dropped before": drop_before,
    "dropped after": drop_after,
}
COMMON = {"429", "500", "503", "dropped before", "dropped after"}  # the others only on the second release


def once_each(fault: Fault) -> Callable[[int, Request], Fault | None]:
    """Break each distinct request the first time that it comes."""
    seen: set[tuple[str, str]] = set()

    def choose(_number: int, request: Request) -> Fault | None:
        known = request.what in seen
        seen.add(request.what)
        return None if known else fault

    return choose


QUICK = {
    (first, "dropped before"),
    (second, "429"),
    (second, "500"),
    (second, "dropped after"),
    (large, "503"),
}  # the gate runs all
CASES = [
    pytest.param(builds, name, marks=() if (builds, name) in QUICK else pytest.mark.slow)
    for builds in (first, second, large)
    for name in FAULTS
    if builds is second or name in COMMON
]


@pytest.mark.parametrize(("builds", "name"), CASES)
def test_every_request_fails_once(builds: Callable[[Path, int], list[Path]], name: str, tmp_path: Path) -> None:
    seam = Seam()
    *earlier, last = builds(tmp_path, 1)
    with LocalHub(tmp_path / "hub", wrap=seam) as hub:
        for build in earlier:
            assert "error" not in publish_here(hub.endpoint, hub.token, build, "me/toy")
        old = view(hub, "me/toy")
        seam.choose = once_each(FAULTS[name])
        with publisher(hub.endpoint, hub.token, last, "me/toy") as (_, outcome):
            done = outcome().document
        seam.forget()
        assert done is not None
        assert "error" not in done, done
        after = view(hub, "me/toy")
        assert after is not None
        assert after.tags[done["tag"]] == done["commit"] == after.head
        assert after.titles[0].startswith(f"Release {done['tag']}")
        assert after.titles[1:] == (old.titles if old else ["initial commit"])
        again = publish_here(hub.endpoint, hub.token, last, "me/toy")
        assert again["already_published"]
