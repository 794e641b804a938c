"""Labels that predictions speak against are noted, the surest first; predictions that do not fit are named, all of them."""

import json
import re
import sys
import warnings
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tagpress.build.corpus import check_corpus
from tagpress.cli import cli
from tagpress.cli.shell import run
from tagpress.corpus.identity import sentence_key
from tagpress.errors import NotInstalledError, UsageError
from tagpress.script.builder import load_script

SCRIPT = '''import datasets

import tagpress


class Notes(tagpress.CorpusBuilder):
    """Notes."""

    NAME = "notes"
    VERSION = datasets.Version("1.0.0")
    ENTITY_TYPES = {"PER": "A person.", "LOC": "A place."}
    DIALECT = tagpress.Columns(delimiter=" ")
    SOURCES = "notes.txt"
    SPLITS = tagpress.HashSplits(train=1, validation=0, test=0)
    POLICY = {"duplicate": "warn", "type-missing-in-split": "warn"}
'''
LABELS = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")
SENTENCES = [
    (["Ada", "Byron", "slept"], ["B-PER", "I-PER", "O"]),
    (["Oslo", "sleeps"], ["B-PER", "O"]),  # a fault
    (["Rome", "burns"], ["B-LOC", "O"]),
    (["New", "York", "rises"], ["O", "O", "O"]),  # another
    (["Bergen", "sleeps"], ["B-LOC", "O"]),
]


def corpus(folder: Path) -> Path:
    text = "\n".join(
        "".join(f"{token} {tag}\n" for token, tag in zip(tokens, tags, strict=True)) for tokens, tags in SENTENCES
    )
    (folder / "notes.txt").write_text(text)
    (folder / "notes.py").write_text(SCRIPT)
    return folder / "notes.py"


def key(number: int) -> str:
    return sentence_key(SENTENCES[number][0]).hex()


TAGS = [
    ["B-PER", "I-PER", "O"],
    ["B-LOC", "O"],
    ["B-LOC", "O"],
    ["B-LOC", "I-LOC", "O"],
    ["B-LOC", "O"],
]


def lines(*values: object) -> str:
    return "".join(f"{json.dumps(value)}\n" for value in values)


def predicted(folder: Path, text: str | bytes, name: str = "predicted.jsonl") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def check(folder: Path, predictions: Path):
    return check_corpus(load_script(corpus(folder)).declared(), workers=1, predictions=predictions)


def hard() -> list[dict[str, object]]:
    return [{"id": key(number), "tags": tags} for number, tags in enumerate(TAGS)]


def test_tags_are_held_against_labels_the_surest_by_how_often_the_prediction_is_right_here(tmp_path):
    report = check(tmp_path, predicted(tmp_path, lines(*hard())))
    notes = [one for one in report.problems if one.code == "doubtful-label"]
    # Of four tokens that are predicted as B-LOC two are labelled so, of one I-LOC none; the run has the surer of its two.
    assert [(one.found, one.expected, one.line, one.score) for one in notes] == [
        ("'Oslo' as B-PER, at token 1", "B-LOC, as predicted", 5, 0.5),
        ("'New York' as O O, at token 1", "B-LOC I-LOC, as predicted", 11, 0.5),
    ]
    assert notes[0].id == key(1)
    assert (report.predictions.kind, report.predictions.sentences, report.predictions.in_doubt) == ("tags", 5, 2)
    assert report.ok


def test_no_order_of_predictions_changes_anything(tmp_path):
    one = check(tmp_path, predicted(tmp_path, lines(*hard())))
    other = check(tmp_path, predicted(tmp_path, lines(*hard()[::-1])))
    assert one.problems == other.problems
    assert one.to_json() == other.to_json()


def test_parquet_says_the_same(tmp_path):
    pq.write_table(pa.Table.from_pylist(hard()), tmp_path / "predicted.parquet")
    one = check(tmp_path, tmp_path / "predicted.parquet")
    assert one.problems == check(tmp_path, predicted(tmp_path, lines(*hard()))).problems


def test_what_has_no_prediction_and_what_no_prediction_names_is_said(tmp_path, capsys):
    script, path = corpus(tmp_path), predicted(tmp_path, lines(*hard()[:3]))
    assert run(cli, ["check", str(script), "--predictions", str(path)]) == 0
    said = capsys.readouterr().err
    assert "predictions: 3 of 5 published sentences have predictions (tags); 1 place in doubt by counting" in said
    assert "no prediction names I-LOC" in said
    assert run(cli, ["check", str(script), "--predictions", str(path), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["predictions"]["sentences"] == 3
    assert document["note_counts"] == {"doubtful-label": 1}


def test_where_all_labels_are_as_predicted_nothing_is_noted(tmp_path):
    path = predicted(tmp_path, lines({"id": key(0), "tags": SENTENCES[0][1]}))
    report = check(tmp_path, path)
    assert (report.predictions.in_doubt, report.note_counts) == (0, {})


def test_beside_doubts_both_are_counted(tmp_path):
    path = predicted(tmp_path, lines(*hard()))
    declared = load_script(corpus(tmp_path)).declared()
    report = check_corpus(declared, workers=1, doubts=True, predictions=path)
    alone = check_corpus(declared, workers=1, doubts=True)
    assert report.note_counts == {**alone.note_counts, "doubtful-label": 2}


A = key(0)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            lines({"id": "f" * 32, "tags": ["O"]}),
            rf":1: found the id {'f' * 32}, and no sentence that is published has it",
        ),
        (lines({"id": A, "tags": ["O"]}), rf":1: found 1 token of {A}, which has 3"),
        (
            lines({"id": A, "tags": ["O", "O", "X"]}),
            r":1: found the label 'X', and the corpus has O, B-PER, I-PER, B-LOC",
        ),
        (lines(*hard()[:1] * 2), rf":2: found the id {A} again, which .*:1 has"),
        (lines({"id": A}), rf"found neither probabilities nor tags of {A}"),
        (lines({"tags": []}), r"found the id None"),
        (lines([1]), r":1: found \[1\], which is no JSON object"),
        ("{", r":1: found '\{', which is no JSON object"),
        (lines({"id": A, "probabilities": [[1]]}), r'no "labels" stand before them'),
        (
            lines({"labels": ["O", "B-PER"], "id": A, "probabilities": [[1]]}),
            "1 probabilities of a token, and 2 labels",
        ),
        (lines({"labels": ["O", "O"]}), "a label twice"),
        (lines({"labels": ["O", "B-ORG"]}), r"the label 'B-ORG', and the corpus has"),
        (lines({"id": A, "probabilities": [{"O": 0.5}]}), "probabilities of token 1 that add up to 0.500, not to 1"),
        (
            lines({"id": A, "probabilities": [{"O": float("nan")}]}),
            "the probability nan, which is none between 0 and 1",
        ),
        (lines({"id": A, "probabilities": [{"O": -1}]}), "the probability -1"),
        (lines({"id": A, "probabilities": ["O"]}), "the probabilities 'O' of a token, which are neither"),
        (lines({"id": A, "tags": "O"}), "the tags 'O' of .* which are no list"),
        (
            lines(hard()[0], {"id": key(1), "probabilities": [{"O": 1}]}),
            ":2: found probabilities of .* before have tags",
        ),
        (lines({"labels": ["O"]}), "has no predictions"),
        ("", "has no predictions"),
        (b"PAR1 broken", "is no Parquet file that can be read"),
        (b"\xff\xfe", "which is no JSON object"),
    ],
)
def test_predictions_that_do_not_fit_are_refused(tmp_path, text, said):
    with pytest.raises(UsageError) as caught:
        check(tmp_path, predicted(tmp_path, text))
    assert re.search(said, str(caught.value)), caught.value


def test_all_that_do_not_fit_are_counted_and_the_first_are_named(tmp_path):
    wrong = [{"id": f"{number:032x}", "tags": ["O"]} for number in range(13)]
    with pytest.raises(UsageError, match=r"has 13 predictions that do not fit(.|\n)*and 3 more") as caught:
        check(tmp_path, predicted(tmp_path, lines(*wrong)))
    assert "changes with its tokens" in caught.value.hint


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        check(tmp_path, tmp_path / "none.jsonl")


def test_probabilities_without_cleanlab_say_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "cleanlab", None)
    with pytest.raises(NotInstalledError, match="needs cleanlab, which is not installed") as caught:
        check(tmp_path, predicted(tmp_path, lines({"id": A, "probabilities": [{"O": 1}] * 3})))
    assert "tagpress[cleanlab]" in caught.value.hint


def soft(generator: np.random.Generator) -> list[dict[str, object]]:
    """Return predictions that are sure of the right tags, with a little noise."""
    found = []
    for one in hard():
        spread = np.full((len(one["tags"]), len(LABELS)), 0.02) + generator.random((len(one["tags"]), len(LABELS))) / 50
        spread[np.arange(len(spread)), [LABELS.index(tag) for tag in one["tags"]]] = 0.9
        found.append({"id": one["id"], "probabilities": (spread / spread.sum(axis=1, keepdims=True)).tolist()})
    return found


@pytest.mark.tools
def test_probabilities_are_judged_by_confident_learning(tmp_path):
    filters = pytest.importorskip("cleanlab.token_classification.filter", reason="pip install tagpress[cleanlab]")
    given = soft(np.random.default_rng(1))
    report = check(tmp_path, predicted(tmp_path, lines({"labels": LABELS}, *given)))
    assert report.predictions.method.startswith("confident learning (cleanlab ")
    labels = [[LABELS.index(tag) for tag in tags] for _, tags in SENTENCES]
    with warnings.catch_warnings(record=True) as remarks:
        warnings.simplefilter("always")
        said = filters.find_label_issues(labels, [np.array(one["probabilities"]) for one in given], n_jobs=1)
    assert {*report.predictions.remarks} == {str(one.message) for one in remarks}
    noted = {(one.id, int(one.found.rpartition(" ")[2]) - 1) for one in report.problems if one.code == "doubtful-label"}
    assert noted <= {(key(sentence), token) for sentence, token in said}
    assert (key(1), 0) in noted
    first = next(one for one in report.problems if one.id == key(1))
    assert first.score == pytest.approx(1 - given[1]["probabilities"][0][LABELS.index("B-PER")], abs=1e-4)
    # In another form, with names at each token, they say the same.
    named = [
        {"id": one["id"], "probabilities": [dict(zip(LABELS, row, strict=True)) for row in one["probabilities"]]}
        for one in given
    ]
    assert check(tmp_path, predicted(tmp_path, lines(*named))).problems == report.problems


LAYERED = SCRIPT.replace(
    'DIALECT = tagpress.Columns(delimiter=" ")',
    'DIALECT = tagpress.Columns(delimiter=" ", extra={"pos": 2, "lemma": 3})\n'
    '    LAYERS = {"pos": tagpress.TokenClasses(["N", "V"]), "lemma": tagpress.TokenTexts()}',
)


NO_ENTITIES = re.sub("    ENTITY_TYPES.*\n", "", LAYERED).replace('delimiter=" "', 'delimiter=" ", tag=None')


def layered(folder: Path, script: str = LAYERED) -> Path:
    rows = ["Ada B-PER N ada", "slept O V sleep", "", "Oslo B-LOC V oslo", "sleeps O V sleep", "", "Rome B-LOC N rome"]
    (folder / "notes.txt").write_text("\n".join(rows) + "\n")
    (folder / "notes.py").write_text(script)
    return folder / "notes.py"


def test_predictions_of_a_layer_are_held_against_it(tmp_path, capfd):
    script = layered(tmp_path)
    ids = [sentence_key(tokens).hex() for tokens in (["Ada", "slept"], ["Oslo", "sleeps"], ["Rome"])]
    tags = [["N", "V"], ["N", "V"], ["N"]]
    path = predicted(tmp_path, lines(*({"id": one, "tags": own} for one, own in zip(ids, tags, strict=True))))
    assert run(cli, ["check", str(script), "--predictions", str(path), "--layer", "pos", "--json"]) == 0
    (note,) = (one for one in json.loads(capfd.readouterr().out)["problems"] if one["code"] == "doubtful-label")
    assert (note["line"], note["found"]) == (4, "'Oslo' as V, at token 1 of the layer pos")
    assert (note["expected"], note["id"]) == ("N, as predicted", ids[1])


@pytest.mark.parametrize(
    ("layer", "script", "said", "hint"),
    [
        ("lemma", LAYERED, "token by token, and the layer lemma has a text a token", "--layer ner_tags or pos"),
        ("x", LAYERED, "notes has no layer 'x'", "--layer ner_tags or pos"),
        (
            None,
            NO_ENTITIES,
            "notes has no entity types",
            "name one that has: --layer pos",
        ),
    ],
)
def test_a_layer_without_a_label_for_each_token_is_refused_with_those_that_have(tmp_path, layer, script, said, hint):
    declared = load_script(layered(tmp_path, script)).declared()
    with pytest.raises(UsageError, match=said) as caught:
        check_corpus(declared, predictions=tmp_path / "none.jsonl", layer=layer)
    assert hint in caught.value.hint


SEVERAL = SCRIPT.replace(
    '    SOURCES = "notes.txt"\n',
    '    CONFIGS = {name: {"SOURCES": f"{name}.txt"} for name in ("en", "no", "sv")}\n',
)


def several(folder: Path) -> Path:
    corpus(folder)
    for name in ("en", "no", "sv"):
        (folder / f"{name}.txt").write_text((folder / "notes.txt").read_text())
    (folder / "notes.py").write_text(SEVERAL)
    return folder / "notes.py"


def test_each_of_several_configurations_has_predictions_of_its_own(tmp_path, capfd):
    script = several(tmp_path)
    one = predicted(tmp_path, lines(*hard()), "one.jsonl")
    other = predicted(tmp_path, lines(*hard()[:2]), "other.jsonl")
    options = ["--predictions", f"en={one}", "--predictions", f"no={other}"]
    assert run(cli, ["check", str(script), *options]) == 0
    said = capfd.readouterr().err
    assert "en: predictions: 5 of 5 published sentences have predictions (tags); 2 places in doubt" in said
    assert "no: predictions: 2 of 5 published sentences have predictions (tags); 1 place in doubt" in said
    assert "no predictions are given for sv" in said
    assert run(cli, ["check", str(script), *options, "--json"]) == 0
    document = json.loads(capfd.readouterr().out)
    assert document["note_counts"] == {"doubtful-label": 3}
    assert [one.get("predictions", {}).get("in_doubt") for one in document["configs"].values()] == [2, 1, None]
    assert {(one["path"], one["line"]) for one in document["problems"] if one["code"] == "doubtful-label"} == {
        ("en.txt", 5),
        ("en.txt", 11),
        ("no.txt", 5),
    }
    assert run(cli, ["check", str(script), "--config", "no", "--predictions", str(other), "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["predictions"]["sentences"] == 2


@pytest.mark.parametrize(
    ("given", "message", "hint"),
    [
        (["p.jsonl"], "p.jsonl is for one configuration, and notes has en, no, sv", "--predictions en=FILE"),
        (
            ["en=p.jsonl", "en=q.jsonl"],
            "--predictions has two files for the configuration en",
            "put them into one file",
        ),
        (["p.jsonl", "q.jsonl"], "--predictions has two files for one configuration", "put them into one file"),
        (["p.jsonl", "en=p.jsonl"], "--predictions has p.jsonl without a configuration", "write CONFIG=FILE for each"),
        (
            ["da=p.jsonl", "no=none.jsonl", "en=q.jsonl"],
            "notes has no configuration 'da'; none.jsonl cannot be read: No such file or directory",
            "it has en, no, sv",
        ),
    ],
)
def test_what_is_missing_or_too_much_is_said_at_once(  # noqa: PLR0917 - a table
    tmp_path, monkeypatch, capfd, given, message, hint
):
    script = several(tmp_path)
    monkeypatch.chdir(tmp_path)
    for name in ("p.jsonl", "q.jsonl"):
        predicted(tmp_path, lines(*hard()), name)
    assert run(cli, ["check", str(script), *(part for one in given for part in ("--predictions", one)), "--json"]) == 2
    error = json.loads(capfd.readouterr().out)["error"]
    assert error["message"].startswith(message)
    assert hint in error["hint"]


def test_a_file_may_have_an_equals_sign_in_its_name(tmp_path, capfd):
    path = predicted(tmp_path, lines(*hard()), "run=3.jsonl")
    assert run(cli, ["check", str(corpus(tmp_path)), "--predictions", str(path), "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["predictions"]["sentences"] == 5


def test_a_layer_without_predictions_is_refused(tmp_path, capfd):
    assert run(cli, ["check", str(layered(tmp_path)), "--layer", "pos", "--json"]) == 2
    assert json.loads(capfd.readouterr().out)["error"]["hint"] == "add --predictions, or leave --layer out"
