"""What do several counts make together?"""

from collections import Counter
from collections.abc import Mapping, Sequence


def added(counts: Sequence[Mapping[str, int]]) -> dict[str, int]:
    """Add up counts by name, in the order in which the names come."""
    total: Counter[str] = Counter()
    for some in counts:
        total.update(some)
    return dict(total)
