"""What does `SPLIT=SOURCE` mean, as it is typed on a command line?"""

import glob
from pathlib import Path

from tagpress.corpus.split_names import is_split_name
from tagpress.errors import UsageError


def split_of(source: str) -> tuple[str | None, str]:
    """
    Return the split and the path of SPLIT=SOURCE; what is there under its whole name, like `year=2020/a.txt`, has no split.

    Raises:
        UsageError: no split can have the name.

    """
    split, found, path = source.partition("=")
    if not found or "/" in split or glob.glob(source) or Path(source).exists():  # noqa: PTH207 - may be absolute
        return None, source
    if not is_split_name(split):
        raise UsageError(
            f"{split!r} cannot be the name of a split, as {source!r} would have it",
            "use letters, digits and _, such as test_2020; 'all' means every split together",
        )
    return split, path
