"""What a build says about itself: the facts of its card, and its manifest."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from typing import Any, Final

from tagpress.build.account import Account
from tagpress.build.correction_problems import correction_counts
from tagpress.build.declaration import Declaration
from tagpress.build.declared import Declared
from tagpress.build.licenses import license_counts, license_of
from tagpress.build.read_all import Reading, Surveys
from tagpress.build.report import Report
from tagpress.build.shard import NO_LAYER, LayerTally, Shard
from tagpress.card import CardFacts, SplitFacts
from tagpress.corpus.config_names import DEFAULT_CONFIG
from tagpress.corpus.digests import digest_hex, sum_digests
from tagpress.corpus.field_splits import FieldSplits
from tagpress.corpus.folds import FOLDS
from tagpress.corpus.forgotten import FORGOTTEN, FORGOTTEN_PATH
from tagpress.corpus.layers.table import rule_of
from tagpress.corpus.manifest import Manifest
from tagpress.corpus.problem_rule import Policy
from tagpress.corpus.records import (
    ConfigRecord,
    CorrectionsRecord,
    FileRecord,
    ForgottenRecord,
    LayerRecord,
    LayerTotals,
    SourceRecord,
    SplitRecord,
    SplitRule,
)
from tagpress.corpus.shard_paths import shards_of
from tagpress.corpus.split_names import usual_order
from tagpress.corpus.splits import Folds, Hashed
from tagpress.corpus.tally import Tally
from tagpress.corpus.version import Version
from tagpress.read.sources.source import Source, companion

_LIBRARIES: Final = ("tagpress", "pyarrow", "datasets")


def card_facts(
    reading: Reading, account: Account, report: Report, tallies: Mapping[str, Tally], shards: Sequence[Shard]
) -> CardFacts:
    """Return everything that the card says about a build."""
    declaration = reading.declaration
    splits = {}
    for split, total in tallies.items():
        own = [shard for shard in shards if shard.split == split]
        splits[split] = SplitFacts(
            tally=total,
            doc_id_bytes=sum(shard.doc_id_bytes for shard in own),
            extra_bytes=sum(shard.extra_bytes for shard in own),
            shard_bytes=tuple(shard.written.bytes for shard in own),
            row_digest=digest_hex(sum(shard.digest for shard in own)),
            layers={name: total.counts for name, total in _layer_totals(own).items()},
        )
    return CardFacts(
        name=declaration.name,
        config=declaration.config,
        version=Version.parse(declaration.version),
        repo=None,
        labels=declaration.labels,
        descriptions=declaration.entity_types,
        extra=declaration.extra,
        layers=declaration.layers,
        splits=splits,
        split_rule=declaration.splits,
        split_field=declaration.split_field,
        sources=len(reading.sources),
        read=sum(reading.sources.values()),
        rejected=_reasons(account),
        near=_near(reading),
        doubts=report.note_counts,
        less_sure=sum(report.less_sure.values()),
        corrections=correction_counts(reading).get("applied", 0),
        forgotten=len(declaration.forgotten.whys),
        licenses=license_counts(declaration, reading.sources),
    )


def _near(reading: Reading) -> dict[tuple[str, str], int]:
    """Count what one split nearly has of another, where it is published all the same."""
    published = reading.declaration.policies["near-duplicate"] is Policy.WARN
    return {pair: near.count for pair, near in reading.settled.near.items()} if published else {}


def _reasons(account: Account) -> dict[str, int]:
    """Count the rejected sentences by reason; one with two reasons counts for both."""
    return dict(sorted(Counter(reason for entry in account.rejected for reason in entry["reasons"]).items()))


def config_record(
    reading: Reading,
    account: Account,
    report: Report,
    *,
    tallies: Mapping[str, Tally],
    shards: Sequence[Shard],
    files: Sequence[FileRecord],
    sources: tuple[SourceRecord, ...],
    annotators: Mapping[str, tuple[SourceRecord, ...]] | None,
) -> ConfigRecord:
    """Return what the manifest says of one configuration, whose shards are `files`."""
    declaration, rule = reading.declaration, reading.declaration.splits
    weights = rule.weights if isinstance(rule, Hashed) else None
    corrected = {"applied": 0, "already": 0, **correction_counts(reading)}
    kind = "given" if weights is None else FOLDS if isinstance(rule, Folds) else "hash"
    return ConfigRecord(
        config=declaration.config,
        label_names=declaration.labels.published,
        extra=declaration.extra,
        layers={
            name: LayerRecord(kind=layer.kind, names=layer.names, columns=layer.sources(name), rule=rule_of(layer))
            for name, layer in declaration.layers.items()
        }
        or None,
        split_order=None if rule.names == usual_order(rule.names) else rule.names,
        corrections=CorrectionsRecord(path=corrections_path(declaration), **corrected)
        if corrected["applied"]
        else None,
        forgotten=_forgotten(declaration, account),
        renamed=declaration.former_names("renamed") or None,
        merged=declaration.former_names("merged") or None,
        tokenisation=getattr(declaration.dialect, "tokenisation", None),
        split_rule=SplitRule(kind=kind, group=rule.group, salt=rule.salt, weights=weights, **_said_by(declaration)),
        shards=report.shards,
        splits={
            split: SplitRecord(
                rows=total.sentences,
                tokens=total.tokens,
                labels=total.label_counts,
                entities=total.entities,
                row_digest=sum_digests(
                    file.row_digest
                    for file in files
                    if file.row_digest and file.path.startswith(f"{shards_of(declaration.config, split)}-")
                ),
                layers=_layer_records([shard for shard in shards if shard.split == split]),
            )
            for split, total in tallies.items()
        },
        sources=sources,
        annotators=annotators or None,
        counts={
            "read": report.sentences,
            "published": report.published,
            "rejected": report.rejected,
        },
        rejected=_reasons(account),
    )


def _said_by(declaration: Declaration) -> dict[str, Any]:
    """Return where the sources say the split of each sentence, and what is said there, if they do."""
    rule = declaration.splits
    return {"field": str(declaration.split_field), "values": rule.values} if isinstance(rule, FieldSplits) else {}


def _forgotten(declaration: Declaration, account: Account) -> ForgottenRecord | None:
    listed = len(declaration.forgotten.whys)
    left_out = _reasons(account).get(FORGOTTEN, 0)
    return ForgottenRecord(path=FORGOTTEN_PATH, sentences=listed, left_out=left_out) if listed else None


def corrections_path(declaration: Declaration) -> str:
    """Return where a build keeps the corrections that were applied."""
    name = "corrections" if declaration.config == DEFAULT_CONFIG else declaration.config
    return f"corrections/{name}.jsonl"


def make_manifest(declared: Declared, configs: Sequence[ConfigRecord], files: Sequence[FileRecord]) -> Manifest:
    """Return the manifest of a build; `files` are all of its files but the manifest itself."""
    return Manifest(
        name=declared.name,
        version=Version.parse(declared.any.version),
        files=tuple(sorted(files, key=lambda file: file.path)),
        configs=tuple(configs),
        default_config=declared.default,
        libraries={name: version(name) for name in (*_LIBRARIES, *_drawing(files))},
    )


def _layer_totals(shards: Sequence[Shard]) -> dict[str, LayerTally]:
    """Return the layers of shards, counted together."""
    return {name: sum((shard.layers[name] for shard in shards), start=NO_LAYER) for name in shards[0].layers}


def _layer_records(shards: Sequence[Shard]) -> dict[str, LayerTotals] | None:
    totals = _layer_totals(shards)
    records = {name: LayerTotals(counts=one.counts, digest=digest_hex(one.digest)) for name, one in totals.items()}
    return records or None


def _drawing(files: Sequence[FileRecord]) -> tuple[str, ...]:
    """Return the library that the bytes of the pictures depend on, where there are any."""
    return ("matplotlib",) if any(file.path.startswith("assets/") for file in files) else ()


def source_files(reading: Reading | Surveys) -> dict[Source, int]:
    """Return every file that was read, those beside a source too, with how many sentences it gave."""
    beside = reading.declaration.dialect.beside
    files: dict[Source, int] = {}
    for source, sentences in reading.sources.items():
        files[source] = sentences
        if beside:
            files[companion(source, beside)] = 0
    return files


def source_records(
    declaration: Declaration, files: Mapping[Source, int], hashes: Iterable[str]
) -> tuple[SourceRecord, ...]:
    """Return the manifest's records of the files that were read; `hashes` are their SHA-256, in order."""
    return tuple(
        SourceRecord(
            path=_source_path(file),
            bytes=file.size,
            sha256=digest,
            sentences=sentences,
            license=license_of(declaration, file),
        )
        for (file, sentences), digest in zip(files.items(), hashes, strict=True)
    )


def _source_path(source: Source) -> str:
    """Return a source's path as far as it belongs to the corpus: where the corpus lies is nobody's business."""
    folder = source.doc_id.rpartition("/")[0]
    file = (source.member or source.place).rpartition("/")[2]
    return f"{folder}/{file}" if folder else file
