"""What do `SPLIT=SOURCE` and `CONFIG/SPLIT=SOURCE` mean, as they are typed on a command line?"""

import glob
from pathlib import Path

from tagpress.corpus.config_names import is_config_name
from tagpress.corpus.split_names import is_split_name
from tagpress.errors import UsageError


def split_of(source: str) -> tuple[str | None, str]:
    """
    Return the split and the path of SPLIT=SOURCE; what is there under its whole name, like `year=2020/a.txt`, has no split.

    Raises:
        UsageError: no split can have the name.

    """
    split, found, path = source.partition("=")
    if not found or "/" in split or _is_there(source):
        return None, source
    if not is_split_name(split):
        raise UsageError(
            f"{split!r} cannot be the name of a split, as {source!r} would have it",
            "use letters, digits and _, such as test_2020; 'all' means every split together",
        )
    return split, path


def part_of(source: str) -> tuple[str | None, str | None, str]:
    """
    Return the configuration, the split and the path of CONFIG/SPLIT=SOURCE; CONFIG/=SOURCE has no split.

    What has no configuration is read as `split_of` reads it, which may raise UsageError.

    >>> part_of("de/train=a.txt"), part_of("de/=a.txt"), part_of("train=a.txt")
    (('de', 'train', 'a.txt'), ('de', None, 'a.txt'), (None, 'train', 'a.txt'))

    """
    part, found, path = source.partition("=")
    config, slash, split = part.partition("/")
    if found and slash and is_config_name(config) and "/" not in split and not _is_there(source):
        return config, split_of(f"{split}={path}")[0] if split else None, path
    return None, *split_of(source)


def _is_there(source: str) -> bool:
    return bool(glob.glob(source)) or Path(source).exists()  # noqa: PTH207 - may be absolute
