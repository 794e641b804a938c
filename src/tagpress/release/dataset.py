"""
From a dataset in memory to a release, in one call.

Its tables are written to Arrow files in a folder of their own and go the way of every corpus: read, checked, built,
published. Messages name a row as `train[7]`, as it is in memory.
"""

import re
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from tagpress.build.declaration import MAX_TOKENS, Declaration, held_sources
from tagpress.corpus.field_splits import FieldSplits
from tagpress.corpus.layers.layer import MAIN, Layer
from tagpress.corpus.policies import Policies
from tagpress.corpus.problems import counted
from tagpress.corpus.schema import Labels
from tagpress.corpus.split_names import checked_names
from tagpress.corpus.splits import GivenSplits, HashSplits
from tagpress.engine.progress import Progress, silent
from tagpress.errors import DataError
from tagpress.hub import Hub
from tagpress.read.guess.frames import with_lists
from tagpress.read.guess.trial import Trial, try_out
from tagpress.read.guess.type_names import published_types, types_in_order
from tagpress.read.hubarrow import HubArrow
from tagpress.read.in_memory import Tables, tables_of
from tagpress.read.spans.dialect import Spans
from tagpress.release.commands import LOCAL, default_repo, open_hub, publish_corpus
from tagpress.release.dataset_columns import Asked, saved
from tagpress.release.dataset_script import dataset_script
from tagpress.release.dataset_splits import require_uncut, split_rule, tell_unused
from tagpress.release.results import Release
from tagpress.store.whole_file import write_file

UNSAID: Final = "[More Information Needed]"
"""What an entity type means, where nobody said it."""
_HOME: Final = Path(".tagpress")
_CALLED: Final = (
    (re.compile(r"set POLICY = (\{[^}]*\})"), r"pass policy=\1"),
    (re.compile(r"for their code in POLICY"), 'for their code, policy={"CODE": "drop"}'),
    (re.compile(r"set (salt|group)=(\"\w+\") in SPLITS, or --\w+ \w+"), r"pass splits=tagpress.HashSplits(\1=\2)"),
)
_SHOWN: Final = 5  # problems in the words of an error; it carries all


def say(text: str) -> None:
    """Tell a step on standard error."""
    print(text, file=sys.stderr)  # noqa: T201 - who calls from a notebook sees what is inferred


def publish_dataset(
    dataset: Any,  # noqa: ANN401 - of a library that need not be there
    name: str,
    *,
    repo: str | None = None,
    hub: Hub | str = LOCAL,
    hub_root: Path | str = _HOME / "hub",
    tokens: str | None = None,
    tags: str | None = None,
    names: Sequence[str] = (),
    text: str | None = None,
    spans: str | None = None,
    tokenisation: str | None = None,
    sentence_id: str | None = None,
    document: str | None = None,
    split: str | None = None,
    extra: Sequence[str] = (),
    layers: Mapping[str, Layer] | None = None,
    entity_types: Mapping[str, str] | None = None,
    description: str = "",
    card: Path | str | None = None,
    version: str = "1.0.0",
    splits: HashSplits | FieldSplits | None = None,
    policy: Mapping[str, str] | None = None,
    max_tokens: int = MAX_TOKENS,
    out: Path | str | None = None,
    workers: int | None = None,
    private: bool = False,
    gated: str | None = None,
    collection: str | None = None,
    dry_run: bool = False,
    open_pr: bool = False,
    replace_card: bool = False,
    progress: Progress = silent,
    steps: Callable[[str], None] = say,
) -> Release:
    """
    Publish a dataset in memory as one release: with the checks, the card and the tag of a corpus that has a script.

    `dataset` is a `Dataset` or `DatasetDict`, a data frame of pandas or polars, a table of Arrow, rows that are mappings,
    sentences that are lists of (token, tag) or two lists, a dict of columns, or a dict of these by split; given splits are
    kept. `name` may have the owner before it, `me/name`. `tokens` and `tags` are columns of lists, of lists as text, or of
    tokens one a row, of which `sentence_id` says the sentence; they are found where they are not named;
    `names` are the labels of tags that are numbers, from the ClassLabel where there is one. Where there are texts with spans
    instead, which are published with their text, `text` and `spans` are their columns, and `tokenisation` says how texts are cut, as `tokens` of `Spans` does;
    each is found where it is not named, or one span a row is. `entity_types` maps each type to what it
    means, in the order of the label ids; empty, it says that there are none. `layers` are those of a script, read from the
    columns of their names or of their `column`. `split` is the column that says the split of each row: words for train,
    validation and test are published as these, or as `splits`, a `FieldSplits`, says. `sentence_id`, `document` and `extra` are more columns to publish. What was
    inferred, and what is not published, is told to `steps`. The build stays in `out`, by default `.tagpress/builds/NAME`.

    Raises:
        UsageError: there is no such table, column, card or repository.
        DataError: the rows have errors; each says `split[row]`. Nothing was sent.
        ConflictError: the version is taken or too small a step, or somebody else's work is in the way.
        VerifyError: the Hub does not give back what was sent; the commit is not tagged.
        HubError: the Hub refused or could not be reached.

    """
    if repo is None and "/" in name:  # as `push_to_hub` is called
        repo, name = name, name.rpartition("/")[2]
    held = tables_of(dataset)
    if not (text or spans or tokenisation):
        held, done = with_lists(held, tokens=tokens, tags=tags, sentence=sentence_id)
        for what in done:
            steps(what)
    require_uncut(held, split)
    further = {column for name, layer in (layers or {}).items() for column in layer.sources(name)}
    asked = Asked(
        tokens=tokens,
        tags=tags,
        names=names,
        document=document,
        extra=tuple(dict.fromkeys([*extra, *sorted(further - {MAIN})])),
        untagged=entity_types is not None and not entity_types and tags is None and MAIN not in further,
        text=text,
        spans=spans,
        tokenisation=tokenisation,
        sentence_id=sentence_id,
        split=split,
    )
    build = Path(out) if out else _HOME / "builds" / name
    with TemporaryDirectory(prefix="tagpress-") as folder, _opened(hub, Path(hub_root), steps) as found:
        dialect = saved(held, Path(folder), asked, steps)
        declaration = _declared(
            held, dialect, Path(folder), types=entity_types, rule=splits or HashSplits(), steps=steps
        )(
            name=name,
            version=version,
            description=description,
            card=Path(card) if card else None,
            layers=dict(layers or {}),
            policies=Policies(dict(policy or {})),
            max_tokens=max_tokens,
        )
        script = dataset_script(declaration, kind=held.kind, rows=held.rows, policy=dict(policy or {}))
        write_file(declaration.script, script)
        try:
            return publish_corpus(
                declaration,
                hub=found,
                repo=repo or default_repo(hub if isinstance(hub, str) else found.endpoint, name),
                out=build,
                workers=workers,
                private=private,
                gated=gated,
                collection=collection,
                dry_run=dry_run,
                open_pr=open_pr,
                replace_card=replace_card,
                progress=progress,
                steps=steps,
            )
        except DataError as error:
            raise _in_words(error) from None


def _opened(hub: Hub | str, root: Path, tell: Callable[[str], None]) -> AbstractContextManager[Hub]:
    return open_hub(hub, root, tell) if isinstance(hub, str) else nullcontext(hub)


def _declared(
    held: Tables,
    dialect: HubArrow | Spans,
    folder: Path,
    *,
    types: Mapping[str, str] | None,
    rule: HashSplits | FieldSplits,
    steps: Callable[[str], None],
) -> Callable[..., Declaration]:
    """Return what makes a declaration of the tables in a folder, of what the caller says besides."""
    given = checked_names(list(held.tables)) if held.given else ()
    numbered = dialect.names if isinstance(dialect, HubArrow) else ()
    sources = held_sources(held, folder)
    found = [one for globs in sources for one in globs.find()]
    rule = split_rule(dialect, found, rule, steps)
    tell_unused(held, dialect, steps)
    trial = Trial() if types is not None and not types else try_out(dialect, found)
    published = published_types(types_in_order(numbered, trial.entity_types))
    meanings = dict(dict.fromkeys(published.values(), UNSAID) if types is None else types)
    labels = Labels(tuple(meanings)).names
    if meanings:
        steps(f"{counted(len(meanings), 'entity type')} in the scheme {trial.scheme}: {', '.join(meanings)}")
    for doubt in trial.doubts:
        steps(f"in doubt: {doubt}")
    if numbered and meanings and labels != numbered:
        steps(f"label ids are published in this order, which is not that of the numbers: {', '.join(labels)}")
    return partial(
        Declaration,
        entity_types=meanings,
        source_types={one: name for one, name in published.items() if one != name and name in meanings},
        dialect=replace(dialect, scheme=trial.scheme, joiner=trial.joiner)
        if isinstance(dialect, HubArrow)
        else dialect,
        text=isinstance(dialect, Spans) and dialect.has_text,
        sources=sources,
        splits=GivenSplits(names=given, group=rule.group, salt=rule.salt) if given else rule,
        script=folder / "publish_dataset",  # which is where messages about the corpus as a whole say they come from
    )


def _in_words(error: DataError) -> DataError:
    """Return an error with the first of its problems in words: who calls from a notebook sees no table of them."""
    shown = [str(found) for found in islice((one for one in error.problems if one.severity == "error"), _SHOWN)]
    return DataError(_as_called("\n".join([error.message, *shown])), _as_called(error.hint), error.problems)


def _as_called(words: str) -> str:
    """Return words about what a script declares as those who call a function say it."""
    for script, call in _CALLED:
        words = script.sub(call, words)
    return words
