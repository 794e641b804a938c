"""What is the path of a shard?"""

import re
from typing import Final

from tagpress.corpus.config_names import DEFAULT_CONFIG

SHARD_PATH: Final = re.compile(r"data/(?:(?P<config>[^/]+)/)?(?P<split>[^/]+)-\d{5}-of-\d{5}\.parquet")


def shards_of(config: str, split: str) -> str:
    """
    Return how the path of every shard of a split begins; those of the unnamed configuration stand in no folder of it.

    >>> shards_of("de", "train"), shards_of("default", "train")
    ('data/de/train', 'data/train')

    """
    return f"data/{split}" if config == DEFAULT_CONFIG else f"data/{config}/{split}"


def shard_path(config: str, split: str, number: int, count: int) -> str:
    """
    Return the path of one of the `count` shards of a split.

    >>> shard_path("default", "train", 0, 12)
    'data/train-00000-of-00012.parquet'

    """
    return f"{shards_of(config, split)}-{number:05d}-of-{count:05d}.parquet"
