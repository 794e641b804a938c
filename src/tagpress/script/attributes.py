"""What may a builder script declare, and of which kind? A name that is misspelt is never passed over."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Final

from tagpress.corpus.layers.table import is_layer
from tagpress.corpus.splits import HashSplits
from tagpress.errors import ScriptError


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_text_or_none(value: object) -> bool:
    return value is None or isinstance(value, str)


def _are_patterns(value: object) -> bool:
    if isinstance(value, Mapping):
        return all(isinstance(split, str) and _are_patterns(some) for split, some in value.items())
    return _is_text(value) or (isinstance(value, Sequence) and all(map(_is_text, value)))


def _is_table_of_text(value: object) -> bool:
    return isinstance(value, Mapping) and all(_is_text(key) and _is_text(text) for key, text in value.items())


def _is_dialect(value: object) -> bool:
    return all(hasattr(value, name) for name in ("parse", "boundary", "scheme", "joiner", "encoding", "beside"))


# Each attribute, what it must be, and an example of it.
_ATTRIBUTES: Final[Mapping[str, tuple[Any, str]]] = {
    "NAME": (_is_text, '"software-entities"'),
    "VERSION": (lambda value: _is_text(str(value)) and value is not None, 'datasets.Version("1.0.0")'),
    "ENTITY_TYPES": (_is_table_of_text, '{"Person": "what it means", ...}'),
    "DIALECT": (_is_dialect, "tagpress.Columns(...)"),
    "SOURCES": (_are_patterns, '"data/*.txt", a list of patterns, or {"train": "train.txt", ...}'),
    "SPLITS": (lambda value: isinstance(value, HashSplits), "tagpress.HashSplits(...)"),
    "CARD": (_is_text_or_none, '"card.md"'),
    "LAYERS": (
        lambda value: isinstance(value, Mapping) and all(map(is_layer, value.values())),
        '{"pos_tags": tagpress.TokenClasses(["NN", "VB"])}',
    ),
    "POLICY": (_is_table_of_text, '{"duplicate": "drop"}'),
    "TEXT": (lambda value: type(value) is bool, "True"),
    "MAX_TOKENS": (lambda value: type(value) is int, "512"),
    "REPO": (_is_text_or_none, '"me/software-entities"'),
    "HUB": (_is_text_or_none, '"local", "hf", or the URL of a Hub'),
}


def check_attributes(builder: type, base: type) -> None:
    """
    Check what a builder class declares beyond `base`, all of it in one go.

    Raises:
        ScriptError: a name that nobody reads, or a value of the wrong kind; every fault is listed.

    """
    faults = [*_unread(builder, base), *_of_wrong_kind(builder)]
    if faults:
        hint = "see `help(tagpress.CorpusBuilder)`; what is your own stands outside of the class, or begins with _"
        raise ScriptError("; ".join(faults), hint)


def _unread(builder: type, base: type) -> Iterator[str]:
    """Yield each declared name in capitals that neither we nor `datasets` know."""
    known = {name for name in dir(base) if name.isupper()}
    for one in builder.__mro__[: builder.__mro__.index(base)]:
        for name in vars(one):
            if name.upper() == name and not name.startswith("_") and name not in known:
                near = get_close_matches(name, _ATTRIBUTES, 1)
                yield f"{name} is no attribute of a corpus" + (f"; did you mean {near[0]}?" if near else "")


def _of_wrong_kind(builder: type) -> Iterator[str]:
    for name, (is_right, example) in _ATTRIBUTES.items():
        value = getattr(builder, name)
        if not is_right(value):
            yield f"{name} is {value!r:.60}; write it as {example}"
