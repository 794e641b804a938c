"""Hundreds of texts that are hard to count in come back as they were, from every format."""

import json
from itertools import pairwise
from pathlib import Path

import pytest

from read.spans.made import WRITERS, Made, corpus
from read.spans.reading import found, marked
from tagpress.build.corpus import check_corpus
from tagpress.read.parsed import KINDS
from tagpress.read.spans.dialect import Spans
from tagpress.script.builder import load_script
from tagpress.script.new import new_corpus

GAPS = {"prodigy": (" ", "\t", "\n", "\r\n"), "doccano": (" ", "\t", "\n"), "label-studio": (" ", "\n", "\u2003")}


def made(name: str, *, overlaps: bool = False, seed: int = 1) -> list[Made]:
    texts = corpus(
        seed, gaps=GAPS.get(name, (" ", "  ", "\t", "\u00a0") if name != "pubtator" else (" ", "  ")), overlaps=overlaps
    )
    return [one for one in texts if one.words or name not in {"webanno", "xmi"}]


def dialect(name: str) -> Spans:
    return Spans(
        format=name, tokens="file" if name in {"prodigy", "webanno", "xmi"} else "whitespace", sentences="record"
    )


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("overlaps", [False, True])
def test_spans_come_back_as_they_were(name: str, overlaps: bool) -> None:  # noqa: FBT001 - a case
    texts = made(name, overlaps=overlaps)
    parsed = dialect(name).parse(WRITERS[name](texts).encode())
    assert marked(parsed) == [one.spans for one in texts]
    assert set(parsed.faults.kind.tolist()) <= {KINDS["empty-sentence"]}
    assert parsed.marks is not None
    assert parsed.marks.fits.all()
    assert [one.tokens for one in found(parsed)] == [[one.text[a:b] for a, b in one.words] for one in texts]


@pytest.mark.parametrize("name", WRITERS)
def test_labels_are_those_of_the_spans(name: str) -> None:
    texts = made(name)
    parsed = dialect(name).parse(WRITERS[name](texts).encode())
    for one, sentence in zip(texts, found(parsed), strict=True):
        firsts, lasts = ({place[end]: i for i, place in enumerate(one.words)} for end in (0, 1))
        assert sentence.spans == [(firsts[a], lasts[b] + 1, kind) for a, b, kind in one.spans]


@pytest.mark.parametrize("name", WRITERS)
def test_new_reads_it_without_an_option(name: str, tmp_path: Path) -> None:
    source = tmp_path / ("a.jsonl" if name in {"doccano", "prodigy"} else "a.txt" if name == "pubtator" else "a.json")
    source.write_bytes(WRITERS[name](made(name)).encode())
    written = new_corpus("made", [str(source)], tmp_path / "script")
    assert f"format={name!r}" in written.guessed.sniffed.spelled()
    report = check_corpus(load_script(written.script).declaration())
    assert (
        set(report.problem_counts) & {"broken-record", "broken-annotation", "unaligned-annotation", "bad-encoding"}
        == set()
    )
    spans = sum(len(one.spans) for one in made(name))
    assert sum(count for label, count in report.labels.items() if label.startswith("B-")) == spans


def test_a_file_can_be_cut_where_lines_are_records() -> None:
    data = WRITERS["doccano"](made("doccano")).encode()
    whole = dialect("doccano")
    cuts = [0]
    while cuts[-1] < len(data):
        cuts.append(whole.boundary(data, min(cuts[-1] + 900, len(data))) or len(data))
    parts = [one for begin, stop in pairwise(cuts) for one in found(whole.parse(data[begin:stop], begin))]
    assert parts == found(whole.parse(data))
    assert len(cuts) > 20


def test_a_reader_of_a_dozen_lines_finds_the_same() -> None:
    texts = made("doccano", seed=7)
    wanted = []
    for line in WRITERS["doccano"](texts).split("\n")[:-1]:
        row, tags, at = json.loads(line), [], 0
        for token in row["text"].split():
            at = row["text"].index(token, at)
            inside = [(kind, at == begin) for begin, stop, kind in row["label"] if begin <= at < stop]
            tags.append((token, f"{'B' if inside[0][1] else 'I'}-{inside[0][0]}" if inside else "O"))
            at += len(token)
        wanted.append(tags)
    parsed = dialect("doccano").parse(WRITERS["doccano"](texts).encode())
    names = [parsed.tag_names[tag] for tag in parsed.tags.tolist()]
    assert list(zip(parsed.tokens.values.to_pylist(), names, strict=True)) == [pair for tags in wanted for pair in tags]
