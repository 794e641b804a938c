"""Check the body of a card before there is any data: syntax, names that do not exist, things left to write."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from jinja2 import TemplateSyntaxError, meta, nodes

from tagpress.card.blocks import BLOCKS, PICTURE_BLOCKS
from tagpress.card.body import compiled, environment
from tagpress.card.pictures import EXTRA_HINT, can_draw
from tagpress.card.template import Fault, Template
from tagpress.card.vocabulary import nearest
from tagpress.corpus.split_names import SPLITS

MORE: Final = "[More Information Needed]"
_PLACEHOLDER: Final = re.compile(r"\b(TODO|TBD|FIXME|XXX)\b")
_HEADING: Final = re.compile(r"#{1,6}\s+(.*?)\s*#*$")
_COUNTS: Final = dict.fromkeys(("sentences", "annotated", "tokens", "entities", "of"))
# The names that a template may use, but for the fields of its front matter: None stands for a value, a mapping for a
# group of them; the splits are those of the corpus. A test compares them with the values of a real build.
_NAMES: Final[Mapping[str, Any]] = {
    **dict.fromkeys(("name", "version", "tag", "types", "sources", "read", "published", "rejected")),
    "total": _COUNTS,
    "splits": dict.fromkeys(SPLITS, _COUNTS),
    "blocks": dict.fromkeys(BLOCKS),
}
_WANTED: Final = {"load": "how to load it", "changelog": "its changelog"}
_RAW_HINT: Final = "write braces that are not for the template between {% raw %} and {% endraw %}"


def body_faults(template: Template, splits: Sequence[str] = SPLITS) -> Iterator[Fault]:
    """Yield what is wrong with a body before there is any data: syntax, unknown names, things left to write."""
    try:
        tree = _tree(template.body)
        compiled(template.body)  # finds the filters that do not exist
    except TemplateSyntaxError as error:
        yield Fault(template.path, template.body_line + error.lineno - 1, str(error.message).rstrip("."), _RAW_HINT)
        return
    yield from _wrong_names(template, tree, splits)
    yield from _left_to_write(template)
    blocks = dict(_blocks(tree))
    yield from _unused(template, blocks)
    yield from _undrawn(template, blocks)


@lru_cache(maxsize=2)
def _tree(body: str) -> nodes.Template:
    """Return a body as Jinja reads it; a build asks again and again what it shows."""
    return environment().parse(body)


def undrawn_pictures(template: Template) -> Iterator[Fault]:
    """Yield a warning for each picture that a card shows and nothing here can draw."""
    yield from _undrawn(template, dict(_blocks(_tree(template.body))))


def _wrong_names(template: Template, tree: nodes.Template, splits: Sequence[str]) -> Iterator[Fault]:
    """Yield names that do not exist, and groups of values that are printed as if they were one."""
    metadata = {name: _shape(value) for name, value in template.metadata.items()}
    names = {**_NAMES, "splits": dict.fromkeys(splits, _COUNTS), "metadata": metadata}
    unknown = meta.find_undeclared_variables(tree) - names.keys()
    for name in tree.find_all(nodes.Name):
        if name.name in unknown:
            yield _unknown(template, name.lineno, [name.name], names)
    for part in tree.find_all(nodes.Getattr):
        yield from _dead_end(template, part, names)
    for output in tree.find_all(nodes.Output):
        for printed in output.nodes:
            yield from _group(template, printed, names)


def _shape(value: object) -> Mapping[str, Any] | None:
    return {} if isinstance(value, list | dict) else None


def _path(node: nodes.Node) -> list[str]:
    """Return the parts of a dotted name, or nothing for any other expression."""
    if isinstance(node, nodes.Name):
        return [node.name]
    inner = _path(node.node) if isinstance(node, nodes.Getattr) else []
    return [*inner, node.attr] if isinstance(node, nodes.Getattr) and inner else []


def _known(path: list[str], names: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the names that may follow a dotted name, or None where any or none may."""
    known: Any = names if path else None
    for part in path:
        known = known.get(part) if isinstance(known, Mapping) else None
    return known if isinstance(known, Mapping) else None


def _dead_end(template: Template, node: nodes.Getattr, names: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield a fault if a dotted name leaves the known ones at its last part; its beginnings are nodes of their own."""
    path = _path(node)
    known = _known(path[:-1], names)
    if known is not None and path[-1] not in known:
        yield _unknown(template, node.lineno, path, known)


def _group(template: Template, node: nodes.Expr, names: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield a fault if a group of values is printed as if it were one."""
    if _known(_path(node), names) is not None:
        message = f"{{{{ {'.'.join(_path(node))} }}}} is a group of values"
        hint = "write one of its parts, or join them with the join filter"
        yield Fault(template.path, template.body_line + node.lineno - 1, message, hint)


def _unknown(template: Template, line: int, path: list[str], known: Collection[str]) -> Fault:
    near = nearest(path[-1], known)
    hint = f"did you mean {near!r}?" if near else f"there are {', '.join(sorted(known))}; {_RAW_HINT}"
    return Fault(template.path, template.body_line + line - 1, f"{{{{ {'.'.join(path)} }}}} is unknown", hint)


def _left_to_write(template: Template) -> Iterator[Fault]:
    """Yield placeholders, and sections that say that they need more."""
    section = "its beginning"
    for line, text in enumerate(template.body.split("\n"), template.body_line):
        heading = _HEADING.fullmatch(text)
        section = f"the section {heading[1]!r}" if heading else section
        if MORE in text:
            yield Fault(template.path, line, f"{section} says {MORE}", "write it", warning=True)
        for match in _PLACEHOLDER.finditer(text):
            yield Fault(template.path, line, f"{match[0]} is left in {section}", "write what is to do, or remove it")


def _blocks(tree: nodes.Template) -> Iterator[tuple[str, int]]:
    """Yield the blocks that a template shows, each with its line."""
    for node in tree.find_all(nodes.Getattr):
        if isinstance(node.node, nodes.Name) and node.node.name == "blocks":
            yield node.attr, node.lineno


def shows(template: Template, block: str) -> bool:
    """Tell whether a card shows a block."""
    return block in dict(_blocks(_tree(template.body)))


def _unused(template: Template, blocks: Collection[str]) -> Iterator[Fault]:
    """Yield a warning for each block that every card should show and this one does not."""
    for name, what in _WANTED.items():
        if name not in blocks:
            message, hint = f"the card does not show {what}", f"add {{{{ blocks.{name} }}}}"
            yield Fault(template.path, template.body_line, message, hint, warning=True)


def _undrawn(template: Template, blocks: Mapping[str, int]) -> Iterator[Fault]:
    """Yield a warning for each picture, if there is nothing to draw it with: better now than after everything is read."""
    for name in PICTURE_BLOCKS & blocks.keys() if not can_draw() else ():
        line = template.body_line + blocks[name] - 1
        message = f"{{{{ blocks.{name} }}}} is left out: it is a picture, and matplotlib is not installed"
        yield Fault(template.path, line, message, EXTRA_HINT, warning=True)


def unsaid_layers(template: Template, layers: bool) -> tuple[str, ...]:  # noqa: FBT001 - whether there are any
    """Return a warning where a corpus has layers, and its card says nothing of them."""
    if not layers or "blocks.layers" in template.body:
        return ()
    what = "the corpus has layers, and the card says nothing of them"
    return (str(Fault(template.path, template.body_line, what, "add {{ blocks.layers }}", warning=True)),)


def unsaid_agreement(template: Template, declared: bool) -> tuple[str, ...]:  # noqa: FBT001 - whether any are
    """Return a warning where annotators are declared, and the card does not say how far they agree."""
    if not declared or shows(template, "agreement"):
        return ()
    what = "annotators are declared, and the card does not say how far they agree"
    return (str(Fault(template.path, template.body_line, what, "add {{ blocks.agreement }}", warning=True)),)
