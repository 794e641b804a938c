"""How much runs at once: engines that map pure functions over pieces and shards, in order."""

from tagpress.engine.local import LocalEngine

__all__ = ["LocalEngine"]
