import pytest

from tagpress.build.corpus import build_corpus, check_corpus
from tagpress.errors import SourceError, UsageError, WriteError
from tagpress.script.builder import load_script
from tagpress.script.new import new_corpus

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


@pytest.mark.parametrize("corpus", KNOWN)
def test_the_dialect_of_a_real_corpus_is_known_and_its_script_reads_the_right_counts(corpora, tmp_path, corpus):
    made = new_corpus(corpus, [str(corpora / corpus)], tmp_path)
    report = check_corpus(load_script(made.script).declaration())
    assert (report.sentences, report.tokens, made.sniffed.spelled()) == KNOWN[corpus]
    assert report.problem_counts == made.report.problem_counts
    assert made.sniffed.reasons


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


def test_nothing_is_overwritten(tmp_path):
    source = tmp_path / "a.txt"
    source.write_text("Rust\tB-Language\n")
    (tmp_path / "mine.py").write_text("my work")
    with pytest.raises(UsageError, match="nothing is overwritten"):
        new_corpus("mine", [str(source)], tmp_path)
    assert (tmp_path / "mine.py").read_text() == "my work"


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
