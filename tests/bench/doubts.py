"""
Plant errors in real corpora, and measure which share of them stands among the first doubts.

    python tests/bench/doubts.py [--share 0.02] [--seed 1] [--corpora FOLDER]
    python tests/bench/doubts.py --versions [--corpora FOLDER]

Of the entities of a corpus a share gets an error, drawn by a fixed seed: another type, no tag, or one token more or fewer, a third
each. Then sentences are ranked as who corrects a corpus would read them, by the surest doubt of each, and those with a planted error
are looked for among the first: as many as there are such sentences (which is both precision and recall), twice as many, and all that
have a doubt. What the corpora have of errors of their own counts as a miss, so the numbers are lower ends.

With --versions the errors are real ones: the test data of WNUT 17 stands in two versions beside each other, and sentences that one
has otherwise than the other were corrected by hand (not those where a person only chose among several labels of a token). Doubts
are looked for in the first version, beside training and validation data, and those of test sentences are compared with what was corrected.

The baselines rank the same sentences: in random order (of those that have an entity), and by the token whose tag differs from the
most frequent one of that token, the most frequent first.
"""

import argparse
import random
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeAlias

from measure import table

from tagpress.build.corpus import check_corpus
from tagpress.build.declaration import Declaration, SourceGlobs
from tagpress.corpus.policies import Policies
from tagpress.corpus.splits import HashSplits
from tagpress.read.columns import Columns

CORPORA = Path(__file__).parents[3] / "shared" / "corpora"
Sentence: TypeAlias = list[tuple[str, str]]  # tokens and tags
Ranking: TypeAlias = Callable[[list[Sentence], Path], Sequence[int]]


@dataclass(frozen=True)
class Corpus:
    """Files below the folder of corpora, and where in their lines token and tag are; some lines bound sentences."""

    files: tuple[str, ...]
    token: int = 0
    tag: int = 1
    delimiter: str | None = "\t"

    def sentences(self, folder: Path) -> Iterator[Sentence]:
        """Yield the sentences; a line without a token and a tag stands between two of them."""
        for name in self.files:
            sentence: Sentence = []
            for line in [*(folder / name).read_text("utf-8").splitlines(), ""]:
                cells = line.split(self.delimiter)
                if (
                    len(cells) > self.tag
                    and cells[self.tag]
                    and cells[self.token].strip()
                    and not line.startswith("# ")
                ):
                    sentence.append((cells[self.token], cells[self.tag]))
                elif sentence:
                    yield sentence
                    sentence = []


TABLE = {
    "wikiser-small": Corpus(("wikiser-small/dev.txt", "wikiser-small/test.txt")),
    "bc5cdr": Corpus(tuple(f"mtl-bio/BC5CDR-IOB/{split}.tsv" for split in ("train", "devel", "test"))),
    "ncbi-disease": Corpus(tuple(f"mtl-bio/NCBI-disease-IOB/{split}.tsv" for split in ("train", "devel", "test"))),
    "kaznerd-kk": Corpus(("kaznerd-kk/IOB2_valid.txt", "kaznerd-kk/IOB2_test.txt"), delimiter=" "),
    "broad-twitter": Corpus(tuple(f"broad-twitter/{part}.conll" for part in "abefgh")),
    "uner-en-ewt": Corpus(tuple(f"uner-en-ewt/en_ewt-ud-{split}.iob2" for split in ("dev", "test")), 1, 2),
    "wnut17": Corpus(("wnut17/wnut17train.conll", "wnut17/emerging.dev.conll")),
}


def spans(sentence: Sentence) -> list[tuple[int, int, str]]:
    """Return the entities of a sentence."""
    found: list[tuple[int, int, str]] = []
    for place, (_, tag) in enumerate(sentence):
        if tag.startswith("I-") and found and found[-1][1:] == (place, tag[2:]):
            found[-1] = (found[-1][0], place + 1, tag[2:])
        elif tag != "O":
            found.append((place, place + 1, tag[2:]))
    return found


def tagged(sentence: Sentence, entities: Sequence[tuple[int, int, str]]) -> Sentence:
    """Return a sentence with these entities."""
    tags = ["O"] * len(sentence)
    for begin, end, kind in entities:
        tags[begin:end] = [f"B-{kind}", *[f"I-{kind}"] * (end - begin - 1)]
    return [(token, tag) for (token, _), tag in zip(sentence, tags, strict=True)]


def planted(sentences: list[Sentence], share: float, seed: int) -> tuple[list[Sentence], set[int]]:
    """Return the sentences with errors in some, and the numbers of these."""
    drawn = random.Random(seed)
    every = [(number, at) for number, sentence in enumerate(sentences) for at in range(len(spans(sentence)))]
    types = sorted({kind for sentence in sentences for _, _, kind in spans(sentence)})
    chosen = dict(sorted(drawn.sample(every, int(share * len(every)))))  # one of a sentence
    made = list(sentences)
    for number, at in chosen.items():
        entities = spans(sentences[number])
        room = len(sentences[number])
        made[number] = tagged(sentences[number], _changed(entities, at, types, room, drawn))
    return made, {number for number in chosen if made[number] != sentences[number]}


def _changed(
    entities: list[tuple[int, int, str]], at: int, types: list[str], room: int, drawn: random.Random
) -> list[tuple[int, int, str]]:
    begin, end, kind = entities[at]
    others = [other for other in types if other != kind]
    error = drawn.choice(["dropped", "shifted", *(["retyped"] if others else [])])
    if error == "dropped":
        return entities[:at] + entities[at + 1 :]
    if error == "retyped":
        return [*entities[:at], (begin, end, drawn.choice(others)), *entities[at + 1 :]]
    before = entities[at - 1][1] if at else 0
    after = entities[at + 1][0] if at + 1 < len(entities) else room
    bounds = [(begin - 1, end), (begin, end + 1), (begin + 1, end), (begin, end - 1)]
    fitting = [(low, high) for low, high in bounds if before <= low < high <= after]
    return [*entities[:at], (*drawn.choice(fitting or [(begin, end)]), kind), *entities[at + 1 :]]


def by_doubts(sentences: list[Sentence], folder: Path, least_sure: float | None = None) -> list[int]:
    """Rank sentences by the surest doubt that tagpress has of each, from a score on."""
    lines, text = {}, []
    for number, sentence in enumerate(sentences):
        lines[len(text) + 1] = number
        text += [*(f"{token}\t{tag}" for token, tag in sentence), ""]
    (folder / "corpus.tsv").write_text("\n".join(text) + "\n", "utf-8")
    types = sorted({kind for sentence in sentences for _, _, kind in spans(sentence)})
    declaration = Declaration(
        name="planted",
        version="1.0.0",
        description="A corpus with planted errors.",
        entity_types={kind: kind for kind in types},
        dialect=Columns(),
        sources=(SourceGlobs(("corpus.tsv",), folder),),
        splits=HashSplits(train=1, validation=0, test=0),
        script=folder / "planted.py",
        policies=Policies({"invalid-transition": "repair", "duplicate": "warn"}),
    )
    report = check_corpus(declaration, workers=1, doubts=True, least_sure=least_sure)
    notes = [one for one in report.problems if one.severity == "note" and one.line]
    return list(dict.fromkeys(lines[note.line] for note in notes))


def by_frequency(sentences: list[Sentence], _: Path) -> list[int]:
    """Rank sentences by a token whose tag is not the most frequent one of that token, the most frequent first."""
    tags: dict[str, Counter[str]] = defaultdict(Counter)
    for sentence in sentences:
        for token, tag in sentence:
            tags[token][tag] += 1
    usual = {token: max(some, key=lambda tag: (some[tag], tag)) for token, some in tags.items()}
    against = []
    for number, sentence in enumerate(sentences):
        counts = [tags[token][usual[token]] for token, tag in sentence if tag != usual[token]]
        if counts:
            against.append((-max(counts), number))
    return [number for _, number in sorted(against)]


def by_chance(sentences: list[Sentence], _: Path) -> list[int]:
    """Put the sentences that have an entity into a random order."""
    some = [number for number, sentence in enumerate(sentences) if spans(sentence)]
    random.Random(0).shuffle(some)
    return some


RANKINGS: dict[str, Ranking] = {
    "doubts": by_doubts,
    "doubts from 0.2": partial(by_doubts, least_sure=0.2),
    "doubts from 0.1": partial(by_doubts, least_sure=0.1),
    "most frequent tag": by_frequency,
    "random": by_chance,
}


VERSIONS = (Corpus(("wnut17/emerging.test.conll",)), Corpus(("wnut17/emerging.test.annotated",)))


def corrected(folder: Path) -> tuple[list[Sentence], set[int], range]:
    """Return sentences, the numbers of those that were corrected by hand, and the numbers among which these are."""
    before, after = (list(version.sentences(folder)) for version in VERSIONS)
    first = list(TABLE["wnut17"].sentences(folder))
    changed = set()
    for number, (one, other) in enumerate(zip(before, after, strict=True), start=len(first)):
        chosen = any("," in tag for (_, tag), (_, now) in zip(one, other, strict=True) if tag != now)
        if [token for token, _ in one] == [token for token, _ in other] and one != other and not chosen:
            changed.add(number)
    every = first + [[(token, tag.partition(",")[0]) for token, tag in sentence] for sentence in before]
    return [tagged(one, spans(one)) for one in every], changed, range(len(first), len(every))


def compare_versions(folder: Path) -> str:
    """Return a table: for each ranking, how many of the first test sentences were corrected."""
    sentences, wrong, own = corrected(folder)
    rows = []
    for how, ranking in RANKINGS.items():
        with tempfile.TemporaryDirectory() as scratch:
            ranked = [number for number in ranking(sentences, Path(scratch)) if number in own]
        shares = [len(wrong.intersection(ranked[:first])) for first in (10, 25, 50, 100, len(ranked))]
        rows.append((how, f"{len(wrong):,} of {len(own):,}", *map(str, shares), f"{len(ranked):,}"))
    return table(("ranked by", "corrected", "of 10", "of 25", "of 50", "of 100", "of all ranked", "ranked"), rows)


def main() -> None:
    """Print a table: for each corpus and ranking the share of planted errors among the first sentences."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--share", type=float, default=0.02)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--corpora", type=Path, default=CORPORA)
    parser.add_argument("--versions", action="store_true")
    options = parser.parse_args()
    if options.versions:
        print(compare_versions(options.corpora))
        return
    rows = []
    for name, corpus in TABLE.items():
        sentences, wrong = planted(list(corpus.sentences(options.corpora)), options.share, options.seed)
        for how, ranking in RANKINGS.items():
            with tempfile.TemporaryDirectory() as folder:
                ranked = ranking(sentences, Path(folder))
            shares = [len(wrong.intersection(ranked[:first])) for first in (len(wrong), 2 * len(wrong), len(ranked))]
            percent = [f"{count / len(wrong):.0%}" for count in shares]
            rows.append((name, how, f"{len(wrong):,}", *percent, f"{len(ranked):,}"))
    print(table(("corpus", "ranked by", "planted", "among as many", "twice as many", "all ranked", "ranked"), rows))


if __name__ == "__main__":
    main()
