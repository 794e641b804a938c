"""Releases: the first of a repository, the next one, one with too many files for one commit, one of three configurations, and one with layers in each."""

from dataclasses import replace
from pathlib import Path

from configs.made import FILES, LANGUAGES, SCRIPT, declared, sentences, write_source
from layers.three import write_three
from release.builds import Row, rows, write_build
from tagpress.build.corpus import build_corpus
from tagpress.script.builder import load_script

PCM = '        "pcm": {"SOURCES": "pcm/*.txt", "SPLITS": tagpress.HashSplits(salt="1")},\n'
_EVEN = 'train=1, validation=1, test=1, salt="1"'  # so that chance leaves no split empty
Shards = dict[str, list[list[Row]]]


def corpus(seed: int) -> Shards:
    """Rows that no other seed has, so that no upload is saved because another repository has the content."""
    at = seed * 1000
    return {
        "train": [rows(3, start=at), rows(3, start=at + 10)],
        "validation": [rows(2, start=at + 20)],
        "test": [rows(2, start=at + 30)],
    }


def first(where: Path, seed: int) -> list[Path]:
    return [write_build(where / "1", corpus(seed))]


def second(where: Path, seed: int) -> list[Path]:
    """One shard changes, one comes, one goes, two stay."""
    old, new = corpus(seed), corpus(seed)
    new["train"][0][0] = replace(new["train"][0][0], tags=(0, 0, 3, 4, 0))
    new["extra"] = [rows(1, start=seed * 1000 + 40)]
    del new["validation"]
    return [write_build(where / "1", old), write_build(where / "2", new, version="2.0.0")]


def large(where: Path, seed: int) -> list[Path]:
    """More files than one commit should have."""
    assets = {f"assets/{number:03d}.svg": f"<svg>{seed} {number}</svg>" for number in range(105)}
    return [write_build(where / "1", corpus(seed), assets=assets)]


def configured(where: Path, seed: int) -> list[Path]:
    """Of two configurations one changes and one stays, and a third one comes."""
    made = []
    for number, script in ((1, SCRIPT.replace(PCM, "")), (2, SCRIPT)):
        folder = where / f"corpus-{number}"
        corpus = declared(folder, script.replace("1.0.0", f"1.{number}.0").replace('salt="1"', _EVEN))
        for language in LANGUAGES:
            for split, name in FILES.items():
                own = [((str(seed * 1000), *tokens), ("O", *tags)) for tokens, tags in sentences(language, split)]
                gone = number - 1 if (language, split) == ("de", "train") else 0
                write_source(folder / language / name, own[gone:])
        build_corpus(corpus, where / str(number))
        made.append(where / str(number))
    return made


def layered(where: Path, seed: int) -> list[Path]:
    """Of three configurations with layers of every kind, a layer of one is corrected."""
    made = []
    for number in (1, 2):
        folder = where / f"corpus-{number}"
        script = write_three(folder, seed, f"1.0.{number}")
        if number == 2:
            path = folder / "fr" / "b.txt"  # whose first sentence is there once
            path.write_text(path.read_text().replace("B-VP", "B-NP", 1))
        build_corpus(load_script(script).declared(), where / str(number), workers=1)
        made.append(where / str(number))
    return made
