"""How much runs at once, and where: engines that run pure functions over pieces and shards, in order."""

from tagpress.engine.interface import Done, Engine, Shuffling
from tagpress.engine.local import WORTH, LocalEngine
from tagpress.engine.pool import warm_up

__all__ = ["WORTH", "Done", "Engine", "LocalEngine", "Shuffling", "warm_up"]
