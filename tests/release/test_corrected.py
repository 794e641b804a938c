"""A correction through two releases: a patch, with its file on the Hub, which an export from there takes back."""

import json
from pathlib import Path
from typing import Any

import tagpress
from corrected_news import EU, SCRIPT, correction, write, write_news
from release.publisher import publish_here
from tagpress.build.corpus import build_corpus
from tagpress.cli import cli
from tagpress.cli.shell import run
from tagpress.localhub import LocalHub
from tagpress.script.builder import load_script


def test_a_release_with_a_correction_is_a_patch_and_can_be_had_without(
    tmp_path: Path, hub: LocalHub, capsys: Any
) -> None:
    script = write_news(tmp_path) / "news.py"
    build_corpus(load_script(script).declared(), tmp_path / "1", workers=1)
    assert publish_here(hub.endpoint, hub.token, tmp_path / "1", "me/news")["tag"] == "v1.0.0"
    script.write_text(SCRIPT.replace("1.0.0", "1.0.1"))
    write(tmp_path, correction(EU, [[0, 1, "MISC"], [2, 3, "MISC"]], [[0, 1, "ORG"], [2, 3, "MISC"]]))
    build_corpus(load_script(script).declared(), tmp_path / "2", workers=1)
    done = publish_here(hub.endpoint, hub.token, tmp_path / "2", "me/news")
    assert done["tag"] == "v1.0.1"
    assert "corrections/corrections.jsonl" in done["files"]["added"]

    asked = {"endpoint": hub.endpoint, "token": hub.token, "split": "train"}
    rows = {row["id"]: row["ner_tags"] for row in tagpress.load("me/news", "1.0.1", **asked)}
    assert rows[EU] == [3, 0, 5, 0]
    common = [
        "--to",
        "conll2003",
        "--split",
        "train",
        "--without",
        "nested",
        "--without",
        "chunks",
        "--hub",
        hub.endpoint,
    ]
    for name, release, more in (("a", "me/news@1.0.0", []), ("b", "me/news@1.0.1", ["--without-corrections"])):
        code = run(cli, ["export", release, "-o", str(tmp_path / f"{name}.txt"), *common, *more, "--json"])
        assert code == 0, json.loads(capsys.readouterr().out)
    assert (tmp_path / "a.txt").read_bytes() == (tmp_path / "b.txt").read_bytes()
