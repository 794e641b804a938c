"""A release asks the Hub for nothing that it knows already: how many requests it makes, by what it does."""

from pathlib import Path

from release.builds import SPLITS, rows, write_build
from release.publisher import publish_here
from release.seam import Seam
from tagpress.localhub import LocalHub
from tagpress.release.load_check import load

REPO = "me/toy"


def test_the_requests_of_releases(hub: LocalHub, seam: Seam, tmp_path: Path) -> None:
    splits = {**SPLITS, "train": (rows(16),)}
    more = {**SPLITS, "train": (rows(17),)}
    counts, builds = (
        {},
        {
            "first": write_build(tmp_path / "1", splits),
            "card corrected": write_build(tmp_path / "2", splits, text="Corrected.", version="1.0.1"),
            "a sentence more": write_build(tmp_path / "3", more, text="Corrected.", version="1.1.0"),
        },
    )
    for name, build in [*builds.items(), ("unchanged", builds["a sentence more"])]:
        seam.forget()
        done = publish_here(hub.endpoint, hub.token, build, REPO, loader=load)
        assert "error" not in done, done
        counts[name] = len(seam.requests)
    assert counts == {"first": 20, "card corrected": 17, "a sentence more": 20, "unchanged": 4}
