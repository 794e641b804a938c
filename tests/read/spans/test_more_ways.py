"""Formats that nothing exports are known by what is in them, and read as a reader of a few lines reads them."""

from pathlib import Path

import pytest

from export.more_ways import BARE, MORE_WAYS, bare
from read.spans.made import Made, corpus
from tagpress.read.columns import Columns
from tagpress.read.dialect import Dialect
from tagpress.read.parsed import Parsed
from tagpress.read.pieces import parse_piece, pieces
from tagpress.read.sources.finding import find

SUFFIXES = {"Rasa, in YAML": ".yml", "MAE": ".xml", "GATE": ".xml"}
DECLARED = ("XML in text", "OpenNLP", "brackets", "types in brackets")
"""Texts with marks and with tabs: these could be columns, and are not guessed to be anything else."""


def written(name: str, folder: Path) -> tuple[Dialect, Parsed, list[tuple[str, list[tuple[str, str]]]]]:
    """Write a corpus in a format; return what is guessed of it, what is read so, and what a plain reader finds."""
    way = MORE_WAYS[name]
    made = corpus(19, 40, gaps=way.gaps, overlaps=way.overlaps)
    made = [Made(one.text, one.words, [(a, b, kind.replace(" ", "_")) for a, b, kind in one.spans]) for one in made]
    files = way.write(list(map(bare, made)) if name in BARE else made)
    wanted = way.read(files)
    source = f"train{SUFFIXES.get(name, '.in')}"
    for file, data in (files if isinstance(files, dict) else {source: files}).items():
        (folder / file).write_bytes(data)
    dialect = way.dialect if name in DECLARED else Columns.sniff(source, base=folder).dialect
    (piece,) = pieces(find([str(folder / source)], folder)[0], dialect)
    return dialect, parse_piece(piece, dialect), wanted


@pytest.mark.parametrize("name", MORE_WAYS)
def test_a_format_is_known_and_read_as_a_plain_reader_reads_it(tmp_path: Path, name: str) -> None:
    dialect, parsed, wanted = written(name, tmp_path)
    assert type(dialect) is type(MORE_WAYS[name].dialect)
    assert getattr(dialect, "format", "") == getattr(MORE_WAYS[name].dialect, "format", "")
    assert not parsed.annotations
    spans = sorted(("".join(said.split()), kind) for _, own in wanted for said, kind in own)
    assert sorted(surfaces(parsed)) == spans
    assert len(spans) > 20


def surfaces(parsed: Parsed) -> list[tuple[str, str]]:
    """Return the text of each span without its white space, and its type."""
    tokens = parsed.tokens.values.to_pylist()
    if parsed.marks is not None:
        marks = parsed.marks
        assert marks.fits.all()
        bounds = zip(marks.outer.tolist(), marks.type.tolist(), strict=True)
        return [("".join("".join(tokens[a:b]).split()), marks.types[kind]) for (a, b), kind in bounds]
    spans: list[tuple[str, str]] = []
    for token, tag in zip(tokens, (parsed.tag_names[one] for one in parsed.tags.tolist()), strict=True):
        if tag[0] == "B":
            spans.append((token, tag[2:]))
        elif tag[0] == "I":
            spans[-1] = (spans[-1][0] + token, tag[2:])
    return [("".join(text.split()), kind) for text, kind in spans]
