"""The site in docs/: whatever its pages say to type goes as they say, against the embedded Hub."""

import re
from pathlib import Path

import pytest

import tagpress
from examples import EXAMPLES, message_of
from links import in_site
from made import REFERENCE, home_of, pages, room_of
from notebooks import NOTEBOOKS, load, notebook_page, printed, run
from running import PAGES, Block, PageError, blocks_of, data_of, session
from tagpress.cli import cli
from tagpress.corpus.policies import RULES
from tagpress.corpus.problem_rule import Policy

TEXTS = {path.relative_to(PAGES).as_posix(): path.read_text("utf-8") for path in sorted(PAGES.rglob("*.md"))}
RUN = [name for name, text in TEXTS.items() if any(block.what == "run" for _, block in blocks_of(text))]


@pytest.mark.parametrize("page", RUN)
def test_a_page_goes_as_it_says(page):
    text = TEXTS[page]
    with session(data_of(text)) as work:
        for _, block in blocks_of(text):
            work.do(block)


def test_every_command_of_a_page_is_run_or_says_why_not():
    for name, text in TEXTS.items():
        marked = [block for _, block in blocks_of(text) if block.language == "sh"]
        assert len(marked) == len(re.findall(r"^```sh", text, re.MULTILINE)), name
        assert all(block.words for block in marked if block.what == "shown"), name


def test_a_page_that_goes_otherwise_is_found_out():
    for code in ("tagpress check nothing.py\n", "false\ntrue\n"):
        with session("") as work, pytest.raises(PageError, match="ended with"):
            work.do(Block("run", "", "sh", code))


def test_a_reader_sees_what_is_the_same_on_every_machine():
    with session("first") as work:
        assert work.do(Block("run", "", "python", "print(__import__('os').getcwd() + '/x  ')\n")) == "/home/me/corpus/x"
        said = work.do(Block("run", "2", "sh", "tagpress check export.jsonl --nothing\n"))
    block = Block("run", "2 top 1", "sh", "")
    assert (block.exit_code, block.shown(said)) == (2, f"{said.splitlines()[0]}\n...")
    assert Block("run", "quiet", "sh", "").shown(said) == ""


def test_a_page_that_is_read_in_the_repository_leads_nowhere_that_is_only_on_the_site():
    for name, text in TEXTS.items():
        prose = re.sub(r"^```.*?^```|`[^`\n]*`", "", text, flags=re.MULTILINE | re.DOTALL)
        for link in re.findall(r"\]\(([^)\s]+)\)", prose):
            path, _, anchor = link.partition("#")
            target = (PAGES / name).parent / path
            assert "://" in link or target.is_file() or not path, f"{name}: {link}"
            assert target.name != "problems.yml" or not anchor or anchor in RULES, f"{name}: {link}"


def test_the_site_has_the_page_that_is_made_in_place_of_what_it_is_made_from():
    assert (
        in_site("[a](../problems.yml) [b](../preview.png)", "index.md")
        == "[a](problems/index.md) [b](assets/preview.png)"
    )
    page = "[a](../../problems.yml#ragged-line) [b](../../data/first/export.jsonl) [c](../tools/conll.md#tags) [d](https://e)"
    made = "[a](../problems/ragged-line.md) [b](../assets/export.jsonl) [c](../tools/conll.md#tags) [d](https://e)"
    assert in_site(page, "how-to/x.md") == made


def test_the_links_of_a_site_are_followed(tmp_path):
    from links import broken

    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "index.html").write_text("<h2 id='here'></h2>")
    good = '<a href="a/#here">x</a><a href="https://example.org/">y</a><a href="#top">z</a><p id="top"></p>'
    (tmp_path / "index.html").write_text(good)
    assert broken(tmp_path) == []
    (tmp_path / "index.html").write_text('<a href="b/">x</a><a href="a/#there">y</a><script src="https://cdn/x.js">')
    assert [fault.partition(": ")[2].partition(" ")[0] for fault in broken(tmp_path)] == [
        "https://cdn/x.js",
        "b/",
        "a/#there",
    ]


def test_no_page_names_what_is_only_on_one_machine():
    for path in (Path(PAGES).parent).rglob("*.*"):
        if path.suffix in {".md", ".yml", ".py", ".yaml"}:
            assert not re.search(r"/(work|tmp)/", path.read_text("utf-8")), path


@pytest.fixture(scope="module")
def made():
    """The pages that are made of the package; of each problem code the example is checked for it."""
    return dict(pages())


def test_every_problem_code_has_an_example_that_makes_it(made, monkeypatch):
    assert list(EXAMPLES) == list(RULES)
    for code, example in EXAMPLES.items():
        assert re.search(rf"\.no-copy }}\n(\w+ +{code}: \d|card )", made[f"problems/{code}.md"]), code
        assert example["cure"], code
    monkeypatch.setitem(EXAMPLES, "duplicate", EXAMPLES["unknown-tag"])
    with pytest.raises(PageError, match="the example of duplicate does not make it"):
        message_of("duplicate")


def test_what_is_made_of_the_package_has_all_of_it(made):
    for name in tagpress.__all__:
        page = next(page for page, (_, rooms) in REFERENCE.items() if room_of(name) in rooms)
        assert f"::: {home_of(name)}.{name}\n" in made[f"reference/{page}.md"]
    for name in cli.commands:
        assert f"## tagpress {name}\n" in made["reference/commands.md"]
    for rule in RULES.values():
        others = ", ".join(policy.value for policy in Policy if policy in rule.accepts and policy is not rule.default)
        link = f"[`{rule.code}`]({rule.code}.md)"
        row = f"| {link} | {rule.meaning} | {rule.default.value} | {others} | {rule.repair} |"
        assert row in made["problems/index.md"]
        page = made[f"problems/{rule.code}.md"]
        assert all(f"`{policy}`" in page for policy in rule.accepts)
        assert EXAMPLES[rule.code]["cure"] in page


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_prints_what_it_is_kept_with(path):
    notebook = load(path)
    kept = [printed(cell) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert list(run(notebook)) == kept


def test_a_notebook_is_kept_with_what_it_prints_and_shown_with_it():
    assert NOTEBOOKS
    for path in NOTEBOOKS:
        cells, page = load(path)["cells"], notebook_page(path)
        code = [cell for cell in cells if cell["cell_type"] == "code"]
        assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
        assert {output["output_type"] for cell in code for output in cell["outputs"]} == {"stream"}
        for cell in cells:
            assert "".join(cell["source"]) in page
            assert cell["cell_type"] == "markdown" or printed(cell) in page
        assert f"]({path.name})" in page


def test_a_cell_that_fails_ends_its_notebook():
    cells = [{"cell_type": "code", "id": code, "source": [code]} for code in ("print(1)", "1 / 0", "print(2)")]
    said = run({"cells": cells})
    assert next(said) == "1\n"
    with pytest.raises(ZeroDivisionError):
        next(said)
