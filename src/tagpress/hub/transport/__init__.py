"""
How do requests travel below the client library? Over httpx from huggingface_hub 1.0 on, over requests before.

    TRANSPORT       the one of the two that is behind the library that is installed: see `parts.Transport`
    Head Answer     what a Hub answered, whichever it is
    additions       what a commit remembers of content that was sent: the library has no public way to say it

Nothing outside of here knows which library it is, and nothing outside uses a private name of huggingface_hub.
"""

from importlib import import_module
from typing import Final, cast

from tagpress.hub.transport.library import LIBRARY
from tagpress.hub.transport.parts import Answer, BusyError, Guard, Head, Timeouts, Transport

# The module for each library.
_MODULES: Final = {"httpx": "over_httpx", "httpx2": "over_httpx", "requests": "over_requests"}

TRANSPORT: Final = cast("Transport", import_module(f"{__name__}.{_MODULES[LIBRARY]}").make())

__all__ = ["TRANSPORT", "Answer", "BusyError", "Guard", "Head", "Timeouts", "Transport"]
