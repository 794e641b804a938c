"""Each folder of `cases` is one corpus with one thing wrong with it, beside the exact report that it must give."""

import os
import tomllib
from pathlib import Path

import pytest

import tagpress
from tagpress.build.corpus import check_corpus
from tagpress.build.declaration import Declaration, SourceGlobs
from tagpress.corpus.field_splits import FieldSplits
from tagpress.corpus.policies import RULES, Policies
from tagpress.corpus.splits import HashSplits

CASES = sorted((Path(__file__).parent / "cases").iterdir())
assert CASES, "no case was found"


def declaration(case: Path) -> Declaration:
    settings = tomllib.loads((case / "case.toml").read_text())
    return Declaration(
        name="case",
        version="1.0.0",
        description="",
        entity_types={"Language": "A language.", "Device": "A device."},
        dialect=getattr(tagpress, settings.get("kind", "Columns"))(**settings["dialect"]),
        sources=(SourceGlobs(("source.txt",), case),),
        splits=FieldSplits(settings["splits"]) if "splits" in settings else HashSplits(train=1, validation=0, test=0),
        script=case / "script.py",
        policies=Policies({"type-missing-in-split": "warn", **settings.get("policy", {})}),
        max_tokens=settings.get("max_tokens", 512),
    )


def report_of(case: Path) -> str:
    report = check_corpus(declaration(case), workers=1)
    problems = [str(found) for found in report.problems if found.code != "type-missing-in-split"]
    counts = f"read {report.sentences} sentences, {report.tokens} tokens: {report.published} published, {report.rejected} rejected"
    return "\n".join([*problems, counts, ""])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_gives_its_report(case):
    golden = case / "report.txt"
    found = report_of(case)
    if os.environ.get("TAGPRESS_UPDATE_GOLDEN"):
        golden.write_text(found)
    assert found == golden.read_text(), "TAGPRESS_UPDATE_GOLDEN=1 pytest tests/check writes what was found"


def test_every_code_of_one_sentence_or_one_split_has_a_case():
    """Those between splits, of nested layers, of labels in doubt, and of files beside a script have tests of their own."""
    elsewhere = {
        "empty-split",
        "forgotten-sentence",
        "license-conflict",
        "personal-data",
        "unclear-license",
        "undrawn-picture",
        "split-leakage",
        "near-duplicate",
        "type-missing-in-split",
        "repeated-span",
        "torn-document",
        "unmarked-stretch",
        *(code for code in RULES if code.startswith("doubtful-") or code.endswith("-correction")),
    }
    assert {code for code in RULES if not any(case.name.startswith(code) for case in CASES)} == elsewhere
