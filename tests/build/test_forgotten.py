"""What is to be forgotten is in no build, however often it stands in the sources, and nothing beside a build has its text."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import tagpress
from corrected_news import ADA, BONN, EU, SCRIPT, TEST, TRAIN, correction, labels, write, write_news
from tagpress.build.corpus import Build, build_corpus, check_corpus
from tagpress.corpus.forgotten import Forgotten, read_forgotten
from tagpress.errors import DataError, ScriptError
from tagpress.script.builder import load_script


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_news(tmp_path)


def forget(folder: Path, *keys: str) -> None:
    write(folder, *({"id": key, "why": "she asked"} for key in keys), name="forgotten.jsonl")


def build(folder: Path, out: str = "build", workers: int = 1) -> Build:
    return build_corpus(load_script(folder / "news.py").declared(), folder / out, workers=workers)


def test_a_forgotten_sentence_is_in_no_build(folder: Path) -> None:
    (folder / "train.txt").write_text(f"{TRAIN}\n{TRAIN}")
    (folder / "test.txt").write_text(f"{TRAIN.split(chr(10) * 2)[1]}\n\n{TEST}")
    forget(folder, f"{ADA}-2", BONN, "0" * 32)
    built = build(folder)
    assert set(labels(folder / "build")) == {EU}
    assert ADA not in labels(folder / "build", "test")
    (config,) = built.manifest.configs
    assert config.forgotten is not None
    assert (config.forgotten.sentences, config.forgotten.left_out) == (3, 5)
    assert config.rejected == {"duplicate": 1, "forgotten-sentence": 5}
    assert (folder / "build/forgotten/forgotten.jsonl").read_text() == "".join(
        json.dumps({"id": key, "why": "she asked"}) + "\n" for key in sorted((ADA, BONN, "0" * 32))
    )
    assert built.manifest.file("forgotten/forgotten.jsonl")
    assert "3 sentences are to be forgotten (by digest, in `forgotten/`)" in (folder / "build/README.md").read_text()
    found = next(one for one in built.report.problems if one.code == "forgotten-sentence")
    assert (found.place, found.severity, found.found) == ("test.txt:1:1", "dropped", f"the sentence {ADA}")


def test_nothing_that_is_written_has_its_text(folder: Path) -> None:
    (folder / "train.txt").write_text(
        TRAIN.replace("Ada B-NP B-PER", "Ada\u200b B-NP I-ORG").replace("sleeps", "sl\u200beeps")
    )
    script = folder / "news.py"
    script.write_text(script.read_text().replace('"warn"}', '"warn", "control-character": "error"}'))
    key = tagpress.correct_sentence(script, "Lovelace").sentences[0].id
    other = tagpress.correct_sentence(script, "Bonn").sentences[0].id
    forget(folder, key, other)
    write(folder, correction(key, [[0, 2, "PER"]], [], tokens=["Ada\u200b", "Lovelace", "wrote"]))
    built = build(folder)  # what else is wrong with it stops nothing
    assert [one.code for one in built.report.problems if one.path == "train.txt"] == ["forgotten-sentence"] * 2
    (needless,) = [one for one in built.report.problems if one.path == "corrections.jsonl"]
    assert (needless.code, needless.found) == (
        "needless-correction",
        f"a correction of {key}, which is to be forgotten",
    )
    written = [path for path in [*folder.glob("build*.jsonl"), *(folder / "build").rglob("*")] if path.is_file()]
    assert len(written) > 6
    for path in written:
        rows = pq.read_table(path).to_pylist() if path.suffix == ".parquet" else path.read_text()
        assert "Lovelace" not in str(rows), path
        assert "Bonn" not in str(rows), path
    rejected = [json.loads(line) for line in (folder / "build.rejected.jsonl").read_text().splitlines()]
    assert [(one["path"], one["reasons"], one["tokens"]) for one in rejected] == [
        ("train.txt", ["forgotten-sentence"], [])
    ] * 2
    tagpress.write_preview(folder / "build", folder / "page.html")
    tagpress.write_corpus_preview(load_script(script).declared().any, folder / "corpus.html")
    for page in ("page.html", "corpus.html"):
        assert "Lovelace" not in (folder / page).read_text()


def test_one_that_comes_back_can_stop_a_build(folder: Path) -> None:
    (folder / "news.py").write_text(SCRIPT.replace('"warn"}', '"warn", "forgotten-sentence": "error"}'))
    forget(folder, ADA)
    with pytest.raises(DataError, match="1 forgotten-sentence"):
        build(folder)
    (folder / "train.txt").write_text(TRAIN.replace("Ada", "Bo"))
    assert build(folder).manifest.configs[0].forgotten is not None


def test_the_same_bytes_with_workers_and_in_any_order(folder: Path) -> None:
    forget(folder, BONN, ADA)
    build(folder, "1")
    forget(folder, ADA, BONN, ADA)
    build(folder, "2", workers=2)
    names = sorted(path.relative_to(folder / "1") for path in (folder / "1").rglob("*") if path.is_file())
    assert names == sorted(path.relative_to(folder / "2") for path in (folder / "2").rglob("*") if path.is_file())
    assert all((folder / "1" / name).read_bytes() == (folder / "2" / name).read_bytes() for name in names)


def test_every_configuration_forgets(folder: Path) -> None:
    script = folder / "news.py"
    more = '    CONFIGS = {"a": {}, "b": {"SOURCES": {"train": "test.txt", "test": "train.txt"}}}\n'
    script.write_text(script.read_text() + more)
    forget(folder, ADA)
    built = build(folder)
    assert [one.forgotten and one.forgotten.left_out for one in built.manifest.configs] == [1, 1]
    assert [file.path for file in built.manifest.files if "forgotten" in file.path] == ["forgotten/forgotten.jsonl"]
    assert not [path for path in (folder / "build").rglob("*.parquet") if ADA in str(pq.read_table(path).to_pylist())]


def test_the_builder_of_datasets_forgets_too(folder: Path, tmp_path: Path) -> None:
    def ids() -> set[str]:
        builder = load_script(folder / "news.py")(cache_dir=str(tmp_path / "cache"))
        builder.download_and_prepare()
        return set(builder.as_dataset("train")["id"])

    assert ADA in ids()
    forget(folder, ADA)
    assert ids() == {EU, BONN}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "no JSON"),
        ("[]", "'[]', and no object"),
        ('{"id": "x", "why": "y"}', "the id 'x', which is none of a sentence"),
        (f'{{"id": "{ADA}"}}', "no why that is a text"),
        (f'{{"id": "{ADA}", "why": " "}}', "no why that is a text"),
        ('{"id": 5, "why": "y"}', "no id that is a text"),
        (f'{{"id": "{ADA}", "why": "y", "text": "Ada"}}', "text, which nothing reads; the fields are id, why"),
    ],
)
def test_a_line_that_names_no_sentence_stops_everything(folder: Path, line: str, said: str) -> None:
    (folder / "forgotten.jsonl").write_text(f'{{"id": "{BONN}", "why": "y"}}\n\n{line}\n')
    with pytest.raises(ScriptError) as refused:
        check_corpus(load_script(folder / "news.py").declared())
    assert f"forgotten.jsonl:3:1: found {said}" in refused.value.message


def test_what_is_written_reads_back_equal() -> None:
    forgotten = Forgotten(whys={BONN: "b", ADA: "é"})
    assert read_forgotten(forgotten.to_bytes()) == (forgotten, [])


def test_a_file_of_faults_is_not_read_to_its_end() -> None:
    _, faults = read_forgotten(b"x\n" * 1_000_000)
    assert [line for line, _ in faults] == [*range(1, 101)]
