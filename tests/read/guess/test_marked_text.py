"""Texts without columns: they are refused by what they are, and what the message says to type makes a corpus of them."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from tagpress.errors import SourceError
from tagpress.read.columns import Columns

SENTENCES = [[(f"Ada{i}", "B-PER"), ("saw", "O"), ("Oslo", "B-LOC")] for i in range(9)]
WORDS = [" ".join(word for word, _ in one) + "\n" for one in SENTENCES]
TAGS = [" ".join(tag for _, tag in one) + "\n" for one in SENTENCES]

REFUSED = {
    "a.txt:1 is text with its marks in it, as XML has them: '1\\t<PER>Ada</PER> saw <LOC>Oslo</LOC>'": (
        "1\t<PER>Ada</PER> saw <LOC>Oslo</LOC>\n" * 9
    ),
    "a.txt:1 is sentences whose tokens have their tags behind a bar: 'Ada|NNP|B-PER saw|VBD|O Oslo|NNP|B-LOC'": (
        "Ada|NNP|B-PER saw|VBD|O Oslo|NNP|B-LOC\n" * 9
    ),
    "a.txt:1 is sentences whose tokens have their tags behind a slash: 'Ada/PERSON saw/O'": "Ada/PERSON saw/O\n" * 9,
    'a.txt:1 is JSON whose items are no objects with a name for each list: \'[[["Ada"], ["B-PER"]], [["saw"], ["O"]]]\'': (
        json.dumps([[["Ada"], ["B-PER"]], [["saw"], ["O"]]])
    ),
    "a.txt:1 is sentences whose tokens have their tags behind a slash: 'Ada/B-PER saw/O Oslo/B-LOC'": (
        "Ada/B-PER saw/O Oslo/B-LOC\n" * 9
    ),
    "a.txt:2 has tags alone, 'B-PER O B-LOC': their tokens are in another line or file": "Ada saw Oslo\nB-PER O B-LOC\n"
    * 9,
}


@pytest.mark.parametrize("message", REFUSED)
def test_it_is_said_what_a_text_is(tmp_path: Path, message: str) -> None:
    (tmp_path / "a.txt").write_text(REFUSED[message])
    with pytest.raises(SourceError) as caught:
        Columns.sniff("a.txt", base=tmp_path)
    assert caught.value.message == message


def test_what_has_no_such_marks_is_only_no_corpus(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("This is <b>prose</b>.\n" + "This is prose.\n" * 9)
    with pytest.raises(SourceError, match="no column reads like tags"):
        Columns.sniff("a.txt", base=tmp_path)


RECIPES = {
    "behind two slashes": {
        "OLD": "".join(" ".join(f"{word}//{tag}" for word, tag in one) + " \n" for one in SENTENCES),
    },
    "behind a bar": {
        "OLD": "".join(" ".join(f"{word}|NN|{tag}" for word, tag in one) + "\n" for one in SENTENCES),
    },
    "behind an underscore": {
        "OLD": "".join(" ".join(f"{word}_{tag}" for word, tag in one) + "\n" for one in SENTENCES),
    },
    "behind a slash": {
        "OLD": "".join(" ".join(f"{word}/{tag}" for word, tag in one) + "\n" for one in SENTENCES),
    },
    "in turn": {"OLD": "".join(f"{words}{tags}\n" for words, tags in zip(WORDS, TAGS, strict=True))},
}


@pytest.mark.parametrize("name", RECIPES)
def test_what_a_message_says_to_type_makes_a_corpus(tmp_path: Path, name: str) -> None:
    for file, text in RECIPES[name].items():
        (tmp_path / file).write_text(text)
    with pytest.raises(SourceError) as caught:
        Columns.sniff("*", base=tmp_path)
    commands = re.findall(r"(?:sed|\(printf)[^>]*> NEW(?:\.tsv)?", caught.value.hint or "")
    (command,) = commands
    subprocess.run(["bash", "-euo", "pipefail", "-c", command], cwd=tmp_path, check=True)
    found = Columns.sniff("NEW*", base=tmp_path)
    parsed = found.dialect.parse(next(tmp_path.glob("NEW*")).read_bytes())
    tokens = [values.as_py() for values in parsed.tokens]
    assert tokens == [[word for word, _ in one] for one in SENTENCES]
    assert [parsed.tag_names[tag] for tag in parsed.tags] == [tag for one in SENTENCES for _, tag in one]


@pytest.mark.parametrize("prefix", ["en:", "zh-min-nan:"])
def test_tokens_with_the_language_before_them_are_in_doubt(tmp_path: Path, prefix: str) -> None:
    lines = [f"{prefix}{word}\t{tag}\n" for one in SENTENCES for word, tag in one]
    (tmp_path / "a.txt").write_text("".join(lines))
    (doubt,) = [one for one in Columns.sniff("a.txt", base=tmp_path).doubts if one.startswith("tokens: each")]
    assert doubt.startswith(f"tokens: each begins like '{prefix}Ada0', and is published so; take it off first: ")
    command = doubt.partition("first: ")[2].replace("OLD", "a.txt").replace("NEW", "b.txt")
    subprocess.run(["bash", "-c", command], cwd=tmp_path, check=True)
    assert (tmp_path / "b.txt").read_text() == "".join(line.removeprefix(prefix) for line in lines)
    assert not [one for one in Columns.sniff("b.txt", base=tmp_path).doubts if one.startswith("tokens: each")]
