"""The third move of a build, for one configuration: its shards, and what the card and the manifest say of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from tagpress.build.describe import card_facts, config_record, source_files, source_records
from tagpress.build.parts import ConfigPart
from tagpress.build.read_all import Reading, Surveys
from tagpress.build.shard import Shard
from tagpress.build.shard_plan import shard_plans
from tagpress.card import CardFacts
from tagpress.corpus.digests import digest_hex
from tagpress.corpus.records import ConfigRecord, FileRecord, SourceRecord
from tagpress.corpus.tally import Tally
from tagpress.engine import Engine
from tagpress.engine.progress import Progress, weighed
from tagpress.read.sources.source import Source, sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """A configuration whose shards are written: `written` has their names in the scratch by their paths in the build."""

    part: ConfigPart
    written: Mapping[str, str]
    files: tuple[FileRecord, ...]
    tallies: Mapping[str, Tally]
    facts: CardFacts
    record: ConfigRecord

    def beside(self, annotators: Mapping[str, Mapping[str, tuple[SourceRecord, ...]]]) -> "Pressed":
        """Return the same, with the files of annotators by configuration, as far as any were read for it."""
        found = annotators.get(self.part.config)
        return replace(self, record=replace(self.record, annotators=found)) if found else self


def press_part(part: ConfigPart, runs: Engine, progress: Progress) -> Pressed:
    """Write every shard of a configuration, and describe what is in them."""
    reading = part.reading
    pressed = _press(part, progress)
    sources = records_of(reading, runs, progress)
    shards = [shard for shard, _ in pressed]
    tallies = {
        split: sum(
            (shard.tally for shard in shards if shard.split == split), start=Tally.empty(reading.declaration.labels)
        )
        for split in reading.declaration.splits.names
    }
    files = tuple(map(_record, shards))
    return Pressed(
        part=part,
        written={shard.path: f"{part.below}{name}" for shard, name in pressed},
        files=files,
        tallies=tallies,
        facts=card_facts(reading, part.account, part.report, tallies, shards),
        record=config_record(
            reading, part.account, part.report, tallies=tallies, shards=shards, files=files, sources=sources
        ),
    )


def _press(part: ConfigPart, progress: Progress) -> list[tuple[Shard, str]]:
    """Write every shard; each comes with its name in the store of the moves."""
    rows = part.reading.rows()
    plans = shard_plans(part.report.shards, part.reading.declaration, rows)
    told = weighed(progress, "press", [plan.rows for plan in plans])
    return list(part.moves.press(plans, rows, told, size=part.reading.size))


def _record(shard: Shard) -> FileRecord:
    return FileRecord(
        path=shard.path,
        bytes=shard.written.bytes,
        sha256=shard.written.sha256,
        rows=shard.rows,
        row_digest=digest_hex(shard.digest),
    )


def records_of(read: Reading | Surveys, runs: Engine, progress: Progress) -> tuple[SourceRecord, ...]:
    """Return what the manifest says of each file that was read."""
    files = source_files(read)
    return source_records(read.declaration, files, _hashes(list(files), read.hashes, runs, progress))


def _hashes(read: Sequence[Source], known: Mapping[Source, str], runs: Engine, progress: Progress) -> list[str]:
    """Return the SHA-256 of each file that was read; those that nobody had in one piece are read once more."""
    left = [source for source in read if source not in known]
    size = sum(source.size for source in left)
    found = list(runs.map(sha256, left, partial(progress, "hash"), size=size)) if left else []
    hashes = {**known, **dict(zip(left, found, strict=True))}
    return [hashes[source] for source in read]
