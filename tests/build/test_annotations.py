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
    ("Lorem ipsum dolor sits.\n", "T1\tOrg 0 5;12 17\tLorem dolor\n"): (
        "broken-annotation",
        "T1 (Org 0 5;12 17), which has gaps, at a.ann:1",
    ),
    ("Oslo University hired Anna.\n", "T1\tOrg 0 15\tOslo University\nT2\tLoc 0 4\tOslo\n"): (
        "overlapping-annotation",
        "T2 (Loc 0 4) 'Oslo', which overlaps T1 (Org 0 15) 'Oslo University', at a.ann:2",
    ),
    ("The Tromsöer came.\n", "#1\tNote\tT9\nT9\tLoc 4 9\tTroms\n"): (
        "unaligned-annotation",
        (
            "T9 (Loc 4 9) 'Troms', which ends before the last part of a token, 'öer',"
            " among the tokens 'The' 'Tromsöer' 'came' '.', at a.ann:2"
        ),
    ),
    ("Anna ran.\nBo ran.\n", "T1\tPer 5 12\tran. Bo\n"): (
        "broken-annotation",
        "T1 (Per 5 12), which reaches over the end of a sentence, at a.ann:1",
    ),
    ("Anna ran.\n", "T1\tPer 0 4\tEmma\n"): (
        "broken-annotation",
        "T1 (Per 0 4), which says 'Emma', and 'Anna' stands there, at a.ann:1",
    ),
    ("Anna ran.\n", "T1 Per\n"): (
        "broken-annotation",
        "'T1 Per', which is written like nothing that brat knows, at a.ann:1",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_message_names_the_annotation_and_its_place(tmp_path: Path, case: tuple[str, str]) -> None:
    (tmp_path / "a.txt").write_text(case[0])
    (tmp_path / "a.ann").write_text(case[1])
    (tmp_path / "script.py").write_text(SCRIPT)
    report = check_corpus(load_script(tmp_path / "script.py").declaration())
    found = next(one for one in report.problems if one.code.endswith("-annotation"))
    assert (found.code, found.found) == (CASES[case][0], f"the annotation {CASES[case][1]}")
    assert found.path == "a.txt"
