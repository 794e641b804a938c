"""What may a builder script declare, and of which kind? A name that is misspelt is never passed over."""

import inspect
from collections.abc import Collection, Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, TypeGuard

from tagpress.build.declaration import SourceGlobs
from tagpress.corpus.config_names import DEFAULT_CONFIG, is_config_name
from tagpress.corpus.field_splits import FieldSplits
from tagpress.corpus.folds import Parts, fold_configs
from tagpress.corpus.layers.table import is_layer
from tagpress.corpus.responsible import check_answers
from tagpress.corpus.split_names import checked_names
from tagpress.corpus.splits import Folds, Hashed
from tagpress.errors import ScriptError


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_text_or_none(value: object) -> bool:
    return value is None or isinstance(value, str)


def _are_sources(value: object) -> bool:
    return callable(value) or _are_patterns(value)


def _are_patterns(value: object) -> bool:
    if isinstance(value, Mapping):
        return all(isinstance(split, str) and _are_patterns(some) for split, some in value.items())
    return _is_text(value) or (isinstance(value, Sequence) and all(map(_is_text, value)))


def _is_table_of_text(value: object) -> bool:
    return isinstance(value, Mapping) and all(_is_text(key) and _is_text(text) for key, text in value.items())


def _are_configs(value: object) -> bool:
    return isinstance(value, Mapping) and all(
        _is_text(name) and isinstance(own, Mapping) for name, own in value.items()
    )


def _are_groups(value: object) -> bool:
    return isinstance(value, bool) or (
        _is_list(value) and all(_is_list(some) and all(map(_is_text, some)) for some in value)
    )


def _are_annotators(value: object) -> bool:
    if isinstance(value, Mapping):
        return all(_is_text(name) and (_are_patterns(own) or isinstance(own, Mapping)) for name, own in value.items())
    return not isinstance(value, bool) and _are_groups(value)


def _is_list(value: object) -> TypeGuard[Sequence[object]]:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _is_dialect(value: object) -> bool:
    return all(hasattr(value, name) for name in ("parse", "boundary", "scheme", "joiner", "encoding", "beside"))


# Each attribute, what it must be, and an example of it.
_ATTRIBUTES: Final[Mapping[str, tuple[Any, str]]] = {
    "NAME": (_is_text, '"software-entities"'),
    "VERSION": (lambda value: _is_text(str(value)) and value is not None, 'datasets.Version("1.0.0")'),
    "ENTITY_TYPES": (_is_table_of_text, '{"Person": "what it means", ...}'),
    "SOURCE_TYPES": (_is_table_of_text, '{"Phone Number": "Phone_Number"}'),
    "RENAMED": (_is_table_of_text, '{"MISC": "Other"}, the old name first'),
    "MERGED": (_is_table_of_text, '{"Framework": "Library"}, the old name first'),
    "DIALECT": (_is_dialect, "tagpress.Columns(...)"),
    "SOURCES": (
        _are_sources,
        '"data/*.txt", a list of patterns, {"train": "train.txt", ...}, or a function that returns tables',
    ),
    "SPLITS": (
        lambda value: isinstance(value, Hashed | FieldSplits),
        'tagpress.HashSplits(...), tagpress.Folds(5), or tagpress.FieldSplits({"train": "train", ...})',
    ),
    "CARD": (_is_text_or_none, '"card.md"'),
    "LAYERS": (
        lambda value: isinstance(value, Mapping) and all(map(is_layer, value.values())),
        '{"pos_tags": tagpress.TokenClasses(["NN", "VB"])}',
    ),
    "POLICY": (_is_table_of_text, '{"duplicate": "drop"}'),
    "LICENSES": (
        lambda value: _is_text(value) or _is_table_of_text(value),
        '"cc-by-sa-4.0", or {"wiki/*.txt": "cc-by-sa-4.0", ...}',
    ),
    "CORRECTIONS": (_is_text_or_none, '"corrections.jsonl", or "" for none'),
    "RAI": (
        lambda value: isinstance(value, Mapping) and all(map(_is_text, value)),
        '{"dataCollection": "how it was collected", ...}, spelled out in the script',
    ),
    "TEXT": (lambda value: type(value) is bool, "True"),
    "MAX_TOKENS": (lambda value: type(value) is int, "512"),
    "REPO": (_is_text_or_none, '"me/software-entities"'),
    "HUB": (_is_text_or_none, '"local", "hf", or the URL of a Hub'),
    "CONFIGS": (_are_configs, '{"de": {"SOURCES": "de/*.txt"}, ...}'),
    "ANNOTATORS": (
        _are_annotators,
        '{"anna": "anna/*.txt", "ben": {"SOURCES": ..., "DIALECT": ...}}, or groups of layers [["ner_anna", "ner_ben"]]',
    ),
    "SHARED_TEXT": (_are_groups, 'True, or groups of names such as [["annotator-1", "annotator-2"]]'),
    "DEFAULT_CONFIG": (_is_text_or_none, 'the name of one of CONFIGS, such as "de"'),
}
# What a release has once, so that no configuration can have its own.
_ONCE: Final = ("NAME", "VERSION", "CARD", "REPO", "HUB", "RAI", "CONFIGS", "DEFAULT_CONFIG", "SHARED_TEXT")


_OF_ANNOTATORS: Final = (
    *("SOURCES", "SPLITS", "DIALECT", "ENTITY_TYPES", "SOURCE_TYPES", "LAYERS", "RENAMED", "MERGED", "POLICY"),
    "MAX_TOKENS",
)
"""What an annotator can have of its own: all that its files are read by."""


def check_attributes(builder: type, base: type) -> None:
    """
    Check what a builder class declares beyond `base`, all of it in one go.

    Raises:
        ScriptError: a name that nobody reads, or a value of the wrong kind; every fault is listed.

    """
    faults = [*_unread(builder, base), *_of_wrong_kind(vars_of(builder))]
    if not faults:
        faults = [*_misnamed(builder), *_of_configs(builder), *_of_annotators(builder)]
    if faults:
        hint = "see `help(tagpress.CorpusBuilder)`; what is your own stands outside of the class, or begins with _"
        raise ScriptError("; ".join(faults), hint)
    _check_answers(builder)


def _check_answers(builder: Any) -> None:  # noqa: ANN401 - as above
    """Stop where RAI cannot be published: a release reads it from its script, which nobody runs for it."""
    check_answers(builder.RAI)
    script = Path(inspect.getfile(builder))
    told = {name: answer if isinstance(answer, str) else list(answer) for name, answer in builder.RAI.items()}
    if told:
        from tagpress.card.described import answers_of  # noqa: PLC0415 - few scripts answer, and it loads all of the card

        if answers_of(script.read_bytes()) != told:
            raise ScriptError(f"{script} computes its RAI", "spell it out there, as a table of texts: RAI = {...}")


def _unread(builder: type, base: type) -> Iterator[str]:
    """Yield each declared name in capitals that neither we nor `datasets` know."""
    known = {name for name in dir(base) if name.isupper()}
    for one in builder.__mro__[: builder.__mro__.index(base)]:
        for name in vars(one):
            if name.upper() == name and not name.startswith("_") and name not in known:
                near = get_close_matches(name, _ATTRIBUTES, 1)
                yield f"{name} is no attribute of a corpus" + (f"; did you mean {near[0]}?" if near else "")


def vars_of(builder: Any, config: str | None = None) -> dict[str, Any]:  # noqa: ANN401 - a class with these attributes
    """Return what a builder class declares, by attribute; of a configuration, with what it has of its own."""
    own = builder.CONFIGS[config] if config is not None and builder.CONFIGS else {}
    return {name: getattr(builder, name) for name in _ATTRIBUTES} | dict(own)


def _of_wrong_kind(values: Mapping[str, Any]) -> Iterator[str]:
    for name, value in values.items():
        is_right, example = _ATTRIBUTES[name]
        if not is_right(value):
            yield f"{name} is {value!r:.60}; write it as {example}"


def _misnamed(builder: Any) -> Iterator[str]:  # noqa: ANN401 - as above
    """Yield what is wrong with the names of configurations."""
    names, default = list(builder.CONFIGS), builder.DEFAULT_CONFIG
    folded = [name.casefold() for name in names]
    yield from _misnamed_folds(builder, folded)
    for name in names:
        if not is_config_name(name):
            yield f"{name!r:.60} cannot be the name of a configuration; use letters, digits and . _ + - inside"
        if folded.count(name.casefold()) > 1:
            yield f"the configuration {name!r} and another would share a folder on some systems; name one otherwise"
    for name in dict.fromkeys(name for group in shared_of(builder) for name in group):
        if name not in names:
            yield f"SHARED_TEXT names {name!r:.60}, which is none of CONFIGS: {', '.join(names) or 'there are none'}"
    if default is not None and default not in names:
        yield f"DEFAULT_CONFIG is {default!r:.60}, which is none of CONFIGS: {', '.join(names) or 'there are none'}"
    elif DEFAULT_CONFIG in names and default_of(builder) != DEFAULT_CONFIG:
        yield f"a configuration that is called {DEFAULT_CONFIG!r} is the default one; let DEFAULT_CONFIG say so too"


def _misnamed_folds(builder: Any, declared: Collection[str]) -> Iterator[str]:  # noqa: ANN401 - as above
    """Yield what is wrong with the names of the configurations that folds make, beside those that are `declared`."""
    rules = {name: vars_of(builder, name)["SPLITS"] for name in builder.CONFIGS}
    made = [fold for name, rule in rules.items() if isinstance(rule, Folds) for fold in fold_configs(name, rule.names)]
    for name in made:
        if not is_config_name(name):
            yield f"{name!r} cannot be the name of a configuration that folds make; give the one it is of a shorter name"
        if name.casefold() in declared:
            yield f"{name!r} is a configuration, and folds make one of this name; call it otherwise"


def configs_of(builder: Any) -> dict[str, tuple[str, Parts | None]]:  # noqa: ANN401 - as above
    """
    Return every configuration that can be loaded, with the one that declares it and, where folds make it, its parts.

    Nobody has checked the class yet: what cannot be a configuration is passed over here, and named when it is checked.
    """
    said = builder.CONFIGS if isinstance(builder.CONFIGS, Mapping) else {}
    found: dict[str, tuple[str, Parts | None]] = {}
    for name in [name for name in said if is_config_name(name)] or [DEFAULT_CONFIG]:
        own = said.get(name)
        rule = own.get("SPLITS", builder.SPLITS) if isinstance(own, Mapping) else builder.SPLITS
        found[name] = (name, None)
        for fold, parts in fold_configs(name, rule.names).items() if isinstance(rule, Folds) else ():
            found[fold] = (name, parts)
    return found


def shared_of(builder: Any) -> tuple[tuple[str, ...], ...]:  # noqa: ANN401 - as above
    """Return the groups of configurations that share text."""
    if isinstance(builder.SHARED_TEXT, bool):
        return (tuple(builder.CONFIGS),) if builder.SHARED_TEXT and len(builder.CONFIGS) > 1 else ()
    return tuple(map(tuple, builder.SHARED_TEXT))


def default_of(builder: Any) -> str:  # noqa: ANN401 - as above
    """Return the configuration that is loaded where none is named: the declared one, else the first."""
    return str(builder.DEFAULT_CONFIG or next(iter(builder.CONFIGS), DEFAULT_CONFIG))


def _of_configs(builder: Any) -> Iterator[str]:  # noqa: ANN401 - as above
    """Yield what is wrong with what configurations have of their own."""
    can = [name for name in _ATTRIBUTES if name not in _ONCE]
    for config, own in builder.CONFIGS.items():
        yield from (f"configuration {config!r}: {fault}" for fault in _of_own(own, can, "configuration"))


def _of_annotators(builder: Any) -> Iterator[str]:  # noqa: ANN401 - as above
    """Yield what is wrong with what annotators have of their own."""
    for config in builder.CONFIGS or (None,):
        where = f"configuration {config!r}: " if config else ""
        declared = vars_of(builder, config)["ANNOTATORS"]
        for name, own in declared.items() if isinstance(declared, Mapping) else ():
            faults = _of_own(own, _OF_ANNOTATORS, "annotator") if isinstance(own, Mapping) else ()
            yield from (f"{where}annotator {name!r}: {fault}" for fault in faults)


def _of_own(own: Mapping[str, Any], can: Sequence[str], whose: str) -> Iterator[str]:
    """Yield what is wrong with what one of several has instead of the rest of the class."""
    for name in own:
        near = get_close_matches(str(name), can, 1)
        if name in _ATTRIBUTES and name not in can:
            yield f"{name} is that of the whole release, and no {whose} can have its own"
        elif name not in can:
            yield f"{name} is no attribute of a corpus" + (f"; did you mean {near[0]}?" if near else "")
    yield from _of_wrong_kind({name: value for name, value in own.items() if name in can})


def source_globs(declared: str | Sequence[str] | Mapping[str, Any], base: Path) -> tuple[SourceGlobs, ...]:
    """Return where sources are found, by what SOURCES declares beside `base`."""
    if isinstance(declared, Mapping):
        names = checked_names([str(split) for split in declared])
        return tuple(SourceGlobs(_patterns(declared[split]), base, split) for split in names)
    return (SourceGlobs(_patterns(declared), base),)


def _patterns(declared: str | Sequence[str]) -> tuple[str, ...]:
    patterns = (declared,) if isinstance(declared, str) else tuple(declared)
    if not patterns:
        raise ScriptError("SOURCES is empty", 'name the files of the corpus, such as SOURCES = "data/*.txt"')
    return patterns
