import bz2
import gzip
import json
import lzma
import os

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from export.builds import parsed, rows, sha, table_of, write_build
from tagpress.errors import BuildError, DataError, ManifestError, UsageError, WriteError
from tagpress.export import ColumnsTarget, ConlluTarget, JsonLinesTarget, export_build
from tagpress.read.columns import Columns

PLAIN = ColumnsTarget(dialect=Columns())


@pytest.fixture
def build(tmp_path):
    """Two shards of train, one of test, and none of validation."""
    train = [rows([parsed("Ada/B-Person")]), rows([parsed("a"), parsed("b")], ids=["id1", "id2"])]
    return write_build(
        tmp_path / "build", {"train": train, "test": [rows([parsed("c")], split="test")], "validation": []}
    )


def listed(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


PLACES = [
    ("out/", ["out/test.conll", "out/train.conll", "out/validation.conll"]),
    ("there", ["there/test.conll", "there/train.conll", "there/validation.conll"]),
    ("out/{split}.tsv", ["out/test.tsv", "out/train.tsv", "out/validation.tsv"]),
    ("{split}/all.txt", ["test/all.txt", "train/all.txt", "validation/all.txt"]),
]


@pytest.mark.parametrize(("out", "files"), PLACES)
def test_places(build, tmp_path, out, files):
    where = tmp_path / "work"
    (where / "there").mkdir(parents=True)
    done = export_build(build, PLAIN, f"{where}/{out}")
    assert listed(where) == files
    assert [file.split for file in done.files] == ["train", "validation", "test"]
    assert [(file.rows, file.tokens) for file in done.files] == [(3, 3), (0, 0), (1, 1)]
    for file in done.files:
        assert (file.bytes, file.sha256) == (file.path.stat().st_size, sha(file.path))
    assert done.files[0].path.read_text() == "Ada\tB-Person\n\na\tO\n\nb\tO\n\n"
    assert done.files[1].path.read_text() == ""


def test_one_split(build, tmp_path):
    done = export_build(build, PLAIN, tmp_path / "c.txt", splits=["test"])
    assert (tmp_path / "c.txt").read_text() == "c\tO\n\n"
    assert json.loads(json.dumps(done.to_json())) == {
        "files": [
            {
                "path": str(tmp_path / "c.txt"),
                "split": "test",
                "rows": 1,
                "tokens": 1,
                "bytes": 5,
                "sha256": sha(tmp_path / "c.txt"),
            }
        ]
    }


def test_progress(build, tmp_path):
    seen = []
    export_build(build, PLAIN, tmp_path / "x" / "{split}", progress=lambda *work: seen.append(work))
    assert seen == [(work, done, 4) for work in ("check", "export") for done in (1, 3, 4)]


BAD = [
    ({"out": "all.txt"}, "all.txt is one file, and there are 3 splits: train, validation, test"),
    ({"out": "all.txt", "splits": ["dev"]}, "small 1.0.0 has no split 'dev'"),
    ({"out": "build/{split}.txt"}, "build/train.txt is in the build, which holds what is released and no more"),
    ({"out": "{split}.zip"}, "{split}.zip is not a name for columns"),
    ({"out": "there/{split}"}, "there/train is a folder"),
]


@pytest.mark.parametrize(("options", "message"), BAD)
def test_a_place_that_cannot_be(build, tmp_path, monkeypatch, options, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there" / "train").mkdir(parents=True)
    before = listed(tmp_path)
    with pytest.raises(UsageError) as caught:
        export_build(build, PLAIN, **options)
    assert caught.value.message.replace(f"{tmp_path}/", "") == message
    assert caught.value.hint
    assert listed(tmp_path) == before


PACKED = {
    ".gz": gzip.decompress,
    ".bz2": bz2.decompress,
    ".xz": lzma.decompress,
    ".zst": lambda data: pa.CompressedInputStream(pa.BufferReader(data), "zstd").read(),
}


@pytest.mark.parametrize("suffix", PACKED)
def test_compression_by_suffix(build, tmp_path, suffix):
    first, second = (
        export_build(build, JsonLinesTarget(), tmp_path / name / f"{{split}}.jsonl{suffix}").files for name in "ab"
    )
    plain = export_build(build, JsonLinesTarget(), tmp_path / "plain/{split}.jsonl").files
    assert [file.sha256 for file in first] == [file.sha256 for file in second]
    assert [PACKED[suffix](file.path.read_bytes()) for file in first] == [file.path.read_bytes() for file in plain]


def test_files_that_are_there_are_replaced_and_keep_the_usual_rights(build, tmp_path):
    target = tmp_path / "x.txt"
    target.write_text("older")
    os.link(target, tmp_path / "kept.txt")
    export_build(build, PLAIN, target, splits=["test"])
    assert target.read_text() == "c\tO\n\n"
    assert (tmp_path / "kept.txt").read_text() == "older"
    (tmp_path / "plain").write_text("")
    assert target.stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_refusal_names_the_first_faults_and_counts_all(tmp_path):
    train = [rows([([f"{i} {j}" for j in range(3)], ["O"] * 3)], ids=[f"id{i}"]) for i in range(10)]
    build = write_build(tmp_path / "build", {"train": train, "test": [rows([([" "], ["O"])])]})
    with pytest.raises(DataError) as caught:
        export_build(build, ColumnsTarget(dialect=Columns(delimiter=" ", scheme="IO")), tmp_path / "out/{split}")
    lines = caught.value.message.split("\n  ")
    assert lines[:3] == [
        "columns cannot hold this build: 31 faults",
        "train id0 tokens[0] '0 0' has the delimiter ' ' in it",
        "train id0 tokens[1] '0 1' has the delimiter ' ' in it",
    ]
    assert len(lines) == 22
    assert lines[-1] == "... and 11 more"
    assert caught.value.hint == "choose another delimiter, or quote='\"'; nothing was written"
    assert not (tmp_path / "out").exists()


def test_what_fails_leaves_nothing_behind(build, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(WriteError, match="the export cannot be written"):
        export_build(build, PLAIN, tmp_path / "file" / "{split}")
    assert (tmp_path / "file").read_text() == ""
    shard = build / "data/test-00000-of-00001.parquet"
    shard.write_bytes(shard.read_bytes()[:-10])
    with pytest.raises(BuildError, match=r"data/test-00000-of-00001\.parquet cannot be read"):
        export_build(build, PLAIN, tmp_path / "out/{split}")
    assert listed(tmp_path) == sorted(["file", *(f"build/{name}" for name in listed(build))])


def test_not_a_build(tmp_path):
    with pytest.raises(ManifestError, match="is not a build"):
        export_build(tmp_path, PLAIN, tmp_path / "{split}")


OFFSETS = pa.array([0, 1], pa.int32())
BROKEN = {
    "has a null where a value must be": {"doc_id": pa.array([None], pa.string())},
    "the row id0 has not as many tags as tokens": {
        "ner_tags": pa.ListArray.from_arrays(pa.array([0, 2], pa.int32()), pa.array([0, 0]))
    },
    "the row id0 has a label id without a name": {"ner_tags": pa.ListArray.from_arrays(OFFSETS, pa.array([7]))},
    "the row id0 has tags that are not valid IOB2": {"ner_tags": pa.ListArray.from_arrays(OFFSETS, pa.array([2]))},
}


@pytest.mark.parametrize("message", BROKEN)
def test_a_shard_that_is_none(tmp_path, message):
    build = write_build(tmp_path / "build", {"train": [rows([parsed("a")])]}, **BROKEN[message])
    with pytest.raises(BuildError, match=message):
        export_build(build, ConlluTarget(), tmp_path / "out/")


def test_other_labels_or_columns_than_the_manifest(build, tmp_path):
    manifest, shard = build / "release.json", build / "data/train-00000-of-00002.parquet"
    sound = manifest.read_text()
    manifest.write_text(sound.replace("creative-work", "work"))
    with pytest.raises(BuildError, match=r"names other labels than release\.json"):
        export_build(build, PLAIN, tmp_path / "{split}")
    manifest.write_text(sound)
    pq.write_table(pa.table({"text": ["a"]}), shard)
    with pytest.raises(BuildError, match="has the columns text: string, which are not those of a shard"):
        export_build(build, PLAIN, tmp_path / "{split}")
    pq.write_table(table_of(rows([parsed("a"), parsed("b")])), shard)
    with pytest.raises(BuildError, match=r"has 2 rows, and release\.json says 1"):
        export_build(build, PLAIN, tmp_path / "{split}")
