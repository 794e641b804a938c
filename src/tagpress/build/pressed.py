"""The third move of a build, for one configuration: its shards, and what the card and the manifest say of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class FileRecords:
    """What the manifest says of the files that were read: by configuration the sources, and those of annotators by their names."""

    sources: Mapping[str, tuple[SourceRecord, ...]]
    annotators: Mapping[str, Mapping[str, tuple[SourceRecord, ...]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """A configuration whose shards are written: `written` has their names in the scratch by their paths in the build."""

    part: ConfigPart
    written: Mapping[str, str]
    shards: Sequence[Shard]
    files: tuple[FileRecord, ...]
    tallies: Mapping[str, Tally]
    facts: CardFacts

    def record(self, read: FileRecords) -> ConfigRecord:
        """Return what the manifest says of it."""
        part = self.part
        return config_record(
            part.reading,
            part.account,
            part.report,
            tallies=self.tallies,
            shards=self.shards,
            files=self.files,
            sources=read.sources[part.config],
            annotators=read.annotators.get(part.config),
        )


def begin_press(part: ConfigPart, progress: Progress) -> Iterator[tuple[Shard, str]]:
    """
    Return what writes every shard of a configuration; each comes with its name in the store of the moves.

    All is ready to be handed out. It is written when the first one is asked for.
    """
    rows = part.reading.rows()
    plans = shard_plans(part.report.shards, part.reading.declaration, rows)
    told = weighed(progress, "press", [plan.rows for plan in plans])
    return part.moves.press(plans, rows, told, size=part.reading.size)


def press_part(part: ConfigPart, pressing: Iterator[tuple[Shard, str]]) -> Pressed:
    """Have every shard of a configuration written, and describe what is in them."""
    reading = part.reading
    shards, written = [], {}
    tallies = {split: Tally.empty(reading.declaration.labels) for split in reading.declaration.splits.names}
    for shard, name in pressing:  # counted as they come, while others are written
        shards.append(shard)
        written[shard.path] = f"{part.below}{name}"
        tallies[shard.split] += shard.tally
    return Pressed(
        part=part,
        written=written,
        shards=shards,
        files=tuple(map(_record, shards)),
        tallies=tallies,
        facts=card_facts(reading, part.account, part.report, tallies, shards),
    )


def _record(shard: Shard) -> FileRecord:
    return FileRecord(
        path=shard.path,
        bytes=shard.written.bytes,
        sha256=shard.written.sha256,
        rows=shard.rows,
        row_digest=digest_hex(shard.digest),
    )


def file_records(
    parts: Sequence[ConfigPart], annotators: Mapping[str, Mapping[str, Surveys]], runs: Engine, progress: Progress
) -> FileRecords:
    """Return what the manifest says of each file that was read, for whose SHA-256 most are read once more."""
    return FileRecords(
        {part.config: _records_of(part.reading, runs, progress) for part in parts},
        {
            config: {name: _records_of(own, runs, progress) for name, own in read.items()}
            for config, read in annotators.items()
        },
    )


def _records_of(read: Reading | Surveys, runs: Engine, progress: Progress) -> tuple[SourceRecord, ...]:
    files = source_files(read)
    return source_records(read.declaration, files, _hashes(list(files), read.hashes, runs, progress))


def _hashes(read: Sequence[Source], known: Mapping[Source, str], runs: Engine, progress: Progress) -> list[str]:
    """Return the SHA-256 of each file that was read; those that nobody had in one piece are read once more."""
    # An archive once, and not for each of its files.
    files = {source.path: source for source in read if source not in known}
    size = sum(source.size for source in files.values())
    found = runs.map(sha256, [*files.values()], partial(progress, "hash"), size=size) if files else ()
    hashes = dict(zip(files, found, strict=True))
    return [known[source] if source in known else hashes[source.path] for source in read]
