import pytest

from tagpress.read.guess.named_splits import splits_by_name

CASES = {
    "train.txt dev.txt test.txt": "train validation test",
    "training.conll devel.conll testb.conll": "train validation test",
    "eng.train eng.testa eng.testb": "train validation test",
    "corpus-train.txt corpus-dev.txt": "train validation",
    "IOB2_valid.txt IOB2_test.txt": "validation test",
    "train/a.txt train/b.txt dev/a.txt": "train train validation",
    "NER/TrainSet.tsv.gz NER/evalSet.tsv.gz": "train test",
    "wnut17train.conll emerging.dev.conll": "train validation",
    # Two corpora with splits of their own are one with three.
    "a-train.txt b-train.txt a-test.txt b-test.txt": "train train test test",
    # Two tests are two splits.
    "train.txt test_2020.txt test_2021.txt": "train test_2020 test_2021",
    "x.train.conll x.test.conll x.test.annotated": "train test test_annotated",
    # What says two, or nothing, is nobody's.
    "train.tsv train_dev.tsv test.tsv notes.tsv": "train - test -",
    # A word in a name is no split where most names say none, or all say the same.
    "Test.txt Train.txt a.txt b.txt c.txt": "- - - - -",
    "test.txt": "-",
    "latest.txt contest.txt": "- -",
}


@pytest.mark.parametrize("paths", CASES)
def test_what_names_say(paths: str) -> None:
    found = splits_by_name(paths.split())
    assert [found.get(path, "-") for path in paths.split()] == CASES[paths].split()


def test_the_folder_above_all_files_says_nothing() -> None:
    assert splits_by_name(["test/train/a.txt", "test/dev/a.txt"]) == {
        "test/train/a.txt": "train",
        "test/dev/a.txt": "validation",
    }
