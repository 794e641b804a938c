"""What may a configuration be called?"""

import re
from typing import Final

DEFAULT_CONFIG: Final = "default"
"""What `datasets` calls the configuration of a dataset that declares none."""

# It is a folder below data/, a word in a command, and a name in YAML. `datasets` refuses what Windows cannot have in a
# path; what stands here is less, and means the same in every shell and file system.
_CONFIG_NAME: Final = re.compile(r"[\w](?:[\w.+-]*[\w+])?")
_LONGEST: Final = 64
# The YAML of the Hub takes these for numbers, and the one that we write with does not quote them.
_NUMBER: Final = re.compile(r"\d+[eE][-+]?\d+|0o[0-7]+")


def is_config_name(name: object) -> bool:
    """
    Return whether a configuration can have this name.

    >>> [is_config_name(name) for name in ("de", "zh-Hans", "fold-0", "2020", "../x", "a b", "1e3", "")]
    [True, True, True, True, False, False, False, False]

    """
    if not isinstance(name, str) or len(name) > _LONGEST or _NUMBER.fullmatch(name):
        return False
    return _CONFIG_NAME.fullmatch(name) is not None
