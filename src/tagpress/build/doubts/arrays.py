"""Arrays that every worker wants, in a file of a store: sent once, not with every task."""

from collections.abc import Mapping

import numpy as np

from tagpress.columnar.types import Array
from tagpress.store import Store


def save_arrays(store: Store, name: str, arrays: Mapping[str, Array]) -> None:
    """Write arrays by name."""
    with store.create(name) as path, path.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)


def load_arrays(store: Store, name: str) -> dict[str, Array]:
    """Read them back."""
    with store.fetch(name) as path, np.load(path) as found:
        return {part: found[part] for part in found.files}
