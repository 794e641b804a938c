"""
Publish a tagged text corpus on the Hugging Face Hub: checked, split without leakage, released atomically, verified.

Everything public is named in `__all__`. Names are looked up when they are first used, so `import tagpress` costs
nothing: `datasets`, pyarrow and numba are loaded by the work that needs them.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from tagpress.extras import needed_for

if TYPE_CHECKING:
    from tagpress.build.corpus import build_corpus, check_corpus
    from tagpress.consume.align import Aligner, align_labels
    from tagpress.consume.labels_of import label_map
    from tagpress.consume.load import load
    from tagpress.consume.streaming.state import merge_states
    from tagpress.consume.streaming.stream import stream
    from tagpress.corpus.field_splits import FieldSplits
    from tagpress.corpus.layers.flat_spans import FlatSpans
    from tagpress.corpus.layers.nested_spans import NestedSpans
    from tagpress.corpus.layers.token_classes import TokenClasses
    from tagpress.corpus.layers.token_texts import TokenTexts
    from tagpress.corpus.splits import Folds, HashSplits
    from tagpress.engine.spark_session import spark_engine
    from tagpress.errors import TagpressError
    from tagpress.export import export_build
    from tagpress.preview import write_corpus_preview, write_preview
    from tagpress.read.columns import Columns, preset
    from tagpress.read.conllu import ConllU, ConllUPlus
    from tagpress.read.csvlists import CsvLists
    from tagpress.read.hubarrow import HubArrow
    from tagpress.read.hubparquet import HubParquet
    from tagpress.read.jsonarray import JsonArray
    from tagpress.read.jsonl import JsonLines
    from tagpress.read.parallel import ParallelLines
    from tagpress.read.spans.dialect import Spans
    from tagpress.read.standoff import Standoff
    from tagpress.release.commands import diff_releases, open_hub, publish_corpus, write_croissant
    from tagpress.release.dataset import publish_dataset
    from tagpress.release.publish import publish_build
    from tagpress.release.verify import verify_release
    from tagpress.release.withdraw import withdraw_release
    from tagpress.script.builder import CorpusBuilder, load_script
    from tagpress.script.correct import correct_sentence, merge_corrections
    from tagpress.script.forget import forget_sentences
    from tagpress.script.infer import infer_corpus
    from tagpress.script.new import new_corpus

# Where each public name lives.
_HOMES = {
    "Aligner": "tagpress.consume.align",
    "Columns": "tagpress.read.columns",
    "ConllU": "tagpress.read.conllu",
    "ConllUPlus": "tagpress.read.conllu",
    "CorpusBuilder": "tagpress.script.builder",
    "CsvLists": "tagpress.read.csvlists",
    "FieldSplits": "tagpress.corpus.field_splits",
    "FlatSpans": "tagpress.corpus.layers.flat_spans",
    "Folds": "tagpress.corpus.splits",
    "HashSplits": "tagpress.corpus.splits",
    "HubArrow": "tagpress.read.hubarrow",
    "HubParquet": "tagpress.read.hubparquet",
    "JsonArray": "tagpress.read.jsonarray",
    "JsonLines": "tagpress.read.jsonl",
    "NestedSpans": "tagpress.corpus.layers.nested_spans",
    "ParallelLines": "tagpress.read.parallel",
    "Spans": "tagpress.read.spans.dialect",
    "Standoff": "tagpress.read.standoff",
    "TagpressError": "tagpress.errors",
    "TokenClasses": "tagpress.corpus.layers.token_classes",
    "TokenTexts": "tagpress.corpus.layers.token_texts",
    "align_labels": "tagpress.consume.align",
    "build_corpus": "tagpress.build.corpus",
    "correct_sentence": "tagpress.script.correct",
    "diff_releases": "tagpress.release.commands",
    "check_corpus": "tagpress.build.corpus",
    "export_build": "tagpress.export",
    "forget_sentences": "tagpress.script.forget",
    "infer_corpus": "tagpress.script.infer",
    "label_map": "tagpress.consume.labels_of",
    "load": "tagpress.consume.load",
    "load_script": "tagpress.script.builder",
    "merge_corrections": "tagpress.script.correct",
    "merge_states": "tagpress.consume.streaming.state",
    "new_corpus": "tagpress.script.new",
    "open_hub": "tagpress.release.commands",
    "preset": "tagpress.read.columns",
    "publish_build": "tagpress.release.publish",
    "publish_corpus": "tagpress.release.commands",
    "publish_dataset": "tagpress.release.dataset",
    "spark_engine": "tagpress.engine.spark_session",
    "stream": "tagpress.consume.streaming.stream",
    "verify_release": "tagpress.release.verify",
    "withdraw_release": "tagpress.release.withdraw",
    "write_corpus_preview": "tagpress.preview",
    "write_croissant": "tagpress.release.commands",
    "write_preview": "tagpress.preview",
}

__all__ = [
    "Aligner",
    "Columns",
    "ConllU",
    "ConllUPlus",
    "CorpusBuilder",
    "CsvLists",
    "FieldSplits",
    "FlatSpans",
    "Folds",
    "HashSplits",
    "HubArrow",
    "HubParquet",
    "JsonArray",
    "JsonLines",
    "NestedSpans",
    "ParallelLines",
    "Spans",
    "Standoff",
    "TagpressError",
    "TokenClasses",
    "TokenTexts",
    "align_labels",
    "build_corpus",
    "check_corpus",
    "correct_sentence",
    "diff_releases",
    "export_build",
    "forget_sentences",
    "infer_corpus",
    "label_map",
    "load",
    "load_script",
    "merge_corrections",
    "merge_states",
    "new_corpus",
    "open_hub",
    "preset",
    "publish_build",
    "publish_corpus",
    "publish_dataset",
    "spark_engine",
    "stream",
    "verify_release",
    "withdraw_release",
    "write_corpus_preview",
    "write_croissant",
    "write_preview",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the name stands for
    if name not in _HOMES:
        raise AttributeError(f"module 'tagpress' has no attribute {name!r}")
    with needed_for(f"tagpress.{name}", "publish"):
        return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
