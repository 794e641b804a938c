"""`tagpress new` looks into archives as into folders: splits, languages, and what is no corpus."""

import io
import json
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import fsspec
import pytest

from tagpress.build.corpus import check_corpus
from tagpress.errors import SourceError
from tagpress.read.sources import archives
from tagpress.read.sources.finding import find
from tagpress.script.builder import load_script
from tagpress.script.new import new_corpus


def rows(name: str, count: int = 12) -> str:
    return "".join(f"Ada{number}{name}\tB-PER\nsaw\tO\n\n" for number in range(count))


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def packed(name: str, members: Mapping[str, str]) -> str:
    with zipfile.ZipFile(name, "w") as archive:
        for member, text in members.items():
            archive.writestr(member, text)
    return name


def sources(script: Path) -> object:
    return load_script(script).SOURCES


def test_names_in_an_archive_say_splits() -> None:
    packed("ner.zip", {"ner/train.conll": rows("a"), "ner/test.conll": rows("b"), "ner/README.md": "# About\n"})
    made = new_corpus("mine", ["ner.zip"], Path())
    assert sources(made.script) == {"train": "ner.zip::ner/train.conll", "test": "ner.zip::ner/test.conll"}
    assert made.left_out == (("ner.zip::ner/README.md", "people read it"),)
    report = check_corpus(load_script(made.script).declaration())
    assert dict(report.splits) == {"train": 12, "test": 12}


def test_folders_of_splits_are_patterns_and_each_document_keeps_its_id() -> None:
    packed(
        "all.zip",
        {f"{split}/{number}.txt": rows(f"{split}{number}") for split in ("train", "dev") for number in (1, 2)},
    )
    made = new_corpus("mine", ["all.zip"], Path("script"))
    assert sources(made.script) == {"train": "../all.zip::train/*.txt", "validation": "../all.zip::dev/*.txt"}
    found = find(["all.zip::train/*.txt"], Path())
    assert [one.doc_id for one in found] == ["all/train/1", "all/train/2"]
    assert set(found) < set(find(["all.zip"], Path()))
    assert find(["all.zip::**/2.txt"], Path())[0].name == "all.zip::dev/2.txt"


def test_an_archive_of_one_corpus_is_named_by_itself() -> None:
    packed("all.zip", {"a.conll": rows("a"), "b.conll": rows("b")})
    assert sources(new_corpus("mine", ["all.zip"], Path()).script) == "all.zip"


def test_archives_of_languages_are_configurations() -> None:
    for language in ("de", "en"):
        packed(f"{language}.zip", {f"{split}.conll": rows(language + split) for split in ("train", "test")})
    made = new_corpus("mine", ["de.zip", "en.zip"], Path())
    assert made.configs == ("de", "en")
    assert made.splits["de/train"] == ("de.zip::train.conll",)


def test_a_split_may_be_given_to_what_is_in_an_archive() -> None:
    packed("all.zip", {"a.conll": rows("a"), "b.conll": rows("b")})
    made = new_corpus("mine", ["train=all.zip::a.conll", "test=all.zip::b.conll"], Path())
    assert sources(made.script) == {"train": "all.zip::a.conll", "test": "all.zip::b.conll"}
    with pytest.raises(SourceError, match=r"no file in all\.zip matches 'c\.\*'") as refused:
        find(["all.zip::c.*"], Path())
    assert refused.value.hint == "check the spelling; in it are a.conll, b.conll"


def test_a_folder_with_archives_is_all_that_is_in_them() -> None:
    Path("in").mkdir()
    packed("in/all.zip", {"a.conll": rows("a"), "b.conll": rows("b")})
    Path("in/c.conll").write_text(rows("c"))
    made = new_corpus("mine", ["in"], Path("script"))
    assert made.report.sentences == 36
    assert check_corpus(load_script(made.script).declaration()).sentences == 36


PAIRED = {
    "seq.in>seq.out": {f"{split}/seq.{end}": text for split in ("train", "test") for end, text in (("in", f"Ada saw {split}\n"), ("out", "B-PER O O\n"))},
    ".ann": {"c/a.txt": "Ada saw Bo.\n", "c/a.ann": "T1\tPER 0 3\tAda\n", "c/b.txt": "Bo ran.\n", "c/b.ann": "T1\tPER 0 2\tBo\n", "c/c.txt": "alone"},
}  # fmt: skip


@pytest.mark.parametrize("suffix", [".zip", ".tar.gz", ".tar"])
@pytest.mark.parametrize("kind", PAIRED)
def test_files_of_an_archive_that_belong_together_are_read_as_those_of_a_folder(kind: str, suffix: str) -> None:
    archive = f"all{suffix}"
    if suffix == ".zip":
        packed(archive, PAIRED[kind])
    else:
        with tarfile.open(archive, "w:gz" if suffix.endswith(".gz") else "w") as tar:
            for name, text in PAIRED[kind].items():
                info = tarfile.TarInfo(name)
                info.size = len(text)
                tar.addfile(info, io.BytesIO(text.encode()))
    for name, text in PAIRED[kind].items():
        Path("all", name).parent.mkdir(parents=True, exist_ok=True)
        Path("all", name).write_text(text)
    made, other = new_corpus("mine", [archive], Path()), new_corpus("other", ["all"], Path())
    assert made.report.labels == other.report.labels
    assert made.report.labels["B-PER"] == 2
    assert made.inferred.draft.guessed.sniffed.dialect == other.inferred.draft.guessed.sniffed.dialect
    assert {split: len(own) for split, own in made.splits.items()} == {
        split: len(own) for split, own in other.splits.items()
    }
    assert [Path(path.replace(f"{suffix}::", "/")).as_posix() for path, _ in made.left_out] == [
        path for path, _ in other.left_out
    ]
    assert check_corpus(load_script(made.script).declaration()).read.bytes == made.report.read.bytes


def test_files_of_an_archive_belong_to_none_outside_of_it() -> None:
    packed("a.zip", {"seq.in": "Ada saw\n"})
    Path("seq.out").write_text("B-PER O\n")
    with pytest.raises(SourceError):
        new_corpus("mine", ["a.zip", "seq.out"], Path())


@pytest.mark.parametrize("name", ["all.zip", "all.tgz"])
def test_numbers_of_labels_are_named_by_a_file_of_the_archive(name: str) -> None:
    files = {
        f"d/{split}.json": json.dumps({"tokens": ["Ada", split], "tags": [1, 0]}) + "\n" for split in ("train", "test")
    }
    files["d/label.json"] = json.dumps({"O": 0, "B-PER": 1})
    if name.endswith(".zip"):
        packed(name, files)
    else:
        with tarfile.open(name, "w:gz") as tar:
            for file, text in files.items():
                info = tarfile.TarInfo(file)
                info.size = len(text)
                tar.addfile(info, io.BytesIO(text.encode()))
    made = new_corpus("mine", [name], Path())
    assert made.report.labels["B-PER"] == 2
    assert made.left_out == ((f"{name}::d/label.json", "it is about a dataset"),)


def test_an_archive_is_listed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    packed(
        "all.zip",
        {f"{split}/{number}.txt": rows(f"{split}{number}") for split in ("train", "test") for number in range(3)},
    )
    asked = []

    def counted(data: bytes, name: str) -> dict[str, int]:
        asked.append(name)
        return members(data, name)

    members = archives.members
    monkeypatch.setattr(archives, "members", counted)
    new_corpus("mine", ["all.zip"], Path())
    assert asked == ["all.zip"]
    find(["all.zip"], Path())
    assert asked == ["all.zip"] * 2, "but not when it may have changed"


def test_a_url_is_listed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = fsspec.filesystem("memory")
    for split in ("train", "test"):
        memory.pipe(f"/{tmp_path.name}/{split}.txt", rows(split).encode())
    asked, glob = [], memory.glob

    def counted(path: str, **more: object) -> object:
        asked.append(path)
        return glob(path, **more)

    monkeypatch.setattr(memory, "glob", counted)
    made = new_corpus("mine", [f"memory://{tmp_path.name}"], Path("out"))
    assert len(made.splits) == 2
    assert len(asked) == len(set(asked))
