"""A small treebank without tags of entities, as CoNLL-U and as columns, and a reader of it that shares nothing with the package."""

import random
from pathlib import Path
from typing import Any

from made_corpora import declare
from tagpress.build.declaration import Declaration
from tagpress.corpus.layers.layer import Layer
from tagpress.corpus.layers.token_classes import TokenClasses
from tagpress.corpus.layers.token_texts import TokenTexts
from tagpress.read.conllu import ConllU

UPOS = {"DET": "an article", "NOUN": "a noun", "VERB": "a verb"}
TREEBANK = ConllU(key=None, extra=("LEMMA", "UPOS"))
LAYERS: dict[str, Layer] = {
    "upos": TokenClasses(UPOS, column="UPOS"),
    "lemma": TokenTexts(column="LEMMA"),
}


def write_treebank(folder: Path, count: int = 60, seed: int = 0) -> None:
    """Write sentences of four words, no two alike, one of them with a line for a multiword token, in two files."""
    folder.mkdir(parents=True, exist_ok=True)
    chance = random.Random(seed)
    texts = ["", ""]
    for number in range(count):
        words = [f"Word{number}", *chance.choices(["cats", "runs", "the"], k=3)]
        lines = [f"# sent_id = s{number}", f"# text = {' '.join(words)}"]
        for place, word in enumerate(words, 1):
            if number == 0 and place == 2:
                lines.append(f"2-3\t{words[1]}{words[2]}" + "\t_" * 8)
            lines.append(f"{place}\t{word}\t{word.lower()}\t{chance.choice([*UPOS])}" + "\t_" * 6)
        texts[number % 2] += "\n".join(lines) + "\n\n"
    for name, text in zip("ab", texts, strict=True):
        (folder / f"{name}.txt").write_text(text)


def treebank(folder: Path, **changes: Any) -> Declaration:
    """Write the treebank where there is none, and declare it: it has no entity types."""
    if not list(folder.glob("*.txt")):
        write_treebank(folder)
    return declare(folder, **{"entity_types": {}, "dialect": TREEBANK, "layers": LAYERS, **changes})


def naively_read(folder: Path) -> dict[str, tuple[list[str], list[str], list[str]]]:
    """Return by its id the words, the lemmas and the parts of speech of each sentence."""
    read = {}
    for path in folder.glob("*.txt"):
        for block in filter(None, path.read_text().split("\n\n")):
            lines = block.strip().split("\n")
            rows = [line.split("\t") for line in lines if line[:1].isdigit() and "-" not in line.split("\t")[0]]
            read[lines[0].removeprefix("# sent_id = ")] = tuple([row[at] for row in rows] for at in (1, 2, 3))
    return read
