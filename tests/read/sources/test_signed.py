"""A URL that is signed, or has a password, is named by its path: nothing else of it is kept, hashed or printed."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from made_corpora import declare, shas, words, write_document
from read.servers import web
from tagpress.build.corpus import build_corpus, check_corpus
from tagpress.build.declaration import Declaration, SourceGlobs
from tagpress.build.provenance import published_script
from tagpress.cli import cli
from tagpress.cli.shell import run
from tagpress.corpus.addresses import public, secrets_of
from tagpress.corpus.manifest import Manifest
from tagpress.errors import ScriptError, SourceError, TagpressError, UsageError, without_secrets
from tagpress.hub import Hub
from tagpress.read.sources.apart import expand
from tagpress.read.sources.source import companion

SIGNED = "X-Amz-Credential=AKIA/2024/s3/aws4_request&X-Amz-Signature=f00dfeed.json"

ADDRESSES = {
    "https://h/a/corpus.txt?X-Amz-Signature=f00": "https://h/a/corpus.txt",
    "https://h/a/corpus.txt?sig=a/b?c#d": "https://h/a/corpus.txt",
    "https://h/corpus.txt#key=1": "https://h/corpus.txt",
    "HTTPS://u:p@h:8/corpus.txt": "HTTPS://h:8/corpus.txt",
    "https://u:p@ss@h/corpus.txt?x": "https://h/corpus.txt",
    "https://token@h/corpus.txt": "https://h/corpus.txt",
    "https://u:p@h?x=a/b": "https://h",
    "ftp://u:p@h/what?.txt": "ftp://h/what?.txt",  # no query: elsewhere it is a wildcard, or part of a name
    "s3://bucket/a.txt?versionId=7": "s3://bucket/a.txt",
    "zip://a.txt::https://u:p@h/c.zip?sig=1": "zip://a.txt::https://h/c.zip",
    "simplecache::https://h/c.txt?sig=1": "simplecache::https://h/c.txt",
    "abfs://container@account/a.txt": "abfs://container@account/a.txt",
    "github://owner:repo@v1/a.txt": "github://owner:repo@v1/a.txt",
    "hf://datasets/me/x@v1.0.0/data/a.txt": "hf://datasets/me/x@v1.0.0/data/a.txt",
    "data/what?x=1@here.txt": "data/what?x=1@here.txt",  # a path, and all of it is its name
}


@pytest.mark.parametrize("address", ADDRESSES)
def test_what_is_said_of_an_address(address):
    assert public(address) == ADDRESSES[address]
    assert bool(secrets_of(address)) == (public(address) != address)


@given(address=st.text("aX:/@?#=.*", max_size=30))
def test_what_was_cut_has_nothing_left_to_cut(address):
    assert public(public(address)) == public(address)


def at(declaration: Declaration, *urls: str) -> Declaration:
    return replace(declaration, sources=(SourceGlobs(urls, Path()),))


@pytest.fixture
def server(tmp_path):
    write_document(tmp_path / "a.txt", [words("Rust", "is", str(number)) for number in range(40)])
    write_document(tmp_path / "b.txt", [words("Perl", "is", str(number)) for number in range(40)])
    with web(ranges=True) as found:
        found.files |= {path.name: path.read_bytes() for path in tmp_path.glob("*.txt")}
        yield found


@pytest.mark.slow
def test_a_build_is_the_same_with_every_signature(tmp_path, server):
    here = declare(tmp_path)
    for name, query, user in (("plain", "", ""), ("one", f"?{SIGNED}", "u:hunter2@"), ("other", "?sig=2/c.md", "")):
        urls = [f"{server.url}/{file}{query}".replace("://", f"://{user}") for file in ("a.txt", "b.txt")]
        build_corpus(at(here, *urls), tmp_path / name, workers=1)
    builds = [shas(tmp_path / name) for name in ("plain", "one", "other")]
    assert builds[0] == builds[1] == builds[2]
    manifest = Manifest.load(tmp_path / "one")
    assert [source.path for source in manifest.sole.sources] == ["a.txt", "b.txt"]
    for path in [*tmp_path.glob("one*"), *(tmp_path / "one").rglob("*")]:
        if path.is_file():
            data = path.read_bytes()
            assert b"f00dfeed" not in data
            assert b"hunter2" not in data


def test_problems_name_the_path(tmp_path, server):
    server.files["bad.txt"] = b"<s>\nRust\tB-Nothing\n</s>\n"
    report = check_corpus(at(declare(tmp_path), f"{server.url}/bad.txt?{SIGNED}"), workers=1)
    places = {found.to_json()["path"] for found in report.problems}
    assert f"{server.url}/bad.txt" in places
    assert "f00dfeed" not in str(places)


def test_names_ids_and_files_beside(server):
    server.files["a.ann"] = b""
    here, there = expand([f"{server.url}/{name}.txt?{SIGNED}" for name in "ab"], Path())
    assert [(one.name, one.doc_id) for one in (here, there)] == [(f"{server.url}/{name}.txt", name) for name in "ab"]
    beside = companion(here, ".ann")
    assert (beside.name, beside.path) == (f"{server.url}/a.ann", f"{server.url}/a.ann?{SIGNED}")
    assert "f00dfeed" not in repr((here, beside))


def test_a_suffix_is_that_of_the_path(server):
    server.files["a.txt.gz"] = b"no archive"
    (source,) = expand([f"{server.url}/a.txt.gz?{SIGNED}"], Path())
    assert source.doc_id == "a"


def test_two_files_that_only_a_query_tells_apart(server):
    with pytest.raises(SourceError, match="are both the document"):
        expand([f"{server.url}/a.txt?id=1", f"{server.url}/a.txt?id=2"], Path())


SAID = {
    "missing": (lambda url: f"{url}/none.txt?{SIGNED}", "no file matches"),
    "broken": (lambda url: f"{url}/a.txt?{SIGNED}", "no file matches"),
    "nobody there": (lambda _: f"http://u:hunter2@127.0.0.1:9/a.txt?{SIGNED}", "no file matches"),
    "no such file system": (lambda _: f"nosuch://u:hunter2@h/a.txt?{SIGNED}", "cannot be read"),
}


@pytest.mark.parametrize("case", SAID)
@pytest.mark.parametrize("command", ["check", "new"])
def test_no_message_shows_what_signs_a_url(case, command, tmp_path, server, capfd):
    address, said = SAID[case]
    server.broken = case == "broken"
    script = tmp_path / "script.py"
    script.write_text(
        'import datasets, tagpress\nclass C(tagpress.CorpusBuilder):\n    NAME = "c"\n    VERSION = datasets.Version("1.0.0")\n'
        '    ENTITY_TYPES = {"Language": "x"}\n    DIALECT = tagpress.Columns()\n    SOURCES = "*.txt"\n'
    )
    arguments = {"check": ["check", str(script)], "new": ["new", "corpus", "--out", str(tmp_path)]}[command]
    assert run(cli, [*arguments, address(server.url), "--json"]) == 2
    out, err = capfd.readouterr()
    assert said in json.loads(out)["error"]["message"]
    assert "f00dfeed" not in out + err
    assert "hunter2" not in out + err


def test_no_trace_shows_what_signs_a_url(server):
    import traceback

    server.broken = True
    with pytest.raises(SourceError) as caught:
        expand([f"{server.url}/a.txt?{SIGNED}"], Path())
    assert "f00dfeed" not in "".join(traceback.format_exception(caught.value))


SCRIPTS = {
    # what a script says: what is published of it
    'SOURCES = "https://u:p@h/a.txt?sig=f00dfeed"\n': 'SOURCES = "https://h/a.txt"\n',
    'SOURCES: str = ["https://h/a.txt?sig=f00dfeed", "b.txt"]\n': 'SOURCES: str = ["https://h/a.txt", "b.txt"]\n',
    'SOURCES = {"test": "https://h/a.txt?sig=f00dfeed"}\n': 'SOURCES = {"test": "https://h/a.txt"}\n',
    'PAGE = "https://h/page?id=12345678"\n': 'PAGE = "https://h/page?id=12345678"\n',
}


@pytest.mark.slow
@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_is_published_without_it(script, tmp_path):
    declaration = declare(tmp_path)
    declaration.script.write_text(script)
    assert published_script(declaration).decode() == SCRIPTS[script]


def test_a_script_that_has_it_elsewhere_is_not_published(tmp_path):
    declaration = at(declare(tmp_path), "https://h/a.txt?sig=f00dfeed")
    declaration.script.write_text('KEY = "sig=f00dfeed"\nSOURCES = f"https://h/a.txt?{KEY}"\n')
    with pytest.raises(ScriptError, match="holds what signs a URL"):
        published_script(declaration)


HUBS = ("https://me:hunter2@h", "https://hunter2@h:8/x", "https://h/x?token=hunter2")


@pytest.mark.parametrize("address", HUBS)
def test_a_hub_is_no_place_for_a_password(address):
    with pytest.raises(UsageError, match="user, a password or a query") as caught:
        Hub(endpoint=address)
    assert "hunter2" not in str(caught.value.to_json())


def test_every_error_is_without_secrets():
    error = TagpressError("http://u:p@h/x?y=z and s3://k:v@b/c", "see 'https://h/a?b'")
    assert (str(error), error.hint) == ("http://h/x?... and s3://b/c", "see 'https://h/a?...'")
    assert without_secrets(str(error)) == str(error)
