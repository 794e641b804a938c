"""Cut a hand-written card into its front matter and its body, and remember where every field stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeGuard

import yaml

from tagpress.corpus.careful_yaml import load_yaml
from tagpress.corpus.front_matter import FENCE, cut_card
from tagpress.errors import CardError


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """
    A hand-written card.

    `front` is the YAML between the `---` lines as it was written, `metadata` its values and `lines` the line of each
    field; `body` is the Jinja template after them, and begins at line `body_line` of `path`.
    """

    path: str
    front: str
    metadata: Mapping[str, Any]
    lines: Mapping[str, int]
    body: str
    body_line: int


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong with a card; a warning does not stop a build."""

    path: str
    line: int
    message: str
    hint: str = ""
    warning: bool = False

    def __str__(self) -> str:
        severity = "warning" if self.warning else "error"
        return f"{self.path}:{self.line}: {severity}: {self.message}" + (f"; {self.hint}" if self.hint else "")


def parse_template(text: str, path: str) -> Template:
    """
    Cut a card into its parts; `path` is how messages call it.

    Raises:
        CardError: no front matter, or front matter that is not YAML, not a mapping, or says a thing twice.

    """
    cut = cut_card(text)
    if cut is None:
        raise CardError(f"{path}:1: the card has no front matter", f"begin it with YAML between two {FENCE} lines")
    metadata, places = _metadata(cut.yaml, path)
    return Template(path=path, front=cut.yaml, metadata=metadata, lines=places, body=cut.body, body_line=cut.body_line)


def _metadata(front: str, path: str) -> tuple[dict[str, Any], dict[str, int]]:
    """Return the fields and their lines."""
    try:
        node = yaml.compose(front, Loader=yaml.SafeLoader)
        values = load_yaml(front)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise CardError(f"{path}:{_line(error)}: the front matter is not YAML: {_reason(error)}", _YAML_HINT) from error
    if not _extensible(node) or not isinstance(values, dict) or not all(isinstance(key, str) for key in values):
        hint = "write each as `field: value` at the beginning of a line"
        raise CardError(f"{path}:2: the front matter is not a list of fields", hint)
    lines: dict[str, int] = {}
    for key, _ in node.value:
        line = key.start_mark.line + 2
        if key.value in lines:
            raise CardError(
                f"{path}:{line}: {key.value} is written twice, first at line {lines[key.value]}", "keep one of them"
            )
        lines[key.value] = line
    return values, lines


def _extensible(node: object) -> TypeGuard[yaml.MappingNode]:
    """Tell whether the computed fields can simply be written below these."""
    return isinstance(node, yaml.MappingNode) and not node.flow_style and node.value[0][0].start_mark.column == 0


_SHOWN: Final = 300  # characters of what YAML says is wrong
_YAML_HINT: Final = "quote text that holds a colon, a brace, or a leading special character"


def _line(error: BaseException) -> int:
    """Return the line of the card where YAML stumbled; the front matter begins at its line 2."""
    mark = getattr(error, "problem_mark", None)
    return mark.line + 2 if mark else 2


def _reason(error: BaseException) -> str:
    return str(getattr(error, "problem", None) or getattr(error, "reason", None) or error)[:_SHOWN]
