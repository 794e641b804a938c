"""A corpus of three languages, and what an independent reader finds in its files."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from tagpress.build.declared import Declared
from tagpress.script.builder import load_script

Sentence = tuple[tuple[str, ...], tuple[str, ...]]  # tokens, tags

LANGUAGES: Mapping[str, Sequence[str]] = {
    "de": ("Die", "Stadt", "heißt", "Köln"),
    "zh-Hans": ("我", "住", "在", "北京"),
    "pcm": ("Dem", "dey", "for", "Lagos"),
}
FILES = {"train": "train.txt", "validation": "dev.txt", "test": "test.txt"}
SIZES = {"train": 20, "validation": 5, "test": 5}
NUMERALS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]

SCRIPT = '''\
import datasets, tagpress
class Languages(tagpress.CorpusBuilder):
    """Three languages."""
    NAME = "languages"
    VERSION = datasets.Version("1.0.0")
    ENTITY_TYPES = {"LOC": "A place.", "PER": "A person."}
    DIALECT = tagpress.Columns(token=0, tag=1, delimiter="\\t")
    CONFIGS = {
        "de": {"SOURCES": {"train": "de/train.txt", "validation": "de/dev.txt", "test": "de/test.txt"}},
        "zh-Hans": {
            "SOURCES": {"train": "zh-Hans/train.txt", "validation": "zh-Hans/dev.txt", "test": "zh-Hans/test.txt"},
            "ENTITY_TYPES": {"GPE": "A state or a town.", "LOC": "A place.", "PER": "A person."},
        },
        "pcm": {"SOURCES": "pcm/*.txt", "SPLITS": tagpress.HashSplits(salt="1")},
    }
    DEFAULT_CONFIG = "zh-Hans"
'''

FOLDS = SCRIPT.replace(
    "    CONFIGS = {", '    SOURCES = "de/*.txt"\n    SPLITS = tagpress.Folds(3)\n    _UNREAD = {'
).replace('    DEFAULT_CONFIG = "zh-Hans"\n', "")


def sentences(language: str, split: str) -> list[Sentence]:
    words = LANGUAGES[language]
    place = "GPE" if language == "zh-Hans" else "LOC"
    return [
        (
            (*words[:-1], *(NUMERALS[int(digit)] for digit in f"{number:02d}"), split, words[-1]),
            (*["O"] * len(words), *(["B-PER", "I-PER"] if number % 3 else ["O", "O"]), f"B-{place}"),
        )
        for number in range(SIZES[split])
    ]


def write_corpus(folder: Path, script: str = SCRIPT) -> Path:
    """Write the sources and the script; return the script."""
    for language in LANGUAGES:
        for split, name in FILES.items():
            write_source(folder / language / name, sentences(language, split))
    (folder / "languages.py").write_text(script, encoding="utf-8")
    return folder / "languages.py"


def write_source(path: Path, some: Sequence[Sentence]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "\n".join("".join(f"{token}\t{tag}\n" for token, tag in zip(*one, strict=True)) for one in some)
    path.write_text(text, encoding="utf-8")


def declared(folder: Path, script: str = SCRIPT) -> Declared:
    return load_script(write_corpus(folder, script)).declared()


def read_source(path: Path) -> list[Sentence]:
    """Read a file by hand."""
    chunks = path.read_text(encoding="utf-8").strip().split("\n\n")
    rows = [[line.split("\t") for line in chunk.splitlines()] for chunk in chunks]
    return [(tuple(row[0] for row in some), tuple(row[1] for row in some)) for some in rows]


def expected(folder: Path, language: str) -> set[Sentence]:
    """What a configuration has, in all of its files."""
    return {one for path in sorted((folder / language).glob("*.txt")) for one in read_source(path)}
