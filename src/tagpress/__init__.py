"""
Publish a tagged text corpus on the Hugging Face Hub: checked, split without leakage, released atomically, verified.

Everything public is named in `__all__`. Names are looked up when they are first used, so `import tagpress` costs
nothing: `datasets`, pyarrow and numba are loaded by the work that needs them.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tagpress.align import Aligner, align_labels
    from tagpress.builder import CorpusBuilder, load_script
    from tagpress.engine.session import spark_engine
    from tagpress.errors import TagpressError
    from tagpress.export import export_build
    from tagpress.new import new_corpus
    from tagpress.press import build_corpus, check_corpus
    from tagpress.preview import write_preview
    from tagpress.publish import diff_releases, open_hub, publish_corpus, write_croissant
    from tagpress.read.columns import Columns
    from tagpress.read.conllu import ConllU, ConllUPlus
    from tagpress.read.hubparquet import HubParquet
    from tagpress.read.jsonl import JsonLines
    from tagpress.read.presets import preset
    from tagpress.read.standoff import Standoff
    from tagpress.release import publish_build, verify_release
    from tagpress.split import HashSplits
    from tagpress.streaming.load import load
    from tagpress.streaming.state import merge_states
    from tagpress.streaming.stream import stream

# Where each public name lives.
_HOMES = {
    "Aligner": "tagpress.align",
    "Columns": "tagpress.read.columns",
    "ConllU": "tagpress.read.conllu",
    "ConllUPlus": "tagpress.read.conllu",
    "CorpusBuilder": "tagpress.builder",
    "HashSplits": "tagpress.split",
    "HubParquet": "tagpress.read.hubparquet",
    "JsonLines": "tagpress.read.jsonl",
    "Standoff": "tagpress.read.standoff",
    "TagpressError": "tagpress.errors",
    "align_labels": "tagpress.align",
    "build_corpus": "tagpress.press",
    "diff_releases": "tagpress.publish",
    "check_corpus": "tagpress.press",
    "export_build": "tagpress.export",
    "load": "tagpress.streaming.load",
    "load_script": "tagpress.builder",
    "merge_states": "tagpress.streaming.state",
    "new_corpus": "tagpress.new",
    "open_hub": "tagpress.publish",
    "preset": "tagpress.read.presets",
    "publish_build": "tagpress.release",
    "publish_corpus": "tagpress.publish",
    "spark_engine": "tagpress.engine.session",
    "stream": "tagpress.streaming.stream",
    "verify_release": "tagpress.release",
    "write_croissant": "tagpress.publish",
    "write_preview": "tagpress.preview",
}

__all__ = [
    "Aligner",
    "Columns",
    "ConllU",
    "ConllUPlus",
    "CorpusBuilder",
    "HashSplits",
    "HubParquet",
    "JsonLines",
    "Standoff",
    "TagpressError",
    "align_labels",
    "build_corpus",
    "check_corpus",
    "diff_releases",
    "export_build",
    "load",
    "load_script",
    "merge_states",
    "new_corpus",
    "open_hub",
    "preset",
    "publish_build",
    "publish_corpus",
    "spark_engine",
    "stream",
    "verify_release",
    "write_croissant",
    "write_preview",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the name stands for
    if name not in _HOMES:
        raise AttributeError(f"module 'tagpress' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
