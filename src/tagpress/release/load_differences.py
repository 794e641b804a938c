"""What was loaded otherwise than it was released?"""

from collections.abc import Iterator, Sequence

from tagpress.corpus.digests import sum_digests
from tagpress.corpus.manifest import Manifest
from tagpress.corpus.records import ReleasedConfig
from tagpress.release.load_check import STREAMING, Loaded, LoadedSplit, called


def differences(manifest: Manifest, loaded: Loaded) -> list[str]:
    """Return every way in which what was loaded is not what the manifest says, sorted."""
    problems = []
    released = {
        split if manifest.is_flat else called(name, split): (config, split)
        for name, config in manifest.loadable.items()
        for split in config.splits
    }
    for mode in {STREAMING, *loaded}:
        splits = loaded.get(mode, {})
        problems += [f"{mode}: split {name} is not loaded" for name in released.keys() - splits.keys()]
        problems += [f"{mode}: a split {name} that was not released" for name in splits.keys() - released.keys()]
        for name in released.keys() & splits.keys():
            problems += [f"{mode}: {name}: {problem}" for problem in _split_differences(*released[name], splits[name])]
    return sorted(problems)


def together(parts: Sequence[Loaded]) -> Loaded:
    """Return what was loaded in parts as a whole; names and versions that differ stand side by side, as no release's do."""
    names = sorted({name for part in parts for name in part[STREAMING]})
    return {
        STREAMING: {name: _sum([part[STREAMING][name] for part in parts if name in part[STREAMING]]) for name in names}
    }


def _sum(parts: Sequence[LoadedSplit]) -> LoadedSplit:
    return LoadedSplit(
        rows=sum(part.rows for part in parts),
        row_digest=sum_digests(part.row_digest for part in parts),
        label_names=[name for names in sorted({tuple(part.label_names) for part in parts}) for name in names],
        version=" and ".join(sorted({part.version for part in parts})),
        layer_names={
            layer: [
                name for names in sorted({tuple(part.layer_names.get(layer, ())) for part in parts}) for name in names
            ]
            for layer in sorted({layer for part in parts for layer in part.layer_names})
        },
    )


def _split_differences(config: ReleasedConfig, name: str, found: LoadedSplit) -> Iterator[str]:
    expected = config.splits[name]
    if tuple(found.label_names) != config.label_names:
        yield f"label names {', '.join(found.label_names) or 'are missing'}, released {', '.join(config.label_names)}"
    for layer, released in (config.layers or {}).items():
        if layer in config.extra and tuple(found.layer_names.get(layer, ())) != released.names:
            names = ", ".join(found.layer_names.get(layer, ())) or "are missing"
            yield f"names of {layer} {names}, released {', '.join(released.names)}"
    if found.rows != expected.rows:
        yield f"{found.rows} rows, released {expected.rows}"
    elif found.row_digest != expected.row_digest:
        yield f"row digest {found.row_digest}, released {expected.row_digest}"
    if found.version != str(config.version):
        yield f"version {found.version}, released {config.version}"
