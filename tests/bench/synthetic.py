"""
A large corpus for benchmarks, made from the sentences of wikiser-small by a seeded generator.

Every sentence is a real one with one token made unique by letters (a number would be forgiven by near keys), so sentence
lengths, vocabulary and tags are real and nothing is a duplicate. Equal arguments give equal bytes.

    python tests/bench/synthetic.py ../shared/corpora/wikiser-small OUT --megabytes 200
"""

import argparse
import random
from pathlib import Path

FILE_BYTES = 10_000_000  # about 27,000 sentences a file


def sentences_of(corpus: Path) -> list[list[str]]:
    """Return the lines of every sentence of a corpus in the layout of the sample, without its markers."""
    chunks = [
        chunk for path in sorted(corpus.glob("*.txt")) for chunk in path.read_text(encoding="utf-8").split("<s>\n")
    ]
    return [chunk.split("</s>")[0].splitlines() for chunk in chunks if chunk.strip()]


def letters(number: int) -> str:
    """Return a number as four letters or more, each number its own."""
    found = ""
    while number or len(found) < 4:
        number, digit = divmod(number, 26)
        found += chr(ord("a") + digit)
    return found


def make(corpus: Path, out: Path, megabytes: int, *, markers: bool = True, seed: int = 1) -> list[Path]:
    """Write files of about `megabytes` in all; without `markers`, blank lines end sentences. Return their paths."""
    out.mkdir(parents=True, exist_ok=True)
    generator = random.Random(seed)
    sentences = sentences_of(corpus)
    begin, end = ("<s>\n", "</s>\n") if markers else ("", "\n")
    paths: list[Path] = []
    written = number = 0
    while written < megabytes * 1_000_000:
        paths.append(out / f"part-{len(paths):05}.txt")
        parts, size = [], 0
        while size < FILE_BYTES and written + size < megabytes * 1_000_000:
            lines = list(generator.choice(sentences))
            at = generator.randrange(len(lines))
            token, tag = lines[at].split("\t")
            lines[at] = f"{token}{letters(number)}\t{tag}"
            number += 1
            parts.append(begin + "\n".join(lines) + "\n" + end)
            size += len(parts[-1])
        paths[-1].write_text("".join(parts), encoding="utf-8")
        written += size
    return paths


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--megabytes", type=int, default=200)
    options = parser.parse_args()
    print(f"{len(make(options.corpus, options.out, options.megabytes))} files in {options.out}")
