"""What does the changelog say about a release?"""

from tagpress.corpus.manifest import ChangelogEntry, Manifest
from tagpress.corpus.records import ReleasedConfig
from tagpress.diff.changes import Diff


def entry(diff: Diff) -> ChangelogEntry:
    """Return what the changelog says about the newer release."""
    return ChangelogEntry(version=diff.new, bump=diff.bump, lines=diff.lines)


def first_entry(manifest: Manifest) -> ChangelogEntry:
    """Return what the changelog says about a release without a predecessor."""
    layers = dict.fromkeys(name for config in manifest.configs for name in config.layer_columns)
    types = [f"{len(manifest.entity_types)} entity types"] if manifest.entity_types else []
    kinds = "; ".join([*types, *([f"layers: {', '.join(layers)}"] if layers else [])])
    if manifest.is_unnamed:
        line = f"First release: {manifest.rows:,} sentences ({_splits(manifest.config())}), {kinds}."
    else:
        parts = "; ".join(f"{name}: {_splits(config)}" for name, config in manifest.released.items())
        line = (
            f"First release: {manifest.rows:,} sentences in {len(manifest.configs)} configurations ({parts}), {kinds}."
        )
    return ChangelogEntry(version=manifest.version, bump="none", lines=(line,))


def _splits(config: ReleasedConfig) -> str:
    return ", ".join(f"{name} {config.splits[name].rows:,}" for name in config.split_names)
