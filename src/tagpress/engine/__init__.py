"""How much runs at once: engines that map pure functions over pieces and shards, in order."""

from tagpress.engine.local import WORTH, LocalEngine
from tagpress.engine.pool import warm_up

__all__ = ["WORTH", "LocalEngine", "warm_up"]
