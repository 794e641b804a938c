"""
What were entity types called before? The history of names that a script declares, as a release records it of each layer.

`RENAMED` and `MERGED` of a script are about types wherever they are: an entry holds for each layer that has the new name
and no longer the old one. Names may have changed several times: of {"MISC": "Other", "Other": "Rest"} MISC is Rest now.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from tagpress.corpus.config_names import DEFAULT_CONFIG
from tagpress.corpus.layers.layer import MAIN
from tagpress.corpus.records import ConfigRecord
from tagpress.errors import ConflictError, ScriptError

Names = Mapping[str, str]
_WITH_PREFIXES: Final = "flat"
"""The kind of layer whose names are labels: O, B-X, I-X."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerNames:
    """
    What types were called before, by the old name: those that are only called otherwise, and those that joined another.

    Raises:
        ScriptError: an old name is in both, two old names have one new name and were not merged, or names go round in a circle.

    """

    renamed: Names = field(default_factory=dict)
    merged: Names = field(default_factory=dict)

    def __post_init__(self) -> None:
        twice = [name for name in self.renamed if name in self.merged]
        if twice:
            raise ScriptError(f"{twice[0]!r} is in RENAMED and in MERGED", "say what became of it once")
        for name, new in self.renamed.items():
            alike = [other for other, same in self.renamed.items() if same == new]
            if alike != [name]:
                message = f"RENAMED calls {' and '.join(alike)} all {new}"
                raise ScriptError(message, "where types became one, say so in MERGED")
        for name in self.all:
            if self.now(name) is None:
                raise ScriptError(f"RENAMED and MERGED lead from {name!r} back to it", "name what each is called now")

    @property
    def all(self) -> dict[str, str]:
        """Return the next name of each old one."""
        return {**self.renamed, **self.merged}

    def now(self, name: str) -> str | None:
        """Return what a type is called now, over all of its names; None where they go round in a circle."""
        following, seen = self.all, set[str]()
        while name in following:
            if name in seen:
                return None
            seen.add(name)
            name = following[name]
        return name

    def among(self, types: Collection[str]) -> dict[str, dict[str, str]]:
        """
        Return what holds of a layer with these types, under "renamed" and "merged": each old name with the one of now.

        Several that were renamed may have one name now: one after the other.
        """
        parts: dict[str, dict[str, str]] = {"renamed": {}, "merged": {}}
        for old in self.all:
            new = self.now(old)
            if new in types and old not in types:
                parts["merged" if self._was_merged(old) else "renamed"][old] = new or ""
        return parts

    def _was_merged(self, name: str) -> bool:
        return name in self.merged or (name in self.renamed and self._was_merged(self.renamed[name]))

    def require_use(self, layers: Mapping[str, Collection[str]]) -> None:
        """
        Stop where an entry holds for none of the layers, whose types are given.

        Raises:
            ScriptError: see above.

        """
        for old in self.all:
            new = self.now(old)
            has_new = [name for name, types in layers.items() if new in types]
            if not has_new:
                message = f"{old!r} is called {new!r} now, and no layer has such a type"
                raise ScriptError(message, "RENAMED and MERGED lead from old names to declared ones: {OLD: NEW}")
            if all(old in layers[name] for name in has_new):
                message = f"{old!r} is called {new!r} now, and is still a type of {', '.join(has_new)}"
                raise ScriptError(message, "take it out of the declared types, or out of RENAMED and MERGED")


def former_of(config: ConfigRecord, layer: str = MAIN) -> dict[str, str]:
    """Return what the old names of a layer are in this release."""
    return {**(config.renamed or {}).get(layer, {}), **(config.merged or {}).get(layer, {})}


def renamed_label(kind: str, name: str, former: Names) -> str:
    """
    Return what a name of a layer of this kind is called now; those of flat layers are labels.

    >>> renamed_label("flat", "B-MISC", {"MISC": "Other"}), renamed_label("nested", "MISC", {"MISC": "Other"})
    ('B-Other', 'Other')

    """
    if kind == _WITH_PREFIXES:
        return name[:2] + former.get(name[2:], name[2:])
    return former.get(name, name)


def types_of(kind: str, names: Collection[str]) -> Iterator[str]:
    """Yield the types of a layer of this kind."""
    yield from dict.fromkeys(name[2:] for name in names if name != "O") if kind == _WITH_PREFIXES else names


def carried(config: ConfigRecord, earlier: ConfigRecord) -> ConfigRecord:
    """
    Return a configuration that also knows the names that types had before the `earlier` release.

    Raises:
        ConflictError: a type has a name that another one had before: a model of that release would take the one for the other.

    """
    found: dict[str, dict[str, dict[str, str]]] = {"renamed": {}, "merged": {}}
    for layer, types in _types_by_layer(config).items():
        own = former_of(config, layer)
        for kind, parts in found.items():
            before = (getattr(earlier, kind) or {}).get(layer, {})
            older = {old: own.get(new, new) for old, new in before.items() if old not in own}
            _require_free(config, types, older)
            kept = {old: new for old, new in older.items() if new in types and new != old}
            names = {**kept, **(getattr(config, kind) or {}).get(layer, {})}
            parts.update({layer: names} if names else {})
    return replace(config, renamed=found["renamed"] or None, merged=found["merged"] or None)


def _require_free(config: ConfigRecord, types: Collection[str], older: Names) -> None:
    for old, new in older.items():
        if old in types and new != old:
            message = f"{old!r} is an entity type again, and an earlier release had another one of this name, which is {new!r} now"
            where = "" if config.config == DEFAULT_CONFIG else f"configuration {config.config!r}: "
            raise ConflictError(where + message, "call it otherwise, so that models of that release stay right")


def _types_by_layer(config: ConfigRecord) -> dict[str, tuple[str, ...]]:
    layers = {name: tuple(types_of(one.kind, one.names)) for name, one in (config.layers or {}).items()}
    main = {MAIN: tuple(types_of("flat", config.label_names))} if config.label_names else {}
    return {**main, **layers}
