"""
A page from values: HTML in which nothing from a corpus can be anything but text.

What the template prints is escaped by Jinja. What the script reads is JSON in a block that no browser runs, without
the characters that could end the block. Only the page's own style and script, known by their hashes, may act; the
policy forbids all else, the network included.
"""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from tagpress.corpus.manifest import Manifest
from tagpress.corpus.problems import counted
from tagpress.corpus.schema import Labels
from tagpress.corpus.tally import Tally
from tagpress.diff import Diff
from tagpress.preview.entries import Entries, Entry
from tagpress.preview.problems import Problems
from tagpress.preview.tables import changes, problem_counts, statistics

_ESCAPES: Final = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}
_LINES: Final = ("solid", "dashed", "dotted", "double")  # neighbours among the types differ in more than their colour
_FORBIDDEN: Final = "base-uri 'none'; form-action 'none'"  # default-src says nothing about these two


def render_page(
    manifest: Manifest,
    tallies: Mapping[str, Tally],
    *,
    sentences: Sequence[Entry],
    entries: Entries,
    problems: Problems | None,
    diff: Diff | None,
) -> bytes:
    """Return the page: UTF-8, the same for the same values."""
    types = Labels.from_names(manifest.label_names).entity_types
    style, script = _file("style.css") + _type_styles(len(types)), _file("preview.js")
    total = sum(tallies.values(), start=Tally.empty(Labels(types)))
    published = sum(entry[0] < len(entries.splits) for entry in sentences)
    values: dict[str, Any] = {
        "policy": f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; {_FORBIDDEN}",
        "style": Markup(style),  # noqa: S704  # the page's own file
        "script": Markup(script),  # noqa: S704  # the page's own file
        "data": Markup(embed(_data(types, sentences, entries, problems))),  # noqa: S704  # escaped by embed
        "manifest": manifest,
        "types": types,
        "total": total,
        "groups": [(name, sum(entry[0] == place for entry in sentences)) for place, name in enumerate(entries.groups)],
        "codes": _codes(sentences),
        "published": published,
        "left_out": len(sentences) - published,
        "statistics": statistics(manifest, {**tallies, "all": total}),
        "problems": problems,
        "problem_table": None if problems is None else problem_counts(problems),
        "diff": diff,
        "change_tables": () if diff is None else changes(diff),
    }
    return _environment().from_string(_file("page.html")).render(values).encode()


def embed(value: object) -> str:
    r"""
    Return JSON that can stand in a script block of any page.

    >>> embed("</script>&")
    '"\\u003c/script\\u003e\\u0026"'

    """
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES)


def _data(
    types: Sequence[str], sentences: Sequence[Entry], entries: Entries, problems: Problems | None
) -> dict[str, Any]:
    """Return what the script needs to know; it knows nothing else."""
    return {
        "types": types,
        "groups": entries.groups,
        "published": len(entries.splits),
        "sentences": sentences,
        "problems": [] if problems is None else problems.listed,
    }


def _codes(sentences: Sequence[Entry]) -> dict[str, int]:
    """Count the sentences with each problem code, sorted by code."""
    codes = [code for entry in sentences for code in entry[5]]
    return {code: codes.count(code) for code in sorted(set(codes))}


def _type_styles(count: int) -> str:
    """Return a hue, as far from the others as can be, and a line for each entity type."""
    return "".join(
        f".t{place} {{ --hue: {25 + 360 * place // count}; --line: {_LINES[place % len(_LINES)]}; }}\n"
        for place in range(count)
    )


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _file(name: str) -> str:
    return files("tagpress.preview").joinpath(name).read_text("utf-8")


def _environment() -> Environment:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"number": "{:,}".format, "counted": counted}
    return environment
