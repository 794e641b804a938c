"""A script whose SOURCES is a function: its tables go the way of every corpus, and their rows are called as their owner does."""

import json
import platform
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from release.publisher import QUICK, SHORT
from tagpress.build.corpus import build_corpus, check_corpus
from tagpress.build.reach import require_shared
from tagpress.build.read_all import sources_of
from tagpress.cli import cli
from tagpress.cli.shell import run
from tagpress.errors import ScriptError, UsageError
from tagpress.hub import Hub
from tagpress.preview import write_corpus_preview
from tagpress.release.commands import publish_corpus
from tagpress.release.dataset import publish_dataset
from tagpress.script.builder import load_script
from tagpress.script.correct import correct_sentence
from tagpress.store import Folder

HEAD = """\
import datasets
import tagpress

NAMES = ["O", "B-Person", "I-Person", "B-City", "I-City"]
CALLS = []


def columns(first, rows, tags=(1, 2, 0, 3)):
    words = [[f"Ada{i}", "e\\u0301", "\\u0645\\u062d\\u0645\\u062f", "\\U0001f680"] for i in range(first, first + rows)]
    return {"key": [*range(first, first + rows)], "tokens": words, "ner_tags": [list(tags)] * rows}


def splits(bad=None):
    features = datasets.Features({
        "key": datasets.Value("int64"),
        "tokens": datasets.List(datasets.Value("string")),
        "ner_tags": datasets.List(datasets.ClassLabel(names=NAMES)),
    })
    train, test = columns(0, 20), columns(20, 8)
    if bad is not None:
        train["ner_tags"][17] = bad
    made = {name: datasets.Dataset.from_dict(one, features=features) for name, one in (("train", train), ("test", test))}
    return datasets.DatasetDict(made)


def named():
    rows = columns(0, 40)
    return rows | {"ner_tags": [["B-Person", "I-Person", "O", "B-City"]] * 40}


def load_rows():
    CALLS.append(1)
    print("loading")
    return BODY


class Toy(tagpress.CorpusBuilder):
    NAME = "toy"
    VERSION = datasets.Version("1.0.0")
    ENTITY_TYPES = {"Person": "People.", "City": "Cities."}
    DIALECT = tagpress.HubArrow(tokens="tokens", tags="ner_tags")
    SOURCES = load_rows
"""
TEXTS = (
    '[{"text": f"Ada{i} saw Oslo", "marks": [(0, 4, "Person"), (9, 13 + (i == 7), "City")], "i": i} for i in range(9)]'
)
SPANS = 'tagpress.Spans(tokens="words", text="text", spans="marks")'
ARROW = 'tagpress.HubArrow(tokens="tokens", tags="ner_tags")'


def script(folder: Path, body: str = "splits()", dialect: str = ARROW, more: str = "") -> Path:
    path = folder / "toy.py"
    path.write_text(HEAD.replace("BODY", body).replace(ARROW, dialect) + more)
    return path


def places(path: Path) -> list[str]:
    problems = check_corpus(load_script(path).declared(), workers=1).problems
    return [one.place for one in problems if one.severity == "error"]


def files(build: Path) -> dict[str, bytes]:
    return {str(file.relative_to(build)): file.read_bytes() for file in sorted(build.rglob("*")) if file.is_file()}


def test_given_splits_are_kept_and_what_is_not_read_is_said(tmp_path):
    report = check_corpus(load_script(script(tmp_path)).declared(), workers=1)
    assert (report.splits, report.unread) == ({"train": 20, "test": 8}, ("key",))
    assert report.labels["B-Person"] == report.labels["B-City"] == 28
    assert list(report.accounts) == ["test[]", "train[]"]


FAULTS = {
    "a dataset by split": ("splits([2, 0, 0, 0])", ARROW, ["train[17]"]),
    "Parquet's dialect": ("splits([2, 0, 0, 0])", 'tagpress.HubParquet(tokens="tokens", tags="ner_tags")', ["train[17]"]),
    "a frame": ("__import__('pandas').DataFrame(named() | {'tokens': [['a']] + named()['tokens'][1:]})", ARROW, ["[0]"]),
    "a table": ("__import__('pyarrow').table(named() | {'tokens': named()['tokens'][:39] + [['a']]})", ARROW, ["[39]"]),
    "texts with spans": (TEXTS, SPANS, ["[7]"]),
    "texts by split": ("{'dev': " + TEXTS + ", 'test': [{'text': 'Bo', 'marks': [(0, 2, 'Person')]}]}", SPANS, ["dev[7]"]),
}  # fmt: skip


@pytest.mark.parametrize("case", FAULTS)
def test_a_fault_is_at_its_row(tmp_path, case):
    body, dialect, wanted = FAULTS[case]
    assert places(script(tmp_path, body, dialect))[: len(wanted)] == wanted


def test_a_frame_of_polars(tmp_path):
    pytest.importorskip("polars")
    odd = "named() | {'ner_tags': named()['ner_tags'][:3] + [['O']] + named()['ner_tags'][4:]}"
    assert places(script(tmp_path, f"__import__('polars').DataFrame({odd})")) == ["[3]"]


@pytest.mark.slow
def test_the_same_bytes_whatever_the_workers_and_as_from_memory(tmp_path, local):
    path = script(tmp_path)
    for number, workers in enumerate((1, 2)):
        build_corpus(load_script(path).declared(), tmp_path / f"out{number}", workers=workers)
    made = files(tmp_path / "out0")
    assert made == files(tmp_path / "out1")
    kept = [str(globs.base) for globs in load_script(path).declaration().sources]
    assert not [name for name, data in made.items() if any(one.encode() in data for one in kept)]
    hub = Hub(endpoint=local.endpoint, token=local.token, retry=QUICK, timeouts=SHORT)
    held = load_script(path).SOURCES()
    types = {"Person": "People.", "City": "Cities."}
    published = publish_dataset(
        held, "toy", hub=hub, repo="me/toy", out=tmp_path / "memory", entity_types=types, dry_run=True, steps=len
    )
    shards = {name: data for name, data in made.items() if name.startswith("data/")}
    assert shards == {name: data for name, data in files(tmp_path / "memory").items() if name.startswith("data/")}
    assert published.built.manifest.sole.splits == json_splits(tmp_path / "out0", published)


def json_splits(build: Path, published: Any) -> Any:
    from tagpress.corpus.manifest import Manifest

    assert published.built is not None
    return Manifest.load(build).sole.splits


def test_a_release_records_the_rows_and_no_place_of_this_machine(tmp_path):
    records = []
    for number in range(2):
        built = build_corpus(load_script(script(tmp_path)).declared(), tmp_path / f"out{number}", workers=1)
        records.append(built.manifest.sole.sources)
    assert records[0] == records[1]
    assert [(one.path, one.sentences, len(one.sha256)) for one in records[0]] == [
        ("test.arrow", 8, 64),
        ("train.arrow", 20, 64),
    ]
    other = build_corpus(load_script(script(tmp_path, "splits([0, 0, 0, 3])")).declared(), tmp_path / "out", workers=1)
    assert [one.sha256 == old.sha256 for one, old in zip(other.manifest.sole.sources, records[0], strict=True)] == [
        True,
        False,
    ]


def test_what_is_left_out_is_at_its_row_beside_the_build(tmp_path):
    path = script(tmp_path, "splits([2, 0, 0, 0])", more='    POLICY = {"invalid-transition": "drop"}\n')
    built = build_corpus(load_script(path).declared(), tmp_path / "out", workers=1)
    assert built.report.rejected == 1
    (left,) = map(json.loads, (tmp_path / "out.rejected.jsonl").read_text().splitlines())
    (found,) = [one for one in map(json.loads, (tmp_path / "out.problems.jsonl").read_text().splitlines()) if one["severity"] == "dropped"]  # fmt: skip
    assert left["place"] == found["place"] == "train[17]"
    assert (left["path"], left["line"]) == (found["path"], found["sentence"])


def test_a_page_and_a_correction_say_the_row(tmp_path):
    path = script(tmp_path, "splits([2, 0, 0, 0])")
    write_corpus_preview(load_script(path).declaration(), tmp_path / "page.html", workers=1)
    page = (tmp_path / "page.html").read_text()
    assert '"train[17]"' in page
    assert '"test[7]"' in page
    assert [one.place for one in correct_sentence(path, "ada7 e\u0301").sentences] == ["train[7]"]


def test_a_function_is_called_once_and_what_it_prints_stays_out_of_the_way(tmp_path, capsys):
    made = load_script(script(tmp_path))
    calls = made.SOURCES.__globals__["CALLS"]
    first = made.declaration()
    assert (len(calls), capsys.readouterr()) == (1, ("", "loading\n"))
    assert made.declaration() == first
    assert len(calls) == 2
    builder = made(cache_dir=str(tmp_path / "cache"))
    builder.download_and_prepare()
    assert builder.as_dataset()["train"].num_rows == 20
    assert len(calls) == 3


def test_the_command_line_shows_rows_at_the_script(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = script(tmp_path, "splits([2, 0, 0, 0])")
    assert run(cli, ["check", path.name, "--format", "github"]) == 1
    out = capsys.readouterr().out
    assert out.startswith("::error file=toy.py,title=invalid-transition::train[17]: found the tag 'I-Person'")
    assert run(cli, ["check", path.name, "--json"]) == 1
    (found,) = [one for one in json.loads(capsys.readouterr().out)["problems"] if one["severity"] == "error"]
    assert (found["place"], found["path"], found["line"]) == ("train[17]", "train[]", 18)


def test_other_sources_on_the_command_line_are_read_instead(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = script(tmp_path, "1 / 0")
    rows = {"tokens": [["Ada"]], "ner_tags": [["B-Person"]]}
    table = pa.table(rows)
    with pa.ipc.new_stream(str(tmp_path / "one.arrow"), table.schema) as writer:
        writer.write_table(table)
    assert run(cli, ["check", path.name, "train=one.arrow", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["splits"] == {"train": 1}
    assert run(cli, ["check", path.name, str(tmp_path), "--json"]) == 2
    assert "has no patterns to look for in it" in json.loads(capsys.readouterr().out)["error"]["message"]


def test_each_configuration_has_its_own(tmp_path):
    more = """\
    CONFIGS = {"de": {"SOURCES": lambda: splits([2, 0, 0, 0])}, "en": {"SOURCES": named}, "fr": {}}
"""
    path = script(tmp_path, "splits()", more=more.replace("named}", "lambda: __import__('pyarrow').table(named())}"))
    made = load_script(path)
    report = check_corpus(made.declared(), workers=1)
    assert [one.place for one in report.problems if one.severity == "error"] == ["de/train[17]"]
    assert sorted(report.accounts) == ["de: de/test[]", "de: de/train[]", "en: en[]", "fr: fr/test[]", "fr: fr/train[]"]


REFUSED = {
    "fails": ("1 / 0", ARROW, r"toy\.py:\d+: load_rows\(\) of SOURCES fails: ZeroDivisionError: division by zero"),
    "nothing": ("None", ARROW, r"load_rows\(\) of SOURCES returns None"),
    "no table": ("7", ARROW, r"what load_rows\(\) of SOURCES returns: there is no table in a int"),
    "not read yet": ("splits()['train'].to_iterable_dataset()", ARROW, "the rows of this IterableDataset are not in memory"),
    "no column": ("splits()", 'tagpress.HubArrow(tokens="words", tags="ner_tags")', "there is no column 'words' in train, only key"),
    "no span column": (TEXTS, 'tagpress.Spans(text="text", spans="spans")', "there is no column 'spans' in dataset"),
    "a wrong split": ("{'a b': splits()['train']}", ARROW, "'a b' cannot be the name of a split"),
    "a dialect of files": ("splits()", "tagpress.Columns()", "SOURCES is a function, which gives tables, and DIALECT is Columns"),
    "lines": (TEXTS, 'tagpress.Spans(container="lines")', "which gives tables, and DIALECT is Spans, which reads files"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_meant_is_refused(tmp_path, case):
    body, dialect, message = REFUSED[case]
    with pytest.raises((ScriptError, UsageError), match=message) as caught:
        load_script(script(tmp_path, body, dialect)).declared()
    assert caught.value.hint


def test_the_dialect_that_would_read_the_tables_is_proposed(tmp_path):
    for body, said in (
        ("splits()", "DIALECT = tagpress.HubArrow(tokens='tokens', tags='ner_tags')"),
        (TEXTS, "DIALECT = tagpress.Spans(tokens='words', container='arrow', spans='marks')"),
    ):  # fmt: skip
        with pytest.raises(ScriptError) as caught:
            load_script(script(tmp_path, body, "tagpress.Columns()")).declared()
        assert said in caught.value.hint


def test_the_line_of_an_error_is_that_of_the_script(tmp_path):
    path = script(tmp_path, "helper()", more="\n\ndef helper():\n    raise OSError('the disk is full')\n")
    line = path.read_text().splitlines().index("    raise OSError('the disk is full')") + 1
    with pytest.raises(
        ScriptError, match=rf"toy\.py:{line}: load_rows\(\) of SOURCES fails: OSError: the disk is full"
    ):
        load_script(path).declared()


class Elsewhere:
    """An engine whose machine does not have the files of this one."""

    cores = 1

    def map(self, work: Any, tasks: Any, *_: Any, **__: Any) -> Any:
        return [work(task) for task in tasks]


def test_tables_that_another_machine_does_not_have_are_refused(tmp_path):
    sources = [source for source, _ in sources_of(load_script(script(tmp_path)).declaration())]
    gone = [replace(source, path=f"{source.path}.gone") for source in sources]
    message = rf"the executor on {platform.node()} does not have the tables that SOURCES made on the driver"
    with pytest.raises(UsageError, match=message):
        require_shared(Elsewhere(), Folder(tmp_path / "store"), gone)
    require_shared(Elsewhere(), Folder(tmp_path / "store"), sources)


def test_it_is_published_from_its_script(tmp_path, local):
    hub = Hub(endpoint=local.endpoint, token=local.token, retry=QUICK, timeouts=SHORT)
    declared = load_script(script(tmp_path)).declared()
    released = publish_corpus(declared, hub=hub, repo="me/toy", out=tmp_path / "out", workers=1)
    assert released.tag == "v1.0.0"
    assert (tmp_path / "out/builder/build_toy.py").read_bytes() == (tmp_path / "toy.py").read_bytes()
    again = load_script(tmp_path / "toy.py").declared()
    assert publish_corpus(again, hub=hub, repo="me/toy", out=tmp_path / "out2", workers=1).already_published


def test_splits_that_a_column_says_are_kept(tmp_path):
    body = "__import__('pandas').DataFrame(named() | {'part': ['tr'] * 30 + ['te'] * 10})"
    more = '    SPLITS = tagpress.FieldSplits({"tr": "train", "te": "test"})\n'
    path = script(tmp_path, body, ARROW.replace(")", ', split="part")'), more)
    report = check_corpus(load_script(path).declared(), workers=1)
    assert (report.splits, report.unread) == ({"train": 30, "test": 10}, ("key",))
