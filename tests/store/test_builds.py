"""Builds at a URL, by an engine that shuffles: what one machine builds in a folder, and nothing else."""

import json
import sys
from pathlib import Path
from uuid import uuid4

import fsspec
import pytest

from cluster.corpora import messy
from made_corpora import declare, write_document
from objects import BUCKET, holdings
from shuffler import Elsewhere, Shuffler
from tagpress.build import workplace as scratch
from tagpress.build.corpus import build_corpus
from tagpress.corpus.splits import HashSplits
from tagpress.errors import DataError, UnderwayError, UsageError, WriteError
from tagpress.store import UNFINISHED, UrlStore

BESIDE = ("problems.jsonl", "rejected.jsonl")


@pytest.fixture
def shelf():
    """An empty place for builds."""
    return f"memory://{uuid4().hex}"


@pytest.fixture
def declaration(tmp_path, monkeypatch):
    monkeypatch.setattr("tagpress.corpus.splits.ONE_SHARD_BELOW", 100)
    monkeypatch.setattr("tagpress.corpus.splits.GROUPS_PER_SHARD", 1)
    return messy(tmp_path / "corpus", 4, 80, splits=HashSplits(group="sentence"))


def files(out: Path, name: str) -> dict[str, bytes]:
    """Return the files of a build in a folder, and those beside it, as they are called where the build has that name."""
    inside = {f"{name}/{path.relative_to(out).as_posix()}": path for path in out.rglob("*") if path.is_file()}
    beside = {f"{name}.{kind}": out.with_name(f"{out.name}.{kind}") for kind in BESIDE}
    return {name: path.read_bytes() for name, path in {**inside, **beside}.items()}


@pytest.mark.slow
def test_a_build_at_a_url_is_the_build_in_a_folder(declaration, tmp_path, bucket, monkeypatch):
    build_corpus(declaration, tmp_path / "one", workers=1)
    shelf = UrlStore(f"{bucket}/builds")
    shelf.write("other", b"somebody else's")
    made = build_corpus(declaration, f"{shelf}/out/", engine=Shuffler())
    assert made.out == made.to_json()["out"] == f"{shelf}/out/"
    assert len(made.manifest.data_files()) == 14
    assert holdings(f"{shelf}") == {**files(tmp_path / "one", "out"), "other": b"somebody else's"}
    monkeypatch.undo()  # from here on small splits have one shard
    build_corpus(declaration, tmp_path / "two", workers=1)
    build_corpus(declaration, f"{shelf}/out", engine=Shuffler())
    assert holdings(f"{shelf}") == {**files(tmp_path / "two", "out"), "other": b"somebody else's"}


def test_a_file_url_is_a_folder(declaration, tmp_path):
    build_corpus(declaration, tmp_path / "one", workers=1)
    for number, how in enumerate(({"workers": 1}, {"engine": Shuffler()})):
        out = tmp_path / f"out-{number}"
        assert build_corpus(declaration, out.as_uri(), **how).out == out.as_uri()
        assert files(out, "out") == files(tmp_path / "one", "out")


def test_a_build_that_fails_leaves_the_older_one(declaration, tmp_path, shelf):
    build_corpus(declaration, f"{shelf}/out", engine=Shuffler())
    before = holdings(shelf)
    with pytest.raises(DataError, match="ragged-line"):
        build_corpus(declare(tmp_path / "corpus"), f"{shelf}/out", engine=Shuffler())
    assert holdings(shelf) == before


def test_a_build_that_dies_while_it_is_put_in_place_is_no_build_and_built_again(declaration, tmp_path, shelf):
    build_corpus(declaration, tmp_path / "one", workers=1)
    build_corpus(declaration, f"{shelf}/out", engine=Shuffler())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tagpress.store.url._move", _no_shard_7)
        with pytest.raises(WriteError, match=r"cannot be written: .*the network went away"):
            build_corpus(declaration, f"{shelf}/out", engine=Shuffler())
    left = holdings(shelf)
    assert "out/release.json" not in left
    assert f"out/{UNFINISHED}" in left
    assert not [name for name in left if name.startswith(".")]
    build_corpus(declaration, f"{shelf}/out", engine=Shuffler())
    assert holdings(shelf) == files(tmp_path / "one", "out")


def _no_shard_7(system, source, target):
    if "train-00007" in target:
        raise ConnectionError("the network went away")
    system.mv(source, target)


class TestTwoBuilds:
    @pytest.fixture(autouse=True)
    def _soon(self, monkeypatch):
        monkeypatch.setattr(scratch, "_BEAT", 0.05)
        monkeypatch.setattr(scratch, "_PATIENCE", 0.6)

    @pytest.fixture
    def small(self, tmp_path):
        write_document(tmp_path / "corpus" / "a.txt", [[(f"{'x' * n}", "O")] for n in range(1, 40)])
        return declare(tmp_path / "corpus")

    def test_at_once_are_refused(self, small, shelf):
        with scratch.scratch_beside(UrlStore(shelf), "out") as running:
            with pytest.raises(UnderwayError, match=rf"under way: it works in {shelf}/\.out\.[0-9a-f]+\.partial"):
                build_corpus(small, f"{shelf}/out", engine=Shuffler())
            build_corpus(small, f"{shelf}/out.2", engine=Shuffler())  # which begins alike
            running.store.write("x", b"")
        assert not [name for name in holdings(shelf) if name.startswith(".")]

    def test_one_that_was_killed_is_removed(self, small, shelf):
        killed = UrlStore(f"{shelf}/.out.{'0' * 32}.partial")
        killed.write("lease", b"the last beat")
        killed.write("spills/0-sentences.arrow", b"")
        build_corpus(small, f"{shelf}/out", engine=Shuffler())
        assert not [name for name in holdings(shelf) if name.startswith(".")]

    def test_one_that_was_taken_for_dead_ends(self, small, shelf):
        class Beside(Shuffler):
            def shuffle(self, *args, **more):
                yield from list(super().shuffle(*args, **more))
                for left in UrlStore(shelf).entries():
                    UrlStore(shelf).remove(left)

        with pytest.raises(WriteError, match=r"cannot be written: .*\.out\.[0-9a-f]+\.partial"):
            build_corpus(small, f"{shelf}/out", engine=Beside())
        assert holdings(shelf) == {}


class TestRefused:
    @pytest.fixture
    def build(self, tmp_path):
        write_document(tmp_path / "corpus" / "a.txt", [[("a", "O")]])

        def build(out, engine=None):
            return build_corpus(declare(tmp_path / "corpus"), out, engine=engine or Shuffler())

        return build

    @pytest.mark.parametrize("name", ["out/data/x.parquet", "out"])
    def test_what_is_not_a_build(self, build, shelf, name):
        UrlStore(shelf).write(name, b"mine")
        with pytest.raises(UsageError, match=rf"{shelf}/out exists and is not a build"):
            build(f"{shelf}/out")
        assert holdings(shelf) == {name: b"mine"}

    @pytest.mark.usefixtures("bucket")
    def test_a_bucket_that_is_not_there(self, build):
        with pytest.raises(WriteError, match=r"cannot be written: s3://nobodys/out: .*bucket does not exist"):
            build("s3://nobodys/out")
        assert fsspec.filesystem("s3").ls("", refresh=True) == [BUCKET]  # and none was made

    def test_a_place_where_nobody_may_write(self, build, bucket):
        closed = {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:PutObject",
            "Resource": f"arn:aws:s3:::{BUCKET}/no/*",
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [closed]})
        fsspec.filesystem("s3").call_s3("put_bucket_policy", Bucket=BUCKET, Policy=policy)
        with pytest.raises(WriteError, match=rf"cannot be written: {bucket}/no/out: Forbidden"):
            build(f"{bucket}/no/out")

    @pytest.mark.parametrize("url", ["s3://bucket", "s3://bucket/", Path("s3://bucket/out"), "memory://out"])
    def test_what_is_not_a_folder(self, build, url):
        with pytest.raises(UsageError, match=r"is not the URL of a folder"):
            build(url)

    @pytest.mark.parametrize("url", ["simplecache::s3://bucket/out", "s3://bucket/o*t"])
    def test_what_nothing_is_written_to(self, build, url):
        with pytest.raises(UsageError, match="is a chain or a pattern"):
            build(url)

    def test_a_scheme_that_nobody_knows(self, build):
        with pytest.raises(UsageError, match=r"nowhere://x/out cannot be opened: .*Protocol not known: nowhere"):
            build("nowhere://x/out")

    def test_a_package_that_the_driver_has_not(self, build, monkeypatch):
        monkeypatch.delitem(sys.modules, "dropboxdrivefs", raising=False)
        with pytest.raises(UsageError, match=r"dropbox://x/out cannot be opened: .*dropbox"):
            build("dropbox://x/out")

    @pytest.mark.parametrize(
        ("error", "words"),
        [(FileNotFoundError, r" with the driver$"), (OSError("Install s3fs"), "with the driver: Install s3fs$")],
    )
    def test_a_url_that_only_the_driver_sees(self, build, monkeypatch, error, words):
        def gone(*_args):
            raise error

        engine = Elsewhere(monkeypatch, "tagpress.store.UrlStore.read", gone)
        with pytest.raises(UsageError, match=rf"the executor on .* does not share memory://shelf/\.out\..*{words}"):
            build("memory://shelf/out", engine)
        assert holdings("memory://shelf") == {}
