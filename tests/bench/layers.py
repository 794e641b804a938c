"""
What layers cost a build: the same sentences with one layer, with three, and with a nested one, on all cores.

    python tests/bench/layers.py                     # 50 MB of tokens with their tags

- one: token and tag, and the entities alone.
- three: a part of speech and a chunk on each line as well, as layers; the files are half as large again.
- nested: a second column of entities on each line, published with the first as spans in spans.

Each is the real command, as a child process, start-up included. CPU seconds say more than wall time where others work on
the machine; three must not take more than 1.6 times what one takes.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import measure
import synthetic

MOST = 1.6
POS = [f"TAG{number}" for number in range(40)]
SCRIPT = """
import datasets
import tagpress


class Bench(tagpress.CorpusBuilder):
    NAME = "bench"
    VERSION = datasets.Version("1.0.0")
    ENTITY_TYPES = {types!r}
    DIALECT = tagpress.Columns(token=0, tag=1{extra})
    LAYERS = {layers}
    SOURCES = "*.txt"
    POLICY = {{"duplicate": "warn", "conflicting-duplicate": "warn"}}
"""


def pos_and_chunk(line: str, place: int) -> str:
    """Return a line with a class and a chunk."""
    token, _ = line.split("\t")
    chunk = ("B-NP", "I-NP", "O", "B-VP")[place % 4]
    return f"{line}\t{POS[len(token) * 7 % len(POS)]}\t{chunk}"


def inner(line: str, place: int) -> str:
    """Return a line with a second tag: one token in eight is an entity by itself."""
    return f"{line}\tB-Algorithm" if place % 8 == 3 else f"{line}\tO"


def written(sources: Path, folder: Path, change: Callable[[str, int], str]) -> None:
    """Write the files of a corpus with other columns."""
    folder.mkdir()
    for path in sorted(sources.glob("*.txt")):
        place, lines = 0, []
        for line in path.read_text(encoding="utf-8").splitlines():
            place = place + 1 if line else 0
            lines.append(change(line, place - 1) if line else line)
        (folder / path.name).write_text("\n".join(lines) + "\n", encoding="utf-8")


def types_of(sources: Path) -> dict[str, str]:
    """Return the entity types of a corpus."""
    tags = {line.partition("\t")[2] for path in sources.glob("*.txt") for line in path.open(encoding="utf-8")}
    return dict.fromkeys(sorted({tag.strip()[2:] for tag in tags} - {""}), "a type")


def main() -> None:
    """Make the three corpora, build each, and print what it cost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--corpus", type=Path, default=Path(__file__).parents[3] / "shared" / "corpora" / "wikiser-small"
    )
    parser.add_argument("--megabytes", type=int, default=50)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tagpress-bench-") as scratch:
        one = Path(scratch, "one")
        synthetic.make(options.corpus, one, options.megabytes, markers=False)
        types = types_of(one)
        three = f'{{"pos_tags": tagpress.TokenClasses({POS!r}), "chunk_tags": tagpress.FlatSpans(["NP", "VP"])}}'
        spans = f'{{"entities": tagpress.NestedSpans({[*types]!r}, columns=("ner_tags", "inner"))}}'
        kinds = {
            "one": ("", "{}"),
            "three": (', extra={"pos_tags": 2, "chunk_tags": 3}', three),
            "nested": (', extra={"inner": 2}', spans),
        }
        written(one, Path(scratch, "three"), pos_and_chunk)
        written(one, Path(scratch, "nested"), inner)
        costs = {}
        for name, (extra, layers) in kinds.items():
            script = Path(scratch, name, "build_bench.py")
            script.write_text(SCRIPT.format(types=types, extra=extra, layers=layers))
            runs = []
            for repeat in range(options.repeats):
                out = Path(scratch, f"{name}-{repeat}")
                command = [sys.executable, "-m", "tagpress", "build", str(script), "--out", str(out), "--json"]
                runs.append(measure.timed(command))
            costs[name] = measure.median(runs)
    rows = [
        (
            name,
            f"{cost.wall:.1f}",
            f"{cost.cpu:.1f}",
            f"{cost.wall / costs['one'].wall:.2f}",
            f"{cost.cpu / costs['one'].cpu:.2f}",
        )
        for name, cost in costs.items()
    ]
    print(measure.table(("layers", "wall s", "CPU s", "wall / one", "CPU / one"), rows))
    if costs["three"].cpu > MOST * costs["one"].cpu:
        raise SystemExit(f"three layers take more than {MOST} times the CPU of one")


if __name__ == "__main__":
    main()
