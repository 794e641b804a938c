"""
Write a build in another dialect: the inverse of reading.

    named                           which target a name, or a reading dialect, stands for
    columns conllu jsonl spans webanno bioc brat docbin     a target each: what it cannot hold, and its bytes
    sentences                       rows as texts with spans of characters
    rows                            what is in a build, batch by batch
    chosen                          which layer of spans is written, and which layers would be lost
    layer_texts                     what a layer says of each token, as a text
    schemes                         IOB2 -> any tag scheme, as tables
    refusals                        every fault, counted, the first ones named
    files                           where it goes, written beside and renamed

The law: what is exported reads back equal (tokens and spans; ids and documents where the dialect has them), or it is
refused before anything is written. Memory is bounded by a batch of rows, except for DocBin and brat.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import accumulate, chain
from pathlib import Path
from typing import Any

from tagpress.corpus.identity import file_sha256
from tagpress.corpus.manifest import Manifest
from tagpress.corpus.records import ReleasedConfig
from tagpress.engine.progress import Progress, silent
from tagpress.errors import UsageError
from tagpress.export.bioc import BiocTarget
from tagpress.export.brat import BratTarget
from tagpress.export.chosen import chosen_spans
from tagpress.export.columns import ColumnsTarget
from tagpress.export.conllu import ConlluTarget
from tagpress.export.docbin import DocBinTarget
from tagpress.export.files import folders, places, write_all
from tagpress.export.jsonl import JsonLinesTarget
from tagpress.export.named import TARGETS, target_named, target_of
from tagpress.export.refusals import refuse
from tagpress.export.rows import Rows, read_rows
from tagpress.export.spans import SpansTarget
from tagpress.export.target import Target
from tagpress.export.uncorrected import uncorrected
from tagpress.export.webanno import WebannoTarget

__all__ = [
    "TARGETS",
    "BiocTarget",
    "BratTarget",
    "ColumnsTarget",
    "ConlluTarget",
    "DocBinTarget",
    "Exported",
    "ExportedFile",
    "JsonLinesTarget",
    "SpansTarget",
    "Target",
    "WebannoTarget",
    "export_build",
    "target_named",
    "target_of",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedFile:
    """
    One written file: its split, what is in it, and its size and SHA-256 as it is stored.

    Of a folder it is the sum of the sizes, and the SHA-256 of a line for each file, as `sha256sum` writes them.
    """

    path: Path
    split: str
    rows: int
    tokens: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Exported:
    """The files of an export, in the order of their splits."""

    files: tuple[ExportedFile, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the document that `export --json` prints."""
        names = ("path", "split", "rows", "tokens", "bytes", "sha256")
        return {
            "files": [{name: getattr(file, name) for name in names} | {"path": str(file.path)} for file in self.files]
        }


def export_build(
    build: Path,
    target: Target,
    out: str | Path,
    *,
    splits: Sequence[str] | None = None,
    config: str | None = None,
    without: Sequence[str] = (),
    corrected: bool = True,
    progress: Progress = silent,
) -> Exported:
    """
    Write splits of a build, each to a file of its own; all of them if `splits` is None.

    They are those of one configuration; where several exist and none is named, of the default one.

    `out` is a file, a folder, or a name with `{split}` in it: see `files.places`. A name that ends in .gz, .bz2, .xz
    or .zst is compressed. Files that are there are replaced. `without` names the layers that are left out. Of what holds one
    layer of spans, that is the nested layer of which `ner_tags` are made, else `ner_tags`, else the first layer of spans. Not
    `corrected`, sentences have the spans that the sources had; copies that became alike by a correction are still one.

    Raises:
        UsageError: no such configuration, split or layer, a layer that the target cannot hold, or a place that cannot be.
        DataError: the target cannot hold the build; it names the first faults and counts them all. Nothing is written.
        BuildError: `build` is not a build.
        WriteError: a file cannot be written.

    """
    released = Manifest.load(build).config(config)
    chosen = _chosen(released, splits)
    spans = chosen_spans(released, target, without)
    in_folders = isinstance(target, BratTarget)
    paths = (folders if in_folders else places)(str(out), chosen, target, build)
    source = (lambda rows: rows) if corrected else uncorrected(build, released, without)
    batches = partial(
        _batches, build, released, chosen, lambda rows: replace(source(rows).without(frozenset(without)), spans=spans)
    )
    refuse(chain.from_iterable(map(target.faults, batches("check", progress))), target.name)
    if isinstance(target, BratTarget):
        return _in_folders(paths, target, released, batches("export", progress))
    data = map(target.write, batches("export", progress))
    write_all(dict(zip(paths.values(), data, strict=True)))
    return Exported(tuple(_described(path, split, released) for split, path in paths.items()))


def _in_folders(
    paths: Mapping[str, Path], target: BratTarget, config: ReleasedConfig, batches: Iterable[Iterator[Rows]]
) -> Exported:
    """Write each split to a folder of its own."""
    described = []
    for (split, folder), rows in zip(paths.items(), batches, strict=True):
        files = target.files(rows)
        write_all({folder / name: [data] for name, data in files.items()})
        record = config.splits[split]
        sums = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(files.items()))
        described.append(
            ExportedFile(
                path=folder,
                split=split,
                rows=record.rows,
                tokens=record.tokens,
                bytes=sum(map(len, files.values())),
                sha256=hashlib.sha256(sums.encode()).hexdigest(),
            )
        )
    return Exported(tuple(described))


def _batches(  # noqa: PLR0917 - all but the last two are the same for both passes
    build: Path,
    config: ReleasedConfig,
    splits: tuple[str, ...],
    chosen: Callable[[Rows], Rows],
    work: str,
    progress: Progress,
) -> Iterator[Iterator[Rows]]:
    """Yield the batches of each split, as far as they are `chosen`, and report how many rows have been taken."""
    rows = [config.splits[split].rows for split in splits]
    for split, done in zip(splits, accumulate(rows, initial=0), strict=False):
        found = map(chosen, read_rows(build, config, split))
        yield _watched(found, done, lambda taken: progress(work, taken, sum(rows)))


def _watched(batches: Iterable[Rows], done: int, report: Callable[[int], None]) -> Iterator[Rows]:
    for rows in batches:
        yield rows
        done += len(rows)
        report(done)


def _chosen(config: ReleasedConfig, splits: Sequence[str] | None) -> tuple[str, ...]:
    """Return the splits to write, in their order."""
    unknown = [split for split in splits or () if split not in config.splits]
    if unknown:
        known = ", ".join(config.split_names)
        raise UsageError(f"{config.name} {config.version} has no split {unknown[0]!r}", f"it has {known}")
    return tuple(split for split in config.split_names if splits is None or split in splits)


def _described(path: Path, split: str, config: ReleasedConfig) -> ExportedFile:
    record = config.splits[split]
    size = path.stat().st_size
    return ExportedFile(
        path=path, split=split, rows=record.rows, tokens=record.tokens, bytes=size, sha256=file_sha256(path)
    )
