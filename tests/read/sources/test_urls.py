"""The build of sources on URLs is the build of the same files in a folder, byte for byte."""

import random
import shutil
from dataclasses import replace
from pathlib import Path

import fsspec
import pytest

from made_corpora import declare, shas, words, write_document
from read.servers import web
from tagpress.build.corpus import build_corpus
from tagpress.build.declaration import Declaration, SourceGlobs
from tagpress.build.read_all import sources_of
from tagpress.read.pieces import pieces
from tagpress.read.standoff import Standoff


def at(declaration: Declaration, *urls: str) -> Declaration:
    return replace(declaration, sources=(SourceGlobs(urls, Path()),))


@pytest.mark.parametrize("ranges", [True, pytest.param(False, marks=pytest.mark.slow)])
def test_from_a_server(tmp_path, ranges):
    generator = random.Random(1)
    vocabulary = ["a", "the", "Rust", "Perl", "naïve", *(f"w{number}" for number in range(5000))]
    for name, sentences in (("large", 55_000), ("small", 50)):
        made = (words(*generator.choices(vocabulary, k=20)) for _ in range(sentences))
        write_document(tmp_path / f"{name}.txt", list(made))
    here = declare(tmp_path, sources="*.txt")
    build_corpus(here, tmp_path / "here", workers=2)
    with web(ranges=ranges) as server:
        server.files |= {path.name: path.read_bytes() for path in tmp_path.glob("*.txt")}
        there = at(here, f"{server.url}/large.txt", f"{server.url}/small.txt")
        cut = [len(list(pieces(source, there.dialect))) for source, _ in sources_of(there)]
        assert cut == ([2, 1] if ranges else [1, 1])
        build_corpus(there, tmp_path / "there", workers=2)
    assert shas(tmp_path / "there") == shas(tmp_path / "here")


def test_of_texts_with_their_annotations(tmp_path):
    system = fsspec.filesystem("memory")
    for number in range(30):
        text, notes = f"Rust {number} is fast.\n\nC{number} is old.\n", "T1\tLanguage 0 4\tRust\n"
        for name, data in ((f"{number}.txt", text.encode()), (f"{number}.ann", notes.encode())):
            (tmp_path / name).write_bytes(data)
            system.pipe(f"/annotated/{name}", data)
    here = declare(tmp_path, dialect=Standoff())
    build_corpus(here, tmp_path / "here", workers=1)
    build_corpus(at(here, "memory://annotated/*.txt"), tmp_path / "there", workers=1)
    assert shas(tmp_path / "there") == shas(tmp_path / "here")


def test_small_sources_are_fetched_once(tmp_path):
    system = fsspec.filesystem("counting")
    for number in range(40):
        write_document(tmp_path / f"{number}.txt", [words("Rust", str(number))])
        system.pipe(f"/small/{number}.txt", (tmp_path / f"{number}.txt").read_bytes())
    here = declare(tmp_path)
    build_corpus(here, tmp_path / "here", workers=1)
    system.fetched.clear()
    build_corpus(at(here, "counting://small/*.txt"), tmp_path / "there", workers=1)
    assert sorted(system.fetched) == sorted(path.stat().st_size for path in tmp_path.glob("*.txt"))
    assert shas(tmp_path / "there") == shas(tmp_path / "here")


def test_an_archive_is_fetched_once_for_its_files(tmp_path):
    system = fsspec.filesystem("counting")
    for number in range(40):
        write_document(tmp_path / "all" / f"{number}.txt", [words("Rust", str(number))])
    packed = Path(shutil.make_archive(str(tmp_path / "all"), "zip", tmp_path / "all"))
    system.pipe("/packed/all.zip", packed.read_bytes())
    here = declare(tmp_path, sources="all.zip")
    build_corpus(here, tmp_path / "here", workers=1)
    system.fetched.clear()
    build_corpus(at(here, "counting://packed/all.zip"), tmp_path / "there", workers=1)
    # To list it, to read it, and to hash it, of which two are of all of it at once.
    assert system.fetched.count(packed.stat().st_size) == 2
    assert len(system.fetched) == 3
    assert {name: sha for name, sha in shas(tmp_path / "there").items() if name.endswith(".parquet")} == {
        name: sha for name, sha in shas(tmp_path / "here").items() if name.endswith(".parquet")
    }
