"""`load(streaming=True)` hands addresses to `datasets`: before that, what the footers say is compared with the release."""

from pathlib import Path

import pytest
from huggingface_hub import constants

import tagpress
from hostile.attacks import ATTACKS
from hostile.hub import REPO, Hub, serving
from tagpress.consume import load
from tagpress.errors import VerifyError

# Whose footers lie. A label id, or a long row, shows only when the rows are read.
SHOWN = (
    "a shard that is text",
    "a shard that is cut",
    "a shard with a footer of gigabytes",
    "a shard of other columns",
    "a shard with more rows",
    "a shard with another hash",
)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(constants, "HF_HOME", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("name", [None, *SHOWN])
def test_datasets_is_given_only_shards_whose_footers_are_those_of_the_release(
    name: str | None, files: dict[str, bytes], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[dict[str, list[str]]] = []
    monkeypatch.setattr(load, "_dataset", lambda _release, _config, found, _split, **_how: given.append(found))
    hub = Hub(dict(files))
    if name is not None:
        ATTACKS[name].change(hub)
    with serving(hub):
        monkeypatch.setattr(load, "default_endpoint", lambda: hub.url)
        if name is None:
            tagpress.load(REPO, "1.0.0", streaming=True, endpoint=hub.url)
            assert [one for found in given for one in found] == ["train", "validation", "test"]
        else:
            with pytest.raises(VerifyError):
                tagpress.load(REPO, "1.0.0", streaming=True, endpoint=hub.url)
            assert given == []
