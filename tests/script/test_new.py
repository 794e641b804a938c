import json
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from tagpress.build.corpus import build_corpus, check_corpus
from tagpress.cli import cli
from tagpress.cli.shell import run
from tagpress.errors import SourceError, UsageError, WriteError
from tagpress.script.builder import load_script
from tagpress.script.new import new_corpus
from tagpress.store.whole_file import write_file

MARKED = "Columns(sentence_start='<s>', sentence_end='</s>')"
UNER = "Columns(token=1, tag=2, width=5, document_name='# newdoc id = ', sentence_id='# sent_id = ', comment='# ')"
# What the index of the real corpora says of each: sentences and tokens of the files that are here, and their dialect.
KNOWN = {
    "broad-twitter": (9_340, 150_388, "Columns(blank='whitespace')"),
    "germeval14": (7_300, 138_151, "Columns(token=1, tag=2, width=4, document_name='#\\t')"),
    "kaznerd-kk": (22_474, 259_047, "Columns(delimiter=' ')"),
    "klue-ner-ko": (5_000, 285_929, "Columns(sentence_id='## ')"),
    "uner-en-ewt": (4_078, 50_246, UNER),
    "uner-zh-gsdsimp": (4_997, 123_291, UNER),
    "wikiser-small": (15_984, 592_898, MARKED),
    "wnut17": (6_977, 125_251, "Columns(blank='delimiters')"),
    "seed": (20, 428, MARKED),
}


@pytest.mark.parametrize(
    "corpus", [name if name == "seed" else pytest.param(name, marks=pytest.mark.slow) for name in KNOWN]
)
def test_the_dialect_of_a_real_corpus_is_known_and_its_script_reads_the_right_counts(corpora, tmp_path, corpus):
    made = new_corpus(corpus, [str(corpora / corpus)], tmp_path)
    report = check_corpus(load_script(made.script).declaration())
    assert (report.sentences, report.tokens, made.guessed.sniffed.spelled()) == KNOWN[corpus]
    assert report.problem_counts == made.report.problem_counts
    assert made.guessed.sniffed.reasons


def test_a_small_corpus_gets_a_script_that_builds(tmp_path):
    source = tmp_path / "data" / "a.conll"
    source.parent.mkdir()
    source.write_text("".join(f"Rust B-Language\nrun{i} O\n\n" for i in range(12)))
    made = new_corpus("tiny-corpus", [str(source)], tmp_path / "script")
    declaration = load_script(made.script).declaration()
    assert declaration.name == "tiny-corpus"
    assert tuple(declaration.entity_types) == ("Language",)
    assert str(tmp_path) not in made.script.read_text().split("DIALECT")[1]  # the corpus and the script move together
    report = check_corpus(declaration)
    assert all(report.splits.values())  # the salt was chosen so
    assert any("[More Information Needed]" in warning for warning in report.card_warnings)
    assert any("license" in warning for warning in report.card_warnings)
    assert build_corpus(declaration, tmp_path / "out").report.published == 12


def faults(test: Path) -> dict[str, str]:
    """Run the test of a corpus, and return what it says of each function that fails."""
    found = {}
    for name, run_test in runpy.run_path(str(test)).items():
        try:
            if name.startswith("test_"):
                run_test()
        except AssertionError as fault:
            found[name] = str(fault)
    return found


def test_its_test_fails_while_there_is_an_error_and_when_something_has_come_or_gone(tmp_path):
    source = tmp_path / "a.txt"
    good = "Ada B-PER\nslept O\n\nOslo B-LOC\nrains O\n\nOslo B-LOC\nrains O\n"
    source.write_text(f"{good}\nBergen E-LOC\n")
    made = new_corpus("my-names", [str(source)], tmp_path)
    assert made.test == tmp_path / "test_my_names.py"
    above = faults(made.test)
    assert list(above) == ["test_no_problem_is_above_what_is_accepted"]
    assert "a.txt:10:" in above["test_no_problem_is_above_what_is_accepted"]
    source.write_text(f"{good}\nBergen B-LOC\n")
    again = new_corpus("again", [str(source)], tmp_path).test
    assert '"duplicate": 1' in again.read_text()
    assert faults(again) == {}
    source.write_text(f"{good}\nOslo B-LOC\nrains O\n")
    assert len(faults(again)) == 2
    assert "duplicate" in faults(again)["test_no_problem_is_above_what_is_accepted"]


@pytest.mark.slow
def test_pytest_runs_its_test(tmp_path):
    (tmp_path / "a.txt").write_text("".join(f"Ada B-PER\nslept{i} O\n\n" for i in range(12)))
    new_corpus("my-names", [str(tmp_path / "a.txt")], tmp_path)
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", "."]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.splitlines()[-1][:8]) == (0, "2 passed"), done.stdout


@pytest.mark.parametrize("name", ["mine.py", "mine_card.md", "test_mine.py"])
def test_none_of_its_files_is_overwritten(tmp_path, name):
    (tmp_path / "a.txt").write_text("Rust\tB-Language\n")
    (tmp_path / name).write_text("my work")
    with pytest.raises(UsageError, match="nothing is overwritten"):
        new_corpus("mine", [str(tmp_path / "a.txt")], tmp_path)
    assert [path.name for path in tmp_path.iterdir() if path.name != "a.txt"] == [name]
    assert (tmp_path / name).read_text() == "my work"


def test_a_folder_that_cannot_be_made_is_a_clear_error(tmp_path):
    source = tmp_path / "a.txt"
    source.write_text("Rust\tB-Language\n")
    with pytest.raises(WriteError, match=r"mine_card\.md cannot be written: "):
        new_corpus("mine", [str(source)], source)


@pytest.mark.parametrize("name", ["My Corpus", "", "-", "a--b"])
def test_a_name_that_cannot_be_used(tmp_path, name):
    with pytest.raises(UsageError, match="cannot be the name"):
        new_corpus(name, [], tmp_path)


def test_what_has_no_tags_is_refused_and_nothing_is_written(tmp_path):
    source = tmp_path / "poem.txt"
    source.write_text("Shall I compare thee to a summer's day?\nThou art more lovely and more temperate.\n")
    with pytest.raises(SourceError):
        new_corpus("poem", [str(source)], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def words(number: int, start: int = 0) -> str:
    return "".join(f"Anna\tB-PER\nsings{start + i}\tO\n\n" for i in range(number))


def written(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


THREE = {"train.txt": words(20), "dev.txt": words(3, 100), "test.txt": words(3, 200)}
FOLDERS = {"train/data.txt": words(20), "dev/data.txt": words(3, 100), "test/data.txt": words(3, 200)}


@pytest.mark.parametrize(
    ("files", "sources"),
    [
        (THREE, ["train.txt", "dev.txt", "test.txt"]),
        (THREE, ["*.txt"]),
        (THREE, ["."]),
        ({f"eng.{name}": THREE[f"{old}.txt"] for name, old in (("train", "train"), ("testa", "dev"), ("testb", "test"))}, ["."]),
        (FOLDERS, ["."]),
        (FOLDERS, ["train/data.txt", "dev/data.txt", "test/data.txt"]),
        (FOLDERS, ["train", "dev", "test"]),
        (FOLDERS, ["**/*.txt"]),
    ],
)  # fmt: skip
def test_names_that_say_a_split_are_given_splits(tmp_path, monkeypatch, files, sources):
    monkeypatch.chdir(written(tmp_path, files))
    made = new_corpus("small", sources, Path())
    declaration = load_script(made.script).declaration()
    assert declaration.splits.names == ("train", "validation", "test")
    assert check_corpus(declaration).splits == made.report.splits == {"train": 20, "validation": 3, "test": 3}
    assert {split: len(files) for split, files in made.splits.items()} == {"train": 1, "validation": 1, "test": 1}


def test_splits_that_the_user_names_keep_their_names_and_their_order(tmp_path, monkeypatch):
    monkeypatch.chdir(written(tmp_path, THREE))
    made = new_corpus("small", ["gold=test.txt", "unlabelled=train.txt"], Path())
    assert load_script(made.script).declaration().splits.names == ("gold", "unlabelled")
    assert made.splits == {"gold": ("test.txt",), "unlabelled": ("train.txt",)}
    with pytest.raises(UsageError, match=r"dev\.txt has no split and others have one"):
        new_corpus("other", ["train=train.txt", "dev.txt"], Path())
    with pytest.raises(UsageError, match="'test-1' cannot be the name of a split"):
        new_corpus("other", ["test-1=test.txt"], Path())


def test_a_file_without_a_split_among_others_is_left_out_and_said(tmp_path, monkeypatch):
    monkeypatch.chdir(written(tmp_path, {**THREE, "more.txt": words(5, 300)}))
    made = new_corpus("small", ["."], Path())
    assert made.report.sentences == 26
    assert [doubt for doubt in made.doubts if doubt.startswith("files: more.txt is left out")]
    assert "more.txt is left out" in made.script.read_text()


def test_a_leak_between_given_splits_is_a_leak(tmp_path, monkeypatch):
    monkeypatch.chdir(written(tmp_path, {"train.txt": words(5), "test.txt": words(2)}))
    assert new_corpus("small", ["."], Path()).report.problem_counts["split-leakage"] == 2


NOISE = {
    **dict.fromkeys(("README.md", "LICENSE", "LICENSE.txt", ".hidden", "notes.py", ".git/config.txt"), "x\tB-Noise\n"),
    **dict.fromkeys(("out/release.json", "out/train.txt", "__pycache__/a.txt"), "{}"),
}


def test_a_folder_is_its_corpus_and_nothing_else(tmp_path, monkeypatch):
    files = {"a.txt": words(10), "b.txt": words(10, 100), "deep/c.txt": words(10, 200)}
    monkeypatch.chdir(written(tmp_path, {**files, **NOISE}))
    made = new_corpus("small", ["."], Path())
    report = check_corpus(load_script(made.script).declaration())
    assert made.report.sentences == report.sentences == 30
    assert made.guessed.sniffed.entity_types == ("PER",)
    # LICENSE.txt would be in a pattern of the folder, so the files are named.
    assert "SOURCES = ('a.txt', 'b.txt', 'deep/c.txt')" in made.script.read_text()
    assert {path for path, _ in made.left_out} == {"README.md", "LICENSE", "LICENSE.txt", "notes.py"}


def test_a_pattern_names_a_folder_of_documents(tmp_path):
    written(tmp_path / "corpus", {f"{i % 2}/{i}.txt": words(10, 10 * i) for i in range(6)})
    written(tmp_path / "corpus", {"README.md": "x"})
    made = new_corpus("small", [str(tmp_path / "corpus")], tmp_path / "script")
    assert "SOURCES = '../corpus/**/*.txt'" in made.script.read_text()


def test_a_corpus_is_of_one_format(tmp_path, monkeypatch):
    monkeypatch.chdir(written(tmp_path, {"a.txt": words(30), "a.jsonl": '{"tokens": ["x"], "ner_tags": ["O"]}\n'}))
    made = new_corpus("small", ["."], Path())
    assert made.left_out == (("a.jsonl", "the corpus is text"),)


def test_a_folder_without_a_corpus(tmp_path):
    written(tmp_path / "empty", {"README.md": "x"})
    with pytest.raises(SourceError, match=r"README\.md \(people read it\)"):
        new_corpus("small", [str(tmp_path / "empty")], tmp_path)
    with pytest.raises(SourceError, match=r"no file matches .*nothing"):
        new_corpus("small", [str(tmp_path / "nothing*")], tmp_path)
    assert list(tmp_path.iterdir()) == [tmp_path / "empty"]


def test_nothing_is_left_behind_where_the_second_file_cannot_be_written(tmp_path, monkeypatch):
    written(tmp_path, {"a.txt": words(10)})
    real = write_file

    def full(path, data):
        if path.suffix == ".py":
            raise WriteError("the disk is full")
        real(path, data)

    monkeypatch.setattr("tagpress.script.new.write_file", full)
    with pytest.raises(WriteError):
        new_corpus("small", [str(tmp_path / "a.txt")], tmp_path / "out")
    assert not list((tmp_path / "out").iterdir())


DOCUMENTS = "".join(f"-DOCSTART- -X- -X- O\n\n{words(4, 10 * i)}".replace("\t", " NN B-NP ") for i in range(20))


def test_documents_that_are_marked_are_the_group(tmp_path):
    written(tmp_path, {"a.conll": DOCUMENTS})
    made = new_corpus("small", [str(tmp_path / "a.conll")], tmp_path)
    declaration = load_script(made.script).declaration()
    assert declaration.splits.group == "document"
    assert all(made.report.splits.values())


def test_too_few_documents_to_fill_the_splits_are_no_group(tmp_path):
    written(tmp_path, {"a.conll": DOCUMENTS[: DOCUMENTS.index("-DOCSTART-", 9)]})
    made = new_corpus("small", [str(tmp_path / "a.conll")], tmp_path)
    assert load_script(made.script).declaration().splits.group == "sentence"
    assert any("too few documents" in doubt for doubt in made.doubts)


def test_types_that_no_label_can_carry_are_mapped_in_the_script(tmp_path):
    sentences = "".join(f"call{i}\tO\n55{i}\tB-Phone Number\n\n" for i in range(12))
    written(tmp_path, {"a.tsv": sentences})
    made = new_corpus("small", [str(tmp_path / "a.tsv")], tmp_path)
    declaration = load_script(made.script).declaration()
    assert declaration.source_types == {"Phone Number": "Phone_Number"}
    assert build_corpus(declaration, tmp_path / "out").report.labels == {
        "O": 12,
        "B-Phone_Number": 12,
        "I-Phone_Number": 0,
    }


def test_types_without_prefixes_make_a_corpus(tmp_path):
    written(tmp_path, {"a.tsv": "".join(f"see{i}\tO\nOslo\tPLACE\n\n" for i in range(12))})
    made = new_corpus("small", [str(tmp_path / "a.tsv")], tmp_path)
    assert made.report.labels == {"O": 12, "B-PLACE": 12, "I-PLACE": 0}


@pytest.mark.parametrize("text", ["Anna\tB\nsaw\tO\n", "x\tO\n", "x\t1\ny\t0\n"])
def test_nothing_is_left_behind_where_no_script_would_work(tmp_path, text):
    written(tmp_path / "corpus", {"a.tsv": text})
    with pytest.raises(SourceError):
        new_corpus("small", [str(tmp_path / "corpus")], tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("sources", [["brat"], ["brat/*"], ["brat/a.txt", "brat/a.ann", "brat/b.txt", "brat/b.ann"]])
def test_a_folder_of_brat(tmp_path, monkeypatch, sources):
    texts = {f"brat/{name}.txt": "".join(f"{name}{i} Anna ran.\n" for i in range(20)) for name in "ab"}
    annotations = {f"brat/{name}.ann": "T1\tPer 3 7\tAnna\n" for name in "ab"}
    monkeypatch.chdir(written(tmp_path, {**texts, **annotations}))
    made = new_corpus("small", sources, Path())
    assert (made.report.sentences, made.report.labels["B-Per"]) == (40, 2)
    assert made.left_out == ()  # annotations are read beside their texts


def test_texts_with_annotations_are_documents_and_the_group(tmp_path):
    texts = {f"{i}.txt": f"In {i} Anna ran.\nShe {i} won.\n" for i in range(9)}
    written(tmp_path / "brat", {**texts, **{f"{i}.ann": "T1\tPer 5 9\tAnna\n" for i in range(9)}})
    made = new_corpus("small", [str(tmp_path / "brat")], tmp_path)
    assert load_script(made.script).declaration().splits.group == "document"
    assert all(made.report.splits.values())


def test_a_script_whose_pattern_finds_annotations_too_reads_each_document_once(tmp_path):
    written(tmp_path, {"a.txt": "Anna ran.\n", "a.ann": "T1\tPer 0 4\tAnna\n"})
    head = "import datasets, tagpress\nclass A(tagpress.CorpusBuilder):\n    'x'\n    NAME = 'a'\n"
    more = "    VERSION = datasets.Version('1.0.0')\n    ENTITY_TYPES = {'Per': 'x'}\n    SOURCES = 'a.*'\n"
    splits = "    DIALECT = tagpress.Standoff()\n    SPLITS = tagpress.HashSplits(train=1, validation=0, test=0)\n"
    (tmp_path / "script.py").write_text(head + more + splits)
    assert check_corpus(load_script(tmp_path / "script.py").declaration()).sentences == 1


def test_many_files_are_counted_and_not_listed(tmp_path, monkeypatch, capsys):
    trains = {f"train/{i}.txt": words(2, 10 * i) for i in range(7)}
    monkeypatch.chdir(written(tmp_path, {**trains, "dev/a.txt": words(2, 900), "a.md": "x", "b.md": "x"}))
    assert run(cli, ["new", "small", "."]) == 0
    said = capsys.readouterr().err
    assert "split train: train/0.txt, train/1.txt, train/2.txt, train/3.txt, train/4.txt and 2 more" in said
    assert "left out (no corpus is a .md file): a.md, b.md" in said


def test_what_stops_a_build_is_a_choice_in_the_script_that_only_waits_for_its_signs_to_go(tmp_path):
    rows = [
        {
            "text": f"Ada-{i} ran and Bo",
            "label": [[0, 3, "PER"], [len(f"Ada-{i} ran and "), len(f"Ada-{i} ran and Bo"), "PER"]],
        }
        for i in range(9)
    ]
    rows += [
        {"text": f"the Oslo{i} team", "label": [[0, len(f"the Oslo{i} team"), "ORG"], [4, len(f"the Oslo{i}"), "LOC"]]}
        for i in range(9)
    ]
    rows += [{"text": f"now Adam{i}sson", "label": [[4, 8, "PER"]]} for i in range(3)]
    source = tmp_path / "a.jsonl"
    source.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    made = new_corpus("choices", [str(source)], tmp_path / "script")
    assert made.choices == {
        "overlapping-annotation": ("repair", "drop"),
        "unaligned-annotation": ("expand", "shrink", "drop"),
    }
    text = made.script.read_text()
    assert (
        '    #     "unaligned-annotation": "expand",  # 3 times: an annotation that does not begin and end with tokens;'
        " or 'shrink', 'drop'\n" in text
    )
    assert not check_corpus(load_script(made.script).declaration()).ok
    lines = text.split("\n")
    first = lines.index("    # POLICY = {")
    chosen = [line.replace("# ", "", 1) if first <= i <= first + 3 else line for i, line in enumerate(lines)]
    made.script.write_text("\n".join(chosen))
    report = check_corpus(load_script(made.script).declaration())
    assert report.ok
    assert report.problem_counts["unaligned-annotation"] == 3


def test_what_a_dialect_can_say_otherwise_is_said_beside_the_choice(tmp_path):
    source = tmp_path / "a.tsv"
    source.write_text("".join(f"#note\n#go\tB-X\nrun{i}\tO\n\n#note\nRust\tB-X\n\n" for i in range(9)))
    made = new_corpus("hashes", [str(source)], tmp_path / "script")
    assert set(made.choices) == {"ambiguous-comment"}
    assert 'or say ambiguous="token" or ambiguous="comment" in DIALECT' in made.script.read_text()


def test_several_annotators_are_named_and_one_can_be_chosen(tmp_path):
    def by(who, *spans):
        results = [{"type": "labels", "value": {"start": a, "end": b, "labels": ["PER"]}} for a, b in spans]
        return {"completed_by": {"email": who}, "result": results}

    tasks = [
        {
            "id": i,
            "data": {"text": f"Ada and Bo {i}"},
            "annotations": [by("a@b.c", (0, 3)), *[by("x@y.z", (8, 10))] * (i < 4)],
        }
        for i in range(9)
    ]
    (tmp_path / "a.json").write_text(json.dumps(tasks))
    made = new_corpus("people", [str(tmp_path / "a.json")], tmp_path / "script")
    assert (
        "annotators: 2 are seen, 'a@b.c' (9x), 'x@y.z' (4x); annotator='a@b.c' in DIALECT reads but one of them"
        in made.doubts
    )
    assert made.choices == {"several-annotations": ("drop",)}
    assert (
        "# 4 times: a record that several annotators annotated otherwise; or say whose count" in made.script.read_text()
    )


def test_a_folder_that_is_called_like_a_script_is_refused(tmp_path):
    (tmp_path / "a.txt").write_text("Ada B-PER\nslept O\n")
    with pytest.raises(UsageError, match=r"mine\.py would be a folder, in which ours\.py is written$"):
        new_corpus("ours", [str(tmp_path / "a.txt")], tmp_path / "mine.py")
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_what_stands_in_two_files_may_be_of_two_annotators(tmp_path):
    lines = [f"Ada{i} B-PER\nslept O\n\n" for i in range(12)]
    (tmp_path / "anna.txt").write_text("".join(lines))
    (tmp_path / "ben.txt").write_text("".join(line.replace("B-PER", "O") for line in lines[:3]) + "".join(lines[3:]))
    made = new_corpus("theirs", [str(tmp_path / "anna.txt"), str(tmp_path / "ben.txt")], tmp_path / "out")
    (doubt,) = [one for one in made.doubts if one.startswith("files: ")]
    assert doubt.startswith(
        "files: 15 of 24 sentences stand in the sources more than once; if the files are of several"
    )
    assert doubt in made.script.read_text()
    (tmp_path / "ben.txt").write_text("".join(lines[:1]) + "Bo B-PER\nran O\n\nCy B-PER\nran O\n\n")
    again = new_corpus("others", [str(tmp_path / "anna.txt"), str(tmp_path / "ben.txt")], tmp_path / "out")
    assert not [one for one in again.doubts if one.startswith("files: ")]


def test_what_brat_notes_besides_is_counted(tmp_path):
    (tmp_path / "a.txt").write_text("Ada came.\n" * 12)
    (tmp_path / "a.ann").write_text("T1\tPER 0 3\tAda\nA1\tNegated T1\n#1\tAnnotatorNotes T1\tsure\n")
    made = new_corpus("brat-like", [str(tmp_path)], tmp_path / "out")
    assert made.to_json()["aside"] == {"attributes": 1, "notes": 1}
