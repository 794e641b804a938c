"""The commands that read a corpus: new, check and build."""

import json
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tagpress.cli.options import (
    RUNS_SCRIPT,
    config_option,
    corpus_options,
    declared,
    doubts_option,
    engine_of,
    engine_options,
    json_option,
    personal_option,
    refuse_alone,
)
from tagpress.cli.output import (
    answer,
    progress_bar,
    show_agreement,
    show_report,
    show_table,
    tell,
    tell_left,
    tell_outcome,
)
from tagpress.cli.unscripted import corpus_of, show_doubts, show_inferred, tell_no_script
from tagpress.corpus.annotations import ANNOTATIONS
from tagpress.corpus.place import has_rows

if TYPE_CHECKING:
    from tagpress.build.corpus import Build
    from tagpress.build.report import Report
    from tagpress.corpus.splits import Grouping
    from tagpress.script.new import NewCorpus


@click.command(epilog=RUNS_SCRIPT)
@click.argument("what", metavar="SCRIPT|CORPUS")
@corpus_options
@engine_options
@config_option
@doubts_option
@click.option(
    "--least-sure",
    type=click.FloatRange(0.1, 1),
    metavar="SCORE",
    help="With --doubts: note all from this score on. Without it from 0.35; from 0.1 also where as much speaks for as against.",
)
@personal_option
@click.option(
    "--agreement",
    is_flag=True,
    help="Also say how far configurations agree on the sentences that they share: annotators of the same text. "
    "Those that ANNOTATORS of the script names are compared in any case.",
)
@click.option(
    "--min-agreement",
    type=click.FloatRange(0, 1),
    metavar="F1",
    help="The same, and end with 1 where two of them agree in fewer of their spans, in any layer.",
)
@click.option(
    "--predictions",
    metavar="[CONFIG=]FILE",
    multiple=True,
    help="Also note the labels that a model's predictions speak against: JSON lines or Parquet, by the ids of sentences; "
    "probabilities are judged by cleanlab. Of several configurations each has a file of its own.",
)
@click.option(
    "--layer",
    metavar="NAME",
    help="With --predictions: the layer that they are of, of classes or of spans side by side. Without it, the main tags.",
)
@click.option(
    "--scratch",
    metavar="DIR|URL",
    help="Where what was read waits, and nothing stays; for a cluster, a folder that its machines share, or a URL.",
)
@click.option(
    "--problems",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write every problem to a file, a JSON object a line.",
)
@click.option(
    "--format",
    "annotations",
    type=click.Choice(sorted(ANNOTATIONS)),
    help="Also print the problems on standard output, as another tool shows them at their lines: "
    "commands of a GitHub workflow, or SARIF.",
)
def check(
    *,
    what: str,
    source: tuple[str, ...],
    group: "Grouping | None",
    salt: str | None,
    workers: int | None,
    engine: str,
    master: str | None,
    config: str | None,
    doubts: bool,
    least_sure: float | None,
    personal_data: bool,
    agreement: bool,
    min_agreement: float | None,
    predictions: tuple[str, ...],
    layer: str | None,
    scratch: str | None,
    problems: Path | None,
    annotations: str | None,
    as_json: bool,
) -> int:
    """
    Read everything and report every problem; write nothing.

    SOURCE (files, patterns or folders, SPLIT=SOURCE for given splits) replaces the script's SOURCES. A CORPUS has no
    script yet: all are sources, as of `new`, and what is inferred is said.
    """
    from tagpress.build.corpus import check_corpus
    from tagpress.errors import UsageError

    if annotations and as_json:
        raise UsageError("--json and --format both print on standard output", "use one of them")
    refuse_alone("--least-sure", least_sure, "--doubts", given=doubts)
    refuse_alone("--layer", layer, "--predictions", given=bool(predictions))
    declaration, inferred = corpus_of(what, source, group, salt, config=config)
    files = None
    if predictions:
        from tagpress.build.predictions.files import named_files

        files = named_files(declaration, predictions)
    with engine_of(engine, master, workers) as runs, progress_bar(quiet=as_json) as progress:
        report = check_corpus(
            declaration,
            workers=workers,
            engine=runs,
            scratch=scratch,
            doubts=doubts,
            least_sure=least_sure,
            personal_data=personal_data,
            agreement=agreement or min_agreement is not None,
            predictions=files,
            layer=layer,
            progress=progress,
        )
    if problems is not None:
        from tagpress.store.whole_file import writing_file

        with writing_file(problems) as file:
            file.writelines(f"{json.dumps(one.to_json(), ensure_ascii=False)}\n".encode() for one in report.problems)
    if annotations:
        path_of = partial(_path_here, Path() if source or inferred else Path(what).parent, Path(what))
        click.echo(ANNOTATIONS[annotations](report.problems, path_of), nl=False)
    apart = report.agreement.fault(min_agreement) if report.agreement and min_agreement is not None else ""
    more: dict[str, Any] = {} if min_agreement is None else {"agreement_fault": apart or None}
    if inferred:
        more["inferred"] = inferred.to_json()
        report = replace(report, card_warnings=())  # nobody has begun a card yet
    if inferred and not as_json:
        show_inferred(inferred)
        show_doubts(inferred)
    answer(report, partial(_show_check, problems=problems, apart=apart), as_json=as_json, **more)
    if inferred and not as_json:
        tell_no_script(inferred, [what, *source])
    return 0 if report.ok and not apart else 1


def _path_here(base: Path, script: Path, name: str) -> str | None:
    """
    Return the path of a source from the working folder, with its name from `base`; None if it is no file below that.

    A table in memory is shown at the script that made it.
    """
    path = (script if has_rows(name) else base / name).resolve()
    return path.relative_to(Path.cwd()).as_posix() if path.is_file() and path.is_relative_to(Path.cwd()) else None


def _show_check(report: "Report", *, problems: Path | None, apart: str) -> None:
    show_report(report, everything=f"{problems} has all" if problems else "--problems FILE writes all")
    if report.agreement:
        show_agreement(report.agreement)
    for line in report.predicted:
        tell(line)
    tell(report.summary)
    tell(report.verdict)
    if apart:
        tell(f"error    agreement: {apart}; settle what they read otherwise, or lower --min-agreement")


@click.command(epilog=RUNS_SCRIPT)
@click.argument("script", type=click.Path(path_type=Path))
@corpus_options
@engine_options
@doubts_option
@personal_option
@click.option(
    "-o",
    "--out",
    metavar="DIR|URL",
    required=True,
    help="The folder of the build; for a cluster, one that all of its machines share, or any URL of fsspec's.",
)
def build(
    *,
    script: Path,
    source: tuple[str, ...],
    group: "Grouping | None",
    salt: str | None,
    workers: int | None,
    engine: str,
    master: str | None,
    doubts: bool,
    personal_data: bool,
    out: str,
    as_json: bool,
) -> None:
    """
    Write a build: card, shards, script and manifest.

    SOURCE (files, patterns or folders, SPLIT=SOURCE for given splits) replaces the script's SOURCES.
    """
    from tagpress.build.corpus import build_corpus

    declaration = declared(script, source, group, salt)
    with engine_of(engine, master, workers) as runs, progress_bar(quiet=as_json) as progress:
        made = build_corpus(
            declaration,
            out,
            workers=workers,
            engine=runs,
            doubts=doubts,
            personal_data=personal_data,
            progress=progress,
        )
    answer(made, _show_build, as_json=as_json)


def _show_build(made: "Build") -> None:
    show_report(made.report, everything=f"{made.out}.problems.jsonl has all")
    if made.report.agreement:
        show_agreement(made.report.agreement)
    rows = [(file.path, f"{file.bytes:,}") for file in made.manifest.files]
    show_table(f"build {made.out}", ("file", "bytes"), rows)
    tell_outcome(made)


@click.command()
@click.argument("name")
@click.argument("source", nargs=-1)
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), default=Path(), help="The folder to write to; by default this one."
)
@json_option
def new(*, name: str, source: tuple[str, ...], out: Path, as_json: bool) -> None:
    """
    Look at a corpus; write a script, a card and a test for it.

    SOURCE is files, patterns or folders, or SPLIT=SOURCE for given splits; file names that say a split are given ones.
    CONFIG/SPLIT=SOURCE, or CONFIG/=SOURCE, says a configuration too, such as a language; names may say these as well.
    One SOURCE alone gives the corpus its name. Nothing is asked and nothing is overwritten.
    """
    from tagpress.script.corpus_name import name_after
    from tagpress.script.new import new_corpus

    made = new_corpus(name, source, out) if source else new_corpus(name_after(name), [name], out)
    answer(made, _show_new, as_json=as_json)


def _show_new(made: "NewCorpus") -> None:
    show_inferred(made.inferred)
    tell_left(made.report)
    types = made.guessed.sniffed.entity_types
    show_doubts(made.inferred)
    tell(
        f"read {made.report.sentences:,} sentences and {made.report.tokens:,} tokens"
        + (f" of {len(types)} types" if types else ", without entities")
    )
    if made.report.problem_counts:
        counts = ", ".join(f"{count:,} {code}" for code, count in made.report.problem_counts.items())
        tell(f"tagpress check will report: {counts}")
    tell(f"wrote {made.script}, {made.card} and {made.test}; next: tagpress check {made.script}")
