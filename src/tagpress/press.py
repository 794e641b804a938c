"""
A build: survey, settle, press, and everything else that a release publishes, finished beside its place and renamed.

    out/README.md                                the card
    out/data/train-00000-of-00001.parquet ...    the shards
    out/assets/entity-types.svg ...              the pictures that the card shows
    out/builder/build_NAME.py                    the script, for provenance
    out/release.json                             the manifest
    out.rejected.jsonl                           what was read and is not published, and why; beside the build
    out.problems.jsonl                           every problem of the run
"""

import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from tagpress.card import PLAIN_CARD, Template, check_template, parse_template, render
from tagpress.declaration import Declaration
from tagpress.describe import card_facts, make_manifest, source_files, source_records
from tagpress.empty import refuse_empty_splits
from tagpress.engine import Engine, LocalEngine
from tagpress.errors import CardError, DataError, UsageError
from tagpress.identity import digest_hex
from tagpress.manifest import CARD_NAME, MANIFEST_NAME, FileRecord, Manifest, SourceRecord
from tagpress.moves import ReadingMoves, moves_on
from tagpress.parquet import Written
from tagpress.plots import draw, shown_in
from tagpress.read.sources import sha256
from tagpress.reading import Progress, Reading, read_corpus, weighed
from tagpress.report import Report
from tagpress.scratch import scratch_beside, spill_folder
from tagpress.shard import Shard, shard_plans
from tagpress.tally import Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """A finished build: what was read, where it stands, and its manifest."""

    report: Report
    out: Path
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
        return {**self.report.to_json(), "out": str(self.out), "files": files, "shards": dict(self.manifest.shards)}


def silent(_work: str, _done: int, _total: int) -> None:
    """Show no progress."""


def check_corpus(declaration: Declaration, *, workers: int | None = None, progress: Progress = silent) -> Report:
    """
    Read a corpus and report everything in it and every problem; write nothing.

    Raises:
        UsageError: a source cannot be read, or the card cannot be used.
        DataError: a split would be empty.

    """
    _, warnings = read_card(declaration)
    with spill_folder() as spills, LocalEngine(workers) as engine:
        reading = read_corpus(declaration, ReadingMoves(engine, spills), previous={}, progress=progress)
        if reading.report.ok:
            refuse_empty_splits(reading, declaration.splits)
        return replace(reading.report, card_warnings=warnings)


def read_card(declaration: Declaration) -> tuple[Template, tuple[str, ...]]:
    """
    Return the card's template and what it still leaves open; without one of its own a corpus has a plain card.

    Raises:
        CardError: the card cannot be read, or has faults; all of them are named.

    """
    path = declaration.card or PLAIN_CARD
    try:
        template = parse_template(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise CardError(
            f"the card {path} cannot be read: {error}", "set CARD to the path of a Markdown file"
        ) from error
    faults = check_template(template)
    errors = [str(fault) for fault in faults if not fault.warning]
    if errors:
        raise CardError("\n".join(errors), "mend the card")
    return template, tuple(str(fault) for fault in faults)


def build_corpus(
    declaration: Declaration,
    out: Path,
    *,
    workers: int | None = None,
    engine: Engine | None = None,
    previous: Manifest | None = None,
    progress: Progress = silent,
) -> Build:
    """
    Write a build to `out`, which must not exist, be empty, or be an older build.

    Everything runs in `workers` processes of this machine, or on another `engine`. `previous` is the manifest of the
    last release, whose shard counts are kept.

    Raises:
        UsageError: a source cannot be read, the card cannot be used, or `out` holds something else.
        DataError: the corpus has errors; it carries every problem.
        BuildError: the build cannot be written.

    """
    out = out.absolute()
    _refuse_to_overwrite(out)
    card, _ = read_card(declaration)
    with scratch_beside(out) as scratch, _engine(workers, engine) as runs:
        spills, made = scratch / "spills", scratch / "build"
        spills.mkdir()
        counts = previous.shards if previous else {}
        moves = moves_on(runs, spills)
        reading = read_corpus(declaration, moves, previous=counts, progress=progress)
        _refuse_errors(reading)
        refuse_empty_splits(reading, declaration.splits)
        (made / "data").mkdir(parents=True)
        rows = reading.rows()
        plans = shard_plans(reading.shards, declaration, rows)
        pressed = weighed(progress, "press", [plan.rows for plan in plans])
        shards = list(moves.press(plans, rows, made, pressed, size=reading.size))
        read = source_files(reading, declaration)
        sources = source_records(read, runs.map(sha256, list(read), partial(progress, "hash"), size=reading.size))
        manifest = _finish(reading, declaration, card, made, shards=shards, sources=sources)
        _write_lines(reading.rejected, scratch / "rejected.jsonl")
        _write_lines((found.to_json() for found in reading.report.problems), scratch / "problems.jsonl")
        _put_in_place(scratch, made, out)
    return Build(report=reading.report, out=out, manifest=manifest)


def _engine(workers: int | None, engine: Engine | None) -> AbstractContextManager[Engine]:
    """Return the engine of a build: the one that was passed, which stays, or this machine's."""
    return nullcontext(engine) if engine else LocalEngine(workers)


def _refuse_to_overwrite(out: Path) -> None:
    if out.exists() and not (out.is_dir() and (not any(out.iterdir()) or (out / MANIFEST_NAME).is_file())):
        raise UsageError(f"{out} exists and is not a build", "choose another --out, or remove it")


def _refuse_errors(reading: Reading) -> None:
    if not reading.report.ok:
        errors = [found for found in reading.report.problems if found.severity == "error"]
        codes = ", ".join(f"{count:,} {code}" for code, count in sorted(Counter(e.code for e in errors).items()))
        hint = "mend them, or set a policy for their code in POLICY; nothing was written"
        raise DataError(f"the corpus has {len(errors):,} errors: {codes}", hint, reading.report.problems)


def _finish(
    reading: Reading,
    declaration: Declaration,
    card: Template,
    made: Path,
    *,
    shards: list[Shard],
    sources: tuple[SourceRecord, ...],
) -> Manifest:
    """Add the script, the card and the manifest to the shards."""
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
    files.append(_put(made, declaration.builder_file, declaration.script.read_bytes()))
    readme = render(card, card_facts(reading, declaration, tallies, shards))
    files.append(_put(made, CARD_NAME, readme))
    if shown := shown_in(readme):
        files += [_put(made, path, picture) for path, picture in draw(tallies, shown).items()]
    manifest = make_manifest(reading, declaration, tallies, files, sources)
    (made / MANIFEST_NAME).write_bytes(manifest.to_bytes())
    return manifest


def _put(made: Path, path: str, data: bytes) -> FileRecord:
    """Write one small file of the build."""
    target = made / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
    written = Written(len(data), hashlib.sha256(data).hexdigest())
    return FileRecord(path=path, bytes=written.bytes, sha256=written.sha256)


def rejected_path(out: Path) -> Path:
    """Return where the rejected sentences of a build stand: beside it, because they are not published."""
    return out.with_name(f"{out.name}.rejected.jsonl")


def problems_path(out: Path) -> Path:
    """Return where the problems of a build stand: beside it, because they name the places of this machine."""
    return out.with_name(f"{out.name}.problems.jsonl")


def _write_lines(entries: Iterable[dict[str, Any]], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for entry in entries:
            file.write(json.dumps(entry, ensure_ascii=False, sort_keys=True) + "\n")


def _put_in_place(scratch: Path, made: Path, out: Path) -> None:
    """Rename the finished build to its place; an older build leaves by rename, and is removed afterwards."""
    (scratch / "rejected.jsonl").replace(rejected_path(out))
    (scratch / "problems.jsonl").replace(problems_path(out))
    if out.exists():
        out.replace(scratch / "older")
    made.replace(out)
    shutil.rmtree(scratch / "older", ignore_errors=True)
