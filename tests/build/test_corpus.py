import json
import random
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cluster.corpora import messy
from made_corpora import declare, shas, words, write_document
from tagpress.build.corpus import build_corpus, check_corpus
from tagpress.build.declaration import SourceGlobs
from tagpress.corpus.manifest import Manifest
from tagpress.corpus.policies import Policies
from tagpress.corpus.splits import HashSplits
from tagpress.errors import CardError, ConflictError, DataError, ScriptError, SourceError, UsageError, WriteError
from tagpress.hub import Hub
from tagpress.localhub import LocalHub
from tagpress.preview.subject import beside
from tagpress.read.columns import Columns
from tagpress.read.standoff import Standoff
from tagpress.release.load_check import row_digest
from tagpress.release.publish import publish_build

TYPES, LENGTHS = "assets/entity-types.svg", "assets/sentence-lengths.svg"


def pictured(folder: Path) -> Path:
    """Write a card that shows every picture."""
    card = folder / "card.md"
    card.write_text(
        "---\nlicense: mit\n---\n{{ blocks.entity_types_picture }}\n{{ blocks.sentence_lengths_picture }}\n"
    )
    return card


def sentences_of(build: Path, split: str | None = None) -> dict[tuple[str, ...], tuple[str, str]]:
    """Return each sentence's (split, shard file)."""
    found = {}
    for path in sorted((build / "data").glob(f"{split or '*'}-*.parquet")):
        for tokens in pq.read_table(path)["tokens"].to_pylist():
            found[tuple(tokens)] = (path.name.split("-")[0], path.name)
    return found


def corpus(folder: Path, documents: int = 30, sentences: int = 5) -> None:
    for d in range(documents):
        write_document(folder / f"d{d:02}.txt", [words("Rust", f"doc{d}", f"sentence{s}") for s in range(sentences)])


@pytest.fixture
def folder(tmp_path):
    corpus(tmp_path / "corpus")
    return tmp_path / "corpus"


def test_every_line_and_byte_is_accounted_for_piece_by_piece(tmp_path, monkeypatch):
    folder = tmp_path / "corpus"
    write_document(folder / "a.txt", [words("One", str(i)) for i in range(400)])
    write_document(folder / "b.txt", [words("Two", str(i)) for i in range(40)])
    whole = check_corpus(declare(folder), workers=1)
    monkeypatch.setattr("tagpress.read.pieces.pieces.__defaults__", (500,))
    cut = check_corpus(declare(folder), workers=1)
    for name in ("a.txt", "b.txt"):
        data = (folder / name).read_bytes()
        assert (cut.accounts[name].lines, cut.accounts[name].bytes) == (data.count(b"\n"), len(data))
    assert (cut.accounts, cut.read) == (whole.accounts, whole.read)
    assert cut.to_json()["lines"]["total"]["rows"] == {"lines": whole.tokens, "bytes": cut.read.kinds["rows"][1]}


def test_everything_read_is_published_or_rejected_with_its_reason(tmp_path):
    folder = tmp_path / "corpus"
    same = words("the", "same")
    write_document(folder / "a.txt", [words("One", str(i)) for i in range(40)] + [same, same, []])
    write_document(folder / "b.txt", [same, [("ragged line", "O\textra")], words("two", "b")])
    made = build_corpus(declare(folder, policies=Policies({"ragged-line": "drop"})), tmp_path / "out")
    assert (made.report.sentences, made.report.published, made.report.rejected) == (46, 42, 4)
    rejected = [json.loads(line) for line in beside(tmp_path / "out", "rejected").read_text().splitlines()]
    assert [(entry["path"], entry["line"], entry["reasons"]) for entry in rejected] == [
        ("a.txt", 165, ["duplicate"]),
        ("a.txt", 169, ["empty-sentence"]),
        ("b.txt", 1, ["duplicate"]),
        ("b.txt", 5, ["ragged-line"]),
    ]
    assert rejected[-1]["text"] == "<s>\nragged line\tO\textra\n</s>\n"
    assert made.manifest.sole.counts == {"read": 46, "published": 42, "rejected": 4}
    assert made.manifest.sole.rejected == {"duplicate": 2, "empty-sentence": 1, "ragged-line": 1}
    assert Manifest.load(tmp_path / "out") == made.manifest


def test_every_problem_of_a_sentence_leads_to_its_row_or_to_its_rejection(tmp_path, monkeypatch):
    monkeypatch.setattr("tagpress.read.pieces.pieces.__defaults__", (1000,))
    declaration = messy(
        tmp_path / "corpus", 30, 60, max_tokens=8, policies=Policies({"duplicate": "warn", "ragged-line": "drop"})
    )
    build_corpus(declaration, tmp_path / "out", workers=1)
    problems, rejected = (
        [json.loads(line) for line in (tmp_path / f"out.{kind}.jsonl").read_text().splitlines()]
        for kind in ("problems", "rejected")
    )
    shards = [pq.read_table(path) for path in (tmp_path / "out" / "data").iterdir()]
    documents = {row["id"]: row["doc_id"] for shard in shards for row in shard.to_pylist()}
    left = {(entry["path"], entry["line"]) for entry in rejected}
    for problem in problems:
        if problem["sentence"] is None:
            assert problem["code"] == "type-missing-in-split"
        elif problem["id"] is None:
            assert (problem["path"], problem["sentence"]) in left
        else:
            assert (problem["path"], problem["sentence"]) not in left
            assert documents[problem["id"]] == problem["path"].removesuffix(".txt")
    named = Counter(problem["code"] for problem in problems if problem["id"])
    assert named.keys() >= {"duplicate", "conflicting-duplicate", "near-duplicate", "overlong-sentence"}
    assert any(problem["id"] is None and problem["code"] == "ragged-line" for problem in problems)


def test_the_manifest_describes_every_file_of_the_build(folder, tmp_path):
    made = build_corpus(declare(folder), tmp_path / "out")
    listed = {file.path: file.sha256 for file in made.manifest.files}
    found = shas(tmp_path / "out")
    del found["release.json"]
    assert listed == found
    assert [source.path for source in made.manifest.sole.sources] == [f"d{d:02}.txt" for d in range(30)]
    assert not list(tmp_path.glob(".*"))


@pytest.fixture
def twelve_shards(monkeypatch):
    """Make a small corpus large enough for twelve shards."""
    monkeypatch.setattr("tagpress.corpus.splits.ONE_SHARD_BELOW", 10)
    monkeypatch.setattr("tagpress.corpus.splits.GROUPS_PER_SHARD", 1)


@pytest.mark.parametrize("group", ["sentence", "document"])
def test_workers_pieces_and_the_order_of_sources_leave_no_trace(folder, tmp_path, group, monkeypatch, twelve_shards):
    declaration = declare(folder, splits=HashSplits(group=group, salt="1"))
    build_corpus(declaration, tmp_path / "one", workers=1)
    for workers in (2, 7):
        build_corpus(declaration, tmp_path / "many", workers=workers)
        assert shas(tmp_path / "one") == shas(tmp_path / "many")
    monkeypatch.setattr("tagpress.read.pieces.pieces.__defaults__", (40,))
    patterns = [f"d{d:02}.txt" for d in range(30)]
    random.Random(3).shuffle(patterns)
    shuffled = replace(declaration, sources=(SourceGlobs(tuple(patterns), folder),))
    build_corpus(shuffled, tmp_path / "shuffled", workers=1)
    assert shas(tmp_path / "one") == shas(tmp_path / "shuffled")


@pytest.mark.parametrize("group", ["sentence", "document"])
def test_one_edited_document_changes_one_shard(folder, tmp_path, group, twelve_shards):
    declaration = declare(folder, splits=HashSplits(group=group, salt="1"), card=pictured(tmp_path))
    before = build_corpus(declaration, tmp_path / "before", workers=1)
    assert before.manifest.sole.shards["train"] == 12
    text = (folder / "d11.txt").read_text()
    (folder / "d11.txt").write_text(text.replace("Rust\tB-Language", "Rust\tO", 1))
    after = build_corpus(declaration, tmp_path / "after", workers=1, previous=before.manifest)
    old, new = shas(tmp_path / "before"), shas(tmp_path / "after")
    changed = {path for path in old if old[path] != new[path]}
    [shard] = (path for path in changed if path.startswith("data/"))
    assert changed == {shard, "README.md", "release.json", TYPES}  # no sentence is longer: that picture stays
    assert old.keys() == new.keys() >= {TYPES, LENGTHS}
    assert after.manifest.sole.shards == before.manifest.sole.shards


def test_an_edit_that_changes_no_count_redraws_nothing(folder, tmp_path, twelve_shards):
    declaration = declare(folder, splits=HashSplits(group="document", salt="1"), card=pictured(tmp_path))
    before = build_corpus(declaration, tmp_path / "before", workers=1)
    text = (folder / "d11.txt").read_text()
    (folder / "d11.txt").write_text(text.replace("sentence3\t", "sentence33\t"))
    build_corpus(declaration, tmp_path / "after", workers=1, previous=before.manifest)
    old, new = shas(tmp_path / "before"), shas(tmp_path / "after")
    changed = {path for path in old.keys() | new.keys() if old.get(path) != new.get(path)}
    [shard] = (path for path in changed if path.startswith("data/"))
    assert changed == {shard, "README.md", "release.json"}


def column_chunks(path: Path) -> list[bytes]:
    """Return the encoded bytes of every row group of a file, all columns together."""
    data, found = path.read_bytes(), []
    metadata = pq.read_metadata(path)
    for group in (metadata.row_group(number) for number in range(metadata.num_row_groups)):
        chunks = [group.column(number) for number in range(group.num_columns)]
        start = min(chunk.dictionary_page_offset or chunk.data_page_offset for chunk in chunks)
        found.append(data[start : start + sum(chunk.total_compressed_size for chunk in chunks)])
    return found


def test_one_more_sentence_changes_one_row_group(tmp_path, monkeypatch):
    for module in ("shard", "shard_plan"):
        monkeypatch.setattr(f"tagpress.build.{module}.ROW_GROUP_ROWS", 16)
    corpus(tmp_path / "corpus", documents=20, sentences=20)
    build_corpus(declare(tmp_path / "corpus"), tmp_path / "before", workers=1)
    write_document(tmp_path / "corpus" / "new.txt", [words("a", "new", "sentence")])
    build_corpus(declare(tmp_path / "corpus"), tmp_path / "after", workers=1)
    changed, groups = 0, 0
    for path in sorted((tmp_path / "before" / "data").iterdir()):
        old, new = column_chunks(path), column_chunks(tmp_path / "after" / "data" / path.name)
        assert len(old) == len(new)
        changed += sum(one != other for one, other in zip(old, new, strict=True))
        groups += len(old)
    assert groups > 16
    assert changed == 1


def test_a_split_that_outgrows_its_shards_splits_each_in_two(folder, tmp_path, twelve_shards, monkeypatch):
    before = build_corpus(declare(folder), tmp_path / "before", workers=1)
    monkeypatch.setattr("tagpress.corpus.splits.ROWS_PER_SHARD", 9)
    after = build_corpus(declare(folder), tmp_path / "after", workers=1, previous=before.manifest)
    assert (before.manifest.sole.shards["train"], after.manifest.sole.shards["train"]) == (12, 24)
    old, new = sentences_of(tmp_path / "before", "train"), sentences_of(tmp_path / "after", "train")
    for tokens, (_, path) in new.items():
        assert int(path.split("-")[1]) // 2 == int(old[tokens][1].split("-")[1])


def test_a_build_replaces_an_older_build_and_nothing_else(folder, tmp_path):
    declaration = declare(folder)
    build_corpus(declaration, tmp_path / "out")
    (folder / "d00.txt").unlink()
    newer = build_corpus(declaration, tmp_path / "out")
    assert newer.report.sentences == 145
    assert Manifest.load(tmp_path / "out").sole.counts["read"] == 145
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.tex").write_text("all my work")
    with pytest.raises(UsageError, match="is not a build"):
        build_corpus(declaration, tmp_path / "mine")
    assert (tmp_path / "mine" / "thesis.tex").read_text() == "all my work"


@given(st.data())
@settings(max_examples=15)
def test_documents_come_and_go_and_move_no_other_sentence(tmp_path_factory, data):
    tmp_path = tmp_path_factory.mktemp("law")
    texts = {f"d{d:02}": [words("Rust", f"doc{d}", f"s{s}") for s in range(4)] for d in range(24)}
    group = data.draw(st.sampled_from(["sentence", "document"]))
    keep = data.draw(st.sets(st.sampled_from(sorted(texts)), min_size=18))
    for name, sentences in texts.items():
        write_document(tmp_path / "all" / f"{name}.txt", sentences)
        if name in keep:
            write_document(tmp_path / "some" / f"{name}.txt", sentences)
    rule = HashSplits(train=40, validation=30, test=30, group=group, salt="5")
    build_corpus(declare(tmp_path / "all", splits=rule), tmp_path / "out-all", workers=1)
    build_corpus(declare(tmp_path / "some", splits=rule), tmp_path / "out-some", workers=1)
    everything, some = sentences_of(tmp_path / "out-all"), sentences_of(tmp_path / "out-some")
    assert some.keys() <= everything.keys()
    assert {tokens: everything[tokens] for tokens in some} == some


def test_the_order_of_sentences_in_a_document_is_kept_within_its_group(folder, tmp_path):
    build_corpus(declare(folder, splits=HashSplits(group="document", salt="1")), tmp_path / "out")
    for path in (tmp_path / "out" / "data").iterdir():
        rows = pq.read_table(path).to_pylist()
        for document in {row["doc_id"] for row in rows}:
            own = [row["tokens"][2] for row in rows if row["doc_id"] == document]
            assert own == [f"sentence{s}" for s in range(5)]


def test_no_sentence_is_in_two_splits_whatever_the_grouping(tmp_path):
    folder = tmp_path / "corpus"
    shared = [words("shared", str(i)) for i in range(20)]
    generator = random.Random(7)
    for d in range(20):
        write_document(folder / f"d{d:02}.txt", [words("own", str(d)), *generator.sample(shared, 10)])
    for group in ("sentence", "document"):
        made = build_corpus(
            declare(folder, splits=HashSplits(train=50, validation=25, test=25, group=group)), tmp_path / group
        )
        tokens = [
            tuple(row)
            for path in (tmp_path / group / "data").iterdir()
            for row in pq.read_table(path)["tokens"].to_pylist()
        ]
        assert len(tokens) == len(set(tokens)) == 40
        assert made.report.published == 40


class TestGivenSplits:
    @pytest.fixture
    def folder(self, tmp_path):
        folder = tmp_path / "given"
        write_document(folder / "dev.txt", [words("only", "dev"), words("in", "both"), words("Tagged", "twice")])
        other = [("Tagged", "O"), ("twice", "O")]
        write_document(folder / "test.txt", [words("only", "test"), words("in", "both"), other])
        return folder

    SOURCES = {"validation": "dev.txt", "test": "test.txt"}  # noqa: RUF012 - a constant

    def test_a_leak_is_an_error_that_names_both_places(self, folder, tmp_path):
        with pytest.raises(DataError) as caught:
            build_corpus(declare(folder, sources=self.SOURCES), tmp_path / "out")
        leaks = [found for found in caught.value.problems if found.code == "split-leakage"]
        assert [(leak.place, leak.severity) for leak in leaks] == [("dev.txt:5:1", "error"), ("dev.txt:9:1", "error")]
        assert "that test has with the same tags at test.txt:5" in leaks[0].message
        assert "that test has with other tags at test.txt:9" in leaks[1].message
        assert not (tmp_path / "out").exists()

    def test_drop_takes_the_copy_out_of_the_earlier_split(self, folder, tmp_path):
        declaration = declare(folder, sources=self.SOURCES, policies=Policies({"split-leakage": "drop"}))
        made = build_corpus(declaration, tmp_path / "out")
        assert made.report.splits == {"validation": 1, "test": 3}
        assert made.manifest.sole.split_rule.kind == "given"
        assert sentences_of(tmp_path / "out", "validation").keys() == {("only", "dev")}


class TestNearDuplicates:
    @pytest.fixture
    def folder(self, tmp_path):
        folder = tmp_path / "near"
        write_document(folder / "dev.txt", [words("In", "2019", "it", "ran"), words("another"), words("ÜBER", "9")])
        write_document(folder / "test.txt", [words("in", "2020", "itran"), words("über", "7"), words("something")])
        return folder

    SOURCES = {"validation": "dev.txt", "test": "test.txt"}  # noqa: RUF012 - a constant

    def test_they_are_counted_with_examples(self, folder):
        report = check_corpus(declare(folder, sources=self.SOURCES))
        (near,) = [found for found in report.problems if found.code == "near-duplicate"]
        assert (near.severity, near.path) == ("warning", "dev.txt")
        assert "2 sentences of validation nearly in test" in near.message
        assert "dev.txt:1 and test.txt:1" in near.message
        assert "dev.txt:10 and test.txt:6" in near.message
        assert report.published == 6

    def test_drop_takes_them_out_of_the_earlier_split(self, folder, tmp_path):
        policies = Policies({"near-duplicate": "drop"})
        made = build_corpus(declare(folder, sources=self.SOURCES, policies=policies), tmp_path / "out")
        assert made.report.splits == {"validation": 1, "test": 3}
        assert made.manifest.sole.rejected == {"near-duplicate": 2}


def test_conflicting_copies_kept_have_different_ids(tmp_path):
    folder = tmp_path / "corpus"
    write_document(folder / "a.txt", [[("Rust", "B-Language")], [("Rust", "O")], words("and", "more")])
    made = build_corpus(declare(folder, splits=HashSplits(train=1, validation=0, test=0)), tmp_path / "out")
    rows = pq.read_table(tmp_path / "out" / "data" / "train-00000-of-00001.parquet").to_pylist()
    ids = sorted(row["id"] for row in rows if row["tokens"] == ["Rust"])
    assert ids[1] == f"{ids[0]}-2"
    assert made.report.problem_counts["conflicting-duplicate"] == 2


def test_an_empty_split_is_refused_with_a_salt_that_fills_it(tmp_path):
    folder = tmp_path / "corpus"
    write_document(folder / "a.txt", [words("a", str(i)) for i in range(6)])

    def with_many_salts():  # six sentences fill three splits only by luck
        for salt in map(str, range(100)):
            build_corpus(declare(folder, splits=HashSplits(salt=salt)), tmp_path / "out", workers=1)

    with pytest.raises(DataError, match="no sentence is left for") as caught:
        with_many_salts()
    proposed = caught.value.hint.split('"')[1]
    build_corpus(declare(folder, splits=HashSplits(salt=proposed)), tmp_path / "out", workers=1)


def test_too_few_documents_are_said_to_be_too_few(tmp_path):
    folder = tmp_path / "corpus"
    write_document(folder / "a.txt", [words("a", str(i)) for i in range(60)])
    report = check_corpus(declare(folder, splits=HashSplits(group="document")), workers=1)
    empty = [found for found in report.problems if found.code == "empty-split"]
    assert len(empty) == 2
    assert all("--group sentence" in found.hint for found in empty)


def test_a_missing_type_can_stop_the_build(folder, tmp_path):
    with pytest.raises(DataError) as caught:
        build_corpus(declare(folder, policies=Policies({"type-missing-in-split": "error"})), tmp_path / "out")
    missing = [found.found for found in caught.value.problems if found.code == "type-missing-in-split"]
    assert missing == [
        "no Device in test",
        "no Device in train",
        "no Device in validation",
    ]


def test_errors_leave_nothing_behind(folder, tmp_path):
    (folder / "d00.txt").write_text("<s>\nno tag\n</s>\n")
    with pytest.raises(DataError, match="1 error: 1 ragged-line"):
        build_corpus(declare(folder), tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["corpus"]


def test_a_source_that_is_missing_or_claimed_twice(folder, tmp_path):
    with pytest.raises(SourceError, match="nothing"):
        check_corpus(declare(folder, sources="nothing*.txt"))
    with pytest.raises(SourceError, match=r"d00\.txt is in the splits train and test"):
        check_corpus(declare(folder, sources={"train": "*.txt", "test": "d00.txt"}))


def test_a_folder_that_cannot_be_written(folder, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(WriteError, match="cannot be written"):
        build_corpus(declare(folder), tmp_path / "file" / "out")


def test_a_picture_that_cannot_be_drawn_is_left_out_and_said(folder, tmp_path, monkeypatch):
    declaration = declare(folder, card=pictured(tmp_path))
    monkeypatch.setitem(sys.modules, "matplotlib", None)  # as if it were not installed
    made = build_corpus(declaration, tmp_path / "out")
    said = [warning for warning in made.report.card_warnings if "is a picture" in warning]
    assert said
    assert all("is left out" in warning and "pip install 'tagpress[plots]'" in warning for warning in said)
    assert "![" not in (tmp_path / "out" / "README.md").read_text()
    assert not (tmp_path / "out" / "assets").exists()
    assert check_corpus(declaration).card_warnings == made.report.card_warnings


def test_a_picture_that_must_be_there_stops_check_before_anything_is_read(folder, tmp_path, monkeypatch):
    declaration = declare(folder, card=pictured(tmp_path), policies=Policies({"undrawn-picture": "error"}))
    monkeypatch.setitem(sys.modules, "matplotlib", None)  # as if it were not installed
    for run in (check_corpus, lambda wanted: build_corpus(wanted, tmp_path / "out")):
        with pytest.raises(CardError) as caught:
            run(declaration)
        assert caught.value.message.startswith(
            f"{tmp_path / 'card.md'}:4: warning: {{{{ blocks.entity_types_picture }}}} is left out: it is a picture, and"
            " matplotlib is not installed; pip install 'tagpress[plots]'\n"
        )
    assert not (tmp_path / "out").exists()
    assert check_corpus(declare(folder)).ok  # a card without pictures needs none of it


def test_near_duplicates_across_splits_stand_on_the_card(tmp_path):
    folder = tmp_path / "corpus"
    write_document(folder / "a.txt", [words("the", "same", "7"), words("more", "a")])
    write_document(folder / "b.txt", [words("The", "same", "8"), words("more", "b")])
    given = {"train": "a.txt", "test": "b.txt"}
    build_corpus(declare(folder, sources=given), tmp_path / "out")
    card = (tmp_path / "out" / "README.md").read_text()
    assert "but for case, digits, white space or token ends: 1 of train in test. A score" in card
    dropped = declare(folder, sources=given, policies=Policies({"near-duplicate": "drop"}))
    build_corpus(dropped, tmp_path / "dropped")
    assert "A score on them is flattered" not in (tmp_path / "dropped" / "README.md").read_text()


def test_a_wrong_card_stops_check_before_anything_is_read(tmp_path):
    card = tmp_path / "card.md"
    card.write_text("---\nlicense: cc-by-sa-4\n---\n# {{ nam }}\n")
    with pytest.raises(CardError) as caught:
        check_corpus(declare(tmp_path, card=card))
    assert "cc-by-sa-4.0" in caught.value.message
    assert "nam" in caught.value.message
    with pytest.raises(CardError, match="cannot be read"):
        check_corpus(declare(tmp_path, card=tmp_path / "none.md"))


def test_real_corpus_is_accounted_for(corpora, root, tmp_path):
    from tagpress.script.builder import load_script

    declaration = load_script(root / "dataset_script" / "software_entities.py").declaration()
    real = declaration.with_sources((SourceGlobs(("*.txt",), corpora / "wikiser-small"),))
    made = build_corpus(real, tmp_path / "out")
    assert (made.report.sentences, made.report.tokens) == (15_984, 592_898)
    assert made.report.published + made.report.rejected == 15_984
    assert made.report.problem_counts == {
        "conflicting-duplicate": 32,
        "control-character": 1,
        "duplicate": 14,
        "overlong-sentence": 50,
        "whitespace-in-token": 381,
    }
    assert all(found.line and found.col for found in made.report.problems)
    published = [
        token
        for path in (tmp_path / "out" / "data").iterdir()
        for row in pq.read_table(path)["tokens"].to_pylist()
        for token in row
    ]
    left_out = [json.loads(line) for line in beside(tmp_path / "out", "rejected").read_text().splitlines()]
    assert len(left_out) == made.report.rejected
    everything = published + [token for entry in left_out for token in entry["tokens"]]
    assert sum(any(c.isspace() for c in token) for token in everything) == 381  # none was torn at its space


def test_extra_columns_are_published_beside_the_tags(tmp_path):
    folder = tmp_path / "corpus"
    folder.mkdir()
    text = "".join(f"word{i}\tNN\tO\nRust\tNNP\tB-Language\n\n" for i in range(12))
    (folder / "a.txt").write_text(text)
    dialect = Columns(tag=2, extra={"pos": 1})
    rule = HashSplits(train=1, validation=0, test=0)
    made = build_corpus(declare(folder, dialect=dialect, splits=rule), tmp_path / "out", workers=1)
    table = pq.read_table(tmp_path / "out" / "data" / "train-00000-of-00001.parquet")
    assert table.schema.names == ["id", "doc_id", "tokens", "ner_tags", "pos"]
    assert table["pos"].to_pylist() == [["NN", "NNP"]] * 12
    assert made.manifest.sole.extra == ("pos",)
    rows, digest = row_digest(table.to_pylist())
    assert (rows, digest) == (12, made.manifest.sole.splits["train"].row_digest)
    with LocalHub(tmp_path / "hub") as local:
        hub = Hub(endpoint=local.endpoint, token=local.token)
        assert (
            publish_build(tmp_path / "out", hub=hub, repo="me/tagged").tag == "v1.0.0"
        )  # loaded by name, with its digests
        (folder / "a.txt").write_text(text.replace("NNP", "NE", 1))
        build_corpus(declare(folder, dialect=dialect, splits=rule), tmp_path / "edited", workers=1)
        with pytest.raises(ConflictError, match=r"at least 1.0.1"):
            publish_build(tmp_path / "edited", hub=hub, repo="me/tagged")
        build_corpus(declare(folder, dialect=Columns(tag=2), splits=rule), tmp_path / "without", workers=1)
        with pytest.raises(ConflictError, match=r"at least 2.0.0"):
            publish_build(tmp_path / "without", hub=hub, repo="me/tagged")


def test_an_extra_column_needs_a_name_of_its_own(tmp_path):
    with pytest.raises(ScriptError, match="'tokens', and that name is taken"):
        declare(tmp_path, dialect=Columns(tag=2, extra={"tokens": 1}))


def test_the_annotations_beside_a_text_are_sources_too(tmp_path):
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "a.txt").write_text("Rust runs.\nIt is fast.\n")
    (folder / "a.ann").write_text("T1\tLanguage 0 4\tRust\n")
    rule = HashSplits(train=1, validation=0, test=0)
    made = build_corpus(declare(folder, dialect=Standoff(), splits=rule), tmp_path / "out", workers=1)
    assert [(source.path, source.sentences) for source in made.manifest.sole.sources] == [("a.txt", 2), ("a.ann", 0)]
    assert made.manifest.sole.splits["train"].entities == {"Language": 1, "Device": 0}
