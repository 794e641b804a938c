"""
A build: survey, settle, press, and everything else that a release publishes, finished beside its place and renamed.

    out/README.md                                the card
    out/data/train-00000-of-00001.parquet ...    the shards
    out/assets/entity-types.svg ...              the pictures that the card shows
    out/builder/build_NAME.py                    the script, for provenance
    out/corrections/corrections.jsonl            the corrections that were applied, where there are any
    out/release.json                             the manifest
    out.rejected.jsonl                           what was read and is not published, and why; beside the build
    out.problems.jsonl                           every problem of the run

At a URL nothing can be renamed at once: the manifest of an older build goes first and that of the new one comes last. What
has no manifest is no build.
"""

import hashlib
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from tagpress.build import WARM
from tagpress.build.agreement.found import agreement_of, refuse_nobody
from tagpress.build.correction_problems import applied
from tagpress.build.declaration import Declaration
from tagpress.build.declared import Declared
from tagpress.build.describe import corrections_path, make_manifest
from tagpress.build.parquet import Written
from tagpress.build.parts import NOTES, advice_for, read_parts, unused_of, whole_report, write_notes
from tagpress.build.pressed import Pressed, begin_press, file_records, press_part
from tagpress.build.provenance import published_script
from tagpress.build.report import Report
from tagpress.build.workplace import scratch_beside, spill_store, writing
from tagpress.card import EveryFacts, Template, read_card, render
from tagpress.card.blocks import PICTURE_BLOCKS
from tagpress.card.checks import shows, unsaid_agreement, unsaid_layers
from tagpress.card.pictures import draw, load_beside, shown_in
from tagpress.corpus.agreement import Agreements
from tagpress.corpus.forgotten import FORGOTTEN_PATH
from tagpress.corpus.manifest import CARD_NAME, MANIFEST_NAME, Manifest
from tagpress.corpus.problem_rule import Policy
from tagpress.corpus.problems import counted
from tagpress.corpus.records import FileRecord
from tagpress.engine import Engine, LocalEngine
from tagpress.engine.progress import Progress, silent
from tagpress.errors import DataError, UsageError
from tagpress.store import UNFINISHED, Store, is_url, store_of

_POLICY_HINT: Final = "mend them, or set a policy for their code in POLICY; nothing was written"


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """A finished build: what was read, where it stands (an absolute path, or the URL that was given), and its manifest."""

    report: Report
    out: Path | str
    manifest: Manifest

    def to_json(self) -> dict[str, Any]:
        """Return the document that `build --json` prints."""
        files = [
            {
                key: value
                for key, value in (("path", f.path), ("bytes", f.bytes), ("sha256", f.sha256), ("rows", f.rows))
                if value is not None
            }
            for f in self.manifest.files
        ]
        return {
            **self.report.to_json(),
            "out": str(self.out),
            "files": files,
        }


def check_corpus(
    declaration: Declaration | Declared,
    *,
    workers: int | None = None,
    engine: Engine | None = None,
    scratch: Path | str | None = None,
    doubts: bool = False,
    least_sure: float | None = None,
    agreement: bool = False,
    personal_data: bool = False,
    predictions: Path | Mapping[str, Path] | None = None,
    layer: str | None = None,
    progress: Progress = silent,
) -> Report:
    """
    Read a corpus and report everything in it and every problem; write nothing.

    With `doubts`, labels in doubt are noted, from the score `least_sure` on if there is one, with `personal_data` what may belong to a person; with `agreement`, configurations
    are compared on the sentences that they share. Annotators that the corpus declares are compared in any case.
    `predictions` is a file of them (see `build.predictions`), or one for each of some configurations, of the main tags or of a `layer`: labels that they speak against are noted.

    Everything runs in `workers` processes of this machine, or on another `engine`. What was read waits in the folder
    `scratch`, on an engine that shuffles also at a URL, about 1.4 bytes for each byte of source, and nothing stays there;
    without one, in the system's temporary folder, which the machines of a cluster do not share.

    Raises:
        UsageError: a source cannot be read, the card cannot be used, a cluster has no `scratch`, there is nobody to compare,
            doubts are wanted where there are no spans, or predictions cannot be read or do not fit.
        NotInstalledError: predictions are probabilities, and `tagpress[cleanlab]` is not installed.
        EngineError: a worker died, or Spark gave up.

    """
    declared = _looking(Declared.of(declaration), personal_data=personal_data)
    _, warnings = _card_of(declared)
    if agreement:
        refuse_nobody(declared)
    files: Mapping[str, Path] = {}
    if predictions is not None:
        from tagpress.build.predictions.files import files_by_config  # noqa: PLC0415 - few have any

        files = files_by_config(declared, predictions, layer)
    if engine and engine.cluster and scratch is None:
        message = "a check on a cluster needs a folder that all of its machines share, or a URL, for what was read"
        raise UsageError(message, "name one with --scratch; nothing will stay in it")
    with spill_store(scratch) as spills, _engine(workers, engine) as runs:
        _refuse_url(spills, runs)
        parts = read_parts(declared, runs, spills, progress=progress, doubts=doubts, least_sure=least_sure)
        agreed = agreement_of(declared, parts, runs, spills, configurations=agreement, progress=progress)
        if files:
            from tagpress.build.predictions.find import predicted_part  # noqa: PLC0415 - as above

            parts = tuple(predicted_part(part, files.get(part.config), layer) for part in parts)
        report = whole_report(parts).with_problems(agreed.problems)
        return replace(
            report,
            card_warnings=warnings,
            advice="; ".join([*unused_of(parts), *advice_for(parts)]),
            agreement=agreed.agreements,
        )


def _looking(declared: Declared, *, personal_data: bool) -> Declared:
    """Return a corpus in which personal data is looked for, where it is asked for."""
    return declared.each(lambda one: replace(one, personal=True)) if personal_data else declared


def build_corpus(
    declaration: Declaration | Declared,
    out: Path | str,
    *,
    workers: int | None = None,
    engine: Engine | None = None,
    previous: Manifest | None = None,
    doubts: bool = False,
    personal_data: bool = False,
    progress: Progress = silent,
) -> Build:
    """
    Write a build to `out`, which must not exist, be empty, or be an older build.

    `out` is a folder, or on an engine that shuffles any fsspec URL below which every worker can write. A folder is
    replaced at once; at a URL an older build goes before the new one comes, and `release.json` is last.

    Everything runs in `workers` processes of this machine, or on another `engine`. `previous` is the manifest of the
    last release, whose shard counts are kept. Labels in doubt are looked for with `doubts`, and where the card shows them; the notes
    stand beside the build. With `personal_data`, what may belong to a person is noted too.

    Raises:
        UsageError: a source cannot be read, the card cannot be used, `out` holds something else, or an executor does
            not reach a source or `out`.
        DataError: the corpus has errors; it carries every problem.
        WriteError: the build cannot be written.
        UnderwayError: another one to the same URL is under way.
        EngineError: a worker died, or Spark gave up.

    """
    above, name = store_of(out)
    _refuse_place(above, name, engine)
    declared = _looking(Declared.of(declaration), personal_data=personal_data)
    card, warnings = _card_of(declared)
    with scratch_beside(above, name) as scratch, _engine(workers, engine) as runs:
        doubts = doubts or shows(card, "doubts")
        parts = read_parts(declared, runs, scratch.store, progress=progress, previous=previous, doubts=doubts)
        shown = shows(card, "agreement")
        agreed = agreement_of(declared, parts, runs, scratch.store, configurations=shown, progress=progress)
        report = whole_report(parts).with_problems(agreed.problems)
        _refuse_errors(report)
        # Before others take turns: nobody works until it is handed out.
        begun = [begin_press(part, progress) for part in parts]
        if any(shows(card, block) for block in PICTURE_BLOCKS):
            load_beside()
        with ThreadPoolExecutor(1) as beside:  # this process waits for others while they press
            noted = beside.submit(write_notes, parts, agreed.problems, scratch.store)
            pressed = [press_part(part, pressing) for part, pressing in zip(parts, begun, strict=True)]
            described = beside.submit(_describe, declared, pressed, card, agreed.agreements, scratch.store)
            read = file_records(parts, agreed.read, runs, progress)  # others hash while the pictures are drawn
        noted.result()
        manifest = make_manifest(declared, [one.record(read) for one in pressed], described.result())
        scratch.store.write(_made(MANIFEST_NAME), manifest.to_bytes())
        files = {path: _made(path) for path in (*(file.path for file in manifest.files), MANIFEST_NAME)}
        files |= {path: written for one in pressed for path, written in one.written.items()}
        scratch.finish(files, [f"{kind}.jsonl" for kind in NOTES], last=MANIFEST_NAME)
    place = out if is_url(out) else Path(out).absolute()
    whole = replace(report, card_warnings=warnings, advice="; ".join(unused_of(parts)), agreement=agreed.agreements)
    return Build(report=whole, out=place, manifest=manifest)


def _card_of(declared: Declared) -> tuple[Template, tuple[str, ...]]:
    strict = any(one.policies["undrawn-picture"] is Policy.ERROR for one in declared)
    splits = tuple(dict.fromkeys(split for one in declared for split in one.splits.names))
    pictures = Policy.ERROR if strict else Policy.WARN
    entities = any(one.entity_types for one in declared)
    card, warnings = read_card(declared.any.card, splits, pictures=pictures, entities=entities)
    return card, (
        *warnings,
        *unsaid_layers(card, any(one.layers for one in declared)),
        *unsaid_agreement(card, bool(declared.annotators)),
    )


def _engine(workers: int | None, engine: Engine | None) -> AbstractContextManager[Engine]:
    """Return the engine of a build: the one that was passed, which stays, or this machine's."""
    return nullcontext(engine) if engine else LocalEngine(workers, preload=WARM)


def _refuse_place(above: Store, name: str, engine: Engine | None) -> None:
    """Stop where something else is in the place of a build, or where workers cannot write to it."""
    out = above.below(name)
    _refuse_url(out, engine)
    with writing(above, name):
        other = above.exists(name) or bool(out.entries())
        if other and not any(out.exists(known) for known in (MANIFEST_NAME, UNFINISHED)):
            raise UsageError(f"{out} exists and is not a build", "choose another --out, or remove it")


def _refuse_url(store: Store, engine: Engine | None) -> None:
    """Stop where the processes of this machine would work at a URL: each would read a part of every spill, time and again."""
    if store.local() is None and not (engine and engine.cluster):
        message = f"{store} is a URL, and the processes of this machine write to a folder"
        raise UsageError(message, "add --engine spark, or name a folder")


def _refuse_errors(report: Report) -> None:
    counts = report.counts_of("error")
    if not counts:
        return
    codes = ", ".join(f"{count:,} {code}" for code, count in counts.items())
    message, hint = f"the corpus has {counted(sum(counts.values()), 'error')}: {codes}", _POLICY_HINT
    if set(counts) == {"empty-split"}:  # which no policy allows; each says what fills it
        errors = [found for found in report.problems if found.severity == "error"]
        message, hint = "; ".join(found.found for found in errors), errors[0].hint
    raise DataError(message, hint, report.problems)


def _describe(
    declared: Declared, pressed: Sequence[Pressed], card: Template, agreement: Agreements | None, store: Store
) -> list[FileRecord]:
    """Write the script, the card and its pictures beside the shards; return all of these files."""
    files = [file for one in pressed for file in one.files]
    files.append(_put(store, declared.any.builder_file, published_script(declared)))
    files += [
        _put(store, corrections_path(one.part.reading.declaration), lines)
        for one in pressed
        if (lines := b"".join(made.to_line() for made in applied(one.part.reading)))
    ]
    if declared.any.forgotten.whys:
        files.append(_put(store, FORGOTTEN_PATH, declared.any.forgotten.to_bytes()))
    facts = tuple(one.facts for one in pressed)
    flat = replace(facts[0], agreement=agreement)
    readme = render(card, flat if declared.is_flat else EveryFacts(facts, declared.default, agreement))
    files.append(_put(store, CARD_NAME, readme))
    for one in pressed:
        if shown := shown_in(readme, one.part.config):
            files += [_put(store, path, picture) for path, picture in draw(one.tallies, shown, one.part.config).items()]
    return files


def _put(store: Store, path: str, data: bytes) -> FileRecord:
    """Write one small file of the build."""
    store.write(_made(path), data)
    written = Written(len(data), hashlib.sha256(data).hexdigest())
    return FileRecord(path=path, bytes=written.bytes, sha256=written.sha256)


def _made(path: str) -> str:
    """Return what a file of the build is called until it is finished."""
    return f"build/{path}"
