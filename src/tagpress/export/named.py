"""Which target does a name stand for? What `--to` takes, with its options."""

from dataclasses import fields, replace
from typing import Any, Final

from tagpress.errors import UsageError
from tagpress.export.bioc import BiocTarget
from tagpress.export.brat import SPACED, BratTarget
from tagpress.export.columns import ColumnsTarget
from tagpress.export.conllu import MISC, ConlluTarget
from tagpress.export.docbin import DocBinTarget
from tagpress.export.jsonl import FIELDS, JsonLinesTarget
from tagpress.export.spans import TOOLS, SpansArrayTarget, SpansTarget
from tagpress.export.target import Target
from tagpress.export.webanno import WebannoTarget
from tagpress.read.columns import Columns, preset
from tagpress.read.conllu import ConllU
from tagpress.read.dialect import Dialect
from tagpress.read.jsonl import JsonLines
from tagpress.read.presets import PRESETS
from tagpress.read.spans.dialect import Spans
from tagpress.read.standoff import Standoff

DOCBIN: Final = "docbin"

_DIALECTS: Final[dict[str, Columns | ConllU | JsonLines | Spans | Standoff]] = {
    "columns": Columns(),
    **{name: preset(name) for name in PRESETS},
    "conllu": MISC,
    "jsonl": FIELDS,
    **TOOLS,
    "brat": SPACED,
}
TARGETS: Final = (*_DIALECTS, DOCBIN)
"""Every name that `--to` takes."""

_OF_SPANS: Final[dict[str, type[SpansTarget]]] = {
    **dict.fromkeys(("label-studio", "gliner", "spacy-train-data"), SpansArrayTarget),
    "webanno": WebannoTarget,
    "bioc-json": BiocTarget,
}
_NO_DOCUMENTS: Final[dict[type, dict[str, Any]]] = {
    Columns: {"document": None, "document_name": None},
    JsonLines: {"document": None},
}


def target_named(name: str, *, documents: bool = True, filler: str | None = None, **options: Any) -> Target:  # noqa: ANN401 - the options of any dialect
    """
    Return the target that a name of `TARGETS` stands for; `options` are those of its dialect.

    Without `documents` no document is marked; `filler` is that of `ColumnsTarget`.

    Raises:
        UsageError: no target has this name, or an option means nothing to it.

    """
    if name == DOCBIN:
        marked = {} if documents else {"documents": documents}
        filled = {} if filler is None else {"filler": filler}
        _refuse_options(name, options | marked | filled, ())
        return DocBinTarget()
    if name not in _DIALECTS:
        raise UsageError(f"nothing can be exported to {name!r}", f"use one of {', '.join(TARGETS)}")
    dialect = _DIALECTS[name]
    _refuse_options(name, options, tuple(field.name for field in fields(dialect)))
    return target_of(replace(dialect, **options), documents=documents, filler=filler)


def target_of(dialect: Dialect, *, documents: bool = True, filler: str | None = None) -> Target:
    """
    Return the target whose files a dialect reads.

    Raises:
        UsageError: the dialect cannot be written, or there is a filler and nothing to fill.

    """
    if isinstance(dialect, Columns | JsonLines) and not documents:
        dialect = replace(dialect, **_NO_DOCUMENTS[type(dialect)])
    if isinstance(dialect, Columns):
        return ColumnsTarget(dialect=dialect, filler="_" if filler is None else filler)
    if filler is not None:
        raise UsageError("filler means nothing here", "only columns are filled")
    if isinstance(dialect, ConllU):
        return ConlluTarget(dialect=dialect, documents=documents)
    if isinstance(dialect, JsonLines):
        return JsonLinesTarget(dialect=dialect)
    if isinstance(dialect, Spans):
        return _OF_SPANS.get(dialect.format, SpansTarget)(dialect=dialect, documents=documents)
    if isinstance(dialect, Standoff):
        return BratTarget(dialect=dialect, documents=documents)
    raise UsageError(f"{type(dialect).__name__} cannot be written", f"use one of {', '.join(TARGETS)}")


def _refuse_options(name: str, options: dict[str, Any], known: tuple[str, ...]) -> None:
    unknown = sorted(options.keys() - set(known))
    if unknown:
        raise UsageError(f"{unknown[0]} means nothing to {name}", f"it has {', '.join(known) or 'no options'}")
