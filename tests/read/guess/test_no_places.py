"""Sources that say which entities a text has, and not where: each is refused by what it has, with what to do."""

import json
from pathlib import Path

import pytest

from tagpress.errors import SourceError
from tagpress.read.columns import Columns
from tagpress.script.new import new_corpus

NAMED = [{"text": "Ada met Bo.", "entities": [{"text": "Ada", "type": "PER"}, {"text": "Bo", "type": "PER"}]}] * 3
BELOW = [{"sentence": "Ada met Bo.", "entities": {"PER": ["Ada", "Bo"], "LOC": []}}] * 3
REFUSED = {
    "a.jsonl has entities by their words, and not where they are": "".join(f"{json.dumps(one)}\n" for one in NAMED),
    "a.json has entities by their words, and not where they are": json.dumps(NAMED),
    "a.json has the words of entities below their types, and not where they are": json.dumps(BELOW),
    "a.json has templates, with names of slots where texts have words, and no texts": json.dumps(
        {"intents": [{"name": "Book", "sampleUtterances": ["a hotel in {City}"]}]}
    ),
    "a.lu has utterances of LU, with their entities in braces": "# Book\n- a hotel in {@City=Oslo}\n",
}


@pytest.mark.parametrize("message", REFUSED)
def test_entities_without_places_are_refused_by_what_they_are(tmp_path: Path, message: str) -> None:
    name = message.partition(" ")[0]
    (tmp_path / name).write_text(REFUSED[message])
    with pytest.raises(SourceError) as caught:
        Columns.sniff(name, base=tmp_path)
    assert caught.value.message == message


def test_of_an_agent_of_dialogflow_only_the_phrases_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    phrase = {"id": "1", "data": [{"text": "Oslo", "meta": "@city"}, {"text": " now"}], "isTemplate": False}
    files = {"agent.json": {"language": "en"}, "intents/a.json": {"name": "a"}, "intents/a_usersays_en.json": [phrase]}
    for file, value in files.items():
        (tmp_path / "d" / file).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / "d" / file).write_text(json.dumps(value))
    monkeypatch.chdir(tmp_path)
    new = new_corpus("x", ["d"], tmp_path / "out")
    assert new.report.labels["B-city"] == 1
    reason = "Dialogflow has training phrases in other files"
    assert new.left_out == (("d/agent.json", reason), ("d/intents/a.json", reason))
