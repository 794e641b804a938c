"""A message about an annotation names it, says what is wrong with it, and where it stands in its own file."""

from pathlib import Path

import pytest

from tagpress.build.corpus import check_corpus
from tagpress.script.builder import load_script

SCRIPT = """\
import datasets, tagpress
class Small(tagpress.CorpusBuilder):
    '''Small.'''
    NAME = "small"
    VERSION = datasets.Version("1.0.0")
    ENTITY_TYPES = {"Org": "x", "Per": "x", "Loc": "x"}
    DIALECT = tagpress.Standoff()
    SOURCES = "*.txt"
    SPLITS = tagpress.HashSplits(train=1, validation=0, test=0)
"""
CASES = {
    # (text, annotations): what the message says
    ("Lorem ipsum dolor sits.\n", "T1\tOrg 0 5;12 17\tLorem dolor\n"): "T1 (Org 0 5;12 17) that has gaps, at a.ann:1",
    ("Oslo University hired Anna.\n", "T1\tOrg 0 15\tOslo University\nT2\tLoc 0 4\tOslo\n"): (
        "T2 (Loc 0 4) that overlaps T1 (Org 0 15), at a.ann:2"
    ),
    ("The Tromsöer came.\n", "#1\tNote\tT9\nT9\tLoc 4 9\tTroms\n"): (
        "T9 (Loc 4 9) that does not begin and end with tokens of one sentence, at a.ann:2"
    ),
    ("Anna ran.\n", "T1\tPer 0 4\tEmma\n"): "T1 (Per 0 4) whose text is 'Emma', and 'Anna' stands there, at a.ann:1",
    ("Anna ran.\n", "T1 Per\n"): "'T1 Per' that is written like nothing that brat knows, at a.ann:1",
}


@pytest.mark.parametrize("case", CASES)
def test_the_message_names_the_annotation_and_its_place(tmp_path: Path, case: tuple[str, str]) -> None:
    (tmp_path / "a.txt").write_text(case[0])
    (tmp_path / "a.ann").write_text(case[1])
    (tmp_path / "script.py").write_text(SCRIPT)
    report = check_corpus(load_script(tmp_path / "script.py").declaration())
    (found,) = [one for one in report.problems if one.code == "unaligned-annotation"]
    assert found.found == f"the annotation {CASES[case]}"
    assert found.path == "a.txt"
