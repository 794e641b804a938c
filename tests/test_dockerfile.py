"""The container of the embedded Hub: what its Dockerfile names is there. (No engine builds it here.)"""

import json
import re
import tomllib
from pathlib import Path

from tagpress.cli import cli

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "Dockerfile").read_text()


def test_the_container_serves_the_hub_from_its_volume_on_the_port_that_it_exposes():
    tagpress, name, *options = json.loads(re.search(r"^ENTRYPOINT (.*)$", TEXT, re.MULTILINE)[1])
    given = cli.commands[name].make_context(name, options).params
    assert (tagpress, name) == ("tagpress", "hub")
    assert f"VOLUME {given['hub_root']}\n" in TEXT
    assert f"EXPOSE {given['port']}\n" in TEXT
    assert f":{given['port']} -v hub:{given['hub_root']} " in (ROOT / "docs/pages/how-to/embedded-hub.md").read_text()


def test_what_the_container_copies_and_installs_is_there():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    copied = [name for line in re.findall(r"^COPY (.*) \S+$", TEXT, re.MULTILINE) for name in line.split()]
    assert {"pyproject.toml", project["readme"], "src"} <= set(copied)
    assert all((ROOT / name).exists() for name in copied)
    assert set(re.findall(r"/tagpress\[(\w+)\]", TEXT)) <= set(project["optional-dependencies"])
