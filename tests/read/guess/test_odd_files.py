"""What a newcomer has at hand and is no corpus yet: the guess says what it is, and the line to mend it with works."""

import re
import subprocess
from pathlib import Path

import pytest

from tagpress.errors import SourceError
from tagpress.read.columns import Columns, sniff_sources
from tagpress.read.guess.files import gather, of_one_format
from tagpress.read.sources.finding import find

TAGGED = "".join(f"w{i}\tB-PER\nv{i}\tI-PER\nof\tO\n\n" for i in range(12))
BEHIND = TAGGED.replace("B-PER", "PER-B").replace("I-PER", "PER-I")
SMALL = TAGGED.replace("B-P", "b-P").replace("I-P", "i-P").replace("\tO", "\to")


def sniffed(path: Path, text: str):
    path.write_text(text)
    return sniff_sources(find([path.name], path.parent))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (TAGGED.replace("\t", "\u00a0"), "no-break spaces part the columns of a.txt:1: 'w0\\xa0B-PER'"),
        (BEHIND, "the tags have their letter behind the type: 'O' (12x), 'PER-B' (12x), 'PER-I' (12x)"),
        (SMALL, "the last column holds 'b-PER' (12x), 'i-PER' (12x), 'o' (12x)"),
        (SMALL.replace("\t", " "), "the last column holds 'b-PER' (12x), 'i-PER' (12x), 'o' (12x)"),
    ],
)
def test_tags_in_another_spelling_are_refused_with_a_line_that_mends_them(tmp_path, text, said):
    with pytest.raises(SourceError, match=re.escape(said)) as error:
        sniffed(tmp_path / "a.txt", text)
    command = error.value.hint[error.value.hint.index("sed") :]
    done = subprocess.run(
        command.replace("OLD", "a.txt").replace("NEW", "b.txt"), shell=True, cwd=tmp_path, check=True, timeout=60
    )
    assert done.returncode == 0
    found = sniffed(tmp_path / "b.txt", (tmp_path / "b.txt").read_text())
    assert found.entity_types == ("PER",)
    assert (found.dialect.scheme, found.dialect.joiner) == ("IOB2", "-")


def test_a_column_that_counts_up_says_the_sentence_where_nothing_else_does(tmp_path):
    rows = [f"{i // 3},w{i},{'B-PER' if i % 3 == 0 else 'O'}\n" for i in range(60)]
    found = sniffed(tmp_path / "a.csv", "".join(rows))
    assert found.dialect == Columns(token=1, tag=2, sentence=0, delimiter=",", quote='"')
    assert "there are 20 sentences" in str(found.reasons[-1])
    parted = "".join(f"{row}\n" if i % 3 == 2 else row for i, row in enumerate(rows))
    assert sniffed(tmp_path / "b.csv", parted).dialect == Columns(token=1, tag=2, delimiter=",")


def test_the_pointer_of_git_lfs_is_no_file(tmp_path):
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'a' * 64}\nsize 12345\n"
    for name in ("a.txt", "a.parquet", "a.jsonl"):
        with pytest.raises(SourceError, match=f"^{name} is the pointer of Git LFS") as error:
            sniffed(tmp_path / name, pointer)
        assert "git lfs pull" in error.value.hint


def test_a_link_to_nothing_in_a_folder_is_named(tmp_path):
    (tmp_path / "a.txt").write_text(TAGGED)
    (tmp_path / "b.txt").symlink_to("gone.txt")
    with pytest.raises(SourceError, match=r"b\.txt is a link to nothing$"):
        of_one_format(gather([str(tmp_path)]))
