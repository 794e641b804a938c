"""
A build: survey, settle, press, and everything else that a release publishes, finished beside its place and renamed.

    out/README.md                                the card
    out/data/train-00000-of-00001.parquet ...    the shards
    out/assets/entity-types.svg ...              the pictures that the card shows
    out/builder/build_NAME.py                    the script, for provenance
    out/release.json                             the manifest
    out.rejected.jsonl                           what was read and is not published, and why; beside the build
    out.problems.jsonl                           every problem of the run

At a URL nothing can be renamed at once: the manifest of an older build goes first and that of the new one comes last. What
has no manifest is no build.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

from tagpress.build import WARM
from tagpress.build.account import Account, account_for
from tagpress.build.advice import better_dialect
from tagpress.build.declaration import Declaration
from tagpress.build.describe import card_facts, make_manifest, source_files, source_records
from tagpress.build.empty_splits import empty_splits
from tagpress.build.moves import Moves, moves_on
from tagpress.build.parquet import Written
from tagpress.build.provenance import published_script
from tagpress.build.read_all import Reading, read_corpus, sources_of
from tagpress.build.report import Report, make_report
from tagpress.build.shard import Shard, shard_plans
from tagpress.build.shard_counts import shard_counts
from tagpress.build.workplace import scratch_beside, spill_store, writing
from tagpress.card import Template, read_card, render
from tagpress.card.pictures import draw, shown_in
from tagpress.corpus.digests import digest_hex
from tagpress.corpus.manifest import CARD_NAME, MANIFEST_NAME, Manifest
from tagpress.corpus.problems import counted
from tagpress.corpus.records import FileRecord, SourceRecord
from tagpress.corpus.tally import Tally
from tagpress.engine import Engine, LocalEngine
from tagpress.engine.progress import Progress, silent, weighed
from tagpress.errors import DataError, UsageError
from tagpress.read.sources.source import Source, sha256
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
            "shards": dict(self.manifest.sole.shards),
        }


def check_corpus(
    declaration: Declaration,
    *,
    workers: int | None = None,
    engine: Engine | None = None,
    scratch: Path | str | None = None,
    progress: Progress = silent,
) -> Report:
    """
    Read a corpus and report everything in it and every problem; write nothing.

    Everything runs in `workers` processes of this machine, or on another `engine`. What was read waits in the folder
    `scratch`, on an engine that shuffles also at a URL, about 1.4 bytes for each byte of source, and nothing stays there;
    without one, in the system's temporary folder, which the machines of a cluster do not share.

    Raises:
        UsageError: a source cannot be read, the card cannot be used, or a cluster has no `scratch`.
        EngineError: a worker died, or Spark gave up.

    """
    _, warnings = _card_of(declaration)
    if engine and engine.cluster and scratch is None:
        message = "a check on a cluster needs a folder that all of its machines share, or a URL, for what was read"
        raise UsageError(message, "name one with --scratch; nothing will stay in it")
    with spill_store(scratch) as spills, _engine(workers, engine) as runs:
        _refuse_url(spills, runs)
        reading = read_corpus(declaration, moves_on(runs, spills), progress=progress)
        account = account_for(reading, runs)
        report = full_report(reading, account, shard_counts(reading, account.rows))
        sources = [source for source, _ in sources_of(declaration)]
        advice = better_dialect(declaration.dialect, sources, report.problems)
        return replace(report, card_warnings=warnings, advice=advice)


def build_corpus(
    declaration: Declaration,
    out: Path | str,
    *,
    workers: int | None = None,
    engine: Engine | None = None,
    previous: Manifest | None = None,
    progress: Progress = silent,
) -> Build:
    """
    Write a build to `out`, which must not exist, be empty, or be an older build.

    `out` is a folder, or on an engine that shuffles any fsspec URL below which every worker can write. A folder is
    replaced at once; at a URL an older build goes before the new one comes, and `release.json` is last.

    Everything runs in `workers` processes of this machine, or on another `engine`. `previous` is the manifest of the
    last release, whose shard counts are kept.

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
    card, warnings = _card_of(declaration)
    before = previous.sole.shards if previous else None
    with scratch_beside(above, name) as scratch, _engine(workers, engine) as runs:
        moves = moves_on(runs, scratch.store)
        reading = read_corpus(declaration, moves, progress=progress)
        account = account_for(reading, runs)
        report = full_report(reading, account, shard_counts(reading, account.rows, before))
        _refuse_errors(report)
        pressed = _press(reading, report, moves, progress)
        read = source_files(reading)
        sources = source_records(read, _hashes(list(read), reading, runs, progress))
        shards = [shard for shard, _ in pressed]
        manifest = _finish(reading, account, report, card, scratch.store, shards=shards, sources=sources)
        _write_lines(account.rejected, scratch.store, "rejected.jsonl")
        _write_lines((found.to_json() for found in report.problems), scratch.store, "problems.jsonl")
        files = {path: _made(path) for path in (*(file.path for file in manifest.files), MANIFEST_NAME)}
        files |= {shard.path: written for shard, written in pressed}
        scratch.finish(files, ("rejected.jsonl", "problems.jsonl"), last=MANIFEST_NAME)
    shown = out if is_url(out) else Path(out).absolute()
    return Build(report=replace(report, card_warnings=warnings), out=shown, manifest=manifest)


def _card_of(declaration: Declaration) -> tuple[Template, tuple[str, ...]]:
    pictures = declaration.policies["undrawn-picture"]
    return read_card(declaration.card, declaration.splits.names, pictures=pictures)


def full_report(reading: Reading, account: Account, shards: dict[str, int]) -> Report:
    """Return the report of a corpus; where nothing else stops it, with the splits that would be empty."""
    report = make_report(reading, account, shards)
    return report.with_problems(empty_splits(reading, account.rows)) if report.ok else report


def _press(reading: Reading, report: Report, moves: Moves, progress: Progress) -> list[tuple[Shard, str]]:
    """Write every shard; each comes with its name in the store."""
    rows = reading.rows()
    plans = shard_plans(report.shards, reading.declaration, rows)
    told = weighed(progress, "press", [plan.rows for plan in plans])
    return list(moves.press(plans, rows, told, size=reading.size))


def _hashes(read: Sequence[Source], reading: Reading, runs: Engine, progress: Progress) -> list[str]:
    """Return the SHA-256 of each file that was read; those that nobody had in one piece are read once more."""
    left = [source for source in read if source not in reading.hashes]
    size = sum(source.size for source in left)
    found = list(runs.map(sha256, left, partial(progress, "hash"), size=size)) if left else []
    hashes = {**reading.hashes, **dict(zip(left, found, strict=True))}
    return [hashes[source] for source in read]


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
    errors = [found for found in report.problems if found.severity == "error"]
    if not errors:
        return
    counts = Counter(found.code for found in errors)
    codes = ", ".join(f"{count:,} {code}" for code, count in sorted(counts.items()))
    message, hint = f"the corpus has {counted(len(errors), 'error')}: {codes}", _POLICY_HINT
    if set(counts) == {"empty-split"}:  # which no policy allows; each says what fills it
        message, hint = "; ".join(found.found for found in errors), errors[0].hint
    raise DataError(message, hint, report.problems)


def _finish(
    reading: Reading,
    account: Account,
    report: Report,
    card: Template,
    store: Store,
    *,
    shards: list[Shard],
    sources: tuple[SourceRecord, ...],
) -> Manifest:
    """Add the script, the card and the manifest to the shards."""
    declaration = reading.declaration
    tallies = {
        split: sum((shard.tally for shard in shards if shard.split == split), start=Tally.empty(declaration.labels))
        for split in declaration.splits.names
    }
    files = [
        FileRecord(
            path=s.path, bytes=s.written.bytes, sha256=s.written.sha256, rows=s.rows, row_digest=digest_hex(s.digest)
        )
        for s in shards
    ]
    files.append(_put(store, declaration.builder_file, published_script(declaration)))
    readme = render(card, card_facts(reading, account, tallies, shards))
    files.append(_put(store, CARD_NAME, readme))
    if shown := shown_in(readme):
        files += [_put(store, path, picture) for path, picture in draw(tallies, shown).items()]
    manifest = make_manifest(reading, account, report, tallies=tallies, shards=shards, files=files, sources=sources)
    store.write(_made(MANIFEST_NAME), manifest.to_bytes())
    return manifest


def _put(store: Store, path: str, data: bytes) -> FileRecord:
    """Write one small file of the build."""
    store.write(_made(path), data)
    written = Written(len(data), hashlib.sha256(data).hexdigest())
    return FileRecord(path=path, bytes=written.bytes, sha256=written.sha256)


def _made(path: str) -> str:
    """Return what a file of the build is called until it is finished."""
    return f"build/{path}"


def _write_lines(entries: Iterable[dict[str, Any]], store: Store, name: str) -> None:
    with store.create(name) as path, path.open("w", encoding="utf-8", newline="\n") as file:
        for entry in entries:
            file.write(json.dumps(entry, ensure_ascii=False, sort_keys=True) + "\n")
