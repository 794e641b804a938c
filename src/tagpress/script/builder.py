"""
The declaration that a builder script makes: a genuine `datasets` builder whose class attributes describe a corpus.

    class SoftwareEntities(tagpress.CorpusBuilder):
        NAME = "software-entities"
        VERSION = datasets.Version("1.0.0")
        ENTITY_TYPES = {"Algorithm": "A named procedure.", ...}     # the order fixes the label ids
        DIALECT = tagpress.Columns(sentence_start="<s>", sentence_end="</s>")
        SOURCES = "data/*.txt"                                      # beside the script
"""

import hashlib
import importlib.util
import inspect
import shutil
import sys
import tempfile
import weakref
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import datasets
import pyarrow as pa
from datasets.builder import Key

from tagpress.build.account import account_for
from tagpress.build.declaration import MAX_TOKENS, Declaration
from tagpress.build.declared import Annotators, Declared
from tagpress.build.moves import ReadingMoves
from tagpress.build.parts import full_report
from tagpress.build.provenance import published_script
from tagpress.build.read_all import read_corpus, sources_of
from tagpress.build.shard import ShardTask, read_windows, row_groups, shard_task
from tagpress.build.shard_counts import shard_counts
from tagpress.build.shard_plan import shard_plans
from tagpress.corpus.config_names import DEFAULT_CONFIG
from tagpress.corpus.field_splits import FieldSplits
from tagpress.corpus.layers.layer import Layer
from tagpress.corpus.responsible import Answers
from tagpress.corpus.schema import arrow_schema
from tagpress.corpus.splits import Folds, HashSplits
from tagpress.engine import LocalEngine
from tagpress.engine.progress import silent
from tagpress.errors import DataError, ScriptError
from tagpress.read.columns import Columns
from tagpress.read.dialect import Dialect
from tagpress.read.sources.source import sha256
from tagpress.script.annotators import annotators_of
from tagpress.script.attributes import check_attributes, configs_of, default_of, shared_of, vars_of
from tagpress.script.declare import declaration_of, naming
from tagpress.script.held import Function, TablesOf, called
from tagpress.script.misnamed import require_script
from tagpress.store import Folder


class CorpusBuilder(datasets.ArrowBasedBuilder):  # type: ignore[misc]  # datasets ships no types
    """
    A tagged corpus, declared.

    `NAME` names the dataset; `VERSION` its release; `ENTITY_TYPES` maps each type to one line that says what it means, and its
    order fixes the label ids, and it is left out where only `LAYERS` are published; `SOURCE_TYPES` maps a type as the source
    spells it to its name there, where they differ: {"Phone Number": "Phone_Number"}; `RENAMED` and `MERGED` what types of
    earlier releases are called now, or joined: {"MISC": "Other"}; `CORRECTIONS` the file of corrections beside the script, by
    default corrections.jsonl where there is one; `LICENSES` the licence of all sources, or of those that a pattern finds:
    {"wiki/*": "cc-by-sa-4.0"}; `DIALECT` says how the files spell sentences; `TEXT` that the text of each
    sentence is published too, where it is known, with the place of each token in it; `LAYERS` says what further columns of the
    dialect are: {"pos_tags": tagpress.TokenClasses(["NN", "VB"])}; `SOURCES` is a pattern beside the script, several, or
    `{split: patterns}` to keep given splits, in this order (then of `SPLITS` only the group and salt count), or a function
    that returns tables: a `Dataset`, a data frame, a table of Arrow, or these by split; `SPLITS` computes splits, or has those
    that a field of the source says, by its values (`FieldSplits`, and `split=` in `DIALECT`); `CARD` is the card's template;
    `POLICY` overrides what happens to a problem; `RAI` answers the questions of Croissant RAI; `REPO` and `HUB` say where it is
    at home, so that commands need not.

    `CONFIGS` names configurations, languages for example, and what each has of its own: {"de": {"SOURCES": "de/*.txt"}}.
    `DEFAULT_CONFIG` is the one that is loaded where none is named, by default the first. `SHARED_TEXT` says that they share text:
    True, or groups of those that do; then what one has in test leaves the training data of the others. `ANNOTATORS` says who else
    has annotated the same sentences, to be compared and not published: {"anna": "anna/*.txt", ...}, each with files of its own, or a
    table as in `CONFIGS`; or which layers are each an annotator's: [["one", "two"]].
    """

    NAME: ClassVar[str] = ""
    ENTITY_TYPES: ClassVar[Mapping[str, str]] = {}
    SOURCE_TYPES: ClassVar[Mapping[str, str]] = {}
    RENAMED: ClassVar[Mapping[str, str]] = {}
    MERGED: ClassVar[Mapping[str, str]] = {}
    DIALECT: ClassVar[Dialect] = Columns()
    SOURCES: ClassVar[str | Sequence[str] | Mapping[str, str | Sequence[str]] | Function] = ()
    SPLITS: ClassVar[HashSplits | Folds | FieldSplits] = HashSplits()
    CARD: ClassVar[str | None] = None
    POLICY: ClassVar[Mapping[str, str]] = {}
    LICENSES: ClassVar[str | Mapping[str, str]] = {}
    CORRECTIONS: ClassVar[str | None] = None
    TEXT: ClassVar[bool] = False
    LAYERS: ClassVar[Mapping[str, Layer]] = {}
    MAX_TOKENS: ClassVar[int] = MAX_TOKENS
    REPO: ClassVar[str | None] = None
    HUB: ClassVar[str | None] = None
    RAI: ClassVar[Answers] = {}
    CONFIGS: ClassVar[Mapping[str, Mapping[str, Any]]] = {}
    DEFAULT_CONFIG: ClassVar[str | None] = None
    SHARED_TEXT: ClassVar[bool | Sequence[Sequence[str]]] = False
    ANNOTATORS: ClassVar[Mapping[str, Any] | Sequence[Sequence[str]]] = {}

    hash: str | None  # of `datasets`, which keys its cache by it

    def __init_subclass__(cls) -> None:
        """Have `datasets` know the configurations by name."""
        super().__init_subclass__()
        names = list(configs_of(cls))
        if names != [DEFAULT_CONFIG]:
            cls.BUILDER_CONFIGS = [datasets.BuilderConfig(name=name, version=cls.VERSION) for name in names]
            cls.DEFAULT_CONFIG_NAME = default_of(cls)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - whatever datasets' own builder takes
        self._declared = self.declared()
        kwargs.setdefault("dataset_name", self._declared.name)
        super().__init__(*args, **kwargs)

    @property
    def cache_dir(self) -> str:
        """The folder where `datasets` keeps the rows of these sources. To know it, every source is read."""
        self._find_cache()
        return str(self._cache_dir)

    def download_and_prepare(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as above
        """Read the sources, unless `datasets` has kept what they give."""
        self._find_cache()
        super().download_and_prepare(*args, **kwargs)

    def as_dataset(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as above
        """Return the rows that were prepared, by this builder or by an earlier one from the same sources."""
        self._find_cache()
        return super().as_dataset(*args, **kwargs)

    def _find_cache(self) -> None:
        """Have the cache of `datasets` keyed by what the sources hold, which reads them all: an edited one is another."""
        if self.hash is None:
            self.hash = _fingerprint(self._own())
            self._cache_dir = self._output_dir = self._build_cache_dir()
            if Path(self._cache_dir, datasets.config.DATASET_INFO_FILENAME).is_file():
                self.info = datasets.DatasetInfo.from_directory(self._cache_dir)

    @classmethod
    def declared(cls, *, sources: bool = True) -> Declared:
        """
        Return what this class declares, checked: a declaration for each configuration.

        Functions in SOURCES are called, each once; without `sources` none is, and declarations that have one have no sources.

        Raises:
            ScriptError: an attribute is missing or cannot be used, or a function fails.

        """
        check_attributes(cls, CorpusBuilder)
        names = list(cls.CONFIGS) or [DEFAULT_CONFIG]
        tables = cache(partial(called, script=Path(inspect.getfile(cls)))) if sources else None
        configs = {name: cls._declaration(name, tables) for name in names}
        annotators = {
            name: cls._annotators(one, tables) for name, one in configs.items() if vars_of(cls, name)["ANNOTATORS"]
        }
        return Declared(configs, default_of(cls), shared_of(cls), annotators)

    @classmethod
    def declaration(cls, config: str | None = None) -> Declaration:
        """
        Return what this class declares of one configuration, checked.

        Raises:
            ScriptError: an attribute is missing or cannot be used.
            UsageError: there is no such configuration, or there are several and none is named.

        """
        return cls.declared().config(config)

    @classmethod
    def _declaration(cls, config: str, tables: TablesOf) -> Declaration:
        with naming(cls, config):
            return declaration_of(SimpleNamespace(**vars_of(cls, config)), cls, config, tables)

    @classmethod
    def _annotators(cls, published: Declaration, tables: TablesOf) -> Annotators:
        own = vars_of(cls, published.config)
        with naming(cls, published.config):
            return annotators_of(
                own["ANNOTATORS"],
                published,
                lambda theirs: declaration_of(SimpleNamespace(**own | dict(theirs)), cls, published.config, tables),
            )

    def _own(self) -> Declaration:
        """Return the declaration of the configuration that this builder was made for, or whose folds make that."""
        base, _ = configs_of(type(self)).get(self.config.name, (None, None))
        return self._declared.config(base if self.CONFIGS else None)

    def _info(self) -> datasets.DatasetInfo:
        declaration = self._own()
        features = _features(declaration)
        return datasets.DatasetInfo(description=declaration.description, features=features, version=self.VERSION)

    def _split_generators(self, dl_manager: Any) -> list[datasets.SplitGenerator]:  # noqa: ANN401, ARG002 - the signature is datasets'
        declaration = self._own()
        spills = Folder(Path(tempfile.mkdtemp(prefix="tagpress-")))
        weakref.finalize(self, shutil.rmtree, spills.path, ignore_errors=True)
        engine = LocalEngine(1)
        reading = read_corpus(declaration, ReadingMoves(engine, spills), progress=silent)
        account = account_for(reading, engine)
        report = full_report(reading, account, shard_counts(reading, account.rows))
        if not report.ok:
            raise DataError("the corpus has errors", "run `tagpress check` on its script", report.problems)
        rows = reading.rows()
        plans = shard_plans(report.shards, reading.declaration, rows)
        self.info.features = _features(reading.declaration)  # without ids, where the sources have none
        tasks = [shard_task(plan, rows, spills, plan.path) for plan in plans]
        _, parts = configs_of(type(self)).get(self.config.name, (None, None))
        return [
            datasets.SplitGenerator(split, gen_kwargs={"tasks": [task for task in tasks if task.plan.split in own]})
            for split, own in (parts or {name: (name,) for name in declaration.splits.names}).items()
        ]

    def _generate_tables(self, tasks: list[ShardTask]) -> Iterator[tuple[Key, pa.Table]]:
        for number, task in enumerate(tasks):
            for part, rows in enumerate(row_groups(task.plan, read_windows(task))):
                yield Key(number, part), rows.table


def _features(one: Declaration) -> datasets.Features:
    return datasets.Features.from_arrow_schema(arrow_schema(one.labels, one.extra, one.layers))


def load_script(path: Path) -> type[CorpusBuilder]:
    """
    Return the one builder class that a script defines.

    Raises:
        ScriptError: the script is missing, fails, or defines no builder or several.

    """
    require_script(path)
    name = f"tagpress_script_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None, path
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # so that what the script defines can be found again, by pickle too
    try:
        # From its text: what Python keeps compiled is also that of another script of the same size and second.
        exec(compile(path.read_bytes(), path, "exec"), vars(module))  # noqa: S102 - a script is a program
    except ScriptError:
        raise
    except Exception as error:
        raise ScriptError(f"{path} fails: {type(error).__name__}: {error}", "mend the script") from error
    found = [
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, CorpusBuilder) and value.__module__ == name
    ]
    if len(found) != 1:
        names = ", ".join(builder.__name__ for builder in found) or "none"
        raise ScriptError(f"{path} must define one CorpusBuilder, found {names}", "put each corpus into its own script")
    return found[0]


def _fingerprint(declaration: Declaration) -> str:
    """Return a hash of the script and of every source, for the cache of `datasets`."""
    found = [(source.doc_id, split, sha256(source)) for source, split in sources_of(declaration)]
    beside = (declaration.corrections.items, declaration.forgotten.whys)
    told = repr((found, *beside)) if any(beside) else repr(found)
    return hashlib.sha256(published_script(declaration) + told.encode()).hexdigest()[:16]
