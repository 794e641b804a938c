"""Of which form are objects of JSON that have tags, and no two lists for them? It is said, with what to type to have two lists."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tagpress.errors import SourceError
from tagpress.read.guess.spelled_tags import TAG
from tagpress.read.spans.formats.inline import style_of

_LONG: Final = 2000  # characters of a text that are looked at
_MOST: Final = 0.5  # share of rows that are of a form
_WORDS: Final = ("text", "word", "token", "form", "orth", "value")
_TAGS: Final = ("ner", "ner_tag", "tag", "label", "entity", "type", "iob", "bio")
_NAME: Final = re.compile(r"[A-Za-z_]\w*")

_Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _JsonForm:
    """A form: what it is called, a program of jq that makes two lists of it, and what is to be had of it."""

    called: str
    program: str
    raw: bool = False


def refuse_form(rows: Sequence[_Row], name: str, each: str) -> None:
    """
    Refuse rows if most are of a form that is known; `each` is the program of jq that has each of them.

    Raises:
        SourceError: they are.

    """
    for look in _LOOKS:
        found = [form for row in rows if (form := look(row))]
        if found and len(found) > _MOST * len(rows):
            form = max(set(found), key=lambda one: (found.count(one), one.program, one.called))
            program = f"{each} | {form.program}" if each else form.program
            if form.raw:
                hint = f"take the texts out: jq -r '{program}' OLD > NEW.txt"
            else:
                hint = f"make two lists of them, an object a line: jq -c '{program}' OLD > NEW.jsonl"
            raise SourceError(f"{name} has {form.called}", hint)


def _strings(row: _Row) -> _JsonForm | None:
    """Return the form of words and tags in two texts, or of words in a text and tags in a list."""
    texts = {name: value.split() for name, value in row.items() if isinstance(value, str) and _NAME.fullmatch(name)}
    lists = {name: value for name, value in row.items() if isinstance(value, list) and _NAME.fullmatch(name)}
    for tags, items in (*texts.items(), *lists.items()):
        if len(items) < 2 or not all(isinstance(one, str) and TAG.fullmatch(one) for one in items):  # noqa: PLR2004 - several
            continue
        for words, split in texts.items():
            if words != tags and len(split) == len(items):
                own = f'(.{tags} | split(" "))' if tags in texts else f".{tags}"
                called = f"its words in the text {words!r}, and its tags in {'the text ' * (tags in texts)}{tags!r}"
                return _JsonForm(called, f'{{tokens: (.{words} | split(" ")), ner_tags: {own}}}')
    return None


def _pairs(row: _Row) -> _JsonForm | None:
    """Return the form of words and tags in pairs, each a list or an object."""
    for name, value in row.items():
        if not isinstance(value, list) or not value or not _NAME.fullmatch(name):
            continue
        if all(isinstance(one, list) and len(one) > 1 and isinstance(one[0], str) for one in value):
            if all(isinstance(one[-1], str) and TAG.fullmatch(one[-1]) for one in value):
                return _JsonForm(f"a list for each token, in {name!r}", _of_each(f".{name}", ".[0]", ".[-1]"))
        elif all(isinstance(one, dict) for one in value) and (both := _named(value)):
            return _JsonForm(f"an object for each token, in {name!r}", _of_each(f".{name}", *both))
    return None


def _documents(row: _Row) -> _JsonForm | None:
    """Return the form of documents: a list of sentences that are objects with two lists, or two lists of lists."""
    lists = {name: value for name, value in row.items() if isinstance(value, list) and value and _NAME.fullmatch(name)}
    for name, items in lists.items():
        if all(isinstance(one, dict) for one in items) and (both := _two_lists(items)):
            called = f"sentences in a list for each document, in {name!r}"
            return _JsonForm(called, f".{name}[] | {{tokens: .{both[0]}, ner_tags: .{both[1]}}}")
    held = {name: value for name, value in lists.items() if all(isinstance(one, list) for one in value)}
    turned = [dict(zip(held, one, strict=False)) for one in zip(*held.values(), strict=False)] if len(held) > 1 else []
    if turned and (both := _two_lists(turned)):
        called = f"sentences in lists for each document, in {both[0]!r} and {both[1]!r}"
        return _JsonForm(called, f"[.{both[0]}, .{both[1]}] | transpose[] | {{tokens: .[0], ner_tags: .[1]}}")
    return None


def _two_lists(rows: Sequence[_Row]) -> tuple[str, str] | None:
    """Return the members of objects that are lists of words and of tags, as long as each other."""
    names = [name for name in rows[0] if _NAME.fullmatch(name) and all(_are_strings(row.get(name)) for row in rows)]
    tags = [name for name in names if all(TAG.fullmatch(one) for row in rows for one in row[name])]
    for tag in tags:
        for word in names:
            if word not in tags and all(len(row[word]) == len(row[tag]) for row in rows):
                return word, tag
    return None


def _are_strings(value: Any) -> bool:  # noqa: ANN401 - JSON
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _several(row: _Row) -> _JsonForm | None:
    """Return the form of tokens with a list of tags for each."""
    lists = {name: value for name, value in row.items() if isinstance(value, list) and value and _NAME.fullmatch(name)}
    for tags, items in lists.items():
        if not all(
            isinstance(one, list) and one and all(isinstance(tag, str) and TAG.fullmatch(tag) for tag in one)
            for one in items
        ):
            continue
        words = (
            name
            for name, value in lists.items()
            if len(value) == len(items) and all(isinstance(one, str) for one in value)
        )
        if word := next(words, None):
            called = f"several tags for each token, in {tags!r}, of which one can be published, such as the first"
            return _JsonForm(called, f"{{tokens: .{word}, ner_tags: [.{tags}[] | .[0]]}}")
    return None


def _sentences(row: _Row) -> _JsonForm | None:
    """Return the form of sentences with an object for each token, as CoreNLP writes them."""
    held = row.get("sentences")
    if not isinstance(held, list) or not held or not all(isinstance(one, dict) for one in held):
        return None
    tokens = [one.get("tokens") for one in held]
    if not all(isinstance(one, list) and all(isinstance(each, dict) for each in one) for one in tokens):
        return None
    both = _named([each for one in tokens for each in one or ()])
    if both is None:
        return None
    called = "sentences with an object for each token, as CoreNLP writes them"
    return _JsonForm(called, f".sentences[] | {_of_each('.tokens', *both)}")


def _marked(row: _Row) -> _JsonForm | None:
    """Return the form of a text with its marks in it."""
    for name, value in row.items():
        if isinstance(value, str) and "\n" not in value and _NAME.fullmatch(name) and style_of([value[:_LONG]]):
            return _JsonForm(f"texts with their marks in them, in {name!r}", f".{name}", raw=True)
    return None


def _named(items: Sequence[_Row]) -> tuple[str, str] | None:
    """Return the members of tokens that are the word and the tag."""
    if not items:
        return None
    word = next((name for name in _WORDS if all(isinstance(one.get(name), str) for one in items)), None)
    tags = (name for name in _TAGS if all(isinstance(one.get(name), str) for one in items))
    tag = next((name for name in tags if any(one[name] == "O" for one in items)), None)
    return (f".{word}", f".{tag}") if word and tag else None


def _of_each(items: str, word: str, tag: str) -> str:
    return f"{{tokens: [{items}[] | {word}], ner_tags: [{items}[] | {tag}]}}"


_LOOKS: Final[tuple[Callable[[_Row], _JsonForm | None], ...]] = (
    _strings,
    _documents,
    _several,
    _pairs,
    _sentences,
    _marked,
)
