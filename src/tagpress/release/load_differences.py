"""What was loaded otherwise than it was released?"""

from collections.abc import Iterator

from tagpress.release.load_check import Loaded, LoadedSplit


def differences(expected: Loaded, loaded: Loaded) -> list[str]:
    """Return every way in which what was loaded is not what it must be, sorted; where no rows are expected, none count."""
    problems = []
    for mode, released in expected.items():
        splits = loaded.get(mode, {})
        problems += [f"{mode}: split {name} is not loaded" for name in released.keys() - splits.keys()]
        problems += [f"{mode}: a split {name} that was not released" for name in splits.keys() - released.keys()]
        for name in released.keys() & splits.keys():
            problems += [f"{mode}: {name}: {problem}" for problem in _split_differences(released[name], splits[name])]
    return sorted(problems)


def _split_differences(expected: LoadedSplit, found: LoadedSplit) -> Iterator[str]:
    if tuple(found.label_names) != tuple(expected.label_names):
        names = ", ".join(found.label_names) or "are missing"
        yield f"label names {names}, released {', '.join(expected.label_names)}"
    for layer, released in expected.layer_names.items():
        if tuple(found.layer_names.get(layer, ())) != tuple(released):
            names = ", ".join(found.layer_names.get(layer, ())) or "are missing"
            yield f"names of {layer} {names}, released {', '.join(released)}"
    if found.rows != expected.rows:
        yield f"{'no' if found.rows is None else found.rows} rows, released {expected.rows}"
    elif expected.row_digest is not None and found.row_digest != expected.row_digest:
        yield f"row digest {found.row_digest}, released {expected.row_digest}"
    if found.version != expected.version:
        yield f"version {found.version}, released {expected.version}"
