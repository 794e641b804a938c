"""What works without the extras: streams and alignment; and what lacks one says which line installs it."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from release.builds import Row, write_build
from tagpress import extras
from tagpress.localhub import LocalHub

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
MODULES = {"markdown-it-py": "markdown_it", "pyyaml": "yaml"}  # where the package has another name
OF_THE_HUB_CLIENT = {"filelock", "fsspec"}  # huggingface_hub needs them itself

# Runs code where the packages that are named cannot be found.
WITHOUT = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {absent}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Absent())
{code}
"""
STREAM = """
import json, tagpress
rows = [row for batch in tagpress.stream({build!r}, None, "train", batch_size=2) for row in batch.to_pylist()]
print(json.dumps([row["tokens"] for row in rows]), tagpress.Aligner.__name__, tagpress.align_labels.__name__)
"""
OLDER = """
import importlib.metadata
version = importlib.metadata.version
importlib.metadata.version = lambda name: {{"huggingface_hub": "0.36.2", "pyarrow": "9.1"}}.get(name, version(name))
import tagpress
tagpress.stream, tagpress.Aligner, tagpress.load
try:
    tagpress.{name}
except tagpress.TagpressError as error:
    print(error.message, error.hint, sep="\\n")
"""
NAMES = """
import json, tagpress
said = {}
for name in tagpress.__all__:
    try:
        getattr(tagpress, name)
    except tagpress.TagpressError as error:
        said[name] = [error.code, error.message, error.hint]
print(json.dumps(said))
"""


def packages(extra: str) -> set[str]:
    """Return the modules that an extra of the project brings, or its dependencies for an empty name."""
    listed = PROJECT["optional-dependencies"][extra] if extra else PROJECT["dependencies"]
    names = {re.match(r"[\w.-]+", one).group() for one in listed} - (set(extras._PUBLISHERS) if extra else set())
    below = packages("hub") if "tagpress" in names and extra == "publish" else set()
    return {MODULES.get(name, name) for name in names - {"tagpress"}} | below


def run(code: str, absent: set[str], *arguments: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-c", WITHOUT.format(absent=sorted(absent), code=code), *arguments]
    return subprocess.run(words, capture_output=True, text=True, check=False)


def test_every_package_of_an_extra_names_the_smallest_that_brings_it() -> None:
    for package, extra in extras._EXTRAS.items():
        assert package in packages(extra), package
    brought = set().union(*(packages(extra) for extra in ("hub", "publish", "plots", "spacy", "spark", "torch")))
    assert brought - set(extras._EXTRAS) == OF_THE_HUB_CLIENT


def test_a_stream_needs_no_extra(tmp_path: Path) -> None:
    build = write_build(tmp_path / "build", {"train": [[Row(tokens=("a", "b"), tags=(0, 0))]]})
    done = run(STREAM.format(build=str(build)), set(extras._EXTRAS) - {"torch"})  # which a stream only looks for
    assert done.stdout == '[["a", "b"]] Aligner align_labels\n', done.stderr


def test_a_public_name_that_lacks_its_extra_says_which_line_installs_it() -> None:
    done = run(NAMES, set(extras._EXTRAS))
    said = json.loads(done.stdout)
    assert said["CorpusBuilder"] == [
        "not-installed",
        "tagpress.CorpusBuilder needs datasets, which is not installed",
        "pip install 'tagpress[publish]'",
    ]
    assert {"publish_corpus", "publish_dataset", "build_corpus", "new_corpus", "verify_release"} <= set(said)
    assert not {"stream", "load", "align_labels", "Aligner", "merge_states", "TagpressError"} & set(said)


@pytest.mark.parametrize(
    ("name", "what"), [("build_corpus", "a build"), ("publish_build", "a release"), ("CorpusBuilder", "a build")]
)
def test_what_is_recent_enough_for_readers_alone_is_said_to_publishers(name: str, what: str) -> None:
    done = run(OLDER.format(name=name), set())
    assert done.stdout.splitlines() == [
        f"{what} needs huggingface_hub 1.31, numpy 2.2, pyarrow 24 or newer, found huggingface_hub 0.36.2, pyarrow 9.1",
        "pip install 'tagpress[publish]'",
    ], done.stderr


def test_publishers_need_what_their_extra_says() -> None:
    listed = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["publish"]]
    floors = dict(re.match(r"([\w.-]+)>=([\d.]+)", one).groups() for one in listed if ">=" in one)
    assert {name: floors[name] for name in extras._PUBLISHERS} == extras._PUBLISHERS


def test_a_module_of_ours_that_is_missing_is_a_bug() -> None:
    with pytest.raises(ModuleNotFoundError, match="no_such_module"), extras.needed_for("this"):
        import tagpress.no_such_module  # noqa: F401


def test_the_command_says_what_it_lacks() -> None:
    done = run("sys.argv[1:1] = []\nfrom tagpress.__main__ import main\nmain()", set(extras._EXTRAS), "check")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "error not-installed: the command tagpress needs click, which is not installed\n"
        "      pip install 'tagpress[publish]'\n"
    )


def test_the_embedded_hub_needs_its_own_extra_alone(tmp_path: Path) -> None:
    with LocalHub(tmp_path):
        pass
    absent = set(extras._EXTRAS) - packages("hub")
    code = "from tagpress.__main__ import main\nmain()"
    done = run(code, absent, "hub", "--check", "--json", "--hub-root", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["ok"] is True


def test_a_command_that_lacks_an_extra_says_so(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text("")
    code = "from tagpress.__main__ import main\nmain()"
    done = run(code, set(extras._EXTRAS) - packages("hub"), "check", "--json", str(tmp_path / "script.py"))
    assert done.returncode == 2, done.stderr
    assert json.loads(done.stdout)["error"]["hint"] == "pip install 'tagpress[publish]'"
