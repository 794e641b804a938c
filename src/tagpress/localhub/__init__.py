"""
The embedded Hub: a real HTTP server on this machine, over real git repositories and real large files.

It speaks to the Hub's own clients (`huggingface_hub`, `datasets`, `hf_xet`), so a release can be published, pinned,
streamed and verified without leaving the machine. It is not a copy of the Hub: one owner, one token, pages to read only.
"""

from tagpress.localhub.check import StorageCheck, check_storage
from tagpress.localhub.collect import Unneeded, collect
from tagpress.localhub.seam import Wrap, drop
from tagpress.localhub.server import LocalHub, LocalHubAddress, serve

__all__ = [
    "LocalHub",
    "LocalHubAddress",
    "StorageCheck",
    "Unneeded",
    "Wrap",
    "check_storage",
    "collect",
    "drop",
    "serve",
]
