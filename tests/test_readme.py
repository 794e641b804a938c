"""The README is one page that leads to the others; what it and they describe is compared with what there is."""

import re
from pathlib import Path

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from tagpress.cli import cli
from tagpress.corpus.digests import digest_hex
from tagpress.corpus.identity import row_digest, sentence_keys

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
PAGES = ROOT / "docs" / "pages"


def test_the_README_is_one_page_whose_links_lead_somewhere():
    assert README.count("\n") < 100
    links = re.findall(r"\]\(([^)]+)\)", README)
    assert len(links) > 20
    for link in links:
        path, _, anchor = link.partition("#")
        assert (ROOT / path).is_file(), link
        if anchor:
            headings = re.findall(r"^#+ (.+)$", (ROOT / path).read_text(), re.MULTILINE)
            assert anchor in {heading.lower().replace(" ", "-") for heading in headings}, link


def test_every_command_is_documented_and_every_documented_command_exists():
    page = (PAGES / "reference" / "index.md").read_text()
    documented = set(re.findall(r"^\| `tagpress (\w+)", page, re.MULTILINE))
    assert documented == set(cli.commands)


def test_both_commands_of_the_README_are_one_line():
    for name in ("publish", "test"):
        block = README.split(f"<!-- command: {name} -->\n```sh\n")[1].split("```")[0]
        assert block.count("\n") == 1


def python_blocks(page: str) -> list[str]:
    """Return the Python of a page of the documentation."""
    return re.findall(r"```python\n(.*?)```", (PAGES / page).read_text(), re.DOTALL)


@given(st.lists(st.lists(st.text(max_size=5), max_size=5), max_size=5))
def test_the_row_digest_of_the_pages_is_the_one_in_a_manifest(sentences):
    code = next(block for block in python_blocks("explained/identity.md") if "def row_digest" in block)
    namespace: dict = {}
    exec(code, namespace)
    rows = [
        {"id": f"{i}", "doc_id": "d", "tokens": tokens, "ner_tags": [1] * len(tokens)}
        for i, tokens in enumerate(sentences)
    ]
    tags = np.ones(sum(len(tokens) for tokens in sentences), dtype=np.int64)
    column = pa.array(sentences, pa.list_(pa.string()))
    ids, doc_ids = (pa.array([row[name] for row in rows], pa.string()) for name in ("id", "doc_id"))
    bounds = column.offsets.to_numpy().astype(np.int64)
    ours = row_digest(sentence_keys(column), tags, bounds, ids=ids, doc_ids=doc_ids)
    assert namespace["row_digest"](rows) == digest_hex(ours)


def test_the_row_digest_of_the_pages_is_also_that_of_texts_and_offsets():
    from tagpress.release.load_check import row_digest

    namespace: dict = {}
    exec(next(block for block in python_blocks("explained/identity.md") if "def row_digest" in block), namespace)
    plain = {"id": "i", "doc_id": "d", "tokens": ["Ada"], "ner_tags": [1]}
    rows = [plain | {"text": " Ada", "offsets": [1]}, plain | {"text": "", "offsets": [], "lemma": ["ada"]}]
    assert namespace["row_digest"](rows) == row_digest(rows)[1]


def test_the_builder_script_of_the_pages_can_be_loaded(tmp_path):
    from tagpress.script.builder import load_script

    script = tmp_path / "script.py"
    script.write_text(next(block for block in python_blocks("how-to/declare.md") if "class SoftwareEntities" in block))
    assert load_script(script).declaration().name == "software-entities"


def test_the_frame_of_the_pages_is_published(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    namespace: dict = {}
    exec(next(block for block in python_blocks("tools/data-frame.md") if "publish_dataset" in block), namespace)
    assert (namespace["released"].tag, namespace["released"].repo) == ("v1.0.0", "local/two-names")
    assert "2 entity types in the scheme" in capsys.readouterr().err
